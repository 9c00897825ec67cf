//! Taking in the chunks of a recording while a show is live, and saying how far it has come. The show never waits for it.

use std::sync::LazyLock;

use bytes::Bytes;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::reel;
use crate::{
    domain::{
        id::LivestreamId,
        livestream::LivestreamStatus,
        recording::{MAX_CHUNK_BYTES, Recording, RecordingState, is_recorder_name},
        validate::Fields,
    },
    error::{AppError, ErrorKind},
    server::{
        auth::caller::Admin,
        service::livestreams::record,
        state::AppState,
        storage::{
            journal::{Chunk, Taken},
            recordings::Progress,
        },
    },
};

/// The code of a refusal that names the number which is expected.
pub const OUT_OF_ORDER: &str = "chunk_out_of_order";
/// The code of a refusal: another chunk has this number.
pub const DIFFERS: &str = "chunk_differs";

/// Chunks in memory at the same time.
static AT_ONCE: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(16));

/// A chunk as a recorder sends it.
#[derive(Debug, Clone)]
pub struct NewChunk {
    /// What the recorder calls itself; a page that is loaded again is another one.
    pub recorder: String,
    pub number: u32,
    /// How long ago the recorder began, where it says so.
    pub age_ms: Option<u64>,
    pub bytes: Bytes,
}

/// What became of a chunk that was not refused outright.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taking {
    /// It is on the disk.
    Stored { next: u32 },
    /// It does not fit to what is there; the number that is expected helps the sender on.
    Refused { error: AppError, next: u32 },
}

/// Permission to send the body of a chunk, asked for before it is read.
///
/// # Errors
/// NotFound; Conflict `not_live` before the show; Gone `recording_finished` once the film is made; RateLimited while too
/// many chunks are on their way.
pub async fn expect_chunk(state: &AppState, _: &Admin, id: LivestreamId) -> Result<SemaphorePermit<'static>, AppError> {
    if record(state, id).await?.status == LivestreamStatus::Scheduled {
        return Err(AppError::conflict("This show has not begun.").coded("not_live"));
    }
    if state.db.recording(id).await?.finished.is_some() {
        return Err(finished());
    }
    AT_ONCE.try_acquire().map_err(|_| AppError::rate_limited(1))
}

/// Stores a chunk. Once this says so, it outlives a power cut.
///
/// # Errors
/// Invalid, TooLarge (`recording_quota` where the space for recordings is used up), StorageFull, Gone `recording_finished`.
pub async fn take_chunk(state: &AppState, _: &Admin, id: LivestreamId, chunk: NewChunk) -> Result<Taking, AppError> {
    take(state, id, chunk).await
}

/// [`take_chunk`], for the shop itself.
pub(super) async fn take(state: &AppState, id: LivestreamId, chunk: NewChunk) -> Result<Taking, AppError> {
    let show = record(state, id).await?;
    let mut fields = Fields::default();
    if !is_recorder_name(&chunk.recorder) {
        fields.add("recorder", "Name a recorder with letters and digits.");
    }
    if chunk.bytes.is_empty() {
        fields.add("body", "A chunk has at least one byte.");
    }
    fields.finish(())?;
    if chunk.bytes.len() > MAX_CHUNK_BYTES {
        return Err(too_large());
    }
    let now = state.clock.now();
    let age_ms = chunk.age_ms.unwrap_or(u64::from(crate::domain::recording::CHUNK_MS));
    let began = now.plus_millis(-i64::try_from(age_ms).unwrap_or(i64::MAX)).max(show.start_time.unwrap_or(show.created_at));
    let chunk = Chunk { recorder: chunk.recorder, number: chunk.number, began: began.min(now), bytes: chunk.bytes };
    let (storage, most_bytes, quota_bytes) = (state.storage.clone(), state.config.max_video_bytes, state.config.recordings_quota_bytes);
    let taken = off_thread(move || storage.take_chunk(id, &chunk, most_bytes, quota_bytes)).await?;
    if matches!(taken, Taken::Stored { .. }) {
        reel::grown(state, id).await;
    }
    Ok(match taken {
        Taken::Stored { next } => Taking::Stored { next },
        Taken::Differs { next } => Taking::Refused { error: AppError::conflict("Another chunk has this number.").coded(DIFFERS), next },
        Taken::Gap { next } => Taking::Refused { error: AppError::conflict("A chunk before this one is missing.").coded(OUT_OF_ORDER), next },
        Taken::Closed => return Err(finished()),
        Taken::TooMany => return Err(AppError::new(ErrorKind::TooLarge, "This recording has too many chunks.")),
    })
}

/// How far a show's recording has come, as one of its recorders asks.
///
/// # Errors
/// NotFound if there is no such show.
pub async fn status(state: &AppState, _: &Admin, id: LivestreamId, recorder: &str) -> Result<Recording, AppError> {
    record(state, id).await?;
    let known = state.db.recording(id).await?;
    if let Some(finished) = known.finished {
        let state = if finished.video_url.is_empty() { RecordingState::Failed } else { RecordingState::Ready };
        return Ok(Recording {
            state,
            enabled: known.enabled,
            next: 0,
            bytes: finished.bytes,
            duration_ms: finished.duration_ms,
            parts: finished.parts,
            video_url: finished.video_url,
        });
    }
    let (storage, recorder) = (state.storage.clone(), recorder.to_owned());
    let progress = off_thread(move || storage.recording_progress(id, &recorder)).await?;
    let state = match progress {
        None => RecordingState::None,
        Some(Progress { is_requested: true, .. }) => RecordingState::Finishing,
        Some(_) => RecordingState::Open,
    };
    let Progress { next, bytes, .. } = progress.unwrap_or_default();
    Ok(Recording { state, enabled: known.enabled, next, bytes, ..Recording::default() })
}

/// Says whether the studio is to record a show. What was recorded stays.
///
/// # Errors
/// NotFound if there is no such show.
pub async fn enable(state: &AppState, admin: &Admin, id: LivestreamId, enabled: bool) -> Result<Recording, AppError> {
    record(state, id).await?;
    state.db.set_recording(id, enabled).await?;
    status(state, admin, id, "").await
}

/// A chunk that is larger than one may be.
pub fn too_large() -> AppError {
    AppError::new(ErrorKind::TooLarge, format!("Send at most {} MiB at a time.", MAX_CHUNK_BYTES / 1024 / 1024))
}

fn finished() -> AppError {
    AppError::new(ErrorKind::Gone, "This recording is finished.").coded("recording_finished")
}

pub(in crate::server::service) async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T, AppError> + Send + 'static) -> Result<T, AppError> {
    // Only a panic ends the task; what it was doing shows on the disk.
    tokio::task::spawn_blocking(work).await.map_err(|_| AppError::internal(&crate::server::telemetry::reference()))?
}
