//! The reel of a live show: what is recorded of it so far, to be watched late or where no live picture comes through. It
//! only grows. Times are milliseconds from the start of the show.

use serde::{Deserialize, Serialize};

/// Places in one answer; who has more to learn asks on.
pub const MOST_PLACES: usize = 2000;

/// What can be watched of a show that is live.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reel {
    /// When this was said.
    pub now_ms: u64,
    /// What each recorder wrote that can be played; a host who loads the page again begins another part.
    pub parts: Vec<ReelPart>,
    /// Where playing can begin: those that the asker does not have yet, as they came.
    pub places: Vec<ReelPlace>,
    /// How many places there are up to the end of this answer: what to ask with next time.
    pub next: u32,
}

/// A file that is being written: its head, then clusters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReelPart {
    /// Its number, for good.
    pub part: u32,
    /// Container and codecs, as `MediaSource` takes them.
    pub mime: String,
    /// When it begins, in the show.
    pub show_ms: u64,
    /// The time that stands in the file there: mostly zero.
    pub media_ms: u64,
    /// When its last frame is shown, so far.
    pub end_ms: u64,
    /// The first bytes, without which nothing behind them can be read.
    pub head_bytes: u64,
    /// All of it so far, the head included.
    pub bytes: u64,
}

/// A cluster with a picture that stands for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReelPlace {
    pub part: u32,
    /// When that picture is shown.
    pub show_ms: u64,
    /// Where the cluster begins, in bytes of its part.
    pub at: u64,
}
