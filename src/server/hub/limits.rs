//! How much one socket may ask of the hub. Pure: time is a parameter, in milliseconds that only run forward.

use crate::protocol::upward::Upward;

/// What a frame costs, by what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Connects media: one connection sends dozens of candidates within a second.
    Signal,
    /// Comes in, and is told everything: the one frame that costs the hub far more than it costs its sender.
    Register,
    /// Anything else.
    Talk,
}

impl Class {
    /// The class of a frame.
    pub fn of(frame: &Upward) -> Self {
        match frame {
            Upward::WebrtcRegister(_) | Upward::WebrtcNewCustomer(_) | Upward::WebrtcOffer(_) | Upward::WebrtcAnswer(_) | Upward::WebrtcIceCandidate(_) => {
                Self::Signal
            }
            Upward::Register(_) | Upward::RegisterAdmin(_) => Self::Register,
            _ => Self::Talk,
        }
    }
}

/// A bucket of tokens that fills by itself.
#[derive(Debug)]
struct Bucket {
    size: u64,
    refill_ms: u64,
    /// When all that was taken will have come back.
    full_at_ms: u64,
}

impl Bucket {
    const fn new(size: u64, refill_ms: u64) -> Self {
        Self { size, refill_ms, full_at_ms: 0 }
    }

    fn take(&mut self, now_ms: u64) -> bool {
        let owed_ms = self.full_at_ms.saturating_sub(now_ms) + self.refill_ms;
        let fits = owed_ms <= self.size * self.refill_ms;
        if fits {
            self.full_at_ms = now_ms + owed_ms;
        }
        fits
    }
}

/// The limits of one socket.
#[derive(Debug)]
pub struct Limits {
    talk: Bucket,
    registers: Bucket,
    viewer_signals: Bucket,
    host_signals: Bucket,
    pings: Bucket,
    errors: Bucket,
}

/// Who sends: a host signals to every viewer at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    Host,
    Viewer,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // Forty at once, twenty a second: far above what a person does, far below what hurts.
            talk: Bucket::new(40, 50),
            // Once per connection is usual; five at once for clients that register on every occasion.
            registers: Bucket::new(5, 2000),
            viewer_signals: Bucket::new(200, 20),
            // A host who comes back offers to a full house: each viewer costs an offer and some twenty candidates.
            host_signals: Bucket::new(4000, 1),
            // Ours come every twenty seconds; each of theirs costs us an answer.
            pings: Bucket::new(20, 500),
            // Twenty mistakes, one more forgiven every ten seconds.
            errors: Bucket::new(20, 10_000),
        }
    }
}

impl Limits {
    /// Whether a frame of this class may pass now.
    pub fn admit(&mut self, class: Class, sender: Sender, now_ms: u64) -> bool {
        match (class, sender) {
            (Class::Talk, _) => self.talk.take(now_ms),
            (Class::Register, _) => self.registers.take(now_ms),
            (Class::Signal, Sender::Viewer) => self.viewer_signals.take(now_ms),
            (Class::Signal, Sender::Host) => self.host_signals.take(now_ms),
        }
    }

    /// Whether a ping or pong of the peer may pass now.
    pub fn admit_ping(&mut self, now_ms: u64) -> bool {
        self.pings.take(now_ms)
    }

    /// Counts a frame that was refused. False when the socket's patience is spent.
    pub fn forgive(&mut self, now_ms: u64) -> bool {
        self.errors.take(now_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_a_trickle() {
        let mut limits = Limits::default();
        let burst = (0..100).filter(|_| limits.admit(Class::Talk, Sender::Viewer, 1000)).count();
        assert_eq!(burst, 40);
        let second = (0..1000).filter(|ms| limits.admit(Class::Talk, Sender::Viewer, 1000 + ms)).count();
        assert_eq!(second, 19, "one for every 50 ms that passed");
    }

    #[test]
    fn signals_have_a_bucket_of_their_own() {
        let mut limits = Limits::default();
        assert_eq!((0..500).filter(|_| limits.admit(Class::Signal, Sender::Viewer, 0)).count(), 200);
        assert!(limits.admit(Class::Talk, Sender::Viewer, 0));
        assert_eq!((0..5000).filter(|_| limits.admit(Class::Signal, Sender::Host, 0)).count(), 4000);
    }

    #[test]
    fn coming_in_is_dearer_than_talking() {
        let mut limits = Limits::default();
        assert_eq!((0..40).filter(|_| limits.admit(Class::Register, Sender::Viewer, 0)).count(), 5);
        assert!(limits.admit(Class::Talk, Sender::Viewer, 0));
        assert_eq!((0..60_000).filter(|ms| limits.admit(Class::Register, Sender::Viewer, *ms)).count(), 29, "one for every two seconds that passed");
    }

    #[test]
    fn pings_have_a_pace_too() {
        let mut limits = Limits::default();
        assert_eq!((0..100).filter(|_| limits.admit_ping(0)).count(), 20);
        assert!(limits.admit_ping(500) && !limits.admit_ping(501));
    }

    #[test]
    fn mistakes_are_forgiven_slowly() {
        let mut limits = Limits::default();
        assert_eq!((0..50).filter(|_| limits.forgive(5)).count(), 20);
        assert!(!limits.forgive(9_000) && limits.forgive(10_006) && !limits.forgive(10_007));
    }
}
