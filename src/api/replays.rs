//! Replays: what shows beside a film, for everybody.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::{
    domain::{
        id::LivestreamId,
        replay::{Replay, ReplayChat},
    },
    error::AppError,
};

/// What lay on the shelf of a show, as its film goes on, with today's prices.
#[server(prefix = "/fn", endpoint = "get_replay", input = GetUrl)]
pub async fn get_replay(id: LivestreamId) -> Result<Replay, AppError> {
    let (state, _) = crate::server::http::extract::caller().await?;
    crate::server::service::replays::replay(&state, id).await
}

/// What was said around a place in the film.
#[server(prefix = "/fn", endpoint = "replay_chat", input = GetUrl)]
pub async fn chat_of_replay(id: LivestreamId, at_ms: u64) -> Result<ReplayChat, AppError> {
    let (state, _) = crate::server::http::extract::caller().await?;
    crate::server::service::replays::chat(&state, id, at_ms).await
}
