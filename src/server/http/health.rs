//! Signs of life, for people and machines that watch the server.

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;

use super::routes::Routes;
use crate::server::{state::AppState, telemetry};

/// The routes of health and metrics. Mounted once, at the root.
pub fn routes() -> Routes {
    // What happens before anybody asks counts, too.
    telemetry::metrics();
    Routes::new().route("/healthz", get(healthz)).route("/readyz", get(readyz)).route("/metrics", get(metrics))
}

async fn healthz() -> impl IntoResponse {
    (NO_STORE, Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") })))
}

async fn readyz(State(state): State<AppState>) -> Response {
    match state.db.ping().await {
        // The shop works, but it keeps no recordings; somebody should know.
        Ok(()) if state.storage.is_full() => (NO_STORE, Json(json!({ "status": "degraded", "database": "ok", "storage": "full" }))).into_response(),
        Ok(()) => (NO_STORE, Json(json!({ "status": "ready", "database": "ok" }))).into_response(),
        Err(reason) => {
            tracing::warn!(%reason, "not ready: the database did not answer");
            let body = json!({ "status": "unavailable", "database": "away", "message": "The database does not answer.", "code": "unavailable" });
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, HeaderValue::from_static("2"))], NO_STORE, Json(body)).into_response()
        }
    }
}

async fn metrics() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], telemetry::metrics().render())
}

const NO_STORE: [(header::HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];
