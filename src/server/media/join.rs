//! Writes sessions of WebM as one file: head, index in front, then every cluster with its size. The bytes of frames stay as
//! they are; times move on from session to session, and the numbers of tracks follow the first one's.

use std::io::{self, Read, Seek, Write};

use super::{
    Fault, Form, Made, Played,
    cut::Window,
    ebml::{self, Cursor},
    webm::{self, CLUSTER, Cluster, Found, INFO, SEGMENT, Scan, TIMESTAMP, TIMESTAMP_SCALE, TRACKS, torn},
};

const SEEK_HEAD: u32 = 0x114d_9b74;
const SEEK: u32 = 0x4dbb;
const SEEK_ID: u32 = 0x53ab;
const SEEK_POSITION: u32 = 0x53ac;
const DURATION: u32 = 0x4489;
const MUXING_APP: u32 = 0x4d80;
const WRITING_APP: u32 = 0x5741;
const CUES: u32 = 0x1c53_bb6b;
const CUE_POINT: u32 = 0xbb;
const CUE_TIME: u32 = 0xb3;
const CUE_TRACK_POSITIONS: u32 = 0xb7;
const CUE_TRACK: u32 = 0xf7;
const CUE_CLUSTER_POSITION: u32 = 0xf1;

/// Bytes of a cluster's head and timestamp as we write them.
const CLUSTER_HEAD: u64 = 12;
const CLUSTER_TIME: u64 = 10;
/// An index with more places than this would itself be long to load.
const MOST_CUES: u64 = 20_000;

/// A session in its place.
struct Placed<'a> {
    session: usize,
    scan: &'a Scan,
    tracks: Vec<(u8, u8)>,
    /// When it begins in the file, in units of the scale.
    at: u64,
    window: Window,
}

impl Placed<'_> {
    fn time(&self, timestamp: u64) -> u64 {
        timestamp - self.scan.first + self.at
    }
}

/// The first session of the longest kind, and how long that kind plays in milliseconds.
fn longest(scans: &[(usize, Scan)]) -> Option<(&Scan, u64)> {
    let total = |base: &Scan| scans.iter().filter(|(_, scan)| scan.fit(base).is_some()).map(|(_, scan)| scan.ms(scan.units())).sum::<u64>();
    // The first of the longest: `max_by_key` would take the last.
    scans.iter().map(|(_, scan)| (scan, total(scan))).rev().max_by_key(|(_, total)| *total)
}

/// How long a film of these sessions would play, in milliseconds.
pub fn longest_ms(scans: &[(usize, Scan)]) -> u64 {
    longest(scans).map_or(0, |(_, total)| total)
}

/// Writes the sessions that go together, the longest kind of them.
pub fn write<R: Read + Seek>(sessions: &mut [R], scans: &[(usize, Scan)], mut out: impl Write) -> Result<Made, Fault> {
    let (base, _) = longest(scans).ok_or(Fault::Empty)?;
    let mut at = 0;
    let mut placed = Vec::new();
    for (session, scan) in scans {
        if let Some(tracks) = scan.fit(base) {
            placed.push(Placed { session: *session, scan, tracks, at, window: Window::all() });
            at += scan.units();
        }
    }
    write_front(base, &placed, at, &mut out)?;
    for place in &placed {
        copy_clusters(&mut sessions[place.session], place, &mut out)?;
    }
    out.flush()?;
    let played = |place: &Placed<'_>| Played { session: place.session, at_ms: base.ms(place.at), duration_ms: base.ms(place.scan.units()) };
    Ok(Made { form: Form::Webm, duration_ms: base.ms(at), played: placed.iter().map(played).collect() })
}

/// Writes what is in a window of one film. The scan names the clusters that are left, and nothing else.
pub fn write_window<R: Read + Seek>(film: &mut R, scan: &Scan, window: Window, mut out: impl Write) -> Result<(), Fault> {
    let tracks = scan.tracks.iter().map(|track| (track.number, track.number)).collect();
    let place = Placed { session: 0, scan, tracks, at: 0, window };
    write_front(scan, std::slice::from_ref(&place), scan.units(), &mut out)?;
    copy_clusters(film, &place, &mut out)?;
    Ok(out.flush()?)
}

fn write_front(base: &Scan, placed: &[Placed<'_>], units: u64, out: &mut impl Write) -> io::Result<()> {
    let info = ebml::element(
        INFO,
        &[
            ebml::element(TIMESTAMP_SCALE, &base.scale.to_be_bytes()[4..]),
            ebml::element(DURATION, &(units as f64).to_be_bytes()),
            ebml::element(MUXING_APP, b"WrenCOS"),
            ebml::element(WRITING_APP, b"WrenCOS"),
        ]
        .concat(),
    );
    let tracks = ebml::element(TRACKS, &base.tracks_body);
    let video = base.tracks.iter().find(|track| track.is_video()).map_or(1, |track| track.number);
    let clusters = || placed.iter().flat_map(|place| place.scan.clusters.iter().map(move |cluster| (place, cluster)));
    let cues = cue_times(clusters(), units);
    // Every number in seek head and index is eight bytes wide, so their sizes are known before the places are.
    let seek_head_size = seek_head(&[0; 3]).len() as u64;
    let cue_size = cue_point(0, video, 0).len() as u64;
    let cues_size = CLUSTER_HEAD + cue_size * cues.len() as u64;
    let info_at = seek_head_size;
    let tracks_at = info_at + info.len() as u64;
    let cues_at = tracks_at + tracks.len() as u64;
    let first_cluster_at = cues_at + cues_size;
    let body = clusters().map(|(_, cluster)| whole_size(cluster)).sum::<u64>();

    out.write_all(&webm::head(base.is_webm))?;
    out.write_all(&ebml::wide_head(SEGMENT, first_cluster_at + body))?;
    out.write_all(&seek_head(&[info_at, tracks_at, cues_at]))?;
    out.write_all(&info)?;
    out.write_all(&tracks)?;
    out.write_all(&ebml::wide_head(CUES, cue_size * cues.len() as u64))?;
    let mut cues = cues.into_iter().peekable();
    let mut at = first_cluster_at;
    for (number, (_, cluster)) in clusters().enumerate() {
        if let Some((_, time)) = cues.next_if(|(cue, _)| *cue == number) {
            out.write_all(&cue_point(time, video, at))?;
        }
        at += whole_size(cluster);
    }
    Ok(())
}

// The clusters that the index names, by number, each with the time that is found there.
fn cue_times<'a>(clusters: impl Iterator<Item = (&'a Placed<'a>, &'a Cluster)>, units: u64) -> Vec<(usize, u64)> {
    let apart = units / MOST_CUES;
    let mut cues: Vec<(usize, u64)> = Vec::new();
    for (number, (place, cluster)) in clusters.enumerate() {
        let Some(key) = cluster.key.map(|key| place.time(key.max(place.scan.first))) else { continue };
        if cues.last().is_none_or(|(_, last)| key > last + apart) {
            cues.push((number, key));
        }
    }
    cues
}

fn whole_size(cluster: &Cluster) -> u64 {
    CLUSTER_HEAD + CLUSTER_TIME + cluster.bytes
}

fn seek_head(places: &[u64; 3]) -> Vec<u8> {
    let entry = |(id, at): (&u32, &u64)| ebml::element(SEEK, &[ebml::element(SEEK_ID, &id.to_be_bytes()), ebml::wide_number(SEEK_POSITION, *at)].concat());
    let entries: Vec<u8> = [INFO, TRACKS, CUES].iter().zip(places).flat_map(entry).collect();
    ebml::element(SEEK_HEAD, &entries)
}

fn cue_point(time: u64, track: u8, at: u64) -> Vec<u8> {
    let positions = [ebml::element(CUE_TRACK, &[track]), ebml::wide_number(CUE_CLUSTER_POSITION, at)].concat();
    ebml::element(CUE_POINT, &[ebml::wide_number(CUE_TIME, time), ebml::element(CUE_TRACK_POSITIONS, &positions)].concat())
}

fn copy_clusters<R: Read + Seek>(session: &mut R, place: &Placed<'_>, out: &mut impl Write) -> io::Result<()> {
    let mut cursor = Cursor::new(session)?;
    let mut buffer = vec![0; 64 * 1024];
    let mut window = place.window;
    for cluster in &place.scan.clusters {
        out.write_all(&ebml::wide_head(CLUSTER, CLUSTER_TIME + cluster.bytes))?;
        out.write_all(&ebml::wide_number(TIMESTAMP, place.time(cluster.timestamp)))?;
        cursor.go(cluster.from)?;
        while let Some(Found { from, body, size, block }) = webm::next_block(&mut cursor, cluster.to)? {
            let number = place.tracks.iter().find(|(own, _)| *own == block.track).map(|(_, number)| *number).ok_or_else(torn)?;
            if !window.keeps(block.time(cluster.base), place.scan.is_video(block.track)) {
                continue;
            }
            // Number and time as they stand in the new file: three bytes of the block's head.
            let relative = i64::from(block.relative) + cluster.base.cast_signed() - cluster.timestamp.cast_signed();
            let [high, low] = i16::try_from(relative).map_err(|_| torn())?.to_be_bytes();
            let named = [(0, 0x80 | number), (1, high), (2, low)];
            cursor.go(from)?;
            let mut at = from;
            while at < body + size {
                let step = usize::try_from(body + size - at).unwrap_or(usize::MAX).min(buffer.len());
                let piece = &mut buffer[..step];
                cursor.fill(piece)?;
                for (place, value) in named {
                    if let Some(byte) = (body + block.track_at + place).checked_sub(at).and_then(|index| piece.get_mut(usize::try_from(index).ok()?)) {
                        *byte = value;
                    }
                }
                out.write_all(piece)?;
                at += step as u64;
            }
        }
    }
    Ok(())
}
