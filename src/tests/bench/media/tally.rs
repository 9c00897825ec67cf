//! What one viewer got, and when.

use std::{
    collections::BTreeMap,
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
    pub kept: Kept,
}

/// What is written down of the packets that come.
#[derive(Debug)]
pub enum Kept {
    /// The number of each, and how long it was on its way in microseconds.
    All(Vec<(u64, u64)>),
    /// Only what is missing, for hours.
    Gaps(Gaps),
    Nothing,
}

impl Default for Kept {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl Tally {
    /// Notes a packet that arrived at this moment.
    pub fn take(&mut self, payload: &[u8], began: Instant, at: Instant) {
        // The descriptor of these pictures begins with this bit, and these sounds do not.
        let is_picture = payload[0] & 0x80 != 0;
        let stamp = Stamp::read(&payload[if is_picture { super::camera::PICTURE_BYTES } else { super::camera::SOUND_BYTES }..]);
        let delay = at.saturating_duration_since(began).saturating_sub(stamp.sent);
        match &mut self.kept {
            Kept::All(got) => got.push((stamp.number, micros(delay))),
            Kept::Gaps(gaps) => gaps.take(stamp.number, delay, at),
            Kept::Nothing => {}
        }
        self.first_at.get_or_insert(at);
        // Of what came before a key frame nothing could be shown.
        if is_picture && payload[super::camera::PICTURE_BYTES - 1] & 1 == 0 {
            self.first_picture_at.get_or_insert(at);
        }
    }

    /// Whether it has the picture.
    pub fn is_watching(&self) -> bool {
        self.first_picture_at.is_some()
    }

    /// Microseconds from asking to the first packet of any kind, and to the first of a picture that can be shown.
    pub fn joined(&self) -> Option<(u64, u64)> {
        let since = |at: Option<Instant>| Some(micros(at?.saturating_duration_since(self.asked_at?)));
        Some((since(self.first_at)?, since(self.first_picture_at)?))
    }

    /// How long the packets of these numbers were on their way, in microseconds: each once, as it came first.
    pub fn delays(&self, numbers: &Range<u64>) -> Vec<u64> {
        let Kept::All(got) = &self.kept else { return Vec::new() };
        let mut got: Vec<(u64, u64)> = got.iter().filter(|(number, _)| numbers.contains(number)).copied().collect();
        got.sort_unstable();
        got.dedup_by_key(|(number, _)| *number);
        got.into_iter().map(|(_, delay)| delay).collect()
    }
}

/// Sound and picture overtake each other. What is missing for longer was sent again.
const OVERTAKEN: Duration = Duration::from_millis(20);

/// The packets that did not come, from some number on.
#[derive(Debug)]
pub struct Gaps {
    next: u64,
    /// Since when each is missing.
    missing: BTreeMap<u64, Instant>,
    lost: u64,
    late: u64,
    longest: Duration,
}

impl Gaps {
    /// From this number on; none of those has been sent yet.
    pub fn from(next: u64) -> Self {
        Self { next, missing: BTreeMap::new(), lost: 0, late: 0, longest: Duration::ZERO }
    }

    fn take(&mut self, number: u64, delay: Duration, at: Instant) {
        if number >= self.next {
            self.missing.extend((self.next..number).map(|number| (number, at)));
            self.next = number + 1;
        } else {
            // From before, or twice.
            let Some(since) = self.missing.remove(&number) else { return };
            self.late += u64::from(at.saturating_duration_since(since) > OVERTAKEN);
        }
        self.longest = self.longest.max(delay);
    }

    /// What has been missing for so long will not come.
    pub fn give_up(&mut self, after: Duration, now: Instant) {
        let before = self.missing.len();
        self.missing.retain(|_, since| now.saturating_duration_since(*since) < after);
        self.lost += (before - self.missing.len()) as u64;
    }

    /// Packets before this number that did not come, given up or not.
    pub fn lost_before(&self, end: u64) -> u64 {
        self.lost + end.saturating_sub(self.next) + self.missing.range(..end).count() as u64
    }

    /// Packets that were missing for a while, and came.
    pub fn late(&self) -> u64 {
        self.late
    }

    /// The longest that a packet was on its way since this was asked last.
    pub fn take_longest(&mut self) -> Duration {
        std::mem::take(&mut self.longest)
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap()
}
