//! Files: uploads under the data folder, with names of our own. Never trusts a name from outside.

use std::path::{Path, PathBuf};

use crate::{
    domain::{id::LivestreamId, product::is_issued_path},
    error::{AppError, ErrorKind},
};

mod claim;
pub mod incoming;
pub mod journal;
pub mod picture;
pub mod recordings;
pub mod sheet;
pub mod video;

/// Where files are kept. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Storage {
    root: PathBuf,
    recordings: recordings::Recordings,
    sheets: sheet::Sheets,
    arriving: incoming::Arriving,
}

impl Storage {
    /// Files under `data_dir`.
    pub fn new(data_dir: &Path) -> Self {
        Self {
            root: data_dir.to_owned(),
            recordings: recordings::Recordings::default(),
            sheets: sheet::Sheets::default(),
            arriving: incoming::Arriving::default(),
        }
    }

    /// The folder that is served at `/uploads`.
    pub fn uploads(&self) -> PathBuf {
        self.root.join("uploads")
    }

    /// Where a file lies that is served under this path; `None` for a path that we never hand out.
    pub fn upload(&self, path: &str) -> Option<PathBuf> {
        is_issued_path(path).then(|| self.root.join(path.trim_start_matches('/')))
    }

    /// Removes a file that is served under this path, and what was made of it. Blocks.
    pub fn remove_upload(&self, path: &str) {
        self.remove_sheet(path);
        if let Some(file) = self.upload(path)
            && let Err(error) = std::fs::remove_file(file)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%path, %error, "a file could not be removed");
        }
        self.recordings.measure_again();
    }

    /// The folder with the captions of a show. Not served as it is: their times depend on what is shown of the film.
    pub fn captions(&self, show: LivestreamId) -> PathBuf {
        self.root.join("captions").join(show.to_string())
    }

    /// Where unfinished files lie. On the same disk as the uploads, so that a finished one is moved, not copied.
    pub fn incoming(&self) -> PathBuf {
        self.root.join("incoming")
    }
}

/// What a failed write means for a client: a full disk is said, everything else is a fault of ours with a reference.
pub fn write_error(error: &std::io::Error) -> AppError {
    if matches!(error.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded) {
        tracing::error!("the disk is full");
        return AppError::new(ErrorKind::StorageFull, "The disk of the shop is full. Free some space and try again.");
    }
    let reference = crate::server::telemetry::reference();
    tracing::error!(%reference, %error, "a file could not be written");
    AppError::internal(&reference)
}
