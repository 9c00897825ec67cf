//! Writes sessions of MP4 as one film: head, index in front, then every fragment, counted on from the one before. The bytes of
//! samples stay as they are; times move on from session to session, and the numbers of tracks follow the first one's.

use std::io::{self, Read, Seek, Write};

use super::{
    boxes,
    fragment::{Parsed, Span},
    index::{Entry, index},
    movie::{Movie, Ns, Track, ms, ns, ticks},
    scan::{Fragment, Scan},
};
use crate::server::media::{Fault, Form, Made, Played, ebml::Cursor, webm::torn};

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
    // What the index is made of. What the edit list takes off the start is not shown.
    fn entry(&self, fragment: &Fragment, base: &Movie) -> Entry {
        let mut shown = vec![None; base.tracks.len()];
        for span in fragment.spans.iter().rev() {
            let twin = self.twins[span.track];
            shown[twin] = Some((span.first + self.moves[span.track]).max(base.tracks[twin].kept_shift()));
        }
        Entry { bytes: fragment.bytes, is_key: fragment.is_key, shown }
    }
}

/// How long the longest kind of these sessions plays, and its first session.
fn longest(scans: &[(usize, Scan)]) -> Option<(&Scan, Ns)> {
    let shown: Vec<(Ns, Ns)> = scans.iter().map(|(_, scan)| scan.shown()).collect();
    let lengths = || scans.iter().zip(&shown).map(|((_, scan), (first, end))| (scan, end - first));
    let total = |base: &Scan| lengths().filter(|(scan, _)| scan.movie.fit(&base.movie).is_some()).map(|(_, length)| length).sum::<Ns>();
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
    let played = |place: &Placed<'_>| Played { session: place.session, at_ms: ms(place.from), duration_ms: ms(place.until).saturating_sub(ms(place.from)) };
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
        let lacks = |(span, track, twin): (&Span, &Track, usize)| ns(floors[twin] - (span.decode - track.shift), track.timescale);
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
    let entries = placed.iter().flat_map(|place| place.scan.fragments.iter().map(|fragment| place.entry(fragment, &base.movie)));
    out.write_all(&index(&base.movie, entries, &ends))?;
    let mut sequence = 0;
    for place in placed {
        copy_fragments(&mut sessions[place.session], place, &base.movie, &mut sequence, &mut out)?;
    }
    Ok(out.flush()?)
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
