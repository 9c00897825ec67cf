//! The index of a film (ISO/IEC 14496-12, 8.16.3): a `sidx` for each track, between head and fragments. With it and the lengths
//! in the head a browser finds any place after two requests; without it Chromium asks for the head of every fragment, and cannot
//! seek before it has them all. An `mfra` at the end would say the same again, later.
//!
//! What Chromium reads files with (FFmpeg) decides its form. It goes from one place of the index to the next, so each fragment
//! is one; it looks for the sound of a place by the sound's own times, so each track has a box; and it begins to decode wherever
//! a place leads, so a film in which a fragment begins in the middle of a group of pictures has no index at all.

use super::{boxes::part, movie::Movie};

/// As many places fit in (8.16.3.2): eighteen hours of fragments of a second. A longer film has no index.
const MOST_REFERENCES: usize = 65_535;
/// Bytes of one reference have 31 bits; no fragment has more.
const MOST_REFERENCE_BYTES: u32 = (1 << 31) - 1;
/// Begins with a sample at which decoding can begin, of the plainest kind (Annex I).
const BEGINS_WITH_SYNC: u32 = 0x9000_0000;

/// A fragment in its place.
#[derive(Debug)]
pub struct Entry {
    pub bytes: u64,
    /// Whether its first picture stands for itself.
    pub is_key: bool,
    /// When the first sample of each track of the film is shown, in the track's units; `None` where there is none in it.
    pub shown: Vec<Option<i64>>,
}

/// The boxes of the index, none where there can be none; `ends` says when the last sample of each track ends.
pub fn index(movie: &Movie, entries: impl Iterator<Item = Entry>, ends: &[i64]) -> Vec<u8> {
    let entries: Vec<Entry> = entries.take(MOST_REFERENCES + 1).collect();
    if entries.len() > MOST_REFERENCES || entries.iter().any(|entry| entry.shown[movie.video].is_some() && !entry.is_key) {
        return Vec::new();
    }
    let tracks = movie.tracks.iter().enumerate().filter(|(track, _)| entries.iter().any(|entry| entry.shown[*track].is_some()));
    let mut boxes: Vec<Vec<u8>> = Vec::new();
    // Bytes are counted from the end of each box (8.16.3.3), so the last is made first.
    for (number, track) in tracks.rev() {
        let after = boxes.iter().map(Vec::len).sum::<usize>() as u64;
        // A fragment without a sample of this track is passed in no time.
        let mut next = ends[number];
        let mut references = Vec::new();
        for entry in entries.iter().rev() {
            let at = entry.shown[number].unwrap_or(next);
            let bytes = u32::try_from(entry.bytes).unwrap_or(MOST_REFERENCE_BYTES).min(MOST_REFERENCE_BYTES);
            let duration = u32::try_from((next - at).max(0)).unwrap_or(u32::MAX);
            let begins = if entry.shown[number].is_some() { BEGINS_WITH_SYNC } else { 0 };
            references.push([bytes, duration, begins].map(u32::to_be_bytes).concat());
            next = at;
        }
        references.reverse();
        let count = u16::try_from(references.len()).unwrap_or(u16::MAX);
        let shown = u64::try_from(next - track.kept_shift()).unwrap_or(0);
        let head = [&[1, 0, 0, 0][..], &track.id.to_be_bytes(), &track.timescale.to_be_bytes(), &shown.to_be_bytes(), &after.to_be_bytes()].concat();
        boxes.push(part(b"sidx", &[&head[..], &[0; 2], &count.to_be_bytes(), &references.concat()].concat()));
    }
    boxes.into_iter().rev().flatten().collect()
}
