//! What this server says of itself: `/openapi.json`, `/asyncapi.json`, and `/docs`, which shows both to people.
//!
//! The domain's types are compiled for browsers too and carry no derived schemas; these are written here, over utoipa's
//! model. Tests keep them honest: every answer and frame of every integration test is held against them, every route
//! that is mounted against their list. Owns no rule of the shop.

use std::sync::LazyLock;

use axum::{
    http::{HeaderValue, header},
    response::{Html, IntoResponse},
    routing::get,
};

use super::routes::Routes;

mod asyncapi;
pub mod components;
pub mod frames;
mod openapi;
pub mod operation;
mod page;
pub mod paths;
pub mod sample;
pub mod schema;

pub use asyncapi::document as asyncapi;
pub use openapi::document as openapi;

/// The routes of the documents. Mounted once, at the root.
pub fn routes() -> Routes {
    Routes::new().route("/openapi.json", get(openapi_json)).route("/asyncapi.json", get(asyncapi_json)).route("/docs", get(docs))
}

// They never change while the server runs.
static OPENAPI: LazyLock<String> = LazyLock::new(|| openapi().to_json().expect("the document has only texts for keys"));
static ASYNCAPI: LazyLock<String> = LazyLock::new(|| asyncapi().to_string());
static DOCS: LazyLock<String> = LazyLock::new(|| page::render(&serde_json::json!(openapi()), &asyncapi()));

const FRESH: [(header::HeaderName, HeaderValue); 1] = [(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))];
const JSON: [(header::HeaderName, HeaderValue); 1] = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];

async fn openapi_json() -> impl IntoResponse {
    (FRESH, JSON, OPENAPI.as_str())
}

async fn asyncapi_json() -> impl IntoResponse {
    (FRESH, JSON, ASYNCAPI.as_str())
}

async fn docs() -> impl IntoResponse {
    let policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    (FRESH, [(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy))], Html(DOCS.as_str()))
}
