//! A reader of the tests' own, which shares no code with what it judges. [`tracks`] reads any recording; [`film`] also holds a
//! film against everything that a film of ours promises.

use std::ops::Range;

/// A sample: when it is decoded and shown in units of its track (less what the edit list takes off), and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    pub decode: i64,
    pub shown: i64,
    pub duration: i64,
    pub is_sync: bool,
    pub bytes: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    pub id: u32,
    pub kind: String,
    pub timescale: i64,
    pub shift: i64,
    pub samples: Vec<Sample>,
    /// What its header says, in units of the movie; what that of its media says, in its own.
    pub durations: [u64; 2],
    trex: [u32; 3],
}

impl Track {
    pub fn ms(&self, time: i64) -> i64 {
        time * 1000 / self.timescale
    }

    pub fn end(&self) -> i64 {
        self.samples.iter().map(|sample| sample.shown + sample.duration).max().unwrap_or(0)
    }
}

#[derive(Debug)]
pub struct Film {
    pub duration_ms: u64,
    pub tracks: Vec<Track>,
    /// When each place of the picture's index is shown, in milliseconds.
    pub places: Vec<i64>,
}

impl Film {
    pub fn video(&self) -> &Track {
        self.tracks.iter().find(|track| track.kind == "vide").unwrap()
    }
}

fn number(bytes: &[u8], at: usize, width: usize) -> u64 {
    bytes[at..at + width].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn signed(bytes: &[u8], at: usize) -> i64 {
    i64::from(number(bytes, at, 4) as u32 as i32)
}

/// Boxes that fill a range to its end: name, and where the body is.
pub fn boxes(bytes: &[u8], range: Range<usize>) -> Vec<(String, Range<usize>)> {
    let (mut at, mut found) = (range.start, Vec::new());
    while at < range.end {
        let (size, head) = match number(bytes, at, 4) {
            1 => (number(bytes, at + 8, 8) as usize, 16),
            size => (size as usize, 8),
        };
        assert!(size >= head && at + size <= range.end, "a box of {size} bytes at {at} of {range:?}");
        found.push((String::from_utf8(bytes[at + 4..at + 8].to_vec()).unwrap(), at + head..at + size));
        at += size;
    }
    found
}

fn one(bytes: &[u8], range: &Range<usize>, path: &[&str]) -> Option<Range<usize>> {
    path.iter().try_fold(range.clone(), |range, name| {
        let mut all = boxes(bytes, range).into_iter().filter(|(found, _)| found == name);
        let found = all.next().map(|(_, range)| range);
        assert!(all.next().is_none(), "two of {name}");
        found
    })
}

/// The duration in a header; `at` is where it stands in version 0.
fn duration(body: &[u8], at: usize) -> u64 {
    if body[0] == 0 { number(body, at, 4) } else { number(body, at + 8, 8) }
}

fn read_track(bytes: &[u8], moov: &Range<usize>, trak: &Range<usize>) -> Track {
    let body = |path: &[&str]| one(bytes, trak, path).map(|range| &bytes[range]);
    let (header, media) = (body(&["tkhd"]).unwrap(), body(&["mdia", "mdhd"]).unwrap());
    let id = if header[0] == 0 { number(header, 12, 4) } else { number(header, 20, 4) } as u32;
    let timescale = if media[0] == 0 { number(media, 12, 4) } else { number(media, 20, 4) } as i64;
    let shift = body(&["edts", "elst"]).map_or(0, |list| {
        assert_eq!((number(list, 4, 4), list[0]), (1, list[0]), "one edit");
        if list[0] == 0 { signed(list, 12) } else { number(list, 16, 8) as i64 }
    });
    let mvex = one(bytes, moov, &["mvex"]).unwrap();
    let trex = boxes(bytes, mvex).into_iter().find(|(name, body)| name == "trex" && number(bytes, body.start + 4, 4) as u32 == id).unwrap().1;
    Track {
        id,
        kind: String::from_utf8(body(&["mdia", "hdlr"]).unwrap()[8..12].to_vec()).unwrap(),
        timescale,
        shift,
        samples: Vec::new(),
        durations: [duration(header, 20), duration(media, 16)],
        trex: [12, 16, 20].map(|at| number(bytes, trex.start + at, 4) as u32),
    }
}

/// Reads the samples of a `moof`; gives where they are.
fn read_fragment(bytes: &[u8], moof: &Range<usize>, tracks: &mut [Track]) -> Vec<Range<usize>> {
    let moof_at = moof.start - 8;
    let (mut data, mut data_end) = (Vec::new(), moof_at);
    for (_, traf) in boxes(bytes, moof.clone()).into_iter().filter(|(name, _)| name == "traf") {
        let head = &bytes[one(bytes, &traf, &["tfhd"]).unwrap()];
        let flags = number(head, 1, 3);
        let track = tracks.iter_mut().find(|track| u64::from(track.id) == number(head, 4, 4)).unwrap();
        let mut at = 8;
        let mut field = |flag: u64, width: usize| {
            (flags & flag != 0).then(|| {
                at += width;
                number(head, at - width, width)
            })
        };
        let base = field(1, 8).map_or(if flags & 0x2_0000 != 0 { moof_at } else { data_end }, |base| base as usize);
        field(2, 4);
        let [default_duration, default_size, default_flags] =
            [(8, 0), (0x10, 1), (0x20, 2)].map(|(flag, place)| field(flag, 4).unwrap_or(u64::from(track.trex[place])));
        let mut decode = match one(bytes, &traf, &["tfdt"]) {
            Some(body) => number(bytes, body.start + 4, if bytes[body.start] == 0 { 4 } else { 8 }) as i64,
            None => track.samples.last().map_or(0, |sample| sample.decode + track.shift + sample.duration),
        };
        let mut from = base;
        for (_, run) in boxes(bytes, traf).into_iter().filter(|(name, _)| name == "trun") {
            let body = &bytes[run];
            let (flags, count) = (number(body, 1, 3), number(body, 4, 4));
            let mut at = 8;
            let mut field = |flag: u64| {
                (flags & flag != 0).then(|| {
                    at += 4;
                    number(body, at - 4, 4)
                })
            };
            if let Some(offset) = field(1) {
                from = (base as i64 + i64::from(offset as u32 as i32)) as usize;
            }
            let mut first_flags = field(4);
            for _ in 0..count {
                let duration = field(0x100).unwrap_or(default_duration) as i64;
                let size = field(0x200).unwrap_or(default_size) as usize;
                let own = field(0x400).unwrap_or(default_flags);
                let flags = first_flags.take().unwrap_or(own);
                let offset = field(0x800).map_or(0, |offset| i64::from(offset as u32 as i32));
                let sample = bytes[from..from + size].to_vec();
                track.samples.push(Sample {
                    decode: decode - track.shift,
                    shown: decode + offset - track.shift,
                    duration,
                    is_sync: flags & 0x1_0000 == 0,
                    bytes: sample,
                });
                data.push(from..from + size);
                (from, decode) = (from + size, decode + duration);
            }
            assert_eq!(at, body.len(), "a run is full to its end");
        }
        data_end = from;
    }
    data
}

/// The tracks of a recording whose last fragment is whole.
pub fn tracks(bytes: &[u8]) -> Vec<Track> {
    let top = boxes(bytes, 0..bytes.len());
    let moov = top.iter().find(|(name, _)| name == "moov").unwrap().1.clone();
    let mut tracks: Vec<Track> = boxes(bytes, moov.clone()).iter().filter(|(name, _)| name == "trak").map(|(_, trak)| read_track(bytes, &moov, trak)).collect();
    for (_, moof) in top.iter().filter(|(name, _)| name == "moof") {
        read_fragment(bytes, moof, &mut tracks);
    }
    tracks
}

// Time in other units, to the nearest; a half is one more. Numbers with a point would be either.
fn rounded(ticks: i64, timescale: i64, other: i64) -> u64 {
    u64::try_from((2 * ticks.max(0) * other + timescale) / (2 * timescale)).unwrap()
}

/// Reads a film of ours.
pub fn film(bytes: &[u8]) -> Film {
    let top = boxes(bytes, 0..bytes.len());
    let names: Vec<&str> = top.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names[..2], ["ftyp", "moov"]);
    let fragments = 2 + names[2..].iter().take_while(|name| **name == "sidx").count();
    assert!(names[fragments..].chunks(2).all(|pair| pair == ["moof", "mdat"]), "{names:?}");
    assert!(bytes[top[0].1.clone()][8..].chunks(4).any(|brand| brand == b"iso6"));
    let moov = &top[1].1;
    assert!(boxes(bytes, moov.clone()).iter().all(|(name, _)| ["mvhd", "trak", "mvex"].contains(&name.as_str())));
    let mvhd = &bytes[one(bytes, moov, &["mvhd"]).unwrap()];
    let timescale = if mvhd[0] == 0 { number(mvhd, 12, 4) } else { number(mvhd, 20, 4) };
    let length = duration(mvhd, 16);
    assert_eq!(number(bytes, one(bytes, moov, &["mvex", "mehd"]).unwrap().start + 4, 8), length, "both headers say one length");

    let mut read = tracks(&bytes[..top[1].1.end]);
    let video = read.iter().position(|track| track.kind == "vide").unwrap();
    // Where each fragment begins, and of each track whether with a sample that stands for itself, and when that is shown.
    let mut begins: Vec<Begin> = Vec::new();
    for (number_of, pair) in top[fragments..].chunks(2).enumerate() {
        let (moof, mdat) = (&pair[0].1, &pair[1].1);
        let mfhd = one(bytes, moof, &["mfhd"]).unwrap();
        assert_eq!(number(bytes, mfhd.start + 4, 4), number_of as u64 + 1, "fragments are counted");
        for (_, traf) in boxes(bytes, moof.clone()).iter().filter(|(name, _)| name == "traf") {
            let parts: Vec<String> = boxes(bytes, traf.clone()).into_iter().map(|(name, _)| name).collect();
            assert_eq!(parts[..2], ["tfhd", "tfdt"]);
            assert_eq!(number(bytes, one(bytes, traf, &["tfhd"]).unwrap().start + 1, 3) & 0x2_0001, 0x2_0000, "places count from the fragment");
        }
        let before: Vec<usize> = read.iter().map(|track| track.samples.len()).collect();
        let mut data = read_fragment(bytes, moof, &mut read);
        data.retain(|range| !range.is_empty());
        data.sort_by_key(|range| range.start);
        assert_eq!(data.first().map_or(mdat.start, |first| first.start), mdat.start);
        assert_eq!(data.last().map_or(mdat.end, |last| last.end), mdat.end);
        assert!(data.windows(2).all(|pair| pair[0].end == pair[1].start), "every byte of the data is a sample's, and one's alone");
        for (track, before) in read.iter().zip(&before) {
            if let [.., last] = &track.samples[..*before]
                && let Some(next) = track.samples.get(*before)
            {
                assert!(last.decode + last.duration <= next.decode, "nothing is decoded twice at a time: {last:?} {next:?}");
            }
        }
        let first = |(track, before): (&Track, &usize)| track.samples.get(*before).map(|sample| (sample.is_sync, sample.shown.max(0)));
        begins.push((moof.start - 8, read.iter().zip(&before).map(first).collect()));
    }
    let shown = |track: &Track| rounded(track.end(), track.timescale, timescale as i64);
    let end = read.iter().map(shown).max().unwrap();
    assert_eq!(length, end, "the length is that of the longest track");
    for track in &read {
        assert_eq!(track.durations[1] as i64, track.end() + track.shift, "{}", track.kind);
        assert_eq!(track.durations[0], shown(track), "{}", track.kind);
    }
    let is_indexed = begins.len() < 65_536 && begins.iter().all(|(_, tracks)| tracks[video].is_none_or(|(is_sync, _)| is_sync));
    let data_at = top[fragments].1.start - 8;
    let indexed: Vec<usize> = (0..read.len()).filter(|track| !read[*track].samples.is_empty()).collect();
    assert_eq!(fragments - 2, if is_indexed { indexed.len() } else { 0 }, "an index of each track");
    let mut places = Vec::new();
    for (track, (_, range)) in indexed.into_iter().zip(&top[2..fragments]) {
        assert_eq!(number(&bytes[range.clone()], 20, 8) as usize, data_at - range.end, "counted from the end of the box");
        let found = read_index(&bytes[range.clone()], data_at, bytes.len(), (track, &read[track]), &begins);
        if track == video {
            places = found;
        }
    }
    Film { duration_ms: length * 1000 / timescale, tracks: read, places }
}

type Begin = (usize, Vec<Option<(bool, i64)>>);

fn read_index(body: &[u8], mut at: usize, end: usize, (number_of, track): (usize, &Track), begins: &[Begin]) -> Vec<i64> {
    assert_eq!((body[0], number(body, 4, 4), number(body, 8, 4)), (1, u64::from(track.id), track.timescale as u64));
    assert_eq!(number(body, 30, 2) as usize, body[32..].len() / 12);
    let mut shown = number(body, 12, 8) as i64;
    let mut places = Vec::new();
    assert_eq!(body[32..].len() / 12, begins.len(), "every fragment is a place");
    for (reference, (from, tracks)) in body[32..].chunks(12).zip(begins) {
        let (bytes, duration, begin) = (number(reference, 0, 4) as usize, number(reference, 4, 4) as i64, number(reference, 8, 4));
        assert_eq!(at, *from, "a place leads to a fragment");
        match (tracks[number_of], begin) {
            (Some(first), 0x9000_0000) => {
                assert_eq!(first, (true, shown), "and to a sample that stands for itself, at its time");
                places.push(track.ms(shown));
            }
            (None, 0) => {}
            other => panic!("{other:x?}"),
        }
        (at, shown) = (at + bytes, shown + duration);
    }
    assert_eq!((at, shown), (end, track.end().max(0)), "the index covers the film, and its time");
    places
}
