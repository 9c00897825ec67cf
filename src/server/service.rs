//! Use cases: the only place that combines database, hub and storage.

pub mod accounts;
pub mod agora;
pub mod analytics;
mod audit;
pub mod calendar;
pub mod carts;
pub mod chat;
pub mod checkout;
pub mod demo;
pub mod holds;
pub mod ice;
pub mod import;
pub mod ingest;
pub mod interest;
pub mod likes;
pub mod livestreams;
pub mod moderation;
pub mod orders;
pub mod page;
pub mod payment;
pub mod people;
pub mod pins;
pub mod products;
pub mod recordings;
pub mod replays;
pub mod structured;
pub mod uploads;
