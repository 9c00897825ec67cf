//! MP4 (ISO/IEC 14496-12): boxes in a row. It must say what it is, describe a picture's track and have data; a recording in
//! fragments may be cut off in its last box.

use super::{Cursor, Fault};

/// What stands beside each other in such files, as of the standard and of what cameras write.
const TOP: [&[u8; 4]; 17] =
    [b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"free", b"skip", b"wide", b"sidx", b"ssix", b"mfra", b"meta", b"udta", b"uuid", b"emsg", b"prft", b"pdin"];
/// Where a track says what it carries.
const PATH: [&[u8; 4]; 3] = [b"trak", b"mdia", b"hdlr"];

struct Box {
    name: [u8; 4],
    end: u64,
}

/// Walks the whole file.
pub fn walk(cursor: &mut Cursor) -> Result<(), Fault> {
    let (mut video, mut data) = (false, false);
    while !cursor.is_done() {
        let part = match head(cursor) {
            Ok(part) => part,
            Err(Fault::Damaged) if video && data => break,
            Err(fault) => return Err(fault),
        };
        if !TOP.contains(&&part.name) {
            return Err(Fault::Damaged);
        }
        match &part.name {
            b"moov" => video |= holds_video(cursor, inside(&part, cursor.end)?, 0)?,
            b"mdat" => data |= part.end > cursor.at,
            _ => {}
        }
        if !cursor.go(part.end)? {
            break;
        }
    }
    if video && data { Ok(()) } else { Err(Fault::Damaged) }
}

fn inside(part: &Box, end: u64) -> Result<u64, Fault> {
    if part.end > end { Err(Fault::Damaged) } else { Ok(part.end) }
}

fn holds_video(cursor: &mut Cursor, end: u64, depth: usize) -> Result<bool, Fault> {
    let mut video = false;
    while cursor.at < end {
        let part = head(cursor)?;
        let part_end = inside(&part, end)?;
        if part.name == *PATH[depth] {
            if depth + 1 < PATH.len() {
                video |= holds_video(cursor, part_end, depth + 1)?;
            } else {
                // Version and flags, a field of zeros, then the kind.
                let [.., a, b, c, d] = cursor.read::<12>()?;
                video |= [a, b, c, d] == *b"vide";
            }
        }
        if cursor.at > part_end {
            return Err(Fault::Damaged);
        }
        cursor.go(part_end)?;
    }
    Ok(video)
}

fn head(cursor: &mut Cursor) -> Result<Box, Fault> {
    let start = cursor.at;
    let size = u64::from(u32::from_be_bytes(cursor.read()?));
    let name = cursor.read()?;
    let end = match size {
        0 => cursor.end,
        1 => start.saturating_add(u64::from_be_bytes(cursor.read()?)),
        size => start + size,
    };
    if end < cursor.at { Err(Fault::Damaged) } else { Ok(Box { name, end }) }
}
