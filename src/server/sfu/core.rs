//! What the media server decides about one show: from which connection of the host picture and sound are taken, which
//! packet goes to which viewer under which number, and when the host is asked for a key frame.
//!
//! **It has no socket, no clock and no WebRTC**: packets are described to it, and time is a parameter.

mod feed;
mod keys;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

pub use self::feed::Rewritten;
use self::{feed::Feed, keys::Keys};

/// One viewer's requests for key frames count at most this often: each one costs every viewer bandwidth.
const WISH_EVERY: Duration = Duration::from_secs(1);

/// One connection of the host. A later one has a greater number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source(pub u64);

/// One connection of a viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Viewer(pub u64);

/// Sound or picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Audio,
    Video,
}

/// What the payload of a picture says of its place among others (VP8's payload descriptor, RFC 7741).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// 15 bits.
    pub id: u16,
    pub layer_zero: Option<u8>,
}

/// An RTP packet as far as decisions need it.
#[derive(Debug, Clone, Copy)]
pub struct Packet {
    pub kind: Kind,
    /// Counted on over the 16 bits of the wire.
    pub seq: u64,
    /// In units of the clock.
    pub time: u32,
    pub clock_hz: u32,
    /// Whether a picture that needs no other begins here.
    pub starts_key: bool,
    pub picture: Option<Picture>,
}

/// Which connection of the host a kind is taken from.
#[derive(Debug, Default)]
struct Track {
    source: Option<Source>,
}

/// What a viewer is sent, and what it may ask for.
#[derive(Debug)]
struct Seat {
    audio: Feed,
    video: Feed,
    wished_at: Option<Instant>,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Stage {
    audio: Track,
    video: Track,
    viewers: BTreeMap<Viewer, Seat>,
    keys: Keys,
}

impl Stage {
    /// A viewer is connected. `start` is the number of its first packets, below 2^15, so that both ends agree that the
    /// number has not wrapped yet.
    pub fn join(&mut self, viewer: Viewer, start: u16, now: Instant) {
        let feed = || Feed::new(u64::from(start & 0x7fff));
        self.viewers.insert(viewer, Seat { audio: feed(), video: feed(), wished_at: None });
        self.keys.want(now);
    }

    /// A viewer is gone.
    pub fn leave(&mut self, viewer: Viewer) {
        self.viewers.remove(&viewer);
        if self.viewers.is_empty() {
            self.keys.rest();
        }
    }

    /// A new connection of the host is there: its picture is asked for at once.
    pub fn source_came(&mut self, now: Instant) {
        if !self.viewers.is_empty() {
            self.keys.want(now);
        }
    }

    /// A viewer cannot go on without a key frame.
    pub fn key_wished(&mut self, viewer: Viewer, now: Instant) {
        let Some(seat) = self.viewers.get_mut(&viewer) else { return };
        if seat.wished_at.is_none_or(|at| now.saturating_duration_since(at) >= WISH_EVERY) {
            seat.wished_at = Some(now);
            self.keys.want(now);
        }
    }

    /// Somebody who is no viewer cannot go on without a key frame.
    pub fn key_needed(&mut self, now: Instant) {
        self.keys.want(now);
    }

    /// Whether the host is to be asked for a key frame now. True at most twice a second.
    pub fn key_due(&mut self, now: Instant) -> bool {
        self.keys.due(now)
    }

    /// When [`key_due`](Self::key_due) is worth asking again.
    pub fn due(&self) -> Option<Instant> {
        self.keys.next()
    }

    /// Whether a packet goes to anybody. The newest connection takes over with its first sound, and with its first key
    /// frame: until then the picture of the former goes on.
    pub fn takes(&mut self, source: Source, packet: &Packet) -> bool {
        let track = match packet.kind {
            Kind::Audio => &mut self.audio,
            Kind::Video => &mut self.video,
        };
        let begins = packet.kind == Kind::Audio || packet.starts_key;
        if begins && track.source.is_none_or(|current| current < source) {
            track.source = Some(source);
        }
        let is_taken = track.source == Some(source);
        if is_taken && packet.kind == Kind::Video && packet.starts_key {
            self.keys.came();
        }
        is_taken
    }

    /// Under which numbers a packet that [`takes`](Self::takes) let through goes to a viewer; `None` where it does not.
    pub fn pass(&mut self, viewer: Viewer, source: Source, packet: &Packet, now: Instant) -> Option<Rewritten> {
        let seat = self.viewers.get_mut(&viewer)?;
        match packet.kind {
            Kind::Audio => seat.audio.pass(source, packet, now),
            Kind::Video => seat.video.pass(source, packet, now),
        }
    }
}
