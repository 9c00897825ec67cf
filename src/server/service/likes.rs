//! Hearts outside of sockets: the same room counts them.

use crate::{
    domain::{id::LivestreamId, like::LikeState},
    error::AppError,
    server::{
        auth::caller::Caller,
        hub::room::{Answer, Ask, LikeWish},
        service::livestreams::{expect_visible, steady_marks, steady_person},
        state::AppState,
    },
};

/// Gives, takes back or toggles the caller's heart.
///
/// # Errors
/// NotFound if there is no such show, Forbidden `banned`, RateLimited.
pub async fn like(state: &AppState, caller: &Caller, id: LivestreamId, wish: LikeWish) -> Result<LikeState, AppError> {
    state.throttles.guest(caller)?;
    expect_visible(state, caller, id).await?;
    let marks = if caller.moderates() { Vec::new() } else { steady_marks(state, caller) };
    match state.hub.ask(id, Ask::Like { person: steady_person(state, caller), marks, wish }).await? {
        Answer::Like(likes) => Ok(likes),
        _ => Err(AppError::internal("a room's answer")),
    }
}
