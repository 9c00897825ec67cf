//! Viewers: who is to offer, whose offer waits, who has a session.

use std::time::{Duration, Instant};

use super::{Link, Purpose, Request, Session, Show, Side, State, wait};
use crate::server::sfu::{Line, Notice, bounded};

/// An offer that waited for longer is not the one that its viewer still waits with.
const OFFER_FRESH: Duration = Duration::from_secs(8);

/// A viewer's offer that is not answered yet.
#[derive(Debug)]
struct Offered {
    sdp: String,
    at: Instant,
    tries: u32,
    /// When it is said again: the engine had no picture for it yet.
    again_at: Option<Instant>,
}

/// A viewer.
#[derive(Debug, Default)]
pub(super) struct LineState {
    session: Option<Session>,
    offered: Option<Offered>,
    /// It is told when it may offer.
    wants: bool,
}

impl LineState {
    pub fn again_at(&self) -> Option<Instant> {
        self.offered.as_ref().and_then(|offered| offered.again_at)
    }

    pub fn is_waiting(&self) -> bool {
        self.wants || self.session.is_none()
    }

    /// What was offered is not answered: its viewer is told when it may offer anew.
    pub fn forget_offer(&mut self) {
        self.wants |= self.offered.take().is_some();
    }
}

impl Show {
    /// A viewer wants the picture.
    pub(super) fn subscribe(&mut self, line: Line, now: Instant) {
        let (is_ready, is_away) = (self.is_ready(), self.link != Link::There || self.claim_at.is_some());
        let state = self.lines.entry(line).or_default();
        if state.offered.as_ref().is_some_and(|offered| now.saturating_duration_since(offered.at) < OFFER_FRESH) {
            // It is being answered.
            return;
        }
        state.wants = !is_ready;
        if is_ready {
            self.tell(Notice::Invite(line));
        } else if is_away {
            self.tell_line_away(line);
        }
    }

    /// The same, but nobody asked.
    pub(super) fn check(&mut self, line: Line, now: Instant) {
        if self.lines.entry(line).or_default().session.is_none() {
            self.subscribe(line, now);
        }
    }

    /// A viewer offers to take the picture. Where there is none yet, the offer waits a moment for it.
    pub(super) fn play(&mut self, line: Line, offer: &str, now: Instant) {
        let Some(sdp) = bounded(offer) else { return self.tell(Notice::Unplayable(line)) };
        // What an earlier offer makes yet is nobody's.
        self.forget(Purpose::Play(line));
        let state = self.lines.entry(line).or_default();
        state.offered = Some(Offered { sdp, at: now, tries: 0, again_at: None });
        if self.is_ready() {
            self.post_line(line);
        } else if self.link != Link::There || self.claim_at.is_some() {
            self.forget_offer(line);
            self.tell_line_away(line);
        }
    }

    pub(super) fn forget_offer(&mut self, line: Line) {
        if let Some(state) = self.lines.get_mut(&line) {
            state.forget_offer();
        }
    }

    fn post_line(&mut self, line: Line) {
        let Some(offered) = self.lines.get_mut(&line).and_then(|state| state.offered.as_mut()) else { return };
        offered.again_at = None;
        let request = Request::Offer { side: Side::Play, key: self.key.clone(), sdp: offered.sdp.clone() };
        self.ask(request, Purpose::Play(line));
    }

    /// There is a picture: who offered is answered, and who waits may offer.
    pub(super) fn serve_waiting(&mut self) {
        if !self.is_ready() {
            return;
        }
        for line in self.lines.keys().copied().collect::<Vec<_>>() {
            let is_asked = self.asked.values().any(|purpose| *purpose == Purpose::Play(line));
            let Some(state) = self.lines.get_mut(&line).filter(|_| !is_asked) else { continue };
            if state.offered.is_some() {
                self.post_line(line);
            } else if std::mem::take(&mut state.wants) {
                self.tell(Notice::Invite(line));
            }
        }
    }

    pub(super) fn post_due_lines(&mut self, now: Instant) {
        if self.is_ready() {
            let is_due = |state: &LineState| state.again_at().is_some_and(|at| at <= now);
            let due: Vec<Line> = self.lines.iter().filter(|(_, state)| is_due(state)).map(|(line, _)| *line).collect();
            due.into_iter().for_each(|line| self.post_line(line));
        }
    }

    pub(super) fn playing(&mut self, line: Line, answer: String, session: Session) {
        let Some(state) = self.lines.get_mut(&line) else { return self.end_session(session) };
        (state.offered, state.wants) = (None, false);
        let former = state.session.replace(session);
        self.told_lines.remove(&line);
        self.tell(Notice::Playing { line, answer });
        former.into_iter().for_each(|former| self.end_session(former));
    }

    pub(super) fn play_refused(&mut self, line: Line, status: u16, at_least: Option<Duration>, now: Instant) {
        match status {
            // There is no picture for it yet, or no room just now.
            404 | 409 | 425 | 429 | 503 => {
                let Some(offered) = self.lines.get_mut(&line).and_then(|state| state.offered.as_mut()) else { return };
                let again_at = now + wait(offered.tries, rand::random()).max(at_least.unwrap_or_default());
                offered.tries += 1;
                if again_at.saturating_duration_since(offered.at) < OFFER_FRESH {
                    offered.again_at = Some(again_at);
                    return;
                }
            }
            401 | 403 => self.is(State::Unauthorized),
            500.. => {
                self.forget_offer(line);
                return self.away(State::Refuses(status.into()), at_least, now);
            }
            _ => {
                if let Some(state) = self.lines.get_mut(&line) {
                    (state.offered, state.wants) = (None, false);
                }
                return self.tell(Notice::Unplayable(line));
            }
        }
        // Its page asks again by itself.
        self.forget_offer(line);
        self.tell_line_away(line);
    }

    pub(super) fn close(&mut self, line: Line) {
        self.told_lines.remove(&line);
        self.forget(Purpose::Play(line));
        if let Some(session) = self.lines.remove(&line).and_then(|state| state.session) {
            self.end_session(session);
        }
    }

    /// The viewer behind a session sits on another seat now.
    pub(super) fn move_line(&mut self, from: Line, to: Line) {
        if self.lines.get(&to).is_some_and(|state| state.session.is_some() || state.offered.is_some()) {
            return;
        }
        let Some(state) = self.lines.remove(&from) else { return };
        self.lines.insert(to, state);
        for purpose in self.asked.values_mut().filter(|purpose| **purpose == Purpose::Play(from)) {
            *purpose = Purpose::Play(to);
        }
    }
}
