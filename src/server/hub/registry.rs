//! The rooms that are open. At most one per show, because rooms are opened and retired under one lock.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::actor::{self, Hands, RoomHandle};
use crate::{domain::id::LivestreamId, server::db::DbError};

/// See the module.
pub(super) struct Registry {
    hands: Hands,
    rooms: Mutex<HashMap<LivestreamId, RoomHandle>>,
}

impl Registry {
    pub fn new(hands: Hands) -> Self {
        Self { hands, rooms: Mutex::default() }
    }

    /// The room of a show, opened if it is not; `None` if there is no such show.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn open(self: &Arc<Self>, show: LivestreamId) -> Result<Option<RoomHandle>, DbError> {
        if let Some(room) = self.get(show) {
            return Ok(Some(room));
        }
        // A name that nobody knows must not cost a task.
        if self.hands.db.livestream(show).await?.is_none() {
            return Ok(None);
        }
        let mut rooms = self.rooms();
        let room = rooms.entry(show).or_insert_with(|| actor::spawn(show, self.hands.clone(), Arc::downgrade(self)));
        Ok(Some(room.clone()))
    }

    /// Whether customers are to find no trace of a show. Asks nobody about one that is live.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn is_hidden(&self, show: LivestreamId) -> Result<bool, DbError> {
        if self.get(show).is_some_and(|room| room.facts().is_live()) {
            return Ok(false);
        }
        Ok(self.hands.db.livestream(show).await?.is_some_and(|show| show.is_hidden()))
    }

    /// The room of a show if it is open.
    pub fn get(&self, show: LivestreamId) -> Option<RoomHandle> {
        self.rooms().get(&show).cloned()
    }

    /// All open rooms.
    pub fn all(&self) -> Vec<RoomHandle> {
        self.rooms().values().cloned().collect()
    }

    /// Lets a room go if nobody knows it any more. True if it may end.
    pub fn retire(&self, show: LivestreamId) -> bool {
        let mut rooms = self.rooms();
        let forgotten = rooms.get(&show).is_none_or(RoomHandle::is_forgotten);
        if forgotten {
            rooms.remove(&show);
        }
        forgotten
    }

    /// Lets a room go.
    pub fn remove(&self, show: LivestreamId) {
        self.rooms().remove(&show);
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<LivestreamId, RoomHandle>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
