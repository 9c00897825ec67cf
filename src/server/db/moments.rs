//! Readings of a show's log (collection `events`) for its replay: how the shelf changed, and which place in the log belongs
//! to a time. Writes nothing.

use futures::TryStreamExt;
use mongodb::bson::{DateTime, Document, doc, oid::ObjectId};

use super::{Db, DbError, date, livestreams::oid};
use crate::domain::{
    id::{LivestreamId, ProductId},
    replay::ShelfChange,
    time::Timestamp,
};

const COLLECTION: &str = "events";
/// Changes of a shelf that a replay shows; a show with more of them keeps the first.
const MOST_CHANGES: i64 = 5_000;

impl Db {
    /// How the shelf of a show changed, in order: place in the log, time, change.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn shelf_changes(&self, id: LivestreamId) -> Result<Vec<(u64, Timestamp, ShelfChange)>, DbError> {
        let filter = doc! { "streamId": oid(id), "kind": { "$in": ["pin", "unpin", "reorder"] } };
        let found = self.collection::<Document>(COLLECTION).find(filter).sort(doc! { "seq": 1 }).limit(MOST_CHANGES).await?;
        let found: Vec<Document> = found.try_collect().await?;
        Ok(found.iter().filter_map(change).collect())
    }

    /// The newest place in the log that was there at a time; zero where there was none.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn seq_at(&self, id: LivestreamId, at: Timestamp) -> Result<u64, DbError> {
        let log = self.collection::<Document>(COLLECTION);
        let newest = log.find_one(doc! { "streamId": oid(id), "at": { "$lte": date(at) } }).sort(doc! { "seq": -1 }).projection(doc! { "seq": 1 }).await?;
        Ok(newest.and_then(|document| document.get_i64("seq").ok()).and_then(|seq| u64::try_from(seq).ok()).unwrap_or(0))
    }

    /// When the first event after a place in the log happened; `None` where nothing did.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn next_event_at(&self, id: LivestreamId, seq: u64) -> Result<Option<Timestamp>, DbError> {
        let filter = doc! { "streamId": oid(id), "seq": { "$gt": i64::try_from(seq).unwrap_or(i64::MAX) } };
        let next = self.collection::<Document>(COLLECTION).find_one(filter).sort(doc! { "seq": 1 }).projection(doc! { "at": 1 }).await?;
        Ok(next.as_ref().and_then(at))
    }
}

fn at(document: &Document) -> Option<Timestamp> {
    document.get_datetime("at").ok().map(|at: &DateTime| Timestamp::from_millis(at.timestamp_millis()))
}

fn change(document: &Document) -> Option<(u64, Timestamp, ShelfChange)> {
    let data = document.get_document("data").ok()?;
    let product = |id: ObjectId| ProductId::from_bytes(id.bytes());
    let one = || data.get_object_id("productId").ok().map(product);
    let change = match document.get_str("kind").ok()? {
        "pin" => ShelfChange::Pin(one()?),
        "unpin" => ShelfChange::Unpin(one()?),
        _ => ShelfChange::Order(data.get_array("productIds").ok()?.iter().filter_map(|id| id.as_object_id().map(product)).collect()),
    };
    let seq = document.get_i64("seq").ok().and_then(|seq| u64::try_from(seq).ok())?;
    Some((seq, at(document)?, change))
}
