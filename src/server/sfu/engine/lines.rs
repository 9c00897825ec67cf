//! Viewers: who gets an offer, when a new connection takes over, when one is closed.

use std::time::{Duration, Instant};

use super::{Connection, Engine, Role, StageId, shows::Show};
use crate::server::sfu::{
    core::{Viewer, Wish},
    demux::PeerKey,
    message::{Line, Notice},
    peer::{self, Peer},
};

/// Asking twice within this time means it, however alive the connection looks from here.
const INSISTS: Duration = Duration::from_secs(10);

impl Engine {
    /// A viewer wants the picture. One whose connection works gets a key frame; only if it goes on asking, a new offer.
    pub(super) fn subscribe(&mut self, id: StageId, line: Line, now: Instant) {
        let Some(show) = self.shows.get_mut(&id) else { return };
        let ways = show.lines.get(&line).copied().unwrap_or_default();
        let insists = ways.coming.is_some() || ways.asked_at.is_some_and(|at| now.saturating_duration_since(at) < INSISTS);
        // While nothing comes from the host another connection would have nothing to show either.
        if let Some(playing) = ways.playing.filter(|_| !insists || !show.is_heard(now)) {
            show.lines.entry(line).or_default().asked_at = Some(now);
            show.stage.key_wished(Viewer(playing.0), now);
            self.ask_for_key(id, now);
            return;
        }
        if !show.lines.contains_key(&line) && self.line_count() >= self.max_viewers {
            self.figures.refused += 1;
            self.tell(id, Notice::Full(line));
            return;
        }
        let key = self.key();
        let Some((peer, offer)) = Peer::viewer(key, &self.ends, now) else { return };
        let Some(name) = peer::name(&offer).map(str::to_owned) else { return };
        // The viewer answers the newest offer only.
        if let Some(coming) = ways.coming {
            self.gone(coming);
        }
        let Some(show) = self.shows.get_mut(&id) else { return };
        let ways = show.lines.entry(line).or_default();
        (ways.coming, ways.asked_at) = (Some(key), Some(now));
        self.connect(Connection::new(peer, id, Role::Viewer(line)), &name);
        let layers = self.has_layers(id);
        self.tell(id, Notice::Offer { line, offer, layers });
    }

    /// A viewer says what it wishes to see.
    pub(super) fn choose(&mut self, id: StageId, line: Line, wish: Wish, now: Instant) {
        let Some(show) = self.shows.get_mut(&id) else { return };
        let Some(ways) = show.lines.get_mut(&line) else { return };
        ways.wish = wish;
        if let Some(playing) = ways.playing {
            show.stage.wish(Viewer(playing.0), wish, now);
            self.ask_for_key(id, now);
        }
    }

    // The newest connection of the host counts, whether it is there yet or not.
    fn has_layers(&self, id: StageId) -> bool {
        let newest = self.shows.get(&id).and_then(|show| show.publishers.last());
        newest.and_then(|(_, key)| self.connections.get(key)).is_some_and(|connection| connection.peer.has_layers())
    }

    /// A viewer that is no page offers to take the picture. What its line had before is given up.
    pub(super) fn play(&mut self, id: StageId, line: Line, offer: &str, now: Instant) {
        self.close_line(id, line);
        if self.line_count() >= self.max_viewers {
            self.figures.refused += 1;
            self.tell(id, Notice::Full(line));
            return;
        }
        let key = self.key();
        let made = Peer::player(key, &self.ends, offer, now);
        let Some((peer, answer, name)) = made.and_then(|(peer, answer)| peer::name(&answer).map(str::to_owned).map(|name| (peer, answer, name))) else {
            self.tell(id, Notice::Unplayable(line));
            return;
        };
        let Some(show) = self.shows.get_mut(&id) else { return };
        show.lines.entry(line).or_default().coming = Some(key);
        self.connect(Connection::new(peer, id, Role::Viewer(line)), &name);
        self.tell(id, Notice::Playing { line, answer });
    }

    pub(super) fn answered(&mut self, id: StageId, line: Line, answer: &str) {
        let coming = self.shows.get(&id).and_then(|show| show.lines.get(&line)).and_then(|ways| ways.coming);
        let Some(key) = coming else { return };
        let Some(connection) = self.connections.get_mut(&key) else { return };
        if connection.peer.answered(answer) {
            self.touched.push(key);
        } else {
            self.gone(key);
        }
    }

    pub(super) fn viewer_connected(&mut self, key: PeerKey, id: StageId, line: Line, now: Instant) {
        let Some(show) = self.shows.get_mut(&id) else { return };
        let Some(ways) = show.lines.get_mut(&line).filter(|ways| ways.coming == Some(key)) else { return };
        let (former, wish) = (ways.playing.replace(key), ways.wish);
        // What was asked for on the way here has been granted.
        (ways.coming, ways.asked_at) = (None, None);
        show.watching.push(key);
        show.stage.join(Viewer(key.0), former.map(|former| Viewer(former.0)), wish, rand::random(), now);
        show.tell(Notice::Joined(line));
        if let Some(former) = former {
            self.disconnect(former);
        }
        self.begin(key, id, now);
        self.ask_for_key(id, now);
    }

    // With a key frame that just came, or with the next.
    fn begin(&mut self, key: PeerKey, id: StageId, now: Instant) {
        let Some(Show { stage, recent, .. }) = self.shows.get_mut(&id) else { return };
        let (viewer, connection) = (Viewer(key.0), self.connections.get_mut(&key));
        if let Some(((source, layer), connection)) = stage.missing(viewer).zip(connection) {
            for (facts, media) in recent.since_key(source, layer, now) {
                let passed = stage.pass(viewer, source, &facts, now).is_some_and(|rewritten| connection.peer.send(&facts, media, rewritten));
                self.figures.forwarded += u64::from(passed);
            }
            connection.peer.tick(now);
            self.touched.push(key);
        }
        stage.begin(viewer, now);
    }

    pub(super) fn close_line(&mut self, id: StageId, line: Line) {
        let Some(ways) = self.shows.get_mut(&id).and_then(|show| show.lines.remove(&line)) else { return };
        for key in [ways.playing, ways.coming].into_iter().flatten() {
            self.disconnect(key);
        }
    }

    /// The viewer behind a connection sits on another seat now.
    pub(super) fn move_line(&mut self, id: StageId, from: Line, to: Line) {
        let Some(show) = self.shows.get_mut(&id).filter(|show| !show.lines.contains_key(&to)) else { return };
        let Some(ways) = show.lines.remove(&from) else { return };
        show.lines.insert(to, ways);
        for key in [ways.playing, ways.coming].into_iter().flatten() {
            if let Some(connection) = self.connections.get_mut(&key) {
                connection.role = Role::Viewer(to);
            }
        }
    }

    pub(super) fn has_way(&self, id: StageId, line: Line) -> bool {
        self.shows.get(&id).is_some_and(|show| show.lines.contains_key(&line))
    }

    /// Viewers with a connection, or on the way to one.
    pub(super) fn line_count(&self) -> usize {
        self.shows.values().map(|show| show.lines.len()).sum()
    }

    pub(super) fn tell(&self, id: StageId, notice: Notice) {
        if let Some(show) = self.shows.get(&id) {
            show.tell(notice);
        }
    }
}
