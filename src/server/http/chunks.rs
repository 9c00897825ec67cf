//! The recording of a live show: its chunks as they come, how far they are, and the film in the end.

use std::time::Duration;

use axum::{
    Json,
    body::Body,
    extract::{DefaultBodyLimit, Path, State, rejection::PathRejection},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    extract::{JsonBody, PathId, QueryOf, keyed},
    patience,
    reply::{self, Reply},
    routes::Routes,
};
use crate::{
    domain::{id::LivestreamId, recording::MAX_CHUNK_BYTES},
    error::{AppError, ErrorKind},
    server::{
        auth::caller::Caller,
        service::recordings::{
            chunks::{self, NewChunk, Taking},
            film,
        },
        state::AppState,
    },
};

/// A chunk is a second of media: whoever takes longer than this for one does not keep up with the show anyway.
const WHOLE_CHUNK: Duration = Duration::from_secs(60);

/// The routes of recordings in the making.
pub fn routes() -> Routes {
    Routes::new()
        .route("/livestreams/{id}/recording", get(status).put(enable))
        .route("/livestreams/{id}/recording/chunks/{n}", put(chunk).layer(DefaultBodyLimit::disable()))
        .route("/livestreams/{id}/recording/finish", post(finish))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ChunkQuery {
    #[serde(default)]
    recorder: String,
    age_ms: Option<u64>,
}

async fn status(State(state): State<AppState>, caller: Caller, id: Reply<PathId<LivestreamId>>, query: Reply<QueryOf<ChunkQuery>>) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let (PathId(id), QueryOf(query)) = (id?, query?);
    Ok(keyed("recording", &chunks::status(&state, &admin, id, &query.recorder).await?))
}

#[derive(Deserialize)]
struct Enabling {
    enabled: bool,
}

async fn enable(State(state): State<AppState>, caller: Caller, id: Reply<PathId<LivestreamId>>, body: Reply<JsonBody<Enabling>>) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let (PathId(id), JsonBody(body)) = (id?, body?);
    Ok(keyed("recording", &chunks::enable(&state, &admin, id, body.enabled).await?))
}

async fn chunk(
    State(state): State<AppState>,
    caller: Caller,
    path: Result<Path<(LivestreamId, u32)>, PathRejection>,
    query: Reply<QueryOf<ChunkQuery>>,
    headers: HeaderMap,
    body: Body,
) -> Reply<Response> {
    let admin = caller.admin()?;
    let wrong = |_| AppError::new(ErrorKind::Malformed, "An id is 24 hexadecimal digits, and chunks are numbered from 0.");
    let (Path((id, number)), QueryOf(ChunkQuery { recorder, age_ms })) = (path.map_err(wrong)?, query?);
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > MAX_CHUNK_BYTES) {
        return Err(chunks::too_large());
    }
    let _permit = chunks::expect_chunk(&state, &admin, id).await?;
    let Ok(bytes) = tokio::time::timeout(WHOLE_CHUNK, read(body)).await else { return Ok(patience::too_late()) };
    let bytes = bytes?;
    check(&headers, &bytes)?;
    match chunks::take_chunk(&state, &admin, id, NewChunk { recorder, number, age_ms, bytes }).await? {
        Taking::Stored { next } => Ok(Json(json!({ "next": next })).into_response()),
        Taking::Refused { error, next } => {
            let mut answer = reply::error_body(&error);
            answer["next"] = json!(next);
            Ok((reply::status(&error), Json(answer)).into_response())
        }
    }
}

async fn read(body: Body) -> Reply<Bytes> {
    match Limited::new(body, MAX_CHUNK_BYTES).collect().await {
        Ok(whole) => Ok(whole.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(chunks::too_large()),
        Err(_) => Err(AppError::new(ErrorKind::Malformed, "The chunk broke off. Send it again.")),
    }
}

// RFC 9530. Who sends no digest trusts the connection.
fn check(headers: &HeaderMap, bytes: &Bytes) -> Reply<()> {
    let Some(given) = headers.get("content-digest").and_then(|value| value.to_str().ok()) else { return Ok(()) };
    let mut members = given.split(',').filter_map(|member| member.trim().strip_prefix("sha-256=:")?.strip_suffix(':'));
    let Some(digest) = members.next() else { return Ok(()) };
    if BASE64_STANDARD.decode(digest).is_ok_and(|digest| digest == Sha256::digest(bytes)[..]) {
        return Ok(());
    }
    Err(AppError::new(ErrorKind::Invalid, "The chunk is not the one its digest names. Send it again.").coded("digest_mismatch"))
}

async fn finish(State(state): State<AppState>, caller: Caller, id: Reply<PathId<LivestreamId>>) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let PathId(id) = id?;
    Ok(keyed("recording", &film::finish(&state, &admin, id).await?))
}
