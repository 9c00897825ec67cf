//! What a client has seen.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::{Duration, Instant, SystemTime},
};

use super::Sent;

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub is_connected: bool,
    pub is_over: bool,
    /// In the order in which they came.
    pub packets: Vec<Sent>,
    pub key_requests: Vec<Instant>,
    /// Names of the sizes that they were for, where there are several.
    pub key_sizes: Vec<String>,
    /// What the last reports about picture and sound said: at this time their clocks showed this.
    pub reports: BTreeMap<&'static str, (SystemTime, u32)>,
    /// For how long it may hold the picture back at least and at most, as it was last told.
    pub playout: Option<(Duration, Duration)>,
    /// Datagrams that were thrown away on purpose.
    pub lost: u64,
    /// The last datagrams that were sent.
    pub sent: VecDeque<Vec<u8>>,
}

impl Seen {
    /// The picture's packets by their numbers, each once.
    pub fn video(&self) -> Vec<Sent> {
        self.packets.iter().filter(|packet| packet.is_video).cloned().collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Payloads of the picture in the order of their numbers.
    pub fn pictures(&self) -> Vec<Vec<u8>> {
        self.video().into_iter().map(|packet| packet.payload).collect()
    }
}
