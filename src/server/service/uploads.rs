//! Taking files in. What is stored has a name of ours and content that we looked at.

use std::{
    fmt::Display,
    sync::{Arc, LazyLock},
};

use bytes::Bytes;
use futures::Stream;
use tokio::sync::Semaphore;

use crate::{
    error::{AppError, ErrorKind},
    server::{
        auth::caller::{Admin, Caller},
        state::AppState,
        storage::{
            Storage,
            incoming::{FORGOTTEN, Incoming},
            picture, write_error,
        },
    },
};

/// Pictures decoded at the same time: each may need a quarter of a gigabyte while it is.
static DECODING: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(2)));

/// A file that is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its name, made by us.
    pub filename: String,
    /// The path under which it is served.
    pub url: String,
}

/// Takes a picture of a product, up to the size in the settings, and stores a rendition of it.
///
/// # Errors
/// TooLarge, Unsupported, Invalid, StorageFull, Malformed if the stream breaks off. Nothing is left on the disk then.
pub async fn product_picture<E: Display>(state: &AppState, _: &Admin, bytes: impl Stream<Item = Result<Bytes, E>>) -> Result<Stored, AppError> {
    let incoming = state.storage.receive(bytes, state.config.max_picture_bytes).await?;
    keep_picture(state, incoming, "products").await
}

/// Whether this caller may fetch a file of a show. Admins may fetch what is kept from customers.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn may_fetch(state: &AppState, caller: &Caller, path: &str) -> Result<bool, AppError> {
    Ok(caller.is_admin() || !state.db.is_withheld(path).await?)
}

/// Removes files that were uploaded for shows, but for those that another show still names.
pub(super) async fn discard(state: &AppState, paths: impl IntoIterator<Item = String>) {
    // A show may borrow the picture of a product, which stays the product's.
    let of_shows = |path: &String| ["/uploads/livestreams/", "/uploads/thumbnails/"].iter().any(|folder| path.starts_with(folder));
    for path in paths.into_iter().filter(of_shows) {
        match state.db.names_file(&path).await {
            Ok(true) => {}
            Ok(false) => {
                let storage = state.storage.clone();
                let _ = tokio::task::spawn_blocking(move || storage.remove_upload(&path)).await;
            }
            // A file too many does no harm; one too few would.
            Err(error) => tracing::warn!(%path, %error, "a file that may be of no use any more is kept"),
        }
    }
}

/// Removes what processes that were killed left of their uploads, now and from time to time, for as long as the server runs.
pub async fn tend(storage: Storage) {
    loop {
        let sweeping = storage.clone();
        let swept = tokio::task::spawn_blocking(move || sweeping.sweep_incoming()).await.unwrap_or_default();
        if swept > 0 {
            tracing::info!(files = swept, "files that a killed process left unfinished were removed");
        }
        tokio::time::sleep(FORGOTTEN).await;
    }
}

/// Stores a rendition of a picture that came in, in this folder of the uploads.
pub(super) async fn keep_picture(state: &AppState, incoming: Incoming, folder: &'static str) -> Result<Stored, AppError> {
    let stopping = || AppError::unavailable("The shop is restarting. Try again in a moment.");
    let permit = DECODING.clone().acquire_owned().await.map_err(|_| stopping())?;
    let storage = state.storage.clone();
    let task = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        let picture = picture::read(incoming.path())?;
        let (rendition, file) = storage.create_incoming()?;
        let encoding = picture::write(&picture, file).map_err(|error| write_error(&error))?;
        keep(&storage, rendition, folder, encoding.extension())
    });
    // Only a panic in a decoder ends the task: the picture made it stumble, the server goes on.
    task.await.map_err(|_| AppError::new(ErrorKind::Invalid, "This picture is damaged.").coded("damaged_picture"))?
}

/// Gives a file a name of ours in this folder of the uploads. Blocks.
pub(super) fn keep(storage: &Storage, incoming: Incoming, folder: &str, extension: &str) -> Result<Stored, AppError> {
    let filename = format!("{:032x}.{extension}", rand::random::<u128>());
    incoming.keep(&storage.uploads().join(folder).join(&filename)).map_err(|error| write_error(&error))?;
    Ok(Stored { url: format!("/uploads/{folder}/{filename}"), filename })
}
