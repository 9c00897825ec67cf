//! Collection `revoked_tokens`: tokens that were signed out before they expired. Kept until they would have expired.

use mongodb::bson::{Document, doc};

use super::{Db, DbError, date, expires, indexes::Wanted};
use crate::domain::time::Timestamp;

const COLLECTION: &str = "revoked_tokens";

/// The indexes of revoked tokens.
pub fn indexes() -> Vec<Wanted> {
    vec![(COLLECTION, expires("expiresAt"))]
}

impl Db {
    /// Remembers that a token no longer holds. Doing it twice is doing it once.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn revoke_token(&self, token_id: &str, expires_at: Timestamp) -> Result<(), DbError> {
        // A second past its end, so that no clock difference brings a token back to life.
        let entry = doc! { "_id": token_id, "expiresAt": date(expires_at.plus_millis(60_000)) };
        match self.collection::<Document>(COLLECTION).insert_one(entry).await.map_err(DbError::from) {
            Ok(_) | Err(DbError::Duplicate) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Whether a token was signed out.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn is_revoked(&self, token_id: &str) -> Result<bool, DbError> {
        Ok(self.collection::<Document>(COLLECTION).find_one(doc! { "_id": token_id }).await?.is_some())
    }
}
