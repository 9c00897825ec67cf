//! Pictures out of a film without a decoder of video: a VP8 frame that stands for itself (RFC 6386, 9.1) is all that a simple
//! lossy WebP file holds (RFC 9649, 2.5), so it becomes one by a head in front of it.

use std::{
    io::{self, Read, Seek},
    ops::Range,
};

use super::{
    Stills,
    ebml::Cursor,
    webm::{self, Cluster},
};

/// A picture that takes more than this is none of a recorder's.
const MOST_FRAME_BYTES: u64 = 4 * 1024 * 1024;
/// Bytes in front of a frame, from the number of its track on: that number, a time, flags.
const BLOCK_HEAD: u64 = 4;

/// See [`super::stills`].
pub fn stills<R: Read + Seek>(film: &mut R, most: usize, least_ms: u64, mut take: impl FnMut(Range<usize>, Vec<u8>)) -> io::Result<Option<Stills>> {
    let Some(scan) = webm::scan(film)? else { return Ok(None) };
    let Some(track) = scan.tracks.iter().find(|track| track.is_video() && track.codec_name().as_deref() == Some("vp8")) else { return Ok(None) };
    let keys: Vec<(u64, &Cluster)> = scan.clusters.iter().filter_map(|cluster| Some((scan.ms(cluster.key?), cluster))).collect();
    let plan = divided(scan.ms(scan.end), most, least_ms);
    let mut cursor = Cursor::new(film)?;
    let mut from = 0;
    while from < plan.count {
        let Some(at) = key_at(&keys, from as u64 * plan.every_ms) else { return Ok(None) };
        let until = (from + 1..plan.count).find(|place| key_at(&keys, *place as u64 * plan.every_ms) != Some(at)).unwrap_or(plan.count);
        if let Some(picture) = keys.get(at).map(|(_, cluster)| key_frame(&mut cursor, cluster, track.number)).transpose()?.flatten().as_deref().and_then(webp) {
            take(from..until, picture);
        }
        from = until;
    }
    Ok(Some(plan))
}

// Whole seconds, so that places are easy to name.
fn divided(duration_ms: u64, most: usize, least_ms: u64) -> Stills {
    let every_ms = duration_ms.div_ceil(most.max(1) as u64).max(least_ms).div_ceil(1000).max(1) * 1000;
    Stills { every_ms, count: usize::try_from(duration_ms.div_ceil(every_ms)).unwrap_or(most).clamp(1, most.max(1)) }
}

// What is seen at a place: the last picture before it that stands for itself, else the first there is.
fn key_at(keys: &[(u64, &Cluster)], place_ms: u64) -> Option<usize> {
    let until = keys.partition_point(|(at_ms, _)| *at_ms <= place_ms);
    (!keys.is_empty()).then(|| until.saturating_sub(1))
}

fn key_frame<R: Read + Seek>(cursor: &mut Cursor<'_, R>, cluster: &Cluster, track: u8) -> io::Result<Option<Vec<u8>>> {
    cursor.go(cluster.from)?;
    while let Some(found) = webm::next_block(cursor, cluster.to)? {
        if found.block.track == track && found.block.is_key {
            let head = found.block.track_at + BLOCK_HEAD;
            cursor.go(found.body + head)?;
            return cursor.bytes(found.size.saturating_sub(head), MOST_FRAME_BYTES);
        }
    }
    Ok(None)
}

// `None` for what does not begin like a frame that stands for itself: the lowest bit is 0, three bytes later comes a start code.
fn webp(frame: &[u8]) -> Option<Vec<u8>> {
    let is_key = frame.first().is_some_and(|tag| tag & 1 == 0) && frame.get(3..6) == Some(&[0x9d, 0x01, 0x2a]) && frame.len() > 10;
    let size = u32::try_from(frame.len()).ok().filter(|_| is_key)?;
    // Chunks have even lengths.
    let padding = frame.len() % 2;
    let riff = size + 12 + padding as u32;
    let mut file = [b"RIFF", &riff.to_le_bytes()[..], b"WEBPVP8 ", &size.to_le_bytes(), frame].concat();
    file.resize(file.len() + padding, 0);
    Some(file)
}
