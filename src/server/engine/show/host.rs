//! The host: one publisher at a time, and what becomes of it.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use super::{Link, Purpose, Role, Show};
use crate::server::{
    engine::janus,
    sfu::{Notice, bounded, identity},
};

/// An offer that waited for longer is not the one that its host still waits with.
const OFFER_FRESH: Duration = Duration::from_secs(10);
/// A connection that is not there by then will not come.
const CONNECT: Duration = Duration::from_secs(20);

/// An offer that waits for its turn.
#[derive(Debug)]
pub(super) struct Offered {
    pub number: u64,
    sdp: String,
    at: Instant,
}

/// Who publishes, or is about to.
#[derive(Debug, Default)]
pub(super) struct Host {
    /// None while it is on its way.
    handle: Option<u64>,
    /// What tells one connection of a host from another.
    identity: String,
    pub feed: Option<u64>,
    pub is_up: bool,
    /// What comes just now, by its names.
    heard: HashSet<String>,
    was_heard: bool,
    until: Option<Instant>,
}

impl Host {
    /// Until when it has to be there, as long as it is not.
    pub fn until(&self) -> Option<Instant> {
        self.until
    }
}

impl Show {
    pub(super) fn publish(&mut self, number: u64, offer: &str, now: Instant) {
        let Some(sdp) = bounded(offer) else { return self.tell(Notice::Unusable { number }) };
        self.is_host_expected = true;
        let same = self.host.as_ref().filter(|host| !host.identity.is_empty() && host.identity == identity(&sdp)).and_then(|host| host.handle);
        if let (Some(handle), Link::Open { .. }) = (same, self.link) {
            return self.say_to(handle, janus::publish_again(&sdp), Purpose::Publish { handle, number }, now);
        }
        self.offered = Some(Offered { number, sdp, at: now });
        match self.link {
            Link::Rest => self.open(now),
            Link::Away(_) => self.tell_away(),
            Link::Opening => {}
            Link::Open { .. } => self.succeed_host(now),
        }
    }

    // One publisher at a time: the former makes room first.
    fn succeed_host(&mut self, now: Instant) {
        match self.host.take() {
            Some(Host { handle: Some(former), .. }) => {
                self.handles.remove(&former);
                self.host = Some(Host::default());
                self.say_to(former, janus::leave(), Purpose::Leave { former }, now);
            }
            // It takes the newest offer when it gets there.
            Some(coming) => self.host = Some(coming),
            None => {
                self.host = Some(Host::default());
                self.attach(Purpose::HostHandle, now);
            }
        }
    }

    pub(super) fn left(&mut self, former: u64, now: Instant) {
        self.detach(former, now);
        if self.host.is_some() {
            self.attach(Purpose::HostHandle, now);
        }
    }

    pub(super) fn host_handle(&mut self, handle: u64, now: Instant) {
        let (Some(host), Some(offered)) = (&mut self.host, self.offered.take()) else {
            self.host = None;
            return self.detach(handle, now);
        };
        (host.handle, host.identity, host.until) = (Some(handle), identity(&offered.sdp), Some(now + CONNECT));
        self.handles.insert(handle, Role::Host);
        self.say_to(handle, janus::publish(&self.room, &offered.sdp), Purpose::Publish { handle, number: offered.number }, now);
    }

    pub(super) fn is_host(&self, handle: u64) -> bool {
        self.host.as_ref().is_some_and(|host| host.handle == Some(handle))
    }

    pub(super) fn published(&mut self, handle: u64, number: u64, feed: Option<u64>, answer: String) {
        if let Some(host) = self.host.as_mut().filter(|host| host.handle == Some(handle)) {
            host.feed = feed.or(host.feed);
            self.tell(Notice::Answer { number, answer });
        }
    }

    pub(super) fn unusable(&mut self, handle: u64, number: u64, now: Instant) {
        if self.is_host(handle) {
            self.host = None;
            self.is_host_expected = false;
        }
        self.detach(handle, now);
        self.tell(Notice::Unusable { number });
    }

    pub(super) fn host_up(&mut self, now: Instant) {
        let Some(host) = &mut self.host else { return };
        (host.is_up, host.until) = (true, None);
        self.offer_to_all(now);
    }

    /// Something of it comes, or comes no more.
    pub(super) fn host_heard(&mut self, mid: String, is_receiving: bool) {
        let Some(host) = &mut self.host else { return };
        if is_receiving {
            host.heard.insert(mid);
        } else {
            host.heard.remove(&mid);
        }
        if is_receiving && !std::mem::replace(&mut host.was_heard, true) {
            self.tell(Notice::Picture);
        } else if host.was_heard && host.heard.is_empty() {
            self.tell(Notice::Silent);
        }
    }

    pub(super) fn give_up_host(&mut self, now: Instant) {
        let Some(host) = self.host.as_ref().filter(|host| host.until.is_some_and(|until| until <= now)) else { return };
        host.handle.into_iter().for_each(|handle| self.detach(handle, now));
        self.host_gone(now);
    }

    /// Its connection is over: it is asked for another.
    pub(super) fn host_gone(&mut self, now: Instant) {
        self.host = None;
        if self.offered.is_some() {
            return self.succeed_host(now);
        }
        self.tell(Notice::Gone);
    }

    pub(super) fn unpublish(&mut self, now: Instant) {
        (self.offered, self.is_host_expected) = (None, false);
        if let Some(handle) = self.host.take().and_then(|host| host.handle) {
            self.detach(handle, now);
        }
    }

    /// The way is open: an offer that waited a moment is taken, else the host is asked for one.
    pub(super) fn host_may_come(&mut self, now: Instant) {
        let is_fresh = |offered: &Offered| now.saturating_duration_since(offered.at) < OFFER_FRESH;
        self.offered = self.offered.take().filter(is_fresh);
        if self.offered.is_some() {
            self.succeed_host(now);
        } else if self.is_host_expected {
            self.tell(Notice::Gone);
        }
    }
}
