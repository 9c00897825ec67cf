//! WebM (RFC 8794, RFC 9559): a head, one segment, tracks, clusters of blocks. Recorders leave sizes open and may be cut
//! off in the middle of the last element; anything else that does not fit is refused.

use super::{Cursor, Fault};

/// The id of the element that every such file begins with.
pub const MAGIC: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];

const DOC_TYPE: u32 = 0x4282;
const SEGMENT: u32 = 0x1853_8067;
const TRACKS: u32 = 0x1654_ae6b;
const TRACK_ENTRY: u32 = 0xae;
const TRACK_TYPE: u32 = 0x83;
const VIDEO: u8 = 1;
const CLUSTER: u32 = 0x1f43_b675;
const SIMPLE_BLOCK: u32 = 0xa3;
const BLOCK_GROUP: u32 = 0xa0;
/// Beside tracks and clusters: seek head, info, cues, chapters, tags, attachments are not (they carry files), void, CRC.
const OF_SEGMENT: [u32; 7] = [0x114d_9b74, 0x1549_a966, 0x1c53_bb6b, 0x1043_a770, 0x1254_c367, 0xec, 0xbf];
/// Beside blocks: timestamp, position, size of the one before, void, CRC.
const OF_CLUSTER: [u32; 5] = [0xe7, 0xa7, 0xab, 0xec, 0xbf];

struct Element {
    id: u32,
    /// Where it ends; `None`: where the next one of its kind begins.
    end: Option<u64>,
}

/// Walks the whole file.
pub fn walk(cursor: &mut Cursor) -> Result<(), Fault> {
    let head = element(cursor)?;
    let end = head.end.filter(|end| *end <= cursor.end).ok_or(Fault::Foreign)?;
    let mut known = false;
    while cursor.at < end {
        let inner = element(cursor)?;
        let inner_end = inner.end.filter(|inner_end| *inner_end <= end).ok_or(Fault::Foreign)?;
        if inner.id == DOC_TYPE {
            known = match inner_end - cursor.at {
                4 => &cursor.read::<4>()? == b"webm",
                // What Chromium calls WebM with H.264 in it.
                8 => &cursor.read::<8>()? == b"matroska",
                _ => false,
            };
        }
        cursor.go(inner_end)?;
    }
    let segment = if known { element(cursor)? } else { return Err(Fault::Foreign) };
    // Nothing may follow the segment: what does is another file in this one's clothes.
    if segment.id != SEGMENT || segment.end.is_some_and(|end| end < cursor.end) {
        return Err(Fault::Damaged);
    }
    segment_holds_video(cursor).and_then(|holds| if holds { Ok(()) } else { Err(Fault::Damaged) })
}

// Whether there is a picture's track, and a block after it.
fn segment_holds_video(cursor: &mut Cursor) -> Result<bool, Fault> {
    let (mut tracks, mut blocks, mut in_cluster) = (false, false, false);
    while !cursor.is_done() {
        let part = match element(cursor) {
            Ok(part) => part,
            // Cut off within the head of an element.
            Err(Fault::Damaged) if cursor.end - cursor.at < 12 => break,
            Err(fault) => return Err(fault),
        };
        match part.id {
            // What is in it stands on the same level for us: an open cluster ends where the next begins.
            CLUSTER => {
                in_cluster = true;
                continue;
            }
            TRACKS => tracks |= holds_video_track(cursor, part.end.filter(|end| *end <= cursor.end).ok_or(Fault::Damaged)?)?,
            SIMPLE_BLOCK | BLOCK_GROUP if in_cluster => blocks = true,
            id if OF_SEGMENT.contains(&id) || (in_cluster && OF_CLUSTER.contains(&id)) => {}
            _ => return Err(Fault::Damaged),
        }
        if !cursor.go(part.end.ok_or(Fault::Damaged)?)? {
            break;
        }
    }
    Ok(tracks && blocks)
}

fn holds_video_track(cursor: &mut Cursor, end: u64) -> Result<bool, Fault> {
    let mut video = false;
    while cursor.at < end {
        let track = element(cursor)?;
        let track_end = track.end.filter(|track_end| *track_end <= end).ok_or(Fault::Damaged)?;
        while track.id == TRACK_ENTRY && cursor.at < track_end {
            let field = element(cursor)?;
            let field_end = field.end.filter(|field_end| *field_end <= track_end).ok_or(Fault::Damaged)?;
            if field.id == TRACK_TYPE && field_end - cursor.at == 1 {
                video |= cursor.read::<1>()? == [VIDEO];
            }
            cursor.go(field_end)?;
        }
        cursor.go(track_end)?;
    }
    Ok(video)
}

// The head of an element: an id with its marker, and a size without.
fn element(cursor: &mut Cursor) -> Result<Element, Fault> {
    let [first] = cursor.read::<1>()?;
    let mut id = u32::from(first);
    let length = first.leading_zeros();
    if length > 3 {
        return Err(Fault::Damaged);
    }
    for _ in 0..length {
        id = id << 8 | u32::from(cursor.read::<1>()?[0]);
    }
    let [first] = cursor.read::<1>()?;
    let length = first.leading_zeros();
    if length > 7 {
        return Err(Fault::Damaged);
    }
    let mut size = u64::from(first) & (0x7f >> length);
    for _ in 0..length {
        size = size << 8 | u64::from(cursor.read::<1>()?[0]);
    }
    let is_open = size == (1 << (7 * (length + 1))) - 1;
    Ok(Element { id, end: (!is_open).then(|| cursor.at.saturating_add(size)) })
}
