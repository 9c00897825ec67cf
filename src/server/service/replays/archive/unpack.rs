//! Reading an archive for which nobody vouches. Names in it are compared and never used; each file goes into one with a name of
//! ours, no longer than one of its kind may be. Whatever is not expected ends it, and dropping what was read removes it.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    path::Path,
};

use tokio_util::sync::CancellationToken;

use super::form::{LOG, Line, MAX_LINE_BYTES, MAX_LOG_BYTES, MAX_SHOW_BYTES, SHOW, ShowForm, damaged};
use crate::{
    domain::captions::MAX_CAPTIONS_BYTES,
    error::{AppError, ErrorKind},
    server::storage::{Storage, incoming::Incoming, write_error},
};

/// What is read or written at once.
const PIECE_BYTES: usize = 256 * 1024;

/// How large files may be here.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub video_bytes: u64,
    pub picture_bytes: u64,
    /// Of all recordings together.
    pub quota_bytes: Option<u64>,
}

/// An archive whose words have been checked. What its pictures, film and captions are is still to be looked at.
#[derive(Debug)]
pub struct Unpacked {
    pub show: ShowForm,
    pub log: Incoming,
    files: HashMap<String, Incoming>,
}

impl Unpacked {
    /// A file that the show names. Each can be taken once.
    ///
    /// # Errors
    /// Invalid where it was taken already.
    pub fn take(&mut self, name: &str) -> Result<Incoming, AppError> {
        self.files.remove(name).ok_or_else(|| damaged("a file is missing"))
    }
}

/// Reads an archive from end to end. Blocks.
///
/// # Errors
/// Invalid with the code `damaged_archive`; Unsupported with `archive_version`; TooLarge, with `recording_quota` where the
/// film does not fit among the recordings; StorageFull; NotFound where there is no such file; Unavailable once it is cancelled.
/// Nothing is left on the disk then.
pub fn unpack(storage: &Storage, archive: &Path, limits: Limits, stop: &CancellationToken) -> Result<Unpacked, AppError> {
    let unpacked = read(storage, archive, limits, stop);
    // Whatever was found by somebody who was told to stop.
    expect_wanted(stop)?;
    unpacked
}

/// Whether to go on.
///
/// # Errors
/// Unavailable once it is cancelled.
pub fn expect_wanted(stop: &CancellationToken) -> Result<(), AppError> {
    if stop.is_cancelled() { Err(AppError::unavailable("Stopped: nothing of the show is here.")) } else { Ok(()) }
}

fn read(storage: &Storage, archive: &Path, limits: Limits, stop: &CancellationToken) -> Result<Unpacked, AppError> {
    let file = File::open(archive).map_err(|error| AppError::new(ErrorKind::NotFound, format!("{} cannot be read ({error}).", archive.display())))?;
    let mut reader = tar::Archive::new(BufReader::with_capacity(PIECE_BYTES, Until { inner: file, stop }));
    // Raw: extensions that rename, link or stretch entries are entries of a kind that is refused, not followed.
    let mut entries = reader.entries().map_err(|error| unreadable(&error))?.raw(true);
    let mut next = || entries.next().transpose().map_err(|error| unreadable(&error));

    let mut first = next()?.ok_or_else(|| damaged("it is empty"))?;
    if plain_name(&first)? != SHOW {
        return Err(damaged("it does not begin with a show"));
    }
    let mut json = Vec::new();
    copy(&mut first, &mut json, MAX_SHOW_BYTES)?;
    let show = ShowForm::read(&json)?;

    let mut expected = sizes(&show, limits);
    let film = show.film.as_ref().map(|film| film.file.as_str());
    let mut files = HashMap::new();
    while let Some(mut entry) = next()? {
        let name = plain_name(&entry)?;
        let most = expected.remove(&name).ok_or_else(|| damaged("it has a file that does not belong to it, or has one twice"))?;
        if film == Some(name.as_str()) {
            storage.expect_quota(entry.size(), limits.quota_bytes)?;
        }
        if entry.size() <= most {
            storage.expect_room(entry.size())?;
        }
        let (incoming, file) = storage.create_incoming()?;
        let mut out = BufWriter::with_capacity(PIECE_BYTES, file);
        copy(&mut entry, &mut out, most)?;
        out.flush().map_err(|error| write_error(&error))?;
        files.insert(name, incoming);
    }
    if !expected.is_empty() {
        return Err(damaged("a file is missing"));
    }
    let log = files.remove(LOG).ok_or_else(|| damaged("a file is missing"))?;
    for line in lines(log.path(), show.products.len())? {
        line?;
    }
    Ok(Unpacked { show, log, files })
}

/// A reader that fails once it is told to stop.
struct Until<'a, R> {
    inner: R,
    stop: &'a CancellationToken,
}

impl<R: Read> Read for Until<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stop.is_cancelled() { Err(io::ErrorKind::Other.into()) } else { self.inner.read(buffer) }
    }
}

/// The lines of a log. Each is checked as it is read.
///
/// # Errors
/// When the disk cannot be read.
pub fn lines(log: &Path, products: usize) -> Result<impl Iterator<Item = Result<Line, AppError>> + use<>, AppError> {
    let mut reader = BufReader::with_capacity(PIECE_BYTES, File::open(log).map_err(|error| write_error(&error))?);
    let mut line = Vec::new();
    Ok(std::iter::from_fn(move || {
        line.clear();
        match (&mut reader).take(MAX_LINE_BYTES as u64).read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(_) if line.ends_with(b"\n") => Some(Line::read(&line, products)),
            Ok(_) => Some(Err(damaged("a line of the log has no end"))),
            Err(error) => Some(Err(write_error(&error))),
        }
    }))
}

// The files that must come, and how large each may be: captions are written at more length than they were sent.
fn sizes(show: &ShowForm, limits: Limits) -> HashMap<String, u64> {
    let mut sizes: HashMap<String, u64> = show.files().map(|name| (name.to_owned(), limits.picture_bytes)).collect();
    sizes.insert(LOG.to_owned(), MAX_LOG_BYTES);
    sizes.extend(show.film.iter().map(|film| (film.file.clone(), limits.video_bytes)));
    sizes.extend(show.captions.iter().map(|captions| (captions.file.clone(), 2 * MAX_CAPTIONS_BYTES as u64)));
    sizes
}

// The name of an entry that is a file and nothing else.
fn plain_name<R: Read>(entry: &tar::Entry<'_, R>) -> Result<String, AppError> {
    if entry.header().entry_type() != tar::EntryType::Regular {
        return Err(damaged("it has an entry that is no file"));
    }
    String::from_utf8(entry.path_bytes().into_owned()).map_err(|_| damaged("it has a name that cannot be read"))
}

fn copy<R: Read>(entry: &mut tar::Entry<'_, R>, out: &mut impl Write, most: u64) -> Result<(), AppError> {
    let size = entry.size();
    if size > most {
        return Err(AppError::new(ErrorKind::TooLarge, format!("A file in this archive has {size} bytes; it may have {most}.")));
    }
    let copied = io::copy(entry, out).map_err(|error| write_error(&error))?;
    if copied == size { Ok(()) } else { Err(damaged("it ends too early")) }
}

fn unreadable(error: &io::Error) -> AppError {
    damaged(&format!("it is no archive of a show ({error})"))
}
