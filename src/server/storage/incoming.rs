//! Files on their way in: written as they come, never held in memory, gone again unless they are kept. A process that is
//! killed leaves its files behind; the next that sweeps removes them.

use std::{
    fmt::Display,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use futures::{Stream, StreamExt};
use rustix::fs::FlockOperation;
use tokio::io::AsyncWriteExt;

use super::{
    Storage,
    claim::{Claim, Claims},
    write_error,
};
use crate::error::{AppError, ErrorKind};

/// The file that every process which has files here holds a lock of.
const SIGN: &str = "incoming.lock";
/// A file of which nothing came for this long is not arriving any more: an upload is given up after seconds of silence.
pub const FORGOTTEN: Duration = Duration::from_secs(600);

/// A file that nobody refers to yet. Dropping it removes it.
#[derive(Debug)]
pub struct Incoming {
    path: PathBuf,
    _use: Claim<PathBuf>,
}

/// The files of this process, and its sign to other processes over the same folder that it has some.
#[derive(Debug, Clone, Default)]
pub struct Arriving {
    files: Claims<PathBuf>,
    sign: Arc<OnceLock<Option<fs::File>>>,
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
        self.arriving.sign.get_or_init(|| self.shared_sign());
        // Claimed before it is there, so that nobody finds it without an owner.
        let owner = self.arriving.files.claim(path.clone()).ok_or_else(|| write_error(&io::ErrorKind::AlreadyExists.into()))?;
        let file = fs::OpenOptions::new().write(true).create_new(true).open(&path).map_err(|error| write_error(&error))?;
        Ok((Incoming { path, _use: owner }, file))
    }

    /// Removes what processes that are gone left behind, and gives how many files that were. Where another process over this
    /// folder has files of its own, it leaves all alone. Blocks.
    pub fn sweep_incoming(&self) -> usize {
        let Ok(entries) = fs::read_dir(self.incoming()) else { return 0 };
        let now = SystemTime::now();
        let is_forgotten = |path: &PathBuf| {
            let written = fs::metadata(path).and_then(|metadata| metadata.modified());
            !self.arriving.files.is_claimed(path) && written.is_ok_and(|at| now.duration_since(at).is_ok_and(|age| age >= FORGOTTEN))
        };
        let forgotten: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).filter(is_forgotten).collect();
        if forgotten.is_empty() {
            return 0;
        }
        self.alone(|| forgotten.iter().filter(|path| fs::remove_file(path).is_ok()).count()).unwrap_or(0)
    }

    // A disk that knows no locks gets no sign, and is not swept.
    fn shared_sign(&self) -> Option<fs::File> {
        let file = fs::OpenOptions::new().create(true).append(true).open(self.root.join(SIGN)).ok()?;
        rustix::fs::flock(&file, FlockOperation::LockShared).ok()?;
        Some(file)
    }

    // Runs this while no other process has a file here, nor can begin one.
    fn alone<T>(&self, run: impl FnOnce() -> T) -> Option<T> {
        let sign = self.arriving.sign.get_or_init(|| self.shared_sign()).as_ref()?;
        let done = rustix::fs::flock(sign, FlockOperation::NonBlockingLockExclusive).ok().map(|()| run());
        // Asking for all of it may have cost the share that there was.
        let _ = rustix::fs::flock(sign, FlockOperation::LockShared);
        done
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_process_that_is_gone_left_is_swept_and_what_is_in_use_never() {
        let data = tempfile::tempdir().unwrap();
        let storage = Storage::new(data.path());
        assert_eq!(storage.sweep_incoming(), 0, "there is no folder yet");
        let old = |path: &Path| fs::File::options().append(true).open(path).unwrap().set_modified(SystemTime::now() - FORGOTTEN).unwrap();
        let (ours, _) = storage.create_incoming().unwrap();
        old(ours.path());
        let (left, fresh) = (storage.incoming().join("left"), storage.incoming().join("fresh"));
        for path in [&left, &fresh] {
            fs::write(path, b"half an upload").unwrap();
        }
        old(&left);
        // Another process over the same folder: what lies there may be its own.
        let other = Storage::new(data.path());
        let (theirs, _) = other.create_incoming().unwrap();
        old(theirs.path());
        assert_eq!((storage.sweep_incoming(), left.exists(), theirs.path().exists()), (0, true, true));
        drop((theirs, other));
        assert_eq!((storage.sweep_incoming(), left.exists()), (1, false));
        assert!(ours.path().exists() && fresh.exists(), "what is in use, and what came just now, stays");
        // The sign is shown again once the sweep is over.
        let other = Storage::new(data.path());
        old(&fresh);
        assert_eq!((other.sweep_incoming(), fresh.exists()), (0, true));
    }
}
