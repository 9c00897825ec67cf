//! One track on its way from packets to frames, with the times at which they are shown.

use super::{
    Codec, Packet,
    order::{Order, Step},
    picture::{Pictures, Whole},
};

/// A sender whose time is further than this from when its packets come has begun to count anew.
const FAR_MS: u64 = 10_000;
/// The most bytes of one frame of sound (RFC 6716, 3.2: at most 48 of 1275 bytes).
const MOST_SOUND_BYTES: usize = 48 * 1276;

/// When a sender's times are, seen from here: counted on from when the first came.
#[derive(Debug)]
struct Clock {
    hz: u32,
    /// The last time that came, and how far it is from the start.
    last: Option<(u32, i64)>,
    start_ms: u64,
}

impl Clock {
    fn ms(&mut self, time: u32, at_ms: u64) -> u64 {
        if let Some((last, ticks)) = self.last {
            let ticks = ticks + i64::from(time.wrapping_sub(last).cast_signed());
            let ms = self.start_ms.saturating_add_signed(ticks * 1000 / i64::from(self.hz));
            if ms.abs_diff(at_ms) <= FAR_MS {
                self.last = Some((time, ticks));
                return ms;
            }
        }
        (self.last, self.start_ms) = (Some((time, 0)), at_ms);
        at_ms
    }
}

/// See the module.
#[derive(Debug)]
pub struct Lane {
    stream: Option<(Codec, u32)>,
    order: Order,
    pictures: Pictures,
    clock: Clock,
    newest_ms: Option<u64>,
}

impl Lane {
    pub fn new(hz: u32) -> Self {
        Self { stream: None, order: Order::default(), pictures: Pictures::default(), clock: Clock { hz, last: None, start_ms: 0 }, newest_ms: None }
    }

    pub fn put(&mut self, packet: Packet) {
        let stream = (packet.codec, packet.stream);
        if self.stream.replace(stream).is_some_and(|before| before != stream) {
            (self.order, self.pictures) = (Order::default(), Pictures::default());
            self.clock.last = None;
        }
        self.order.put(packet);
    }

    /// When the last whole frame is shown.
    pub fn newest_ms(&self) -> Option<u64> {
        self.newest_ms
    }

    pub fn needs_key(&self) -> bool {
        self.pictures.needs_key()
    }

    /// What comes does not follow on what came.
    pub fn break_off(&mut self) {
        self.pictures.gap();
    }

    /// Gives the frames that are whole, each with when it is shown: never before the one that came before it.
    pub fn frames(&mut self, now_ms: u64, mut give: impl FnMut(u64, Whole)) {
        while let Some(step) = self.order.take(now_ms) {
            let (clock, newest_ms) = (&mut self.clock, &mut self.newest_ms);
            let give = |whole: Whole| {
                let show_ms = clock.ms(whole.time, whole.at_ms).max(newest_ms.unwrap_or(0));
                *newest_ms = Some(show_ms);
                give(show_ms, whole);
            };
            match step {
                Step::Packet(packet) if packet.codec.is_sound() => Some(packet).and_then(sound).into_iter().for_each(give),
                Step::Packet(packet) => self.pictures.take(&packet, give),
                // A sound needs none of those before it.
                Step::Gap => self.pictures.gap(),
            }
        }
    }
}

// A packet of sound is a frame (RFC 7587, 4.2).
fn sound(packet: Packet) -> Option<Whole> {
    let fits = (1..=MOST_SOUND_BYTES).contains(&packet.payload.len());
    fits.then(|| Whole { time: packet.time, at_ms: packet.at_ms, setup: None, bytes: packet.payload.to_vec() })
}
