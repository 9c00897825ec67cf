//! MP4 as recorders write it (ISO/IEC 14496-12): a head, then fragments of a `moof` and its `mdat`. Whole fragments are kept
//! as they are; no index is written, so the browser finds its way by itself.

use std::io::{self, Read, Seek, SeekFrom, Write};

/// Whether these bytes begin such a file.
pub fn starts(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"ftyp")
}

/// How many bytes from the start hold together: head and whole fragments. `None` where there is not one.
pub fn whole_bytes<R: Read + Seek>(session: &mut R) -> io::Result<Option<u64>> {
    let end = session.seek(SeekFrom::End(0))?;
    let (mut at, mut whole, mut has_head, mut in_fragment) = (0, None, false, false);
    while let Some((kind, size)) = head(session, at, end)? {
        match &kind {
            b"ftyp" if at == 0 => {}
            _ if at == 0 => return Ok(None),
            b"moov" => has_head = true,
            b"moof" => in_fragment = true,
            b"mdat" if has_head && in_fragment => {
                whole = Some(at + size);
                in_fragment = false;
            }
            _ => {}
        }
        at += size;
    }
    Ok(whole)
}

// The kind and size of the box at a place, if it is whole.
fn head<R: Read + Seek>(session: &mut R, at: u64, end: u64) -> io::Result<Option<([u8; 4], u64)>> {
    let left = end - at;
    if left < 8 {
        return Ok(None);
    }
    session.seek(SeekFrom::Start(at))?;
    let (mut size, mut kind) = ([0; 4], [0; 4]);
    session.read_exact(&mut size)?;
    session.read_exact(&mut kind)?;
    let mut size = u64::from(u32::from_be_bytes(size));
    if size == 1 && left >= 16 {
        let mut large = [0; 8];
        session.read_exact(&mut large)?;
        size = u64::from_be_bytes(large);
    }
    Ok((8..=left).contains(&size).then_some((kind, size)))
}

/// Copies the first bytes of a session.
pub fn copy<R: Read + Seek>(session: &mut R, bytes: u64, mut out: impl Write) -> io::Result<()> {
    session.seek(SeekFrom::Start(0))?;
    io::copy(&mut session.take(bytes), &mut out)?;
    out.flush()
}
