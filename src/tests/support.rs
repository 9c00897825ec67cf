//! What every integration test stands on: a whole server on a port of its own, over a database of its own.

pub mod app;
pub mod client;
pub mod described;
pub mod machine;
pub mod mongo;
pub mod rtc;
pub mod socket;

pub use app::TestApp;
pub use client::Client;
pub use socket::SocketClient;
