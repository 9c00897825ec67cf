//! How one viewer's browser is to play the picture: promptly, or evenly.
//!
//! Browsers hold each picture back for as long as others came late of late, a key frame among them, so that motion stays even.
//! On a network where hardly anything comes late that is a frame's time for little. The browser says how unevenly packets come
//! (RFC 3550, 6.4.1), and is told what to do about it (the playout delay among WebRTC's header extensions).

use std::time::{Duration, Instant};

use super::Report;

/// More than this may be seen. It is an average over all packets, and those of one picture come together: pictures come about
/// three times as unevenly.
const UNEVEN: Duration = Duration::from_millis(10);
/// With this little nothing needs to be done about it any more.
const EVEN: Duration = Duration::from_millis(7);
/// How long it must have been so again.
const EVEN_AGAIN: Duration = Duration::from_secs(10);

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Playout {
    /// A picture is shown a little after it came, always the same: what comes up to that much later makes no difference, and
    /// the sound, which browsers hold back for longer, stays near.
    Promptly,
    /// Pictures are held back for as long as the browser thinks right.
    Evenly,
}

/// What one viewer's browser said of its network, as far as it matters here.
#[derive(Debug, Default)]
pub(super) struct Evenness {
    /// When it was last uneven, unless that is over.
    uneven_at: Option<Instant>,
}

impl Evenness {
    /// Takes a report.
    pub fn report(&mut self, report: Report, now: Instant) {
        let is_uneven = match report {
            // What is lost comes later by a round trip, if it comes.
            Report::Lost(share) => share > 0.0,
            Report::Jitter(jitter) => jitter > if self.uneven_at.is_some() { EVEN } else { UNEVEN },
            Report::Estimate(_) => false,
        };
        self.uneven_at = if is_uneven { Some(now) } else { self.uneven_at.filter(|at| now.saturating_duration_since(*at) < EVEN_AGAIN) };
    }

    /// How the browser is to play.
    pub fn playout(&self) -> Playout {
        if self.uneven_at.is_some() { Playout::Evenly } else { Playout::Promptly }
    }
}
