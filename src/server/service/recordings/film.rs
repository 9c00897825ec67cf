//! Making films of recordings: when somebody asks, when a show has ended and nothing more comes, and after a crash. A film
//! is made whole or not at all, and making it again gives the same one.

use std::{io::BufWriter, time::Duration};

use super::chunks::{self, off_thread};
use crate::{
    domain::{
        id::LivestreamId,
        livestream::LivestreamStatus,
        recording::{Recording, RecordingPart},
        time::Timestamp,
    },
    error::AppError,
    server::{
        auth::caller::Admin,
        db::{livestreams::LivestreamRecord, recordings::Finished},
        hub::room::Ask,
        media::{self, Fault, Form},
        service::{livestreams::record, replays::frames},
        state::AppState,
        storage::{Storage, recordings::Waiting, video, write_error},
    },
};

/// An ended show of which nothing came for this long is not waited for any more.
pub const QUIET: Duration = Duration::from_secs(120);
/// How often recordings are looked after.
const EVERY: Duration = Duration::from_secs(10);
/// How long a film waits for a recorder of our own to end.
const TAIL: Duration = Duration::from_secs(8);
/// How long somebody who asks for a film is kept waiting for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Closes a recording and has its film made. Asked again, says how far that is.
///
/// # Errors
/// NotFound if there is no such show.
pub async fn finish(state: &AppState, admin: &Admin, id: LivestreamId) -> Result<Recording, AppError> {
    record(state, id).await?;
    request(state, id).await?;
    chunks::status(state, admin, id, "").await
}

/// [`finish`], for the shop itself.
pub(super) async fn request(state: &AppState, id: LivestreamId) -> Result<(), AppError> {
    let storage = state.storage.clone();
    off_thread(move || storage.request_film(id)).await?;
    // The film is made whether or not somebody waits for it.
    let making = state.clone();
    let made = tokio::spawn(async move { make(&making, id).await });
    if let Ok(Ok(Err(error))) = tokio::time::timeout(PATIENCE, made).await {
        tracing::warn!(stream.id = %id, %error, "a film is not made yet; it is tried again");
    }
    Ok(())
}

/// Makes films of what waits, for as long as the server runs.
pub async fn tend(state: AppState) {
    loop {
        tend_once(&state, QUIET).await;
        tokio::time::sleep(EVERY).await;
    }
}

/// Makes the films that are due: those asked for, and those of ended shows of which nothing came for `quiet`. Removes the
/// chunks of shows that do not exist any more.
pub async fn tend_once(state: &AppState, quiet: Duration) {
    let storage = state.storage.clone();
    let waiting = tokio::task::spawn_blocking(move || storage.waiting_recordings()).await.unwrap_or_default();
    for Waiting { show, is_requested, quiet: silence } in waiting {
        let due = match state.db.livestream(show).await {
            Ok(Some(record)) => is_requested || (record.status == LivestreamStatus::Ended && silence >= quiet),
            // Deleted: making finds that out and clears up.
            Ok(None) => true,
            Err(_) => false,
        };
        if due && let Err(error) = make(state, show).await {
            tracing::warn!(stream.id = %show, %error, "a film is not made yet; it is tried again");
        }
    }
}

async fn make(state: &AppState, id: LivestreamId) -> Result<(), AppError> {
    // The last of what the shop records itself is on its way to the disk.
    let _ = tokio::time::timeout(TAIL, state.tapes.ended(id)).await;
    let _turn = state.storage.turn_to_make().await;
    let storage = state.storage.clone();
    if !off_thread(move || Ok(storage.has_recording(id))).await? {
        return Ok(());
    }
    let show = state.db.livestream(id).await?;
    if let Some(show) = show
        && state.db.recording(id).await?.finished.is_none()
    {
        let storage = state.storage.clone();
        let start = show.start_time.unwrap_or(show.created_at);
        let film = off_thread(move || film(&storage, id, start)).await?;
        frames::start(state, &film.video_url);
        publish(state, &show, film).await?;
    }
    let storage = state.storage.clone();
    off_thread(move || {
        storage.discard_recording(id);
        Ok(())
    })
    .await?;
    state.reels.forget(id);
    state.tapes.forget(id);
    Ok(())
}

async fn publish(state: &AppState, show: &LivestreamRecord, film: Finished) -> Result<(), AppError> {
    let now = state.clock.now();
    // A video that was uploaded by hand meanwhile is the host's choice.
    if !film.video_url.is_empty()
        && let Some(record) = state.db.give_film(show.id, &film.video_url, now).await?
        && let Some(room) = state.hub.open_room(show.id)
    {
        room.ask(Ask::Updated(Box::new(record))).await?;
    }
    state.db.finish_recording(show.id, &film, now).await?;
    tracing::info!(stream.id = %show.id, duration_ms = film.duration_ms, bytes = film.bytes, parts = film.parts.len(), "a recording is finished");
    Ok(())
}

// Blocks for as long as it takes to copy the recording twice over the disk.
fn film(storage: &Storage, id: LivestreamId, start: Timestamp) -> Result<Finished, AppError> {
    let (name, sessions) = storage.close_recording(id, media::starts_session).map_err(|error| write_error(&error))?;
    let began: Vec<Timestamp> = sessions.iter().map(|session| session.began).collect();
    let mut readers: Vec<_> = sessions.into_iter().map(|session| session.reader).collect();
    let (incoming, file) = storage.create_incoming()?;
    let made = match media::make(&mut readers, BufWriter::with_capacity(256 * 1024, file)) {
        Ok(made) => made,
        Err(Fault::Empty | Fault::Foreign) => {
            tracing::warn!(stream.id = %id, "nothing in this recording can be played");
            return Ok(Finished::default());
        }
        Err(Fault::Io(error)) => return Err(write_error(&error)),
    };
    let left_out = began.len() - made.played.len().min(began.len());
    if left_out > 0 {
        tracing::warn!(stream.id = %id, left_out, "parts of a recording are of another kind than the film, or cannot be played: they are not in it");
    }
    // What is served was walked from end to end, whoever sent it.
    if let Err(error) = video::identify(incoming.path()) {
        tracing::warn!(stream.id = %id, %error, "a recording is no video");
        return Ok(Finished::default());
    }
    let extension = match made.form {
        Form::Webm => video::Container::Webm,
        Form::Mp4 => video::Container::Mp4,
    }
    .extension();
    let part = |played: &media::Played| RecordingPart {
        show_ms: began.get(played.session).map_or(0, |began| began.millis_since(start)),
        at_ms: played.at_ms,
        duration_ms: played.duration_ms,
    };
    let parts = made.played.iter().map(part).collect();
    let filename = format!("{name}.{extension}");
    let bytes = std::fs::metadata(incoming.path()).map_or(0, |metadata| metadata.len());
    incoming.keep(&storage.uploads().join("livestreams").join(&filename)).map_err(|error| write_error(&error))?;
    Ok(Finished { video_url: format!("/uploads/livestreams/{filename}"), bytes, duration_ms: made.duration_ms, parts })
}
