//! Viewers whose player is no page of ours: whether they may watch, and giving them the picture.

use super::{ingest::expect_media_server, livestreams::visible};
use crate::{
    domain::{id::LivestreamId, livestream::LivestreamStatus},
    error::AppError,
    server::{
        auth::caller::Caller,
        hub::{Hub, Played},
        state::AppState,
    },
};

/// Gives a player the picture of a show: the caller is a viewer of it from then on.
///
/// # Errors
/// NotFound if there is no such show for this caller; Conflict where the shop has no media server or the show is not live;
/// Forbidden for who is banned from it; Malformed for an offer that cannot be used; Unavailable where the media server is full
/// or does not answer; RateLimited for an address or a visitor with too many connections, or
/// with too many offers one after the other.
pub async fn play(state: &AppState, caller: Caller, show: LivestreamId, offer: String) -> Result<Played, AppError> {
    expect_media_server(state)?;
    if visible(state, &caller, show).await?.status != LivestreamStatus::Live {
        return Err(AppError::conflict("This show is not live.").coded("not_live"));
    }
    state.throttles.player(&caller)?;
    let socket = state.hub.open_socket(caller.address)?;
    Hub::play(state, socket, caller, show, offer).await
}

/// Whether this player is there.
///
/// # Errors
/// NotFound if it is not.
pub fn expect_playing(state: &AppState, show: LivestreamId, viewer: &str) -> Result<(), AppError> {
    if state.hub.is_playing(show, viewer) { Ok(()) } else { Err(AppError::not_found("player")) }
}

/// Ends a player.
///
/// # Errors
/// NotFound if it is not there.
pub fn stop(state: &AppState, show: LivestreamId, viewer: &str) -> Result<(), AppError> {
    if state.hub.stop_playing(show, viewer) { Ok(()) } else { Err(AppError::not_found("player")) }
}
