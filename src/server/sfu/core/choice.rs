//! Which size of the picture one viewer gets: what they wish, and what their network carries. Down at once when it is too much,
//! up only after a while, and each time more carefully after it did not work.
//!
//! What browsers report is the share of packets that were lost (RFC 3550, 6.4.1), and the rate that they believe they can
//! receive (REMB). The latter never exceeds what comes by more than half. So it cannot say that a much larger size would
//! fit: that is tried. And it falls with what is sent: only one below that speaks of a poor network.

use std::time::{Duration, Instant};

use super::{
    layers::{Ladder, Layer, Rung},
    sent::Sent,
};

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
/// Nor is one that is too low for so long and does not grow: browsers let theirs grow by a twelfth a second while nothing
/// speaks against it.
const STAYS_LOW: Duration = Duration::from_secs(4);
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
    /// By how much packets of the picture come earlier or later than they were taken, smoothed.
    Jitter(Duration),
}

/// What a viewer wishes to see. None of it takes more than the network carries for longer than it takes to find that out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wish {
    /// As much as the network carries.
    #[default]
    Auto,
    /// This size, at once, and never a larger one while it comes.
    AtMost(Layer),
    /// No picture.
    SoundOnly,
}

impl Wish {
    const fn largest(self) -> Layer {
        match self {
            Self::AtMost(layer) => layer,
            Self::Auto | Self::SoundOnly => Layer::LARGEST,
        }
    }
}

/// An estimate below what is sent, since when, and its lowest.
#[derive(Debug, Clone, Copy)]
struct Low {
    since: Instant,
    bps: u64,
}

/// See the module.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    wish: Wish,
    target: Layer,
    /// A larger size that was left although the network carried it: it did not come, or was not wished.
    missed: Option<Layer>,
    estimate: Option<u64>,
    low: Option<Low>,
    fell_at: Option<Instant>,
    lost: f32,
    good_since: Instant,
    wait: Duration,
    /// When more was last tried, and when anything was last changed.
    tried_at: Option<Instant>,
    changed_at: Instant,
}

impl Choice {
    pub fn new(target: Layer, now: Instant) -> Self {
        let (wish, missed) = (Wish::Auto, None);
        let (estimate, low, fell_at, lost, tried_at) = (None, None, None, 0.0, None);
        Self { wish, target, missed, estimate, low, fell_at, lost, good_since: now, wait: UP_FIRST, tried_at, changed_at: now }
    }

    /// That of a new connection of the same viewer: what was wished and found out holds, what was reported does not.
    pub fn succeed(&self, now: Instant) -> Self {
        Self { estimate: None, low: None, fell_at: None, lost: 0.0, good_since: now, changed_at: now, ..self.clone() }
    }

    /// What the viewer is to see. Never nothing: a still picture is asked for anew, and sound goes its own way.
    pub fn target(&self) -> Layer {
        self.target
    }

    /// Whether the viewer wishes to see anything.
    pub fn is_seen(&self) -> bool {
        self.wish != Wish::SoundOnly
    }

    /// Takes a wish.
    pub fn wish(&mut self, wish: Wish, ladder: &Ladder, now: Instant) {
        let was_seen = self.is_seen();
        if std::mem::replace(&mut self.wish, wish) == wish {
            return;
        }
        match wish {
            Wish::AtMost(layer) if layer != self.target => {
                if layer > self.target {
                    self.up(layer, now);
                } else {
                    // It is gone back to when it is wished again.
                    self.missed = self.missed.max(Some(self.target));
                    self.turn(layer, now);
                }
            }
            _ if !was_seen => self.turn(self.target, now),
            _ => {}
        }
        self.decide(ladder, now);
    }

    /// Takes a report: what is too much ends at once.
    pub fn report(&mut self, report: Report, sent: &mut Sent, ladder: &Ladder, now: Instant) {
        match report {
            Report::Estimate(bps) => self.estimated(bps, sent, ladder, now),
            Report::Lost(share) => self.lost(share, ladder, now),
            Report::Jitter(_) => {}
        }
    }

    fn estimated(&mut self, bps: u64, sent: &mut Sent, ladder: &Ladder, now: Instant) {
        let is_recent = |at: Instant| now.saturating_duration_since(at) < FALLS_AGAIN;
        // The first is as low as browsers begin.
        let falls = self.estimate.replace(bps).is_some_and(|before| bps < before - before / 32);
        // What falls after more was tried falls because of that, however soon.
        let trial = self.tried_at.filter(|at| *at == self.changed_at && is_recent(*at));
        let (is_settled, fell_lately) = (self.is_settled(now), self.fell_at.is_some_and(is_recent));
        if falls && trial.is_some() {
            self.fell_at = Some(now);
        }
        let Some(sent) = sent.bps(trial, now).filter(|sent| bps < *sent && self.is_seen()) else {
            self.low = None;
            return;
        };
        let low = match self.low {
            Some(low) if bps <= low.bps + low.bps / 16 => Low { bps: bps.min(low.bps), ..low },
            _ => Low { since: now, bps },
        };
        self.low = Some(low);
        if !is_settled {
            return;
        }
        if falls {
            self.fell_at = Some(now);
        }
        let is_far_below = bps < sent - sent / 5 && (falls || fell_lately && trial.is_some());
        let falls_again = falls && fell_lately;
        if is_far_below || falls_again || now.saturating_duration_since(low.since) >= STAYS_LOW {
            let lower: Vec<&Rung> = ladder.rungs.iter().take_while(|rung| rung.layer < self.target).collect();
            let fits = lower.iter().rfind(|rung| rung.rate.is_some_and(|rate| rate.peak <= bps));
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
        let Some(first) = ladder.rungs.first().filter(|_| self.is_seen()) else {
            self.good_since = now;
            return;
        };
        let largest = self.wish.largest();
        let Some(at) = self.place(ladder) else {
            let next = ladder.rungs.iter().rfind(|rung| rung.layer < self.target).unwrap_or(first).layer;
            self.missed = self.missed.max(Some(self.target));
            self.turn(next, now);
            return;
        };
        if let Some(rung) = ladder.rungs.iter().rfind(|rung| rung.layer <= largest).filter(|_| self.target > largest) {
            self.turn(rung.layer, now);
            return;
        }
        if let Some(missed) = self.missed {
            // What comes again was too much for nobody.
            if let Some(rung) = ladder.rungs.iter().rfind(|rung| rung.layer <= missed.min(largest)).filter(|rung| rung.layer > self.target) {
                self.turn(rung.layer, now);
                return;
            }
            self.missed = self.missed.filter(|missed| *missed > self.target);
        }
        let rate = ladder.rungs.get(at).and_then(|rung| rung.rate);
        let fits = |rung: &Rung| rung.rate.zip(self.estimate).is_some_and(|(rate, estimate)| estimate >= rate.peak + rate.peak / 5);
        // As much above what comes as a browser ever says, some noise aside: it knows of no limit. That it is more than a
        // quiet scene takes says nothing.
        let is_above = |estimate: u64| rate.is_some_and(|rate| estimate >= rate.bps + rate.bps / 5 && rate.bps >= rate.peak / 2);
        let is_free = self.estimate.is_none_or(is_above);
        let may_be = |next: &&Rung| next.layer <= largest && next.rate.is_some() && self.lost < LOST_LITTLE && (fits(next) || is_free);
        let Some(next) = ladder.rungs.get(at + 1).filter(may_be) else {
            self.good_since = now;
            return;
        };
        if now.saturating_duration_since(self.good_since) >= self.wait {
            let fitting = ladder.rungs.iter().skip(at + 1).rfind(|rung| rung.layer <= largest && fits(rung));
            self.up(fitting.unwrap_or(next).layer, now);
        }
    }

    fn place(&self, ladder: &Ladder) -> Option<usize> {
        ladder.rungs.iter().position(|rung| rung.layer == self.target)
    }

    fn is_settled(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.changed_at) >= SETTLE
    }

    fn up(&mut self, layer: Layer, now: Instant) {
        self.tried_at = Some(now);
        self.turn(layer, now);
    }

    fn down(&mut self, to: Layer, now: Instant) {
        let was_in_vain = self.tried_at.take().is_some_and(|at| now.saturating_duration_since(at) < TRIAL);
        self.wait = if was_in_vain { (self.wait * 2).clamp(UP_AFTER, UP_SELDOM) } else { UP_AFTER };
        (self.lost, self.missed) = (0.0, None);
        self.turn(to, now);
    }

    fn turn(&mut self, to: Layer, now: Instant) {
        (self.target, self.low, self.fell_at) = (to, None, None);
        (self.changed_at, self.good_since) = (now, now);
    }
}
