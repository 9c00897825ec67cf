//! Collection `sanctions`: mutes and bans in force. One that has ended vanishes by itself; one that was lifted is gone.
//!
//! Whoever is meant is known by marks (account, session, network), each a text that is never told to anyone.

use futures::TryStreamExt;
use mongodb::bson::{Bson, DateTime, Document, doc, oid::ObjectId};
use serde::{Deserialize, Serialize};

use super::{Db, DbError, date, expires, index, indexes::Wanted, livestreams::oid};
use crate::domain::{
    id::{LivestreamId, SanctionId, UserId},
    moderation::{Sanction, SanctionKind},
    time::Timestamp,
};

const COLLECTION: &str = "sanctions";

/// The indexes of sanctions.
pub fn indexes() -> Vec<Wanted> {
    vec![(COLLECTION, expires("until")), (COLLECTION, index(doc! { "streamId": 1, "createdAt": -1 })), (COLLECTION, index(doc! { "userId": 1 }))]
}

/// A sanction with the marks of whoever is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SanctionRecord {
    pub sanction: Sanction,
    pub marks: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    #[serde(rename = "_id")]
    id: ObjectId,
    kind: SanctionKind,
    #[serde(default)]
    stream_id: Option<ObjectId>,
    #[serde(default)]
    name: String,
    #[serde(default)]
    user_id: Option<ObjectId>,
    #[serde(default)]
    network: bool,
    #[serde(default)]
    reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<DateTime>,
    created_at: DateTime,
    #[serde(default)]
    created_by: String,
    #[serde(default)]
    marks: Vec<String>,
}

impl From<Stored> for SanctionRecord {
    fn from(stored: Stored) -> Self {
        let time = |at: DateTime| Timestamp::from_millis(at.timestamp_millis());
        let sanction = Sanction {
            id: SanctionId::from_bytes(stored.id.bytes()),
            kind: stored.kind,
            stream_id: stored.stream_id.map(|id| LivestreamId::from_bytes(id.bytes())),
            name: stored.name,
            user_id: stored.user_id.map(|id| UserId::from_bytes(id.bytes())),
            network: stored.network,
            reason: stored.reason,
            until: stored.until.map(time),
            created_at: time(stored.created_at),
            created_by: stored.created_by,
        };
        Self { sanction, marks: stored.marks }
    }
}

impl From<&SanctionRecord> for Stored {
    fn from(record: &SanctionRecord) -> Self {
        let sanction = &record.sanction;
        let time = |at: Timestamp| DateTime::from_millis(at.millis());
        Self {
            id: ObjectId::from_bytes(sanction.id.bytes()),
            kind: sanction.kind,
            stream_id: sanction.stream_id.map(oid),
            name: sanction.name.clone(),
            user_id: sanction.user_id.map(|id| ObjectId::from_bytes(id.bytes())),
            network: sanction.network,
            reason: sanction.reason.clone(),
            until: sanction.until.map(time),
            created_at: time(sanction.created_at),
            created_by: sanction.created_by.clone(),
            marks: record.marks.clone(),
        }
    }
}

/// Which sanctions are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// Those of one show alone.
    Show(LivestreamId),
    /// All that hold in one show: its own, and the shop's.
    HoldingIn(LivestreamId),
    Everywhere,
}

fn in_force(place: Where, now: Timestamp) -> Document {
    let mut filter = doc! { "$or": [{ "until": Bson::Null }, { "until": { "$gt": date(now) } }] };
    match place {
        Where::Show(show) => filter.insert("streamId", oid(show)),
        Where::HoldingIn(show) => filter.insert("streamId", doc! { "$in": [oid(show), Bson::Null] }),
        Where::Everywhere => None,
    };
    filter
}

impl Db {
    /// Keeps a sanction.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn insert_sanction(&self, record: &SanctionRecord) -> Result<(), DbError> {
        self.collection::<Stored>(COLLECTION).insert_one(Stored::from(record)).await?;
        Ok(())
    }

    /// All that hold in a show.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn sanctions_in(&self, show: LivestreamId, now: Timestamp) -> Result<Vec<SanctionRecord>, DbError> {
        let found: Vec<Stored> = self.collection::<Stored>(COLLECTION).find(in_force(Where::HoldingIn(show), now)).await?.try_collect().await?;
        Ok(found.into_iter().map(SanctionRecord::from).collect())
    }

    /// Some that are in force, newest first, and how many there are.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_sanctions(&self, place: Where, limit: u32, skip: u64, now: Timestamp) -> Result<(Vec<Sanction>, u64), DbError> {
        let sanctions = self.collection::<Stored>(COLLECTION);
        let filter = in_force(place, now);
        let total = sanctions.count_documents(filter.clone()).await?;
        let found = sanctions.find(filter).sort(doc! { "createdAt": -1, "_id": -1 }).skip(skip).limit(i64::from(limit)).await?;
        let found: Vec<Stored> = found.try_collect().await?;
        Ok((found.into_iter().map(|stored| SanctionRecord::from(stored).sanction).collect(), total))
    }

    /// The newest ban from the shop of each of these accounts that has one.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn shop_bans_of(&self, users: &[UserId], now: Timestamp) -> Result<Vec<Sanction>, DbError> {
        let users: Vec<ObjectId> = users.iter().map(|user| ObjectId::from_bytes(user.bytes())).collect();
        let mut filter = in_force(Where::Everywhere, now);
        filter.extend(doc! { "userId": { "$in": users }, "kind": "ban", "streamId": Bson::Null });
        let found: Vec<Stored> = self.collection::<Stored>(COLLECTION).find(filter).sort(doc! { "createdAt": -1 }).await?.try_collect().await?;
        Ok(found.into_iter().map(|stored| SanctionRecord::from(stored).sanction).collect())
    }

    /// One that is in force.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn sanction(&self, id: SanctionId, now: Timestamp) -> Result<Option<Sanction>, DbError> {
        let mut filter = in_force(Where::Everywhere, now);
        filter.insert("_id", ObjectId::from_bytes(id.bytes()));
        Ok(self.collection::<Stored>(COLLECTION).find_one(filter).await?.map(|stored| SanctionRecord::from(stored).sanction))
    }

    /// Lifts a sanction. One that is gone is no error.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn delete_sanction(&self, id: SanctionId) -> Result<(), DbError> {
        self.collection::<Document>(COLLECTION).delete_one(doc! { "_id": ObjectId::from_bytes(id.bytes()) }).await?;
        Ok(())
    }

    /// Removes the sanctions of a show.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn delete_sanctions(&self, show: LivestreamId) -> Result<(), DbError> {
        self.collection::<Document>(COLLECTION).delete_many(doc! { "streamId": oid(show) }).await?;
        Ok(())
    }
}
