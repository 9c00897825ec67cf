//! Who comes in, who goes, and who counts as a viewer.

use super::{Effect, Intro, Join, Moment, Occupant, Part, Room, Seat, SeatId, not_live};
use crate::{
    domain::time::Timestamp,
    error::{AppError, ErrorKind},
    protocol::downward::{Downward, PinsEvent, StreamEvent, StreamUpdate},
};

impl Room {
    pub(super) fn join(&mut self, join: Join, now: Moment, out: &mut Vec<Effect>) {
        let Join { seat: id, occupant, intro, since } = join;
        if let Err(refused) = self.order.welcome(&occupant, now.at) {
            return self.dismiss(id, &refused, now, out);
        }
        // Coming in anew on a seat keeps its peer: the media connection does not care who asks for the history.
        let (peer, quality) = match self.seats.remove(&id) {
            Some(before) => {
                self.uncount(&before.occupant);
                (before.peer, before.quality)
            }
            None => Default::default(),
        };
        self.count(&occupant);
        let frames = self.welcome(&occupant, intro, since, now);
        self.pulse.told_one();
        self.seats.insert(id, Seat { occupant, peer, quality });
        out.push(Effect::Welcome(id, frames));
    }

    /// Whether somebody with these marks may watch the show now, seat or not, and since when it runs.
    pub(super) fn admits(&self, marks: &[String], now: Moment) -> Result<Timestamp, AppError> {
        self.order.welcome_marks(marks, now.at)?;
        if self.is_ended() {
            return Err(AppError::new(ErrorKind::Gone, "This show is over.").coded("show_ended"));
        }
        if self.is_live() { Ok(self.show.start_time.unwrap_or(self.show.created_at)) } else { Err(not_live()) }
    }

    pub(super) fn leave(&mut self, id: SeatId, now: Moment, out: &mut Vec<Effect>) {
        let Some(seat) = self.seats.remove(&id) else { return };
        self.uncount(&seat.occupant);
        let watched = self.stage.pairs.remove(&id).is_some();
        if let Some(served) = &mut self.stage.served {
            served.carried.let_go(id);
        }
        if seat.occupant.part == Part::Player {
            self.close_with_server(id, out);
        }
        if let Some(peer) = &seat.peer {
            self.stage.unbind(peer);
            if watched {
                self.keep_line(id, peer, &seat.occupant.session, now, out);
            }
        }
        self.broadcaster_left(id, now, out);
    }

    fn count(&mut self, occupant: &Occupant) {
        if !occupant.admin {
            self.presence.touch(&occupant.session);
            *self.watching.entry(occupant.session.clone()).or_default() += 1;
            self.pulse.viewers(self.watching.len() as u64);
        }
    }

    fn uncount(&mut self, occupant: &Occupant) {
        if occupant.admin {
            return;
        }
        self.presence.touch(&occupant.session);
        if let Some(seats) = self.watching.get_mut(&occupant.session) {
            *seats -= 1;
            if *seats == 0 {
                self.watching.remove(&occupant.session);
            }
        }
        self.pulse.viewers(self.watching.len() as u64);
    }

    // The order is part of the contract: intro, state, messages, shelf, and last who is on air.
    fn welcome(&self, occupant: &Occupant, intro: Intro, since: Option<i64>, now: Moment) -> Vec<Downward> {
        let mut frames = Vec::with_capacity(5);
        match intro {
            Intro::Say(frame) => frames.push(*frame),
            Intro::Started => frames.push(Downward::StreamStarted(StreamEvent {
                stream_id: self.show.id,
                seq: self.log.told(),
                at: self.show.start_time.unwrap_or(now.at),
                stream_data: Some(Box::new(self.whole_show())),
                reason: None,
            })),
            Intro::Silent => {}
        }
        frames.push(Downward::StreamUpdate(Box::new(self.snapshot(occupant, now))));
        frames.push(Downward::ChatHistory(self.history(since)));
        frames.push(Downward::PinnedProductsUpdated(PinsEvent {
            stream_id: self.show.id,
            seq: None,
            at: None,
            pinned_products: if self.is_ended() { Vec::new() } else { self.shelf.list().to_vec() },
        }));
        if occupant.part == Part::Viewer {
            frames.extend(self.stage.available(self.show.id));
        }
        frames
    }

    fn snapshot(&self, occupant: &Occupant, now: Moment) -> StreamUpdate {
        let liked = self.likes.has(&occupant.person);
        let peak = self.pulse.peak();
        StreamUpdate {
            stream_id: Some(self.show.id),
            is_active: Some(self.is_live()),
            title: Some(self.show.title.clone()),
            description: Some(self.show.description.clone()),
            quality: Some(self.show.quality),
            start_time: self.show.start_time,
            viewer_count: Some(self.viewer_count()),
            view_count: Some(self.pulse.view_count()),
            max_viewers: Some(peak),
            peak_viewers: Some(peak),
            likes: Some(self.likes.count()),
            liked: Some(liked),
            liked_by: Some(if liked { vec![occupant.alias.clone()] } else { Vec::new() }),
            broadcaster_online: Some(self.stage.on_air()),
            chat_rules: Some(self.order.rules().clone()),
            muted_seconds: self.order.muted_seconds(occupant, now.at),
        }
    }

    pub(super) fn whole_show(&self) -> crate::domain::livestream::Livestream {
        let chat_rules = self.order.rules().clone();
        crate::domain::livestream::Livestream { chat_rules, ..self.show.view(&self.figures(), self.last_messages(), self.shelf.list().to_vec()) }
    }
}
