//! Replays: what shows beside a film, for everybody; and what their hosts make of them.

use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Json, MultipartData, MultipartFormData},
};

use crate::{
    domain::{
        captions::Captions,
        edit::{ReplayDesk, ReplayUpdate},
        id::{CaptionsId, LivestreamId},
        replay::{Replay, ReplayChat},
    },
    error::AppError,
};

/// What lay on the shelf of a show, as its film goes on, with today's prices.
#[server(prefix = "/fn", endpoint = "get_replay", input = GetUrl)]
pub async fn get_replay(id: LivestreamId) -> Result<Replay, AppError> {
    let (state, caller) = crate::server::http::extract::caller().await?;
    crate::server::service::replays::replay(&state, &caller, id).await
}

/// What was said around a place in the film.
#[server(prefix = "/fn", endpoint = "replay_chat", input = GetUrl)]
pub async fn chat_of_replay(id: LivestreamId, at_ms: u64) -> Result<ReplayChat, AppError> {
    let (state, caller) = crate::server::http::extract::caller().await?;
    crate::server::service::replays::chat(&state, &caller, id, at_ms).await
}

/// A replay as its host sees it. Needs an admin. Conflict `not_ended` before the end of the show.
#[server(prefix = "/fn", endpoint = "get_replay_desk", input = GetUrl)]
pub async fn get_replay_desk(id: LivestreamId) -> Result<ReplayDesk, AppError> {
    use crate::server::{http::extract::caller, service::replays::desk};

    let (state, caller) = caller().await?;
    desk::desk(&state, &caller.admin()?, id).await
}

/// Changes what is given of a replay. Needs an admin.
#[server(prefix = "/fn", endpoint = "edit_replay", input = Json)]
pub async fn edit_replay(id: LivestreamId, update: ReplayUpdate) -> Result<ReplayDesk, AppError> {
    use crate::server::{http::extract::caller, service::replays::desk};

    let (state, caller) = caller().await?;
    desk::edit(&state, &caller.admin()?, id, update).await
}

/// Adds captions to a film: a form with `id`, `language`, `label` and the WebVTT file in `captions`. Works as a plain form
/// post, and leads back to the replay's page. Needs an admin.
///
/// Invalid names the fields `language`, `label`, `captions`.
#[server(prefix = "/fn", endpoint = "add_captions", input = MultipartFormData)]
pub async fn add_captions(data: MultipartData) -> Result<Vec<Captions>, AppError> {
    use crate::{
        domain::captions::{CaptionsInput, MAX_CAPTIONS_BYTES},
        error::ErrorKind,
        server::{auth::browser::lead_to, http::extract::caller, service::replays::captions},
    };

    let (state, caller) = caller().await?;
    let admin = caller.admin()?;
    let unreadable = || AppError::new(ErrorKind::Malformed, "The form could not be read.");
    let mut form = data.into_inner().ok_or_else(unreadable)?;
    let (mut id, mut input, mut file) = (String::new(), CaptionsInput::default(), Vec::new());
    while let Some(mut field) = form.next_field().await.map_err(|_| unreadable())? {
        let name = field.name().unwrap_or_default().to_owned();
        let most = if name == "captions" { MAX_CAPTIONS_BYTES } else { 1024 };
        let mut bytes = Vec::new();
        while let Some(piece) = field.chunk().await.map_err(|_| unreadable())? {
            bytes.extend_from_slice(&piece);
            if bytes.len() > most {
                return Err(captions::too_large());
            }
        }
        let text = || String::from_utf8(bytes.clone()).map_err(|_| unreadable());
        match name.as_str() {
            "id" => id = text()?,
            "language" => input.language = text()?,
            "label" => input.label = text()?,
            "captions" => file = bytes,
            _ => {}
        }
    }
    let id: LivestreamId = id.parse().map_err(|_| unreadable())?;
    let all = captions::add(&state, &admin, id, input, file).await?;
    lead_to(&format!("/admin/replays/{id}"));
    Ok(all)
}

/// Takes captions away. Needs an admin.
#[server(prefix = "/fn", endpoint = "remove_captions")]
pub async fn remove_captions(id: LivestreamId, captions: CaptionsId) -> Result<Vec<Captions>, AppError> {
    use crate::server::{http::extract::caller, service::replays};

    let (state, caller) = caller().await?;
    replays::captions::remove(&state, &caller.admin()?, id, captions).await
}
