//! Messages that were deleted: written into the log, taken out of what newcomers are told, and told to everyone.

use std::collections::VecDeque;

use super::{Answer, Effect, Moment, Room, Ticket, chat::KEPT, log::Then};
use crate::{
    domain::{
        id::{MessageId, UserId},
        time::Timestamp,
    },
    error::AppError,
    protocol::downward::{ChatDeleted, Downward},
    server::db::events::EventData,
};

/// The newest deletions, for those who come back.
#[derive(Debug)]
pub(super) struct Removals {
    /// Place in the log, and the message.
    list: VecDeque<(u64, MessageId)>,
    /// Every deletion after this place is here.
    pub floor: u64,
}

impl Removals {
    /// `list` are the newest ones, oldest first; where they are as many as are kept, there may be older ones.
    pub fn new(list: Vec<(u64, MessageId)>) -> Self {
        let floor = if list.len() < KEPT { 0 } else { list.first().map_or(0, |(seq, _)| seq.saturating_sub(1)) };
        Self { list: list.into(), floor }
    }

    /// The place of the deletion of a message.
    pub fn place(&self, message: MessageId) -> Option<u64> {
        self.list.iter().find(|(_, id)| *id == message).map(|(seq, _)| *seq)
    }

    /// The messages that were deleted after a place.
    pub fn since(&self, since: u64) -> Vec<MessageId> {
        self.list.iter().filter(|(seq, _)| *seq > since).map(|(_, id)| *id).collect()
    }

    fn push(&mut self, seq: u64, message: MessageId) {
        self.list.push_back((seq, message));
        if self.list.len() > KEPT
            && let Some((seq, _)) = self.list.pop_front()
        {
            self.floor = seq;
        }
    }
}

impl Room {
    /// A message of this show is to be deleted. Doing it twice is doing it once.
    pub(super) fn ask_removal(&mut self, message: MessageId, by: UserId, ticket: Ticket, now: Moment, out: &mut Vec<Effect>) -> Result<(), AppError> {
        if let Some(seq) = self.removals.place(message) {
            out.push(Effect::Answer(ticket, Ok(Answer::Deleted(seq))));
            return Ok(());
        }
        if self.log.add_removal_reply(message, ticket) {
            return Ok(());
        }
        self.room_in_log()?;
        self.record(EventData::Delete { message_id: message, by }, Then::Deleted { message, tickets: vec![ticket] }, now);
        Ok(())
    }

    /// A deletion is stored: it is in nobody's eyes any more.
    pub(super) fn removed(&mut self, message: MessageId, tickets: Vec<Ticket>, seq: u64, at: Timestamp, out: &mut Vec<Effect>) {
        self.ring.remove(message);
        self.removals.push(seq, message);
        out.push(Effect::Broadcast(Box::new(Downward::ChatMessageDeleted(ChatDeleted { stream_id: self.show.id, id: message, seq, at }))));
        out.extend(tickets.into_iter().map(|ticket| Effect::Answer(ticket, Ok(Answer::Deleted(seq)))));
    }
}
