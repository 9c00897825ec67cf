//! REST over real connections.

mod accounts;
mod agora;
mod carts;
mod chunks;
mod connections;
mod health;
mod livestreams;
mod orders;
mod products;
mod recordings;
mod replays;
mod safety;
mod uploads;
