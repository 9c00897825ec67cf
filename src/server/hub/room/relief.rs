//! A show that goes from browser to browser while few watch, and through the media server once more do than its host's
//! browser carries: each viewer costs the host an encoder and an upload. It never goes back.
//!
//! Whoever has the picture from the host keeps it until the server has it too and their own connection to it is there, so
//! that nobody sees a gap. Until then what they and the host say to each other is passed on as before.

use std::collections::BTreeSet;

use super::{Effect, Moment, Room, SeatId, served::Served};
use crate::{
    domain::id::PeerId,
    protocol::downward::{CustomerWaiting, Downward},
};

/// The media server, as long as it is not needed.
#[derive(Debug)]
pub(super) struct Relief {
    pub server: PeerId,
    /// Viewers that the host carries.
    pub direct_viewers: usize,
}

/// Viewers that the host still carries, although the server does from now on.
#[derive(Debug, Default)]
pub(super) struct Carried(BTreeSet<SeatId>);

impl Carried {
    pub fn has(&self, seat: SeatId) -> bool {
        self.0.contains(&seat)
    }

    pub fn let_go(&mut self, seat: SeatId) -> bool {
        self.0.remove(&seat)
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }
}

impl Room {
    /// Whether the picture goes through the media server.
    pub fn is_served(&self) -> bool {
        self.stage.served.is_some()
    }

    /// Somebody new is to have the picture: the server takes over if that is one too many for the host.
    pub(super) fn relieve_if_crowded(&mut self, seat: SeatId, now: Moment, out: &mut Vec<Effect>) {
        let pairs = &self.stage.pairs;
        let is_crowded = |relief: &Relief| !pairs.contains_key(&seat) && pairs.len() >= relief.direct_viewers;
        if self.stage.relief.as_ref().is_some_and(is_crowded) {
            self.relieve(now, out);
        }
    }

    /// A viewer answered an offer and asks again: there is no way from the host to them, but there may be one from the server.
    pub(super) fn relieve_if_unreachable(&mut self, seat: SeatId, now: Moment, out: &mut Vec<Effect>) {
        if self.stage.relief.is_some() && self.stage.pairs.get(&seat).is_some_and(|pair| pair.has_failed(now)) {
            self.relieve(now, out);
            // Nothing is lost by letting go of what does not work.
            if let Some(served) = &mut self.stage.served {
                served.carried.let_go(seat);
            }
            self.stage.pairs.remove(&seat);
        }
    }

    pub(super) fn relieve(&mut self, now: Moment, out: &mut Vec<Effect>) {
        self.hand_over();
        self.ask_host(now, out);
    }

    /// From now on the picture goes through the server. Whoever is on air has yet to be told.
    pub(super) fn hand_over(&mut self) {
        let Some(relief) = self.stage.relief.take() else { return };
        let mut served = Served::new(relief.server);
        served.carried = Carried(self.stage.pairs.keys().copied().collect());
        self.stage.served = Some(served);
    }

    /// The server has the picture: whoever has it from the host is offered it from there.
    pub(super) fn move_carried(&mut self, now: Moment, out: &mut Vec<Effect>) {
        let Some(served) = &self.stage.served else { return };
        let seats = served.carried.0.iter();
        let peers: Vec<PeerId> = seats.filter_map(|seat| self.seats.get(seat)?.peer.clone()).collect();
        self.stage.announce(peers);
        self.announce_some(now, out);
    }

    /// A viewer has the picture from the server: the host need not carry them any more.
    pub(super) fn carried_over(&mut self, seat: SeatId, out: &mut Vec<Effect>) {
        if self.stage.served.as_mut().is_some_and(|served| served.carried.let_go(seat)) {
            self.tell_host_of_farewell(seat, out);
        }
    }

    /// Tells the broadcaster that nobody waits for its picture at this seat any more, so that it stops encoding one.
    pub(super) fn tell_host_of_farewell(&self, seat: SeatId, out: &mut Vec<Effect>) {
        let Some(broadcaster) = self.stage.broadcaster.as_ref().filter(|broadcaster| broadcaster.seat != seat) else { return };
        let Some(peer_id) = self.seats.get(&seat).and_then(|seat| seat.peer.clone()) else { return };
        let gone = CustomerWaiting { stream_id: self.show.id, customer_id: peer_id.clone(), peer_id, layers: false };
        out.push(Effect::Send(broadcaster.seat, Box::new(Downward::WebrtcCustomerGone(gone))));
    }

    /// Whether what a viewer says to this peer, or the host to this viewer, is still between the two of them.
    pub(super) fn is_carried(&self, viewer: SeatId) -> bool {
        self.stage.served.as_ref().is_none_or(|served| served.carried.has(viewer))
    }

    pub(super) fn is_host(&self, peer: &PeerId) -> bool {
        self.stage.broadcaster.as_ref().is_some_and(|broadcaster| broadcaster.peer.as_ref() == Some(peer))
    }

    /// Whether a viewer speaks to the host itself. Without a name that is who made the newest offer.
    pub(super) fn speaks_to_host(&self, viewer: SeatId, to: Option<&PeerId>) -> bool {
        let Some(served) = &self.stage.served else { return true };
        served.carried.has(viewer) && to.map_or_else(|| !self.stage.pairs.get(&viewer).is_some_and(|pair| pair.is_from_server()), |to| self.is_host(to))
    }
}
