//! Order in the room: what the show asks of those who chat, and what is held against whom. Read from the database as a
//! whole whenever somebody changed it; what is in force is looked at when it matters, so that nothing has to end in time.

use std::collections::HashMap;

use super::{
    Answer, Effect, Moment, Occupant, Room, SeatId, Ticket,
    log::Retry,
    message::{Hold, House, Unstored},
    refusal,
    words::{BlockedWords, has_link},
};
use crate::{
    domain::{
        moderation::{ChatRules, SanctionKind, span_in_words},
        time::Timestamp,
        validate::Fields,
    },
    error::{AppError, ErrorKind},
    protocol::downward::{Downward, StreamUpdate},
};

/// The longest that something without an end is said to last, in seconds: clients may count it down.
const FOR_GOOD_SECONDS: u64 = 365 * 24 * 3600;

#[derive(Debug)]
pub(super) struct Order {
    rules: ChatRules,
    words: BlockedWords,
    listed: Vec<String>,
    /// By each mark of whoever is meant.
    holds: HashMap<String, Vec<(SanctionKind, Option<Timestamp>)>>,
    /// Those who are answered when the reading under way is here; and those who came too late for it.
    reading: Option<Vec<Ticket>>,
    waiting: Vec<Ticket>,
    pub retry: Retry,
}

impl Order {
    pub fn new(house: House) -> Self {
        let mut order = Self {
            rules: ChatRules::default(),
            words: BlockedWords::default(),
            listed: Vec::new(),
            holds: HashMap::new(),
            reading: None,
            waiting: Vec::new(),
            retry: Retry::default(),
        };
        order.learn(house);
        order
    }

    pub fn rules(&self) -> &ChatRules {
        &self.rules
    }

    pub fn is_idle(&self) -> bool {
        self.reading.is_none() && self.waiting.is_empty()
    }

    /// Somebody changed what is stored; they are answered once it is in force.
    pub fn changed(&mut self, ticket: Ticket) {
        self.waiting.push(ticket);
    }

    pub fn advance(&mut self, out: &mut Vec<Effect>) {
        if self.reading.is_some() {
            if self.retry.take_due() {
                out.push(Effect::LoadHouse);
            }
        } else if !self.waiting.is_empty() {
            self.reading = Some(std::mem::take(&mut self.waiting));
            self.retry = Retry::default();
            out.push(Effect::LoadHouse);
        }
    }

    fn learn(&mut self, house: House) {
        let House { rules, blocked_words, holds } = house;
        self.rules = rules;
        if blocked_words != self.listed {
            self.words = BlockedWords::compile(&blocked_words);
            self.listed = blocked_words;
        }
        self.holds.clear();
        for Hold { marks, kind, until } in holds {
            for mark in marks {
                self.holds.entry(mark).or_default().push((kind, until));
            }
        }
    }

    /// How long this is held against them from now on, in seconds; rounded up, so that it is over when they were told.
    fn held_seconds(&self, kind: SanctionKind, marks: &[String], now: Timestamp) -> Option<u64> {
        let of = |until: Option<Timestamp>| match until {
            None => Some(FOR_GOOD_SECONDS),
            Some(until) => Some(until.millis_since(now).div_ceil(1000)).filter(|seconds| *seconds > 0),
        };
        marks.iter().filter_map(|mark| self.holds.get(mark)).flatten().filter(|(held, _)| *held == kind).filter_map(|(_, until)| of(*until)).max()
    }

    /// Seconds for which they may not speak.
    pub fn muted_seconds(&self, occupant: &Occupant, now: Timestamp) -> Option<u64> {
        if occupant.is_exempt() { None } else { self.held_seconds(SanctionKind::Mute, &occupant.marks, now) }
    }

    /// Why they may not be here.
    ///
    /// # Errors
    /// Forbidden with the code `banned`.
    pub fn welcome(&self, occupant: &Occupant, now: Timestamp) -> Result<(), AppError> {
        if occupant.is_exempt() {
            return Ok(());
        }
        self.welcome_marks(&occupant.marks, now)
    }

    /// The same for somebody of whom only the marks are known.
    ///
    /// # Errors
    /// Forbidden with the code `banned`.
    pub fn welcome_marks(&self, marks: &[String], now: Timestamp) -> Result<(), AppError> {
        let Some(seconds) = self.held_seconds(SanctionKind::Ban, marks, now) else { return Ok(()) };
        let sentence = match seconds {
            FOR_GOOD_SECONDS => "You are banned from this show.".to_owned(),
            seconds => format!("You are banned from this show for {}.", span_in_words(seconds)),
        };
        Err(AppError::new(ErrorKind::Forbidden, sentence).coded("banned"))
    }

    /// Whether they may say this now, as far as the rules go.
    ///
    /// # Errors
    /// `banned`, `muted`, `sign_in_to_chat`, `links_not_allowed`, `blocked_words`, each with a sentence.
    pub fn admits(&self, occupant: &Occupant, text: &str, now: Timestamp) -> Result<(), AppError> {
        if occupant.is_exempt() {
            return Ok(());
        }
        self.welcome(occupant, now)?;
        if let Some(seconds) = self.muted_seconds(occupant, now) {
            return Err(muted(seconds));
        }
        if self.rules.registered_only && occupant.user.is_none() {
            return Err(AppError::new(ErrorKind::Unauthenticated, "Sign in to chat in this show.").coded("sign_in_to_chat"));
        }
        let refused = |code: &str, sentence: &str| Err(AppError::from(Fields::one("message", sentence)).coded(code));
        if !self.rules.links_allowed && has_link(text) {
            return refused("links_not_allowed", "Only the host and moderators may post links in this show.");
        }
        if self.words.are_in(text) {
            return refused("blocked_words", "This message has a word that the shop does not allow.");
        }
        Ok(())
    }
}

fn muted(seconds: u64) -> AppError {
    let sentence = match seconds {
        FOR_GOOD_SECONDS => "You are muted.".to_owned(),
        seconds => format!("You are muted for {}.", span_in_words(seconds)),
    };
    AppError { retry_after_s: Some(seconds), ..AppError::new(ErrorKind::Forbidden, sentence).coded("muted") }
}

/// Somebody speaks again before slow mode lets them.
pub(super) fn too_soon(seconds: u64) -> AppError {
    AppError { message: format!("Slow mode: wait {}.", span_in_words(seconds)), ..AppError::rate_limited(seconds).coded("slow_mode") }
}

impl Room {
    /// The rules, the words and the sanctions are here: they are in force from now on, for those who sit here too.
    pub(super) fn house_loaded(&mut self, result: Result<Box<House>, Unstored>, now: Moment, out: &mut Vec<Effect>) {
        let Ok(house) = result else {
            self.order.retry.fail(now);
            return;
        };
        let before: Vec<(SeatId, Option<u64>)> = self.seats.iter().map(|(id, seat)| (*id, self.order.muted_seconds(&seat.occupant, now.at))).collect();
        let rules = self.order.rules.clone();
        self.order.learn(*house);
        if self.order.rules != rules {
            let rules = self.order.rules.clone();
            self.pulse.urgent(|update| update.chat_rules = Some(rules));
        }
        for (id, was) in before {
            let Some(occupant) = self.seats.get(&id).map(|seat| seat.occupant.clone()) else { continue };
            if let Err(refused) = self.order.welcome(&occupant, now.at) {
                self.dismiss(id, &refused, now, out);
                continue;
            }
            let is = self.order.muted_seconds(&occupant, now.at);
            if is != was {
                let update = StreamUpdate { stream_id: Some(self.show.id), muted_seconds: Some(is.unwrap_or(0)), ..Default::default() };
                out.push(Effect::Send(id, Box::new(Downward::StreamUpdate(Box::new(update)))));
            }
            // Said at once to those who only know errors, too, and again where it lasts longer.
            if let Some(seconds) = is.filter(|is| was.is_none_or(|was| *is > was)) {
                out.push(Effect::Send(id, refusal(&muted(seconds), None, None)));
            }
        }
        let answered = self.order.reading.take().unwrap_or_default();
        out.extend(answered.into_iter().map(|ticket| Effect::Answer(ticket, Ok(Answer::Done))));
    }

    /// Sends somebody out, and lets the broadcaster know that they are not to be sent the picture any more.
    pub(super) fn dismiss(&mut self, id: SeatId, refused: &AppError, now: Moment, out: &mut Vec<Effect>) {
        out.push(Effect::Dismiss(id, refused.message.clone()));
        self.farewell(id, out);
        self.leave(id, now, out);
    }
}
