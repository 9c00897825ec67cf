//! `/fn`: server functions. Gives their errors the status they deserve; owns no rule.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use leptos::server_fn::error::SERVER_FN_ERROR_HEADER;

use super::reply;
use crate::error::{AppError, ErrorKind};

/// Error bodies are a few sentences; anything longer is not one of ours.
const MAX_ERROR_BYTES: usize = 64 * 1024;
/// The most a call may carry, unless it is a form with files, whose reader counts for itself.
const MAX_CALL_BYTES: usize = 256 * 1024;

/// The layer: bounds what a call may carry, and sets the status of a refusal. Does nothing outside of `/fn/`.
pub async fn layer(request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/fn/") {
        return next.run(request).await;
    }
    match guarded(request) {
        Ok(request) => with_status(next.run(request).await).await,
        Err(refusal) => refusal.into_response(),
    }
}

// The framework reads bodies without a limit, and panics on a form without a boundary.
fn guarded(request: Request) -> Result<Request, AppError> {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    if content_type.starts_with("multipart/") {
        let boundary = content_type.split(';').filter_map(|part| part.trim().strip_prefix("boundary=")).next().unwrap_or_default().trim_matches('"');
        let fits = content_type.starts_with("multipart/form-data") && (1..=70).contains(&boundary.len());
        return if fits { Ok(request) } else { Err(AppError::new(ErrorKind::Malformed, "The form has no boundary.")) };
    }
    let declared = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > MAX_CALL_BYTES) {
        return Err(AppError::new(ErrorKind::TooLarge, format!("Send at most {} KiB.", MAX_CALL_BYTES / 1024)));
    }
    let (parts, body) = request.into_parts();
    Ok(Request::from_parts(parts, Body::new(http_body_util::Limited::new(body, MAX_CALL_BYTES))))
}

// The framework answers every error with 500. A redirect (a plain form without JavaScript) keeps its status, or it would not be followed.
async fn with_status(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR || !response.headers().contains_key(SERVER_FN_ERROR_HEADER) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_ERROR_BYTES).await else { return AppError::internal("unreadable").into_response() };
    if let Ok(error) = serde_json::from_slice::<AppError>(&bytes) {
        parts.status = reply::status(&error);
        if let Some(seconds) = error.retry_after_s {
            parts.headers.insert(header::RETRY_AFTER, seconds.into());
        }
    }
    parts.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Response::from_parts(parts, Body::from(bytes))
}
