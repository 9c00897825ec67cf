//! The head of a recording (ISO/IEC 14496-12, 8.2 to 8.6 and 8.8.1 to 8.8.3): what its tracks are, kept as it was written, and
//! written again with the lengths that the recorder could not know.

use super::boxes::{Fields, Name, child, children, find, part};
use crate::server::media::webm::LONGEST_MS;

/// Nanoseconds, in which tracks of different timescales are compared.
pub type Ns = i128;

pub const NS_PER_MS: Ns = 1_000_000;
const NS_PER_SECOND: Ns = 1_000_000_000;
/// More tracks than this are none of a recorder's.
const MOST_TRACKS: usize = 8;
/// Units per second: ten million is the finest that writers use. The bound makes a unit more than a nanosecond, so that times
/// survive being counted in those.
const MOST_TIMESCALE: u32 = 10_000_000;
/// Bytes in front of the duration in `mvhd` and `mdhd`, and in `tkhd`: for version 0 and version 1.
const HEADER_DURATION: [usize; 2] = [16, 24];
const TRACK_DURATION: [usize; 2] = [20, 28];
/// The brand of files with `tfdt` and `sidx` (Annex E).
const BRAND: &[u8; 4] = b"iso6";

/// Counts of a timescale in nanoseconds, to the nearest.
pub fn ns(ticks: i64, timescale: u32) -> Ns {
    rounded(Ns::from(ticks) * NS_PER_SECOND, Ns::from(timescale))
}

/// Nanoseconds in counts of a timescale, to the nearest.
pub fn ticks(ns: Ns, timescale: u32) -> i64 {
    i64::try_from(rounded(ns * Ns::from(timescale), NS_PER_SECOND)).unwrap_or(i64::MAX)
}

/// Whole milliseconds; what is before the start counts as the start.
pub fn ms(ns: Ns) -> u64 {
    u64::try_from(ns.max(0) / NS_PER_MS).unwrap_or(u64::MAX)
}

fn rounded(number: i128, by: i128) -> i128 {
    (number + by / 2).div_euclid(by)
}

/// A track, as far as joining needs to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    pub id: u32,
    kind: Name,
    pub timescale: u32,
    /// What its edit list takes off the times of its samples, in its own units (8.6.6): priming of a sound's encoder, or the
    /// way that pictures wait which are shown in another order.
    pub shift: i64,
    /// Its body as it was written.
    body: Vec<u8>,
    sample_descriptions: Vec<u8>,
    /// Layer, volume, rotation and size: what follows the duration in its header.
    looks: Vec<u8>,
    /// The body of its `trex`.
    pub defaults: Vec<u8>,
}

impl Track {
    pub fn is_video(&self) -> bool {
        &self.kind == b"vide"
    }

    /// When a sample of this time is shown.
    pub fn shown(&self, media_time: i64) -> Ns {
        ns(media_time - self.shift, self.timescale)
    }

    /// What the edit list of the film takes off: as much as the first recorder's. What began later begins later by the times
    /// of its samples.
    pub fn kept_shift(&self) -> i64 {
        self.shift.max(0)
    }

    /// Whether a decoder that was set up for one goes on with the other, and nothing else about it changes.
    fn fits(&self, other: &Self) -> bool {
        self.essence() == other.essence()
    }

    // All that must be the same; the defaults without the number of the track that they are for.
    fn essence(&self) -> (Name, u32, [&[u8]; 3]) {
        (self.kind, self.timescale, [&self.sample_descriptions, &self.looks, &self.defaults[8..]])
    }

    fn read(body: &[u8], movie_timescale: u32, extends: &[u8]) -> Option<Self> {
        let header = child(body, b"tkhd")?;
        let media = child(body, b"mdia")?;
        let (mut fields, mut media_fields) = (Fields(header), Fields(child(media, b"mdhd")?));
        let (version, media_version) = (fields.full()?.0, media_fields.full()?.0);
        fields.take(if version == 0 { 8 } else { 16 })?;
        let id = fields.u32()?;
        fields.take(4)?;
        fields.wide(version)?;
        media_fields.take(if media_version == 0 { 8 } else { 16 })?;
        let timescale = media_fields.u32().filter(|timescale| (1..=MOST_TIMESCALE).contains(timescale))?;
        media_fields.wide(media_version)?;
        let mut handler = Fields(child(media, b"hdlr")?);
        handler.take(8)?;
        let kind = handler.name()?;
        let table = find(media, &[b"minf", b"stbl"])?;
        // A movie with samples of its own in front of the fragments is not what recorders write.
        let has_samples = children(table).any(|(name, body)| match &name {
            b"stsz" | b"stz2" => body.get(8..12) != Some(&[0; 4]),
            _ => false,
        });
        let mut trexes = children(extends).filter(|(name, body)| name == b"trex" && body.get(4..8) == Some(&id.to_be_bytes()));
        let defaults = trexes.next().map(|(_, body)| body).filter(|body| body.len() == 24)?.to_vec();
        let shift = shift(find(body, &[b"edts", b"elst"]), timescale, movie_timescale)?;
        let is_plain = version <= 1 && media_version <= 1 && !has_samples && id != 0;
        let sample_descriptions = child(table, b"stsd")?.to_vec();
        is_plain.then(|| Self { id, kind, timescale, shift, body: body.to_vec(), sample_descriptions, looks: fields.0.to_vec(), defaults })
    }

    // The track as it stands in a film; `end` is when its last sample ends there, in its own units.
    fn part(&self, film: Ns, movie_timescale: u32, end: i64) -> Vec<u8> {
        let mut parts = Vec::new();
        for (name, body) in children(&self.body) {
            match &name {
                b"tkhd" => {
                    let shown = ns(end - self.kept_shift(), self.timescale).clamp(0, film);
                    parts.extend(part(&name, &with_duration(body, TRACK_DURATION, ticks(shown, movie_timescale))));
                    parts.extend(self.edit());
                }
                b"mdia" => {
                    let inner = children(body).flat_map(|(name, body)| match &name {
                        b"mdhd" => part(&name, &with_duration(body, HEADER_DURATION, end)),
                        _ => part(&name, body),
                    });
                    parts.extend(part(&name, &inner.collect::<Vec<_>>()));
                }
                // The recorder's own edit list, and words about the file.
                _ => {}
            }
        }
        part(b"trak", &parts)
    }

    // One edit without an end, which holds for all fragments (8.6.6.1).
    fn edit(&self) -> Vec<u8> {
        if self.kept_shift() == 0 {
            return Vec::new();
        }
        let entry = [&[1, 0, 0, 0][..], &1_u32.to_be_bytes(), &0_u64.to_be_bytes(), &self.kept_shift().to_be_bytes(), &[0, 1, 0, 0]].concat();
        part(b"edts", &part(b"elst", &entry))
    }
}

// What the edits of a track take off its times: a list without any, or with several, is read up to the first that shows something.
fn shift(list: Option<&[u8]>, timescale: u32, movie_timescale: u32) -> Option<i64> {
    let Some(list) = list else { return Some(0) };
    let mut fields = Fields(list);
    let (version, _) = fields.full()?;
    let (mut empty, mut media_time) = (0_u64, 0);
    for _ in 0..fields.u32()? {
        let duration = fields.wide(version)?;
        let time = if version == 0 { i64::from(fields.u32()?.cast_signed()) } else { fields.u64()?.cast_signed() };
        fields.take(4)?;
        if time >= 0 {
            media_time = time;
            break;
        }
        empty = empty.checked_add(duration)?;
    }
    let late = ticks(ns(i64::try_from(empty).ok()?, movie_timescale), timescale);
    let longest = i64::try_from(LONGEST_MS / 1000).ok()?.checked_mul(i64::from(timescale))?;
    media_time.checked_sub(late).filter(|shift| shift.abs() <= longest)
}

/// The head of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movie {
    file_type: Vec<u8>,
    header: Vec<u8>,
    timescale: u32,
    pub tracks: Vec<Track>,
    /// The track of the picture, by its place.
    pub video: usize,
}

impl Movie {
    /// Reads the bodies of `ftyp` and `moov`; `None` where that is not the head of fragments with a picture.
    pub fn read(file_type: Vec<u8>, body: &[u8]) -> Option<Self> {
        let header = child(body, b"mvhd")?;
        let mut fields = Fields(header);
        let (version, _) = fields.full().filter(|(version, _)| *version <= 1)?;
        fields.take(if version == 0 { 8 } else { 16 })?;
        let timescale = fields.u32().filter(|timescale| (1..=MOST_TIMESCALE).contains(timescale))?;
        fields.wide(version)?;
        let extends = child(body, b"mvex")?;
        let traks = children(body).filter(|(name, _)| name == b"trak").take(MOST_TRACKS + 1);
        let tracks: Vec<Track> = traks.map(|(_, body)| Track::read(body, timescale, extends)).collect::<Option<_>>()?;
        let distinct = |track: &Track| tracks.iter().filter(|other| other.id == track.id).count() == 1;
        let video = tracks.iter().position(Track::is_video)?;
        let is_readable = tracks.len() <= MOST_TRACKS && tracks.iter().all(distinct) && file_type.len() >= 8;
        is_readable.then(|| Self { file_type, header: header.to_vec(), timescale, tracks, video })
    }

    /// The places of this session's tracks in `base`; `None` if they are not the same.
    pub fn fit(&self, base: &Self) -> Option<Vec<usize>> {
        let mut twins: Vec<usize> = Vec::new();
        for track in &self.tracks {
            // Of tracks that are alike each has its own.
            let twin = base.tracks.iter().enumerate().position(|(place, other)| other.fits(track) && !twins.contains(&place))?;
            twins.push(twin);
        }
        (self.tracks.len() == base.tracks.len()).then_some(twins)
    }

    /// `ftyp` and `moov` of a film of this length, each track of which ends at that time of its own (8.2.2, 8.3.2, 8.4.2, 8.8.2).
    pub fn front(&self, film: Ns, ends: &[i64]) -> Vec<u8> {
        let mut file_type = self.file_type.clone();
        // The major brand, its version, and then all that can read the file.
        if !file_type[8..].chunks(4).any(|brand| brand == BRAND) {
            file_type.truncate(file_type.len() / 4 * 4);
            file_type.extend_from_slice(BRAND);
        }
        let length = ticks(film, self.timescale);
        let mut body = part(b"mvhd", &with_duration(&self.header, HEADER_DURATION, length));
        for (track, end) in self.tracks.iter().zip(ends) {
            body.extend(track.part(film, self.timescale, *end));
        }
        let mut extends = part(b"mehd", &[&[1, 0, 0, 0][..], &length.to_be_bytes()].concat());
        for track in &self.tracks {
            extends.extend(part(b"trex", &track.defaults));
        }
        body.extend(part(b"mvex", &extends));
        [part(b"ftyp", &file_type), part(b"moov", &body)].concat()
    }
}

// A header with another duration, which is of 32 bits in version 0: all of them set where it does not fit.
fn with_duration(body: &[u8], places: [usize; 2], duration: i64) -> Vec<u8> {
    let mut body = body.to_vec();
    let is_wide = body.first() == Some(&1);
    let value = if is_wide { duration.to_be_bytes().to_vec() } else { u32::try_from(duration).unwrap_or(u32::MAX).to_be_bytes().to_vec() };
    let at = places[usize::from(is_wide)];
    if let Some(field) = body.get_mut(at..at + value.len()) {
        field.copy_from_slice(&value);
    }
    body
}
