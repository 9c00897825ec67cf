//! When to try again: back-off with full jitter, and what the close of a socket asks for. Pure.

use crate::protocol::close;

/// The upper bound of the first wait, in milliseconds. It doubles with each attempt.
const BASE_MS: u32 = 250;
/// No wait is longer, in milliseconds.
const CAP_MS: u32 = 8_000;

/// How long to wait before this attempt, counted from zero; `random` is 0 up to 1. Full jitter: a thousand clients
/// that lost the same server do not come back at the same moment.
pub(super) fn wait_ms(attempt: u32, random: f64) -> u32 {
    let bound = BASE_MS.saturating_mul(2_u32.saturating_pow(attempt)).min(CAP_MS);
    (f64::from(bound) * random.clamp(0.0, 1.0)) as u32
}

/// A link that was heard for this long has worked: what befalls it then is a new failure.
const WORKED_MS: f64 = 10_000.0;

/// How many tries in a row came to nothing. One that was welcomed and soon lost came to nothing, too: a client that is
/// too slow for what it is welcomed with would otherwise come back at full speed for ever.
#[derive(Debug, Clone, Default)]
pub(super) struct Backoff {
    failures: u32,
    heard_since_ms: Option<f64>,
}

impl Backoff {
    /// The tries that came to nothing.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// The hub speaks to us.
    pub fn heard(&mut self, now_ms: f64) {
        self.heard_since_ms.get_or_insert(now_ms);
    }

    /// The link is gone, if there was one.
    pub fn lost(&mut self, now_ms: f64) {
        if self.heard_since_ms.take().is_some_and(|since_ms| now_ms - since_ms >= WORKED_MS) {
            self.failures = 0;
        }
    }

    /// How long to wait before the next try; `random` is 0 up to 1.
    pub fn next_wait_ms(&mut self, random: f64) -> u32 {
        let wait_ms = wait_ms(self.failures, random);
        self.failures = self.failures.saturating_add(1);
        wait_ms
    }

    /// Something has changed: what failed before may work now.
    pub fn start_over(&mut self) {
        self.failures = 0;
    }
}

/// What a closed socket asks of us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AfterClose {
    /// Try again, but not before this many milliseconds.
    Retry { at_least_ms: u32 },
    /// Never: the page has to be loaded again.
    Stop,
    /// Never: this visitor may not be here.
    Banned,
}

/// Reads a close code and its reason. A restarting server says in the reason when to come back.
pub(super) fn after_close(code: u16, reason: &str) -> AfterClose {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Hint {
        reconnect_ms: u32,
    }
    match code {
        close::SIGNED_OUT => AfterClose::Stop,
        close::BANNED => AfterClose::Banned,
        close::SERVICE_RESTART => {
            let hint = serde_json::from_str::<Hint>(reason).map_or(0, |hint| hint.reconnect_ms);
            // A hint is a wish of the server's, not a way to keep us out.
            AfterClose::Retry { at_least_ms: hint.min(CAP_MS * 2) }
        }
        close::POLICY | close::TOO_MANY_SOCKETS | close::TOO_SLOW => AfterClose::Retry { at_least_ms: CAP_MS },
        _ => AfterClose::Retry { at_least_ms: 0 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_cap() {
        let longest: Vec<u32> = (0..8).map(|attempt| wait_ms(attempt, 1.0)).collect();
        assert_eq!(longest, [250, 500, 1000, 2000, 4000, 8000, 8000, 8000]);
        assert_eq!(wait_ms(u32::MAX, 1.0), CAP_MS);
    }

    #[test]
    fn jitter_is_full() {
        assert_eq!([wait_ms(3, 0.0), wait_ms(3, 0.5), wait_ms(3, 7.0)], [0, 1000, 2000]);
    }

    #[test]
    fn a_restart_is_waited_for_as_long_as_the_server_asks_within_reason() {
        assert_eq!(after_close(1012, r#"{"reconnectMs":1234}"#), AfterClose::Retry { at_least_ms: 1234 });
        assert_eq!(after_close(1012, "bye"), AfterClose::Retry { at_least_ms: 0 });
        assert_eq!(after_close(1012, r#"{"reconnectMs":4000000000}"#), AfterClose::Retry { at_least_ms: 16_000 });
        assert_eq!(after_close(1006, ""), AfterClose::Retry { at_least_ms: 0 });
        for code in [1008, 4408, 4429] {
            assert_eq!(after_close(code, ""), AfterClose::Retry { at_least_ms: 8_000 });
        }
    }

    #[test]
    fn a_link_that_is_soon_lost_again_counts_as_another_failure() {
        let mut backoff = Backoff::default();
        let mut now_ms = 0.0;
        let mut waits = Vec::new();
        for held_ms in [1_000.0, 9_999.0, 0.0, 20_000.0, 1_000.0] {
            backoff.heard(now_ms);
            backoff.heard(now_ms + held_ms / 2.0);
            now_ms += held_ms;
            backoff.lost(now_ms);
            waits.push(backoff.next_wait_ms(1.0));
        }
        assert_eq!(waits, [250, 500, 1_000, 250, 500]);
        backoff.start_over();
        assert_eq!(backoff.failures(), 0);
    }

    #[test]
    fn tries_that_never_got_through_wait_longer_and_longer() {
        let mut backoff = Backoff::default();
        let waits: Vec<u32> = (0..4)
            .map(|_| {
                backoff.lost(60_000.0);
                backoff.next_wait_ms(1.0)
            })
            .collect();
        assert_eq!(waits, [250, 500, 1_000, 2_000]);
    }

    #[test]
    fn a_signed_out_session_does_not_come_back() {
        assert_eq!(after_close(4401, ""), AfterClose::Stop);
    }

    #[test]
    fn who_is_banned_does_not_knock_again() {
        assert_eq!(after_close(4403, "You are banned from this show."), AfterClose::Banned);
    }
}
