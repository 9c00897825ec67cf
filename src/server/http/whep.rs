//! `/whep`: players that watch a show without a page of ours (draft-ietf-wish-whep). One request with an offer gives them the
//! picture, another takes it away. Whoever may watch on a page may watch so; who has the address of a player may end it.

use axum::{
    body::Body,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
    routing::{delete, post},
};

use super::{extract::PathId, reply::Reply, routes::Routes, sdp};
use crate::{
    domain::id::LivestreamId,
    server::{auth::caller::Caller, service::playing, state::AppState},
};

/// The routes of players.
pub fn routes() -> Routes {
    Routes::new().route("/whep/{id}", post(play).layer(DefaultBodyLimit::disable())).route("/whep/{id}/{viewer}", delete(stop).patch(trickle))
}

async fn play(State(state): State<AppState>, caller: Caller, id: Reply<PathId<LivestreamId>>, headers: HeaderMap, body: Body) -> Reply<impl IntoResponse> {
    let PathId(show) = id?;
    let offer = sdp::offer(&headers, body).await?;
    let played = playing::play(&state, caller, show, offer).await?;
    let location = format!("/whep/{show}/{}", played.viewer);
    Ok((StatusCode::CREATED, [(header::CONTENT_TYPE, sdp::SDP.to_owned()), (header::LOCATION, location)], played.answer))
}

async fn stop(State(state): State<AppState>, viewer: sdp::Session) -> Reply<StatusCode> {
    let (show, viewer) = sdp::named(viewer)?;
    playing::stop(&state, show, &viewer)?;
    Ok(StatusCode::OK)
}

// What a player finds out about itself later is not needed.
async fn trickle(State(state): State<AppState>, viewer: sdp::Session, headers: HeaderMap) -> Reply<StatusCode> {
    let (show, viewer) = sdp::named(viewer)?;
    sdp::expect_fragment(&headers)?;
    playing::expect_playing(&state, show, &viewer)?;
    Ok(StatusCode::NO_CONTENT)
}
