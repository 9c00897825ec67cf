//! Integration tests: real sockets, real MongoDB.
#![expect(clippy::unwrap_used, reason = "a test that unwraps fails where it should; helpers outside of test functions too")]

mod contract;
mod hostile;
mod http;
mod hub;
mod import;
mod process;
mod sfu;
mod support;
mod tidy;
