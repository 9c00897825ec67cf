//! What a media server receives, written as a browser's recorder would write it: RTP packets in, WebM in pieces of about a
//! second out, of which each goes on where the one before ended. Decodes nothing, and has no clock: time is a parameter,
//! in milliseconds from any moment that stays the same.
//!
//! **What it holds is bounded**, whatever comes: packets that wait for a missing one, frames that wait for those of the other
//! track, and one cluster. A picture that lost anything is left out, and all that follow until one stands for itself.

mod av1;
mod bits;
mod h264;
mod lane;
mod order;
mod picture;
#[cfg(test)]
mod tests;
mod vp9;
mod write;

use std::{collections::BTreeMap, sync::Arc};

use self::{
    lane::Lane,
    picture::Setup,
    write::{Session, Track},
};

/// Frames of one track wait so long for those of the other. More than packets wait for a missing one.
const HOLD_MS: u64 = 1500;
/// A recording without sound begins only after this: sound that came later could not be added.
const SOUND_WAIT_MS: u64 = 2000;
/// The most that waits, in bytes of frames and in frames.
const MOST_HELD_BYTES: usize = 8 * 1024 * 1024;
const MOST_HELD: usize = 4096;
/// Without a picture that stands for itself for this long there would be no place to go to in the film.
const KEY_EVERY_MS: u64 = 10_000;

/// How a packet's payload is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    Opus,
    Vp8,
    Vp9,
    H264,
    Av1,
}

impl Codec {
    fn is_sound(self) -> bool {
        self == Self::Opus
    }
}

/// An RTP packet.
#[derive(Debug, Clone)]
pub struct Packet {
    pub codec: Codec,
    /// Of which stream (SSRC): each counts by itself.
    pub stream: u32,
    /// Counted on over the 16 bits of the wire.
    pub seq: u64,
    /// In units of the codec's clock; wraps.
    pub time: u32,
    /// The marker: of a picture, the last packet.
    pub is_last: bool,
    pub at_ms: u64,
    pub payload: Arc<[u8]>,
}

/// Bytes of a WebM file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// It is the start of a file; what came before belongs to another.
    pub begins: bool,
    /// When the file it belongs to began.
    pub began_ms: u64,
    pub bytes: Vec<u8>,
}

/// A whole frame of sound or picture.
#[derive(Debug)]
struct Frame {
    track: Track,
    at_ms: u64,
    /// Of a picture that stands for itself: what a decoder must know first.
    setup: Option<Setup>,
    bytes: Vec<u8>,
}

/// See the module.
#[derive(Debug)]
pub struct Tape {
    sound: Lane,
    picture: Lane,
    /// By the time at which they are shown, and in the order in which they came.
    held: BTreeMap<(u64, u64), Frame>,
    held_bytes: usize,
    count: u64,
    session: Option<Session>,
    last_key_ms: Option<u64>,
    pieces: Vec<Piece>,
}

impl Default for Tape {
    fn default() -> Self {
        Self {
            sound: Lane::new(48_000),
            picture: Lane::new(90_000),
            held: BTreeMap::new(),
            held_bytes: 0,
            count: 0,
            session: None,
            last_key_ms: None,
            pieces: Vec::new(),
        }
    }
}

impl Tape {
    /// Takes a packet, and gives the pieces that are whole by now.
    pub fn take(&mut self, packet: Packet) -> Vec<Piece> {
        let now_ms = packet.at_ms;
        let lane = if packet.codec.is_sound() { &mut self.sound } else { &mut self.picture };
        lane.put(packet);
        self.pass(now_ms)
    }

    /// Lets time pass, and gives the pieces that are whole by now.
    pub fn pass(&mut self, now_ms: u64) -> Vec<Piece> {
        self.collect(now_ms);
        self.write(now_ms);
        if let Some(session) = &mut self.session {
            session.rest(now_ms, &mut self.pieces);
        }
        std::mem::take(&mut self.pieces)
    }

    /// Nothing more comes: all that is left, without the frames that are not whole.
    pub fn finish(mut self) -> Vec<Piece> {
        self.collect(u64::MAX);
        self.write(u64::MAX);
        if let Some(session) = &mut self.session {
            session.flush(&mut self.pieces);
        }
        self.pieces
    }

    /// Something that was given could not be kept: what comes next is a file of its own.
    pub fn restart(&mut self) {
        self.session = None;
        self.held.clear();
        self.held_bytes = 0;
        self.pieces.clear();
        self.picture.break_off();
    }

    /// Whether it can only go on, or only be sought in, with a picture that stands for itself.
    pub fn wants_key(&self, now_ms: u64) -> bool {
        self.picture.needs_key() || self.last_key_ms.is_none_or(|at| now_ms.saturating_sub(at) >= KEY_EVERY_MS)
    }

    // Makes frames of packets.
    fn collect(&mut self, now_ms: u64) {
        for (track, lane) in [(Track::Picture, &mut self.picture), (Track::Sound, &mut self.sound)] {
            lane.frames(now_ms, |show_ms, whole| {
                if whole.setup.is_some() {
                    self.last_key_ms = Some(whole.at_ms);
                }
                self.count += 1;
                self.held_bytes += whole.bytes.len();
                self.held.insert((show_ms, self.count), Frame { track, at_ms: whole.at_ms, setup: whole.setup, bytes: whole.bytes });
            });
        }
    }

    // Writes the frames before which none can come any more.
    fn write(&mut self, now_ms: u64) {
        if self.session.is_none() {
            self.begin(now_ms);
        }
        let both_ms = [self.sound.newest_ms(), self.picture.newest_ms()].into_iter().flatten().min().unwrap_or(0);
        let has_sound = self.sound.newest_ms().is_some();
        let mut count = self.held.len();
        while let Some(session) = &mut self.session
            && let Some(entry) = self.held.first_entry()
        {
            let is_due = entry.key().0 <= both_ms || now_ms.saturating_sub(entry.get().at_ms) >= HOLD_MS;
            if !is_due && self.held_bytes <= MOST_HELD_BYTES && count <= MOST_HELD {
                break;
            }
            let ((show_ms, _), frame) = entry.remove_entry();
            (self.held_bytes, count) = (self.held_bytes - frame.bytes.len(), count - 1);
            if let Some(setup) = frame.setup.as_ref().filter(|setup| !session.fits(setup, has_sound)) {
                session.flush(&mut self.pieces);
                *session = Session::new(setup.clone(), has_sound, show_ms);
            }
            session.write(show_ms, now_ms, &frame, &mut self.pieces);
        }
    }

    // Begins a file with the first picture that stands for itself.
    fn begin(&mut self, now_ms: u64) {
        let key = self.held.iter().find_map(|(at, frame)| Some((*at, frame.at_ms, frame.setup.clone()?)));
        let Some((at, came_ms, setup)) = key else {
            // Sound before a picture is of use for a moment only.
            let newest_ms = self.sound.newest_ms().unwrap_or(0);
            self.drop_held(|(show_ms, _)| show_ms + HOLD_MS < newest_ms);
            return;
        };
        let is_full = self.held_bytes > MOST_HELD_BYTES || self.held.len() > MOST_HELD;
        let has_sound = self.sound.newest_ms().is_some();
        if !has_sound && !is_full && now_ms.saturating_sub(came_ms) < SOUND_WAIT_MS {
            return;
        }
        self.drop_held(|before| before < at);
        self.session = Some(Session::new(setup, has_sound, at.0));
    }

    fn drop_held(&mut self, is_dropped: impl Fn((u64, u64)) -> bool) {
        while let Some(entry) = self.held.first_entry().filter(|entry| is_dropped(*entry.key())) {
            self.held_bytes -= entry.remove().bytes.len();
        }
    }
}
