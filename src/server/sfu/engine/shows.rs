//! One show: the host's connections, and what becomes of them.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use tokio::sync::mpsc;

use super::{Connection, Engine, Role, StageId};
use crate::server::sfu::{
    core::{Recent, Source, Stage, Viewer, Wish},
    demux::PeerKey,
    message::{Line, Notice},
    payload::Media,
    peer::{self, Peer},
    tap::{Copied, Listeners},
};

/// A host that sent something and then nothing for this long is asked anew.
pub(super) const SILENT: Duration = Duration::from_secs(3);
/// And is not asked more often than this; each time it does not help, the wait doubles.
pub(super) const ASK_AGAIN: Duration = Duration::from_secs(5);
/// The longest of these waits.
pub(super) const ASK_SELDOM: Duration = Duration::from_secs(60);

/// The connections of one viewer: one that plays, and one that is to follow it; and what is wished of them.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Ways {
    pub playing: Option<PeerKey>,
    pub coming: Option<PeerKey>,
    pub asked_at: Option<Instant>,
    pub wish: Wish,
}

/// See the module.
pub(super) struct Show {
    notices: mpsc::Sender<Notice>,
    pub stage: Stage,
    pub recent: Recent<Media>,
    pub lines: BTreeMap<Line, Ways>,
    /// Viewers' connections that are there.
    pub watching: Vec<PeerKey>,
    /// The host's connections, oldest first; the last is the one that counts.
    pub publishers: Vec<(Source, PeerKey)>,
    pub listeners: Listeners,
    connected: Option<(Source, PeerKey)>,
    next_source: u64,
    pub heard_at: Option<Instant>,
    pub asked_at: Instant,
    pub ask_after: Duration,
}

impl Show {
    pub fn new(notices: mpsc::Sender<Notice>, now: Instant) -> Self {
        Self {
            notices,
            stage: Stage::default(),
            recent: Recent::default(),
            lines: BTreeMap::new(),
            watching: Vec::new(),
            publishers: Vec::new(),
            listeners: Listeners::default(),
            connected: None,
            next_source: 0,
            heard_at: None,
            asked_at: now,
            ask_after: ASK_AGAIN,
        }
    }

    /// Tells the room. A room that is behind misses it: whoever waits for it asks again.
    pub fn tell(&self, notice: Notice) {
        let _ = self.notices.try_send(notice);
    }

    pub fn heard(&mut self, source: Source, now: Instant) {
        if self.connected.is_some_and(|(newest, _)| newest == source) {
            if self.heard_at.replace(now).is_none() {
                self.tell(Notice::Picture);
            }
            self.ask_after = ASK_AGAIN;
        }
    }

    /// Whether something comes from the host.
    pub fn is_heard(&self, now: Instant) -> bool {
        self.heard_at.is_some_and(|at| now.saturating_duration_since(at) < SILENT)
    }

    /// The host's connection that key frames are asked of.
    pub fn newest_connected(&self) -> Option<PeerKey> {
        self.connected.map(|(_, key)| key)
    }

    pub fn unwatch(&mut self, key: PeerKey) {
        self.watching.retain(|watching| *watching != key);
        self.stage.leave(Viewer(key.0));
    }
}

impl Engine {
    /// A host offers: on the connection it has, or on a new one that follows it.
    pub(super) fn publish(&mut self, id: StageId, number: u64, offer: &str, now: Instant) {
        let Some(show) = self.shows.get(&id) else { return };
        let same = show.publishers.last().map(|(_, key)| *key).filter(|key| {
            let identity = peer::identity(offer);
            !identity.is_empty() && self.connections.get(key).is_some_and(|connection| connection.peer.identity == identity)
        });
        let answer = match same {
            Some(key) => self.connections.get_mut(&key).and_then(|connection| connection.peer.accept(offer)).inspect(|answer| {
                if let Some(name) = peer::name(answer) {
                    self.demux.name(name, key);
                }
                self.touched.push(key);
            }),
            None => self.publish_anew(id, offer, now),
        };
        let Some(show) = self.shows.get_mut(&id) else { return };
        show.asked_at = now;
        show.tell(match answer {
            Some(answer) => Notice::Answer { number, answer },
            None => Notice::Unusable { number },
        });
    }

    fn publish_anew(&mut self, id: StageId, offer: &str, now: Instant) -> Option<String> {
        let key = self.key();
        let (peer, answer) = Peer::publisher(key, &self.ends, offer, now)?;
        let show = self.shows.get_mut(&id)?;
        show.next_source += 1;
        let source = Source(show.next_source);
        show.publishers.push((source, key));
        // Those that never came to be are replaced; the one that works goes on until its successor does.
        let connected = show.connected.map(|(_, key)| key);
        let stale: Vec<PeerKey> = show.publishers.iter().map(|(_, key)| *key).filter(|other| *other != key && Some(*other) != connected).collect();
        self.connect(Connection::new(peer, id, Role::Publisher(source)), peer::name(&answer)?);
        for key in stale {
            self.gone(key);
        }
        Some(answer)
    }

    pub(super) fn publisher_connected(&mut self, key: PeerKey, id: StageId, source: Source, now: Instant) {
        let Some(show) = self.shows.get_mut(&id) else { return };
        let former: Vec<PeerKey> = show.publishers.iter().filter(|(other, _)| *other < source).map(|(_, key)| *key).collect();
        show.connected = Some((source, key));
        show.heard_at = None;
        show.stage.source_came(now);
        for watching in &show.watching {
            if let Some(connection) = self.connections.get_mut(watching) {
                connection.peer.forget_types();
            }
        }
        for key in former {
            self.gone(key);
        }
        self.ask_for_key(id, now);
    }

    /// The host's connections are ended, for it to notice.
    pub(super) fn unpublish(&mut self, id: StageId) {
        let keys: Vec<PeerKey> = self.shows.get(&id).map(|show| show.publishers.iter().map(|(_, key)| *key).collect()).unwrap_or_default();
        for key in keys {
            self.gone(key);
        }
        if let Some(show) = self.shows.get_mut(&id) {
            show.heard_at = None;
        }
    }

    /// Somebody keeps what the newest connection brings, and nobody else does any more.
    pub(super) fn listen(&mut self, id: StageId, copies: mpsc::Sender<Copied>) {
        if let Some(show) = self.shows.get_mut(&id)
            && let Some((newest, _)) = show.publishers.last()
        {
            show.listeners.add(*newest, copies);
        }
    }

    /// A connection is over, whoever ended it.
    pub(super) fn gone(&mut self, key: PeerKey) {
        let Some((id, role)) = self.connections.get(&key).map(|connection| (connection.show, connection.role)) else { return };
        self.disconnect(key);
        let Some(show) = self.shows.get_mut(&id) else { return };
        match role {
            Role::Publisher(source) => {
                show.listeners.remove(source);
                show.publishers.retain(|(_, other)| *other != key);
                show.connected = show.connected.filter(|(_, other)| *other != key);
                // Without a successor under way somebody has to ask for one.
                if show.publishers.is_empty() {
                    show.tell(Notice::Gone);
                }
            }
            Role::Viewer(line) => {
                if let Some(ways) = show.lines.get_mut(&line) {
                    ways.playing = ways.playing.filter(|other| *other != key);
                    ways.coming = ways.coming.filter(|other| *other != key);
                    if ways.playing.is_none() && ways.coming.is_none() {
                        show.lines.remove(&line);
                    }
                }
            }
        }
    }

    /// Nobody sends or sees anything in this show any more.
    pub(super) fn end(&mut self, id: StageId) {
        let Some(show) = self.shows.get_mut(&id) else { return };
        let lines = std::mem::take(&mut show.lines);
        let keys = lines.values().flat_map(|ways| [ways.playing, ways.coming]).flatten();
        let keys: Vec<PeerKey> = keys.chain(show.publishers.drain(..).map(|(_, key)| key)).collect();
        (show.connected, show.heard_at) = (None, None);
        show.listeners.clear();
        for key in keys {
            self.disconnect(key);
        }
    }
}
