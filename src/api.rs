//! Server functions: signatures on both sides; a body authorises, calls one service, maps the error.

pub mod accounts;
pub mod analytics;
pub mod carts;
pub mod checkout;
pub mod livestreams;
pub mod media;
pub mod moderation;
pub mod orders;
pub mod people;
pub mod pins;
pub mod products;
pub mod recordings;
pub mod replays;
