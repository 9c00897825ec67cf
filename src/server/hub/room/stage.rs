//! Who is on air, and how long a show waits for a host who is gone.

use std::collections::{BTreeMap, VecDeque};

use super::{Carrier, Effect, Moment, Part, Patience, Room, SeatId, not_live, refusal, relief::Relief, served::Served, signaling::Pair, transition::Way};
use crate::{
    domain::{
        id::{LivestreamId, PeerId, SessionId, UserId},
        livestream::LivestreamStatus,
    },
    error::AppError,
    protocol::{
        downward::{BroadcasterAvailable, Downward, Offers},
        upward::Start,
    },
    server::{db::livestreams::LivestreamRecord, sfu::message::Command},
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
    /// Whether viewers offer to take the picture from it.
    pub viewers_offer: bool,
    /// Whether the media server takes several sizes of the picture from a host's page.
    pub takes_sizes: bool,
    /// Seats of viewers who were announced to the broadcaster.
    pub pairs: BTreeMap<SeatId, Pair>,
    /// Viewers whom a broadcaster who came back has yet to hear of, and when the next of them are told.
    unannounced: VecDeque<PeerId>,
    announce_ms: u64,
    /// When the show ends if nobody is on air by then.
    pub deadline_ms: Option<u64>,
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
            viewers_offer: false,
            takes_sizes: false,
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

    /// From here on the show waits for its host. One that was on air when the server went down gets twice the grace: its
    /// host must notice and come back.
    pub fn await_first(&mut self, show: &LivestreamRecord, patience: Patience, now: Moment) {
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
        let offers = (self.viewers_offer && self.served.is_some()).then_some(Offers::Viewer);
        Some(Downward::WebrtcBroadcasterAvailable(BroadcasterAvailable { stream_id, peer_id, offers }))
    }
}

impl Room {
    pub(super) fn is_ended(&self) -> bool {
        self.show.status == LivestreamStatus::Ended
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
        if self.stage.is_encoder_on_air() {
            // It knows nobody but the server.
            self.hand_over();
        }
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
}
