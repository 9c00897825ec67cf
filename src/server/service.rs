//! Use cases: the only place that combines database, hub and storage.

pub mod accounts;
pub mod agora;
pub mod carts;
pub mod chat;
pub mod checkout;
pub mod demo;
pub mod ice;
pub mod likes;
pub mod livestreams;
pub mod orders;
pub mod page;
pub mod payment;
pub mod pins;
pub mod products;
pub mod recordings;
pub mod replays;
pub mod uploads;
