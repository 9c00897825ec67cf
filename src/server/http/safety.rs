//! Headers that every answer carries, what happens when a handler panics, and the line in the log.

use std::{any::Any, time::Duration};

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderName, HeaderValue, Response, header},
    middleware::Next,
    response::IntoResponse,
};
use tracing::Span;

use crate::{error::AppError, server::telemetry};

/// The layer: headers against sniffing, framing and leaking.
pub async fn headers(request: Request, next: Next) -> Response<Body> {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("permissions-policy"), "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=()"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    // Pages bring their own with a nonce; everything else has nothing to run.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    response
}

/// The answer after a panic: a reference that stands in the log beside the cause.
pub fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response<Body> {
    let text = cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    let reference = telemetry::reference();
    tracing::error!(%reference, cause = text.unwrap_or("unknown"), "a handler panicked");
    AppError::internal(&reference).into_response()
}

/// The span of a request. Query values stay out of it: they may be tokens.
pub fn span(request: &Request) -> Span {
    let id = request.headers().get("x-request-id").and_then(|value| value.to_str().ok()).unwrap_or_default();
    tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id)
}

/// The line and the figures of an answer.
pub fn answered(response: &Response<Body>, latency: Duration, _: &Span) {
    let status = response.status();
    ::metrics::histogram!("http_request_seconds").record(latency.as_secs_f64());
    ::metrics::counter!("http_responses_total", "status" => status.as_u16().to_string()).increment(1);
    tracing::debug!(status = status.as_u16(), ms = latency.as_millis() as u64, "answered");
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use http_body_util::BodyExt;
    use tower::{Layer, ServiceExt, service_fn};
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_one_answer_with_a_reference_and_the_next_is_served() {
        let handler = service_fn(async |request: Request| {
            assert_ne!(request.uri().path(), "/bad", "the pin is lost");
            Ok::<_, Infallible>(Response::new(Body::from("good")))
        });
        let service = CatchPanicLayer::custom(panicked).layer(handler);
        let ask = async |path: &str| {
            let response = service.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
            (response.status().as_u16(), String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap())
        };
        let (status, body) = ask("/bad").await;
        assert!(status == 500 && body.contains("\"internal\"") && !body.contains("pin"), "{body}");
        assert_eq!(ask("/good").await, (200, "good".to_owned()));
    }
}
