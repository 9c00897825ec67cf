//! What is written down before anyone sees it: the show's log, one batch at a time.

use std::collections::VecDeque;

use super::{Effect, Moment, Room, Ticket, busy, message::Unstored};
use crate::{
    domain::{
        chat::ChatMessage,
        feed::FeedOrder,
        id::{LivestreamId, MessageId},
        pin::PinnedProduct,
    },
    error::AppError,
    server::db::events::{EventData, EventRecord, Outcome},
};

/// Records that may wait for the database. At fifty messages a second this is twenty seconds of silence.
const MAX_WAITING: usize = 1000;

/// What follows once a record is stored.
#[derive(Debug)]
pub(super) enum Then {
    Chat {
        message: ChatMessage,
        author: String,
        reply: super::chat::Reply,
    },
    Deleted {
        message: MessageId,
        tickets: Vec<Ticket>,
    },
    /// The shelf after this change; absent where a later record of the same reading has it.
    Shelf(Option<Vec<PinnedProduct>>),
    Started,
    Stopped {
        reason: String,
    },
    /// The hosts are told.
    Ordered(Box<FeedOrder>),
}

#[derive(Debug)]
pub(super) struct Entry {
    pub record: EventRecord,
    pub then: Then,
}

/// Records that wait, the batch that is being written, and the place of the newest one.
#[derive(Debug)]
pub(super) struct Log {
    show: LivestreamId,
    seq: u64,
    /// The newest place that anybody was told of.
    told: u64,
    waiting: VecDeque<Entry>,
    flight: Vec<Entry>,
    pub retry: Retry,
}

impl Log {
    pub fn new(show: LivestreamId, seq: u64) -> Self {
        Self { show, seq, told: seq, waiting: VecDeque::new(), flight: Vec::new(), retry: Retry::default() }
    }

    /// The newest place in the log that clients may know.
    pub fn told(&self) -> u64 {
        self.told
    }

    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.flight.is_empty()
    }

    pub fn is_full(&self) -> bool {
        self.waiting.len() + self.flight.len() >= MAX_WAITING
    }

    /// The place and id of the next record.
    pub fn next(&mut self, now: Moment) -> (u64, MessageId) {
        self.seq += 1;
        (self.seq, record_id(self.show, self.seq, now))
    }

    pub fn push(&mut self, entry: Entry) {
        self.waiting.push_back(entry);
    }

    /// Whether this message is on its way to the database.
    pub fn holds(&self, author: &str, client_id: &str) -> bool {
        self.flight
            .iter()
            .chain(&self.waiting)
            .any(|entry| matches!(&entry.then, Then::Chat { message, author: other, .. } if other == author && message.client_id.as_deref() == Some(client_id)))
    }

    /// The records of one author and mark that wait, to answer another ticket with them.
    pub fn add_reply(&mut self, author: &str, client_id: &str, ticket: Ticket) {
        for entry in self.flight.iter_mut().chain(&mut self.waiting) {
            if let Then::Chat { message, author: other, reply } = &mut entry.then
                && other == author
                && message.client_id.as_deref() == Some(client_id)
            {
                reply.also(ticket);
            }
        }
    }

    /// Answers another ticket with a deletion that waits, if one of this message does.
    pub fn add_removal_reply(&mut self, of: MessageId, ticket: Ticket) -> bool {
        for entry in self.flight.iter_mut().chain(&mut self.waiting) {
            if let Then::Deleted { message, tickets } = &mut entry.then
                && *message == of
            {
                tickets.push(ticket);
                return true;
            }
        }
        false
    }

    /// Sends the next batch off, if none is under way.
    pub fn advance(&mut self, out: &mut Vec<Effect>) {
        if self.flight.is_empty() {
            self.flight.extend(self.waiting.drain(..));
            self.retry = Retry::default();
            if !self.flight.is_empty() {
                out.push(self.batch());
            }
        } else if self.retry.take_due() {
            out.push(self.batch());
        }
    }

    fn batch(&self) -> Effect {
        Effect::Persist(self.flight.iter().map(|entry| entry.record.clone()).collect())
    }
}

impl Room {
    /// Appends a record to the log.
    pub(super) fn record(&mut self, data: EventData, then: Then, now: Moment) {
        let (seq, id) = self.log.next(now);
        self.log.push(Entry { record: EventRecord { id, stream_id: self.show.id, seq, at: now.at, data }, then });
    }

    pub(super) fn log_start(&mut self, now: Moment) {
        self.record(EventData::Start, Then::Started, now);
    }

    /// Writes the end down that the database knows of and the log does not, as of when it was.
    pub(super) fn log_missing_stop(&mut self, now: Moment) {
        let reason = "stopped".to_owned();
        let at = self.show.end_time.unwrap_or(now.at);
        self.record(EventData::Stop { reason: reason.clone() }, Then::Stopped { reason }, Moment { at, ..now });
    }

    pub(super) fn stored(&mut self, result: Result<Vec<Outcome>, Unstored>, now: Moment, out: &mut Vec<Effect>) {
        let Ok(outcomes) = result else {
            self.log.retry.fail(now);
            return;
        };
        let entries = std::mem::take(&mut self.log.flight);
        debug_assert_eq!(entries.len(), outcomes.len(), "an outcome for every record");
        for (entry, outcome) in entries.into_iter().zip(outcomes) {
            self.log.told = self.log.told.max(entry.record.seq);
            match entry.then {
                Then::Chat { message, author, reply } => self.said(message, author, reply, outcome, out),
                Then::Deleted { message, tickets } => self.removed(message, tickets, entry.record.seq, entry.record.at, out),
                Then::Shelf(list) => {
                    if let Some(list) = list {
                        self.show_shelf(list, entry.record.seq, entry.record.at, out);
                    }
                }
                Then::Started => self.tell_started(entry.record.seq, entry.record.at, now, out),
                Then::Ordered(order) => self.tell_order(*order, out),
                Then::Stopped { reason } => self.tell_stopped(&reason, entry.record.seq, entry.record.at, out),
            }
        }
    }

    /// Refuses when too much waits for the database.
    pub(super) fn room_in_log(&self) -> Result<(), AppError> {
        if self.log.is_full() { Err(busy()) } else { Ok(()) }
    }
}

/// When to try again what the database refused: soon, then less often.
#[derive(Debug, Default)]
pub(super) struct Retry {
    at_ms: Option<u64>,
    failures: u32,
    due: bool,
}

impl Retry {
    pub fn fail(&mut self, now: Moment) {
        self.at_ms = Some(now.elapsed_ms + (100u64 << self.failures.min(4)));
        self.failures += 1;
    }

    pub fn tick(&mut self, now: Moment) {
        if self.at_ms.is_some_and(|at_ms| at_ms <= now.elapsed_ms) {
            self.at_ms = None;
            self.due = true;
        }
    }

    pub fn take_due(&mut self) -> bool {
        std::mem::take(&mut self.due)
    }

    pub fn due_ms(&self) -> Option<u64> {
        self.at_ms
    }
}

// Laid out like MongoDB's own ids: seconds, five bytes of the show, three of the place. The log's index on show and
// place keeps it unique within a show; no randomness is needed, so the room stays a function of its events.
fn record_id(show: LivestreamId, seq: u64, now: Moment) -> MessageId {
    let seconds = (now.at.millis() / 1000) as u32;
    // FNV-1a, to mix all twelve bytes into five.
    let mixed = show.bytes().iter().fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    let mut bytes = [0; 12];
    bytes[..4].copy_from_slice(&seconds.to_be_bytes());
    bytes[4..9].copy_from_slice(&mixed.to_be_bytes()[..5]);
    bytes[9..].copy_from_slice(&seq.to_be_bytes()[5..]);
    MessageId::from_bytes(bytes)
}
