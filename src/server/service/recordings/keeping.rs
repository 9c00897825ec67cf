//! For how long films are kept: what lies on the disk, and the daily round that removes what is too old or too much. It never
//! touches a show that is live, nor a recording that is not a film yet, and writes each removal down before it is done.

use std::time::Duration;

use super::chunks::off_thread;
use crate::{
    domain::{
        id::{LivestreamId, UserId},
        keeping::{KeptFilm, Limits, StorageReport, size_in_words, to_go},
        moderation::AuditAction,
        time::Timestamp,
        user::{Role, User},
    },
    error::AppError,
    server::{
        auth::caller::Admin,
        db::replays::FilmRecord,
        hub::room::Ask,
        service::{
            audit::{self, Deed},
            uploads,
        },
        state::AppState,
    },
};

/// How often old films are looked for.
const EVERY: Duration = Duration::from_secs(86_400);

/// What lies on the disk.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn report(state: &AppState, _: &Admin) -> Result<StorageReport, AppError> {
    let films = films(state).await?;
    let storage = state.storage.clone();
    let sizes = off_thread(move || Ok(storage.sizes())).await?;
    Ok(StorageReport {
        films_bytes: sizes.films,
        recordings_bytes: sizes.recordings,
        pictures_bytes: sizes.pictures,
        free_bytes: sizes.free,
        limits: limits(state),
        films: films.into_iter().map(|(film, _)| film).collect(),
    })
}

/// Removes what is too old or too much, day by day, for as long as the server runs.
pub async fn tend(state: AppState) {
    loop {
        if let Err(error) = tend_once(&state).await {
            tracing::warn!(%error, "old films could not be looked after; that is tried again tomorrow");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// One round. Gives the shows whose films are gone.
///
/// # Errors
/// Unavailable when the database is away: then what is left stays until the next round.
pub async fn tend_once(state: &AppState) -> Result<Vec<LivestreamId>, AppError> {
    let limits = limits(state);
    if limits.retention_days.is_none() && !limits.make_room {
        return Ok(Vec::new());
    }
    let films = films(state).await?;
    let storage = state.storage.clone();
    let sizes = off_thread(move || Ok(storage.sizes())).await?;
    let kept: Vec<KeptFilm> = films.iter().map(|(film, _)| film.clone()).collect();
    let mut gone = Vec::new();
    for film in to_go(&kept, sizes.films + sizes.recordings, limits, state.clock.now()) {
        let Some((_, record)) = films.iter().find(|(other, _)| other.stream_id == film.stream_id) else { continue };
        if remove(state, &film, record).await? {
            gone.push(film.stream_id);
        }
    }
    Ok(gone)
}

fn limits(state: &AppState) -> Limits {
    let config = &state.config;
    Limits { retention_days: config.keeping.retention_days, quota_bytes: config.recordings_quota_bytes, make_room: config.keeping.make_room }
}

// The films of shows that are over, the oldest first. One whose chunks are still there is not finished.
async fn films(state: &AppState) -> Result<Vec<(KeptFilm, FilmRecord)>, AppError> {
    let records = state.db.films().await?;
    let storage = state.storage.clone();
    off_thread(move || {
        let measured = |record: FilmRecord| {
            let bytes = record.files().map(|path| storage.upload_bytes(path)).sum();
            (KeptFilm { stream_id: record.id, title: record.title.clone(), at: record.at, bytes }, record)
        };
        Ok(records.into_iter().filter(|record| !storage.has_recording(record.id)).map(measured).collect())
    })
    .await
}

// False where the show has another film by now.
async fn remove(state: &AppState, film: &KeptFilm, record: &FilmRecord) -> Result<bool, AppError> {
    let detail = format!("{}, {}", film.title, size_in_words(film.bytes));
    audit::record(state, &the_shop(), Deed { action: AuditAction::FilmRemoved, show: Some(film.stream_id), subject: "", detail }).await?;
    let Some(show) = state.db.remove_film(film.stream_id, &record.video_url, state.clock.now()).await? else { return Ok(false) };
    state.db.forget_film(film.stream_id).await?;
    if let Some(room) = state.hub.open_room(film.stream_id) {
        room.ask(Ask::Updated(Box::new(show))).await?;
    }
    uploads::discard(state, record.files().map(str::to_owned).collect::<Vec<_>>()).await;
    let _ = tokio::fs::remove_dir_all(state.storage.captions(film.stream_id)).await;
    tracing::info!(stream.id = %film.stream_id, bytes = film.bytes, "an old film was removed");
    Ok(true)
}

// Who does what the settings ask for.
fn the_shop() -> User {
    User { id: UserId::from_bytes([0; 12]), email: String::new(), name: "The shop".into(), role: Role::Admin, created_at: Timestamp::from_millis(0) }
}
