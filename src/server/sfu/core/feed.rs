//! One stream to one viewer: numbers and times that go on evenly while the host's connection behind it changes, or the size of
//! the picture, so that the viewer's browser sees one sender that never stopped.

use std::time::{Duration, Instant};

use super::{Packet, Picture, Source, layers::Layer, playout::Playout};

/// Numbers of a picture have this many bits (RFC 7741, 4.2).
const PICTURE_ID_MASK: u16 = 0x7fff;

/// What is different about a packet on its way to one viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rewritten {
    pub seq: u64,
    pub time: u32,
    /// Only where it is another than the packet says itself.
    pub picture: Option<Picture>,
    /// What the viewer's browser is to be told with it, of the picture.
    pub playout: Option<Playout>,
}

/// A stream of the host: its connection, and the size of the picture. Each has numbers and times of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    pub source: Source,
    pub layer: Layer,
}

/// What is added to the numbers of an origin.
#[derive(Debug, Clone, Copy)]
struct Shift {
    origin: Origin,
    /// What came before this place in the origin does not belong to what the viewer is sent.
    from_seq: u64,
    seq: u64,
    time: u32,
    picture_id: u16,
    layer_zero: u8,
}

/// The furthest that was sent.
#[derive(Debug, Clone, Copy)]
struct Last {
    seq: u64,
    time: u32,
    at: Instant,
    picture: Option<Picture>,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Feed {
    start: u64,
    shift: Option<Shift>,
    last: Option<Last>,
}

impl Feed {
    pub fn new(start: u64) -> Self {
        Self { start, shift: None, last: None }
    }

    /// Where the viewer's packets come from.
    pub fn origin(&self) -> Option<Origin> {
        self.shift.map(|shift| shift.origin)
    }

    /// Nothing is sent from here on; what follows goes on with the numbers.
    pub fn pause(&mut self) {
        self.shift = None;
    }

    /// The numbers of a packet. One of another origin is followed: the former is over.
    pub fn pass(&mut self, origin: Origin, packet: &Packet) -> Option<Rewritten> {
        let shift = match self.shift {
            Some(shift) if shift.origin == origin => shift,
            _ => self.follow(origin, packet),
        };
        if packet.seq < shift.from_seq {
            return None;
        }
        let seq = packet.seq.wrapping_add(shift.seq);
        let time = packet.time.wrapping_add(shift.time);
        let picture = packet.picture.map(|picture| Picture {
            id: picture.id.wrapping_add(shift.picture_id) & PICTURE_ID_MASK,
            layer_zero: picture.layer_zero.map(|layer_zero| layer_zero.wrapping_add(shift.layer_zero)),
        });
        if self.last.is_none_or(|last| seq > last.seq) {
            self.last = Some(Last { seq, time, at: packet.at, picture });
        }
        Some(Rewritten { seq, time, picture: picture.filter(|_| picture != packet.picture), playout: None })
    }

    // The next number after the last one; the time that went by since; the next picture.
    fn follow(&mut self, origin: Origin, packet: &Packet) -> Shift {
        let shift = match self.last {
            None => Shift { origin, from_seq: packet.seq, seq: self.start.wrapping_sub(packet.seq), time: 0, picture_id: 0, layer_zero: 0 },
            Some(last) => {
                let passed = ticks(packet.at.saturating_duration_since(last.at), packet.clock_hz).max(1);
                let time = last.time.wrapping_add(passed).wrapping_sub(packet.time);
                let next = |of: fn(Picture) -> Option<u16>| match (last.picture.and_then(of), packet.picture.and_then(of)) {
                    (Some(last), Some(this)) => last.wrapping_add(1).wrapping_sub(this),
                    _ => 0,
                };
                let layer_zero = next(|picture| picture.layer_zero.map(u16::from)).to_le_bytes()[0];
                let picture_id = next(|picture| Some(picture.id));
                Shift { origin, from_seq: packet.seq, seq: (last.seq + 1).wrapping_sub(packet.seq), time, picture_id, layer_zero }
            }
        };
        self.shift = Some(shift);
        shift
    }
}

// The wire's times wrap; only the low bits of a long pause matter.
fn ticks(passed: Duration, clock_hz: u32) -> u32 {
    (passed.as_micros() * u128::from(clock_hz) / 1_000_000) as u32
}
