//! MP4 as recorders write it (ISO/IEC 14496-12): a head, then fragments of a `moof` and its `mdat`. Films of it have the same
//! form, with their length and an index in front.
//!
//! What is MP4 but cannot be read that way (another head than recorders write, samples where none should be) is kept as far as
//! its fragments are whole and copied as it is: browsers may know more than we do. It gets neither length nor index.

use std::io::{self, Read, Seek, SeekFrom, Write};

mod boxes;
mod cut;
mod film;
mod fragment;
mod index;
mod movie;
mod scan;
#[cfg(test)]
mod tests;

pub use self::film::{longest_ms, write};
pub use self::scan::scan;
use super::{Fault, Stretch, ebml::Cursor};

/// Whether these bytes begin such a file.
pub fn starts(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"ftyp")
}

/// Whether a file is one that [`cut`] takes, as far as its head says. Reads no further.
pub fn can_cut<R: Read + Seek>(film: &mut R) -> io::Result<bool> {
    Ok(scan::movie(&mut Cursor::new(film)?)?.is_some())
}

/// Writes the fragments of a film between two places, in milliseconds, as a film of its own. It begins with the last one
/// before `from_ms` whose first picture stands for itself, and ends with the one that holds `until_ms`.
///
/// # Errors
/// `Empty` where nothing is left to play, `Foreign` where it is not in fragments; `Io` where reading or writing fails.
pub fn cut<R: Read + Seek>(film: &mut R, from_ms: u64, until_ms: u64, out: impl Write) -> Result<Stretch, Fault> {
    if let Some(scan) = scan(film)? {
        return cut::cut(film, scan, from_ms, until_ms, out);
    }
    let mut head = [0; 8];
    film.seek(SeekFrom::Start(0))?;
    let is_mp4 = film.read_exact(&mut head).is_ok() && starts(&head);
    Err(if is_mp4 && !can_cut(film)? { Fault::Foreign } else { Fault::Empty })
}

/// How many bytes of a session that cannot be read hold together: head and whole fragments. `None` where there is not one.
pub fn whole_bytes<R: Read + Seek>(session: &mut R) -> io::Result<Option<u64>> {
    let mut cursor = Cursor::new(session)?;
    let (mut whole, mut has_head, mut in_fragment) = (None, false, false);
    while let Some(head) = boxes::head(&mut cursor)?.filter(|head| head.end <= cursor.end()) {
        match &head.name {
            b"ftyp" if head.from == 0 => {}
            _ if head.from == 0 => return Ok(None),
            b"moov" => has_head = true,
            b"moof" => in_fragment = true,
            b"mdat" if has_head && in_fragment => {
                whole = Some(head.end);
                in_fragment = false;
            }
            _ => {}
        }
        cursor.go(head.end)?;
    }
    Ok(whole)
}

/// Copies the first bytes of a session.
pub fn copy<R: Read + Seek>(session: &mut R, bytes: u64, mut out: impl Write) -> io::Result<()> {
    session.seek(SeekFrom::Start(0))?;
    io::copy(&mut session.take(bytes), &mut out)?;
    out.flush()
}
