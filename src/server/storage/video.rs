//! Videos: walked from end to end before they are kept. Only what is WebM or MP4 through and through is taken, whatever
//! its name; nothing is decoded and nothing is read into memory but the heads of elements.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use crate::error::{AppError, ErrorKind};

mod mp4;
mod webm;

/// What a browser would have to see at the start of a file to take it for a page.
const MARKUP: [&[u8]; 5] = [b"<!doctype", b"<html", b"<head", b"<script", b"<svg"];
/// How far into a file markup is looked for. Browsers look at less.
const MARKUP_BYTES: usize = 4096;

/// The form of a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    Webm,
    Mp4,
}

impl Container {
    /// The end of the file's name.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Webm => "webm",
            Self::Mp4 => "mp4",
        }
    }
}

/// Why a file is not taken.
#[derive(Debug)]
enum Fault {
    /// It is something else.
    Foreign,
    /// It begins like a video, but is none that could be played.
    Damaged,
    Io(io::Error),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        // An element that ends behind the end of the file is cut off, not unreadable.
        if error.kind() == io::ErrorKind::UnexpectedEof { Self::Damaged } else { Self::Io(error) }
    }
}

/// The form of the video in `source`. Blocks: call it off the async threads.
///
/// # Errors
/// Unsupported for anything but WebM and MP4, Invalid for what has no picture in it or does not hold together.
pub fn identify(source: &Path) -> Result<Container, AppError> {
    walk(source).map_err(|fault| match fault {
        Fault::Foreign => AppError::new(ErrorKind::Unsupported, "Use a WebM or MP4 video."),
        Fault::Damaged => AppError::new(ErrorKind::Invalid, "This video is damaged or has no picture.").coded("damaged_video"),
        Fault::Io(error) => super::write_error(&error),
    })
}

fn walk(source: &Path) -> Result<Container, Fault> {
    let mut cursor = Cursor::open(source)?;
    let head = cursor.peek(MARKUP_BYTES)?;
    let lower = head.to_ascii_lowercase();
    if MARKUP.iter().any(|mark| lower.windows(mark.len()).any(|window| window == *mark)) {
        return Err(Fault::Foreign);
    }
    if head.starts_with(&webm::MAGIC) {
        webm::walk(&mut cursor).map(|()| Container::Webm)
    } else if head.get(4..8) == Some(b"ftyp") {
        mp4::walk(&mut cursor).map(|()| Container::Mp4)
    } else {
        Err(Fault::Foreign)
    }
}

/// A place in a file of known size.
struct Cursor {
    file: BufReader<File>,
    at: u64,
    end: u64,
}

impl Cursor {
    fn open(source: &Path) -> io::Result<Self> {
        let file = File::open(source)?;
        let end = file.metadata()?.len();
        Ok(Self { file: BufReader::new(file), at: 0, end })
    }

    /// The first bytes of the file; the place stays at its start.
    fn peek(&mut self, size: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        (&mut self.file).take(size as u64).read_to_end(&mut bytes)?;
        self.file.seek(SeekFrom::Start(0))?;
        Ok(bytes)
    }

    fn read<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.file.read_exact(&mut bytes)?;
        self.at += N as u64;
        Ok(bytes)
    }

    /// Goes to a place further on; false where the file ends before it.
    fn go(&mut self, to: u64) -> io::Result<bool> {
        if to > self.end {
            return Ok(false);
        }
        self.file.seek_relative(i64::try_from(to - self.at).map_err(io::Error::other)?)?;
        self.at = to;
        Ok(true)
    }

    fn is_done(&self) -> bool {
        self.at >= self.end
    }
}

#[cfg(test)]
mod tests;
