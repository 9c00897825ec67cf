//! A recorder's file while it is still being written: how far it is whole, and where playing can begin. Goes on where it
//! stopped, so that a show of hours is read once. What does not fit is the end, for good.

use std::io::{self, Read, Seek};

use super::{
    ebml::{self, Cursor, Head},
    webm::{self, BESIDE, BLOCK_GROUP, CLUSTER, EBML, IN_CLUSTER, INFO, LONGEST_MS, MOST_META_BYTES, SEGMENT, SIMPLE_BLOCK, TIMESTAMP, TRACKS, Track},
};

/// A place at which a player can begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Milliseconds from the first cluster to the picture that stands for itself.
    pub ms: u64,
    /// Where its cluster begins, in bytes.
    pub at: u64,
}

/// How far a file was read. [`go_on`](Self::go_on) is called with the same file again and again, as it grows.
#[derive(Debug, Default)]
pub struct Walk {
    at: u64,
    is_webm: bool,
    in_segment: bool,
    scale: u64,
    tracks: Vec<Track>,
    head_bytes: Option<u64>,
    cluster: Option<Cluster>,
    first: Option<u64>,
    last_cluster: u64,
    end: u64,
    has_picture: bool,
}

#[derive(Debug)]
struct Cluster {
    at: u64,
    timestamp: Option<u64>,
    has_place: bool,
}

impl Walk {
    /// Reads what is new, to its end or to the first thing that is not whole; the places that are found there.
    ///
    /// # Errors
    /// Where reading fails before a new place was found; it may be tried again, and what was found is never lost.
    pub fn go_on<R: Read + Seek>(&mut self, file: &mut R) -> io::Result<Vec<Place>> {
        let mut cursor = Cursor::new(file)?;
        let mut places = Vec::new();
        if !cursor.has(self.at) {
            return Ok(places);
        }
        cursor.go(self.at)?;
        loop {
            let step = match cursor.head() {
                Ok(Some(head)) => self.element(&mut cursor, head, &mut places),
                Ok(None) => Ok(false),
                Err(error) => Err(error),
            };
            match step {
                Ok(true) => self.at = cursor.at(),
                Err(error) if places.is_empty() => return Err(error),
                Ok(false) | Err(_) => return Ok(places),
            }
        }
    }

    // False where the element is not whole, or cannot stand here.
    fn element<R: Read + Seek>(&mut self, cursor: &mut Cursor<'_, R>, head: Head, places: &mut Vec<Place>) -> io::Result<bool> {
        let whole = head.size.filter(|size| cursor.has(*size));
        let meta = |cursor: &mut Cursor<'_, R>| match whole {
            Some(size) => cursor.bytes(size, MOST_META_BYTES),
            None => Ok(None),
        };
        match (head.id, whole) {
            (EBML, _) if self.at == 0 => {
                let Some(body) = meta(cursor)?.filter(|body| webm::is_known(body)) else { return Ok(false) };
                self.is_webm = webm::is_webm(&body);
                self.scale = 1_000_000;
            }
            (SEGMENT, _) if self.at > 0 && !self.in_segment => self.in_segment = true,
            _ if !self.in_segment => return Ok(false),
            (CLUSTER, _) if !self.tracks.is_empty() => {
                self.head_bytes.get_or_insert(self.at);
                self.cluster = Some(Cluster { at: self.at, timestamp: None, has_place: false });
            }
            (INFO, _) if self.tracks.is_empty() => {
                let Some(body) = meta(cursor)? else { return Ok(false) };
                self.scale = webm::scale(&body);
            }
            (TRACKS, _) if self.tracks.is_empty() => {
                let Some(body) = meta(cursor)? else { return Ok(false) };
                self.tracks = webm::read_tracks(&body);
                return Ok(!self.tracks.is_empty());
            }
            (TIMESTAMP, Some(size)) => {
                let Some(at) = cursor.bytes(size, 8)?.as_deref().and_then(ebml::unsigned) else { return Ok(false) };
                return Ok(self.starts_at(at));
            }
            (SIMPLE_BLOCK | BLOCK_GROUP, Some(size)) => {
                let Some(block) = webm::block(cursor, head, size)? else { return Ok(false) };
                return Ok(self.block(&block, places));
            }
            (id, Some(size)) if BESIDE.contains(&id) || IN_CLUSTER.contains(&id) => cursor.skip(size)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn starts_at(&mut self, at: u64) -> bool {
        let Some(cluster) = self.cluster.as_mut().filter(|cluster| cluster.timestamp.is_none()) else { return false };
        let first = self.first.unwrap_or(at);
        let longest = LONGEST_MS.saturating_mul(1_000_000) / self.scale;
        if at < self.last_cluster || at < first || at - first > longest {
            return false;
        }
        cluster.timestamp = Some(at);
        (self.first, self.last_cluster) = (Some(first), at);
        true
    }

    fn block(&mut self, block: &webm::Block, places: &mut Vec<Place>) -> bool {
        let (Some(first), Some(cluster)) = (self.first, &mut self.cluster) else { return false };
        let Some(timestamp) = cluster.timestamp else { return false };
        let Some(track) = self.tracks.iter().find(|track| track.number == block.track) else { return false };
        let at = timestamp.saturating_add_signed(i64::from(block.relative));
        self.end = self.end.max(at);
        self.has_picture |= track.is_video();
        if track.is_video() && block.is_key && !cluster.has_place {
            cluster.has_place = true;
            places.push(Place { ms: ms(at.saturating_sub(first), self.scale), at: cluster.at });
        }
        true
    }

    /// Bytes from the start that hold together: more only ever come behind them.
    pub fn bytes(&self) -> u64 {
        self.at
    }

    /// Bytes in front of the first cluster; `None` before there is one with a picture.
    pub fn head_bytes(&self) -> Option<u64> {
        self.head_bytes.filter(|_| self.has_picture)
    }

    /// The time of the first cluster, in milliseconds of the file.
    pub fn first_ms(&self) -> u64 {
        ms(self.first.unwrap_or(0), self.scale)
    }

    /// From the first cluster to the last frame, in milliseconds.
    pub fn length_ms(&self) -> u64 {
        ms(self.end.saturating_sub(self.first.unwrap_or(0)), self.scale)
    }

    /// Container and codecs as browsers name them; `None` where a name is not known.
    pub fn mime(&self) -> Option<String> {
        let codecs: Vec<String> = self.tracks.iter().map(Track::codec_name).collect::<Option<_>>()?;
        let container = if self.is_webm { "video/webm" } else { "video/x-matroska" };
        Some(format!("{container};codecs=\"{}\"", codecs.join(",")))
    }
}

fn ms(units: u64, scale: u64) -> u64 {
    u64::try_from(u128::from(units) * u128::from(scale) / 1_000_000).unwrap_or(u64::MAX)
}
