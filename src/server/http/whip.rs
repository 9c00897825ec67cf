//! `/whip`: encoders that are the camera of a show (RFC 9725). One request with an offer puts them on air, another takes
//! them off. Addresses are not exchanged later: the answer names ours, and theirs are found by the checks that come from there.

use axum::{
    body::Body,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
    routing::{delete, get, post},
};

use super::{
    extract::{PathId, keyed},
    reply::Reply,
    routes::Routes,
    sdp, visitor,
};
use crate::{
    domain::id::LivestreamId,
    server::{
        auth::{caller::Caller, ingest::Camera},
        service::ingest,
        state::AppState,
    },
};

/// The routes of encoders.
pub fn routes() -> Routes {
    Routes::new()
        .route("/livestreams/{id}/ingest", get(read))
        .route("/whip/{id}", post(publish).layer(DefaultBodyLimit::disable()))
        .route("/whip/{id}/{encoder}", delete(unpublish).patch(trickle))
}

async fn read(State(state): State<AppState>, caller: Caller, id: Reply<PathId<LivestreamId>>) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let PathId(show) = id?;
    Ok(([(header::CACHE_CONTROL, "no-store")], keyed("ingest", &ingest::ingest(&state, &admin, show).await?)))
}

async fn publish(State(state): State<AppState>, caller: Caller, id: Reply<PathId<LivestreamId>>, headers: HeaderMap, body: Body) -> Reply<impl IntoResponse> {
    let PathId(show) = id?;
    let camera = camera(&state, show, &headers).await?;
    let offer = sdp::offer(&headers, body).await?;
    let published = ingest::publish(&state, camera, caller.address, offer).await?;
    let location = format!("/whip/{show}/{}", published.encoder);
    Ok((StatusCode::CREATED, [(header::CONTENT_TYPE, sdp::SDP.to_owned()), (header::LOCATION, location)], published.answer))
}

async fn unpublish(State(state): State<AppState>, encoder: sdp::Session, headers: HeaderMap) -> Reply<StatusCode> {
    let (show, encoder) = sdp::named(encoder)?;
    ingest::unpublish(&state, camera(&state, show, &headers).await?, &encoder)?;
    Ok(StatusCode::OK)
}

// What an encoder finds out about itself later is not needed.
async fn trickle(State(state): State<AppState>, encoder: sdp::Session, headers: HeaderMap) -> Reply<StatusCode> {
    let (show, encoder) = sdp::named(encoder)?;
    let camera = camera(&state, show, &headers).await?;
    sdp::expect_fragment(&headers)?;
    ingest::expect_published(&state, camera, &encoder)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn camera(state: &AppState, show: LivestreamId, headers: &HeaderMap) -> Reply<Camera> {
    ingest::camera(state, show, &visitor::bearer(headers).unwrap_or_default()).await
}
