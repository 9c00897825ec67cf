//! The way to the engine: opened when it is first needed, opened again when it is lost, closed with the show.

use std::time::Instant;

use serde_json::Value;

use super::{Link, Out, Purpose, Show, State, lines::LineState};
use crate::server::{
    engine::{
        http::Failure,
        janus::{self, RoomKey, Target, What, Word},
        outage::{WORKED, wait},
    },
    sfu::{Line, Notice},
};

impl Show {
    /// What came in answer to the question for news of this session.
    pub fn news(&mut self, asked: u64, reply: Result<Value, Failure>, now: Instant) {
        if !matches!(self.link, Link::Open { session, .. } if session == asked) {
            return;
        }
        let words = match reply {
            Ok(answer) => janus::read(&answer),
            Err(failure) => return self.heard_nothing(failure, now),
        };
        if words.is_empty() {
            return self.heard_nothing(Failure::Rubbish, now);
        }
        // An engine that was started anew is there, but what was said to it is not.
        if words.iter().any(is_over) {
            return self.lost(now);
        }
        self.listen_at = now;
        if std::mem::take(&mut self.deaf) > 0 || self.state != Some(State::There) {
            self.is_there(now);
        }
        for word in words {
            self.word(word, now);
        }
    }

    // The picture goes on without us: only an engine that forgot the session is lost.
    fn heard_nothing(&mut self, failure: Failure, now: Instant) {
        self.listen_at = now + wait(self.deaf, rand::random());
        self.deaf = self.deaf.saturating_add(1);
        self.is(State::Away(failure));
    }

    pub(super) fn open(&mut self, now: Instant) {
        self.link = Link::Opening;
        // What was left behind there is not found again, nor by anybody else.
        self.room = RoomKey::make();
        self.say(Target::Server, janus::create(), Purpose::Session, now);
    }

    pub(super) fn opened(&mut self, session: u64, desk: u64, now: Instant) {
        (self.link, self.opened_at, self.deaf, self.listen_at) = (Link::Open { session, desk }, Some(now), 0, now);
        self.is_there(now);
        self.host_may_come(now);
    }

    fn is_there(&mut self, now: Instant) {
        self.is(State::There);
        self.told_lines.clear();
        self.is_host_told = false;
        self.offer_to_all(now);
    }

    // Opened again after a wait, with everything in it. One that was soon lost again came to nothing, too.
    pub(super) fn lost(&mut self, now: Instant) {
        if let Link::Open { session, .. } = self.link {
            self.say(Target::Session(session), janus::destroy(), Purpose::Nothing, now);
        }
        if self.opened_at.take().is_some_and(|at| now.saturating_duration_since(at) >= WORKED) {
            self.failures = 0;
        }
        self.clear();
        self.link = Link::Away(now + wait(self.failures, rand::random()));
        self.failures = self.failures.saturating_add(1);
        self.tell_away();
    }

    // Nothing of it is there any more. Who watches is known still, and offered the picture when it is back.
    fn clear(&mut self) {
        self.asked.retain(|_, asked| matches!(asked.purpose, Purpose::Nothing | Purpose::Farewell { .. }));
        self.handles.clear();
        self.ways.clear();
        self.lines.values_mut().for_each(LineState::forget_ways);
        self.is_host_expected |= self.host.take().is_some() || self.offered.is_some();
        // Made for a connection that is no more.
        self.offered = None;
    }

    /// The show is over: what was made there is tidied up.
    pub fn end(&mut self, now: Instant) {
        if let Link::Open { session, desk } = self.link {
            self.say(Target::Handle { session, handle: desk }, janus::destroy_room(&self.room), Purpose::Farewell { session }, now);
        }
        self.clear();
        self.link = Link::Rest;
        self.lines.clear();
        self.told_lines.clear();
        (self.is_host_expected, self.is_host_told, self.failures) = (false, false, 0);
    }

    pub(super) fn is(&mut self, state: State) {
        if state.is_news_after(self.state) {
            self.state = Some(state);
            self.out.push(Out::Log(state));
        }
    }

    pub(super) fn is_away(&self) -> bool {
        match self.link {
            Link::Rest => false,
            Link::Away(_) => true,
            Link::Opening => self.failures > 0,
            Link::Open { .. } => self.deaf > 0,
        }
    }

    /// Whoever has no picture hears why, once.
    pub(super) fn tell_away(&mut self) {
        if self.is_host_expected && !std::mem::replace(&mut self.is_host_told, true) {
            self.tell(Notice::Away(None));
        }
        let waiting: Vec<Line> = self.lines.iter().filter(|(_, state)| !state.has_way()).map(|(line, _)| *line).collect();
        for line in waiting {
            self.tell_line_away(line);
        }
    }

    pub(super) fn tell_line_away(&mut self, line: Line) {
        if self.told_lines.insert(line) {
            self.tell(Notice::Away(Some(line)));
        }
    }
}

// The session's end, or a refusal of the question for its news itself.
fn is_over(word: &Word) -> bool {
    let is_refused = word.transaction.is_none() && word.handle.is_none() && matches!(word.what, What::Refused(_));
    is_refused || word.what == What::TimedOut
}
