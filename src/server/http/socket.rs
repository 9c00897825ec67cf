//! The upgrade to a socket, on `/ws` and on `/`. What is said over it is the hub's.

use axum::{
    extract::{FromRequestParts, Query, Request, State, WebSocketUpgrade},
    http::request::Parts,
    middleware::Next,
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;

use super::routes::Routes;
use crate::{
    error::{AppError, ErrorKind},
    protocol::MAX_FRAME_BYTES,
    server::{
        auth::{self, caller::Caller},
        http::origin::is_upgrade,
        hub::session,
        state::AppState,
    },
};

/// Bytes read from a socket at a time. The library's 128 KiB would be most of what a quiet viewer costs.
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// Bytes that may wait inside the library: a bound, never allocated ahead. It must hold the largest frame we write,
/// which is the history of somebody who was away for five hundred messages.
const MAX_WRITE_BUFFER_BYTES: usize = 8 * 1024 * 1024;

/// The routes of the socket. Mounted once, at the root.
pub fn routes() -> Routes {
    Routes::new().route("/ws", get(|State(state): State<AppState>, request: Request| async move { upgrade(state, request).await }))
}

/// The layer that accepts an upgrade on `/`, where otherwise a page is.
pub async fn at_root(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if request.uri().path() == "/" && is_upgrade(request.headers()) {
        return upgrade(state, request).await.into_response();
    }
    next.run(request).await
}

#[derive(Deserialize)]
struct Access {
    token: Option<String>,
}

async fn upgrade(state: AppState, request: Request) -> Result<Response, AppError> {
    let (mut parts, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &state).await;
    let upgrade = upgrade.map_err(|_| AppError::new(ErrorKind::Malformed, "This is a WebSocket. Connect with one."))?;
    let caller = caller(&state, &mut parts).await?;
    let open = state.hub.open_socket(caller.address)?;
    let upgrade = upgrade
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(MAX_WRITE_BUFFER_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .max_message_size(MAX_FRAME_BYTES);
    Ok(upgrade.on_upgrade(move |socket| session::run(socket, open, caller, state)))
}

// A token in the address is for clients that cannot set headers; it wins over the cookie if it holds.
async fn caller(state: &AppState, parts: &mut Parts) -> Result<Caller, AppError> {
    let mut caller = Caller::from_request_parts(parts, state).await?;
    let token = Query::<Access>::try_from_uri(&parts.uri).ok().and_then(|Query(access)| access.token);
    if let Some(token) = token
        && let Some(proven) = auth::prove(state, &token).await?
    {
        (caller.user, caller.claims) = (Some(proven.user), Some(proven.claims));
    }
    Ok(caller)
}
