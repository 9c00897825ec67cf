//! Frames as a WebM file that nobody goes back to (RFC 9559): the head, and clusters of about a second with their sizes.

use super::{Codec, Frame, Piece, picture::Setup};
use crate::server::media::{
    ebml::{element, wide_head},
    webm::{AV1, AVC, CLUSTER, INFO, SEGMENT, SIMPLE_BLOCK, TIMESTAMP, TIMESTAMP_SCALE, TRACKS, VP8, VP9, goes_on, head},
};

/// How much one cluster holds. One in which a picture stands for itself begins with it, if the one before is not too short.
const CLUSTER_MS: u64 = 1000;
const SHORT_CLUSTER_MS: u64 = 500;
const CLUSTER_BYTES: usize = 2 * 1024 * 1024;
/// When nothing comes, what is there is kept after this.
const REST_MS: u64 = 3000;
/// The size of what is still being written.
const OPEN: [u8; 8] = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
/// Two channels, 48 kHz, nothing to be left out at the start (RFC 7845, 5.1).
const OPUS_HEAD: [u8; 19] = *b"OpusHead\x01\x02\0\0\x80\xbb\0\0\0\0\0";

/// Which track a frame belongs to, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Track {
    Picture = 1,
    Sound = 2,
}

#[derive(Debug)]
struct Cluster {
    /// From the start of the file.
    at_ms: u64,
    opened_ms: u64,
    blocks: Vec<u8>,
}

/// One file.
#[derive(Debug)]
pub struct Session {
    setup: Setup,
    has_sound: bool,
    began_ms: u64,
    has_head: bool,
    last_ms: u64,
    cluster: Option<Cluster>,
}

impl Session {
    /// A file that begins with a picture at `began_ms`.
    pub fn new(setup: Setup, has_sound: bool, began_ms: u64) -> Self {
        Self { setup, has_sound, began_ms, has_head: false, last_ms: 0, cluster: None }
    }

    /// Whether these pictures can stand in this file. A decoder finds out by itself about another size, but of H.264's.
    pub fn fits(&self, setup: &Setup, has_sound: bool) -> bool {
        let name = codec_id(setup.codec);
        (self.setup.codec, self.has_sound) == (setup.codec, has_sound) && goes_on(name, &self.setup.private, &setup.private)
    }

    pub fn write(&mut self, show_ms: u64, now_ms: u64, frame: &Frame, pieces: &mut Vec<Piece>) {
        if frame.track == Track::Sound && !self.has_sound {
            return;
        }
        // Players want times that never go back.
        let at_ms = show_ms.saturating_sub(self.began_ms).max(self.last_ms);
        self.last_ms = at_ms;
        let is_over = |cluster: &Cluster| {
            let age_ms = at_ms - cluster.at_ms;
            let is_key = frame.setup.is_some();
            age_ms >= CLUSTER_MS || (is_key && age_ms >= SHORT_CLUSTER_MS) || cluster.blocks.len() + frame.bytes.len() > CLUSTER_BYTES
        };
        if self.cluster.as_ref().is_some_and(is_over) {
            self.flush(pieces);
        }
        let cluster = self.cluster.get_or_insert_with(|| Cluster { at_ms, opened_ms: now_ms, blocks: Vec::new() });
        let [high, low] = u16::try_from(at_ms - cluster.at_ms).unwrap_or(0).to_be_bytes();
        let stands_alone = frame.setup.is_some() || frame.track == Track::Sound;
        let head = [0x80 | frame.track as u8, high, low, if stands_alone { 0x80 } else { 0 }];
        cluster.blocks.extend(element(SIMPLE_BLOCK, &[&head, &frame.bytes[..]].concat()));
    }

    /// Keeps what waits for more, if none comes.
    pub fn rest(&mut self, now_ms: u64, pieces: &mut Vec<Piece>) {
        if self.cluster.as_ref().is_some_and(|cluster| now_ms.saturating_sub(cluster.opened_ms) >= REST_MS) {
            self.flush(pieces);
        }
    }

    /// Ends the cluster that is open.
    pub fn flush(&mut self, pieces: &mut Vec<Piece>) {
        let Some(cluster) = self.cluster.take() else { return };
        let begins = !std::mem::replace(&mut self.has_head, true);
        let mut bytes = if begins { self.head() } else { Vec::new() };
        let time = element(TIMESTAMP, &cluster.at_ms.to_be_bytes());
        bytes.extend(wide_head(CLUSTER, (time.len() + cluster.blocks.len()) as u64));
        bytes.extend(time);
        bytes.extend(cluster.blocks);
        pieces.push(Piece { begins, began_ms: self.began_ms, bytes });
    }

    fn head(&self) -> Vec<u8> {
        let Setup { codec, width, height, private } = &self.setup;
        // H.264 stands in no WebM proper; browsers play it all the same, as they record it.
        let is_webm = *codec != Codec::H264;
        let info = [element(TIMESTAMP_SCALE, &1_000_000_u32.to_be_bytes()), element(0x4d80, b"WrenCOS"), element(0x5741, b"WrenCOS")];
        let size = [element(0xb0, &width.to_be_bytes()), element(0xba, &height.to_be_bytes())].concat();
        let mut tracks = track(Track::Picture, codec_id(*codec), private, &element(0xe0, &size));
        if self.has_sound {
            let form = [element(0xb5, &48_000_f32.to_be_bytes()), element(0x9f, &[2])].concat();
            tracks.extend(track(Track::Sound, b"A_OPUS", &OPUS_HEAD, &element(0xe1, &form)));
        }
        // The head of a segment without the size in it.
        let mut segment = wide_head(SEGMENT, 0);
        segment.truncate(segment.len() - OPEN.len());
        segment.extend(OPEN);
        [head(is_webm), segment, element(INFO, &info.concat()), element(TRACKS, &tracks)].concat()
    }
}

fn codec_id(codec: Codec) -> &'static [u8] {
    match codec {
        Codec::H264 => AVC,
        Codec::Vp9 => VP9,
        Codec::Av1 => AV1,
        _ => VP8,
    }
}

fn track(track: Track, codec: &[u8], private: &[u8], form: &[u8]) -> Vec<u8> {
    let number = track as u8;
    // The kinds are numbered as the tracks are here; no block holds several frames.
    let mut entry = [element(0xd7, &[number]), element(0x73c5, &[number]), element(0x83, &[number]), element(0x9c, &[0]), element(0x86, codec)].concat();
    if !private.is_empty() {
        entry.extend(element(0x63a2, private));
    }
    entry.extend_from_slice(form);
    element(0xae, &entry)
}
