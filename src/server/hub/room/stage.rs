//! Who is on air, how a show begins and ends, and how long it waits for a host who is gone.

use std::collections::{BTreeMap, VecDeque};

use super::{
    Answer, Carrier, Effect, Moment, Part, Patience, Room, SeatId, Ticket, log::Then, not_live, refusal, relief::Relief, served::Served, signaling::Pair,
};
use crate::{
    domain::{
        id::{LivestreamId, PeerId, SessionId, UserId},
        livestream::LivestreamStatus,
        time::Timestamp,
    },
    error::AppError,
    protocol::{
        downward::{BroadcasterAvailable, Downward, StreamEvent},
        upward::Start,
    },
    server::{
        db::{events::EventData, livestreams::LivestreamRecord},
        sfu::message::Command,
    },
};

/// Viewers who are announced to a broadcaster at once, and milliseconds until the next.
const ANNOUNCED_AT_ONCE: usize = 50;
const ANNOUNCE_EVERY_MS: u64 = 100;

/// The seat that sends the picture.
#[derive(Debug)]
pub(super) struct Broadcaster {
    pub seat: SeatId,
    pub peer: Option<PeerId>,
    user: Option<UserId>,
    session: SessionId,
    part: Part,
}

/// Who is on air, and the ends of media connections.
#[derive(Debug)]
pub(super) struct Stage {
    pub broadcaster: Option<Broadcaster>,
    pub peers: BTreeMap<PeerId, SeatId>,
    /// The media server, where the picture goes through it.
    pub served: Option<Served>,
    /// The media server, where the picture may have to go through it later.
    pub relief: Option<Relief>,
    /// Seats of viewers who were announced to the broadcaster.
    pub pairs: BTreeMap<SeatId, Pair>,
    /// Viewers whom a broadcaster who came back has yet to hear of, and when the next of them are told.
    unannounced: VecDeque<PeerId>,
    announce_ms: u64,
    /// When the show ends if nobody is on air by then.
    deadline_ms: Option<u64>,
    /// Whether the database knows that somebody was on air.
    on_air_saved: bool,
}

impl Stage {
    pub fn new(show: &LivestreamRecord, patience: Patience, carrier: Carrier, now: Moment) -> Self {
        let (served, relief) = match carrier {
            Carrier::Direct => (None, None),
            Carrier::Server(server) => (Some(Served::new(server)), None),
            Carrier::Relieved { server, direct_viewers } => (None, Some(Relief { server, direct_viewers })),
        };
        let mut stage = Self {
            broadcaster: None,
            peers: BTreeMap::new(),
            served,
            relief,
            pairs: BTreeMap::new(),
            unannounced: VecDeque::new(),
            announce_ms: 0,
            deadline_ms: None,
            on_air_saved: show.on_air,
        };
        if show.status == LivestreamStatus::Live {
            stage.await_first(show, patience, now);
        }
        stage
    }

    // A show that was on air when the server went down gets twice the grace: its host must notice and come back.
    fn await_first(&mut self, show: &LivestreamRecord, patience: Patience, now: Moment) {
        let grace_ms = patience.host_grace_ms.saturating_mul(2);
        let wait_ms = if show.on_air {
            grace_ms
        } else {
            let gone_ms = show.start_time.map_or(0, |start| now.at.millis_since(start));
            patience.first_broadcast_ms.saturating_sub(gone_ms).max(grace_ms)
        };
        self.deadline_ms = Some(now.elapsed_ms + wait_ms);
    }

    pub fn is_encoder_on_air(&self) -> bool {
        self.broadcaster.as_ref().is_some_and(|broadcaster| broadcaster.part == Part::Encoder)
    }

    pub fn on_air(&self) -> bool {
        self.broadcaster.is_some()
    }

    pub fn due_ms(&self) -> Option<u64> {
        let announce_ms = (!self.unannounced.is_empty()).then_some(self.announce_ms);
        announce_ms.into_iter().chain(self.deadline_ms).chain(self.served.as_ref().and_then(Served::due_ms)).min()
    }

    // What was offered through the media server holds whoever is on air.
    fn forget_pairs(&mut self) {
        match &mut self.served {
            Some(served) => served.carried.clear(),
            None => self.pairs.clear(),
        }
    }

    /// These viewers are to be told of the picture, some at a time.
    pub fn announce(&mut self, peers: Vec<PeerId>) {
        self.unannounced = peers.into();
    }

    pub fn unbind(&mut self, peer: &PeerId) {
        self.peers.remove(peer);
    }

    pub fn available(&self, stream_id: LivestreamId) -> Option<Downward> {
        let own = self.broadcaster.as_ref()?.peer.as_ref()?;
        let peer_id = self.served.as_ref().map_or(own, |served| &served.peer).clone();
        Some(Downward::WebrtcBroadcasterAvailable(BroadcasterAvailable { stream_id, peer_id }))
    }
}

/// A start or stop that the database has not confirmed yet.
#[derive(Debug, Default)]
pub(super) struct Transition {
    under_way: Option<Way>,
    tickets: Vec<Ticket>,
    /// Seats that are to be on air once the show is live.
    then_on_air: Vec<Starter>,
    reason: &'static str,
}

/// A seat that asked to be on air.
#[derive(Debug)]
struct Starter {
    seat: SeatId,
    start: Start,
    /// The frame it asked by, for a refusal to name.
    asked_by: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Start,
    Stop,
}

impl Transition {
    pub fn is_idle(&self) -> bool {
        self.under_way.is_none()
    }

    pub fn is_ending(&self) -> bool {
        self.under_way == Some(Way::Stop)
    }
}

impl Room {
    pub(super) fn is_ended(&self) -> bool {
        self.show.status == LivestreamStatus::Ended
    }

    pub(super) fn seat_starts(&mut self, seat: SeatId, start: Start, asked_by: &'static str, now: Moment, out: &mut Vec<Effect>) -> Result<(), AppError> {
        self.require_admin(seat)?;
        if let Some(peer) = start.peer_id.clone() {
            self.bind_peer(seat, peer, out)?;
        }
        match self.show.status {
            LivestreamStatus::Ended => Err(not_live()),
            LivestreamStatus::Live if self.transition.then_on_air.is_empty() => self.go_on_air(seat, &start, now, out),
            LivestreamStatus::Live => {
                self.transition.then_on_air.push(Starter { seat, start, asked_by });
                Ok(())
            }
            LivestreamStatus::Scheduled => {
                self.transition.then_on_air.push(Starter { seat, start, asked_by });
                self.begin(Way::Start, "", out);
                Ok(())
            }
        }
    }

    pub(super) fn seat_stops(&mut self, seat: SeatId, out: &mut Vec<Effect>) -> Result<(), AppError> {
        self.require_admin(seat)?;
        if self.is_live() {
            self.begin(Way::Stop, "stopped", out);
        }
        Ok(())
    }

    pub(super) fn ask_start(&mut self, ticket: Ticket, out: &mut Vec<Effect>) -> Result<(), AppError> {
        match self.show.status {
            LivestreamStatus::Ended => return Err(AppError::conflict("This show has ended.").coded("show_ended")),
            LivestreamStatus::Live => out.push(Effect::Answer(ticket, Ok(Answer::Show(Box::new(self.show.clone()))))),
            LivestreamStatus::Scheduled => {
                self.transition.tickets.push(ticket);
                self.begin(Way::Start, "", out);
            }
        }
        Ok(())
    }

    pub(super) fn ask_stop(&mut self, ticket: Ticket, out: &mut Vec<Effect>) -> Result<(), AppError> {
        match self.show.status {
            LivestreamStatus::Scheduled => return Err(not_live()),
            LivestreamStatus::Ended => out.push(Effect::Answer(ticket, Ok(Answer::Show(Box::new(self.show.clone()))))),
            LivestreamStatus::Live => {
                self.transition.tickets.push(ticket);
                self.begin(Way::Stop, "stopped", out);
            }
        }
        Ok(())
    }

    fn begin(&mut self, way: Way, reason: &'static str, out: &mut Vec<Effect>) {
        if self.transition.under_way.is_some() {
            return;
        }
        self.transition.under_way = Some(way);
        self.transition.reason = reason;
        out.push(match way {
            Way::Start => Effect::Start,
            Way::Stop => Effect::Stop { reason, figures: self.figures() },
        });
    }

    pub(super) fn transitioned(&mut self, result: Result<Box<LivestreamRecord>, AppError>, now: Moment, out: &mut Vec<Effect>) {
        let before = self.show.status;
        self.transition.under_way = None;
        let tickets = std::mem::take(&mut self.transition.tickets);
        match result {
            Ok(show) => {
                self.show = *show;
                for ticket in tickets {
                    out.push(Effect::Answer(ticket, Ok(Answer::Show(Box::new(self.show.clone())))));
                }
                if before == LivestreamStatus::Scheduled && self.is_live() {
                    self.stage.await_first(&self.show, self.patience, now);
                    // Whoever started it is on air once everybody has heard of the start.
                    self.log_start(now);
                } else {
                    self.starters_on_air(now, out);
                }
                if before != LivestreamStatus::Ended && self.is_ended() {
                    let reason = self.transition.reason.to_owned();
                    self.record(EventData::Stop { reason: reason.clone() }, Then::Stopped { reason }, now);
                }
            }
            Err(error) => {
                // Nothing happened: whoever asked may ask again, and a host who is gone is looked for again.
                for ticket in tickets {
                    out.push(Effect::Answer(ticket, Err(error.clone())));
                }
                for Starter { seat, asked_by, .. } in std::mem::take(&mut self.transition.then_on_air) {
                    out.push(Effect::Send(seat, refusal(&error, Some(asked_by), None)));
                }
                if self.is_live() && !self.stage.on_air() && self.stage.deadline_ms.is_none() {
                    self.stage.deadline_ms = Some(now.elapsed_ms + 2000);
                }
            }
        }
    }

    fn starters_on_air(&mut self, now: Moment, out: &mut Vec<Effect>) {
        for Starter { seat, start, asked_by } in std::mem::take(&mut self.transition.then_on_air) {
            if let Err(error) = self.go_on_air(seat, &start, now, out) {
                out.push(Effect::Send(seat, refusal(&error, Some(asked_by), None)));
            }
        }
    }

    /// The show's own fields, changed elsewhere. Never its status: that moves through this room alone.
    pub(super) fn updated(&mut self, show: LivestreamRecord) {
        let (old, new) = (&self.show, &show);
        if (&old.title, &old.description, old.quality) != (&new.title, &new.description, new.quality) {
            let (title, description, quality) = (new.title.clone(), new.description.clone(), new.quality);
            self.pulse.urgent(|update| {
                update.title = Some(title);
                update.description = Some(description);
                update.quality = Some(quality);
            });
        }
        self.show = LivestreamRecord { status: self.show.status, start_time: self.show.start_time, end_time: self.show.end_time, ..show };
    }

    /// Puts a seat on air, if it may be.
    pub(super) fn go_on_air(&mut self, seat: SeatId, start: &Start, now: Moment, out: &mut Vec<Effect>) -> Result<(), AppError> {
        let Some((occupant, peer)) = self.seats.get(&seat).map(|seat| (seat.occupant.clone(), seat.peer.clone())) else { return Ok(()) };
        if !self.is_live() || self.transition.is_ending() {
            return Err(not_live());
        }
        if let Some(current) = &self.stage.broadcaster {
            if current.seat == seat && current.peer == peer {
                return Ok(());
            }
            if current.seat != seat {
                let same_host = current.user == occupant.user;
                // The same browser after a reload is the same host; another device must say that it means it.
                if !(same_host && (current.session == occupant.session || start.takeover)) {
                    return Err(AppError::conflict("Somebody else is on air in this show.").coded("broadcaster_conflict"));
                }
                let taken = AppError::conflict("You are on air from another window now.").coded("broadcast_taken_over");
                out.push(Effect::Send(current.seat, refusal(&taken, None, None)));
            }
        }
        let was_away = self.stage.broadcaster.is_none();
        self.stage.broadcaster = Some(Broadcaster { seat, peer, user: occupant.user, session: occupant.session, part: occupant.part });
        self.stage.forget_pairs();
        self.stage.deadline_ms = None;
        if was_away {
            self.pulse.urgent(|update| update.broadcaster_online = Some(true));
            // Said before the peer is, so that nobody asks a host who is still "away".
            self.beat(now, out);
        }
        if !self.stage.on_air_saved {
            self.stage.on_air_saved = true;
            out.push(Effect::SaveOnAir);
        }
        self.tell_available(now, out);
        Ok(())
    }

    fn tell_available(&mut self, now: Moment, out: &mut Vec<Effect>) {
        let Some(frame) = self.stage.available(self.show.id) else { return };
        let on_air = self.stage.broadcaster.as_ref().map(|broadcaster| broadcaster.seat);
        let viewers: Vec<SeatId> =
            self.seats.iter().filter(|(id, seat)| seat.occupant.part == Part::Viewer && Some(**id) != on_air).map(|(id, _)| *id).collect();
        out.push(Effect::SendMany(viewers, Box::new(frame)));
        self.ask_host(now, out);
        // Viewers who are registered already need not ask.
        let others = self.stage.peers.iter().filter(|(_, seat)| Some(**seat) != on_air);
        self.stage.announce(others.map(|(peer, _)| peer.clone()).collect());
        self.announce_some(now, out);
    }

    // A full house all at once would be more than one socket takes.
    pub(super) fn announce_some(&mut self, now: Moment, out: &mut Vec<Effect>) {
        for _ in 0..ANNOUNCED_AT_ONCE {
            let Some(peer) = self.stage.unannounced.pop_front() else { return };
            match self.stage.peers.get(&peer).copied() {
                Some(seat) if self.stage.served.is_some() => self.check_with_server(seat, out),
                Some(seat) => self.announce_customer(seat, &peer, now, out),
                None => {}
            }
        }
        self.stage.announce_ms = now.elapsed_ms + ANNOUNCE_EVERY_MS;
    }

    /// If this seat was on air, the show waits for it.
    pub(super) fn broadcaster_left(&mut self, seat: SeatId, now: Moment, out: &mut Vec<Effect>) {
        if self.stage.broadcaster.as_ref().is_none_or(|broadcaster| broadcaster.seat != seat) {
            return;
        }
        if self.stage.is_encoder_on_air() {
            // Nobody comes back for this connection, and the encoder is to notice that it is off the air.
            out.push(Effect::Media(Command::Unpublish));
        }
        self.stage.broadcaster = None;
        self.stage.forget_pairs();
        if self.is_live() {
            self.stage.deadline_ms = Some(now.elapsed_ms + self.patience.host_grace_ms);
            self.pulse.urgent(|update| update.broadcaster_online = Some(false));
            self.beat(now, out);
        }
    }

    pub(super) fn watch_stage(&mut self, now: Moment, out: &mut Vec<Effect>) {
        self.watch_server(now, out);
        if !self.stage.unannounced.is_empty() && self.stage.announce_ms <= now.elapsed_ms {
            self.announce_some(now, out);
        }
        if self.stage.deadline_ms.is_some_and(|deadline_ms| deadline_ms <= now.elapsed_ms) {
            self.stage.deadline_ms = None;
            if self.is_live() && !self.stage.on_air() {
                self.begin(Way::Stop, "broadcaster_gone", out);
            }
        }
    }

    pub(super) fn tell_started(&mut self, seq: u64, at: Timestamp, now: Moment, out: &mut Vec<Effect>) {
        let event = StreamEvent { stream_id: self.show.id, seq, at, stream_data: Some(Box::new(self.whole_show())), reason: None };
        out.push(Effect::Broadcast(Box::new(Downward::StreamStarted(event))));
        let start_time = self.show.start_time;
        self.pulse.urgent(|update| {
            update.is_active = Some(true);
            update.start_time = start_time;
        });
        out.push(Effect::Live(self.show.id));
        self.starters_on_air(now, out);
    }

    pub(super) fn tell_stopped(&mut self, reason: &str, seq: u64, at: Timestamp, out: &mut Vec<Effect>) {
        self.clear_shelf(seq, at, out);
        let event = StreamEvent { stream_id: self.show.id, seq, at, stream_data: Some(Box::new(self.whole_show())), reason: Some(reason.to_owned()) };
        out.push(Effect::Broadcast(Box::new(Downward::StreamStopped(event))));
        self.stage.broadcaster = None;
        self.stage.pairs.clear();
        if let Some(served) = &mut self.stage.served {
            served.rest();
            out.push(Effect::Media(Command::End));
        }
        self.stage.deadline_ms = None;
        self.pulse.urgent(|update| {
            update.is_active = Some(false);
            update.broadcaster_online = Some(false);
        });
        out.push(Effect::Ended(self.show.id));
    }
}
