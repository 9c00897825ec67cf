//! Writes sessions of MP4 as one film: head, index in front, then every fragment, counted on from the one before. The bytes of
//! samples stay as they are; times move on from session to session, and the numbers of tracks follow the first one's.
//!
//! The index is one `sidx` (ISO/IEC 14496-12, 8.16.3) between head and fragments. With it and the lengths in the head a browser
//! finds any place after two requests; without it Chromium asks for the head of every fragment, and cannot seek before it has
//! them all. An `mfra` at the end would say the same again, later.

use std::io::{self, Read, Seek, Write};

use super::{
    boxes::{self, part},
    fragment::{Parsed, Span},
    movie::{Movie, Ns, ms, ns, ticks},
    scan::{Fragment, Scan},
};
use crate::server::media::{Fault, Form, Made, Played, ebml::Cursor, webm::torn};

/// An index with more places than this would itself be long to load; it can hold no more than 65,535 (8.16.3.2).
const MOST_PLACES: i64 = 20_000;
const MOST_REFERENCES: usize = 65_535;
/// Bytes of one reference of the index have 31 bits.
const MOST_REFERENCE_BYTES: u64 = (1 << 31) - 1;

/// A session in its place.
pub struct Placed<'a> {
    session: usize,
    scan: &'a Scan,
    /// The places of its tracks in the head of the film.
    twins: Vec<usize>,
    /// What is added to the times of each of its tracks.
    moves: Vec<i64>,
    /// What is added to the time at which anything is shown.
    pub offset: Ns,
    from: Ns,
    until: Ns,
}

impl Placed<'_> {
    // When the pictures of a fragment begin, in units of their track and of the film.
    fn pictures_at(&self, fragment: &Fragment) -> Option<i64> {
        let span = fragment.video(&self.scan.movie)?;
        Some(span.first + self.moves[span.track])
    }
}

/// How long the longest kind of these sessions plays, and its first session.
fn longest(scans: &[(usize, Scan)]) -> Option<(&Scan, Ns)> {
    let length = |scan: &Scan| scan.shown().1 - scan.shown().0;
    let total = |base: &Scan| scans.iter().filter(|(_, scan)| scan.movie.fit(&base.movie).is_some()).map(|(_, scan)| length(scan)).sum::<Ns>();
    // The first of the longest: `max_by_key` would take the last.
    scans.iter().map(|(_, scan)| (scan, total(scan))).rev().max_by_key(|(_, total)| *total)
}

/// How long a film of these sessions would play, in milliseconds.
pub fn longest_ms(scans: &[(usize, Scan)]) -> u64 {
    longest(scans).map_or(0, |(_, total)| ms(total))
}

/// Writes the sessions that go together, the longest kind of them.
pub fn write<R: Read + Seek>(sessions: &mut [R], scans: &[(usize, Scan)], out: impl Write) -> Result<Made, Fault> {
    let (base, _) = longest(scans).ok_or(Fault::Empty)?;
    let placed = place(base, scans.iter().map(|(session, scan)| (*session, scan)));
    write_placed(sessions, base, &placed, out)?;
    let played = |place: &Placed<'_>| Played { session: place.session, at_ms: ms(place.from), duration_ms: ms(place.until) - ms(place.from) };
    let duration_ms = placed.last().map_or(0, |last| ms(last.until));
    Ok(Made { form: Form::Mp4, duration_ms, played: placed.iter().map(played).collect() })
}

/// Writes one session alone; says what was added to its times, and how long the film plays.
pub fn write_one<R: Read + Seek>(session: &mut R, scan: &Scan, out: impl Write) -> Result<(Ns, Ns), Fault> {
    let placed = place(scan, std::iter::once((0, scan)));
    write_placed(std::slice::from_mut(session), scan, &placed, out)?;
    placed.first().map(|place| (place.offset, place.until)).ok_or(Fault::Empty)
}

// Every session begins when the one before is over, in all of its tracks: neither what is shown nor what is decoded overlaps.
fn place<'a>(base: &Scan, scans: impl Iterator<Item = (usize, &'a Scan)>) -> Vec<Placed<'a>> {
    // Of each track of the film, less what its edit list takes off: before which time no sample may be decoded.
    let mut floors: Vec<i64> = base.movie.tracks.iter().map(|track| -track.kept_shift()).collect();
    let mut placed: Vec<Placed<'a>> = Vec::new();
    for (session, scan) in scans {
        let Some(twins) = scan.movie.fit(&base.movie) else { continue };
        let extents: Vec<Span> = (0..twins.len()).filter_map(|track| scan.extent(track)).collect();
        let tracks = || extents.iter().map(|span| (span, &scan.movie.tracks[span.track], twins[span.track]));
        let begins = placed.last().map_or(0, |last| last.until) - scan.shown().0;
        // What it takes for a track not to be decoded too early.
        let lacks = |(span, track, twin): (&Span, &super::movie::Track, usize)| ns(floors[twin] - (span.decode - track.shift), track.timescale);
        let offset = tracks().map(lacks).fold(begins, Ns::max);
        let mut moves = vec![0; twins.len()];
        let (mut from, mut until) = (Ns::MAX, 0);
        let mut reached = floors.clone();
        for (span, track, twin) in tracks() {
            let floor = floors[twin] - (span.decode - track.shift);
            let moved = ticks(offset, track.timescale).max(floor) - track.shift;
            (from, until) = (from.min(ns(span.first.max(track.shift) + moved, track.timescale)), until.max(ns(span.end + moved, track.timescale)));
            reached[twin] = reached[twin].max(span.decode_end + moved);
            moves[span.track] = moved + base.movie.tracks[twin].kept_shift();
        }
        floors = reached;
        placed.push(Placed { session, scan, twins, moves, offset, from: from.max(0), until });
    }
    placed
}

fn write_placed<R: Read + Seek>(sessions: &mut [R], base: &Scan, placed: &[Placed<'_>], mut out: impl Write) -> Result<(), Fault> {
    let film = placed.last().map_or(0, |last| last.until);
    let mut ends = vec![0; base.movie.tracks.len()];
    for place in placed {
        for (track, twin) in place.twins.iter().enumerate() {
            let end = place.scan.extent(track).map_or(0, |span| span.end + place.moves[track]);
            ends[*twin] = ends[*twin].max(end);
        }
    }
    out.write_all(&base.movie.front(film, &ends))?;
    out.write_all(&index(&base.movie, placed, ends[base.movie.video]))?;
    let mut sequence = 0;
    for place in placed {
        copy_fragments(&mut sessions[place.session], place, &base.movie, &mut sequence, &mut out)?;
    }
    Ok(out.flush()?)
}

/// A part of the film that the index names.
struct Reference {
    bytes: u64,
    /// When its pictures begin, in units of their track.
    at: i64,
    is_key: bool,
}

// The index (8.16.3.2): one of the pictures, each place of which leads to one that stands for itself.
fn index(movie: &Movie, placed: &[Placed<'_>], end: i64) -> Vec<u8> {
    let fragments = || placed.iter().flat_map(|place| place.scan.fragments.iter().map(move |fragment| (place.pictures_at(fragment), fragment)));
    let first = fragments().find_map(|(at, _)| at).unwrap_or(0);
    let apart = (end - first) / MOST_PLACES;
    let mut references: Vec<Reference> = Vec::new();
    for (at, fragment) in fragments() {
        let is_place = |last: &Reference| fragment.is_key && (!last.is_key || at.is_some_and(|at| at > last.at + apart));
        let has_room = references.len() < MOST_REFERENCES;
        match references.last_mut() {
            Some(last) if !has_room || (!is_place(last) && last.bytes + fragment.bytes <= MOST_REFERENCE_BYTES) => last.bytes += fragment.bytes,
            last => {
                let at = at.unwrap_or_else(|| last.map_or(first, |last| last.at));
                references.push(Reference { bytes: fragment.bytes, at, is_key: fragment.is_key });
            }
        }
    }
    let video = &movie.tracks[movie.video];
    let shown = u64::try_from(first - video.kept_shift()).unwrap_or(0);
    let count = u16::try_from(references.len()).unwrap_or(u16::MAX);
    let mut body =
        [&[1, 0, 0, 0][..], &video.id.to_be_bytes(), &video.timescale.to_be_bytes(), &shown.to_be_bytes(), &[0; 8], &[0; 2], &count.to_be_bytes()].concat();
    for (number, reference) in references.iter().enumerate() {
        let next = references.get(number + 1).map_or(end, |next| next.at);
        let bytes = u32::try_from(reference.bytes.min(MOST_REFERENCE_BYTES)).unwrap_or(u32::MAX >> 1);
        let duration = u32::try_from((next - reference.at).max(0)).unwrap_or(u32::MAX);
        // Begins with a picture at which decoding can begin, of the plainest kind (Annex I).
        let begins: u32 = if reference.is_key { 0x9000_0000 } else { 0 };
        body.extend([bytes, duration, begins].iter().flat_map(|field| field.to_be_bytes()));
    }
    part(b"sidx", &body)
}

fn copy_fragments<R: Read + Seek>(session: &mut R, place: &Placed<'_>, base: &Movie, sequence: &mut u32, out: &mut impl Write) -> io::Result<()> {
    let mut cursor = Cursor::new(session)?;
    let own = &place.scan.movie;
    let unknown = vec![0; own.tracks.len()];
    for fragment in &place.scan.fragments {
        cursor.go(fragment.at)?;
        let head = boxes::head(&mut cursor)?.filter(|head| &head.name == b"moof").ok_or_else(torn)?;
        let body = cursor.bytes(head.end - head.body, u64::MAX)?.ok_or_else(torn)?;
        let parsed = Parsed::read(&body, own, fragment.at, &unknown).ok_or_else(torn)?;
        if parsed.spans().count() != fragment.spans.len() || parsed.moof_bytes() + boxes::HEAD_BYTES + parsed.data_bytes() != fragment.bytes {
            return Err(torn());
        }
        *sequence = sequence.wrapping_add(1);
        // When it begins was read once, with what stood before it.
        let placed = |number: usize, span: Span| (base.tracks[place.twins[span.track]].id, fragment.spans[number].decode + place.moves[span.track]);
        out.write_all(&parsed.write(*sequence, placed).ok_or_else(torn)?)?;
        for stretch in &parsed.data {
            cursor.go(stretch.from)?;
            copy(&mut cursor, stretch.to - stretch.from, out)?;
        }
    }
    Ok(())
}

fn copy<R: Read + Seek>(cursor: &mut Cursor<'_, R>, bytes: u64, out: &mut impl Write) -> io::Result<()> {
    let mut buffer = [0; 16 * 1024];
    let mut left = bytes;
    while left > 0 {
        let step = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        cursor.fill(&mut buffer[..step])?;
        out.write_all(&buffer[..step])?;
        left -= step as u64;
    }
    Ok(())
}
