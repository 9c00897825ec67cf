//! Everything that runs on the server alone; nothing here reaches the browser.

pub mod accept;
pub mod auth;
pub mod clock;
pub mod config;
pub mod db;
pub mod engine;
pub mod http;
pub mod hub;
pub mod media;
pub mod router;
pub mod run;
pub mod service;
pub mod sfu;
pub mod state;
pub mod storage;
pub mod telemetry;
