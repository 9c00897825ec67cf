//! Shows whose camera is an encoder: what it has to be told, and putting it on air.

use std::net::IpAddr;

use crate::{
    domain::{id::LivestreamId, ingest::Ingest, livestream::LivestreamStatus},
    error::AppError,
    server::{
        auth::{
            caller::Admin,
            ingest::{Camera, IngestKeys},
        },
        db::livestreams::LivestreamRecord,
        hub::Published,
        service::recordings::tape,
        state::AppState,
    },
};

/// What an encoder of a show has to be told, to stand for this admin.
///
/// # Errors
/// NotFound if there is no such show, Conflict where the shop has no media server.
pub async fn ingest(state: &AppState, admin: &Admin, show: LivestreamId) -> Result<Ingest, AppError> {
    existing(state, show).await?;
    expect_media_server(state)?;
    let account = state.db.account(admin.user().id).await?.ok_or_else(AppError::unauthenticated)?;
    Ok(Ingest { url: format!("/whip/{show}"), bearer_token: state.ingest_keys.key(show, &account) })
}

/// The encoder behind a key.
///
/// # Errors
/// Unauthenticated where it is no key of this show, or of nobody who is an admin still.
pub async fn camera(state: &AppState, show: LivestreamId, key: &str) -> Result<Camera, AppError> {
    let account = match IngestKeys::owner(key) {
        Some(owner) => state.db.account(owner).await?,
        None => None,
    };
    state.ingest_keys.prove(show, account.as_ref(), key)
}

/// Puts an encoder on air, in place of an earlier one of the same show and admin.
///
/// # Errors
/// NotFound if there is no such show; Conflict where the shop has no media server, the show is not live or somebody else is
/// on air; Unavailable where the media server does not answer, Malformed for an offer that cannot be used, RateLimited for
/// an address with too many connections.
pub async fn publish(state: &AppState, camera: Camera, address: IpAddr, offer: String) -> Result<Published, AppError> {
    expect_media_server(state)?;
    if existing(state, camera.show()).await?.status != LivestreamStatus::Live {
        return Err(AppError::conflict("This show is not live.").coded("not_live"));
    }
    let socket = state.hub.open_socket(address)?;
    let published = state.hub.publish(socket, camera, state.ingest_keys.session(camera), offer).await?;
    // No page is there to record it.
    tape::begin(state, camera.show());
    Ok(published)
}

/// Whether this encoder is on air.
///
/// # Errors
/// NotFound if it is not.
pub fn expect_published(state: &AppState, camera: Camera, encoder: &str) -> Result<(), AppError> {
    if state.hub.is_published(camera.show(), encoder) { Ok(()) } else { Err(AppError::not_found("encoder")) }
}

/// Takes an encoder off the air.
///
/// # Errors
/// NotFound if it is not on air.
pub fn unpublish(state: &AppState, camera: Camera, encoder: &str) -> Result<(), AppError> {
    if state.hub.unpublish(camera.show(), encoder) { Ok(()) } else { Err(AppError::not_found("encoder")) }
}

pub(super) fn expect_media_server(state: &AppState) -> Result<(), AppError> {
    let missing =
        || AppError::conflict("Encoders and players need the shop's own media server: start it with MEDIA=sfu or MEDIA=auto.").coded("no_media_server");
    state.sfu.as_ref().map(|_| ()).ok_or_else(missing)
}

async fn existing(state: &AppState, show: LivestreamId) -> Result<LivestreamRecord, AppError> {
    state.db.livestream(show).await?.ok_or_else(|| AppError::not_found("livestream"))
}
