//! Giving files out: types, ranges, validators. What people uploaded is never a page.

use std::{path::Path, time::UNIX_EPOCH};

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};

/// Whether a validator promises equal bytes, which ranges need, or equal content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validator {
    Strong,
    Weak,
}

/// The same request without its body, which a file has no use for.
pub fn bare(request: &Request) -> Request {
    let mut bare = Request::new(Body::empty());
    bare.method_mut().clone_from(request.method());
    bare.uri_mut().clone_from(request.uri());
    bare.headers_mut().clone_from(request.headers());
    bare
}

/// A validator that changes when the file does.
pub async fn entity_tag(file: &Path, validator: Validator) -> Option<String> {
    let metadata = tokio::fs::metadata(file).await.ok().filter(std::fs::Metadata::is_file)?;
    let changed_ms = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_millis();
    let tag = format!("\"{:x}-{changed_ms:x}\"", metadata.len());
    Some(if validator == Validator::Strong { tag } else { format!("W/{tag}") })
}

/// A validator of an answer that is made anew each time.
pub fn content_tag(content: &[u8]) -> String {
    use sha2::{Digest, Sha256};

    let digest: String = Sha256::digest(content).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("W/\"{digest}\"")
}

/// Whether `If-None-Match` names this validator (RFC 9110, 13.1.2: compared weakly).
pub fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let plain = |text: &str| text.trim().trim_start_matches("W/").to_owned();
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|line| line.split(',')).any(|text| text.trim() == "*" || plain(text) == plain(tag))
}

/// Drops a range that belongs to another version of the file (RFC 9110, 13.1.5): then the whole file is the answer.
pub fn drop_stale_range(headers: &mut HeaderMap, tag: &str) {
    if headers.get(header::IF_RANGE).is_some_and(|value| value != tag) {
        headers.remove(header::RANGE);
    }
}

/// The answer with its validator; without a body if the client has this version.
pub fn validated(mut response: Response, request: &HeaderMap, tag: &str) -> Response {
    if response.status() == StatusCode::OK && is_known(request, tag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        for name in [header::CONTENT_LENGTH, header::CONTENT_TYPE, header::CONTENT_ENCODING] {
            response.headers_mut().remove(name);
        }
    }
    if let Ok(value) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
}

/// The type under which an uploaded file is served; `None`: only as a download.
pub fn media_type(path: &str) -> Option<&'static str> {
    match path.rsplit('.').next() {
        Some("jpg") => Some("image/jpeg"),
        Some("png") => Some("image/png"),
        Some("webp") => Some("image/webp"),
        Some("webm") => Some("video/webm"),
        Some("mp4") => Some("video/mp4"),
        Some("vtt") => Some("text/vtt; charset=utf-8"),
        _ => None,
    }
}
