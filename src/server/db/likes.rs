//! Collection `likes`: who gave which show a heart. The set is the count; no counter is kept beside it.

use std::collections::{HashMap, HashSet};

use futures::TryStreamExt;
use mongodb::bson::{Document, doc};

use super::{Db, DbError, date, indexes::Wanted, livestreams::oid, unique};
use crate::domain::{id::LivestreamId, time::Timestamp};

const COLLECTION: &str = "likes";

/// The indexes of hearts: one per person and show.
pub fn indexes() -> Vec<Wanted> {
    vec![(COLLECTION, unique(doc! { "streamId": 1, "person": 1 }))]
}

impl Db {
    /// Adds and removes hearts. Doing it again is no error.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn change_likes(&self, id: LivestreamId, added: &[String], removed: &[String], now: Timestamp) -> Result<(), DbError> {
        let collection = self.collection::<Document>(COLLECTION);
        if !removed.is_empty() {
            collection.delete_many(doc! { "streamId": oid(id), "person": { "$in": removed } }).await?;
        }
        if !added.is_empty() {
            let documents = added.iter().map(|person| doc! { "streamId": oid(id), "person": person, "at": date(now) });
            match collection.insert_many(documents).ordered(false).await.map_err(DbError::from) {
                Ok(_) | Err(DbError::Duplicate) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Everybody who likes a show.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn likers(&self, id: LivestreamId) -> Result<HashSet<String>, DbError> {
        let found = self.collection::<Document>(COLLECTION).find(doc! { "streamId": oid(id) }).projection(doc! { "person": 1 }).await?;
        let found: Vec<Document> = found.try_collect().await?;
        Ok(found.iter().filter_map(|document| document.get_str("person").ok()).map(str::to_owned).collect())
    }

    /// Everybody who likes a show, and since when.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn hearts(&self, id: LivestreamId) -> Result<Vec<(String, Timestamp)>, DbError> {
        let found = self.collection::<Document>(COLLECTION).find(doc! { "streamId": oid(id) }).projection(doc! { "_id": 0, "person": 1, "at": 1 }).await?;
        let found: Vec<Document> = found.try_collect().await?;
        let heart = |document: &Document| {
            let at = document.get_datetime("at").map_or(0, |at| at.timestamp_millis());
            Some((document.get_str("person").ok()?.to_owned(), Timestamp::from_millis(at)))
        };
        Ok(found.iter().filter_map(heart).collect())
    }

    /// How many like each of these shows, and which of them this person likes.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn like_counts(&self, ids: &[LivestreamId], person: &str) -> Result<HashMap<LivestreamId, (u64, bool)>, DbError> {
        let wanted: Vec<_> = ids.iter().copied().map(oid).collect();
        let mine = doc! { "$max": { "$cond": [{ "$eq": ["$person", person] }, 1_i64, 0_i64] } };
        let stages =
            [doc! { "$match": { "streamId": { "$in": wanted } } }, doc! { "$group": { "_id": "$streamId", "count": { "$sum": 1_i64 }, "mine": mine } }];
        let found: Vec<Document> = self.collection::<Document>(COLLECTION).aggregate(stages).await?.try_collect().await?;
        let entry = |document: &Document| {
            let id = LivestreamId::from_bytes(document.get_object_id("_id").ok()?.bytes());
            let count = u64::try_from(document.get_i64("count").ok()?).ok()?;
            Some((id, (count, document.get_i64("mine").is_ok_and(|mine| mine > 0))))
        };
        Ok(found.iter().filter_map(entry).collect())
    }

    /// Removes all hearts of a show.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn delete_likes(&self, id: LivestreamId) -> Result<(), DbError> {
        self.collection::<Document>(COLLECTION).delete_many(doc! { "streamId": oid(id) }).await?;
        Ok(())
    }
}
