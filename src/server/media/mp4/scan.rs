//! What a session holds: its head, and where its fragments are and when they play. Reads heads and skips samples.

use std::io::{self, Read, Seek};

use super::{
    boxes::{self, HEAD_BYTES},
    fragment::{Parsed, Span, Stretch},
    movie::{Movie, NS_PER_MS, Ns},
};
use crate::server::media::{ebml::Cursor, webm::LONGEST_MS};

/// A list of brands, or a head, that is larger than this is none of a recorder's.
const MOST_FILE_TYPE_BYTES: u64 = 4 * 1024;
const MOST_MOVIE_BYTES: u64 = 256 * 1024;
/// Ten minutes of samples in one fragment take half a megabyte to describe.
const MOST_MOOF_BYTES: u64 = 4 * 1024 * 1024;
/// Offsets within a fragment, and sizes in an index, have 31 bits.
const MOST_DATA_BYTES: u64 = 1 << 30;
/// Fragments of one session that are kept: two days of one per second.
const MOST_FRAGMENTS: usize = 200_000;

/// A fragment that is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// Where its `moof` begins in the session.
    pub at: u64,
    /// Bytes of `moof` and `mdat` in a film.
    pub bytes: u64,
    /// Whether its first picture stands for itself.
    pub is_key: bool,
    /// One for each of its track fragments, in their order.
    pub spans: Vec<Span>,
}

impl Fragment {
    /// The time of its pictures, if it has any.
    pub fn video(&self, movie: &Movie) -> Option<&Span> {
        self.spans.iter().find(|span| span.track == movie.video)
    }
}

/// What a session holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    pub movie: Movie,
    pub fragments: Vec<Fragment>,
}

impl Scan {
    /// The time that a track's samples take all together; `None` where it has none.
    pub fn extent(&self, track: usize) -> Option<Span> {
        let own = self.fragments.iter().flat_map(|fragment| &fragment.spans).filter(|span| span.track == track);
        own.copied().reduce(|all, span| Span {
            track,
            decode: all.decode.min(span.decode),
            decode_end: all.decode_end.max(span.decode_end),
            first: all.first.min(span.first),
            end: all.end.max(span.end),
        })
    }

    /// When the first thing in it is shown, and when the last one ends. What the edit list takes off the start is not shown.
    pub fn shown(&self) -> (Ns, Ns) {
        let extents = self.movie.tracks.iter().enumerate().filter_map(|(number, track)| self.extent(number).map(|span| (track, span)));
        let shown = extents.map(|(track, span)| (track.shown(span.first).max(0), track.shown(span.end).max(0)));
        shown.reduce(|(first, end), (other_first, other_end)| (first.min(other_first), end.max(other_end))).unwrap_or_default()
    }
}

/// Reads the head of a session, up to its fragments; `None` where it is not one that fragments follow.
pub fn movie<R: Read + Seek>(cursor: &mut Cursor<'_, R>) -> io::Result<Option<Movie>> {
    let Some(file_type) = boxes::head(cursor)?.filter(|head| &head.name == b"ftyp") else { return Ok(None) };
    let Some(file_type) = cursor.bytes(file_type.end - file_type.body, MOST_FILE_TYPE_BYTES)? else { return Ok(None) };
    while let Some(head) = boxes::head(cursor)?.filter(|head| head.end <= cursor.end()) {
        if &head.name == b"moov" {
            let body = cursor.bytes(head.end - head.body, MOST_MOVIE_BYTES)?;
            return Ok(body.and_then(|body| Movie::read(file_type, &body)));
        }
        cursor.go(head.end)?;
    }
    Ok(None)
}

/// Walks a session to its end, or to the first thing that does not fit; `None` where there is no picture in it.
pub fn scan<R: Read + Seek>(session: &mut R) -> io::Result<Option<Scan>> {
    let mut cursor = Cursor::new(session)?;
    let Some(movie) = movie(&mut cursor)? else { return Ok(None) };
    let mut timeline = Timeline { ends: vec![0; movie.tracks.len()], last: vec![i64::MIN; movie.tracks.len()], start: None, fragments: Vec::new() };
    let mut waiting: Option<Waiting> = None;
    // Boxes of names that nobody knows are passed over (4.2.1), as are the recorder's own indexes: they do not hold any more.
    while let Some(head) = boxes::head(&mut cursor)?.filter(|head| head.end <= cursor.end()) {
        match &head.name {
            b"moof" => {
                // The samples of the one before are not there: what follows it cannot be decoded.
                if waiting.is_some() {
                    break;
                }
                let Some(body) = cursor.bytes(head.end - head.body, MOST_MOOF_BYTES)? else { break };
                let Some(parsed) = Parsed::read(&body, &movie, head.from, &timeline.ends) else { break };
                if parsed.data_bytes() > MOST_DATA_BYTES {
                    break;
                }
                waiting = (!parsed.is_empty()).then(|| Waiting::new(&parsed, &movie, head.from));
            }
            b"mdat" => {
                if let Some(waiting) = &mut waiting {
                    waiting.see(head.body, head.end);
                }
                cursor.go(head.end)?;
            }
            _ => cursor.go(head.end)?,
        }
        if let Some(Waiting { fragment, .. }) = waiting.take_if(|waiting| waiting.data.is_empty())
            && !timeline.add(fragment, &movie)
        {
            break;
        }
    }
    let has_picture = timeline.fragments.iter().any(|fragment| fragment.video(&movie).is_some());
    let scan = Scan { movie, fragments: timeline.fragments };
    // An edit list can hide all there is.
    let (first, end) = scan.shown();
    Ok((has_picture && first < end).then_some(scan))
}

/// A fragment, and those of its samples that were not passed yet.
struct Waiting {
    fragment: Fragment,
    data: Vec<Stretch>,
}

impl Waiting {
    fn new(parsed: &Parsed<'_>, movie: &Movie, at: u64) -> Self {
        let bytes = parsed.moof_bytes() + HEAD_BYTES + parsed.data_bytes();
        let is_key = parsed.begins_with_sync(movie.video) == Some(true);
        let fragment = Fragment { at, bytes, is_key, spans: parsed.spans().collect() };
        Self { fragment, data: parsed.data.clone() }
    }

    // The body of an `mdat` was passed. What is not in one is no sample, whatever the fragment says.
    fn see(&mut self, from: u64, to: u64) {
        self.data.retain(|stretch| stretch.from < from || stretch.to > to);
    }
}

/// Fragments as they are found, and what they say about time.
struct Timeline {
    /// Of each track: when its last sample ends, and when its last fragment began.
    ends: Vec<i64>,
    last: Vec<i64>,
    start: Option<Ns>,
    fragments: Vec<Fragment>,
}

impl Timeline {
    // False where it cannot be the next one: then the rest is not to be trusted.
    fn add(&mut self, fragment: Fragment, movie: &Movie) -> bool {
        let longest = Ns::from(LONGEST_MS) * NS_PER_MS;
        for span in &fragment.spans {
            let track = &movie.tracks[span.track];
            let start = *self.start.get_or_insert_with(|| track.shown(span.first));
            let is_near = |time: i64| (track.shown(time) - start).abs() <= longest;
            if span.decode < self.last[span.track] || ![span.decode, span.decode_end, span.first, span.end].into_iter().all(is_near) {
                return false;
            }
            (self.last[span.track], self.ends[span.track]) = (span.decode, span.decode_end);
        }
        let has_room = self.fragments.len() < MOST_FRAGMENTS;
        if has_room {
            self.fragments.push(fragment);
        }
        has_room
    }
}
