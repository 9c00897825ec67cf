//! `/livestreams/:id/live`: a live show over plain HTTP, some seconds late: for going back, and for networks that let no
//! live picture through.

use axum::{
    Json,
    body::Body,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::Deserialize;

use super::{
    extract::{PathId, QueryOf, keyed},
    files,
    reply::{self, Reply},
    routes::Routes,
};
use crate::{
    domain::id::LivestreamId,
    error::{AppError, ErrorKind},
    server::{
        auth::caller::Caller,
        service::recordings::reel::{self, NO_SUCH_BYTES},
        state::AppState,
    },
};

/// The routes of reels.
pub fn routes() -> Routes {
    Routes::new().route("/livestreams/{id}/live", get(what_there_is)).route("/livestreams/{id}/live/{part}", get(bytes))
}

#[derive(Deserialize)]
struct ReelQuery {
    #[serde(default)]
    since: u32,
}

async fn what_there_is(
    State(state): State<AppState>,
    caller: Caller,
    PathId(id): PathId<LivestreamId>,
    QueryOf(query): QueryOf<ReelQuery>,
) -> Reply<impl IntoResponse> {
    Ok(keyed("reel", &reel::reel(&state, &caller, id, query.since).await?))
}

#[derive(Deserialize)]
struct BytesQuery {
    #[serde(default)]
    from: u64,
    to: Option<u64>,
}

async fn bytes(
    State(state): State<AppState>,
    caller: Caller,
    path: Result<Path<(LivestreamId, u32)>, PathRejection>,
    QueryOf(query): QueryOf<BytesQuery>,
    headers: HeaderMap,
) -> Reply<Response> {
    let wrong = |_| AppError::new(ErrorKind::Malformed, "An id is 24 hexadecimal digits, and parts are numbered from 0.");
    let Path((id, part)) = path.map_err(wrong)?;
    let stretch = match reel::stretch(&state, &caller, id, part, query.from, query.to).await {
        Ok(stretch) => stretch,
        Err(error) if error.code == NO_SUCH_BYTES => return Ok((StatusCode::RANGE_NOT_SATISFIABLE, Json(reply::error_body(&error))).into_response()),
        Err(error) => return Err(error),
    };
    let (tag, size) = (stretch.tag.clone(), stretch.size);
    let mut response = Response::new(Body::from_stream(stretch.bytes()));
    response.headers_mut().insert(header::CONTENT_LENGTH, size.into());
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("video/webm"));
    let mut response = files::validated(response, &headers, &tag);
    let mut put = |name, value: &'static str| response.headers_mut().insert(name, HeaderValue::from_static(value));
    // Written bytes never change, but who is banned gets none: only the watcher's own browser keeps them. Without an end
    // the same address means more bytes a second later.
    put(header::CACHE_CONTROL, if query.to.is_some() { "private, max-age=31536000, immutable" } else { "private, no-cache" });
    put(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'");
    put(header::HeaderName::from_static("cross-origin-resource-policy"), if state.config.allowed_origins.is_empty() { "same-origin" } else { "cross-origin" });
    Ok(response)
}
