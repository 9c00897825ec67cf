//! REST and what stands in front of it: parse, authorise, one service call, map. One file per resource.

use routes::Routes;

pub mod accounts;
pub mod agora;
pub mod analytics;
pub mod calendar;
pub mod carts;
pub mod chunks;
pub mod cors;
pub mod describe;
pub mod extract;
pub mod files;
pub mod framing;
pub mod functions;
pub mod health;
pub mod ice;
pub mod livestreams;
pub mod moderation;
pub mod orders;
pub mod origin;
pub mod patience;
pub mod payments;
pub mod people;
pub mod products;
pub mod recordings;
pub mod reel;
pub mod replays;
pub mod reply;
pub mod routes;
pub mod safety;
pub mod sdp;
pub mod socket;
pub mod uploads;
pub mod visitor;
pub mod whep;
pub mod whip;

/// The first path segments that REST owns; pages never use them.
pub const REST_SEGMENTS: [&str; 10] = ["livestreams", "products", "orders", "uploads", "auth", "analytics", "payments", "chat", "cart", "ice-servers"];

/// Every REST resource, to be mounted bare and under `/api`.
pub fn rest() -> Routes {
    Routes::new()
        .merge(accounts::routes())
        .merge(products::routes())
        .merge(agora::routes())
        .merge(livestreams::routes())
        .merge(moderation::routes())
        .merge(people::routes())
        .merge(calendar::routes())
        .merge(analytics::routes())
        .merge(chunks::routes())
        .merge(reel::routes())
        .merge(uploads::routes())
        .merge(carts::routes())
        .merge(orders::routes())
        .merge(payments::routes())
        .merge(recordings::routes())
        .merge(replays::routes())
        .merge(ice::routes())
        .merge(whip::routes())
        .merge(whep::routes())
}

/// What is mounted at the root alone.
pub fn at_root() -> Routes {
    Routes::new().merge(socket::routes()).merge(describe::routes())
}
