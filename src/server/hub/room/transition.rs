//! How a show begins and ends: asked for by a seat or over REST, done by the database, then told to everybody.

use super::{Answer, Effect, Moment, Room, SeatId, Ticket, log::Then, not_live, refusal};
use crate::{
    domain::{livestream::LivestreamStatus, time::Timestamp},
    error::AppError,
    protocol::{
        downward::{Downward, StreamEvent},
        upward::Start,
    },
    server::{
        db::{events::EventData, livestreams::LivestreamRecord},
        sfu::message::Command,
    },
};

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

/// What is to become of a show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
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

    pub(super) fn begin(&mut self, way: Way, reason: &'static str, out: &mut Vec<Effect>) {
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
