//! The client's live store: what a page knows of a show while it runs, and the two controllers that keep it true.
//!
//! Signals are created on both sides with the same neutral values; sockets, cameras and peers exist in the browser
//! alone, after a controller's `open`. Never a view.
//!
//! Each controller is one task with one inbox: whatever happens, to the socket, a peer, a device or a button, arrives
//! there as an event and is handled alone, so nothing is ever borrowed twice. When the page is left the inbox closes,
//! the task ends, and what it owned is dropped, which closes it.

pub mod assist;
pub mod broadcast;
mod chat;
mod connection;
mod ice;
mod inbox;
pub mod page;
pub mod playing;
mod reduce;
mod retry;
pub mod rewind;
mod session;
pub mod state;
mod viewing;
pub mod watch;
