//! `/livestreams/agora/token`: for clients whose video goes over Agora.

use axum::{Json, extract::State, http::header, response::IntoResponse, routing::post};
use serde::Deserialize;

use super::{
    extract::{JsonBody, QueryOf},
    reply::Reply,
    routes::Routes,
};
use crate::server::{
    auth::caller::Caller,
    service::agora::{self, AgoraRequest, AgoraVersion},
    state::AppState,
};

/// The route of Agora tokens.
pub fn routes() -> Routes {
    Routes::new().route("/livestreams/agora/token", post(token))
}

#[derive(Deserialize)]
struct TokenQuery {
    #[serde(default)]
    version: AgoraVersion,
}

// Whether there is an Agora app at all is said before anything about the request.
async fn token(
    State(state): State<AppState>,
    caller: Caller,
    QueryOf(query): QueryOf<TokenQuery>,
    body: Reply<JsonBody<AgoraRequest>>,
) -> Reply<impl IntoResponse> {
    agora::app(&state)?;
    let JsonBody(request) = body?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(agora::token(&state, &caller, query.version, request)?)))
}
