//! What every engine that may be away has in common: how it is with it, who is to know, and when it is tried again.

use std::time::Duration;

use super::http::Failure;

/// The bound of the first wait; it doubles with each try.
const WAIT: Duration = Duration::from_millis(500);
/// No wait is longer.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// What was there for this long has worked: what befalls it then is a new failure.
pub const WORKED: Duration = Duration::from_secs(10);

/// How it is with the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    There,
    Away(Failure),
    /// It wants another secret.
    Unauthorized,
    /// It answers, but refuses what a show needs.
    Refuses(i64),
}

impl State {
    /// Whether whoever runs the shop is to hear of it, who heard this before. One outage is one line, however many ways
    /// there are not to answer.
    pub fn is_news_after(self, known: Option<Self>) -> bool {
        match (known, self) {
            (Some(Self::Away(_) | Self::Unauthorized | Self::Refuses(_)), Self::Away(_)) => false,
            (known, state) => known != Some(state),
        }
    }

    /// Says it to whoever runs the shop.
    pub fn log(self) {
        match self {
            Self::There => tracing::info!("the media engine is there"),
            Self::Away(failure) => tracing::warn!(%failure, "the media engine is away; it is tried again"),
            Self::Unauthorized => tracing::warn!("the media engine wants another secret: correct MEDIA_ENGINE_SECRET"),
            Self::Refuses(code) => tracing::warn!(code, "the media engine refuses what a show needs; it is tried again"),
        }
    }
}

/// How long to wait after so many failures; `random` is 0 up to 1. All shows of an engine lose it at once.
pub fn wait(failures: u32, random: f64) -> Duration {
    let longest = WAIT.saturating_mul(2_u32.saturating_pow(failures)).min(LONGEST_WAIT);
    longest.mul_f64(0.5 + random.clamp(0.0, 1.0) / 2.0)
}
