//! REST and what stands in front of it: parse, authorise, one service call, map. One file per resource.

use axum::Router;

use crate::server::state::AppState;

pub mod accounts;
pub mod agora;
pub mod carts;
pub mod chunks;
pub mod cors;
pub mod extract;
pub mod files;
pub mod functions;
pub mod health;
pub mod ice;
pub mod livestreams;
pub mod orders;
pub mod origin;
pub mod patience;
pub mod products;
pub mod recordings;
pub mod reply;
pub mod safety;
pub mod socket;
pub mod uploads;
pub mod visitor;

/// The first path segments that REST owns; pages never use them.
pub const REST_SEGMENTS: [&str; 10] = ["livestreams", "products", "orders", "uploads", "auth", "analytics", "payments", "chat", "cart", "ice-servers"];

/// Every REST resource, to be mounted bare and under `/api`.
pub fn rest() -> Router<AppState> {
    Router::new()
        .merge(accounts::routes())
        .merge(products::routes())
        .merge(agora::routes())
        .merge(livestreams::routes())
        .merge(chunks::routes())
        .merge(uploads::routes())
        .merge(carts::routes())
        .merge(orders::routes())
        .merge(recordings::routes())
        .merge(ice::routes())
        .method_not_allowed_fallback(reply::method_not_allowed)
}
