//! Files on their way in: written as they come, never held in memory, gone again unless they are kept.

use std::{
    fmt::Display,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use tokio::io::AsyncWriteExt;

use super::{Storage, write_error};
use crate::error::{AppError, ErrorKind};

/// A file that nobody refers to yet. Dropping it removes it.
#[derive(Debug)]
pub struct Incoming {
    path: PathBuf,
}

impl Incoming {
    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Moves it to `target` for good: once this returns, the file is there whole, even after a power cut.
    ///
    /// # Errors
    /// When the disk does not take it; then it is gone.
    pub fn keep(self, target: &Path) -> io::Result<()> {
        fs::File::open(&self.path)?.sync_all()?;
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder)?;
            fs::rename(&self.path, target)?;
            fs::File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // After `keep` there is nothing left here.
        let _ = fs::remove_file(&self.path);
    }
}

impl Storage {
    /// An empty file with a name of ours.
    ///
    /// # Errors
    /// StorageFull, Internal.
    pub fn create_incoming(&self) -> Result<(Incoming, fs::File), AppError> {
        let folder = self.incoming();
        fs::create_dir_all(&folder).map_err(|error| write_error(&error))?;
        let path = folder.join(format!("{:032x}", rand::random::<u128>()));
        let file = fs::OpenOptions::new().write(true).create_new(true).open(&path).map_err(|error| write_error(&error))?;
        Ok((Incoming { path }, file))
    }

    /// Keeps these bytes as the file `target`: all of them, or none. Blocks.
    ///
    /// # Errors
    /// StorageFull, Internal.
    pub fn keep_whole(&self, target: &Path, bytes: &[u8]) -> Result<(), AppError> {
        let (incoming, mut file) = self.create_incoming()?;
        file.write_all(bytes).and_then(|()| incoming.keep(target)).map_err(|error| write_error(&error))
    }

    /// Writes a stream to a file, up to `max_bytes`.
    ///
    /// # Errors
    /// TooLarge, StorageFull, Malformed if the stream breaks off. Nothing is left on the disk then.
    pub async fn receive<E: Display>(&self, stream: impl Stream<Item = Result<Bytes, E>>, max_bytes: u64) -> Result<Incoming, AppError> {
        let (incoming, file) = self.create_incoming()?;
        let mut file = tokio::fs::File::from_std(file);
        let mut stream = std::pin::pin!(stream);
        let mut size_bytes = 0;
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(|_| AppError::new(ErrorKind::Malformed, "The upload broke off. Try again."))?;
            size_bytes += piece.len() as u64;
            if size_bytes > max_bytes {
                return Err(AppError::new(ErrorKind::TooLarge, format!("Send at most {} MiB.", max_bytes / 1024 / 1024)));
            }
            file.write_all(&piece).await.map_err(|error| write_error(&error))?;
        }
        file.flush().await.map_err(|error| write_error(&error))?;
        Ok(incoming)
    }
}
