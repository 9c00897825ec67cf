//! The orders of one show.

use futures::TryStreamExt;
use mongodb::bson::doc;

use super::{COLLECTION, Stored};
use crate::{
    domain::{id::LivestreamId, order::Order},
    server::db::{Db, DbError, livestreams},
};

impl Db {
    /// What was ordered while this show was live, whatever became of it since.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn orders_of_show(&self, id: LivestreamId) -> Result<Vec<Order>, DbError> {
        // An order from the replay knows the show, and no second of it.
        let filter = doc! { "streamId": livestreams::oid(id), "streamSecond": { "$type": "number" } };
        let found: Vec<Stored> = self.collection::<Stored>(COLLECTION).find(filter).await?.try_collect().await?;
        Ok(found.into_iter().map(Order::from).collect())
    }
}
