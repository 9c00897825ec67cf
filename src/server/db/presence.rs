//! Collection `presence`: who watched which show from when to when, for its numbers.
//!
//! A document with a session is a stay; one without says until when a room was known to live. A stay that nobody ended,
//! because its server was killed, lasted until then.

use std::collections::HashMap;

use futures::TryStreamExt;
use mongodb::bson::{Document, doc};

use super::{Db, DbError, date, index, indexes::Wanted, livestreams::oid};
use crate::domain::{
    id::{LivestreamId, SessionId},
    time::Timestamp,
};

const COLLECTION: &str = "presence";

/// The indexes of stays: by show.
pub fn indexes() -> Vec<Wanted> {
    vec![(COLLECTION, index(doc! { "streamId": 1 }))]
}

/// One session watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    pub session: SessionId,
    pub from: Timestamp,
    /// `None` while it goes on.
    pub until: Option<Timestamp>,
}

/// What a room writes down of its visitors at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attendance {
    /// When the room was opened, which tells it from the show's rooms before.
    pub opened: Timestamp,
    /// When it last lived.
    pub alive: Timestamp,
    /// Stays that began or ended, in order.
    pub stays: Vec<Stay>,
}

/// A stay with its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    pub session: SessionId,
    pub from: Timestamp,
    pub until: Timestamp,
}

impl Db {
    /// Writes down who came and went. Doing it again is no error.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn store_attendance(&self, id: LivestreamId, attendance: &Attendance) -> Result<(), DbError> {
        let (show, room) = (oid(id), date(attendance.opened));
        let alive = doc! { "$set": { "streamId": show, "room": &room }, "$max": { "alive": date(attendance.alive) } };
        let mut updates = vec![doc! { "q": { "_id": { "show": show, "room": &room } }, "u": alive, "upsert": true }];
        for stay in &attendance.stays {
            let mut set = doc! { "streamId": show, "session": stay.session.as_str(), "from": date(stay.from), "room": &room };
            if let Some(until) = stay.until {
                set.insert("until", date(until));
            }
            let key = doc! { "show": show, "session": stay.session.as_str(), "from": date(stay.from) };
            updates.push(doc! { "q": { "_id": key }, "u": { "$set": set }, "upsert": true });
        }
        let answer = self.database().run_command(doc! { "update": COLLECTION, "updates": updates, "ordered": true }).await?;
        match answer.get_array("writeErrors") {
            Ok(errors) if !errors.is_empty() => Err(DbError::Other(mongodb::error::Error::custom(format!("{errors:?}")))),
            _ => Ok(()),
        }
    }

    /// Everybody's stays in a show, in no order.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn watched(&self, id: LivestreamId) -> Result<Vec<Watched>, DbError> {
        let mut found = self.collection::<Document>(COLLECTION).find(doc! { "streamId": oid(id) }).projection(doc! { "_id": 0, "streamId": 0 }).await?;
        let mut alive: HashMap<Timestamp, Timestamp> = HashMap::new();
        let mut open = Vec::new();
        let mut watched = Vec::new();
        while let Some(document) = found.try_next().await? {
            let time = |field: &str| document.get_datetime(field).ok().map(|at| Timestamp::from_millis(at.timestamp_millis()));
            match (document.get_str("session"), time("from"), time("until"), time("room"), time("alive")) {
                (Ok(session), Some(from), Some(until), ..) => watched.push(Watched { session: SessionId(session.to_owned()), from, until: until.max(from) }),
                (Ok(session), Some(from), None, Some(room), _) => open.push((SessionId(session.to_owned()), from, room)),
                (Err(_), _, _, Some(room), Some(at)) => {
                    alive.insert(room, at);
                }
                _ => {}
            }
        }
        watched.extend(open.into_iter().map(|(session, from, room)| Watched { session, from, until: alive.get(&room).copied().unwrap_or(from).max(from) }));
        Ok(watched)
    }

    /// Removes all stays of a show.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn delete_presence(&self, id: LivestreamId) -> Result<(), DbError> {
        self.collection::<Document>(COLLECTION).delete_many(doc! { "streamId": oid(id) }).await?;
        Ok(())
    }
}
