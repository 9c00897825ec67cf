//! Offers: the other end's, which are answered, and ours, where the picture comes from an engine that is asked for it.

use super::{Event, Viewer, line::Line, origin};
use crate::{
    browser::{
        error::MediaError,
        page,
        peer::{Peer, PeerState},
        timer::Timeout,
    },
    domain::id::PeerId,
    protocol::{
        downward::{AnswerFrom, OfferFrom},
        signal::{IceCandidate, IceServer, SessionDescription},
        upward::{Answer, Offer, Upward},
    },
};

/// An offer waits this long for the list of helping servers: a list that is slower is not worth a late picture.
const ICE_SERVERS_MS: u32 = 200;

/// An offer that waits for the list of helping servers.
pub(super) struct Waiting {
    what: What,
    late: Option<Timeout>,
}

enum What {
    /// The other end's, with the addresses that came for it.
    Answer(Box<OfferFrom>, Vec<IceCandidate>),
    /// Ours, to this one.
    Offer(PeerId),
}

impl Waiting {
    pub fn answer(offer: OfferFrom) -> Self {
        Self { what: What::Answer(Box::new(offer), Vec::new()), late: None }
    }

    pub fn add_candidate(&mut self, candidate: IceCandidate) {
        if let What::Answer(_, early) = &mut self.what {
            early.push(candidate);
        }
    }
}

impl Viewer {
    /// Goes on at once, or when the list of helping servers is there.
    pub(super) fn with_helpers(&mut self, mut waiting: Waiting) {
        let late = self.post.clone();
        waiting.late = self.ice_servers.is_none().then(|| Timeout::new(ICE_SERVERS_MS, move || late.send(Event::IceServersLate)));
        self.waiting = Some(waiting);
        if self.ice_servers.is_some() {
            self.go_on();
        }
    }

    pub(super) fn go_on(&mut self) {
        let Some(waiting) = self.waiting.take() else { return };
        let servers = self.ice_servers.take().unwrap_or_default();
        match waiting.what {
            What::Answer(offer, early) => {
                self.answer(*offer, &servers);
                for candidate in early {
                    if let Some(line) = &self.line {
                        line.peer.add_candidate(candidate);
                    }
                }
            }
            What::Offer(to) => self.offer(to, &servers),
        }
        self.ice_servers = Some(servers);
    }

    fn answer(&mut self, offer: OfferFrom, servers: &[IceServer]) {
        let origin = origin(&offer.offer.sdp).to_owned();
        self.choices(offer.qualities);
        let is_same = self.line.as_ref().is_some_and(|line| line.host == offer.from && line.origin == origin && line.peer.state() != PeerState::Closed);
        if !is_same {
            let Some((number, peer)) = self.connect(servers) else { return };
            self.succeed(Line::new(number, peer, offer.from, origin, None));
            self.viewing.offered(page::now_ms());
        }
        if let Some(line) = &self.line {
            let number = line.number;
            self.post.spawn(line.peer.answer(&offer.offer), move |answer| Event::Answered(number, answer));
        }
    }

    fn connect(&mut self, servers: &[IceServer]) -> Option<(u32, Peer)> {
        self.lines = self.lines.wrapping_add(1);
        let (number, post) = (self.lines, self.post.clone());
        Some((number, Peer::new(servers, move |event| post.send(Event::Peer(number, event))).ok()?))
    }

    fn succeed(&mut self, line: Line) {
        // Only one that shows something is worth keeping.
        if let Some(earlier) = self.line.replace(line).filter(|line| line.stream.is_some()) {
            self.former = Some(earlier);
        }
    }

    pub(super) fn answered(&mut self, outcome: Result<SessionDescription, MediaError>) {
        match (outcome, &self.line) {
            (Ok(answer), Some(line)) => {
                self.session.send(&Upward::WebrtcAnswer(Answer { to: Some(line.host.clone()), answer }));
                self.repeat_wish();
            }
            // An offer that cannot be answered is as good as none: it is asked for again.
            _ => self.failed(),
        }
    }

    /// Somebody would answer an offer of ours. One that is on its way is enough.
    pub(super) fn may_offer(&mut self, to: PeerId) {
        let now_ms = page::now_ms();
        if self.waiting.is_none() && !self.line.as_ref().is_some_and(|line| line.is_offering(now_ms)) {
            self.with_helpers(Waiting { what: What::Offer(to), late: None });
        }
    }

    fn offer(&mut self, to: PeerId, servers: &[IceServer]) {
        let Some((number, peer)) = self.connect(servers) else { return };
        self.post.spawn(peer.offer_to_receive(), move |offer| Event::Offered(number, offer));
        self.succeed(Line::offering(number, peer, to, page::now_ms()));
    }

    // Until it is answered nothing is connecting: it is asked for again like an offer that does not come.
    pub(super) fn offered(&mut self, outcome: Result<SessionDescription, MediaError>) {
        if let (Ok(offer), Some(line)) = (outcome, &self.line) {
            let to = Some(line.host.clone());
            self.mark("wrencos:offer");
            self.session.send(&Upward::WebrtcOffer(Offer { to, offer }));
        }
    }

    pub(super) fn accept(&mut self, answer: &AnswerFrom) {
        let Some(line) = self.line.as_ref().filter(|line| line.is_ours() && line.host == answer.from && line.peer.state() == PeerState::New) else { return };
        let number = line.number;
        self.post.spawn(line.peer.accept(&answer.answer), move |outcome| Event::Accepted(number, outcome));
        self.viewing.offered(page::now_ms());
    }

    /// Nothing comes of this connection.
    pub(super) fn failed(&mut self) {
        let orders = self.viewing.peer_state(PeerState::Failed, page::now_ms());
        self.follow(orders);
    }
}
