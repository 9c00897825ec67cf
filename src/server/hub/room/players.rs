//! Players: viewers without a page. They offer themselves, and only the media server can answer, so that the first of them
//! brings it. They have no name to be addressed by; a seat has one connection, which ends with the seat.

use super::{Effect, Moment, Part, Room, SeatId, not_live, refusal, served::line, signaling::peer_gone};
use crate::{
    domain::id::PeerId,
    error::{AppError, ErrorKind},
    protocol::{
        downward::{AnswerFrom, Downward},
        signal::SessionDescription,
        upward::Offer,
    },
    server::sfu::message::{Command, Line},
};

impl Room {
    pub(super) fn is_player(&self, seat: SeatId) -> bool {
        self.seats.get(&seat).is_some_and(|seat| seat.occupant.part == Part::Player)
    }

    /// A player wants the picture. Where nobody sends one yet, it waits for it over the connection that it gets.
    pub(super) fn player_offers(&self, seat: SeatId, offer: Offer, out: &mut Vec<Effect>) -> Result<(), AppError> {
        if !self.is_live() {
            return Err(not_live());
        }
        if !self.is_served() && self.stage.relief.is_none() {
            return Err(AppError::conflict("This show does not go through a media server.").coded("no_media_server"));
        }
        out.push(Effect::Media(Command::Play { line: line(seat), offer: offer.offer.sdp }));
        Ok(())
    }

    // What is refused brings nobody anything: the server takes over with the first that it answers.
    pub(super) fn player_answered(&mut self, answered: Line, answer: String, now: Moment, out: &mut Vec<Effect>) {
        let seat = SeatId(answered.0);
        let of = |seat: &super::Seat| if seat.occupant.part == Part::Player { Some(PeerId(seat.occupant.alias.clone())) } else { seat.peer.clone() };
        let Some(to) = self.seats.get(&seat).and_then(of) else {
            out.push(Effect::Media(Command::Close(answered)));
            return;
        };
        if self.stage.relief.is_some() {
            self.relieve(now, out);
        }
        let Some(from) = self.stage.served.as_ref().map(|served| served.peer.clone()) else { return };
        let answer = SessionDescription { kind: "answer".into(), sdp: answer };
        out.push(Effect::Send(seat, Box::new(Downward::WebrtcAnswer(AnswerFrom { stream_id: self.show.id, from, to, answer }))));
    }

    pub(super) fn player_unusable(&self, refused: Line, out: &mut Vec<Effect>) {
        let seat = SeatId(refused.0);
        if !self.seats.contains_key(&seat) {
            return;
        }
        let unusable = AppError::new(ErrorKind::Malformed, "This offer cannot be used.").coded("unusable_offer");
        out.push(Effect::Send(seat, refusal(&unusable, Some("webrtc_offer"), None)));
    }

    /// The media server had to make a new connection for a player: the one it had is gone, and only a player offers.
    pub(super) fn player_lost(&self, seat: SeatId, out: &mut Vec<Effect>) {
        self.close_with_server(seat, out);
        out.push(Effect::Send(seat, refusal(&peer_gone(), Some("webrtc_new_customer"), None)));
    }
}
