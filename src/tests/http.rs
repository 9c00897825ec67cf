//! REST over real connections.

mod accounts;
mod agora;
mod carts;
mod connections;
mod health;
mod livestreams;
mod orders;
mod products;
mod recordings;
mod safety;
mod schedule;
mod sharing;
mod uploads;
