//! `/auth`: registration, signing in and out.

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse},
    routing::{get, post},
};
use serde_json::json;

use super::{
    extract::{JsonBody, keyed},
    reply::Reply,
    routes::Routes,
};
use crate::{
    domain::user::{Credentials, Registration},
    server::{
        auth::{
            browser::{forget_token, token_cookie},
            caller::Caller,
        },
        service::accounts::{self, SignedInAccount},
        state::AppState,
    },
};

/// The routes of accounts.
pub fn routes() -> Routes {
    Routes::new().route("/auth/register", post(register)).route("/auth/login", post(login)).route("/auth/logout", post(logout)).route("/auth/me", get(me))
}

async fn register(State(state): State<AppState>, caller: Caller, JsonBody(registration): JsonBody<Registration>) -> Reply<impl IntoResponse> {
    let account = accounts::register(&state, caller.address, registration).await?;
    Ok((StatusCode::CREATED, signed_in(&state, account)))
}

async fn login(State(state): State<AppState>, caller: Caller, JsonBody(credentials): JsonBody<Credentials>) -> Reply<impl IntoResponse> {
    let account = accounts::login(&state, caller.address, credentials).await?;
    Ok(signed_in(&state, account))
}

async fn logout(State(state): State<AppState>, caller: Caller) -> Reply<impl IntoResponse> {
    accounts::logout(&state, &caller).await?;
    Ok((AppendHeaders([(header::SET_COOKIE, forget_token(&state))]), Json(json!({ "message": "Signed out." }))))
}

async fn me(caller: Caller) -> Reply<impl IntoResponse> {
    Ok(([(header::CACHE_CONTROL, "no-store")], keyed("user", caller.signed_in()?.user())))
}

/// The answer to whoever has just come in: their token, as a cookie too.
pub(super) fn signed_in(state: &AppState, account: SignedInAccount) -> impl IntoResponse + use<> {
    let SignedInAccount { user, issued } = account;
    let headers = [(header::SET_COOKIE, token_cookie(state, &issued.token)), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (AppendHeaders(headers), Json(json!({ "token": issued.token, "user": user })))
}
