//! Uploading a recording or a picture of a show, by the show's own path or by those of the uploads. Files go to the disk as
//! they come; what they are is the service's to judge.

use axum::{
    Json,
    extract::{DefaultBodyLimit, Multipart, State, multipart::Field, multipart::MultipartRejection},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
    routing::{MethodRouter, post},
};
use serde_json::json;

use super::{extract::PathId, reply::Reply, routes::Routes};
use crate::{
    domain::{id::LivestreamId, validate::Fields},
    error::{AppError, ErrorKind},
    server::{
        auth::caller::{Admin, Caller},
        service::recordings::{self, Purpose, Received},
        state::AppState,
    },
};

/// Bytes of a form beside its file: boundaries, names, the id of a show.
const FORM_BYTES: u64 = 64 * 1024;
/// The longest text that is read from a form.
const MAX_TEXT_BYTES: usize = 256;

type Form = Result<Multipart, MultipartRejection>;

/// The routes of recordings.
pub fn routes() -> Routes {
    // Sizes are counted while the file is written.
    let unbounded = |route: MethodRouter<AppState>| route.layer(DefaultBodyLimit::disable());
    Routes::new()
        .route("/livestreams/{id}/upload", unbounded(post(of_show)))
        .route("/uploads/livestream-video", unbounded(post(video)))
        .route("/uploads/thumbnail", unbounded(post(thumbnail)))
}

async fn of_show(State(state): State<AppState>, caller: Caller, id: Reply<PathId<LivestreamId>>, headers: HeaderMap, form: Form) -> Reply<impl IntoResponse> {
    let admin = caller.admin()?;
    let PathId(show) = id?;
    recordings::expect_show(&state, &admin, show).await?;
    take(&state, &admin, &caller, &[Purpose::Video, Purpose::Thumbnail], Some(show), &headers, form).await
}

async fn video(State(state): State<AppState>, caller: Caller, headers: HeaderMap, form: Form) -> Reply<impl IntoResponse> {
    take(&state, &caller.admin()?, &caller, &[Purpose::Video], None, &headers, form).await
}

async fn thumbnail(State(state): State<AppState>, caller: Caller, headers: HeaderMap, form: Form) -> Reply<impl IntoResponse> {
    take(&state, &caller.admin()?, &caller, &[Purpose::Thumbnail], None, &headers, form).await
}

// The id of a show may stand before or after the file, so the file waits on the disk for the end of the form.
async fn take(
    state: &AppState,
    admin: &Admin,
    caller: &Caller,
    purposes: &[Purpose],
    mut show: Option<LivestreamId>,
    headers: &HeaderMap,
    form: Form,
) -> Reply<impl IntoResponse + use<>> {
    let mut form = form.map_err(|_| AppError::new(ErrorKind::Unsupported, "Send a form with a file (multipart/form-data)."))?;
    let limit = purposes.iter().map(|purpose| recordings::max_bytes(state, *purpose)).max().unwrap_or_default();
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|length| length > limit.saturating_add(FORM_BYTES)) {
        return Err(AppError::new(ErrorKind::TooLarge, format!("Send at most {} MiB.", limit / 1024 / 1024)));
    }
    let unreadable = |_| AppError::new(ErrorKind::Malformed, "The form could not be read.");
    let mut received: Option<Received> = None;
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        if let Some(purpose) = purposes.iter().find(|purpose| field_name(**purpose) == name) {
            if received.is_some() {
                return Err(AppError::new(ErrorKind::Malformed, "Send one file at a time."));
            }
            received = Some(recordings::receive(state, admin, *purpose, field).await?);
        } else if name == "livestreamId" && show.is_none() {
            let text = text(field).await?;
            let wrong = |_| Fields::one("livestreamId", "An id is 24 hexadecimal digits.");
            show = if text.is_empty() { None } else { Some(text.parse().map_err(wrong)?) };
        } else {
            // Anything else is read no further than a text would be.
            text(field).await?;
        }
    }
    let names = purposes.iter().map(|purpose| field_name(*purpose)).collect::<Vec<_>>().join(" or ");
    let received = received.ok_or_else(|| AppError::new(ErrorKind::Malformed, format!("Send the file in a field named {names}.")))?;
    let url_name = match received.purpose {
        Purpose::Video => "videoUrl",
        Purpose::Thumbnail => "thumbnailUrl",
    };
    let stored = recordings::keep(state, admin, caller, received, show).await?;
    Ok((StatusCode::CREATED, Json(json!({ "filename": stored.filename, "url": stored.url, url_name: stored.url }))))
}

const fn field_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Video => "video",
        Purpose::Thumbnail => "thumbnail",
    }
}

async fn text(mut field: Field<'_>) -> Reply<String> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|_| AppError::new(ErrorKind::Malformed, "The form could not be read."))? {
        bytes.extend_from_slice(&piece);
        if bytes.len() > MAX_TEXT_BYTES {
            return Err(AppError::new(ErrorKind::TooLarge, "The form has a field that is too long."));
        }
    }
    String::from_utf8(bytes).map_err(|_| AppError::new(ErrorKind::Malformed, "The form could not be read."))
}
