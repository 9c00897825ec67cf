//! People and their roles, for admins: `/chat/people`, `/chat/moderators`, `/chat/invitations`, `/chat/audit`.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::IntoResponse,
    routing::{delete, get, post},
};
use serde::Deserialize;
use serde_json::json;

use super::{
    accounts::signed_in,
    extract::{JsonBody, OptionalJsonBody, Page, PathId, QueryOf, keyed},
    moderation::PageQuery,
    reply::Reply,
    routes::Routes,
};
use crate::{
    domain::{
        id::{InvitationId, UserId},
        user::Role,
    },
    server::{auth::caller::Caller, service::people, state::AppState},
};

/// The routes of people.
pub fn routes() -> Routes {
    Routes::new()
        .route("/chat/people", get(list))
        .route("/chat/moderators/{id}", delete(dismiss))
        .route("/chat/invitations", get(invitations).post(invite))
        .route("/chat/invitations/accept", post(join))
        .route("/chat/invitations/{id}", delete(uninvite))
        .route("/chat/audit", get(audit))
}

#[derive(Deserialize)]
struct ListQuery {
    role: Option<Role>,
    search: Option<String>,
    limit: Option<u32>,
    skip: Option<u64>,
}

async fn list(State(state): State<AppState>, caller: Caller, QueryOf(query): QueryOf<ListQuery>) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let page = Page::checked(query.limit, query.skip, 50)?;
    Ok(Json(people::list(&state, &admin, query.role, query.search, page).await?))
}

async fn dismiss(State(state): State<AppState>, caller: Caller, PathId(id): PathId<UserId>) -> Reply<impl IntoResponse> {
    people::dismiss(&state, &caller.admin()?, id).await?;
    Ok(Json(json!({ "role": Role::Customer })))
}

async fn invitations(State(state): State<AppState>, caller: Caller) -> Reply<impl IntoResponse> {
    Ok(keyed("invitations", &people::invitations(&state, &caller.admin()?).await?))
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct InviteBody {
    hours: Option<u32>,
}

async fn invite(State(state): State<AppState>, caller: Caller, body: Reply<OptionalJsonBody<InviteBody>>) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let OptionalJsonBody(body) = body?;
    Ok((StatusCode::CREATED, Json(people::invite(&state, &admin, body.hours).await?)))
}

async fn uninvite(State(state): State<AppState>, caller: Caller, PathId(id): PathId<InvitationId>) -> Reply<impl IntoResponse> {
    people::uninvite(&state, &caller.admin()?, id).await?;
    Ok(Json(json!({ "revoked": true })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JoinBody {
    code: String,
}

async fn join(State(state): State<AppState>, caller: Caller, body: Reply<JsonBody<JoinBody>>) -> Reply<impl IntoResponse> {
    let who = caller.signed_in()?;
    let JsonBody(body) = body?;
    Ok(signed_in(&state, people::join(&state, &who, &body.code).await?))
}

async fn audit(State(state): State<AppState>, caller: Caller, QueryOf(query): QueryOf<PageQuery>) -> Reply<impl IntoResponse> {
    Ok(Json(people::audit_log(&state, &caller.admin()?, query.checked()?).await?))
}
