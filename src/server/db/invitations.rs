//! Collection `invitations`: links by which somebody becomes a moderator. Of a link only a digest is kept; a used one
//! stays until it would have ended, so that whoever used it may open it again.

use futures::TryStreamExt;
use mongodb::bson::{Bson, DateTime, Document, doc, oid::ObjectId};
use serde::{Deserialize, Serialize};

use super::{Db, DbError, date, expires, indexes::Wanted, unique};
use crate::domain::{
    id::{InvitationId, UserId},
    moderation::Invitation,
    time::Timestamp,
};

const COLLECTION: &str = "invitations";

/// The indexes of invitations.
pub fn indexes() -> Vec<Wanted> {
    vec![(COLLECTION, unique(doc! { "digest": 1 })), (COLLECTION, expires("expiresAt"))]
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    #[serde(rename = "_id")]
    id: ObjectId,
    digest: String,
    created_by: String,
    created_at: DateTime,
    expires_at: DateTime,
    #[serde(default)]
    used_by: Option<ObjectId>,
}

impl From<Stored> for Invitation {
    fn from(stored: Stored) -> Self {
        let time = |at: DateTime| Timestamp::from_millis(at.timestamp_millis());
        Self {
            id: InvitationId::from_bytes(stored.id.bytes()),
            created_by: stored.created_by,
            created_at: time(stored.created_at),
            expires_at: time(stored.expires_at),
        }
    }
}

impl Db {
    /// Keeps an invitation under the digest of its code.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn insert_invitation(&self, invitation: &Invitation, digest: &str) -> Result<(), DbError> {
        let stored = Stored {
            id: ObjectId::from_bytes(invitation.id.bytes()),
            digest: digest.to_owned(),
            created_by: invitation.created_by.clone(),
            created_at: DateTime::from_millis(invitation.created_at.millis()),
            expires_at: DateTime::from_millis(invitation.expires_at.millis()),
            used_by: None,
        };
        self.collection::<Stored>(COLLECTION).insert_one(stored).await?;
        Ok(())
    }

    /// Those that nobody has used and that still hold, newest first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn open_invitations(&self, now: Timestamp) -> Result<Vec<Invitation>, DbError> {
        let filter = doc! { "usedBy": Bson::Null, "expiresAt": { "$gt": date(now) } };
        let found: Vec<Stored> = self.collection::<Stored>(COLLECTION).find(filter).sort(doc! { "createdAt": -1 }).limit(100).await?.try_collect().await?;
        Ok(found.into_iter().map(Invitation::from).collect())
    }

    /// Uses an invitation for this account: the first account that comes has it, and may come again.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn use_invitation(&self, digest: &str, user: UserId, now: Timestamp) -> Result<Option<Invitation>, DbError> {
        let user = ObjectId::from_bytes(user.bytes());
        let filter = doc! { "digest": digest, "usedBy": { "$in": [Bson::Null, user] }, "expiresAt": { "$gt": date(now) } };
        let found = self.collection::<Stored>(COLLECTION).find_one_and_update(filter, doc! { "$set": { "usedBy": user } }).await?;
        Ok(found.map(Invitation::from))
    }

    /// Takes an invitation back. False where there is none that anybody could use.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn delete_invitation(&self, id: InvitationId, now: Timestamp) -> Result<bool, DbError> {
        let filter = doc! { "_id": ObjectId::from_bytes(id.bytes()), "usedBy": Bson::Null, "expiresAt": { "$gt": date(now) } };
        Ok(self.collection::<Document>(COLLECTION).delete_one(filter).await?.deleted_count > 0)
    }

    /// Forgets the invitations that this account used: they must not bring a role back that was taken away.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn forget_invitations_of(&self, user: UserId) -> Result<(), DbError> {
        self.collection::<Document>(COLLECTION).delete_many(doc! { "usedBy": ObjectId::from_bytes(user.bytes()) }).await?;
        Ok(())
    }
}
