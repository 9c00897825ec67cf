//! What one viewer got, and when.

use std::{
    ops::Range,
    time::{Duration, Instant},
};

/// What every media packet says of itself, behind what belongs to its codec.
#[derive(Debug, Clone, Copy)]
pub struct Stamp {
    /// Counted over pictures and sounds together.
    pub number: u64,
    /// When it was sent, counted from the beginning of the bench.
    pub sent: Duration,
}

impl Stamp {
    /// Writes it behind what is there.
    pub fn write(self, payload: &mut Vec<u8>) {
        payload.extend(self.number.to_be_bytes());
        payload.extend(u64::try_from(self.sent.as_nanos()).unwrap().to_be_bytes());
    }

    fn read(bytes: &[u8]) -> Self {
        let word = |from: usize| u64::from_be_bytes(bytes[from..from + 8].try_into().unwrap());
        Self { number: word(0), sent: Duration::from_nanos(word(8)) }
    }
}

/// See the module.
#[derive(Debug, Default)]
pub struct Tally {
    /// When it asked for the picture.
    pub asked_at: Option<Instant>,
    first_at: Option<Instant>,
    first_picture_at: Option<Instant>,
    /// The number of each packet, and how long it was on its way.
    got: Vec<(u64, u64)>,
}

impl Tally {
    /// Notes a packet that arrived at this moment.
    pub fn take(&mut self, payload: &[u8], began: Instant, at: Instant) {
        // The descriptor of these pictures begins with this bit, and these sounds do not.
        let is_picture = payload[0] & 0x80 != 0;
        let stamp = Stamp::read(&payload[if is_picture { super::camera::PICTURE_BYTES } else { super::camera::SOUND_BYTES }..]);
        let delay = at.saturating_duration_since(began).saturating_sub(stamp.sent);
        self.got.push((stamp.number, micros(delay)));
        self.first_at.get_or_insert(at);
        if is_picture {
            self.first_picture_at.get_or_insert(at);
        }
    }

    /// Whether it has the picture.
    pub fn is_watching(&self) -> bool {
        self.first_picture_at.is_some()
    }

    /// Microseconds from asking to the first packet of any kind, and to the first of a picture.
    pub fn joined(&self) -> Option<(u64, u64)> {
        let since = |at: Option<Instant>| Some(micros(at?.saturating_duration_since(self.asked_at?)));
        Some((since(self.first_at)?, since(self.first_picture_at)?))
    }

    /// How long the packets of these numbers were on their way, in microseconds: each once, as it came first.
    pub fn delays(&self, numbers: &Range<u64>) -> Vec<u64> {
        let mut got: Vec<(u64, u64)> = self.got.iter().filter(|(number, _)| numbers.contains(number)).copied().collect();
        got.sort_unstable();
        got.dedup_by_key(|(number, _)| *number);
        got.into_iter().map(|(_, delay)| delay).collect()
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap()
}
