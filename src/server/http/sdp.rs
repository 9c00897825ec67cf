//! Session descriptions as bodies: what WHIP and WHEP have in common.

use axum::{
    body::Body,
    extract::{Path, rejection::PathRejection},
    http::{HeaderMap, header},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::reply::Reply;
use crate::{
    domain::id::LivestreamId,
    error::{AppError, ErrorKind},
};

/// The longest description of a session: a browser's has about 6 KiB.
pub const MAX_SDP_BYTES: usize = 64 * 1024;
/// The type of an offer and an answer.
pub const SDP: &str = "application/sdp";
const SDP_FRAGMENT: &str = "application/trickle-ice-sdpfrag";

/// The path of one session: its show and its name.
pub type Session = Result<Path<(LivestreamId, String)>, PathRejection>;

/// Reads that path.
///
/// # Errors
/// Malformed where the show's id is none.
pub fn named(session: Session) -> Reply<(LivestreamId, String)> {
    session.map(|Path(ids)| ids).map_err(|_| AppError::new(ErrorKind::Malformed, "An id is 24 hexadecimal digits."))
}

/// Reads an offer.
///
/// # Errors
/// Unsupported for another type, TooLarge above [`MAX_SDP_BYTES`], Malformed for what is no text or breaks off.
pub async fn offer(headers: &HeaderMap, body: Body) -> Reply<String> {
    expect_type(headers, SDP)?;
    match Limited::new(body, MAX_SDP_BYTES).collect().await {
        Ok(whole) => String::from_utf8(whole.to_bytes().into()).map_err(|_| AppError::new(ErrorKind::Malformed, "An offer is text.")),
        Err(error) if error.is::<LengthLimitError>() => Err(AppError::new(ErrorKind::TooLarge, format!("Send at most {} KiB.", MAX_SDP_BYTES / 1024))),
        Err(_) => Err(AppError::new(ErrorKind::Malformed, "The offer broke off. Send it again.")),
    }
}

/// Whether a request brings addresses (RFC 8840). What they are is not read: none is ever spoken to first.
///
/// # Errors
/// Unsupported for another type.
pub fn expect_fragment(headers: &HeaderMap) -> Reply<()> {
    expect_type(headers, SDP_FRAGMENT)
}

fn expect_type(headers: &HeaderMap, wanted: &str) -> Reply<()> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if given.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    Err(AppError::new(ErrorKind::Unsupported, format!("Send a session description, with Content-Type: {wanted}.")))
}
