//! The room of one show as a pure state machine: events in, effects out.
//!
//! **It has no clock, no socket, no database and no async.** Its actor feeds it one event at a time, with the time, and
//! carries out the effects; so everything that happens in a show has one order, and a test is a table.
//! It never believes what a frame says about its sender: who sits on a seat was decided before the seat was taken.

mod chat;
mod door;
mod house;
mod likes;
mod log;
mod message;
mod orders;
mod players;
mod presence;
mod pulse;
mod quality;
mod relief;
mod removal;
mod served;
mod shelf;
mod signaling;
mod stage;
#[cfg(test)]
mod tests;
mod transition;
mod words;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

pub use self::chat::KEPT;
pub use self::message::{
    Answer, Ask, Carrier, Effect, Event, Hold, House, Intro, Join, LikeChanges, LikeWish, Loaded, Moment, Occupant, Part, SeatId, Ticket, Unstored,
};
use self::{
    chat::Ring, house::Order, likes::Likes, log::Log, presence::Presence, pulse::Pulse, removal::Removals, shelf::Shelf, stage::Stage, transition::Transition,
};
use crate::{
    domain::{
        id::{PeerId, SessionId},
        livestream::LivestreamStatus,
        picture::PictureQuality,
    },
    error::{AppError, ErrorKind},
    protocol::{
        downward::{Downward, ErrorFrame},
        upward::Upward,
    },
    server::db::livestreams::{Figures, LivestreamRecord},
};

/// How long a room waits for what should come back, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For a broadcaster whose seat is gone.
    pub host_grace_ms: u64,
    /// For the first broadcaster of a live show.
    pub first_broadcast_ms: u64,
}

/// One socket in the room.
#[derive(Debug)]
struct Seat {
    occupant: Occupant,
    /// The end of a media connection that this socket speaks for.
    peer: Option<PeerId>,
    /// What is wished of the picture.
    quality: PictureQuality,
}

/// See the module.
#[derive(Debug)]
pub struct Room {
    show: LivestreamRecord,
    patience: Patience,
    /// Ordered, so that the same events give the same effects.
    seats: BTreeMap<SeatId, Seat>,
    /// Sessions of customers and guests, with how many seats each has: who counts as a viewer.
    watching: HashMap<SessionId, u32>,
    log: Log,
    ring: Ring,
    removals: Removals,
    order: Order,
    likes: Likes,
    shelf: Shelf,
    stage: Stage,
    presence: Presence,
    pulse: Pulse,
    /// Those who asked for a start or stop that the database has not yet confirmed.
    transition: Transition,
    /// People who spoke in this show.
    speakers: HashSet<String>,
    /// People who spoke or like it: counted as they come and go, since it is asked after every event.
    engaged: u64,
    /// How fast each person may go on speaking.
    pace: HashMap<String, chat::Pace>,
    /// Those who wait until everything is stored.
    flushing: VecDeque<Ticket>,
}

impl Room {
    /// The room of a show as the database has it.
    pub fn new(loaded: Loaded, patience: Patience, carrier: Carrier, now: Moment) -> Self {
        let Loaded { show, seq, messages, complete, shelf, likers, speakers, start_logged, stop_logged, removals, house } = loaded;
        let engaged = speakers.union(&likers).count() as u64;
        let mut room = Self {
            pulse: Pulse::new(&show, likers.len() as u64),
            stage: Stage::new(&show, patience, carrier, now),
            presence: Presence::new(now),
            log: Log::new(show.id, seq),
            ring: Ring::new(messages, complete),
            removals: Removals::new(removals),
            order: Order::new(house),
            likes: Likes::new(likers),
            shelf: Shelf::new(shelf),
            transition: Transition::default(),
            show,
            patience,
            seats: BTreeMap::new(),
            watching: HashMap::new(),
            speakers,
            engaged,
            pace: HashMap::new(),
            flushing: VecDeque::new(),
        };
        if room.is_live() && !start_logged {
            room.log_start(now);
        }
        // What ended before the log began to be written is left alone.
        if room.is_ended() && start_logged && !stop_logged {
            room.log_missing_stop(now);
        }
        room
    }

    /// What follows from an event at this moment, in order.
    pub fn handle(&mut self, event: Event, now: Moment, out: &mut Vec<Effect>) {
        match event {
            Event::Join(join) => self.join(*join, now, out),
            Event::Leave(seat) => self.leave(seat, now, out),
            Event::Farewell(seat) => self.farewell(seat, out),
            Event::Media(notice) => self.noticed(notice, now, out),
            Event::Frame(seat, frame) => self.frame(seat, *frame, now, out),
            Event::Asked(ticket, ask) => self.asked(ticket, ask, now, out),
            Event::Stored(result) => self.stored(result, now, out),
            Event::LikesStored(result) => self.likes_stored(result, now, out),
            Event::AttendanceStored(result) => self.attendance_stored(result, now),
            Event::ShelfLoaded(result) => self.shelf_loaded(result, now, out),
            Event::HouseLoaded(result) => self.house_loaded(result, now, out),
            Event::Transitioned(result) => self.transitioned(result, now, out),
            Event::Tick => self.tick(now, out),
        }
        self.log.advance(out);
        self.likes.advance(out);
        self.shelf.advance(out);
        self.order.advance(out);
        self.presence.follow(self.show.status == LivestreamStatus::Live, &self.watching, now);
        self.presence.advance(now, out);
        self.beat(now, out);
        if self.log.is_idle() && self.likes.is_idle() && self.presence.is_idle() {
            out.extend(self.flushing.drain(..).map(|ticket| Effect::Answer(ticket, Ok(Answer::Done))));
        }
    }

    /// When the next [`Event::Tick`] is due, as milliseconds of [`Moment::elapsed_ms`].
    pub fn deadline_ms(&self) -> Option<u64> {
        let retries = [&self.log.retry, &self.likes.retry, &self.shelf.retry, &self.order.retry].map(log::Retry::due_ms);
        retries.into_iter().chain([self.pulse.due_ms(), self.presence.due_ms(), self.stage.due_ms()]).flatten().min()
    }

    /// The show, as last heard of.
    pub fn show(&self) -> &LivestreamRecord {
        &self.show
    }

    /// The seat that sends the picture, and the end of the media connection that it sends it from.
    pub fn on_air(&self) -> Option<(SeatId, Option<&PeerId>)> {
        self.stage.broadcaster.as_ref().map(|broadcaster| (broadcaster.seat, broadcaster.peer.as_ref()))
    }

    /// What a seat calls its end of the media connection.
    pub fn peer(&self, seat: SeatId) -> Option<&PeerId> {
        self.seats.get(&seat)?.peer.as_ref()
    }

    /// Distinct sessions of customers and guests with a seat.
    pub fn viewer_count(&self) -> u64 {
        self.watching.len() as u64
    }

    /// Whether nothing would be lost if this room were forgotten.
    pub fn is_idle(&self) -> bool {
        let nothing_waits =
            self.log.is_idle() && self.likes.is_idle() && self.shelf.is_idle() && self.order.is_idle() && self.presence.is_idle() && self.transition.is_idle();
        self.seats.is_empty() && !self.is_live() && nothing_waits
    }

    /// The figures that only the room knows.
    pub fn figures(&self) -> Figures {
        Figures { viewers: self.viewer_count(), likes: self.likes.count(), engaged: self.engaged, peak: self.pulse.peak() }
    }

    fn is_live(&self) -> bool {
        self.show.status == LivestreamStatus::Live
    }

    fn tick(&mut self, now: Moment, out: &mut Vec<Effect>) {
        self.log.retry.tick(now);
        self.likes.retry.tick(now);
        self.shelf.retry.tick(now);
        self.order.retry.tick(now);
        self.presence.retry.tick(now);
        self.watch_stage(now, out);
        let slow_ms = u64::from(self.order.rules().slow_mode_seconds) * 1000;
        self.pace.retain(|_, pace| !pace.is_rested(slow_ms, now));
    }

    fn frame(&mut self, seat: SeatId, frame: Upward, now: Moment, out: &mut Vec<Effect>) {
        // A frame may still be on its way when its socket has gone.
        if !self.seats.contains_key(&seat) {
            return;
        }
        let re = frame.name();
        let client_id = if let Upward::ChatMessage(chat) = &frame { chat.client_id.clone() } else { None };
        let result = match frame {
            Upward::Register(_) | Upward::RegisterAdmin(_) => Ok(()),
            Upward::ChatMessage(chat) => self.seat_says(seat, &chat, now, out),
            Upward::ToggleLike(_) => self.seat_likes(seat, now),
            Upward::StartStream(start) | Upward::StreamStarted(start) | Upward::WebrtcBroadcastStart(start) => self.seat_starts(seat, start, re, now, out),
            Upward::StopStream(_) | Upward::StreamStopped(_) => self.seat_stops(seat, out),
            Upward::PinnedProductsUpdated(_) => self.require_admin(seat).map(|()| self.shelf.reread()),
            Upward::WebrtcRegister(register) => self.register_peer(seat, register, now, out),
            Upward::WebrtcNewCustomer(customer) => self.new_customer(seat, customer, now, out),
            Upward::WebrtcOffer(offer) => self.relay_offer(seat, offer, now, out),
            Upward::WebrtcAnswer(answer) => self.relay_answer(seat, answer, out),
            Upward::WebrtcIceCandidate(candidate) => self.relay_candidate(seat, candidate, out),
            Upward::WebrtcQuality(choice) => self.choose_quality(seat, choice.quality, out),
        };
        if let Err(error) = result {
            out.push(Effect::Send(seat, refusal(&error, Some(re), client_id)));
        }
    }

    fn asked(&mut self, ticket: Ticket, ask: Ask, now: Moment, out: &mut Vec<Effect>) {
        let refused = match ask {
            Ask::Open => {
                out.push(Effect::Answer(ticket, Ok(Answer::Done)));
                Ok(())
            }
            Ask::Chat { occupant, text, given_name, client_id } => self.say(
                chat::Said { occupant: &occupant, text: &text, given_name: given_name.as_deref(), client_id, reply: chat::Reply::Ticket(ticket) },
                now,
                out,
            ),
            Ask::Like { person, marks, wish } => self.order.welcome_marks(&marks, now.at).and_then(|()| self.likes.ask(person, wish, Some(ticket))),
            Ask::Delete { message, by } => self.ask_removal(message, by, ticket, now, out),
            Ask::HouseChanged => {
                self.order.changed(ticket);
                Ok(())
            }
            Ask::Start => self.ask_start(ticket, out),
            Ask::Stop => self.ask_stop(ticket, out),
            Ask::ShelfChanged(change) => {
                self.shelf.changed(change);
                out.push(Effect::Answer(ticket, Ok(Answer::Done)));
                Ok(())
            }
            Ask::Ordered { data, told } => self.room_in_log().map(|()| {
                self.record(data, log::Then::Ordered(told), now);
                out.push(Effect::Answer(ticket, Ok(Answer::Done)));
            }),
            Ask::OrderMoved(order) => {
                self.tell_order(*order, out);
                out.push(Effect::Answer(ticket, Ok(Answer::Done)));
                Ok(())
            }
            Ask::ProductChanged(product) => {
                self.shelf.product_changed(product);
                out.push(Effect::Answer(ticket, Ok(Answer::Done)));
                Ok(())
            }
            Ask::Updated(show) => {
                self.updated(*show);
                out.push(Effect::Answer(ticket, Ok(Answer::Done)));
                Ok(())
            }
            Ask::Viewed(count) => {
                self.pulse.views(count);
                out.push(Effect::Answer(ticket, Ok(Answer::Done)));
                Ok(())
            }
            Ask::Figures { person } => {
                let liked = self.likes.has(&person);
                let likers = self.likes.people().take(message::LIKERS_SHOWN).map(str::to_owned).collect();
                out.push(Effect::Answer(ticket, Ok(Answer::Figures { figures: self.figures(), liked, likers, on_air: self.stage.on_air() })));
                Ok(())
            }
            Ask::Watch { marks } => self.admits(&marks, now).map(|since| out.push(Effect::Answer(ticket, Ok(Answer::Watching { since })))),
            Ask::Flush => {
                self.presence.hurry();
                self.flushing.push_back(ticket);
                Ok(())
            }
        };
        if let Err(error) = refused {
            out.push(Effect::Answer(ticket, Err(error)));
        }
    }

    fn require_admin(&self, seat: SeatId) -> Result<(), AppError> {
        if self.seats.get(&seat).is_some_and(|seat| seat.occupant.admin) { Ok(()) } else { Err(AppError::forbidden().coded("unauthorized")) }
    }
}

/// An error as a frame.
pub fn refusal(error: &AppError, re: Option<&str>, client_id: Option<String>) -> Box<Downward> {
    let (code, message, retry_after) = (error.code.clone(), error.message.clone(), error.retry_after_s);
    Box::new(Downward::Error(ErrorFrame { code, message, re: re.map(str::to_owned), client_id, retry_after }))
}

fn not_live() -> AppError {
    AppError::new(ErrorKind::Conflict, "This show is not live.").coded("not_live")
}

fn busy() -> AppError {
    AppError::unavailable("The shop is catching its breath. Try again in a moment.")
}
