//! Collection `views`: which visitor has viewed which show, so that each counts once.

use mongodb::bson::{Document, doc};

use super::{Db, DbError, date, indexes::Wanted, livestreams::oid, unique};
use crate::domain::{
    id::{LivestreamId, SessionId},
    time::Timestamp,
};

const COLLECTION: &str = "views";

/// The indexes of views: one per session and show.
pub fn indexes() -> Vec<Wanted> {
    vec![(COLLECTION, unique(doc! { "streamId": 1, "session": 1 }))]
}

/// Whether a view was the first of its visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    First,
    Repeated,
}

impl Db {
    /// Remembers that this visitor viewed a show.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn add_view(&self, id: LivestreamId, session: &SessionId, now: Timestamp) -> Result<View, DbError> {
        let view = doc! { "streamId": oid(id), "session": session.as_str(), "at": date(now) };
        match self.collection::<Document>(COLLECTION).insert_one(view).await.map_err(DbError::from) {
            Ok(_) => Ok(View::First),
            Err(DbError::Duplicate) => Ok(View::Repeated),
            Err(error) => Err(error),
        }
    }

    /// Removes all views of a show.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn delete_views(&self, id: LivestreamId) -> Result<(), DbError> {
        self.collection::<Document>(COLLECTION).delete_many(doc! { "streamId": oid(id) }).await?;
        Ok(())
    }
}
