//! When the host is asked for a key frame: as soon as somebody needs one, but no more than twice a second, since each
//! one is many times as large as another picture and goes to everybody.

use std::time::{Duration, Instant};

/// The host is not asked again within this time.
pub(super) const ASK_EVERY: Duration = Duration::from_millis(500);

#[derive(Debug, Default)]
pub(super) struct Keys {
    wanted: Option<Instant>,
    asked_at: Option<Instant>,
}

impl Keys {
    pub fn want(&mut self, now: Instant) {
        self.wanted.get_or_insert(now);
    }

    /// One came: whoever waited for it has it now.
    pub fn came(&mut self) {
        self.wanted = None;
    }

    /// Nobody is left to want one.
    pub fn rest(&mut self) {
        self.wanted = None;
    }

    /// Whether to ask now. What was asked and did not come is asked again.
    pub fn due(&mut self, now: Instant) -> bool {
        let is_due = self.next().is_some_and(|at| at <= now);
        if is_due {
            self.asked_at = Some(now);
        }
        is_due
    }

    pub fn next(&self) -> Option<Instant> {
        let wanted = self.wanted?;
        Some(self.asked_at.map_or(wanted, |at| (at + ASK_EVERY).max(wanted)))
    }
}
