//! The wire between a client and the hub: JSON text frames, each an object with a `type`.
//!
//! Owns the shape of every frame in both directions, what is read from a frame that cannot be trusted, and the
//! close codes. Knows `domain` alone.

pub mod close;
pub mod downward;
pub mod signal;
pub mod upward;

/// The version announced in `registered`. It grows when a client of the version before would misread a frame.
pub const VERSION: u32 = 1;

/// Bytes of the largest frame that is read.
pub const MAX_FRAME_BYTES: usize = 64 * 1024;
