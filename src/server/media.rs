//! Recordings as browsers make them, turned into files that can be sought in. Bytes in, bytes out: it knows no show, no
//! folder and no clock, decodes nothing, and holds no more of a film in memory than a list of its clusters.
//!
//! A recorder that streams cannot go back to the head of its file, so it leaves out the length and the index; a tab that is
//! closed leaves a torn end; a host who loads the page again begins a second file. [`make`] takes all of it as it is and
//! gives one file with length and index, in which every frame has the bytes it came with.

use std::{
    io::{self, Read, Seek, Write},
    ops::Range,
};

mod cut;
mod ebml;
mod join;
mod mp4;
pub mod reel;
mod stills;
pub mod tape;
pub mod vtt;
mod webm;

/// The form of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Webm,
    Mp4,
}

/// What one recorder wrote, in the order of the sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Played {
    /// Which of the sessions that were given.
    pub session: usize,
    /// Where it begins in the made file, in milliseconds.
    pub at_ms: u64,
    /// How long it plays; zero where only the browser can tell (MP4 that is not written as recorders do).
    pub duration_ms: u64,
}

/// What [`make`] came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    pub form: Form,
    /// Zero where only the browser can tell (MP4 that is not written as recorders do).
    pub duration_ms: u64,
    /// The sessions that are in the file. One that is missing here held nothing, or was recorded in another way (another
    /// form or codec, turned, or without sound) and cannot be joined without encoding it anew; the longest kind is kept.
    pub played: Vec<Played>,
}

/// A stretch that was cut out of a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Where in the whole film it begins, in milliseconds: at or a little before the place that was asked for.
    pub from_ms: u64,
    pub duration_ms: u64,
}

/// How a film is divided for its stills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stills {
    /// Milliseconds from one to the next; the first is at the start.
    pub every_ms: u64,
    pub count: usize,
}

/// Why nothing was made.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// Not one session holds a picture that could be played.
    #[error("there is no picture in this recording")]
    Empty,
    /// It is of a form that is not cut here (MP4 without fragments).
    #[error("films of this form cannot be cut")]
    Foreign,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Whether these bytes are the start of a recorder's file, rather than more of one.
pub fn starts_session(bytes: &[u8]) -> bool {
    webm::starts(bytes) || mp4::starts(bytes)
}

/// Makes one file of everything that the recorders wrote. Reads the sessions twice and writes once.
///
/// # Errors
/// `Empty` where there is nothing to play; `Io` where reading or writing fails.
pub fn make<R: Read + Seek>(sessions: &mut [R], out: impl Write) -> Result<Made, Fault> {
    let mut scans = Vec::new();
    let mut mp4s = Vec::new();
    let mut unread = Vec::new();
    for (number, session) in sessions.iter_mut().enumerate() {
        if let Some(scan) = webm::scan(session)? {
            scans.push((number, scan));
        } else if let Some(scan) = mp4::scan(session)? {
            mp4s.push((number, scan));
        } else if let Some(bytes) = mp4::whole_bytes(session)? {
            unread.push((number, bytes));
        }
    }
    if !scans.is_empty() && join::longest_ms(&scans) >= mp4::longest_ms(&mp4s) {
        return join::write(sessions, &scans, out);
    }
    if !mp4s.is_empty() {
        return mp4::write(sessions, &mp4s, out);
    }
    let (number, bytes) = unread.into_iter().max_by_key(|(_, bytes)| *bytes).ok_or(Fault::Empty)?;
    mp4::copy(&mut sessions[number], bytes, out)?;
    Ok(Made { form: Form::Mp4, duration_ms: 0, played: vec![Played { session: number, at_ms: 0, duration_ms: 0 }] })
}

/// Writes the stretch of a film between two places, in milliseconds, as a film of its own. Nothing is encoded, so it begins
/// with the last picture before `from_ms` that stands for itself. WebM ends with the last frame before `until_ms`; MP4 is cut
/// between its fragments, and ends with the one that holds `until_ms`. Reads the film up to three times and writes once.
///
/// # Errors
/// `Empty` where nothing is left to play, `Foreign` for MP4 that is not in fragments; `Io` where reading or writing fails.
pub fn cut<R: Read + Seek>(film: &mut R, from_ms: u64, until_ms: u64, out: impl Write) -> Result<Stretch, Fault> {
    cut::cut(film, from_ms, until_ms, out)
}

/// Gives pictures of a film as WebP files, evenly spread over it: at most `most`, `least_ms` apart or more. Each comes once,
/// with the places that it stands for, one at a time. Nothing is decoded, so what is given may still be broken, and a place
/// whose picture is plainly none is left out. `None` for films that are not VP8 in WebM.
///
/// # Errors
/// Where reading fails.
pub fn stills<R: Read + Seek>(film: &mut R, most: usize, least_ms: u64, take: impl FnMut(Range<usize>, Vec<u8>)) -> io::Result<Option<Stills>> {
    stills::stills(film, most, least_ms, take)
}

/// Whether [`cut`] takes a film of this form. Reads its head.
///
/// # Errors
/// Where reading fails.
pub fn can_cut<R: Read + Seek>(film: &mut R) -> io::Result<bool> {
    let mut head = Vec::new();
    film.seek(io::SeekFrom::Start(0))?;
    film.take(64).read_to_end(&mut head)?;
    Ok(webm::starts(&head) || (mp4::starts(&head) && mp4::can_cut(film)?))
}

#[cfg(test)]
mod tests;
