//! A show whose picture goes through the media server. To the host the server is its one viewer, to viewers it is the
//! host: the frames are those of a show without it, and so are their bounds.
//!
//! Addresses that either side finds are not passed on: the server learns where a browser is from the browser's own checks.

use super::{
    Effect, Moment, Room, SeatId, not_live, refusal,
    relief::Carried,
    signaling::{self, Offerer, forbidden, no_offer, peer_gone},
};
use crate::{
    domain::id::{PeerId, SessionId},
    error::{AppError, ErrorKind},
    protocol::{
        downward::{AnswerFrom, CustomerWaiting, Downward, OfferFrom},
        signal::SessionDescription,
        upward::{self, Candidate, Offer},
    },
    server::sfu::message::{Command, Line, Notice},
};

/// A host that was told of its viewer and does not offer is told again after this time.
const HOST_OFFER_WAIT_MS: u64 = 5000;
/// A viewer whose socket is gone keeps the picture for so long: the same page may be back on another socket.
const LINE_KEPT_MS: u64 = 30_000;
/// Lines that are kept at most; beyond that the one that was left first goes.
const LINES_KEPT: usize = 1000;

/// A line that was left without a farewell.
#[derive(Debug)]
struct Left {
    peer: PeerId,
    session: SessionId,
    line: Line,
    until_ms: u64,
}

/// The media server as this room knows it.
#[derive(Debug)]
pub(super) struct Served {
    /// What the server is called. Nobody else can take this name.
    pub peer: PeerId,
    /// Since when the host owes an offer.
    host_asked_ms: Option<u64>,
    /// The host's newest offer, and who made it.
    offers: u64,
    offered_by: Option<SeatId>,
    /// Of a show that was not served from the beginning.
    pub carried: Carried,
    /// In the order in which they were left.
    left: Vec<Left>,
}

impl Served {
    pub fn new(peer: PeerId) -> Self {
        Self { peer, host_asked_ms: None, offers: 0, offered_by: None, carried: Carried::default(), left: Vec::new() }
    }

    pub fn due_ms(&self) -> Option<u64> {
        let host = self.host_asked_ms.map(|at_ms| at_ms + HOST_OFFER_WAIT_MS);
        host.into_iter().chain(self.left.first().map(|left| left.until_ms)).min()
    }

    /// Nobody is asked for anything any more.
    pub fn rest(&mut self) {
        (self.host_asked_ms, self.offered_by) = (None, None);
        self.left.clear();
        self.carried.clear();
    }
}

pub(super) const fn line(seat: SeatId) -> Line {
    Line(seat.0)
}

impl Room {
    /// What the media server says.
    pub(super) fn noticed(&mut self, notice: Notice, now: Moment, out: &mut Vec<Effect>) {
        match notice {
            Notice::Offer { line, .. } if self.is_player(SeatId(line.0)) => self.player_lost(SeatId(line.0), out),
            Notice::Invite(line) => self.invite(SeatId(line.0), now, out),
            Notice::Offer { line, offer, layers } => self.server_offers(SeatId(line.0), offer, layers, now, out),
            Notice::Playing { line, answer } => self.player_answered(line, answer, now, out),
            Notice::Unplayable(line) => self.player_unusable(line, out),
            Notice::Full(line) => {
                let seat = SeatId(line.0);
                if self.seats.contains_key(&seat) {
                    let full = AppError::unavailable("So many are watching that there is no room for another picture just now.").coded("media_full");
                    out.push(Effect::Send(seat, refusal(&full, Some("webrtc_register"), None)));
                }
            }
            Notice::Away(line) => self.tell_away(line.map(|line| SeatId(line.0)), out),
            Notice::Taken => self.tell_taken(out),
            Notice::Answer { number, answer } => {
                if let Some((seat, host, from)) = self.host_of(number) {
                    let answer = SessionDescription { kind: "answer".into(), sdp: answer };
                    out.push(Effect::Send(seat, Box::new(Downward::WebrtcAnswer(AnswerFrom { stream_id: self.show.id, from, to: host, answer }))));
                }
            }
            Notice::Unusable { number } => {
                if let Some((seat, ..)) = self.host_of(number) {
                    let unusable = AppError::new(ErrorKind::Malformed, "This offer cannot be used.").coded("unusable_offer");
                    out.push(Effect::Send(seat, refusal(&unusable, Some("webrtc_offer"), None)));
                }
            }
            // An encoder that pauses has its connection still, and no page that could look after it.
            Notice::Silent if self.stage.is_encoder_on_air() => {}
            Notice::Silent | Notice::Gone => self.ask_host(now, out),
            Notice::Picture => self.move_carried(now, out),
            Notice::Joined(line) => self.carried_over(SeatId(line.0), out),
        }
    }

    // No answer to anything: pages show such a sentence, where they keep those about signalling to themselves.
    fn tell_away(&self, viewer: Option<SeatId>, out: &mut Vec<Effect>) {
        let (seat, sentence) = match viewer {
            Some(seat) => (Some(seat), "The video is away just now and comes back by itself. Chat and products go on."),
            None => (self.on_air().map(|(seat, _)| seat), "Viewers get no video just now: the media engine is away. It goes on by itself."),
        };
        if let Some(seat) = seat.filter(|seat| self.seats.contains_key(seat)) {
            out.push(Effect::Send(seat, refusal(&AppError::unavailable(sentence).coded("media_away"), None, None)));
        }
    }

    fn tell_taken(&self, out: &mut Vec<Effect>) {
        let sentence = "Viewers get no video yet: another show has the one place of the media engine. It goes on by itself once that is over.";
        if let Some((seat, _)) = self.on_air() {
            out.push(Effect::Send(seat, refusal(&AppError::unavailable(sentence).coded("media_taken"), None, None)));
        }
    }

    // Who made the newest offer, if it is still on air, and the names of both ends.
    fn host_of(&self, number: u64) -> Option<(SeatId, PeerId, PeerId)> {
        let served = self.stage.served.as_ref().filter(|served| served.offers == number)?;
        let broadcaster = self.stage.broadcaster.as_ref().filter(|broadcaster| Some(broadcaster.seat) == served.offered_by)?;
        Some((broadcaster.seat, broadcaster.peer.clone()?, served.peer.clone()))
    }

    fn server_offers(&mut self, seat: SeatId, offer: String, layers: bool, now: Moment, out: &mut Vec<Effect>) {
        let Some(from) = self.stage.served.as_ref().map(|served| served.peer.clone()) else { return };
        let Some(to) = self.seats.get(&seat).and_then(|seat| seat.peer.clone()) else {
            out.push(Effect::Media(Command::Close(line(seat))));
            return;
        };
        self.stage.pairs.entry(seat).or_insert_with(|| signaling::Pair::announced(now)).offered(&to, Offerer::Server, now);
        let offer = SessionDescription { kind: "offer".into(), sdp: offer };
        let qualities = self.quality_choices(layers);
        out.push(Effect::Send(seat, Box::new(Downward::WebrtcOffer(OfferFrom { stream_id: self.show.id, from, to, offer, qualities }))));
    }

    // A viewer that is no player is told again where to offer.
    fn invite(&mut self, seat: SeatId, now: Moment, out: &mut Vec<Effect>) {
        let Some(peer) = self.seats.get(&seat).and_then(|seat| seat.peer.clone()) else {
            out.push(Effect::Media(Command::Close(line(seat))));
            return;
        };
        if let Some(frame) = self.stage.available(self.show.id) {
            self.stage.pairs.entry(seat).or_insert_with(|| signaling::Pair::announced(now)).offered(&peer, Offerer::Server, now);
            out.push(Effect::Send(seat, Box::new(frame)));
        }
    }

    /// Viewers offer to take the picture: the server offers nobody anything.
    pub fn let_viewers_offer(&mut self) {
        self.stage.viewers_offer = true;
    }

    /// A host's page may send several sizes of the picture.
    pub fn take_sizes(&mut self) {
        self.stage.takes_sizes = true;
    }

    /// Tells the host of its one viewer.
    pub(super) fn ask_host(&mut self, now: Moment, out: &mut Vec<Effect>) {
        let Some(served) = &mut self.stage.served else { return };
        let Some(broadcaster) = self.stage.broadcaster.as_ref().filter(|broadcaster| broadcaster.peer.is_some()) else { return };
        served.host_asked_ms = Some(now.elapsed_ms);
        let frame = CustomerWaiting { stream_id: self.show.id, customer_id: served.peer.clone(), peer_id: served.peer.clone(), layers: self.stage.takes_sizes };
        out.push(Effect::Send(broadcaster.seat, Box::new(Downward::WebrtcNewCustomer(frame))));
    }

    pub(super) fn host_offers_server(&mut self, seat: SeatId, offer: Offer, out: &mut Vec<Effect>) -> Result<(), AppError> {
        let Some(served) = self.stage.served.as_mut().filter(|served| offer.to.as_ref() == Some(&served.peer)) else { return Err(peer_gone()) };
        served.offers += 1;
        (served.offered_by, served.host_asked_ms) = (Some(seat), None);
        out.push(Effect::Media(Command::Publish { number: served.offers, offer: offer.offer.sdp }));
        Ok(())
    }

    pub(super) fn viewer_answers_server(&mut self, seat: SeatId, from: &PeerId, answer: upward::Answer, out: &mut Vec<Effect>) -> Result<(), AppError> {
        self.is_for_server(answer.to.as_ref())?;
        let offer = self.stage.pairs.get_mut(&seat).and_then(|pair| pair.offer_to(from)).filter(|offer| !offer.answered);
        offer.ok_or_else(no_offer)?.answered = true;
        out.push(Effect::Media(Command::Answer { line: line(seat), answer: answer.answer.sdp }));
        Ok(())
    }

    /// A viewer offers to take the picture. Each offer costs the server a connection, so that there are not many in a row.
    pub(super) fn viewer_offers_server(&mut self, seat: SeatId, offer: Offer, now: Moment, out: &mut Vec<Effect>) -> Result<(), AppError> {
        if !self.stage.viewers_offer || self.stage.served.is_none() {
            return Err(forbidden());
        }
        self.own_peer(seat)?;
        self.is_for_server(offer.to.as_ref())?;
        if !self.is_live() {
            return Err(not_live());
        }
        if !self.stage.pairs.entry(seat).or_insert_with(|| signaling::Pair::announced(now)).may_offer(now) {
            return Err(AppError::rate_limited(1));
        }
        out.push(Effect::Media(Command::Play { line: line(seat), offer: offer.offer.sdp }));
        Ok(())
    }

    /// Nothing is done with a candidate, but a wrong one is refused as ever.
    pub(super) fn candidate_for_server(&self, candidate: &Candidate) -> Result<(), AppError> {
        self.is_for_server(candidate.to.as_ref())
    }

    fn is_for_server(&self, to: Option<&PeerId>) -> Result<(), AppError> {
        match to {
            Some(to) if self.stage.served.as_ref().is_none_or(|served| served.peer != *to) => {
                Err(if self.stage.peers.contains_key(to) { forbidden() } else { peer_gone() })
            }
            _ => Ok(()),
        }
    }

    pub(super) fn ask_server(&self, seat: SeatId, out: &mut Vec<Effect>) {
        out.push(Effect::Media(Command::Subscribe(line(seat))));
        self.repeat_quality(seat, out);
    }

    /// The host is back: viewers whose connection went on need nothing, the others get one.
    pub(super) fn check_with_server(&self, seat: SeatId, out: &mut Vec<Effect>) {
        out.push(Effect::Media(Command::Check(line(seat))));
        self.repeat_quality(seat, out);
    }

    /// A viewer's connection is wanted no more.
    pub(super) fn close_with_server(&self, seat: SeatId, out: &mut Vec<Effect>) {
        if self.stage.served.is_some() {
            out.push(Effect::Media(Command::Close(line(seat))));
        }
    }

    /// A viewer's name moves to another seat of the same visitor, and its connection with it.
    pub(super) fn move_with_server(&mut self, from: SeatId, to: SeatId, out: &mut Vec<Effect>) {
        if self.stage.served.is_some()
            && let Some(pair) = self.stage.pairs.remove(&from)
        {
            self.stage.pairs.insert(to, pair);
            out.push(Effect::Media(Command::Move { from: line(from), to: line(to) }));
        }
    }

    /// A viewer's seat is gone, perhaps only its socket.
    pub(super) fn keep_line(&mut self, seat: SeatId, peer: &PeerId, session: &SessionId, now: Moment, out: &mut Vec<Effect>) {
        let Some(served) = &mut self.stage.served else { return };
        if served.left.len() >= LINES_KEPT {
            out.push(Effect::Media(Command::Close(served.left.remove(0).line)));
        }
        let until_ms = now.elapsed_ms + LINE_KEPT_MS;
        served.left.push(Left { peer: peer.clone(), session: session.clone(), line: line(seat), until_ms });
    }

    /// A viewer is back on another seat: what was kept for it is its own again.
    pub(super) fn take_line_back(&mut self, seat: SeatId, peer: &PeerId, session: &SessionId, out: &mut Vec<Effect>) {
        let Some(served) = &mut self.stage.served else { return };
        if let Some(at) = served.left.iter().position(|left| left.peer == *peer && left.session == *session) {
            let from = served.left.remove(at).line;
            out.push(Effect::Media(Command::Move { from, to: line(seat) }));
        }
    }

    pub(super) fn watch_server(&mut self, now: Moment, out: &mut Vec<Effect>) {
        let Some(served) = &mut self.stage.served else { return };
        while served.left.first().is_some_and(|left| left.until_ms <= now.elapsed_ms) {
            out.push(Effect::Media(Command::Close(served.left.remove(0).line)));
        }
        if served.host_asked_ms.is_some_and(|at_ms| at_ms + HOST_OFFER_WAIT_MS <= now.elapsed_ms) {
            served.host_asked_ms = None;
            self.ask_host(now, out);
        }
    }
}
