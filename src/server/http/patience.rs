//! How long a request's body may keep us waiting. It knows nothing of what a body says.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Json,
    body::Body,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::BodyExt;
use tower_http::timeout::{TimeoutBody, TimeoutError};

use super::reply;
use crate::error::{AppError, ErrorKind};

/// A body of which nothing comes for this long is given up. As long as something comes it may take its time: a large
/// picture over a slow line is no attack.
pub const BODY_IDLE: Duration = Duration::from_secs(15);

/// The layer: answers 408 where a body stopped coming, whatever the handler made of that. Otherwise a head that
/// promises a body, and no body, would hold a task and a connection for good.
pub async fn layer(request: Request, next: Next) -> Response {
    let late = Arc::<AtomicBool>::default();
    let (parts, body) = request.into_parts();
    let noticed = late.clone();
    let body = TimeoutBody::new(BODY_IDLE, body).map_err(move |error| {
        if error.is::<TimeoutError>() {
            noticed.store(true, Ordering::Relaxed);
        }
        error
    });
    let response = next.run(Request::from_parts(parts, Body::new(body))).await;
    if late.load(Ordering::Relaxed) { too_late() } else { response }
}

/// The answer to a request whose body takes too long.
pub fn too_late() -> Response {
    let error = AppError::new(ErrorKind::Malformed, "The rest of the request did not come.").coded("request_timeout");
    let mut response = (StatusCode::REQUEST_TIMEOUT, Json(reply::error_body(&error))).into_response();
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
