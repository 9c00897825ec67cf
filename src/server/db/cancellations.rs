//! Collection `cancelledShows`: plans that were taken back, for calendars that still have them. Kept for a while after their time.

use futures::TryStreamExt;
use mongodb::bson::{DateTime, doc, oid::ObjectId};
use serde::{Deserialize, Serialize};

use super::{Db, DbError, expires, indexes::Wanted, livestreams::oid};
use crate::domain::{id::LivestreamId, time::Timestamp};

const COLLECTION: &str = "cancelledShows";
/// How long after its time a cancelled show is remembered: calendars ask now and then, not at once.
const KEPT_MS: i64 = 90 * 86_400_000;

/// The indexes of cancelled shows.
pub fn indexes() -> Vec<Wanted> {
    vec![(COLLECTION, expires("expiresAt"))]
}

/// A show that will not take place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelledShow {
    pub id: LivestreamId,
    pub title: String,
    pub scheduled_at: Timestamp,
    /// Above every revision that the show had.
    pub revision: u32,
    pub cancelled_at: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    #[serde(rename = "_id")]
    id: ObjectId,
    title: String,
    scheduled_at: DateTime,
    revision: i32,
    cancelled_at: DateTime,
    expires_at: DateTime,
}

impl From<Stored> for CancelledShow {
    fn from(stored: Stored) -> Self {
        Self {
            id: LivestreamId::from_bytes(stored.id.bytes()),
            title: stored.title,
            scheduled_at: Timestamp::from_millis(stored.scheduled_at.timestamp_millis()),
            revision: u32::try_from(stored.revision).unwrap_or(0),
            cancelled_at: Timestamp::from_millis(stored.cancelled_at.timestamp_millis()),
        }
    }
}

impl Db {
    /// Remembers that a show will not take place. Doing it twice is doing it once.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn save_cancellation(&self, show: &CancelledShow) -> Result<(), DbError> {
        let until = show.scheduled_at.max(show.cancelled_at).plus_millis(KEPT_MS);
        let stored = Stored {
            id: oid(show.id),
            title: show.title.clone(),
            scheduled_at: DateTime::from_millis(show.scheduled_at.millis()),
            revision: i32::try_from(show.revision).unwrap_or(i32::MAX),
            cancelled_at: DateTime::from_millis(show.cancelled_at.millis()),
            expires_at: DateTime::from_millis(until.millis()),
        };
        self.collection::<Stored>(COLLECTION).replace_one(doc! { "_id": oid(show.id) }, stored).upsert(true).await?;
        Ok(())
    }

    /// A show that was cancelled, if it is remembered.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn cancellation(&self, id: LivestreamId) -> Result<Option<CancelledShow>, DbError> {
        Ok(self.collection::<Stored>(COLLECTION).find_one(doc! { "_id": oid(id) }).await?.map(CancelledShow::from))
    }

    /// The shows that were cancelled last, the newest first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn cancellations(&self, limit: u32) -> Result<Vec<CancelledShow>, DbError> {
        let found = self.collection::<Stored>(COLLECTION).find(doc! {}).sort(doc! { "cancelledAt": -1 }).limit(i64::from(limit)).await?;
        let found: Vec<Stored> = found.try_collect().await?;
        Ok(found.into_iter().map(CancelledShow::from).collect())
    }
}
