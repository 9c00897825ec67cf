//! Which size of the picture one viewer's network carries: down at once when it is too much, up only after a while, and each
//! time more carefully after it did not work.
//!
//! What browsers report is the share of packets that were lost (RFC 3550, 6.4.1), and the rate that they believe they can
//! receive (REMB). The latter never exceeds what comes by more than half, so it cannot say that a much larger size would
//! fit: that is tried.

use std::time::{Duration, Instant};

use super::layers::{Ladder, Layer, Rung};

/// The first time nothing is known, and a viewer with a good network should not wait.
const UP_FIRST: Duration = Duration::from_secs(2);
/// How long it must have been good for more, and the longest that this becomes.
const UP_AFTER: Duration = Duration::from_secs(5);
const UP_SELDOM: Duration = Duration::from_secs(60);
/// A larger size that was too much within this time was tried in vain.
const TRIAL: Duration = Duration::from_secs(15);
/// Reports that come this soon after a change speak of the time before.
const SETTLE: Duration = Duration::from_secs(2);
/// An estimate that falls twice within this time is no accident.
const FALLS_AGAIN: Duration = Duration::from_secs(5);
/// With this much lost a picture needs less; with less than this it may have more.
const LOST_MUCH: f32 = 0.10;
const LOST_LITTLE: f32 = 0.08;

/// What a viewer's browser says of the network between us.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Report {
    /// Bits a second that it believes it can receive.
    Estimate(u64),
    /// The share of packets that did not come, of 1.
    Lost(f32),
}

/// See the module.
#[derive(Debug)]
pub(super) struct Choice {
    target: Layer,
    estimate: Option<u64>,
    fell_at: Option<Instant>,
    lost: f32,
    good_since: Instant,
    wait: Duration,
    tried_at: Option<Instant>,
    changed_at: Instant,
}

impl Choice {
    pub fn new(target: Layer, now: Instant) -> Self {
        let changed_at = now;
        Self { target, estimate: None, fell_at: None, lost: 0.0, good_since: now, wait: UP_FIRST, tried_at: None, changed_at }
    }

    /// What the viewer is to see. Never nothing: a still picture is asked for anew, and sound goes its own way.
    pub fn target(&self) -> Layer {
        self.target
    }

    /// Takes a report: what is too much ends at once.
    pub fn report(&mut self, report: Report, ladder: &Ladder, now: Instant) {
        match report {
            Report::Estimate(bps) => self.estimated(bps, ladder, now),
            Report::Lost(share) => self.lost(share, ladder, now),
        }
    }

    // After a change to more the estimate is still that of less, and grows: only one that falls says anything.
    fn estimated(&mut self, bps: u64, ladder: &Ladder, now: Instant) {
        let falls = self.estimate.replace(bps).is_none_or(|before| bps < before - before / 32);
        let Some(at) = self.place(ladder) else { return };
        let rate = ladder.rungs.get(at).and_then(|rung| rung.bps).unwrap_or(0);
        if !falls || bps >= rate {
            return;
        }
        let falls_again = self.fell_at.replace(now).is_some_and(|at| now.saturating_duration_since(at) < FALLS_AGAIN);
        if bps < rate - rate / 5 || falls_again {
            let lower: Vec<&Rung> = ladder.rungs.iter().take(at).collect();
            let fits = lower.iter().rfind(|rung| rung.bps.is_some_and(|rung| rung <= bps));
            if let Some(rung) = fits.or(lower.first()) {
                self.down(rung.layer, now);
            }
        }
    }

    fn lost(&mut self, share: f32, ladder: &Ladder, now: Instant) {
        self.lost = share;
        let Some(at) = self.place(ladder).filter(|_| self.is_settled(now)) else { return };
        if let Some(below) = at.checked_sub(1).and_then(|below| ladder.rungs.get(below)).filter(|_| share > LOST_MUCH) {
            self.down(below.layer, now);
        }
    }

    /// Lets time pass: a size that does not come any more is left, a larger one is tried when it may be.
    pub fn decide(&mut self, ladder: &Ladder, now: Instant) {
        let Some(first) = ladder.rungs.first() else {
            self.good_since = now;
            return;
        };
        let Some(at) = self.place(ladder) else {
            let next = ladder.rungs.iter().rfind(|rung| rung.layer < self.target).unwrap_or(first);
            (self.target, self.changed_at, self.good_since) = (next.layer, now, now);
            return;
        };
        let rate = ladder.rungs.get(at).and_then(|rung| rung.bps);
        let fits = |rung: &Rung| rung.bps.zip(self.estimate).is_some_and(|(bps, estimate)| estimate >= bps + bps / 5);
        // As much above what comes as a browser ever says: it knows of no limit.
        let is_free = self.estimate.is_none_or(|estimate| rate.is_some_and(|bps| estimate >= bps + bps * 3 / 10));
        let next = ladder.rungs.get(at + 1).filter(|next| next.bps.is_some() && self.lost < LOST_LITTLE && (fits(next) || is_free));
        let Some(next) = next else {
            self.good_since = now;
            return;
        };
        if now.saturating_duration_since(self.good_since) >= self.wait {
            let largest = ladder.rungs.iter().skip(at + 1).rfind(|rung| fits(rung)).unwrap_or(next).layer;
            self.up(largest, now);
        }
    }

    fn place(&self, ladder: &Ladder) -> Option<usize> {
        ladder.rungs.iter().position(|rung| rung.layer == self.target)
    }

    fn is_settled(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.changed_at) >= SETTLE
    }

    fn up(&mut self, layer: Layer, now: Instant) {
        (self.target, self.tried_at, self.fell_at) = (layer, Some(now), None);
        (self.changed_at, self.good_since) = (now, now);
    }

    fn down(&mut self, to: Layer, now: Instant) {
        let was_in_vain = self.tried_at.take().is_some_and(|at| now.saturating_duration_since(at) < TRIAL);
        self.wait = if was_in_vain { (self.wait * 2).clamp(UP_AFTER, UP_SELDOM) } else { UP_AFTER };
        (self.target, self.fell_at, self.lost) = (to, None, 0.0);
        (self.changed_at, self.good_since) = (now, now);
    }
}
