//! REST over real connections.

mod accounts;
mod agora;
mod analytics;
pub mod archive;
mod carts;
mod chunks;
mod connections;
mod desk;
mod frames;
mod health;
mod holds;
mod keeping;
mod livestreams;
mod orders;
mod pages;
mod payments;
mod products;
mod recordings;
mod reel;
mod replays;
mod safety;
mod schedule;
mod sharing;
mod uploads;
