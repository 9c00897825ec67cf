//! Reading requests: bodies, ids, queries and the caller. What cannot be read is refused in our one shape.

use axum::{
    Json, RequestExt,
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request, rejection::BytesRejection},
    http::{StatusCode, header, request::Parts},
};
use leptos::prelude::use_context;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    domain::validate::Fields,
    error::{AppError, ErrorKind},
    server::{
        auth::caller::Caller,
        http::visitor::{self, Visitor},
        state::AppState,
    },
};

pub use crate::server::service::page::Page;

/// The most a JSON body may have.
pub const MAX_JSON_BYTES: usize = 64 * 1024;

/// A JSON body of a known shape. 415 for another content type, 413 above [`MAX_JSON_BYTES`], 400 for what is no JSON,
/// 422 with `fields` for JSON of another shape.
pub struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, _: &S) -> Result<Self, AppError> {
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let is_json = essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"));
        if !is_json || request.headers().contains_key(header::CONTENT_ENCODING) {
            return Err(AppError::new(ErrorKind::Unsupported, "Send JSON, with Content-Type: application/json."));
        }
        let bytes = limited(request, MAX_JSON_BYTES).await?;
        parse(&bytes).map(Self)
    }
}

/// A JSON body, or the default where there is no body at all. For actions whose parameters are all optional.
pub struct OptionalJsonBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for OptionalJsonBody<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        let empty = request.headers().get(header::CONTENT_LENGTH).is_none_or(|length| length == "0");
        if empty && !request.headers().contains_key(header::TRANSFER_ENCODING) {
            return Ok(Self(T::default()));
        }
        JsonBody::from_request(request, state).await.map(|JsonBody(value)| Self(value))
    }
}

// The body, read to the end only if it fits.
async fn limited(request: Request, max_bytes: usize) -> Result<Bytes, AppError> {
    let too_large = || AppError::new(ErrorKind::TooLarge, format!("Send at most {} KiB.", max_bytes / 1024));
    let declared = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|length| length > max_bytes as u64) {
        return Err(too_large());
    }
    let (parts, body) = request.into_parts();
    let request = Request::from_parts(parts, axum::body::Body::new(http_body_util::Limited::new(body, max_bytes)));
    request.extract::<Bytes, _>().await.map_err(|rejection: BytesRejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => AppError::new(ErrorKind::Malformed, "The body could not be read."),
    })
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, AppError> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut deserializer);
    let malformed = || AppError::new(ErrorKind::Malformed, "The body is not valid JSON.");
    match parsed {
        Ok(value) => deserializer.end().map(|()| value).map_err(|_| malformed()),
        Err(error) if error.inner().is_data() => {
            // The parser's words name the field, and stop before the place in the text.
            let text = error.inner().to_string();
            let reason = text.split(" at line ").next().unwrap_or_default().to_owned();
            let named = reason.split('`').nth(1).filter(|_| reason.starts_with("unknown field") || reason.starts_with("missing field"));
            let path = error.path().to_string();
            let field = named.map_or(path, str::to_owned);
            Err(match field.as_str() {
                "." | "" => AppError::new(ErrorKind::Invalid, format!("The body has another shape: {reason}.")),
                field => Fields::one(field, format!("This cannot be accepted: {reason}.")).into(),
            })
        }
        Err(_) => Err(malformed()),
    }
}

/// An id from the path. 400 for what is no id.
pub struct PathId<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for PathId<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Self(id)),
            Err(_) => Err(AppError::new(ErrorKind::Malformed, "An id is 24 hexadecimal digits.")),
        }
    }
}

/// The query of the address. 422 for values of another shape.
pub struct QueryOf<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for QueryOf<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(query)) => Ok(Self(query)),
            Err(rejection) => {
                let reason = rejection.body_text();
                let reason = reason.strip_prefix("Failed to deserialize query string: ").unwrap_or(&reason).to_owned();
                Err(AppError::new(ErrorKind::Invalid, format!("The address has a parameter that cannot be accepted: {reason}.")))
            }
        }
    }
}

/// The caller. A token that does not hold makes a guest; what needs an account then answers 401.
/// Rejects only when the database is away while a token has to be checked.
impl FromRequestParts<AppState> for Caller {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let visitor = parts.extensions.get::<Visitor>().cloned();
        let visitor = visitor.unwrap_or_else(|| Visitor::of(state, parts));
        visitor::caller(state, &parts.headers, &visitor).await
    }
}

/// State and caller, inside a server function or while a page is rendered.
///
/// # Errors
/// Unavailable when the database is away; Internal outside of a request.
pub async fn caller() -> Result<(AppState, Caller), AppError> {
    let outside = || AppError::internal("no request");
    let state = use_context::<AppState>().ok_or_else(outside)?;
    let mut parts = use_context::<Parts>().ok_or_else(outside)?;
    let caller = Caller::from_request_parts(&mut parts, &state).await?;
    Ok((state, caller))
}

/// A JSON answer with `key` around the value, as in `{"product": …}`.
pub fn keyed<T: Serialize>(key: &str, value: &T) -> Json<serde_json::Value> {
    Json(serde_json::json!({ key: value }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::product::ProductInput;

    #[test]
    fn wrong_json_says_what_is_wrong() {
        let kind = |text: &[u8]| parse::<ProductInput>(text).map_err(|error| (error.kind, error.fields.names().map(str::to_owned).collect::<Vec<_>>()));
        let invalid = |field: &str| Err((ErrorKind::Invalid, vec![field.to_owned()]));
        let malformed = Err((ErrorKind::Malformed, vec![]));
        assert_eq!(kind(br#"{"name":{"$gt":""}}"#), invalid("name"));
        assert_eq!(kind(br#"{"role":"admin"}"#), invalid("role"));
        assert_eq!(kind(br#"{"images":[1]}"#), invalid("images[0]"));
        assert_eq!(kind(br#"{"name":"a","name":"b"}"#).unwrap_err().0, ErrorKind::Invalid);
        for text in [&b"{"[..], b"", b"\xef\xbb\xbf{}", b"{} x", br#"{"name":"\ud800"}"#, "[".repeat(100_000).as_bytes(), b"\xff"] {
            assert!(matches!(kind(text), Err((ErrorKind::Malformed | ErrorKind::Invalid, _))), "{:?}", String::from_utf8_lossy(&text[..text.len().min(20)]));
        }
        assert_eq!(kind(b"{"), malformed);
    }
}
