//! `/payments`: where the payment provider speaks to the shop. Its signature is its proof; it brings no account.

use axum::{
    Json,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::HeaderMap,
    response::IntoResponse,
    routing::post,
};
use serde_json::json;

use super::{reply::Reply, routes::Routes};
use crate::server::{service::payment, state::AppState};

/// The largest message that is read.
const MAX_BYTES: usize = 256 * 1024;

/// The routes of payments.
pub fn routes() -> Routes {
    Routes::new().route("/payments/stripe/webhook", post(hear).layer(DefaultBodyLimit::max(MAX_BYTES)))
}

async fn hear(State(state): State<AppState>, headers: HeaderMap, body: Bytes) -> Reply<impl IntoResponse> {
    let signature = headers.get(payment::SIGNATURE).and_then(|value| value.to_str().ok());
    payment::hear(&state, signature, &body).await?;
    Ok(Json(json!({ "received": true })))
}
