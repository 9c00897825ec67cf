//! What is kept of a show's picture and sound.

/// Milliseconds of media in one chunk of a recording.
pub const CHUNK_MS: u32 = 1000;
