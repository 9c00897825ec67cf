//! `wrencos show`: one show into a file, and out of it. A signal ends either as an error does: nothing is left behind.

use std::{
    io,
    path::{Path, PathBuf},
};

use futures::TryStreamExt;
use tokio::{fs, io::AsyncWriteExt};
use tokio_util::sync::CancellationToken;

use super::{Signals, say};
use crate::{
    domain::{id::LivestreamId, keeping::size_in_words},
    server::{config::ShowCommand, service::replays::archive, state::AppState},
};

/// Carries out one of the commands. A second signal ends it at once.
pub async fn run(state: &AppState, command: ShowCommand) -> anyhow::Result<()> {
    let (mut signals, stop) = (Signals::new()?, CancellationToken::new());
    let done = async {
        match command {
            ShowCommand::Export { id, file } => export(state, id, &file, &stop).await,
            ShowCommand::Import { file } => import(state, &file, &stop).await,
        }
    };
    tokio::select! { result = done => return result, () = stopping(&mut signals, &stop) => {} }
    std::process::exit(1)
}

// Ends with the second signal.
async fn stopping(signals: &mut Signals, stop: &CancellationToken) {
    signals.next().await;
    stop.cancel();
    signals.next().await;
}

async fn export(state: &AppState, id: LivestreamId, path: &Path, stop: &CancellationToken) -> anyhow::Result<()> {
    let archive = archive::archive(state, id).await?;
    let bytes = archive.bytes;
    let refused = |error: io::Error| anyhow::anyhow!("{} cannot be written ({error})", path.display());
    if fs::try_exists(path).await.map_err(refused)? {
        return Err(refused(io::ErrorKind::AlreadyExists.into()));
    }
    let (part, file) = Part::beside(path).await.map_err(refused)?;
    let written = tokio::select! {
        written = write(archive, file) => written,
        () = stop.cancelled() => anyhow::bail!("Stopped: {} was not written.", path.display()),
    };
    if let Err(error) = written {
        anyhow::bail!("{} could not be written to its end ({error})", path.display());
    }
    part.keep(path).await.map_err(refused)?;
    say(&format!("{} holds the show: {}.\n", path.display(), size_in_words(bytes)));
    Ok(())
}

async fn write(archive: archive::Archive, mut file: fs::File) -> io::Result<()> {
    let mut pieces = std::pin::pin!(archive.into_stream());
    while let Some(piece) = pieces.try_next().await? {
        file.write_all(&piece).await?;
    }
    file.flush().await?;
    file.sync_all().await
}

/// A file that is not whole yet, beside where it is to be: half an archive is of no use to anybody, and under the name of a
/// whole one it would be believed. Dropping it removes it.
struct Part(PathBuf);

impl Part {
    async fn beside(path: &Path) -> io::Result<(Self, fs::File)> {
        let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy();
        let part = path.with_file_name(format!(".{name}.{:08x}.part", rand::random::<u32>()));
        let file = fs::OpenOptions::new().write(true).create_new(true).open(&part).await?;
        Ok((Self(part), file))
    }

    // Never over what has come to be there meanwhile.
    async fn keep(self, path: &Path) -> io::Result<()> {
        match fs::hard_link(&self.0, path).await {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists || fs::try_exists(path).await? => Err(error),
            // Some disks know no second names.
            Err(_) => fs::rename(&self.0, path).await,
            Ok(()) => Ok(()),
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Where it was renamed there is nothing left here.
        let _ = std::fs::remove_file(&self.0);
    }
}

async fn import(state: &AppState, path: &Path, stop: &CancellationToken) -> anyhow::Result<()> {
    let imported = archive::import(state, path, stop).await?;
    let archive::Imported { id, title, messages, new_products, known_products } = imported;
    say(&format!("\"{title}\" is here as {id}: messages: {messages}, new products: {new_products}, products that were here: {known_products}.\n"));
    if new_products > 0 {
        say("The new ones are out of stock and not for sale until you change that on the page of products.\n");
    }
    Ok(())
}
