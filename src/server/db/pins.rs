//! Collection `pins`: the shelf of each show, one document per show. The place in the list is the display order, so
//! that it has no gaps whatever happens at the same time.

use std::collections::{HashMap, HashSet};

use futures::TryStreamExt;
use mongodb::bson::{DateTime, Document, doc, oid::ObjectId};
use serde::{Deserialize, Serialize};

use super::{Db, DbError, date, index, indexes::Wanted, livestreams::oid};
use crate::domain::{
    id::{LivestreamId, ProductId},
    livestream::LivestreamStatus,
    pin::{MAX_PINS, PinnedProduct},
    product::Product,
    time::Timestamp,
};

const COLLECTION: &str = "pins";
/// How often a reordering is tried again when others change the shelf at the same time.
const TRIES: u32 = 20;

/// The indexes of shelves: by product, to learn whether shows remember one.
pub fn indexes() -> Vec<Wanted> {
    vec![(COLLECTION, index(doc! { "entries.productId": 1 }))]
}

/// What a change came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Changed,
    /// It was so already.
    Unchanged,
    /// The shelf holds [`MAX_PINS`] products, or other ones than the order names.
    Refused,
}

#[derive(Debug, Serialize, Deserialize)]
struct Stored {
    #[serde(rename = "_id")]
    id: ObjectId,
    #[serde(default)]
    version: i64,
    #[serde(default)]
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    product_id: ObjectId,
    pinned_at: DateTime,
}

impl Db {
    /// Puts a product at the end of a shelf.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn pin(&self, id: LivestreamId, product: ProductId, now: Timestamp) -> Result<Change, DbError> {
        let shelves = self.collection::<Document>(COLLECTION);
        match shelves
            .update_one(doc! { "_id": oid(id) }, doc! { "$setOnInsert": { "version": 0_i64, "entries": [] } })
            .upsert(true)
            .await
            .map_err(DbError::from)
        {
            Ok(_) | Err(DbError::Duplicate) => {}
            Err(error) => return Err(error),
        }
        let product = ObjectId::from_bytes(product.bytes());
        let last = format!("entries.{}", MAX_PINS - 1);
        let filter = doc! { "_id": oid(id), "entries.productId": { "$ne": product }, last: { "$exists": false } };
        let push = doc! { "$push": { "entries": { "productId": product, "pinnedAt": date(now) } }, "$inc": { "version": 1_i64 } };
        if shelves.update_one(filter, push).await?.matched_count > 0 {
            return Ok(Change::Changed);
        }
        let there = shelves.find_one(doc! { "_id": oid(id), "entries.productId": product }).await?.is_some();
        Ok(if there { Change::Unchanged } else { Change::Refused })
    }

    /// Takes a product off a shelf.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn unpin(&self, id: LivestreamId, product: ProductId) -> Result<Change, DbError> {
        let product = ObjectId::from_bytes(product.bytes());
        let filter = doc! { "_id": oid(id), "entries.productId": product };
        let pull = doc! { "$pull": { "entries": { "productId": product } }, "$inc": { "version": 1_i64 } };
        let done = self.collection::<Document>(COLLECTION).update_one(filter, pull).await?;
        Ok(if done.matched_count > 0 { Change::Changed } else { Change::Unchanged })
    }

    /// Puts a shelf in this order; refused where these are not exactly its products.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn reorder_pins(&self, id: LivestreamId, order: &[ProductId]) -> Result<Change, DbError> {
        let shelves = self.collection::<Stored>(COLLECTION);
        let order: Vec<ObjectId> = order.iter().map(|product| ObjectId::from_bytes(product.bytes())).collect();
        for _ in 0..TRIES {
            let stored = shelves.find_one(doc! { "_id": oid(id) }).await?;
            let (version, entries) = stored.map_or((0, Vec::new()), |stored| (stored.version, stored.entries));
            let by_product: HashMap<ObjectId, &Entry> = entries.iter().map(|entry| (entry.product_id, entry)).collect();
            let distinct: HashSet<&ObjectId> = order.iter().collect();
            let ordered: Option<Vec<Document>> =
                order.iter().map(|product| by_product.get(product).map(|entry| doc! { "productId": entry.product_id, "pinnedAt": entry.pinned_at })).collect();
            let Some(ordered) = ordered.filter(|_| distinct.len() == order.len() && order.len() == entries.len()) else { return Ok(Change::Refused) };
            if entries.iter().map(|entry| entry.product_id).eq(order.iter().copied()) {
                return Ok(Change::Unchanged);
            }
            let set = doc! { "$set": { "entries": ordered }, "$inc": { "version": 1_i64 } };
            if shelves.update_one(doc! { "_id": oid(id), "version": version }, set).await?.matched_count > 0 {
                return Ok(Change::Changed);
            }
        }
        Ok(Change::Refused)
    }

    /// The shelf of a show with its products. Once the show has ended, every entry is inactive.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn shelf(&self, id: LivestreamId, status: LivestreamStatus) -> Result<Vec<PinnedProduct>, DbError> {
        Ok(self.shelves(&[(id, status)]).await?.remove(&id).unwrap_or_default())
    }

    /// The shelves of several shows.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn shelves(&self, shows: &[(LivestreamId, LivestreamStatus)]) -> Result<HashMap<LivestreamId, Vec<PinnedProduct>>, DbError> {
        let wanted: Vec<ObjectId> = shows.iter().map(|(id, _)| oid(*id)).collect();
        let found: Vec<Stored> = self.collection::<Stored>(COLLECTION).find(doc! { "_id": { "$in": wanted } }).await?.try_collect().await?;
        let ids: HashSet<ProductId> = found.iter().flat_map(|stored| &stored.entries).map(|entry| ProductId::from_bytes(entry.product_id.bytes())).collect();
        let products = self.products_by_ids(&ids.into_iter().collect::<Vec<_>>()).await?;
        let statuses: HashMap<LivestreamId, LivestreamStatus> = shows.iter().copied().collect();
        let shelf = |stored: Stored| {
            let id = LivestreamId::from_bytes(stored.id.bytes());
            let is_active = statuses.get(&id) != Some(&LivestreamStatus::Ended);
            (id, pinned(&stored.entries, &products, is_active))
        };
        Ok(found.into_iter().map(shelf).collect())
    }

    /// Whether a product is on the shelf of a show.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn is_pinned(&self, id: LivestreamId, product: ProductId) -> Result<bool, DbError> {
        let filter = doc! { "_id": oid(id), "entries.productId": ObjectId::from_bytes(product.bytes()) };
        Ok(self.collection::<Document>(COLLECTION).find_one(filter).projection(doc! { "_id": 1 }).await?.is_some())
    }

    /// Removes the shelf of a show.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn delete_shelf(&self, id: LivestreamId) -> Result<(), DbError> {
        self.collection::<Document>(COLLECTION).delete_one(doc! { "_id": oid(id) }).await?;
        Ok(())
    }
}

fn pinned(entries: &[Entry], products: &HashMap<ProductId, Product>, is_active: bool) -> Vec<PinnedProduct> {
    // A product that is gone from the database leaves no hole in the order.
    let found = entries.iter().filter_map(|entry| products.get(&ProductId::from_bytes(entry.product_id.bytes())).map(|product| (entry, product)));
    found
        .zip(0..)
        .map(|((entry, product), display_order)| PinnedProduct {
            product_id: product.id,
            product: product.clone(),
            pinned_at: Timestamp::from_millis(entry.pinned_at.timestamp_millis()),
            display_order,
            is_active,
        })
        .collect()
}
