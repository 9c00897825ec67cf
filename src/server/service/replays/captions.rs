//! The captions of a film. They are kept with the times of the whole film, and given out with those of the film that is
//! shown, so that cutting it anew moves them along.

use std::path::PathBuf;

use super::visible;
use crate::{
    domain::{
        captions::{Captions, CaptionsInput, MAX_CAPTIONS_BYTES, MAX_TRACKS},
        id::{CaptionsId, LivestreamId},
        validate::Fields,
    },
    error::{AppError, ErrorKind},
    server::{
        auth::caller::{Admin, Caller},
        db::{
            new_id,
            replays::{CaptionsRecord, ReplayRecord},
        },
        media::vtt,
        service::{livestreams::record, recordings::off_thread},
        state::AppState,
        storage::Storage,
    },
};

/// The captions there are, in the order in which they came.
pub(super) fn of(id: LivestreamId, kept: &ReplayRecord) -> Vec<Captions> {
    let captions = |captions: &CaptionsRecord| Captions {
        id: captions.id,
        language: captions.language.clone(),
        label: captions.label.clone(),
        url: format!("/livestreams/{id}/captions/{}", captions.id),
    };
    kept.captions.iter().map(captions).collect()
}

/// Takes a WebVTT file whose times count in the film that is shown now.
///
/// # Errors
/// NotFound; Invalid with the line that cannot be understood, or for language and label; TooLarge, StorageFull;
/// Conflict `too_many_captions`. Nothing is left on the disk then.
pub async fn add(state: &AppState, _: &Admin, id: LivestreamId, input: CaptionsInput, file: Vec<u8>) -> Result<Vec<Captions>, AppError> {
    let show = record(state, id).await?;
    let input = input.checked()?;
    if file.len() > MAX_CAPTIONS_BYTES {
        return Err(too_large());
    }
    let from_ms = shown(&show.video_url, &state.db.replay(id).await?).0;
    put(state, id, input, &file, from_ms).await
}

/// Takes a WebVTT file of which the first second is at `from_ms` of the whole film.
///
/// # Errors
/// As [`add`]; language and label have been checked.
pub(super) async fn put(state: &AppState, id: LivestreamId, input: CaptionsInput, file: &[u8], from_ms: u64) -> Result<Vec<Captions>, AppError> {
    let cues = vtt::read(file).map_err(|problem| Fields::one("captions", problem.to_string()))?;
    let text = vtt::write(&vtt::later(cues, from_ms));
    let captions = CaptionsRecord { id: CaptionsId::from_bytes(new_id()), language: input.language, label: input.label };
    let (storage, path) = (state.storage.clone(), path(&state.storage, id, captions.id));
    off_thread(move || keep(&storage, &path, text.as_bytes())).await?;
    match state.db.add_captions(id, &captions, MAX_TRACKS).await {
        Ok(true) => Ok(of(id, &state.db.replay(id).await?)),
        refused => {
            discard(state, id, captions.id).await;
            refused?;
            Err(AppError::conflict(format!("A film has at most {MAX_TRACKS} files of captions.")).coded("too_many_captions"))
        }
    }
}

/// Takes captions away.
///
/// # Errors
/// NotFound if there is no such show, or it has no such captions.
pub async fn remove(state: &AppState, _: &Admin, id: LivestreamId, captions: CaptionsId) -> Result<Vec<Captions>, AppError> {
    record(state, id).await?;
    if !state.db.remove_captions(id, captions).await? {
        return Err(AppError::not_found("captions"));
    }
    discard(state, id, captions).await;
    Ok(of(id, &state.db.replay(id).await?))
}

/// A WebVTT file timed for the film that is shown.
///
/// # Errors
/// NotFound where there is none that the caller may see.
pub async fn file(state: &AppState, caller: &Caller, id: LivestreamId, captions: CaptionsId) -> Result<String, AppError> {
    let show = visible(state, caller, id).await?;
    let kept = state.db.replay(id).await?;
    timed(state, &show.video_url, &kept, id, captions).await
}

/// The same for a show that the caller may see, with this film.
///
/// # Errors
/// NotFound where there is none.
pub(super) async fn timed(state: &AppState, video_url: &str, kept: &ReplayRecord, id: LivestreamId, captions: CaptionsId) -> Result<String, AppError> {
    if kept.captions.iter().all(|known| known.id != captions) {
        return Err(AppError::not_found("captions"));
    }
    let path = path(&state.storage, id, captions);
    let file = tokio::fs::read(path).await.map_err(|_| AppError::not_found("captions"))?;
    let cues = vtt::read(&file).map_err(|_| AppError::not_found("captions"))?;
    let (from_ms, until_ms) = shown(video_url, kept);
    Ok(vtt::write(&vtt::within(cues, from_ms, until_ms)))
}

/// A file of captions that is larger than one may be.
pub fn too_large() -> AppError {
    AppError::new(ErrorKind::TooLarge, format!("Send at most {} MiB.", MAX_CAPTIONS_BYTES / 1024 / 1024))
}

// The stretch of the whole film that is shown.
fn shown(video_url: &str, kept: &ReplayRecord) -> (u64, u64) {
    let cut = kept.cut.as_ref().filter(|cut| cut.url == video_url);
    cut.map_or((0, u64::MAX), |cut| (cut.from_ms, cut.from_ms.saturating_add(cut.duration_ms)))
}

fn path(storage: &Storage, id: LivestreamId, captions: CaptionsId) -> PathBuf {
    storage.captions(id).join(format!("{captions}.vtt"))
}

fn keep(storage: &Storage, path: &std::path::Path, bytes: &[u8]) -> Result<(), AppError> {
    storage.expect_room(bytes.len() as u64)?;
    storage.keep_whole(path, bytes)
}

async fn discard(state: &AppState, id: LivestreamId, captions: CaptionsId) {
    let _ = tokio::fs::remove_file(path(&state.storage, id, captions)).await;
}
