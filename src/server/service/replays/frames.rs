//! Small pictures of a film for its seek bar. A sheet of them is made once the film is there, or else when somebody first
//! looks; nothing waits for it, and a film of which none can be made has none.

use std::{fmt::Write, fs::File};

use super::visible;
use crate::{
    domain::{
        frames::{FrameGrid, Frames},
        id::LivestreamId,
    },
    error::AppError,
    server::{
        auth::caller::Caller,
        db::livestreams::LivestreamRecord,
        media::{self, vtt::Time},
        service::recordings::off_thread,
        state::AppState,
        storage::{Storage, sheet::Sheet, write_error},
    },
};

/// Pictures of one film, and how far apart they are at least, in milliseconds: recorders do not write more often what stands
/// for itself.
const MOST: usize = 100;
const LEAST_MS: u64 = 2_000;

/// The sheet of a show's film; `None` where there is none yet, or none can be made.
pub(super) async fn of(state: &AppState, show: &LivestreamRecord) -> Result<Option<Frames>, AppError> {
    Ok(grid(state, &show.video_url).await?.map(|grid| Frames { url: format!("/livestreams/{}/frames.jpg", show.id), grid }))
}

/// Where on the sheet which moment is, as a WebVTT file for players.
///
/// # Errors
/// NotFound where there is none that the caller may see.
pub async fn list(state: &AppState, caller: &Caller, id: LivestreamId) -> Result<String, AppError> {
    let show = visible(state, caller, id).await?;
    let grid = grid(state, &show.video_url).await?.ok_or_else(missing)?;
    let mut file = String::from("WEBVTT\n");
    for from_ms in (0..u64::from(grid.count)).map(|number| number * grid.every_ms) {
        let Some((x, y)) = grid.place(from_ms) else { break };
        let (from, until) = (Time(from_ms), Time(from_ms + grid.every_ms));
        let _ = write!(file, "\n{from} --> {until}\nframes.jpg#xywh={x},{y},{},{}\n", grid.tile_width_px, grid.tile_height_px);
    }
    Ok(file)
}

/// The sheet itself, a JPEG file.
///
/// # Errors
/// NotFound where there is none that the caller may see.
pub async fn sheet(state: &AppState, caller: &Caller, id: LivestreamId) -> Result<Vec<u8>, AppError> {
    let show = visible(state, caller, id).await?;
    grid(state, &show.video_url).await?.ok_or_else(missing)?;
    let path = state.storage.sheet(&show.video_url).ok_or_else(missing)?;
    tokio::fs::read(path).await.map_err(|_| missing())
}

fn missing() -> AppError {
    AppError::not_found("pictures of this film")
}

async fn grid(state: &AppState, film: &str) -> Result<Option<FrameGrid>, AppError> {
    if film.is_empty() {
        return Ok(None);
    }
    let (storage, path) = (state.storage.clone(), film.to_owned());
    let known = off_thread(move || Ok(storage.frame_grid(&path))).await?;
    if known.is_none() {
        start(state, film);
    }
    Ok(known.filter(|grid| grid.count > 0))
}

/// Begins to make the sheet of the film that is served under this path, unless somebody does already or it failed just now.
pub(in crate::server::service) fn start(state: &AppState, film: &str) {
    let Some(making) = state.storage.start_sheet(film) else { return };
    let (state, film) = (state.clone(), film.to_owned());
    tokio::spawn(async move {
        let _turn = state.storage.turn_to_draw().await;
        let (storage, path) = (state.storage.clone(), film.clone());
        let drawn = match tokio::task::spawn_blocking(move || draw(&storage, &path)).await {
            Ok(drawn) => drawn,
            // A decoder stumbled: it would again.
            Err(_) => Ok(None),
        };
        let (storage, path) = (state.storage.clone(), film.clone());
        let kept = off_thread(move || {
            // A film that is not there, or was removed meanwhile, leaves nothing behind.
            if storage.upload_bytes(&path) == 0 {
                return Ok(());
            }
            storage.keep_sheet(&path, drawn.map_err(|error| write_error(&error))?)
        });
        if let Err(error) = kept.await {
            tracing::warn!(%error, "a film has no pictures for its seek bar yet; that is tried again when somebody looks some minutes from now");
            // Before the claim ends: whoever comes in between would begin at once.
            state.storage.rest_sheet(&film);
        }
        drop(making);
    });
}

// Blocks for as long as it takes to read the heads of the film's clusters and to decode its pictures.
fn draw(storage: &Storage, film: &str) -> std::io::Result<Option<(Vec<u8>, FrameGrid)>> {
    let Some(path) = storage.upload(film) else { return Ok(None) };
    let mut file = File::open(path)?;
    let mut sheet = Sheet::new(MOST);
    let stills = media::stills(&mut file, MOST, LEAST_MS, |places, webp| sheet.put(places, &webp))?;
    let Some(stills) = stills else { return Ok(None) };
    sheet.finish(stills.count, stills.every_ms)
}
