//! Who watched from when to when, for the show's numbers.
//!
//! A stay begins and ends as sessions come and go while the show is live, and is written down in batches. What is still
//! open costs nothing between: the room only says from time to time that it lives, and a stay without an end lasted as
//! long as its room was known to. So a server that is killed loses the last seconds, and a full house is one small write.
//! Lengths are those of a clock that only runs forward; the wall clock says no more than when the room was opened.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::{Effect, Moment, Room, log::Retry, message::Unstored};
use crate::{
    domain::{id::SessionId, time::Timestamp},
    server::db::presence::{Attendance, Stay},
};

/// Milliseconds between two writings.
const EVERY_MS: u64 = 5000;
/// Changes that may wait for a database that is away; the oldest are given up, and with them some seconds of statistics.
const MAX_WAITING: usize = 20_000;
/// Changes that are written at once.
const BATCH: usize = 2000;

#[derive(Debug)]
pub(super) struct Presence {
    /// When the room was opened, by the wall clock: the name of this sitting, and what lengths are added to.
    opened: Timestamp,
    live: bool,
    /// Since when each session watches.
    here: BTreeMap<SessionId, Timestamp>,
    /// Sessions whose seats changed with this event.
    touched: Vec<SessionId>,
    waiting: VecDeque<Stay>,
    flight: Option<Attendance>,
    next_ms: u64,
    /// Somebody waits for everything to be stored.
    hurried: bool,
    pub retry: Retry,
}

impl Presence {
    pub fn new(now: Moment) -> Self {
        Self {
            opened: now.at.plus_millis(-millis(now.elapsed_ms)),
            live: false,
            here: BTreeMap::new(),
            touched: Vec::new(),
            waiting: VecDeque::new(),
            flight: None,
            next_ms: now.elapsed_ms + EVERY_MS,
            hurried: false,
            retry: Retry::default(),
        }
    }

    /// The seats of this session are others.
    pub fn touch(&mut self, session: &SessionId) {
        self.touched.push(session.clone());
    }

    /// Writes down what there is as soon as possible.
    pub fn hurry(&mut self) {
        self.hurried = true;
    }

    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.flight.is_none() && !self.hurried
    }

    pub fn due_ms(&self) -> Option<u64> {
        match self.flight {
            Some(_) => self.retry.due_ms(),
            None => (!self.here.is_empty() || !self.waiting.is_empty()).then_some(self.next_ms),
        }
    }

    /// Takes over who watches after an event.
    pub fn follow(&mut self, live: bool, watching: &HashMap<SessionId, u32>, now: Moment) {
        let at = self.opened.plus_millis(millis(now.elapsed_ms));
        if live == self.live {
            for session in std::mem::take(&mut self.touched) {
                match (live && watching.contains_key(&session), self.here.contains_key(&session)) {
                    (true, false) => self.arrive(session, at),
                    (false, true) => self.depart(&session, at),
                    _ => {}
                }
            }
            return;
        }
        self.live = live;
        self.touched.clear();
        let mut sessions: Vec<SessionId> = if live { watching.keys().cloned().collect() } else { self.here.keys().cloned().collect() };
        sessions.sort();
        for session in sessions {
            if live { self.arrive(session, at) } else { self.depart(&session, at) }
        }
    }

    fn arrive(&mut self, session: SessionId, from: Timestamp) {
        self.here.insert(session.clone(), from);
        self.write(Stay { session, from, until: None });
    }

    fn depart(&mut self, session: &SessionId, at: Timestamp) {
        if let Some(from) = self.here.remove(session) {
            self.write(Stay { session: session.clone(), from, until: Some(at) });
        }
    }

    fn write(&mut self, stay: Stay) {
        if self.waiting.len() >= MAX_WAITING {
            self.waiting.pop_front();
        }
        self.waiting.push_back(stay);
    }

    /// Sends the next batch off, if it is time and none is under way.
    pub fn advance(&mut self, now: Moment, out: &mut Vec<Effect>) {
        if let Some(flight) = &self.flight {
            if self.retry.take_due() {
                out.push(Effect::StoreAttendance(flight.clone()));
            }
            return;
        }
        if self.here.is_empty() && self.waiting.is_empty() {
            self.hurried = false;
            return;
        }
        if !self.hurried && now.elapsed_ms < self.next_ms {
            return;
        }
        let count = self.waiting.len().min(BATCH);
        let stays: Vec<Stay> = self.waiting.drain(..count).collect();
        // What is left over follows at once.
        if self.waiting.is_empty() {
            self.hurried = false;
            self.next_ms = now.elapsed_ms + EVERY_MS;
        }
        let attendance = Attendance { opened: self.opened, alive: self.opened.plus_millis(millis(now.elapsed_ms)), stays };
        self.retry = Retry::default();
        out.push(Effect::StoreAttendance(attendance.clone()));
        self.flight = Some(attendance);
    }
}

impl Room {
    pub(super) fn attendance_stored(&mut self, result: Result<(), Unstored>, now: Moment) {
        match result {
            Ok(()) => self.presence.flight = None,
            Err(Unstored) => self.presence.retry.fail(now),
        }
    }
}

fn millis(elapsed_ms: u64) -> i64 {
    i64::try_from(elapsed_ms).unwrap_or(i64::MAX)
}
