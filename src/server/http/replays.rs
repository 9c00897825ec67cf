//! `/livestreams/{id}/replay`: a show that is over in the hands of its host, also as an archive for another shop; and what
//! belongs to its film, for everybody: captions, and the small pictures of seek bars.

use axum::{
    Json,
    body::Body,
    extract::{DefaultBodyLimit, Path, State, rejection::PathRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;
use serde_json::json;

use super::{
    extract::{JsonBody, PathId, QueryOf, keyed},
    files,
    reply::Reply,
    routes::Routes,
};
use crate::{
    domain::{
        captions::{CaptionsInput, MAX_CAPTIONS_BYTES},
        edit::ReplayUpdate,
        id::{CaptionsId, LivestreamId},
    },
    error::{AppError, ErrorKind},
    server::{
        auth::caller::Caller,
        service::replays::{archive, captions, desk, frames},
        state::AppState,
    },
};

type TwoIds = Result<Path<(LivestreamId, CaptionsId)>, PathRejection>;

/// The routes of replays.
pub fn routes() -> Routes {
    Routes::new()
        .route("/livestreams/{id}/replay", get(read).put(edit))
        .route("/livestreams/{id}/export", get(export))
        .route("/livestreams/{id}/captions", post(add).layer(DefaultBodyLimit::disable()))
        .route("/livestreams/{id}/captions/{captions}", get(file).delete(remove))
        .route("/livestreams/{id}/frames.vtt", get(frame_list))
        .route("/livestreams/{id}/frames.jpg", get(frame_sheet))
}

async fn read(State(state): State<AppState>, caller: Caller, id: Reply<PathId<LivestreamId>>) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let PathId(id) = id?;
    Ok(keyed("replay", &desk::desk(&state, &admin, id).await?))
}

async fn edit(State(state): State<AppState>, caller: Caller, id: Reply<PathId<LivestreamId>>, body: Reply<JsonBody<ReplayUpdate>>) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let (PathId(id), JsonBody(update)) = (id?, body?);
    Ok(keyed("replay", &desk::edit(&state, &admin, id, update).await?))
}

async fn export(State(state): State<AppState>, caller: Caller, id: Reply<PathId<LivestreamId>>) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let PathId(id) = id?;
    let archive = archive::export(&state, &admin, id).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/x-tar".to_owned()),
        (header::CONTENT_LENGTH, archive.bytes.to_string()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"show-{id}.tar\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(archive.into_stream())))
}

#[derive(Deserialize)]
struct CaptionsQuery {
    #[serde(default)]
    language: String,
    #[serde(default)]
    label: String,
}

async fn add(
    State(state): State<AppState>,
    caller: Caller,
    id: Reply<PathId<LivestreamId>>,
    query: Reply<QueryOf<CaptionsQuery>>,
    headers: HeaderMap,
    body: Body,
) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let (PathId(id), QueryOf(query)) = (id?, query?);
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if content_type.split(';').next().unwrap_or_default().trim() != "text/vtt" {
        return Err(AppError::new(ErrorKind::Unsupported, "Send WebVTT, with Content-Type: text/vtt."));
    }
    let file = match Limited::new(body, MAX_CAPTIONS_BYTES).collect().await {
        Ok(whole) => whole.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => return Err(captions::too_large()),
        Err(_) => return Err(AppError::new(ErrorKind::Malformed, "The file broke off. Send it again.")),
    };
    let input = CaptionsInput { language: query.language, label: query.label };
    let all = captions::add(&state, &admin, id, input, file.into()).await?;
    Ok((StatusCode::CREATED, Json(json!({ "captions": all }))))
}

fn ids(path: TwoIds) -> Reply<(LivestreamId, CaptionsId)> {
    path.map(|Path(ids)| ids).map_err(|_| AppError::new(ErrorKind::Malformed, "An id is 24 hexadecimal digits."))
}

async fn remove(State(state): State<AppState>, caller: Caller, path: TwoIds) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let (id, which) = ids(path)?;
    Ok(keyed("captions", &captions::remove(&state, &admin, id, which).await?))
}

async fn file(State(state): State<AppState>, caller: Caller, path: TwoIds, request: HeaderMap) -> Reply<Response> {
    let (id, which) = ids(path)?;
    let text = captions::file(&state, &caller, id, which).await?;
    Ok(beside_film(&request, "text/vtt; charset=utf-8", text.into_bytes()))
}

async fn frame_list(State(state): State<AppState>, caller: Caller, id: Reply<PathId<LivestreamId>>, request: HeaderMap) -> Reply<Response> {
    let PathId(id) = id?;
    let text = frames::list(&state, &caller, id).await?;
    Ok(beside_film(&request, "text/vtt; charset=utf-8", text.into_bytes()))
}

async fn frame_sheet(State(state): State<AppState>, caller: Caller, id: Reply<PathId<LivestreamId>>, request: HeaderMap) -> Reply<Response> {
    let PathId(id) = id?;
    let picture = frames::sheet(&state, &caller, id).await?;
    Ok(beside_film(&request, "image/jpeg", picture))
}

// Another film of the show changes it, under the same address. What people wrote is never a page, whatever they wrote into it.
fn beside_film(request: &HeaderMap, content_type: &'static str, bytes: Vec<u8>) -> Response {
    let tag = files::content_tag(&bytes);
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let mut put = |name, value| headers.insert(name, HeaderValue::from_static(value));
    put(header::CONTENT_TYPE, content_type);
    put(header::CACHE_CONTROL, "no-cache");
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'");
    files::validated(response, request, &tag)
}
