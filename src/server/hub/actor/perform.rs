//! What a room wants done, done: frames into outboxes, records into the database.

use tokio::time::timeout;

use super::{Actor, DB_PATIENCE, Done};
use crate::{
    domain::{id::LivestreamId, livestream::LivestreamStatus, time::Timestamp},
    error::{AppError, ErrorKind},
    protocol::{close, downward::Downward},
    server::{
        db::{Db, DbError, livestreams::StartError},
        hub::{
            outbox::Shared,
            room::{Effect, Event, Hold, House, KEPT, Loaded, SeatId, Unstored},
        },
    },
};

impl Actor {
    pub(super) fn perform(&mut self, effect: Effect) {
        let (db, clock, show) = (self.hands.db.clone(), self.hands.clock.clone(), self.show);
        match effect {
            Effect::Send(seat, frame) => self.deliver([seat], *frame),
            Effect::SendMany(seats, frame) => self.deliver(seats, *frame),
            Effect::Broadcast(frame) => {
                let frame = Shared::new(*frame);
                for placed in self.seats.values() {
                    placed.outbox.push(&frame);
                }
            }
            Effect::Welcome(seat, frames) => {
                if let Some(placed) = self.seats.get(&seat) {
                    placed.outbox.welcome(&frames);
                }
            }
            Effect::Answer(ticket, answer) => {
                if let Some(reply) = self.tickets.remove(&ticket) {
                    // Whoever asked may have gone away.
                    let _ = reply.send(answer);
                }
            }
            Effect::Persist(records) => self.work(async move {
                match patient(db.store_events(&records)).await {
                    Err(Some(DbError::Duplicate)) => Done::Reload,
                    result => Done::Event(Event::Stored(known(show, result))),
                }
            }),
            Effect::StoreLikes(changes) => self.work(async move {
                if changes.added.is_empty() && changes.removed.is_empty() {
                    return Done::Event(Event::LikesStored(Ok(())));
                }
                let result = patient(db.change_likes(show, &changes.added, &changes.removed, clock.now())).await;
                Done::Event(Event::LikesStored(known(show, result)))
            }),
            Effect::StoreAttendance(attendance) => {
                self.work(async move { Done::Event(Event::AttendanceStored(known(show, patient(db.store_attendance(show, &attendance)).await))) });
            }
            // Shelves of ended shows are not told, so the entries are read as those of a live one.
            Effect::LoadShelf => self.work(async move {
                let result = patient(db.shelf(show, LivestreamStatus::Live)).await;
                Done::Event(Event::ShelfLoaded(known(show, result)))
            }),
            Effect::LoadHouse => {
                self.work(async move {
                    let result = patient(house(&db, show, clock.now())).await;
                    Done::Event(Event::HouseLoaded(known(show, result).map(Box::new)))
                });
            }
            Effect::Dismiss(seat, sentence) => {
                if let Some(placed) = self.seats.get(&seat) {
                    placed.outbox.close(close::BANNED, sentence);
                }
            }
            Effect::Start => {
                let max_active = self.hands.max_active_shows;
                self.work(async move {
                    let result = timeout(DB_PATIENCE, db.start_livestream(show, clock.now(), max_active)).await;
                    let result = result.unwrap_or_else(|_| Err(StartError::Db(DbError::timed_out())));
                    Done::Event(Event::Transitioned(result.map(Box::new).map_err(AppError::from)))
                });
            }
            Effect::Stop { reason, figures } => self.work(async move {
                let result = timeout(DB_PATIENCE, db.stop_livestream(show, reason, figures.engaged, figures.peak, clock.now())).await;
                let result = result.unwrap_or(Err(DbError::timed_out())).map_err(AppError::from);
                Done::Event(Event::Transitioned(result.and_then(|show| show.map(Box::new).ok_or_else(|| AppError::not_found("livestream")))))
            }),
            Effect::SavePeak(peak) => {
                // Not worth a second try: the peak is written again at the end.
                tokio::spawn(async move { patient(db.save_peak(show, peak)).await.map_err(|error| complain(show, error.as_ref())) });
            }
            Effect::SaveOnAir => {
                tokio::spawn(async move { patient(db.save_on_air(show)).await.map_err(|error| complain(show, error.as_ref())) });
            }
            Effect::Media(command) => {
                if let Some(relay) = &self.relay {
                    relay.tell(command);
                }
            }
            Effect::Live(show) => self.hands.lobby.went_live(show),
            Effect::Ended(show) => self.hands.lobby.ended(show),
        }
    }

    fn deliver(&self, seats: impl IntoIterator<Item = SeatId>, frame: Downward) {
        let frame = Shared::new(frame);
        for seat in seats {
            if let Some(placed) = self.seats.get(&seat) {
                if frame.is_refusal() {
                    placed.outbox.count_refusal();
                }
                placed.outbox.push(&frame);
            }
        }
    }

    fn work(&mut self, task: impl Future<Output = Done> + Send + 'static) {
        self.tasks.spawn(task);
    }
}

// What the database did; `Err(None)` where it did not answer in time.
async fn patient<T>(work: impl Future<Output = Result<T, DbError>>) -> Result<T, Option<DbError>> {
    match timeout(DB_PATIENCE, work).await {
        Ok(result) => result.map_err(Some),
        Err(_) => Err(None),
    }
}

fn known<T>(show: LivestreamId, result: Result<T, Option<DbError>>) -> Result<T, Unstored> {
    result.map_err(|error| {
        complain(show, error.as_ref());
        Unstored
    })
}

fn complain(show: LivestreamId, error: Option<&DbError>) {
    match error {
        Some(error) => tracing::warn!(stream.id = %show, %error, "something of a show could not be stored yet"),
        None => tracing::warn!(stream.id = %show, "something of a show could not be stored yet: the database hangs"),
    }
}

/// A show with all that its room must know.
pub(super) async fn load(db: &Db, id: LivestreamId, now: Timestamp) -> Result<Option<Loaded>, DbError> {
    let Some(show) = db.livestream(id).await? else { return Ok(None) };
    let (seq, page, shelf, likers, speakers, start_logged, stop_logged, removals, house) = tokio::try_join!(
        db.newest_seq(id),
        db.chat_messages(id, None, KEPT as u32),
        db.shelf(id, show.status),
        db.likers(id),
        db.speakers(id),
        db.start_is_logged(id),
        db.stop_is_logged(id),
        db.removals(id, KEPT as u32),
        house(db, id, now)
    )?;
    Ok(Some(Loaded { show, seq, messages: page.messages, complete: !page.has_more, shelf, likers, speakers, start_logged, stop_logged, removals, house }))
}

async fn house(db: &Db, show: LivestreamId, now: Timestamp) -> Result<House, DbError> {
    let (rules, blocked_words, sanctions) = tokio::try_join!(db.chat_rules(show), db.blocked_words(), db.sanctions_in(show, now))?;
    let holds = sanctions.into_iter().map(|record| Hold { marks: record.marks, kind: record.sanction.kind, until: record.sanction.until }).collect();
    Ok(House { rules, blocked_words, holds })
}

impl From<StartError> for AppError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::NoSlot => Self::new(ErrorKind::Malformed, "Another livestream is active").coded("livestream_active"),
            StartError::NotScheduled => Self::conflict("This show has ended.").coded("show_ended"),
            StartError::Db(error) => error.into(),
        }
    }
}
