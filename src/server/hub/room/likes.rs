//! Hearts: a set of people, changed one after the other and written down in batches.

use std::collections::{HashMap, HashSet, VecDeque};

use super::{
    Answer, Effect, LikeChanges, Moment, Room, SeatId, Ticket, busy,
    log::Retry,
    message::{LikeWish, Unstored},
};
use crate::{
    domain::like::LikeState,
    error::AppError,
    protocol::downward::{Downward, StreamUpdate},
};

/// Wishes that may wait for the database.
const MAX_WAITING: usize = 1000;

#[derive(Debug)]
struct Wish {
    person: String,
    wish: LikeWish,
    ticket: Option<Ticket>,
}

/// What a wish came to.
#[derive(Debug)]
struct Done {
    person: String,
    state: LikeState,
    ticket: Option<Ticket>,
}

#[derive(Debug)]
pub(super) struct Likes {
    people: HashSet<String>,
    waiting: VecDeque<Wish>,
    flight: Option<(LikeChanges, Vec<Done>)>,
    pub retry: Retry,
}

impl Likes {
    pub fn new(people: HashSet<String>) -> Self {
        Self { people, waiting: VecDeque::new(), flight: None, retry: Retry::default() }
    }

    pub fn has(&self, person: &str) -> bool {
        self.people.contains(person)
    }

    pub fn count(&self) -> u64 {
        self.people.len() as u64
    }

    pub fn people(&self) -> impl Iterator<Item = &str> {
        self.people.iter().map(String::as_str)
    }

    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.flight.is_none()
    }

    pub fn ask(&mut self, person: String, wish: LikeWish, ticket: Option<Ticket>) -> Result<(), AppError> {
        if self.waiting.len() >= MAX_WAITING {
            return Err(busy());
        }
        self.waiting.push_back(Wish { person, wish, ticket });
        Ok(())
    }

    /// Sends the next batch off, if none is under way. Each wish is weighed after the ones before it; what the set
    /// must become for each person is written once.
    pub fn advance(&mut self, out: &mut Vec<Effect>) {
        if let Some((changes, _)) = &self.flight {
            if self.retry.take_due() {
                out.push(Effect::StoreLikes(changes.clone()));
            }
            return;
        }
        if self.waiting.is_empty() {
            return;
        }
        let mut weighed: HashMap<String, bool> = HashMap::new();
        let mut order: Vec<String> = Vec::new();
        let mut count = self.count();
        let mut done = Vec::with_capacity(self.waiting.len());
        for Wish { person, wish, ticket } in self.waiting.drain(..) {
            let before = weighed.get(&person).copied().unwrap_or_else(|| self.people.contains(&person));
            let liked = match wish {
                LikeWish::Toggle => !before,
                LikeWish::Like => true,
                LikeWish::Unlike => false,
            };
            match (before, liked) {
                (false, true) => count += 1,
                (true, false) => count = count.saturating_sub(1),
                _ => {}
            }
            if weighed.insert(person.clone(), liked).is_none() {
                order.push(person.clone());
            }
            done.push(Done { person, state: LikeState { likes: count, liked }, ticket });
        }
        let mut changes = LikeChanges::default();
        for person in order {
            match (self.people.contains(&person), weighed[&person]) {
                (false, true) => changes.added.push(person),
                (true, false) => changes.removed.push(person),
                _ => {}
            }
        }
        self.retry = Retry::default();
        // Even where nothing changes the answers wait for the database: what is answered is what is stored.
        out.push(Effect::StoreLikes(changes.clone()));
        self.flight = Some((changes, done));
    }
}

impl Room {
    pub(super) fn seat_likes(&mut self, seat: SeatId, now: Moment) -> Result<(), AppError> {
        let Some(occupant) = self.seats.get(&seat).map(|seat| &seat.occupant) else { return Ok(()) };
        self.order.welcome(occupant, now.at)?;
        self.likes.ask(occupant.person.clone(), LikeWish::Toggle, None)
    }

    pub(super) fn likes_stored(&mut self, result: Result<(), Unstored>, now: Moment, out: &mut Vec<Effect>) {
        if result.is_err() {
            self.likes.retry.fail(now);
            return;
        }
        let Some((changes, done)) = self.likes.flight.take() else { return };
        for person in changes.added {
            let is_new = !self.speakers.contains(&person);
            if self.likes.people.insert(person) && is_new {
                self.engaged += 1;
            }
        }
        for person in &changes.removed {
            if self.likes.people.remove(person) && !self.speakers.contains(person) {
                self.engaged = self.engaged.saturating_sub(1);
            }
        }
        let likes = self.likes.count();
        self.pulse.likes(likes);
        self.pulse.told_one();
        let mut told: HashSet<&str> = HashSet::new();
        for done in &done {
            if let Some(ticket) = done.ticket {
                out.push(Effect::Answer(ticket, Ok(Answer::Like(done.state))));
            }
            if told.insert(&done.person) {
                let liked = self.likes.has(&done.person);
                // All tabs of one person show the same heart.
                for (id, seat) in self.seats.iter().filter(|(_, seat)| seat.occupant.person == done.person) {
                    let liked_by = if liked { vec![seat.occupant.alias.clone()] } else { Vec::new() };
                    let update =
                        StreamUpdate { stream_id: Some(self.show.id), likes: Some(likes), liked: Some(liked), liked_by: Some(liked_by), ..Default::default() };
                    out.push(Effect::Send(*id, Box::new(Downward::StreamUpdate(Box::new(update)))));
                }
            }
        }
    }
}
