//! One show at an engine: what its room wants, as requests, and what the engine says, as notices. Without a connection
//! and without a clock: what happened and when comes in, what is to be said goes out.
//!
//! A session is opened when it is first needed and closed with the show. An engine that is lost, or started anew, is
//! tried again with growing waits; everything is then made anew, from the host's offer on.

mod host;
mod lines;
mod link;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::{Duration, Instant},
};

use serde_json::Value;

use self::{
    host::{Host, Offered},
    lines::{LineState, Way, WayId},
};
use super::{
    http::Failure,
    janus::{self, RoomKey, Target, What, Word},
    outage::State,
};
use crate::server::sfu::{Command, Line, Notice};

/// An event that has not come by then will not come.
const EVENT_PATIENCE: Duration = Duration::from_secs(8);

/// What is to be done outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Out {
    /// To the room.
    Tell(Notice),
    /// To the engine: the answer comes back under the same number.
    Say { target: Target, transaction: u64, body: Value },
    /// For whoever runs the shop; once per change.
    Log(State),
}

/// How far the way to the engine is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// Nobody needs it.
    Rest,
    /// To be opened at this time.
    Away(Instant),
    Opening,
    /// With a handle for what is about the room alone.
    Open {
        session: u64,
        desk: u64,
    },
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Session,
    Desk {
        session: u64,
    },
    Room {
        session: u64,
        desk: u64,
    },
    Leave {
        former: u64,
    },
    HostHandle,
    Publish {
        handle: u64,
        number: u64,
    },
    Handle(WayId),
    Subscribe(WayId),
    Start(WayId),
    /// The room's end, and after it the session's.
    Farewell {
        session: u64,
    },
    /// Nobody waits for it.
    Nothing,
}

#[derive(Debug, Clone, Copy)]
struct Asked {
    purpose: Purpose,
    until: Instant,
}

/// What a handle is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Host,
    Viewer(WayId),
}

/// See the module.
pub struct Show {
    room: RoomKey,
    link: Link,
    /// Tries in a row that came to nothing.
    failures: u32,
    opened_at: Option<Instant>,
    /// Questions for news in a row that came to nothing, and when to ask again.
    deaf: u32,
    listen_at: Instant,
    asked: HashMap<u64, Asked>,
    next: u64,
    handles: HashMap<u64, Role>,
    host: Option<Host>,
    offered: Option<Offered>,
    /// Somebody is on air, as far as we know.
    is_host_expected: bool,
    lines: BTreeMap<Line, LineState>,
    ways: HashMap<WayId, Way>,
    next_way: u64,
    state: Option<State>,
    /// Who knows that the picture is away.
    told_lines: HashSet<Line>,
    is_host_told: bool,
    out: Vec<Out>,
}

impl Show {
    /// A show that needs nothing yet.
    pub fn new(now: Instant) -> Self {
        Self {
            room: RoomKey::make(),
            link: Link::Rest,
            failures: 0,
            opened_at: None,
            deaf: 0,
            listen_at: now,
            asked: HashMap::new(),
            next: 0,
            handles: HashMap::new(),
            host: None,
            offered: None,
            is_host_expected: false,
            lines: BTreeMap::new(),
            ways: HashMap::new(),
            next_way: 0,
            state: None,
            told_lines: HashSet::new(),
            is_host_told: false,
            out: Vec::new(),
        }
    }

    /// What is to be done, in this order.
    pub fn take(&mut self) -> Vec<Out> {
        std::mem::take(&mut self.out)
    }

    /// The session to ask for news, and from when on.
    pub fn listens(&self) -> Option<(u64, Instant)> {
        if let Link::Open { session, .. } = self.link { Some((session, self.listen_at)) } else { None }
    }

    /// When [`tick`](Self::tick) has something to do.
    pub fn due(&self) -> Option<Instant> {
        let reopen = if let Link::Away(at) = self.link { Some(at) } else { None };
        let host = self.host.as_ref().and_then(Host::until);
        self.asked.values().map(|asked| asked.until).chain(reopen).chain(host).chain(self.ways.values().filter_map(Way::until)).min()
    }

    /// What the room wants.
    pub fn command(&mut self, command: Command, now: Instant) {
        match command {
            Command::Publish { number, offer } => self.publish(number, &offer, now),
            Command::Unpublish => self.unpublish(now),
            Command::Subscribe(line) => self.subscribe(line, now),
            Command::Check(line) => self.check(line, now),
            // Whoever watches there is offered the picture; nobody can offer to take it.
            Command::Play { line, .. } => self.tell(Notice::Unplayable(line)),
            Command::Answer { line, answer } => self.answered(line, &answer, now),
            Command::Choose { line, wish } => self.choose(line, wish, now),
            Command::Close(line) => self.close(line, now),
            Command::Move { from, to } => self.move_line(from, to),
            Command::End => self.end(now),
        }
    }

    /// What came in answer to what was said.
    pub fn replied(&mut self, transaction: u64, reply: Result<Value, Failure>, now: Instant) {
        match reply {
            Ok(answer) => {
                let words = janus::read(&answer);
                let fits = |word: &Word| word.transaction == Some(transaction);
                match words.into_iter().find(fits) {
                    Some(word) => self.word(word, now),
                    None => self.failed(transaction, Failure::Rubbish, now),
                }
            }
            Err(failure) => self.failed(transaction, failure, now),
        }
    }

    /// Does what is due.
    pub fn tick(&mut self, now: Instant) {
        if matches!(self.link, Link::Away(at) if at <= now) {
            self.open(now);
        }
        let late: Vec<u64> = self.asked.iter().filter(|(_, asked)| asked.until <= now).map(|(transaction, _)| *transaction).collect();
        for transaction in late {
            self.failed(transaction, Failure::Silent, now);
        }
        self.give_up_host(now);
        self.give_up_ways(now);
    }

    fn word(&mut self, word: Word, now: Instant) {
        let Some(transaction) = word.transaction else { return self.event(word, now) };
        let Some(Asked { purpose, .. }) = self.asked.get(&transaction).copied() else {
            // An answer that nobody waits for any more may still have made something.
            if let (What::Made(handle), Link::Open { .. }) = (&word.what, self.link) {
                self.detach(*handle, now);
            }
            return;
        };
        // The rest follows as an event.
        if word.what == What::Noted && !matches!(purpose, Purpose::Nothing | Purpose::Leave { .. }) {
            return;
        }
        self.asked.remove(&transaction);
        match word.what {
            What::Refused(code) => self.refused(purpose, code, now),
            what => self.done(purpose, what, now),
        }
    }

    fn done(&mut self, purpose: Purpose, what: What, now: Instant) {
        match (purpose, what) {
            (Purpose::Session, What::Made(session)) => self.say(Target::Session(session), janus::attach(), Purpose::Desk { session }, now),
            (Purpose::Desk { session }, What::Made(desk)) => {
                let body = janus::create_room(&self.room);
                self.say(Target::Handle { session, handle: desk }, body, Purpose::Room { session, desk }, now);
            }
            (Purpose::Room { session, desk }, What::Done) => self.opened(session, desk, now),
            (Purpose::Leave { former }, _) => self.left(former, now),
            (Purpose::Farewell { session }, _) => self.say(Target::Session(session), janus::destroy(), Purpose::Nothing, now),
            (Purpose::HostHandle, What::Made(handle)) => self.host_handle(handle, now),
            (Purpose::Publish { handle, number }, What::Joined { feed, answer: Some(answer) }) => self.published(handle, number, Some(feed), answer),
            (Purpose::Publish { handle, number }, What::Reconfigured { answer }) => self.published(handle, number, None, answer),
            (Purpose::Handle(way), What::Made(handle)) => self.way_handle(way, handle, now),
            (Purpose::Subscribe(way), What::Attached { offer, picture }) => self.offer_to(way, offer, picture),
            (Purpose::Start(_) | Purpose::Nothing, _) => {}
            (purpose, _) => self.missed(purpose, Failure::Rubbish, now),
        }
    }

    fn refused(&mut self, purpose: Purpose, code: i64, now: Instant) {
        match (purpose, code) {
            (Purpose::Nothing, _) => {}
            (Purpose::Farewell { session }, _) => self.say(Target::Session(session), janus::destroy(), Purpose::Nothing, now),
            (Purpose::Session | Purpose::Desk { .. } | Purpose::Room { .. }, code) => {
                self.is(if code == janus::UNAUTHORIZED { State::Unauthorized } else { State::Refuses(code) });
                self.lost(now);
            }
            // It was started anew, or gave us up.
            (_, janus::NO_SESSION) => self.lost(now),
            // Nothing can come of what we made there.
            (_, janus::NO_ROOM | janus::PUBLISHERS_FULL) | (Purpose::HostHandle, _) => {
                self.is(State::Refuses(code));
                self.lost(now);
            }
            (Purpose::Leave { former }, _) => self.left(former, now),
            (Purpose::Publish { handle, .. }, janus::NO_HANDLE) if self.is_host(handle) => self.host_gone(now),
            (Purpose::Publish { handle, number }, _) => self.unusable(handle, number, now),
            (Purpose::Handle(way) | Purpose::Subscribe(way) | Purpose::Start(way), _) => self.drop_way(way, now),
        }
    }

    // What was said had no answer, or none that can be used.
    fn failed(&mut self, transaction: u64, failure: Failure, now: Instant) {
        let Some(Asked { purpose, .. }) = self.asked.remove(&transaction) else { return };
        self.missed(purpose, failure, now);
    }

    fn missed(&mut self, purpose: Purpose, failure: Failure, now: Instant) {
        if !matches!(purpose, Purpose::Nothing | Purpose::Farewell { .. }) {
            self.is(State::Away(failure));
        }
        match purpose {
            Purpose::Session | Purpose::Desk { .. } | Purpose::Room { .. } => self.lost(now),
            // What became of the host is not known: from the beginning, then.
            Purpose::Leave { .. } | Purpose::HostHandle | Purpose::Publish { .. } => self.lost(now),
            Purpose::Handle(way) | Purpose::Subscribe(way) | Purpose::Start(way) => {
                let line = self.ways.get(&way).map(|way| way.line);
                self.drop_way(way, now);
                line.into_iter().for_each(|line| self.tell_line_away(line));
            }
            Purpose::Nothing | Purpose::Farewell { .. } => {}
        }
    }

    fn event(&mut self, word: Word, now: Instant) {
        let Some(handle) = word.handle else { return };
        let Some(role) = self.handles.get(&handle).copied() else { return };
        match (role, word.what) {
            (Role::Host, What::Up) => self.host_up(now),
            (Role::Host, What::HungUp) => {
                self.detach(handle, now);
                self.host_gone(now);
            }
            (Role::Host, What::Receiving { mid, is_receiving }) => self.host_heard(mid, is_receiving),
            (Role::Viewer(way), What::Up) => self.way_up(way, now),
            (Role::Viewer(way), What::HungUp) => self.drop_way(way, now),
            _ => {}
        }
    }

    fn say(&mut self, target: Target, body: Value, purpose: Purpose, now: Instant) {
        self.next += 1;
        self.asked.insert(self.next, Asked { purpose, until: now + EVENT_PATIENCE });
        self.out.push(Out::Say { target, transaction: self.next, body });
    }

    fn say_to(&mut self, handle: u64, body: Value, purpose: Purpose, now: Instant) {
        if let Link::Open { session, .. } = self.link {
            self.say(Target::Handle { session, handle }, body, purpose, now);
        }
    }

    fn attach(&mut self, purpose: Purpose, now: Instant) {
        if let Link::Open { session, .. } = self.link {
            self.say(Target::Session(session), janus::attach(), purpose, now);
        }
    }

    fn detach(&mut self, handle: u64, now: Instant) {
        self.handles.remove(&handle);
        self.say_to(handle, janus::detach(), Purpose::Nothing, now);
    }

    fn tell(&mut self, notice: Notice) {
        self.out.push(Out::Tell(notice));
    }
}

#[cfg(test)]
mod tests;
