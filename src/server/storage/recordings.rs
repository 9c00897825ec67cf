//! The recordings that are not films yet: one folder per show, in it the journal of its chunks. Which show may record, and
//! when a film is due, is the service's to say.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use super::{
    Storage,
    claim::{Claim, Claims},
    journal::{Chunk, Journal, Lying, Session, SessionReader, Taken},
    write_error,
};
use crate::{
    domain::{id::LivestreamId, recording::MAX_CHUNK_BYTES},
    error::{AppError, ErrorKind},
};

const JOURNAL: &str = "chunks";
const REQUESTED: &str = "finish";
/// A recording leaves this much of the disk to the database, or a twentieth of a small disk.
const RESERVE_BYTES: u64 = 256 * 1024 * 1024;
/// How long the sum of all files counts before it is taken anew.
const COUNTED_FOR: Duration = Duration::from_secs(30);

type Shared = Arc<Mutex<Journal>>;

/// The open journals, and what is known of the disk.
#[derive(Debug, Clone, Default)]
pub struct Recordings {
    open: Arc<Mutex<HashMap<LivestreamId, Shared>>>,
    is_full: Arc<AtomicBool>,
    used: Arc<Mutex<Option<(Instant, u64)>>>,
    /// One film is made at a time: it reads and writes gigabytes.
    making: Arc<tokio::sync::Mutex<()>>,
    cutting: Claims<LivestreamId>,
}

/// Bytes on the disk, by what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    pub films: u64,
    pub recordings: u64,
    pub pictures: u64,
    /// `None` where the disk does not tell.
    pub free: Option<u64>,
}

/// The film of a show is being cut for as long as this lives.
pub type Cutting = Claim<LivestreamId>;

/// How far a show's recording has come, as the disk tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    pub next: u32,
    pub bytes: u64,
    /// Somebody asked for the film.
    pub is_requested: bool,
}

/// A recording that waits to become a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    pub show: LivestreamId,
    pub is_requested: bool,
    /// How long ago the last chunk came.
    pub quiet: Duration,
}

// A panic while a journal was held leaves nothing half done that the disk would not show.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recordings {
    /// The sum of all files has changed by more than what comes in.
    pub fn measure_again(&self) {
        *lock(&self.used) = None;
    }
}

impl Storage {
    fn recordings_folder(&self) -> PathBuf {
        self.root.join("recordings")
    }

    fn recording_folder(&self, show: LivestreamId) -> PathBuf {
        self.recordings_folder().join(show.to_string())
    }

    fn journal(&self, show: LivestreamId) -> io::Result<Shared> {
        let mut open = lock(&self.recordings.open);
        if let Some(journal) = open.get(&show) {
            return Ok(journal.clone());
        }
        let journal = Arc::new(Mutex::new(Journal::open(&self.recording_folder(show).join(JOURNAL))?));
        open.insert(show, journal.clone());
        Ok(journal)
    }

    /// Whether chunks of a show wait to become a film. Blocks.
    pub fn has_recording(&self, show: LivestreamId) -> bool {
        self.recording_folder(show).join(JOURNAL).exists()
    }

    /// Takes a chunk of a show. Blocks.
    ///
    /// # Errors
    /// StorageFull where the disk is, or nearly; TooLarge with the code `recording_quota` where this recording or all of
    /// them have as much as they may.
    pub fn take_chunk(&self, show: LivestreamId, chunk: &Chunk, most_bytes: u64, quota_bytes: Option<u64>) -> Result<Taken, AppError> {
        let size = chunk.bytes.len() as u64;
        if !self.has_room(size) {
            return Err(self.failed(&io::Error::from(io::ErrorKind::StorageFull)));
        }
        let journal = self.journal(show).map_err(|error| self.failed(&error))?;
        let mut journal = lock(&journal);
        let is_new = chunk.number >= journal.next(&chunk.recorder);
        if is_new && (journal.media_bytes() + size > most_bytes || quota_bytes.is_some_and(|quota| self.used_bytes() + size > quota)) {
            return Err(AppError::new(ErrorKind::TooLarge, "The space for recordings is used up. The show goes on.").coded("recording_quota"));
        }
        let taken = journal.append(chunk).map_err(|error| self.failed(&error))?;
        self.recordings.is_full.store(false, Ordering::Relaxed);
        if is_new && let Some((_, used)) = lock(&self.recordings.used).as_mut() {
            *used += size;
        }
        Ok(taken)
    }

    /// Whether the limit for all recordings leaves room for a film of this size. Blocks.
    ///
    /// # Errors
    /// TooLarge with the code `recording_quota` where it does not.
    pub fn expect_quota(&self, bytes: u64, quota_bytes: Option<u64>) -> Result<(), AppError> {
        self.recordings.measure_again();
        if quota_bytes.is_some_and(|quota| self.used_bytes().saturating_add(bytes) > quota) {
            return Err(AppError::new(ErrorKind::TooLarge, "The space for recordings is used up.").coded("recording_quota"));
        }
        Ok(())
    }

    fn failed(&self, error: &io::Error) -> AppError {
        let refusal = write_error(error);
        if refusal.kind == ErrorKind::StorageFull {
            self.recordings.is_full.store(true, Ordering::Relaxed);
        }
        refusal
    }

    // The database lives on the same disk as a rule: a recording must not take its last bytes, or the show would stop.
    fn has_room(&self, bytes: u64) -> bool {
        // A disk that does not tell is found out by writing.
        let Ok(disk) = rustix::fs::statvfs(&self.root) else { return true };
        let reserve = RESERVE_BYTES.min(disk.f_blocks.saturating_mul(disk.f_frsize) / 20);
        disk.f_bavail.saturating_mul(disk.f_frsize) >= reserve.saturating_add(bytes)
    }

    /// Whether a recording was refused for want of space, and there still is none to go on with.
    pub fn is_full(&self) -> bool {
        let is_full = &self.recordings.is_full;
        if is_full.load(Ordering::Relaxed) && self.has_room(MAX_CHUNK_BYTES as u64) {
            is_full.store(false, Ordering::Relaxed);
        }
        is_full.load(Ordering::Relaxed)
    }

    fn used_bytes(&self) -> u64 {
        let mut used = lock(&self.recordings.used);
        match *used {
            Some((at, bytes)) if at.elapsed() < COUNTED_FOR => bytes,
            _ => {
                let bytes = size_of(&self.recordings_folder()) + size_of(&self.uploads().join("livestreams"));
                *used = Some((Instant::now(), bytes));
                bytes
            }
        }
    }

    /// What lies on the disk. Blocks.
    pub fn sizes(&self) -> Sizes {
        let disk = rustix::fs::statvfs(&self.root).ok();
        Sizes {
            films: size_of(&self.uploads().join("livestreams")),
            recordings: size_of(&self.recordings_folder()),
            pictures: [self.uploads().join("thumbnails"), self.uploads().join("products"), self.frames_folder()].iter().map(|folder| size_of(folder)).sum(),
            free: disk.map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize)),
        }
    }

    /// Bytes of a file that is served under this path; zero where there is none. Blocks.
    pub fn upload_bytes(&self, path: &str) -> u64 {
        self.upload(path).and_then(|file| fs::metadata(file).ok()).map_or(0, |metadata| metadata.len())
    }

    /// How far a recording has come; `None` where nothing came in. Blocks.
    ///
    /// # Errors
    /// Internal where the journal cannot be read.
    pub fn recording_progress(&self, show: LivestreamId, recorder: &str) -> Result<Option<Progress>, AppError> {
        if !self.has_recording(show) {
            return Ok(None);
        }
        let journal = self.journal(show).map_err(|error| self.failed(&error))?;
        let journal = lock(&journal);
        let is_requested = self.recording_folder(show).join(REQUESTED).exists();
        Ok(Some(Progress { next: journal.next(recorder), bytes: journal.media_bytes(), is_requested }))
    }

    /// The chunks of a show from the `from`th on, as they came, with a reader to add them to and the name of their journal;
    /// `None` where nothing came in. Blocks.
    ///
    /// # Errors
    /// Internal where the journal cannot be read.
    pub fn recorded_since(&self, show: LivestreamId, from: usize) -> Result<Option<(String, SessionReader, Vec<Lying>)>, AppError> {
        if !self.has_recording(show) {
            return Ok(None);
        }
        let journal = self.journal(show).map_err(|error| self.failed(&error))?;
        let journal = lock(&journal);
        Ok(Some((journal.name(), journal.reader(), journal.lying(from))))
    }

    /// Writes down that the film is wanted, for a server that comes after a crash. Blocks.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn request_film(&self, show: LivestreamId) -> Result<(), AppError> {
        let written = || {
            fs::File::create(self.recording_folder(show).join(REQUESTED))?;
            fs::File::open(self.recording_folder(show))?.sync_all()
        };
        if self.has_recording(show) { written().map_err(|error| self.failed(&error)) } else { Ok(()) }
    }

    /// The recordings that are not films yet. Blocks.
    pub fn waiting_recordings(&self) -> Vec<Waiting> {
        let Ok(folders) = fs::read_dir(self.recordings_folder()) else { return Vec::new() };
        let waiting = |entry: fs::DirEntry| {
            let show = entry.file_name().to_str()?.parse().ok()?;
            let changed = fs::metadata(entry.path().join(JOURNAL)).and_then(|metadata| metadata.modified());
            let quiet = changed.ok().and_then(|at| at.elapsed().ok()).unwrap_or_default();
            Some(Waiting { show, is_requested: entry.path().join(REQUESTED).exists(), quiet })
        };
        folders.filter_map(Result::ok).filter_map(waiting).collect()
    }

    /// The turn to make a film.
    pub async fn turn_to_make(&self) -> tokio::sync::OwnedMutexGuard<()> {
        self.recordings.making.clone().lock_owned().await
    }

    /// The right to cut the film of a show; `None` while somebody has it.
    pub fn start_cutting(&self, show: LivestreamId) -> Option<Cutting> {
        self.recordings.cutting.claim(show)
    }

    /// Whether the film of a show is being cut.
    pub fn is_cutting(&self, show: LivestreamId) -> bool {
        self.recordings.cutting.is_claimed(&show)
    }

    /// Whether a file of this size leaves the disk what it needs.
    ///
    /// # Errors
    /// StorageFull where it does not.
    pub fn expect_room(&self, bytes: u64) -> Result<(), AppError> {
        if self.has_room(bytes) { Ok(()) } else { Err(write_error(&io::Error::from(io::ErrorKind::StorageFull))) }
    }

    /// Closes a journal and gives what is in it, with the name of its film. Blocks.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub fn close_recording(&self, show: LivestreamId, starts: impl Fn(&[u8]) -> bool) -> io::Result<(String, Vec<Session>)> {
        let journal = self.journal(show)?;
        let mut journal = lock(&journal);
        journal.close();
        Ok((journal.name(), journal.sessions(starts)?))
    }

    /// Removes the chunks of a show. Blocks.
    pub fn discard_recording(&self, show: LivestreamId) {
        lock(&self.recordings.open).remove(&show);
        self.recordings.measure_again();
        let folder = self.recording_folder(show);
        // The journal goes first: a folder without one is nothing that waits.
        let _ = fs::remove_file(folder.join(JOURNAL));
        if let Err(error) = fs::remove_dir_all(&folder)
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(stream.id = %show, %error, "the chunks of a recording could not be removed");
        }
    }
}

fn size_of(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => size_of(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    };
    entries.filter_map(Result::ok).map(size).sum()
}
