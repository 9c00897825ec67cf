//! What a recorder's WebM holds (RFC 9559): its tracks, and where its clusters are. Reads heads and skips bodies.

mod track;

use std::io::{self, Read, Seek};

pub use self::track::{AV1, AVC, Track, VP8, VP9, goes_on, read_tracks};
use super::ebml::{self, Cursor, Head};

pub const EBML: u32 = 0x1a45_dfa3;
const DOC_TYPE: u32 = 0x4282;
pub const SEGMENT: u32 = 0x1853_8067;
pub const INFO: u32 = 0x1549_a966;
pub const TIMESTAMP_SCALE: u32 = 0x002a_d7b1;
pub const TRACKS: u32 = 0x1654_ae6b;
pub const CLUSTER: u32 = 0x1f43_b675;
pub const TIMESTAMP: u32 = 0xe7;
pub const SIMPLE_BLOCK: u32 = 0xa3;
pub const BLOCK_GROUP: u32 = 0xa0;
const BLOCK: u32 = 0xa1;
const REFERENCE: u32 = 0xfb;
/// What may stand in a segment beside tracks and clusters: seek head, info, cues, chapters, tags, attachments, void, CRC.
pub const BESIDE: [u32; 8] = [0x114d_9b74, INFO, 0x1c53_bb6b, 0x1043_a770, 0x1254_c367, 0x1941_a469, 0xec, 0xbf];
/// What may stand in a cluster beside blocks: position, size of the one before, void, CRC. None of it holds in a new place.
pub const IN_CLUSTER: [u32; 4] = [0xa7, 0xab, 0xec, 0xbf];

/// A head, a list of tracks or an info that is larger than this is none of a recorder's.
pub const MOST_META_BYTES: u64 = 64 * 1024;
/// Clusters of one session that are kept: four hours of one every tenth of a second.
const MOST_CLUSTERS: usize = 150_000;
/// A last frame stays as long as the one before it did, in units; but a pause before it says nothing: a recorder that was cut
/// off under load had one. This is the longest that a camera's frame stays.
const LONGEST_LAST: u64 = 66;
/// No show is longer than this, in milliseconds.
pub const LONGEST_MS: u64 = 48 * 3600 * 1000;

/// A cluster that holds at least one whole block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cluster {
    /// Where its first element begins in the session.
    pub from: u64,
    /// Where its last whole block ends.
    pub to: u64,
    /// Bytes of its blocks.
    pub bytes: u64,
    /// In units of the scale.
    pub timestamp: u64,
    /// From when on its blocks count: its timestamp in the session.
    pub base: u64,
    /// When the first picture in it that stands for itself is shown.
    pub key: Option<u64>,
}

/// What a session holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// Whether it says so itself, rather than to be of the family.
    pub is_webm: bool,
    /// Nanoseconds of one unit of time.
    pub scale: u64,
    /// The body of the list of tracks as it was written.
    pub tracks_body: Vec<u8>,
    pub tracks: Vec<Track>,
    pub clusters: Vec<Cluster>,
    /// When it begins and ends, in units of the scale.
    pub first: u64,
    pub end: u64,
}

impl Scan {
    /// How long it plays.
    pub fn units(&self) -> u64 {
        self.end - self.first
    }

    /// Whether this is the number of a picture's track.
    pub fn is_video(&self, track: u8) -> bool {
        self.tracks.iter().any(|known| known.number == track && known.is_video())
    }

    pub fn ms(&self, units: u64) -> u64 {
        u64::try_from(u128::from(units) * u128::from(self.scale) / 1_000_000).unwrap_or(u64::MAX)
    }

    /// The numbers of this session's tracks, each with the one that goes on in `base`; `None` if they are not the same.
    pub fn fit(&self, base: &Self) -> Option<Vec<(u8, u8)>> {
        if self.scale != base.scale || self.tracks.len() != base.tracks.len() {
            return None;
        }
        // Some have two of a kind, such as the sound in two languages.
        let mut free: Vec<&Track> = base.tracks.iter().collect();
        let twin = |track: &Track| Some((track.number, free.remove(free.iter().position(|other| other.fits(track))?).number));
        self.tracks.iter().map(twin).collect()
    }
}

/// Whether these bytes begin a WebM file (or what Chromium calls one with H.264 in it).
pub fn starts(bytes: &[u8]) -> bool {
    let mut children = ebml::children(bytes);
    children.next().is_some_and(|(id, body)| id == EBML && is_known(body))
}

/// Whether the head of a file says that it is of this family.
pub fn is_known(head: &[u8]) -> bool {
    ebml::children(head).any(|(id, body)| id == DOC_TYPE && (body == b"webm" || body == b"matroska"))
}

/// Whether the head of a file says WebM itself.
pub fn is_webm(head: &[u8]) -> bool {
    ebml::children(head).any(|(id, body)| id == DOC_TYPE && body == b"webm")
}

/// The head of a file of ours (RFC 8794, 8.1): version 4 of its family, to be read by what knows version 2.
pub fn head(is_webm: bool) -> Vec<u8> {
    let family: &[u8] = if is_webm { b"webm" } else { b"matroska" };
    let body = [
        ebml::element(0x4286, &[1]),
        ebml::element(0x42f7, &[1]),
        ebml::element(0x42f2, &[4]),
        ebml::element(0x42f3, &[8]),
        ebml::element(DOC_TYPE, family),
        ebml::element(0x4287, &[4]),
        ebml::element(0x4285, &[2]),
    ];
    ebml::element(EBML, &body.concat())
}

/// Nanoseconds of one unit of time, from the body of an info.
pub fn scale(info: &[u8]) -> u64 {
    let given = ebml::children(info).find(|(id, _)| *id == TIMESTAMP_SCALE).and_then(|(_, body)| ebml::unsigned(body));
    given.filter(|scale| (1..=1_000_000_000).contains(scale)).unwrap_or(1_000_000)
}

/// Walks a session to its end, or to the first thing that does not fit; `None` where there is no picture in it.
pub fn scan<R: Read + Seek>(session: &mut R) -> io::Result<Option<Scan>> {
    let mut cursor = Cursor::new(session)?;
    let Some(head) = meta(&mut cursor, EBML)?.filter(|body| is_known(body)) else { return Ok(None) };
    if cursor.head()?.is_none_or(|head| head.id != SEGMENT) {
        return Ok(None);
    }
    let (mut scale, mut tracks_body, mut tracks) = (1_000_000, Vec::new(), Vec::new());
    let mut timeline = Timeline::default();
    loop {
        let from = cursor.at();
        let Some(head) = cursor.head()? else { break };
        let whole = head.size.filter(|size| cursor.has(*size));
        match (head.id, whole) {
            (CLUSTER, _) => timeline.open(cursor.at()),
            (INFO, Some(size)) if tracks.is_empty() => {
                let Some(body) = cursor.bytes(size, MOST_META_BYTES)? else { break };
                scale = self::scale(&body);
            }
            (TRACKS, Some(size)) if tracks.is_empty() => {
                let Some(body) = cursor.bytes(size, MOST_META_BYTES)? else { break };
                tracks = read_tracks(&body);
                tracks_body = body;
            }
            (TIMESTAMP, Some(size)) => {
                let Some(at) = cursor.bytes(size, 8)?.as_deref().and_then(ebml::unsigned) else { break };
                if !timeline.starts_at(at, LONGEST_MS.saturating_mul(1_000_000) / scale) {
                    break;
                }
            }
            (SIMPLE_BLOCK | BLOCK_GROUP, Some(size)) => {
                let block = block(&mut cursor, head, size)?.filter(|block| tracks.iter().any(|track| track.number == block.track));
                let Some(block) = block else { break };
                let is_video = tracks.iter().any(|track| track.number == block.track && track.is_video());
                if !timeline.block(&block, is_video, from, cursor.at()) {
                    break;
                }
            }
            (id, Some(size)) if BESIDE.contains(&id) || IN_CLUSTER.contains(&id) => cursor.skip(size)?,
            _ => break,
        }
    }
    let has_picture = tracks.iter().any(Track::is_video) && timeline.has_picture;
    let Some((first, end, clusters)) = timeline.close().filter(|_| has_picture) else { return Ok(None) };
    Ok(Some(Scan { is_webm: is_webm(&head), scale, tracks_body, tracks, clusters, first, end }))
}

fn meta<R: Read + Seek>(cursor: &mut Cursor<'_, R>, id: u32) -> io::Result<Option<Vec<u8>>> {
    match cursor.head()? {
        Some(Head { id: found, size: Some(size), .. }) if found == id => cursor.bytes(size, MOST_META_BYTES),
        _ => Ok(None),
    }
}

/// What the head of a block says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    pub track: u8,
    /// From the timestamp of its cluster on.
    pub relative: i16,
    pub is_key: bool,
    /// Where in the element's body the number of its track stands.
    pub track_at: u64,
}

impl Block {
    /// When it is shown, in a cluster that counts from `base`.
    pub fn time(&self, base: u64) -> u64 {
        base.saturating_add_signed(i64::from(self.relative))
    }
}

/// A block in its place: the element from its head on, its body, and what its head says.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    pub from: u64,
    pub body: u64,
    pub size: u64,
    pub block: Block,
}

/// The next block before `to`, with the cursor behind it; `None` where there is no more. For files that [`scan`] read.
///
/// # Errors
/// `InvalidData` for what `scan` did not find there: the file changed.
pub fn next_block<R: Read + Seek>(cursor: &mut Cursor<'_, R>, to: u64) -> io::Result<Option<Found>> {
    while cursor.at() < to {
        let from = cursor.at();
        let head = cursor.head()?.ok_or_else(torn)?;
        let size = head.size.ok_or_else(torn)?;
        if !matches!(head.id, SIMPLE_BLOCK | BLOCK_GROUP) {
            cursor.skip(size)?;
            continue;
        }
        let body = cursor.at();
        let block = block(cursor, head, size)?.ok_or_else(torn)?;
        return Ok(Some(Found { from, body, size, block }));
    }
    Ok(None)
}

/// What is said of a file that is no longer the one that was read.
pub fn torn() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a recording changed while it was read")
}

/// Reads the head of a block (or of the one in a group) and goes to its end. `None` where it is none.
pub fn block<R: Read + Seek>(cursor: &mut Cursor<'_, R>, head: Head, size: u64) -> io::Result<Option<Block>> {
    let (from, end) = (cursor.at(), cursor.at() + size);
    if head.id == SIMPLE_BLOCK {
        let Some(fields) = fields(cursor, size)? else { return Ok(None) };
        cursor.go(end)?;
        return Ok(Some(Block { is_key: fields.flags & 0x80 != 0, ..fields.block(0) }));
    }
    let (mut found, mut is_key) = (None, true);
    while cursor.at() < end {
        let Some(Head { id, size: Some(size), .. }) = cursor.head()? else { return Ok(None) };
        // Its head, too, has to be in the group.
        if end.checked_sub(cursor.at()).is_none_or(|left| size > left) {
            return Ok(None);
        }
        let (inner, inner_end) = (cursor.at(), cursor.at() + size);
        is_key &= id != REFERENCE;
        if id == BLOCK {
            let Some(fields) = fields(cursor, size)? else { return Ok(None) };
            found = Some(fields.block(inner - from));
        }
        cursor.go(inner_end)?;
    }
    Ok(found.map(|block| Block { is_key, ..block }))
}

struct Fields {
    track: u8,
    relative: i16,
    flags: u8,
}

impl Fields {
    fn block(&self, track_at: u64) -> Block {
        Block { track: self.track, relative: self.relative, is_key: false, track_at }
    }
}

// Tracks of recorders have small numbers, which take one byte.
fn fields<R: Read + Seek>(cursor: &mut Cursor<'_, R>, size: u64) -> io::Result<Option<Fields>> {
    if size < 4 {
        return Ok(None);
    }
    let mut bytes = [0; 4];
    cursor.fill(&mut bytes)?;
    let fields = Fields { track: bytes[0] & 0x7f, relative: i16::from_be_bytes([bytes[1], bytes[2]]), flags: bytes[3] };
    Ok((bytes[0] & 0x80 != 0).then_some(fields))
}

/// Clusters as they are found, and what they say about time.
#[derive(Default)]
struct Timeline {
    clusters: Vec<Cluster>,
    open: Option<Cluster>,
    has_timestamp: bool,
    has_picture: bool,
    first: Option<u64>,
    last_cluster: u64,
    /// Of each track: when its last block begins, and how long after the one before.
    tracks: Vec<(u8, u64, u64)>,
}

impl Timeline {
    fn open(&mut self, from: u64) {
        self.keep();
        self.open = Some(Cluster { from, to: from, bytes: 0, timestamp: 0, base: 0, key: None });
        self.has_timestamp = false;
    }

    fn keep(&mut self) {
        self.clusters.extend(self.open.take().filter(|cluster| cluster.bytes > 0));
    }

    // False where it cannot be the time of the open cluster: then the rest is not to be trusted.
    fn starts_at(&mut self, at: u64, longest: u64) -> bool {
        let Some(cluster) = &mut self.open else { return false };
        let first = *self.first.get_or_insert(at);
        if self.has_timestamp || at < self.last_cluster || at - first > longest || self.clusters.len() >= MOST_CLUSTERS {
            return false;
        }
        (cluster.timestamp, cluster.base, self.has_timestamp, self.last_cluster) = (at, at, true, at);
        true
    }

    // False outside of a cluster that has a time.
    fn block(&mut self, block: &Block, is_video: bool, from: u64, to: u64) -> bool {
        let Some(cluster) = self.open.as_mut().filter(|_| self.has_timestamp) else { return false };
        let at = block.time(cluster.base);
        cluster.bytes += to - from;
        cluster.to = to;
        if is_video && block.is_key {
            cluster.key.get_or_insert(at);
        }
        self.has_picture |= is_video;
        match self.tracks.iter_mut().find(|(track, ..)| *track == block.track) {
            Some((_, last, step)) if at > *last => (*last, *step) = (at, at - *last),
            Some(_) => {}
            None => self.tracks.push((block.track, at, 0)),
        }
        true
    }

    fn close(mut self) -> Option<(u64, u64, Vec<Cluster>)> {
        self.keep();
        let first = self.clusters.first()?.timestamp;
        let end = self.tracks.iter().map(|(_, last, step)| last + (*step).min(LONGEST_LAST)).max()?;
        // What follows comes after all of it, also where a cluster says a later time than its frames.
        let last = self.clusters.last()?.timestamp;
        Some((first, end.max(last), self.clusters))
    }
}
