//! One show at an engine of WHIP and WHEP: what its room wants, as requests, and what the engine answers, as notices.
//! Without a connection and without a clock: what happened and when comes in, what is to be asked goes out.
//!
//! The host's connection and each viewer's are a session there, which ends by our word. The engine is asked after the host's
//! every few seconds; one that is away is knocked at with growing waits. Nothing is offered that no browser made just now.

mod host;
mod lines;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::{Duration, Instant},
};

use self::{
    host::{Host, Offered},
    lines::LineState,
};
use super::words::{Reply, Request, Session, ShowKey, Side, Slot};
use crate::server::{
    engine::{
        http::Failure,
        outage::{State, WORKED, wait},
    },
    sfu::{Command, Line, Notice},
};

/// How often the engine is asked after the host's session, and for its one place where another show has it.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What is to be done outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Out {
    /// To the room.
    Tell(Notice),
    /// To the engine: the answer comes back under the same number.
    Ask { number: u64, request: Request },
    /// For whoever runs the shop; once per change.
    Log(State),
}

/// Whether the engine answers, as far as we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    There,
    /// To be knocked at at this time.
    Away(Instant),
    Knocking,
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Knock,
    Publish,
    /// The former host's end, before the next.
    Leave,
    Look,
    Play(Line),
    /// Nobody waits for it.
    Nothing,
}

/// See the module.
pub struct Show {
    slot: Slot,
    key: ShowKey,
    link: Link,
    /// Tries in a row that came to nothing.
    failures: u32,
    asked: HashMap<u64, Purpose>,
    next: u64,
    host: Option<Host>,
    offered: Option<Offered>,
    /// Somebody is on air, as far as we know.
    is_host_expected: bool,
    /// What it offered last came to nothing: an engine that answers is of no use yet.
    is_host_failing: bool,
    /// When to ask for the place again that another show has.
    claim_at: Option<Instant>,
    lines: BTreeMap<Line, LineState>,
    state: Option<State>,
    /// Who knows that the picture is away.
    told_lines: HashSet<Line>,
    is_host_told: bool,
    out: Vec<Out>,
}

impl Show {
    /// A show that needs nothing yet.
    pub fn new(slot: Slot) -> Self {
        Self {
            slot,
            key: ShowKey::make(),
            link: Link::There,
            failures: 0,
            asked: HashMap::new(),
            next: 0,
            host: None,
            offered: None,
            is_host_expected: false,
            is_host_failing: false,
            claim_at: None,
            lines: BTreeMap::new(),
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

    /// Whether the answer to what was asked is waited for: else it need not be asked any more.
    pub fn awaits(&self, number: u64) -> bool {
        self.asked.contains_key(&number)
    }

    /// When [`tick`](Self::tick) has something to do.
    pub fn due(&self) -> Option<Instant> {
        let knock = if let Link::Away(at) = self.link { Some(at) } else { None };
        let look = self.host.as_ref().and_then(Host::look_at).filter(|_| self.link == Link::There);
        let again = self.lines.values().filter_map(LineState::again_at).filter(|_| self.is_ready()).min();
        [knock, look, again, self.claim_at].into_iter().flatten().min()
    }

    /// What the room wants.
    pub fn command(&mut self, command: Command, now: Instant) {
        match command {
            Command::Publish { number, offer } => self.publish(number, &offer, now),
            Command::Unpublish => self.unpublish(),
            Command::Subscribe(line) => self.subscribe(line, now),
            Command::Check(line) => self.check(line, now),
            Command::Play { line, offer } => self.play(line, &offer, now),
            // Nobody is offered anything there, and it has one size.
            Command::Answer { .. } | Command::Choose { .. } => {}
            Command::Close(line) => self.close(line),
            Command::Move { from, to } => self.move_line(from, to),
            Command::End => self.end(),
        }
    }

    /// What came in answer to what was asked.
    pub fn replied(&mut self, number: u64, reply: Reply, now: Instant) {
        let Some(purpose) = self.asked.remove(&number) else {
            // An answer that nobody waits for any more may still have made something.
            if let Reply::Made { session, .. } = reply {
                self.end_session(session);
            }
            return;
        };
        match (purpose, reply) {
            (Purpose::Knock, Reply::Failed(failure)) => self.away(State::Away(failure), None, now),
            (Purpose::Knock, Reply::Refused { status: status @ 500.., wait }) => self.away(State::Refuses(status.into()), wait, now),
            (Purpose::Knock, _) => self.back(now),
            (Purpose::Publish, Reply::Made { answer, session }) => self.published(answer, session, now),
            (Purpose::Publish, Reply::Refused { status, wait }) => self.publish_refused(status, wait, now),
            (Purpose::Publish, reply) => {
                self.host_failed(State::Away(failure_of(reply)), None, now);
            }
            (Purpose::Leave, Reply::Failed(failure)) => {
                self.host = None;
                self.away(State::Away(failure), None, now);
            }
            (Purpose::Leave, _) => self.post_host(),
            (Purpose::Look, reply) => self.looked(reply, now),
            (Purpose::Play(line), Reply::Made { answer, session }) => self.playing(line, answer, session),
            (Purpose::Play(line), Reply::Refused { status, wait }) => self.play_refused(line, status, wait, now),
            (Purpose::Play(line), reply) => {
                self.forget_offer(line);
                self.away(State::Away(failure_of(reply)), None, now);
            }
            (Purpose::Nothing, _) => {}
        }
    }

    /// Does what is due.
    pub fn tick(&mut self, now: Instant) {
        if matches!(self.link, Link::Away(at) if at <= now) {
            self.link = Link::Knocking;
            let request = Request::Knock { side: Side::Publish, key: self.key.clone() };
            self.ask(request, Purpose::Knock);
        }
        if self.claim_at.is_some_and(|at| at <= now) {
            self.claim(now);
        }
        self.look(now);
        self.post_due_lines(now);
    }

    /// The show is over: what was made there is taken away.
    pub fn end(&mut self) {
        self.unpublish();
        for line in self.lines.keys().copied().collect::<Vec<_>>() {
            self.close(line);
        }
        self.asked.retain(|_, purpose| *purpose == Purpose::Nothing);
        // The next show of the same room is nowhere near it.
        self.key = ShowKey::make();
        (self.link, self.failures, self.is_host_told) = (Link::There, 0, false);
        self.told_lines.clear();
    }

    // Knocked at until it answers. What is made there may be there still.
    fn away(&mut self, state: State, at_least: Option<Duration>, now: Instant) {
        self.is(state);
        if self.host.as_mut().is_some_and(|host| host.doubt(now)) {
            self.failures = 0;
        }
        if !matches!(self.link, Link::Away(_)) {
            let pause = wait(self.failures, rand::random()).max(at_least.unwrap_or_default());
            self.link = Link::Away(now + pause);
            self.failures = self.failures.saturating_add(1);
        }
        // Their pages make others meanwhile.
        self.lines.values_mut().for_each(LineState::forget_offer);
        self.tell_away();
    }

    // It answers: the host is asked after, or for an offer.
    fn back(&mut self, now: Instant) {
        self.link = Link::There;
        if !self.is_host_failing {
            self.is_there();
        }
        self.host_may_come(now);
        self.serve_waiting();
    }

    fn is_there(&mut self) {
        self.is(State::There);
        self.told_lines.clear();
        self.is_host_told = false;
    }

    fn is(&mut self, state: State) {
        if state.is_news_after(self.state) {
            self.state = Some(state);
            self.out.push(Out::Log(state));
        }
    }

    /// Whoever has no picture hears why, once.
    fn tell_away(&mut self) {
        if self.is_host_expected && !std::mem::replace(&mut self.is_host_told, true) {
            self.tell(Notice::Away(None));
        }
        let waiting: Vec<Line> = self.lines.iter().filter(|(_, state)| state.is_waiting()).map(|(line, _)| *line).collect();
        for line in waiting {
            self.tell_line_away(line);
        }
    }

    fn tell_line_away(&mut self, line: Line) {
        if self.told_lines.insert(line) {
            self.tell(Notice::Away(Some(line)));
        }
    }

    fn ask(&mut self, request: Request, purpose: Purpose) {
        self.next += 1;
        self.asked.insert(self.next, purpose);
        self.out.push(Out::Ask { number: self.next, request });
    }

    // What is not waited for any more is not asked, if there is time, or ended when it comes.
    fn forget(&mut self, purpose: Purpose) {
        self.asked.retain(|_, asked| *asked != purpose);
    }

    fn end_session(&mut self, session: Session) {
        self.ask(Request::End(session), Purpose::Nothing);
    }

    fn tell(&mut self, notice: Notice) {
        self.out.push(Out::Tell(notice));
    }
}

fn failure_of(reply: Reply) -> Failure {
    if let Reply::Failed(failure) = reply { failure } else { Failure::Rubbish }
}

#[cfg(test)]
mod tests;
