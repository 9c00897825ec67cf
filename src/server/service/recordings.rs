//! What is kept of a show beside its record: a recording, and the picture that stands for it.

pub mod chunks;
pub mod film;
pub mod keeping;
pub mod reel;
pub mod tape;

pub(super) use chunks::off_thread;

use std::fmt::Display;

use bytes::Bytes;
use futures::Stream;

use super::{
    livestreams,
    uploads::{self, Stored},
};
use crate::{
    domain::{
        id::LivestreamId,
        livestream::{LivestreamStatus, LivestreamUpdate},
    },
    error::{AppError, ErrorKind},
    server::{
        auth::caller::{Admin, Caller},
        hub::room::Ask,
        state::AppState,
        storage::{incoming::Incoming, video},
    },
};

/// What a file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Video,
    Thumbnail,
}

/// A file that came in whole and belongs to nothing yet. Dropping it removes it.
#[derive(Debug)]
pub struct Received {
    pub purpose: Purpose,
    incoming: Incoming,
}

/// The most bytes of a file for this purpose.
pub fn max_bytes(state: &AppState, purpose: Purpose) -> u64 {
    match purpose {
        Purpose::Video => state.config.max_video_bytes,
        Purpose::Thumbnail => state.config.max_picture_bytes,
    }
}

/// Whether there is a show to which a file can belong. Asked before gigabytes are read.
///
/// # Errors
/// NotFound if there is no such show.
pub async fn expect_show(state: &AppState, _: &Admin, show: LivestreamId) -> Result<(), AppError> {
    livestreams::record(state, show).await.map(|_| ())
}

/// Writes a file to the disk as it comes.
///
/// # Errors
/// TooLarge, StorageFull, Malformed if the stream breaks off. Nothing is left on the disk then.
pub async fn receive<E: Display>(state: &AppState, _: &Admin, purpose: Purpose, bytes: impl Stream<Item = Result<Bytes, E>>) -> Result<Received, AppError> {
    Ok(Received { purpose, incoming: state.storage.receive(bytes, max_bytes(state, purpose)).await? })
}

/// Looks at a file, stores it, and makes it the recording or the picture of `show`, where one is given.
///
/// # Errors
/// Unsupported, Invalid, StorageFull; NotFound if there is no such show. Nothing is left on the disk then.
pub async fn keep(state: &AppState, admin: &Admin, caller: &Caller, received: Received, show: Option<LivestreamId>) -> Result<Stored, AppError> {
    if let Some(show) = show {
        expect_show(state, admin, show).await?;
    }
    let stored = match received.purpose {
        Purpose::Video => keep_video(state, received.incoming).await?,
        Purpose::Thumbnail => uploads::keep_picture(state, received.incoming, "thumbnails").await?,
    };
    if let Some(show) = show {
        let url = Some(stored.url.clone());
        let update = match received.purpose {
            Purpose::Video => LivestreamUpdate { video_url: url, is_recorded: Some(true), ..Default::default() },
            Purpose::Thumbnail => LivestreamUpdate { thumbnail_url: url, ..Default::default() },
        };
        livestreams::update(state, admin, caller, show, update).await?;
    }
    Ok(stored)
}

/// Makes a picture that nobody chose that of a live show, if it has none by the time it is here and is still live.
///
/// # Errors
/// NotFound; Conflict `not_live`; TooLarge, Unsupported, Invalid, StorageFull, Malformed. Nothing is left on the disk then.
pub async fn keep_early_picture<E: Display>(
    state: &AppState,
    admin: &Admin,
    id: LivestreamId,
    bytes: impl Stream<Item = Result<Bytes, E>>,
) -> Result<(), AppError> {
    let show = livestreams::record(state, id).await?;
    match show.status {
        LivestreamStatus::Live if show.thumbnail_url.is_empty() => {}
        // It was on its way when the show ended, or when somebody chose one.
        LivestreamStatus::Live | LivestreamStatus::Ended => return Ok(()),
        _ => return Err(AppError::conflict("This show is not live.").coded("not_live")),
    }
    let Received { incoming, .. } = receive(state, admin, Purpose::Thumbnail, bytes).await?;
    let stored = uploads::keep_picture(state, incoming, "thumbnails").await?;
    match state.db.give_picture(id, &stored.url, state.clock.now()).await? {
        Some(show) => {
            if let Some(room) = state.hub.open_room(id) {
                room.ask(Ask::Updated(Box::new(show))).await?;
            }
        }
        // Somebody chose one meanwhile.
        None => uploads::discard(state, [stored.url]).await,
    }
    Ok(())
}

/// Looks at a film that came in, and stores it.
///
/// # Errors
/// Unsupported, Invalid, StorageFull. Nothing is left on the disk then.
pub(super) async fn keep_video(state: &AppState, incoming: Incoming) -> Result<Stored, AppError> {
    let storage = state.storage.clone();
    let task = tokio::task::spawn_blocking(move || {
        let container = video::identify(incoming.path())?;
        uploads::keep(&storage, incoming, "livestreams", container.extension())
    });
    task.await.map_err(|_| AppError::new(ErrorKind::Invalid, "This video is damaged or has no picture.").coded("damaged_video"))?
}
