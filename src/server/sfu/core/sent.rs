//! What one viewer was sent of the picture in the last seconds. A browser's estimate never exceeds what came by much, so one that
//! is low says something of the network only if more was sent.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// What is sent is counted in pieces of this length.
const PIECE: Duration = Duration::from_millis(250);
/// Pieces of a second, over which browsers count what comes.
const SECOND: usize = 4;
/// Pieces that are looked at: an estimate is made of what came before, and takes a while to arrive.
const PIECES: usize = 3 * SECOND;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// When the present piece began.
    since: Option<Instant>,
    /// Bytes, the newest last: that is the present piece.
    pieces: VecDeque<u64>,
}

impl Sent {
    /// A packet of the picture is on its way.
    pub fn add(&mut self, bytes: usize, now: Instant) {
        self.turn(now);
        if let Some(present) = self.pieces.back_mut() {
            *present += bytes as u64;
        }
    }

    /// Bits a second that an estimate of now has to be compared with, sent lately or since that moment; nothing before that is
    /// known. Where one second had less than half of another, the host's browser left out a size, or a scene was quiet: what
    /// the viewer's browser finds out then is no limit of its network, unless it is clearly less than the least of them.
    pub fn bps(&mut self, since: Option<Instant>, now: Instant) -> Option<u64> {
        self.turn(now);
        let began = self.since?;
        let present = now.saturating_duration_since(began);
        let counted = since.map_or(PIECES, |since| began.checked_duration_since(since).map_or(0, |passed| passed.as_millis() / PIECE.as_millis() + 1) as usize);
        let pieces: Vec<u64> = self.pieces.iter().skip(self.pieces.len().saturating_sub(counted)).copied().collect();
        if pieces.len() <= SECOND {
            return None;
        }
        // Of each second the last piece may be the present one, which is not over.
        let length = |end: usize| PIECE * (SECOND as u32 - 1) + if end == pieces.len() { present } else { PIECE };
        let rates = (SECOND..=pieces.len()).map(|end| {
            let bytes: u64 = pieces[end - SECOND..end].iter().sum();
            bytes.saturating_mul(8_000_000) / u64::try_from(length(end).as_micros()).unwrap_or(u64::MAX).max(1)
        });
        let (least, most, sum, count) =
            rates.fold((u64::MAX, 0, 0_u64, 0), |(least, most, sum, count), bps| (bps.min(least), bps.max(most), sum.saturating_add(bps), count + 1));
        Some(if least.saturating_mul(2) < most { least - least / 4 } else { sum / count })
    }

    fn turn(&mut self, now: Instant) {
        let mut since = *self.since.get_or_insert(now);
        if self.pieces.is_empty() {
            self.pieces.push_back(0);
        }
        let passed = usize::try_from(now.saturating_duration_since(since).as_millis() / PIECE.as_millis()).unwrap_or(usize::MAX);
        // After a long pause all that is looked at is nothing.
        for _ in 0..passed.min(PIECES) {
            self.pieces.push_back(0);
        }
        if passed > 0 {
            since = if passed > PIECES { now } else { since + PIECE * passed as u32 };
        }
        let old = self.pieces.len().saturating_sub(PIECES);
        self.pieces.drain(..old);
        self.since = Some(since);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_before_a_trial_is_not_looked_at() {
        let (mut sent, zero) = (Sent::default(), Instant::now());
        let at = |ms: u64| zero + Duration::from_millis(ms);
        for tenth in 0..60 {
            sent.add(if tenth < 40 { 3_750 } else { 7_500 }, at(tenth * 100));
        }
        let kbps = |sent: &mut Sent, since: Option<u64>, ms| sent.bps(since.map(at), at(ms)).map(|bps| bps / 1_000);
        assert!(kbps(&mut sent, None, 5_999).is_some_and(|kbps| kbps < 500));
        assert!(kbps(&mut sent, Some(4_000), 5_999).is_some_and(|kbps| (550..650).contains(&kbps)));
        assert_eq!(kbps(&mut sent, Some(5_300), 5_999), None, "not for a second yet");
        assert_eq!(kbps(&mut sent, Some(7_000), 5_999), None);
    }

    #[test]
    fn a_second_with_little_in_it_is_what_counts() {
        let (mut sent, zero) = (Sent::default(), Instant::now());
        let at = |ms: u64| zero + Duration::from_millis(ms);
        // Ten pictures of a second, and what counts after half of it and at its end, in kbit/s.
        let run = |sent: &mut Sent, from_ms: u64, bytes: usize| {
            let kbps = |sent: &mut Sent, ms| sent.bps(None, at(ms)).map(|bps| bps / 1_000);
            (0..5).for_each(|tenth| sent.add(bytes, at(from_ms + tenth * 100)));
            let half = kbps(sent, from_ms + 499);
            (5..10).for_each(|tenth| sent.add(bytes, at(from_ms + tenth * 100)));
            (half, kbps(sent, from_ms + 999))
        };
        assert_eq!(run(&mut sent, 0, 7_500), (None, None), "one second is not enough");
        let near = |(_, bps): (Option<u64>, Option<u64>), kbps: u64| bps.is_some_and(|bps| bps.abs_diff(kbps) <= kbps / 10);
        for second in 1..5 {
            assert!(near(run(&mut sent, second * 1_000, 7_500), 600));
        }
        assert!(near(run(&mut sent, 5_000, 6_000), 560), "some more or less is the picture's own");
        assert!(near(run(&mut sent, 6_000, 7_500), 570));
        let (half, whole) = run(&mut sent, 7_000, 0);
        assert!(half.is_some_and(|bps| bps < 500) && whole == Some(0), "it shows while it happens: {half:?}");
        for (second, kbps) in [(8, 0), (9, 0), (10, 600)] {
            assert!(near(run(&mut sent, second * 1_000, 7_500), kbps), "after three seconds it is forgotten");
        }
        assert_eq!(sent.bps(None, at(60_000)), Some(0));
        assert!(near(run(&mut sent, 60_000, 7_500), 0));
    }
}
