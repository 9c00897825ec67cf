//! Viewers: who gets an offer, when a new connection takes over, when one is closed.

use std::time::{Duration, Instant};

use super::{Link, Purpose, Role, Show};
use crate::server::{
    engine::janus,
    sfu::{Line, Notice, Wish, bounded},
};

/// Asking twice within this time means it, however alive the connection looks from here.
const INSISTS: Duration = Duration::from_secs(10);
/// A connection that is not there by then will not come: its browser has given up too.
const CONNECT: Duration = Duration::from_secs(20);

/// A connection of a viewer, or one on the way. Its line may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct WayId(u64);

#[derive(Debug)]
pub(super) struct Way {
    pub line: Line,
    handle: Option<u64>,
    /// Whom it shows.
    feed: u64,
    /// Under which name the picture is sent.
    picture: Option<String>,
    is_offered: bool,
    until: Option<Instant>,
}

impl Way {
    /// Until when it has to be there, as long as it is not.
    pub fn until(&self) -> Option<Instant> {
        self.until
    }
}

/// A viewer: what plays, and what is to follow it.
#[derive(Debug, Default)]
pub(super) struct LineState {
    playing: Option<WayId>,
    coming: Option<WayId>,
    asked_at: Option<Instant>,
    wish: Wish,
}

impl LineState {
    pub fn has_way(&self) -> bool {
        self.playing.or(self.coming).is_some()
    }

    pub fn forget_ways(&mut self) {
        (self.playing, self.coming, self.asked_at) = (None, None, None);
    }
}

impl Show {
    /// A viewer wants the picture. One whose connection works gets another only if it goes on asking.
    pub(super) fn subscribe(&mut self, line: Line, now: Instant) {
        let state = self.lines.entry(line).or_default();
        let insists = state.coming.is_some() || state.asked_at.is_some_and(|at| now.saturating_duration_since(at) < INSISTS);
        state.asked_at = Some(now);
        if state.playing.is_some() && !insists {
            return;
        }
        if self.is_away() {
            return self.tell_line_away(line);
        }
        self.offer_line(line, now);
    }

    /// The same, but nobody asked.
    pub(super) fn check(&mut self, line: Line, now: Instant) {
        if !self.lines.entry(line).or_default().has_way() && !self.is_away() {
            self.offer_line(line, now);
        }
    }

    /// There is something to see: whoever waits for it, or saw what came before, is offered it.
    pub(super) fn offer_to_all(&mut self, now: Instant) {
        let feed = self.feed();
        let shows = |way: Option<super::WayId>| way.and_then(|way| self.ways.get(&way)).is_some_and(|way| Some(way.feed) == feed);
        let lines: Vec<Line> = self.lines.iter().filter(|(_, state)| !shows(state.coming) && !shows(state.playing)).map(|(line, _)| *line).collect();
        for line in lines {
            self.offer_line(line, now);
        }
    }

    fn feed(&self) -> Option<u64> {
        self.host.as_ref().filter(|host| host.is_up).and_then(|host| host.feed)
    }

    // Without a host there is nothing to offer: everybody hears when there is.
    fn offer_line(&mut self, line: Line, now: Instant) {
        let (Some(feed), Link::Open { .. }) = (self.feed(), self.link) else { return };
        self.next_way += 1;
        let id = WayId(self.next_way);
        let Some(state) = self.lines.get_mut(&line) else { return };
        // The viewer answers the newest offer only.
        let former = state.coming.replace(id);
        self.ways.insert(id, Way { line, handle: None, feed, picture: None, is_offered: false, until: Some(now + CONNECT) });
        if let Some(former) = former {
            self.drop_way(former, now);
        }
        self.attach(Purpose::Handle(id), now);
    }

    pub(super) fn way_handle(&mut self, id: WayId, handle: u64, now: Instant) {
        let Some(way) = self.ways.get_mut(&id) else { return self.detach(handle, now) };
        way.handle = Some(handle);
        let feed = way.feed;
        self.handles.insert(handle, Role::Viewer(id));
        self.say_to(handle, janus::subscribe(&self.room, feed), Purpose::Subscribe(id), now);
    }

    pub(super) fn offer_to(&mut self, id: WayId, offer: String, picture: Option<String>) {
        let Some(way) = self.ways.get_mut(&id) else { return };
        (way.picture, way.is_offered) = (picture, true);
        let line = way.line;
        self.tell(Notice::Offer { line, offer, layers: false });
    }

    pub(super) fn answered(&mut self, line: Line, answer: &str, now: Instant) {
        let Some(id) = self.lines.get(&line).and_then(|state| state.coming) else { return };
        let Some(way) = self.ways.get_mut(&id).filter(|way| way.is_offered) else { return };
        way.is_offered = false;
        let (Some(handle), Some(answer)) = (way.handle, bounded(answer)) else { return self.drop_way(id, now) };
        self.say_to(handle, janus::start(&answer), Purpose::Start(id), now);
    }

    pub(super) fn way_up(&mut self, id: WayId, now: Instant) {
        let Some(way) = self.ways.get_mut(&id) else { return };
        way.until = None;
        let line = way.line;
        let Some(state) = self.lines.get_mut(&line).filter(|state| state.coming == Some(id)) else { return };
        let former = state.playing.replace(id);
        (state.coming, state.asked_at) = (None, None);
        let wish = state.wish;
        self.tell(Notice::Joined(line));
        if let Some(former) = former {
            self.drop_way(former, now);
        }
        if wish == Wish::SoundOnly {
            self.send_picture(id, false, now);
        }
    }

    /// There is one size: a viewer may wish for the sound alone.
    pub(super) fn choose(&mut self, line: Line, wish: Wish, now: Instant) {
        let Some(state) = self.lines.get_mut(&line) else { return };
        let former = std::mem::replace(&mut state.wish, wish);
        let (was_sent, is_sent) = (former != Wish::SoundOnly, wish != Wish::SoundOnly);
        if let Some(playing) = state.playing.filter(|_| was_sent != is_sent) {
            self.send_picture(playing, is_sent, now);
        }
    }

    fn send_picture(&mut self, id: WayId, is_sent: bool, now: Instant) {
        let Some(way) = self.ways.get(&id) else { return };
        if let (Some(handle), Some(mid)) = (way.handle, &way.picture) {
            self.say_to(handle, janus::send_picture(mid, is_sent), Purpose::Nothing, now);
        }
    }

    /// A connection is over, whoever ended it.
    pub(super) fn drop_way(&mut self, id: WayId, now: Instant) {
        let Some(way) = self.ways.remove(&id) else { return };
        if let Some(state) = self.lines.get_mut(&way.line) {
            state.playing = state.playing.filter(|other| *other != id);
            state.coming = state.coming.filter(|other| *other != id);
        }
        if let Some(handle) = way.handle {
            self.detach(handle, now);
        }
    }

    pub(super) fn give_up_ways(&mut self, now: Instant) {
        let late: Vec<WayId> = self.ways.iter().filter(|(_, way)| way.until.is_some_and(|until| until <= now)).map(|(id, _)| *id).collect();
        for id in late {
            self.drop_way(id, now);
        }
    }

    pub(super) fn close(&mut self, line: Line, now: Instant) {
        self.told_lines.remove(&line);
        let Some(state) = self.lines.remove(&line) else { return };
        for id in [state.playing, state.coming].into_iter().flatten() {
            self.drop_way(id, now);
        }
    }

    /// The viewer behind a connection sits on another seat now.
    pub(super) fn move_line(&mut self, from: Line, to: Line) {
        if self.lines.get(&to).is_some_and(LineState::has_way) {
            return;
        }
        let Some(state) = self.lines.remove(&from) else { return };
        for id in [state.playing, state.coming].into_iter().flatten() {
            if let Some(way) = self.ways.get_mut(&id) {
                way.line = to;
            }
        }
        self.lines.insert(to, state);
    }
}
