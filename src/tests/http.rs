//! REST over real connections.

mod accounts;
mod agora;
mod analytics;
mod carts;
mod connections;
mod health;
mod livestreams;
mod orders;
mod products;
mod recordings;
mod safety;
mod uploads;
