//! How answers look: JSON, and one shape for every refusal.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use crate::error::{AppError, ErrorKind};

/// What a REST handler gives.
pub type Reply<T> = Result<T, AppError>;

/// The body of a refusal: `{message, code}` and, where fields are wrong, `fields`.
pub fn error_body(error: &AppError) -> Value {
    let mut body = Map::new();
    body.insert("message".into(), json!(error.message));
    body.insert("code".into(), json!(error.code));
    if !error.fields.is_empty() {
        body.insert("fields".into(), json!(error.fields));
    }
    Value::Object(body)
}

/// The status of a refusal.
pub fn status(error: &AppError) -> StatusCode {
    StatusCode::from_u16(error.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let mut response = (status(&self), Json(error_body(&self))).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.kind == ErrorKind::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // What was not read of a body that is too large is not worth reading.
        if self.kind == ErrorKind::TooLarge {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

/// The answer to a method that a path does not have.
pub async fn method_not_allowed() -> AppError {
    AppError::new(ErrorKind::MethodNotAllowed, "This method is not allowed here.")
}

/// The answer to a path that does not exist.
pub async fn no_such_path() -> AppError {
    AppError::not_found("path")
}
