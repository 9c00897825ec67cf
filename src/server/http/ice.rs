//! `/ice-servers`.

use axum::{extract::State, http::header, response::IntoResponse, routing::get};

use super::{extract::keyed, routes::Routes};
use crate::server::{auth::caller::Caller, service::ice, state::AppState};

/// The route of ICE servers.
pub fn routes() -> Routes {
    Routes::new().route("/ice-servers", get(servers))
}

async fn servers(State(state): State<AppState>, caller: Caller) -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-store")], keyed("iceServers", &ice::servers(&state, &caller.session)))
}
