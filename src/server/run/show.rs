//! `wrencos show`: one show into a file, and out of it.

use std::{io, path::Path};

use futures::TryStreamExt;
use tokio::{fs, io::AsyncWriteExt};

use super::say;
use crate::{
    domain::{id::LivestreamId, keeping::size_in_words},
    server::{config::ShowCommand, service::replays::archive, state::AppState},
};

/// Carries out one of the commands.
pub async fn run(state: &AppState, command: ShowCommand) -> anyhow::Result<()> {
    match command {
        ShowCommand::Export { id, file } => export(state, id, &file).await,
        ShowCommand::Import { file } => import(state, &file).await,
    }
}

async fn export(state: &AppState, id: LivestreamId, path: &Path) -> anyhow::Result<()> {
    let archive = archive::archive(state, id).await?;
    let bytes = archive.bytes;
    let file = fs::OpenOptions::new().write(true).create_new(true).open(path).await;
    let file = file.map_err(|error| anyhow::anyhow!("{} cannot be written ({error})", path.display()))?;
    if let Err(error) = write(archive, file).await {
        // Half an archive is of no use to anybody.
        let _ = fs::remove_file(path).await;
        anyhow::bail!("{} could not be written to its end ({error})", path.display());
    }
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

async fn import(state: &AppState, path: &Path) -> anyhow::Result<()> {
    let imported = archive::import(state, path).await?;
    let archive::Imported { id, title, messages, new_products, known_products } = imported;
    say(&format!("\"{title}\" is here as {id}: messages: {messages}, new products: {new_products}, products that were here: {known_products}.\n"));
    if new_products > 0 {
        say("The new ones are out of stock and not for sale until you change that on the page of products.\n");
    }
    Ok(())
}
