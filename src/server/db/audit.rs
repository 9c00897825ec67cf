//! Collection `audit`: what was done to keep order, by whom. Only ever added to.

use futures::TryStreamExt;
use mongodb::bson::{DateTime, Document, doc, oid::ObjectId};
use serde::{Deserialize, Serialize};

use super::{Db, DbError, index, indexes::Wanted, livestreams::oid};
use crate::domain::{
    id::{AuditId, LivestreamId, UserId},
    moderation::{AuditAction, AuditEntry},
    time::Timestamp,
    user::Role,
};

const COLLECTION: &str = "audit";

/// The indexes of what was done.
pub fn indexes() -> Vec<Wanted> {
    vec![(COLLECTION, index(doc! { "at": -1, "_id": -1 }))]
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    #[serde(rename = "_id")]
    id: ObjectId,
    at: DateTime,
    actor_id: ObjectId,
    #[serde(default)]
    actor: String,
    #[serde(default)]
    role: Role,
    action: AuditAction,
    #[serde(default)]
    stream_id: Option<ObjectId>,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    detail: String,
}

impl From<Stored> for AuditEntry {
    fn from(stored: Stored) -> Self {
        Self {
            id: AuditId::from_bytes(stored.id.bytes()),
            at: Timestamp::from_millis(stored.at.timestamp_millis()),
            actor_id: UserId::from_bytes(stored.actor_id.bytes()),
            actor: stored.actor,
            role: stored.role,
            action: stored.action,
            stream_id: stored.stream_id.map(|id| LivestreamId::from_bytes(id.bytes())),
            subject: stored.subject,
            detail: stored.detail,
        }
    }
}

impl Db {
    /// Writes an entry down.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn insert_audit(&self, entry: &AuditEntry) -> Result<(), DbError> {
        let stored = Stored {
            id: ObjectId::from_bytes(entry.id.bytes()),
            at: DateTime::from_millis(entry.at.millis()),
            actor_id: ObjectId::from_bytes(entry.actor_id.bytes()),
            actor: entry.actor.clone(),
            role: entry.role,
            action: entry.action,
            stream_id: entry.stream_id.map(oid),
            subject: entry.subject.clone(),
            detail: entry.detail.clone(),
        };
        self.collection::<Stored>(COLLECTION).insert_one(stored).await?;
        Ok(())
    }

    /// Some entries, newest first, and how many there are.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_audit(&self, limit: u32, skip: u64) -> Result<(Vec<AuditEntry>, u64), DbError> {
        let total = self.collection::<Document>(COLLECTION).estimated_document_count().await?;
        let found = self.collection::<Stored>(COLLECTION).find(doc! {}).sort(doc! { "at": -1, "_id": -1 }).skip(skip).limit(i64::from(limit)).await?;
        let found: Vec<Stored> = found.try_collect().await?;
        Ok((found.into_iter().map(AuditEntry::from).collect(), total))
    }
}
