//! What time does: connections are driven, those that never came to be are given up, hosts that fell silent are asked.

use std::time::{Duration, Instant};

use super::{
    CONNECT, Engine, LOOK_AFTER, StageId,
    shows::{ASK_SELDOM, SILENT},
};
use crate::server::sfu::{core::LAYERS, demux::PeerKey, message::Notice, outgoing::Outgoing};

/// Nothing waits longer than this to be looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

impl Engine {
    /// Does what is due, and finds out when to come again. For `send` see [`settle`](Self::settle).
    pub fn tick(&mut self, now: Instant, send: &mut impl FnMut(&mut Outgoing)) {
        if now < self.wake {
            return;
        }
        self.looked_at = now;
        let due: Vec<PeerKey> = self.connections.iter().filter(|(_, connection)| connection.peer.due <= now).map(|(key, _)| *key).collect();
        for key in due {
            if let Some(connection) = self.connections.get_mut(&key) {
                connection.peer.tick(now);
            }
            self.touched.push(key);
        }
        let is_late =
            |key: &&PeerKey| self.connections.get(key).is_some_and(|it| !it.peer.is_connected && now.saturating_duration_since(it.peer.made_at) >= CONNECT);
        let late: Vec<PeerKey> = self.connections.keys().filter(is_late).copied().collect();
        for key in late {
            self.gone(key);
        }
        let shows: Vec<StageId> = self.shows.keys().copied().collect();
        for id in shows {
            if let Some(show) = self.shows.get_mut(&id) {
                show.stage.tend(now);
            }
            self.ask_for_key(id, now);
            self.look_for_silence(id, now);
        }
        self.settle(now, send);
        let next = self
            .connections
            .values()
            .map(|connection| connection.peer.due)
            .chain(self.shows.values().filter_map(|show| show.stage.due().filter(|_| show.newest_connected().is_some())));
        self.wake = next.min().unwrap_or(now + LOOK_EVERY).clamp(now + LOOK_AFTER, now + LOOK_EVERY);
    }

    // Only a host that was heard can fall silent: one without a camera sends nothing and lacks nothing.
    fn look_for_silence(&mut self, id: StageId, now: Instant) {
        let Some(show) = self.shows.get_mut(&id) else { return };
        let is_silent = show.heard_at.is_some_and(|at| now.saturating_duration_since(at) >= SILENT);
        if is_silent && !show.lines.is_empty() && now.saturating_duration_since(show.asked_at) >= show.ask_after {
            show.asked_at = now;
            show.ask_after = (show.ask_after * 2).min(ASK_SELDOM);
            show.tell(Notice::Silent);
        }
    }

    /// Counts what is there now.
    pub fn count(&mut self) {
        self.figures.layers = [0; LAYERS + 1];
        for show in self.shows.values_mut() {
            for (sum, viewers) in self.figures.layers.iter_mut().zip(show.stage.watching()) {
                *sum += viewers;
            }
            self.figures.switches += show.stage.take_switches();
        }
        self.figures.viewers = self.shows.values().map(|show| show.watching.len() as u64).sum();
        self.figures.hosts = self.shows.values().filter(|show| show.newest_connected().is_some()).count() as u64;
        self.figures.connections = self.connections.len() as u64;
        self.figures.dropped = self.out.dropped;
    }
}
