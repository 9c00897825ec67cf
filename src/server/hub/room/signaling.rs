//! Peers of one show find each other: the room says who may address whom, stamps the sender, and reads nothing else.

use super::{Effect, Moment, Room, SeatId, refusal};
use crate::{
    domain::id::PeerId,
    error::{AppError, ErrorKind},
    protocol::{
        downward::{AnswerFrom, CandidateFrom, CustomerWaiting, Downward, OfferFrom},
        upward::{self, Candidate, NewCustomer, Offer, PeerRegister, Start, UserType},
    },
};

/// A viewer who waits for an offer is not announced again within this time.
const OFFER_WAIT_MS: u64 = 5000;
/// A viewer who was offered something this long ago and asks again wants a new offer.
const SETTLE_MS: u64 = 1000;

/// Candidates that a viewer may send for one offer: several times what a browser with every kind of network finds.
const CANDIDATES_PER_OFFER: u32 = 64;

/// A viewer's seat as the broadcaster knows it. It stays whatever names the seat gives itself, so that new names are
/// not a way to be announced without end: each announcement costs the broadcaster a media connection.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    announced_ms: u64,
    offer: Option<Offered>,
    /// When this viewer itself offered, where viewers do.
    own_offer_ms: Option<u64>,
}

/// Who makes an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offerer {
    Host,
    Server,
}

/// The newest offer to a viewer, and what may still come in return: one answer and so many candidates. Without this
/// bound a viewer could fill what waits for the broadcaster until its socket counts as too slow.
#[derive(Debug, Clone)]
pub(super) struct Offered {
    at_ms: u64,
    to: PeerId,
    by: Offerer,
    pub answered: bool,
    candidates_left: u32,
}

impl Pair {
    pub fn announced(now: Moment) -> Self {
        Self { announced_ms: now.elapsed_ms, offer: None, own_offer_ms: None }
    }

    /// An offer is on its way.
    pub fn offered(&mut self, to: &PeerId, by: Offerer, now: Moment) {
        self.offer = Some(Offered { at_ms: now.elapsed_ms, to: to.clone(), by, answered: false, candidates_left: CANDIDATES_PER_OFFER });
    }

    /// Whether this viewer may offer: not again within a moment. If so, it does.
    pub fn may_offer(&mut self, now: Moment) -> bool {
        let is_free = self.own_offer_ms.is_none_or(|at_ms| now.elapsed_ms >= at_ms + SETTLE_MS);
        if is_free {
            self.own_offer_ms = Some(now.elapsed_ms);
        }
        is_free
    }

    /// Whether an offer was answered a while ago, so that who asks again has not got what was offered.
    pub fn has_failed(&self, now: Moment) -> bool {
        self.offer.as_ref().is_some_and(|offer| offer.answered && now.elapsed_ms >= offer.at_ms + SETTLE_MS)
    }

    pub fn is_from_server(&self) -> bool {
        self.offer.as_ref().is_some_and(|offer| offer.by == Offerer::Server)
    }

    pub fn offer_to(&mut self, peer: &PeerId) -> Option<&mut Offered> {
        self.offer.as_mut().filter(|offer| offer.to == *peer)
    }
}

impl Room {
    pub(super) fn register_peer(&mut self, seat: SeatId, register: PeerRegister, now: Moment, out: &mut Vec<Effect>) -> Result<(), AppError> {
        match register.user_type {
            UserType::Admin => {
                self.require_admin(seat)?;
                self.bind_peer(seat, register.peer_id, out)?;
                // Before the show and after it a peer is only a name.
                if self.is_live() { self.go_on_air(seat, &Start::default(), now, out) } else { Ok(()) }
            }
            UserType::Customer => {
                let peer = self.bind_viewer(seat, Some(register.peer_id), out)?;
                self.ask_for_offer(seat, &peer, now, out);
                Ok(())
            }
        }
    }

    pub(super) fn new_customer(&mut self, seat: SeatId, customer: NewCustomer, now: Moment, out: &mut Vec<Effect>) -> Result<(), AppError> {
        if self.is_player(seat) {
            // It has what it asked for, or lost it.
            self.check_with_server(seat, out);
            return Ok(());
        }
        let peer = self.bind_viewer(seat, customer.customer_id, out)?;
        self.relieve_if_unreachable(seat, now, out);
        self.announce_customer(seat, &peer, now, out);
        Ok(())
    }

    // The name of a viewer, a new one where one is given. Who is on air is no viewer of it, and keeps its name until somebody is
    // on air in its place.
    fn bind_viewer(&mut self, seat: SeatId, peer: Option<PeerId>, out: &mut Vec<Effect>) -> Result<PeerId, AppError> {
        if self.is_on_air(seat) {
            return Err(forbidden());
        }
        if let Some(peer) = peer {
            if self.is_host(&peer) {
                return Err(peer_taken());
            }
            self.bind_peer(seat, peer, out)?;
        }
        self.own_peer(seat)
    }

    /// Gives a seat the name of its end of the media connection, in place of the one it had. A name belongs to whoever
    /// came first, with two exceptions: the same visitor or account may take its own, as after a reload, and a host may
    /// take one from a viewer, who could otherwise keep the host off the air by picking up the name of a seat that left.
    pub(super) fn bind_peer(&mut self, seat: SeatId, peer: PeerId, out: &mut Vec<Effect>) -> Result<(), AppError> {
        let Some(own) = self.seats.get(&seat).map(|seat| seat.occupant.clone()) else { return Ok(()) };
        if self.stage.served.as_ref().is_some_and(|served| served.peer == peer) {
            return Err(peer_taken());
        }
        if let Some(holder) = self.stage.peers.get(&peer).copied()
            && holder != seat
            && let Some(other) = self.seats.get_mut(&holder)
        {
            let theirs = &other.occupant;
            let same = theirs.session == own.session || (own.user.is_some() && theirs.user == own.user);
            if !(same || own.admin && !theirs.admin) {
                return Err(peer_taken());
            }
            other.peer = None;
            if same {
                self.move_with_server(holder, seat, out);
            } else {
                out.push(Effect::Send(holder, refusal(&peer_taken(), Some("webrtc_register"), None)));
            }
        }
        self.take_line_back(seat, &peer, &own.session, out);
        let old = self.seats.get_mut(&seat).and_then(|seat| seat.peer.replace(peer.clone()));
        if let Some(old) = old.filter(|old| *old != peer) {
            self.stage.unbind(&old);
        }
        self.stage.peers.insert(peer, seat);
        Ok(())
    }

    fn ask_for_offer(&mut self, seat: SeatId, peer: &PeerId, now: Moment, out: &mut Vec<Effect>) {
        if let Some(frame) = self.stage.available(self.show.id) {
            out.push(Effect::Send(seat, Box::new(frame)));
        }
        self.announce_customer(seat, peer, now, out);
    }

    /// Tells the broadcaster that a viewer waits for an offer, unless it was told a moment ago.
    pub(super) fn announce_customer(&mut self, seat: SeatId, peer: &PeerId, now: Moment, out: &mut Vec<Effect>) {
        let host = self.stage.broadcaster.as_ref().filter(|broadcaster| broadcaster.peer.is_some()).map(|broadcaster| broadcaster.seat);
        let Some(host) = host else { return };
        let patient = self.stage.pairs.get(&seat).is_some_and(|pair| match &pair.offer {
            Some(offer) => now.elapsed_ms < offer.at_ms + SETTLE_MS,
            None => now.elapsed_ms < pair.announced_ms + OFFER_WAIT_MS,
        });
        if patient {
            return;
        }
        self.relieve_if_crowded(seat, now, out);
        if self.stage.served.is_some() {
            self.ask_server(seat, out);
        } else {
            let frame = CustomerWaiting { stream_id: self.show.id, customer_id: peer.clone(), peer_id: peer.clone(), layers: false };
            out.push(Effect::Send(host, Box::new(Downward::WebrtcNewCustomer(frame))));
        }
        let own_offer_ms = self.stage.pairs.get(&seat).and_then(|pair| pair.own_offer_ms);
        self.stage.pairs.insert(seat, Pair { own_offer_ms, ..Pair::announced(now) });
    }

    /// Tells the broadcaster that nobody waits for its picture at this seat any more, so that it stops encoding one.
    pub(super) fn farewell(&mut self, seat: SeatId, out: &mut Vec<Effect>) {
        if self.is_carried(seat) {
            self.tell_host_of_farewell(seat, out);
        }
        if let Some(served) = &mut self.stage.served {
            served.carried.let_go(seat);
            if self.stage.pairs.remove(&seat).is_some() {
                self.close_with_server(seat, out);
            }
        }
    }

    pub(super) fn relay_offer(&mut self, seat: SeatId, offer: Offer, now: Moment, out: &mut Vec<Effect>) -> Result<(), AppError> {
        if self.is_player(seat) {
            return self.player_offers(seat, offer, out);
        }
        if !self.is_on_air(seat) {
            return self.viewer_offers_server(seat, offer, now, out);
        }
        let from = self.own_peer(seat)?;
        let carried = offer.to.as_ref().is_some_and(|to| self.stage.peers.get(to).is_some_and(|seat| self.is_carried(*seat)));
        if self.stage.served.is_some() && !carried {
            return self.host_offers_server(seat, offer, out);
        }
        let to = offer.to.ok_or_else(peer_gone)?;
        let receiver = self.viewer_peer(&to, seat)?;
        self.stage.pairs.entry(receiver).or_insert_with(|| Pair::announced(now)).offered(&to, Offerer::Host, now);
        // The host has one size for each viewer: there is nothing to choose.
        let offer = OfferFrom { stream_id: self.show.id, from, to, offer: offer.offer, qualities: Vec::new() };
        out.push(Effect::Send(receiver, Box::new(Downward::WebrtcOffer(offer))));
        Ok(())
    }

    pub(super) fn relay_answer(&mut self, seat: SeatId, answer: upward::Answer, out: &mut Vec<Effect>) -> Result<(), AppError> {
        if self.is_on_air(seat) {
            return Err(forbidden());
        }
        let from = self.own_peer(seat)?;
        if !self.speaks_to_host(seat, answer.to.as_ref()) {
            return self.viewer_answers_server(seat, &from, answer, out);
        }
        if self.stage.pairs.get(&seat).is_some_and(Pair::is_from_server) {
            // The server's offer came in between: this one goes on as it is until then.
            return Ok(());
        }
        let (receiver, to) = self.broadcaster_for(answer.to.as_ref())?;
        let offer = self.stage.pairs.get_mut(&seat).and_then(|pair| pair.offer_to(&from)).filter(|offer| !offer.answered);
        offer.ok_or_else(no_offer)?.answered = true;
        out.push(Effect::Send(receiver, Box::new(Downward::WebrtcAnswer(AnswerFrom { stream_id: self.show.id, from, to, answer: answer.answer }))));
        Ok(())
    }

    pub(super) fn relay_candidate(&mut self, seat: SeatId, candidate: Candidate, out: &mut Vec<Effect>) -> Result<(), AppError> {
        let from = self.own_peer(seat)?;
        let (receiver, to) = if self.is_on_air(seat) {
            let carried = candidate.to.as_ref().is_some_and(|to| self.stage.peers.get(to).is_some_and(|seat| self.is_carried(*seat)));
            if self.stage.served.is_some() && !carried {
                // What was under way to a viewer whom the server took over is nobody's fault either.
                return if candidate.to.as_ref().is_some_and(|to| self.stage.peers.contains_key(to)) { Ok(()) } else { self.candidate_for_server(&candidate) };
            }
            let to = candidate.to.ok_or_else(peer_gone)?;
            (self.viewer_peer(&to, seat)?, to)
        } else {
            if !self.speaks_to_host(seat, candidate.to.as_ref()) {
                return if candidate.to.as_ref().is_some_and(|to| self.is_host(to)) { Ok(()) } else { self.candidate_for_server(&candidate) };
            }
            let receiver = self.broadcaster_for(candidate.to.as_ref())?;
            // Candidates of an offer that a returning broadcaster has forgotten are nobody's fault: dropped, not refused.
            let Some(offer) = self.stage.pairs.get_mut(&seat).and_then(|pair| pair.offer_to(&from)) else { return Ok(()) };
            let Some(left) = offer.candidates_left.checked_sub(1) else { return Ok(()) };
            offer.candidates_left = left;
            receiver
        };
        let frame = CandidateFrom { stream_id: self.show.id, from, to, candidate: candidate.candidate };
        out.push(Effect::Send(receiver, Box::new(Downward::WebrtcIceCandidate(frame))));
        Ok(())
    }

    pub(super) fn is_on_air(&self, seat: SeatId) -> bool {
        self.stage.broadcaster.as_ref().is_some_and(|broadcaster| broadcaster.seat == seat)
    }

    pub(super) fn own_peer(&self, seat: SeatId) -> Result<PeerId, AppError> {
        self.seats
            .get(&seat)
            .and_then(|seat| seat.peer.clone())
            .ok_or_else(|| AppError::new(ErrorKind::Malformed, "Send webrtc_register first.").coded("not_registered"))
    }

    // The broadcaster may address any viewer of the show, and nobody else.
    fn viewer_peer(&self, to: &PeerId, own_seat: SeatId) -> Result<SeatId, AppError> {
        match self.stage.peers.get(to) {
            Some(seat) if *seat == own_seat => Err(forbidden()),
            Some(seat) => Ok(*seat),
            None => Err(peer_gone()),
        }
    }

    // A viewer may address the broadcaster alone; without an address that is who is meant.
    fn broadcaster_for(&self, to: Option<&PeerId>) -> Result<(SeatId, PeerId), AppError> {
        let broadcaster = self.stage.broadcaster.as_ref().and_then(|broadcaster| Some((broadcaster.seat, broadcaster.peer.clone()?)));
        match (broadcaster, to) {
            (Some((seat, peer)), None) => Ok((seat, peer)),
            (Some((seat, peer)), Some(to)) if peer == *to => Ok((seat, peer)),
            (_, Some(to)) if self.stage.peers.contains_key(to) => Err(forbidden()),
            _ => Err(peer_gone()),
        }
    }
}

pub(super) fn forbidden() -> AppError {
    AppError::new(ErrorKind::Forbidden, "You may not send this to that peer.")
}

fn peer_taken() -> AppError {
    AppError::conflict("This peer id is taken.").coded("peer_id_taken")
}

pub(super) fn no_offer() -> AppError {
    AppError::conflict("There is no offer to answer.").coded("no_offer")
}

pub(super) fn peer_gone() -> AppError {
    AppError::new(ErrorKind::NotFound, "This peer is gone.").coded("peer_gone")
}
