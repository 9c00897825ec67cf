//! One movie fragment (ISO/IEC 14496-12, 8.8.4 to 8.8.12): what it says of its samples, and how it is said in another place.
//! The samples themselves are not looked at.

use super::{
    boxes::{Fields, HEAD_BYTES, Name, child, children, part, small_head},
    movie::Movie,
};

const BASE_DATA_OFFSET: u32 = 0x1;
const SAMPLE_DESCRIPTION: u32 = 0x2;
const DEFAULT_DURATION: u32 = 0x8;
const DEFAULT_SIZE: u32 = 0x10;
const DEFAULT_FLAGS: u32 = 0x20;
const DURATION_IS_EMPTY: u32 = 0x1_0000;
const DEFAULT_BASE_IS_MOOF: u32 = 0x2_0000;
const DATA_OFFSET: u32 = 0x1;
const FIRST_FLAGS: u32 = 0x4;
const SAMPLE_DURATION: u32 = 0x100;
const SAMPLE_SIZE: u32 = 0x200;
const SAMPLE_FLAGS: u32 = 0x400;
const SAMPLE_OFFSET: u32 = 0x800;
const PER_SAMPLE: u32 = SAMPLE_DURATION | SAMPLE_SIZE | SAMPLE_FLAGS | SAMPLE_OFFSET;
/// `sample_is_non_sync_sample` (8.8.3.1).
const NOT_SYNC: u32 = 0x1_0000;

/// Track fragments and runs of one fragment. Recorders write one of each per track; some muxers a run for every few samples.
const MOST_TRAFS: usize = 8;
const MOST_RUNS: usize = 20_000;
/// Samples of a run: what reads them after us may keep a list.
const MOST_SAMPLES: u32 = 1 << 20;
/// No time that can be reckoned with is farther from zero, in units of any track.
const FAR: i64 = 1 << 60;
/// What else a track fragment may take along: how samples are grouped (8.9), such as the roll of a sound's decoder. What counts
/// bytes of the file or speaks of encryption does not hold in another place.
const KEPT: [&Name; 2] = [b"sgpd", b"sbgp"];

/// The time of a track's part in a fragment, in units of that track.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The place of the track in its movie.
    pub track: usize,
    /// When its first sample is decoded, and when the one after its last would be.
    pub decode: i64,
    pub decode_end: i64,
    /// When the first of its samples is shown, and when the last of them ends.
    pub first: i64,
    pub end: i64,
}

#[derive(Debug)]
struct Run<'a> {
    version: u8,
    flags: u32,
    count: u32,
    /// Where its samples are in the file.
    from: u64,
    bytes: u64,
    /// What follows the place of the data.
    rest: &'a [u8],
}

#[derive(Debug)]
struct Part<'a> {
    span: Span,
    is_sync: bool,
    flags: u32,
    /// What follows the base of the data.
    defaults: &'a [u8],
    groups: Vec<(Name, &'a [u8])>,
    runs: Vec<Run<'a>>,
}

/// Bytes of samples: from where to where in the file, and where in the new `mdat`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    pub from: u64,
    pub to: u64,
    at: u64,
}

/// A fragment as it was read.
#[derive(Debug)]
pub struct Parsed<'a> {
    parts: Vec<Part<'a>>,
    /// In the order of the file, none over another.
    pub data: Vec<Stretch>,
}

impl<'a> Parsed<'a> {
    /// Reads the body of the `moof` that begins at a place in the file. `ends` says when each track's last sample ended, for
    /// fragments that do not say when they begin. `None` where something in it does not fit.
    pub fn read(body: &'a [u8], movie: &Movie, moof_at: u64, ends: &[i64]) -> Option<Self> {
        let mut parts: Vec<Part<'a>> = Vec::new();
        let mut ends = ends.to_vec();
        // Without a base of its own, the data of a track fragment follows that of the one before (8.8.7.1).
        let mut data_end = moof_at;
        for (name, traf) in children(body) {
            if &name != b"traf" {
                continue;
            }
            let part = Part::read(traf, movie, moof_at, &mut data_end, &ends)?;
            if part.runs.is_empty() {
                continue;
            }
            ends[part.span.track] = part.span.decode_end;
            parts.push(part);
            if parts.len() > MOST_TRAFS {
                return None;
            }
        }
        let data = stretches(parts.iter().flat_map(|part| &part.runs))?;
        Some(Self { parts, data })
    }

    /// Whether there is not one sample in it.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    pub fn spans(&self) -> impl Iterator<Item = Span> {
        self.parts.iter().map(|part| part.span)
    }

    /// Whether the first sample of this track is one that stands for itself; `None` where it has none here.
    pub fn begins_with_sync(&self, track: usize) -> Option<bool> {
        self.parts.iter().find(|part| part.span.track == track).map(|part| part.is_sync)
    }

    /// Bytes of the samples.
    pub fn data_bytes(&self) -> u64 {
        self.data.iter().map(|stretch| stretch.to - stretch.from).sum()
    }

    /// Bytes of the `moof` as [`write`](Self::write) writes it.
    pub fn moof_bytes(&self) -> u64 {
        let run = |run: &Run<'_>| HEAD_BYTES + 12 + run.rest.len() as u64;
        let group = |(_, body): &(Name, &[u8])| HEAD_BYTES + body.len() as u64;
        let part = |part: &Part<'_>| {
            let header = HEAD_BYTES + 8 + part.defaults.len() as u64;
            HEAD_BYTES + header + (HEAD_BYTES + 12) + part.groups.iter().map(group).sum::<u64>() + part.runs.iter().map(run).sum::<u64>()
        };
        HEAD_BYTES + (HEAD_BYTES + 8) + self.parts.iter().map(part).sum::<u64>()
    }

    /// The `moof` and the head of its `mdat` for another place: every track fragment counts from the `moof`, says when it
    /// begins, and has the track and the time that `place` gives for its span.
    pub fn write(&self, sequence: u32, place: impl Fn(usize, Span) -> (u32, i64)) -> Option<Vec<u8>> {
        let data_at = self.moof_bytes() + HEAD_BYTES;
        let mut body = part(b"mfhd", &[&[0; 4][..], &sequence.to_be_bytes()].concat());
        for (number, of) in self.parts.iter().enumerate() {
            let (id, decode) = place(number, of.span);
            let mut traf = part(b"tfhd", &[&of.flags.to_be_bytes()[..], &id.to_be_bytes(), of.defaults].concat());
            traf.extend(part(b"tfdt", &[&[1, 0, 0, 0][..], &u64::try_from(decode).ok()?.to_be_bytes()].concat()));
            traf.extend(of.groups.iter().flat_map(|(name, body)| part(name, body)));
            for run in &of.runs {
                let offset = i32::try_from(data_at + self.at(run)).ok()?;
                let head = u32::from(run.version) << 24 | run.flags | DATA_OFFSET;
                traf.extend(part(b"trun", &[&head.to_be_bytes()[..], &run.count.to_be_bytes(), &offset.to_be_bytes(), run.rest].concat()));
            }
            body.extend(part(b"traf", &traf));
        }
        let mut bytes = part(b"moof", &body);
        bytes.extend(small_head(b"mdat", self.data_bytes()));
        Some(bytes)
    }

    // Where in the new `mdat` the samples of a run are.
    fn at(&self, run: &Run<'_>) -> u64 {
        let holds = |stretch: &&Stretch| run.bytes > 0 && (stretch.from..stretch.to).contains(&run.from);
        let place = self.data.partition_point(|stretch| stretch.to <= run.from);
        self.data.get(place).filter(holds).map_or(0, |stretch| stretch.at + run.from - stretch.from)
    }
}

// Where the samples of all runs are; `None` where two of them share bytes, which would be written twice.
fn stretches<'a, 'b: 'a>(runs: impl Iterator<Item = &'a Run<'b>>) -> Option<Vec<Stretch>> {
    let mut ranges: Vec<(u64, u64)> = runs.filter(|run| run.bytes > 0).map(|run| Some((run.from, run.from.checked_add(run.bytes)?))).collect::<Option<_>>()?;
    ranges.sort_unstable();
    let mut data: Vec<Stretch> = Vec::new();
    let mut at = 0;
    for (from, to) in ranges {
        match data.last_mut() {
            Some(last) if last.to > from => return None,
            Some(last) if last.to == from => last.to = to,
            _ => data.push(Stretch { from, to, at }),
        }
        at += to - from;
    }
    Some(data)
}

/// What a sample has that its run does not say otherwise.
struct Defaults {
    duration: u32,
    size: u32,
    flags: u32,
}

impl<'a> Part<'a> {
    fn read(traf: &'a [u8], movie: &Movie, moof_at: u64, data_end: &mut u64, ends: &[i64]) -> Option<Self> {
        let mut fields = Fields(child(traf, b"tfhd")?);
        let (_, flags) = fields.full()?;
        let id = fields.u32()?;
        let track = movie.tracks.iter().position(|track| track.id == id)?;
        let base = match flags {
            _ if flags & BASE_DATA_OFFSET != 0 => fields.u64()?,
            _ if flags & DEFAULT_BASE_IS_MOOF != 0 => moof_at,
            _ => *data_end,
        };
        let flags = flags & (SAMPLE_DESCRIPTION | DEFAULT_DURATION | DEFAULT_SIZE | DEFAULT_FLAGS | DURATION_IS_EMPTY) | DEFAULT_BASE_IS_MOOF;
        let whole = fields.0;
        let defaults = Defaults::read(&mut fields, flags, &movie.tracks[track].defaults)?;
        let kept = &whole[..whole.len() - fields.0.len()];
        let decode = match child(traf, b"tfdt") {
            Some(body) => {
                let mut fields = Fields(body);
                let (version, _) = fields.full()?;
                i64::try_from(fields.wide(version)?).ok()?
            }
            None => *ends.get(track)?,
        };
        if decode >= FAR {
            return None;
        }
        let mut part = Part {
            span: Span { track, decode, decode_end: decode, first: i64::MAX, end: i64::MIN },
            is_sync: false,
            flags,
            defaults: kept,
            groups: children(traf).filter(|(name, _)| KEPT.contains(&name)).collect(),
            runs: Vec::new(),
        };
        let mut at = base;
        for (name, body) in children(traf) {
            if &name == b"trun" {
                part.run(body, &defaults, base, &mut at)?;
            }
        }
        *data_end = at;
        Some(part)
    }

    // Adds a run of samples; `at` is where the data of the one before ended.
    fn run(&mut self, body: &'a [u8], defaults: &Defaults, base: u64, at: &mut u64) -> Option<()> {
        let mut fields = Fields(body);
        let (version, flags) = fields.full()?;
        let count = fields.u32()?;
        let from = if flags & DATA_OFFSET == 0 { *at } else { base.checked_add_signed(i64::from(fields.u32()?.cast_signed()))? };
        match count {
            0 => return Some(()),
            MOST_SAMPLES.. => return None,
            _ => {}
        }
        let whole = fields.0;
        let mut first_flags = if flags & FIRST_FLAGS != 0 { Some(fields.u32()?) } else { None };
        let flags = flags & (FIRST_FLAGS | PER_SAMPLE);
        let width = 4 * (flags & PER_SAMPLE).count_ones() as usize;
        let samples = fields.take(usize::try_from(count).ok()?.checked_mul(width)?)?;
        let mut bytes = u64::from(count) * u64::from(defaults.size);
        if width == 0 {
            self.times(i64::from(count).checked_mul(i64::from(defaults.duration))?, 0)?;
        } else {
            bytes = 0;
            for sample in samples.chunks_exact(width) {
                let mut fields = Fields(sample);
                let mut field = |flag: u32| if flags & flag != 0 { fields.u32() } else { None };
                let duration = field(SAMPLE_DURATION).unwrap_or(defaults.duration);
                bytes += u64::from(field(SAMPLE_SIZE).unwrap_or(defaults.size));
                let own_flags = field(SAMPLE_FLAGS);
                // Of both versions: writers of version 0 mean a sign, too.
                let offset = field(SAMPLE_OFFSET).unwrap_or(0).cast_signed();
                first_flags = first_flags.or(own_flags);
                self.times(i64::from(duration), i64::from(offset))?;
            }
        }
        if self.runs.is_empty() {
            self.is_sync = first_flags.unwrap_or(defaults.flags) & NOT_SYNC == 0;
        }
        *at = from.checked_add(bytes)?;
        self.runs.push(Run { version, flags, count, from, bytes, rest: &whole[..whole.len() - fields.0.len()] });
        (self.runs.len() <= MOST_RUNS).then_some(())
    }

    // A sample, or many that follow each other.
    fn times(&mut self, duration: i64, offset: i64) -> Option<()> {
        let span = &mut self.span;
        let (shown, decode_end) = (span.decode_end + offset, span.decode_end.checked_add(duration).filter(|end| *end < FAR)?);
        span.first = span.first.min(shown);
        span.end = span.end.max(shown + duration);
        span.decode_end = decode_end;
        Some(())
    }
}

impl Defaults {
    // From the header of the track fragment, or from the track's `trex`, which has 24 bytes.
    fn read(fields: &mut Fields<'_>, flags: u32, trex: &[u8]) -> Option<Self> {
        let mut movie = Fields(trex.get(8..)?);
        let mut field = |flag: u32| {
            let wide = movie.u32();
            if flags & flag != 0 { fields.u32() } else { wide }
        };
        field(SAMPLE_DESCRIPTION)?;
        Some(Self { duration: field(DEFAULT_DURATION)?, size: field(DEFAULT_SIZE)?, flags: field(DEFAULT_FLAGS)? })
    }
}
