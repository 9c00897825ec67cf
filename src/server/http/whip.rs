//! `/whip`: encoders that are the camera of a show (RFC 9725). One request with an offer puts them on air, another takes
//! them off. Addresses are not exchanged later: the answer names ours, and theirs are found by the checks that come from there.

use axum::{
    body::Body,
    extract::{DefaultBodyLimit, Path, State, rejection::PathRejection},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
    routing::{delete, get, post},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::{
    extract::{PathId, keyed},
    reply::Reply,
    routes::Routes,
    visitor,
};
use crate::{
    domain::id::LivestreamId,
    error::{AppError, ErrorKind},
    server::{
        auth::{caller::Caller, ingest::Camera},
        service::ingest,
        state::AppState,
    },
};

/// The longest description of a session: a browser's has about 6 KiB.
pub const MAX_SDP_BYTES: usize = 64 * 1024;
const SDP: &str = "application/sdp";
const SDP_FRAGMENT: &str = "application/trickle-ice-sdpfrag";

type Encoder = Result<Path<(LivestreamId, String)>, PathRejection>;

/// The routes of encoders.
pub fn routes() -> Routes {
    Routes::new()
        .route("/livestreams/{id}/ingest", get(read))
        .route("/whip/{id}", post(publish).layer(DefaultBodyLimit::disable()))
        .route("/whip/{id}/{encoder}", delete(unpublish).patch(trickle))
}

async fn read(State(state): State<AppState>, caller: Caller, id: Reply<PathId<LivestreamId>>) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let PathId(show) = id?;
    Ok(([(header::CACHE_CONTROL, "no-store")], keyed("ingest", &ingest::ingest(&state, &admin, show).await?)))
}

async fn publish(State(state): State<AppState>, caller: Caller, id: Reply<PathId<LivestreamId>>, headers: HeaderMap, body: Body) -> Reply<impl IntoResponse> {
    let PathId(show) = id?;
    let camera = camera(&state, show, &headers).await?;
    expect_type(&headers, SDP)?;
    let offer = match Limited::new(body, MAX_SDP_BYTES).collect().await {
        Ok(whole) => String::from_utf8(whole.to_bytes().into()).map_err(|_| AppError::new(ErrorKind::Malformed, "An offer is text."))?,
        Err(error) if error.is::<LengthLimitError>() => {
            return Err(AppError::new(ErrorKind::TooLarge, format!("Send at most {} KiB.", MAX_SDP_BYTES / 1024)));
        }
        Err(_) => return Err(AppError::new(ErrorKind::Malformed, "The offer broke off. Send it again.")),
    };
    let published = ingest::publish(&state, camera, caller.address, offer).await?;
    let location = format!("/whip/{show}/{}", published.encoder);
    Ok((StatusCode::CREATED, [(header::CONTENT_TYPE, SDP.to_owned()), (header::LOCATION, location)], published.answer))
}

async fn unpublish(State(state): State<AppState>, encoder: Encoder, headers: HeaderMap) -> Reply<StatusCode> {
    let (show, encoder) = named(encoder)?;
    ingest::unpublish(&state, camera(&state, show, &headers).await?, &encoder)?;
    Ok(StatusCode::OK)
}

// What an encoder finds out about itself later is not needed.
async fn trickle(State(state): State<AppState>, encoder: Encoder, headers: HeaderMap) -> Reply<StatusCode> {
    let (show, encoder) = named(encoder)?;
    let camera = camera(&state, show, &headers).await?;
    expect_type(&headers, SDP_FRAGMENT)?;
    ingest::expect_published(&state, camera, &encoder)?;
    Ok(StatusCode::NO_CONTENT)
}

fn named(encoder: Encoder) -> Reply<(LivestreamId, String)> {
    encoder.map(|Path(ids)| ids).map_err(|_| AppError::new(ErrorKind::Malformed, "An id is 24 hexadecimal digits."))
}

async fn camera(state: &AppState, show: LivestreamId, headers: &HeaderMap) -> Reply<Camera> {
    ingest::camera(state, show, &visitor::bearer(headers).unwrap_or_default()).await
}

fn expect_type(headers: &HeaderMap, wanted: &str) -> Reply<()> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if given.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    Err(AppError::new(ErrorKind::Unsupported, format!("Send a session description, with Content-Type: {wanted}.")))
}
