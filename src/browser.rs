//! The browser's media, sockets and timers, with ownership: a value that is dropped stops, closes and unregisters
//! what it opened.
//!
//! Never a word of the shop, never a view, never a signal. It compiles natively so that its pure parts are tested
//! there; everything that touches the page is called on the client alone.

pub mod awake;
pub mod candidates;
pub mod capture;
pub mod demo;
pub mod devices;
pub mod download;
pub mod error;
pub mod frame;
pub mod head_start;
mod js;
pub mod keep;
pub mod listener;
pub mod local;
pub mod page;
pub mod peer;
pub mod player;
pub mod recorder;
pub mod reel;
pub mod sizes;
pub mod socket;
pub mod stats;
pub mod timer;
pub mod upload;
