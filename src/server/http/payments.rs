//! `/payments`: where the payment provider speaks to the shop. Its signature is its proof; it brings no account.

use axum::{
    Json,
    body::Bytes,
    extract::{DefaultBodyLimit, State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
    routing::post,
};
use serde_json::json;

use super::{reply::Reply, routes::Routes};
use crate::{
    error::{AppError, ErrorKind},
    server::{service::payment, state::AppState},
};

/// The largest message that is read.
const MAX_BYTES: usize = 256 * 1024;

/// The routes of payments.
pub fn routes() -> Routes {
    Routes::new().route("/payments/stripe/webhook", post(hear).layer(DefaultBodyLimit::max(MAX_BYTES)))
}

async fn hear(State(state): State<AppState>, headers: HeaderMap, body: Result<Bytes, BytesRejection>) -> Reply<impl IntoResponse> {
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => AppError::new(ErrorKind::TooLarge, format!("Send at most {} KiB.", MAX_BYTES / 1024)),
        _ => AppError::new(ErrorKind::Malformed, "The body could not be read."),
    })?;
    let signature = headers.get(payment::SIGNATURE).and_then(|value| value.to_str().ok());
    payment::hear(&state, signature, &body).await?;
    Ok(Json(json!({ "received": true })))
}
