//! Order in the chats: `/livestreams/:id/chat/…`, `/livestreams/:id/moderation/…` for moderators, `/chat/…` for admins.

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
    http::StatusCode,
    response::IntoResponse,
    routing::{delete, get, post},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    extract::{JsonBody, Page, PathId, QueryOf, keyed},
    reply::Reply,
    routes::Routes,
};
use crate::{
    domain::{
        id::{LivestreamId, MessageId, SanctionId},
        moderation::{ChatRulesUpdate, NewSanction, SanctionKind},
    },
    error::{AppError, ErrorKind},
    server::{auth::caller::Caller, service::moderation, state::AppState},
};

/// The routes of moderation.
pub fn routes() -> Routes {
    Routes::new()
        .route("/livestreams/{id}/chat/rules", get(rules).put(change_rules))
        .route("/livestreams/{id}/chat/{message}", delete(delete_message))
        .route("/livestreams/{id}/moderation/mutes", post(mute))
        .route("/livestreams/{id}/moderation/bans", post(ban))
        .route("/livestreams/{id}/moderation/sanctions", get(sanctions))
        .route("/livestreams/{id}/moderation/sanctions/{sanction}", delete(lift))
        .route("/chat/blocked-words", get(blocked_words).put(set_blocked_words))
        .route("/chat/sanctions", get(all_sanctions))
        .route("/chat/sanctions/{id}", delete(lift_any))
        .route("/chat/bans", post(ban_account))
}

#[derive(Deserialize)]
pub(super) struct PageQuery {
    limit: Option<u32>,
    skip: Option<u64>,
}

impl PageQuery {
    pub fn checked(&self) -> Result<Page, AppError> {
        Page::checked(self.limit, self.skip, 50)
    }
}

type TwoIds<T> = Result<Path<(LivestreamId, T)>, PathRejection>;

fn ids<T>(path: TwoIds<T>) -> Result<(LivestreamId, T), AppError> {
    path.map(|Path(ids)| ids).map_err(|_| AppError::new(ErrorKind::Malformed, "An id is 24 hexadecimal digits."))
}

async fn delete_message(State(state): State<AppState>, caller: Caller, path: TwoIds<MessageId>) -> Reply<impl IntoResponse> {
    let moderator = caller.moderator()?;
    let (show, message) = ids(path)?;
    let seq = moderation::delete_message(&state, &moderator, show, message).await?;
    Ok(Json(json!({ "deleted": true, "id": message, "seq": seq })))
}

async fn rules(State(state): State<AppState>, caller: Caller, PathId(id): PathId<LivestreamId>) -> Reply<impl IntoResponse> {
    Ok(keyed("chatRules", &moderation::rules(&state, &caller, id).await?))
}

async fn change_rules(
    State(state): State<AppState>,
    caller: Caller,
    PathId(id): PathId<LivestreamId>,
    body: Reply<JsonBody<ChatRulesUpdate>>,
) -> Reply<impl IntoResponse> {
    let moderator = caller.moderator()?;
    let JsonBody(update) = body?;
    Ok(keyed("chatRules", &moderation::change_rules(&state, &moderator, id, update).await?))
}

async fn mute(state: State<AppState>, caller: Caller, id: PathId<LivestreamId>, body: Reply<JsonBody<NewSanction>>) -> Reply<impl IntoResponse> {
    sanction(state, caller, id, body, SanctionKind::Mute).await
}

async fn ban(state: State<AppState>, caller: Caller, id: PathId<LivestreamId>, body: Reply<JsonBody<NewSanction>>) -> Reply<impl IntoResponse> {
    sanction(state, caller, id, body, SanctionKind::Ban).await
}

async fn sanction(
    State(state): State<AppState>,
    caller: Caller,
    PathId(id): PathId<LivestreamId>,
    body: Reply<JsonBody<NewSanction>>,
    kind: SanctionKind,
) -> Reply<impl IntoResponse> {
    let moderator = caller.moderator()?;
    let JsonBody(input) = body?;
    Ok((StatusCode::CREATED, keyed("sanction", &moderation::sanction(&state, &moderator, id, kind, input).await?)))
}

async fn sanctions(
    State(state): State<AppState>,
    caller: Caller,
    PathId(id): PathId<LivestreamId>,
    QueryOf(query): QueryOf<PageQuery>,
) -> Reply<impl IntoResponse> {
    Ok(Json(moderation::sanctions(&state, &caller.moderator()?, id, query.checked()?).await?))
}

async fn lift(State(state): State<AppState>, caller: Caller, path: TwoIds<SanctionId>) -> Reply<impl IntoResponse> {
    let moderator = caller.moderator()?;
    let (show, id) = ids(path)?;
    moderation::lift(&state, &moderator, show, id).await?;
    Ok(Json(json!({ "lifted": true })))
}

async fn all_sanctions(State(state): State<AppState>, caller: Caller, QueryOf(query): QueryOf<PageQuery>) -> Reply<impl IntoResponse> {
    Ok(Json(moderation::all_sanctions(&state, &caller.admin()?, query.checked()?).await?))
}

async fn lift_any(State(state): State<AppState>, caller: Caller, PathId(id): PathId<SanctionId>) -> Reply<impl IntoResponse> {
    moderation::lift_any(&state, &caller.admin()?, id).await?;
    Ok(Json(json!({ "lifted": true })))
}

async fn ban_account(State(state): State<AppState>, caller: Caller, body: Reply<JsonBody<NewSanction>>) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let JsonBody(input) = body?;
    Ok((StatusCode::CREATED, keyed("sanction", &moderation::ban_account(&state, &admin, input).await?)))
}

async fn blocked_words(State(state): State<AppState>, caller: Caller) -> Reply<impl IntoResponse> {
    Ok(keyed("blockedWords", &moderation::blocked_words(&state, &caller.admin()?).await?))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WordsBody {
    blocked_words: Vec<String>,
}

async fn set_blocked_words(State(state): State<AppState>, caller: Caller, body: Reply<JsonBody<WordsBody>>) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let JsonBody(body) = body?;
    Ok(keyed("blockedWords", &moderation::set_blocked_words(&state, &admin, body.blocked_words).await?))
}
