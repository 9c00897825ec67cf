//! Hearts outside of sockets: the same room counts them.

use crate::{
    domain::{id::LivestreamId, like::LikeState},
    error::AppError,
    server::{
        auth::caller::Caller,
        hub::room::{Answer, Ask, LikeWish},
        service::livestreams::steady_person,
        state::AppState,
    },
};

/// Gives, takes back or toggles the caller's heart.
///
/// # Errors
/// NotFound if there is no such show, RateLimited.
pub async fn like(state: &AppState, caller: &Caller, id: LivestreamId, wish: LikeWish) -> Result<LikeState, AppError> {
    state.throttles.guest(caller)?;
    match state.hub.ask(id, Ask::Like { person: steady_person(state, caller), wish }).await? {
        Answer::Like(likes) => Ok(likes),
        _ => Err(AppError::internal("a room's answer")),
    }
}
