//! Collection `interest`: who opened a product from a show, and who put it into their cart there; each person once.

use futures::TryStreamExt;
use mongodb::bson::{Document, doc, oid::ObjectId};

use super::{Db, DbError, date, indexes::Wanted, livestreams::oid, unique};
use crate::domain::{
    id::{LivestreamId, ProductId},
    time::Timestamp,
};

const COLLECTION: &str = "interest";

/// The indexes of interest: one of a kind per person, product and show.
pub fn indexes() -> Vec<Wanted> {
    vec![(COLLECTION, unique(doc! { "streamId": 1, "productId": 1, "kind": 1, "person": 1 }))]
}

/// What somebody did with a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interest {
    /// Opened it.
    Click,
    /// Put it into their cart.
    Cart,
}

impl Interest {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Click => "click",
            Self::Cart => "cart",
        }
    }
}

/// How many people were interested in a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interested {
    pub product_id: ProductId,
    pub clicks: u64,
    pub carts: u64,
}

impl Db {
    /// Remembers what this person did with a product of a show. Doing it again is no error and counts once.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn add_interest(&self, id: LivestreamId, product: ProductId, kind: Interest, person: &str, now: Timestamp) -> Result<(), DbError> {
        let product = ObjectId::from_bytes(product.bytes());
        let document = doc! { "streamId": oid(id), "productId": product, "kind": kind.as_str(), "person": person, "at": date(now) };
        match self.collection::<Document>(COLLECTION).insert_one(document).await.map_err(DbError::from) {
            Ok(_) | Err(DbError::Duplicate) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// How many people were interested in each product of a show.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn interest(&self, id: LivestreamId) -> Result<Vec<Interested>, DbError> {
        let of = |kind: Interest| doc! { "$sum": { "$cond": [{ "$eq": ["$kind", kind.as_str()] }, 1_i64, 0_i64] } };
        let stages = [
            doc! { "$match": { "streamId": oid(id) } },
            doc! { "$group": { "_id": "$productId", "clicks": of(Interest::Click), "carts": of(Interest::Cart) } },
        ];
        let found: Vec<Document> = self.collection::<Document>(COLLECTION).aggregate(stages).await?.try_collect().await?;
        let count = |document: &Document, field: &str| document.get_i64(field).ok().and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
        let interested = |document: &Document| {
            let product_id = ProductId::from_bytes(document.get_object_id("_id").ok()?.bytes());
            Some(Interested { product_id, clicks: count(document, "clicks"), carts: count(document, "carts") })
        };
        Ok(found.iter().filter_map(interested).collect())
    }

    /// Removes all interest in the products of a show.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn delete_interest(&self, id: LivestreamId) -> Result<(), DbError> {
        self.collection::<Document>(COLLECTION).delete_many(doc! { "streamId": oid(id) }).await?;
        Ok(())
    }
}
