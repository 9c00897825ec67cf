//! The host: one session at a time, asked after, and what becomes of it.

use std::time::{Duration, Instant};

use super::{LOOK_EVERY, Link, Purpose, Reply, Request, Session, Show, Side, State, WORKED};
use crate::server::{
    engine::whip::words::last_fragment,
    sfu::{Notice, bounded, identity},
};

/// An offer that waited for longer is not the one that its host still waits with.
const OFFER_FRESH: Duration = Duration::from_secs(10);

/// An offer that waits for its turn.
#[derive(Debug)]
pub(super) struct Offered {
    number: u64,
    sdp: String,
    at: Instant,
}

/// Who publishes, or is about to.
#[derive(Debug)]
pub(super) enum Host {
    /// The one before is on its way out.
    Succeeding,
    Offering {
        number: u64,
        identity: String,
        fragment: String,
    },
    There(There),
}

/// A host's session.
#[derive(Debug)]
pub(super) struct There {
    /// What tells one connection of a host from another.
    identity: String,
    session: Session,
    fragment: String,
    since: Instant,
    /// None where the engine does not say whether a session is there.
    look_at: Option<Instant>,
    /// The engine was away: what became of it is not known.
    is_in_doubt: bool,
}

impl Host {
    /// When to ask after it.
    pub fn look_at(&self) -> Option<Instant> {
        if let Self::There(there) = self { there.look_at } else { None }
    }

    fn is_sure(&self) -> bool {
        matches!(self, Self::There(there) if !there.is_in_doubt)
    }

    /// The engine is away. True where this has worked until now.
    pub fn doubt(&mut self, now: Instant) -> bool {
        let Self::There(there) = self else { return false };
        !std::mem::replace(&mut there.is_in_doubt, true) && now.saturating_duration_since(there.since) >= WORKED
    }
}

impl Show {
    /// Whether viewers can be served.
    pub(super) fn is_ready(&self) -> bool {
        self.link == Link::There && self.host.as_ref().is_some_and(Host::is_sure)
    }

    pub(super) fn publish(&mut self, number: u64, offer: &str, now: Instant) {
        let Some(sdp) = bounded(offer) else { return self.tell(Notice::Unusable { number }) };
        self.is_host_expected = true;
        if !self.slot.take() {
            // It offers again when there is a place for it.
            if self.claim_at.replace(now + LOOK_EVERY).is_none() {
                self.tell(Notice::Taken);
            }
            return;
        }
        self.claim_at = None;
        let identity = identity(&sdp);
        if !identity.is_empty() && matches!(&self.host, Some(Host::There(there)) if there.identity == identity) {
            // It looks for another path, as nothing goes over this one. Not every browser goes on with another end: a new one.
            return self.host_gone();
        }
        self.offered = Some(Offered { number, sdp, at: now });
        if self.link == Link::There { self.succeed_host() } else { self.tell_away() }
    }

    // One session at a time: the former makes room first.
    fn succeed_host(&mut self) {
        match self.host.take() {
            Some(Host::There(there)) => self.succeed(there.session),
            // It takes the newest offer when it gets there.
            Some(coming) => self.host = Some(coming),
            None => self.post_host(),
        }
    }

    fn succeed(&mut self, former: Session) {
        self.forget(Purpose::Look);
        self.host = Some(Host::Succeeding);
        self.ask(Request::End(former), Purpose::Leave);
    }

    pub(super) fn post_host(&mut self) {
        self.host = self.offered.take().map(|Offered { number, sdp, .. }| {
            let host = Host::Offering { number, identity: identity(&sdp), fragment: last_fragment(&sdp) };
            self.ask(Request::Offer { side: Side::Publish, key: self.key.clone(), sdp }, Purpose::Publish);
            host
        });
    }

    pub(super) fn published(&mut self, answer: String, session: Session, now: Instant) {
        let Some(Host::Offering { number, identity, fragment }) = self.host.take() else { return self.end_session(session) };
        if self.offered.is_some() {
            return self.succeed(session);
        }
        self.is_host_failing = false;
        if self.link == Link::There {
            self.is_there();
        }
        self.host = Some(Host::There(There { identity, session, fragment, since: now, look_at: Some(now + LOOK_EVERY), is_in_doubt: false }));
        self.tell(Notice::Answer { number, answer });
        self.serve_waiting();
    }

    pub(super) fn publish_refused(&mut self, status: u16, wait: Option<Duration>, now: Instant) {
        let former = self.host.take();
        match (status, former) {
            (400 | 406 | 413 | 415 | 422, Some(Host::Offering { number, .. })) => {
                self.is(State::Refuses(status.into()));
                if self.offered.is_some() {
                    return self.post_host();
                }
                self.is_host_expected = false;
                self.tell(Notice::Unusable { number });
            }
            (401 | 403, _) => self.host_failed(State::Unauthorized, wait, now),
            _ => self.host_failed(State::Refuses(status.into()), wait, now),
        }
    }

    pub(super) fn host_failed(&mut self, state: State, wait: Option<Duration>, now: Instant) {
        (self.host, self.is_host_failing) = (None, true);
        self.away(state, wait, now);
    }

    pub(super) fn look(&mut self, now: Instant) {
        let is_there = self.link == Link::There;
        let Some(Host::There(there)) = self.host.as_mut().filter(|host| is_there && host.look_at().is_some_and(|at| at <= now)) else { return };
        let request = Request::Look { session: there.session.clone(), fragment: there.fragment.clone() };
        // Asked again once this is answered.
        there.look_at = Some(now + 2 * LOOK_EVERY);
        self.forget(Purpose::Look);
        self.ask(request, Purpose::Look);
    }

    pub(super) fn looked(&mut self, reply: Reply, now: Instant) {
        if !matches!(self.host, Some(Host::There(_))) {
            return;
        }
        match reply {
            Reply::Refused { status: 404 | 410, .. } => {
                // The rest of what was made there is gone with it, or ends by itself.
                self.host = None;
                self.ask_host();
            }
            Reply::Refused { status: status @ (429 | 500 | 502..), wait } => self.away(State::Refuses(status.into()), wait, now),
            Reply::Failed(failure) => self.away(State::Away(failure), None, now),
            Reply::Done | Reply::Made { .. } => self.is_sure(Some(now + LOOK_EVERY)),
            // It does not say. Browsers notice, too.
            Reply::Refused { .. } => self.is_sure(None),
        }
    }

    fn is_sure(&mut self, look_at: Option<Instant>) {
        if let Some(Host::There(there)) = &mut self.host {
            (there.look_at, there.is_in_doubt) = (look_at, false);
        }
        self.serve_waiting();
    }

    /// Its connection is over: it is asked for another.
    fn host_gone(&mut self) {
        if let Some(Host::There(there)) = self.host.take() {
            self.forget(Purpose::Look);
            self.end_session(there.session);
        }
        self.ask_host();
    }

    // Where the engine is away, it is asked when that is back.
    fn ask_host(&mut self) {
        if self.link != Link::There {
            self.tell_away();
        } else if self.is_host_expected {
            self.tell(Notice::Gone);
        }
    }

    pub(super) fn unpublish(&mut self) {
        (self.offered, self.is_host_expected, self.is_host_failing, self.claim_at) = (None, false, false, None);
        self.forget(Purpose::Look);
        self.forget(Purpose::Publish);
        if let Some(Host::There(there)) = self.host.take() {
            self.end_session(there.session);
        }
        self.slot.release();
    }

    /// The engine is there again: an offer that waited a moment is taken, a host that was there is asked after, and one that
    /// was not is asked for an offer.
    pub(super) fn host_may_come(&mut self, now: Instant) {
        let is_fresh = |offered: &Offered| now.saturating_duration_since(offered.at) < OFFER_FRESH;
        self.offered = self.offered.take().filter(is_fresh);
        match &mut self.host {
            _ if self.offered.is_some() => self.succeed_host(),
            Some(Host::There(there)) if there.look_at.is_some() => {
                there.look_at = Some(now);
                self.look(now);
            }
            Some(Host::There(there)) => there.is_in_doubt = false,
            Some(_) => {}
            None => self.ask_host(),
        }
    }

    /// Asks for the engine's one place again.
    pub(super) fn claim(&mut self, now: Instant) {
        if self.slot.take() {
            self.claim_at = None;
            self.told_lines.clear();
            self.ask_host();
        } else {
            self.claim_at = Some(now + LOOK_EVERY);
        }
    }
}
