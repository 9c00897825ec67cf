//! What people say: cleaned, signed by the seat, stored, then told to everyone.

use std::collections::{HashMap, VecDeque};

use super::{
    Answer, Effect, Moment, Occupant, Room, SeatId, Ticket, house,
    log::{Entry, Then},
    not_live, refusal,
};
use crate::{
    domain::{
        chat::{self, ChatMessage, HISTORY},
        id::{LivestreamId, MessageId},
        time::Timestamp,
        validate::Fields,
    },
    error::AppError,
    protocol::{
        downward::{ChatEvent, ChatHistory, Downward},
        upward::Chat,
    },
    server::db::events::{ChatData, EventData, EventRecord, Outcome},
};

/// Messages kept for those who come back: ten seconds at the most that a room is built for.
pub const KEPT: usize = 500;

/// Messages a customer may send at once, and the time in which one more comes free.
const BURST: u64 = 10;
const REFILL_MS: u64 = 1000;

/// Where the fate of a message is told, besides to everyone.
#[derive(Debug)]
pub(super) enum Reply {
    Seat(SeatId),
    Ticket(Ticket),
    Tickets(Vec<Ticket>),
}

impl Reply {
    pub fn also(&mut self, ticket: Ticket) {
        let mut tickets = self.tickets();
        tickets.push(ticket);
        *self = Self::Tickets(tickets);
    }

    fn tickets(&self) -> Vec<Ticket> {
        match self {
            Self::Seat(_) => Vec::new(),
            Self::Ticket(ticket) => vec![*ticket],
            Self::Tickets(tickets) => tickets.clone(),
        }
    }
}

/// Something that somebody wants to say.
pub(super) struct Said<'a> {
    pub occupant: &'a Occupant,
    pub text: &'a str,
    pub given_name: Option<&'a str>,
    pub client_id: Option<String>,
    pub reply: Reply,
}

impl Room {
    pub(super) fn seat_says(&mut self, seat: SeatId, chat: &Chat, now: Moment, out: &mut Vec<Effect>) -> Result<(), AppError> {
        let Some(occupant) = self.seats.get(&seat).map(|seat| seat.occupant.clone()) else { return Ok(()) };
        let said = Said { occupant: &occupant, text: chat.text(), given_name: chat.given_name(), client_id: chat.client_id.clone(), reply: Reply::Seat(seat) };
        self.say(said, now, out)
    }

    pub(super) fn say(&mut self, said: Said<'_>, now: Moment, out: &mut Vec<Effect>) -> Result<(), AppError> {
        let Said { occupant, text, given_name, client_id, reply } = said;
        if !self.is_live() || self.transition.is_ending() {
            return Err(not_live());
        }
        let message = chat::message_text(text).map_err(|sentence| AppError::from(Fields::one("message", sentence)))?;
        if let Some(mark) = client_id.as_deref() {
            if let Some(known) = self.ring.find(&occupant.person, mark) {
                let known = known.clone();
                self.acknowledge(&reply, known, out);
                return Ok(());
            }
            if self.log.holds(&occupant.person, mark) {
                // A seat hears it with everyone, as soon as it is stored.
                if let Reply::Ticket(ticket) = reply {
                    self.log.add_reply(&occupant.person, mark, ticket);
                }
                return Ok(());
            }
        }
        self.order.admits(occupant, &message, now.at)?;
        self.room_in_log()?;
        if !occupant.admin {
            let slow_s = if occupant.moderator { 0 } else { self.order.rules().slow_mode_seconds };
            self.pace.entry(occupant.person.clone()).or_default().take(u64::from(slow_s) * 1000, now)?;
        }
        let username = occupant.name.clone().unwrap_or_else(|| chat::guest_name(given_name));
        let (seq, id) = self.log.next(now);
        let message = ChatMessage {
            id,
            seq,
            username,
            message,
            timestamp: now.at,
            is_admin: occupant.admin,
            is_moderator: occupant.moderator && !occupant.admin,
            client_id,
        };
        let data = ChatData { author: occupant.person.clone(), user: occupant.user, marks: occupant.marks.clone(), message: message.clone() };
        self.log.push(Entry {
            record: EventRecord { id, stream_id: self.show.id, seq, at: now.at, data: EventData::Chat(data) },
            then: Then::Chat { message, author: occupant.person.clone(), reply },
        });
        Ok(())
    }

    /// A message is stored: everyone may see it.
    pub(super) fn said(&mut self, message: ChatMessage, author: String, reply: Reply, outcome: Outcome, out: &mut Vec<Effect>) {
        match outcome {
            Outcome::Stored => {
                out.push(Effect::Broadcast(Box::new(chat_event(self.show.id, &message))));
                for ticket in reply.tickets() {
                    out.push(Effect::Answer(ticket, Ok(Answer::Chat(message.clone()))));
                }
                if self.speakers.insert(author.clone()) && !self.likes.has(&author) {
                    self.engaged += 1;
                }
                self.ring.push(message, author);
            }
            Outcome::Duplicate(known) => self.acknowledge(&reply, known, out),
            Outcome::Removed => {
                let removed = AppError::conflict("This message was removed by a moderator.").coded("message_deleted");
                if let Reply::Seat(seat) = reply
                    && self.seats.contains_key(&seat)
                {
                    out.push(Effect::Send(seat, refusal(&removed, Some("chat_message"), message.client_id.clone())));
                }
                out.extend(reply.tickets().into_iter().map(|ticket| Effect::Answer(ticket, Err(removed.clone()))));
            }
        }
    }

    // Someone who says the same again is shown what is stored, alone.
    fn acknowledge(&self, reply: &Reply, known: ChatMessage, out: &mut Vec<Effect>) {
        if let Reply::Seat(seat) = reply {
            out.push(Effect::Send(*seat, Box::new(chat_event(self.show.id, &known))));
        }
        for ticket in reply.tickets() {
            out.push(Effect::Answer(ticket, Ok(Answer::Chat(known.clone()))));
        }
    }

    /// What someone who joins has missed, or the last messages where that cannot be told.
    pub(super) fn history(&self, since: Option<i64>) -> ChatHistory {
        let seq = self.log.told();
        let since = since.and_then(|since| u64::try_from(since).ok()).filter(|since| *since >= self.ring.floor.max(self.removals.floor) && *since <= seq);
        let messages: Vec<ChatMessage> = match since {
            Some(since) => self.ring.messages().filter(|message| message.seq > since).cloned().collect(),
            None => self.ring.messages().skip(self.ring.len().saturating_sub(HISTORY)).cloned().collect(),
        };
        let deleted = since.map(|since| self.removals.since(since)).unwrap_or_default();
        ChatHistory { stream_id: self.show.id, chat_messages: messages.clone(), messages, recovered: since.is_some(), seq, deleted }
    }

    /// The last messages, as a show's record carries them.
    pub(super) fn last_messages(&self) -> Vec<ChatMessage> {
        self.ring.messages().skip(self.ring.len().saturating_sub(HISTORY)).cloned().collect()
    }
}

fn chat_event(stream_id: LivestreamId, message: &ChatMessage) -> Downward {
    let at: Timestamp = message.timestamp;
    Downward::ChatMessage(ChatEvent { stream_id, at, message: message.clone() })
}

/// The newest messages, and which were sent under which mark.
#[derive(Debug)]
pub(super) struct Ring {
    messages: VecDeque<(ChatMessage, String)>,
    marks: HashMap<(String, String), u64>,
    /// Every message after this place is here.
    pub floor: u64,
}

impl Ring {
    /// `complete`: these are all the messages that the show has.
    pub fn new(messages: Vec<ChatMessage>, complete: bool) -> Self {
        let floor = if complete { 0 } else { messages.first().map_or(0, |oldest| oldest.seq.saturating_sub(1)) };
        // Who sent the loaded ones under which mark is the database's to know: its index finds a repetition.
        let messages = messages.into_iter().map(|message| (message, String::new())).collect();
        Self { messages, marks: HashMap::new(), floor }
    }

    pub fn len(&self) -> usize {
        self.messages.len()
    }

    pub fn messages(&self) -> impl Iterator<Item = &ChatMessage> {
        self.messages.iter().map(|(message, _)| message)
    }

    /// Takes a message out. Its mark stays the database's to know, so that it is not said again.
    pub fn remove(&mut self, message: MessageId) {
        let Some(at) = self.messages.iter().position(|(known, _)| known.id == message) else { return };
        if let Some((message, author)) = self.messages.remove(at)
            && let Some(mark) = message.client_id
        {
            self.marks.remove(&(author, mark));
        }
    }

    fn find(&self, author: &str, mark: &str) -> Option<&ChatMessage> {
        let seq = self.marks.get(&(author.to_owned(), mark.to_owned()))?;
        let at = self.messages.binary_search_by_key(seq, |(message, _)| message.seq).ok()?;
        self.messages.get(at).map(|(message, _)| message)
    }

    fn push(&mut self, message: ChatMessage, author: String) {
        if let Some(mark) = &message.client_id {
            self.marks.insert((author.clone(), mark.clone()), message.seq);
        }
        self.messages.push_back((message, author));
        if self.messages.len() > KEPT
            && let Some((oldest, author)) = self.messages.pop_front()
        {
            self.floor = oldest.seq;
            if let Some(mark) = oldest.client_id {
                self.marks.remove(&(author, mark));
            }
        }
    }
}

/// How much somebody may say now.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// When all that was said will have been made up for.
    rested_at_ms: u64,
    /// When the last message was said.
    last_ms: Option<u64>,
}

impl Pace {
    /// `slow_ms`: the least time between two messages.
    fn take(&mut self, slow_ms: u64, now: Moment) -> Result<(), AppError> {
        let left_ms = self.last_ms.map_or(0, |last_ms| (last_ms + slow_ms).saturating_sub(now.elapsed_ms));
        if left_ms > 0 {
            return Err(house::too_soon(left_ms.div_ceil(1000)));
        }
        let owed_ms = self.rested_at_ms.saturating_sub(now.elapsed_ms);
        if owed_ms + REFILL_MS > BURST * REFILL_MS {
            return Err(AppError::rate_limited((owed_ms + REFILL_MS - BURST * REFILL_MS).div_ceil(1000)));
        }
        self.rested_at_ms = now.elapsed_ms + owed_ms + REFILL_MS;
        self.last_ms = Some(now.elapsed_ms);
        Ok(())
    }

    pub fn is_rested(&self, slow_ms: u64, now: Moment) -> bool {
        self.rested_at_ms <= now.elapsed_ms && self.last_ms.is_none_or(|last_ms| last_ms + slow_ms <= now.elapsed_ms)
    }
}
