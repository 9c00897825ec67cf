//! Collection `products`. A product that shows remember is never removed, only marked `deleted`.

use std::collections::HashMap;

use mongodb::{
    ClientSession,
    bson::{Bson, Document, RawDocumentBuf, doc, oid::ObjectId},
    error::Error as MongoError,
    options::ReturnDocument,
};
use serde::{Deserialize, Serialize};

use super::{Db, DbError, date, index, indexes::Wanted, readable, search::contains};
use crate::domain::{
    id::ProductId,
    money::Currency,
    product::{Product, ProductInput},
    time::Timestamp,
};

const COLLECTION: &str = "products";
/// Where the shelves of shows are kept; read here only to learn whether a product is remembered.
const PINS: &str = "pins";

/// The indexes of products.
pub fn indexes() -> Vec<Wanted> {
    vec![(COLLECTION, index(doc! { "active": 1, "createdAt": -1, "_id": -1 }))]
}

/// Which products to list.
#[derive(Debug, Clone, Default)]
pub struct ProductQuery {
    /// Part of a name, description or SKU, in any case.
    pub search: Option<String>,
    /// Inactive ones too.
    pub include_inactive: bool,
    pub limit: u32,
    pub skip: u64,
}

// Reading is tolerant: documents written by other systems may lack what is not essential.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    #[serde(rename = "_id")]
    id: ObjectId,
    name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    price: i64,
    #[serde(default)]
    currency: Currency,
    #[serde(default)]
    images: Vec<String>,
    #[serde(default)]
    stock: i64,
    #[serde(default)]
    held: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_per_customer: Option<i64>,
    #[serde(default)]
    sku: String,
    #[serde(default = "yes")]
    active: bool,
    #[serde(default)]
    deleted: bool,
    #[serde(default = "epoch")]
    created_at: mongodb::bson::DateTime,
    #[serde(default = "epoch")]
    updated_at: mongodb::bson::DateTime,
}

fn yes() -> bool {
    true
}

fn epoch() -> mongodb::bson::DateTime {
    mongodb::bson::DateTime::from_millis(0)
}

impl From<Stored> for Product {
    fn from(stored: Stored) -> Self {
        Self {
            id: ProductId::from_bytes(stored.id.bytes()),
            name: stored.name,
            description: stored.description,
            price: stored.price,
            currency: stored.currency,
            images: stored.images,
            stock: stored.stock,
            held: stored.held.max(0),
            max_per_customer: stored.max_per_customer.and_then(|most| u32::try_from(most).ok()).filter(|most| *most > 0),
            sku: stored.sku,
            active: stored.active && !stored.deleted,
            created_at: Timestamp::from_millis(stored.created_at.timestamp_millis()),
            updated_at: Timestamp::from_millis(stored.updated_at.timestamp_millis()),
        }
    }
}

impl From<&Product> for Stored {
    fn from(product: &Product) -> Self {
        let product = product.clone();
        Self {
            id: oid(product.id),
            name: product.name,
            description: product.description,
            price: product.price,
            currency: product.currency,
            images: product.images,
            stock: product.stock,
            held: product.held,
            max_per_customer: product.max_per_customer.map(i64::from),
            sku: product.sku,
            active: product.active,
            deleted: false,
            created_at: mongodb::bson::DateTime::from_millis(product.created_at.millis()),
            updated_at: mongodb::bson::DateTime::from_millis(product.updated_at.millis()),
        }
    }
}

impl Db {
    /// The product with this id, active or not, deleted ones (as inactive) included.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn product(&self, id: ProductId) -> Result<Option<Product>, DbError> {
        Ok(self.collection::<Stored>(COLLECTION).find_one(doc! { "_id": oid(id) }).await?.map(Product::from))
    }

    /// The product with this id unless it was deleted.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn product_for_sale_or_edit(&self, id: ProductId) -> Result<Option<Product>, DbError> {
        let filter = doc! { "_id": oid(id), "deleted": { "$ne": true } };
        Ok(self.collection::<Stored>(COLLECTION).find_one(filter).await?.map(Product::from))
    }

    /// Those of these products that exist, active or not, deleted ones (as inactive) included.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn products_by_ids(&self, ids: &[ProductId]) -> Result<HashMap<ProductId, Product>, DbError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let ids: Vec<Bson> = ids.iter().map(|id| Bson::ObjectId(oid(*id))).collect();
        let found: Vec<Stored> = readable(self.collection::<RawDocumentBuf>(COLLECTION).find(doc! { "_id": { "$in": ids } }).await?).await?;
        Ok(found.into_iter().map(Product::from).map(|product| (product.id, product)).collect())
    }

    /// A page of products, newest first, and how many there are in all.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_products(&self, query: &ProductQuery) -> Result<(Vec<Product>, u64), DbError> {
        let mut filter = doc! { "deleted": { "$ne": true } };
        if !query.include_inactive {
            filter.insert("active", doc! { "$ne": false });
        }
        if let Some(search) = &query.search {
            filter.insert("$or", [doc! { "name": contains(search) }, doc! { "description": contains(search) }, doc! { "sku": contains(search) }]);
        }
        let collection = self.collection::<RawDocumentBuf>(COLLECTION);
        let total = collection.count_documents(filter.clone()).await?;
        let page = collection.find(filter).sort(doc! { "createdAt": -1, "_id": -1 }).skip(query.skip).limit(i64::from(query.limit)).await?;
        let found: Vec<Stored> = readable(page).await?;
        Ok((found.into_iter().map(Product::from).collect(), total))
    }

    /// Whether there is a document of this product, deleted ones included.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn knows_product(&self, id: ProductId) -> Result<bool, DbError> {
        Ok(self.collection::<Document>(COLLECTION).find_one(doc! { "_id": oid(id) }).projection(doc! { "_id": 1 }).await?.is_some())
    }

    /// The newest product, for sale or not, that is the same thing: of this name, SKU and currency, and where it has no SKU
    /// of this price.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn same_product(&self, wanted: &Product) -> Result<Option<ProductId>, DbError> {
        let mut filter = doc! { "name": &wanted.name, "sku": &wanted.sku, "currency": wanted.currency.code(), "deleted": { "$ne": true } };
        if wanted.sku.is_empty() {
            filter.insert("price", wanted.price);
        }
        let collection = self.collection::<Stored>(COLLECTION);
        let newest = collection.find_one(filter).sort(doc! { "createdAt": -1, "_id": -1 });
        Ok(newest.await?.map(|stored| ProductId::from_bytes(stored.id.bytes())))
    }

    /// Stores a new product.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn insert_product(&self, product: &Product) -> Result<(), DbError> {
        self.collection::<Stored>(COLLECTION).insert_one(Stored::from(product)).await?;
        Ok(())
    }

    /// Replaces what is given, and gives the product as it is then; `None` if there is none.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn update_product(&self, id: ProductId, input: &ProductInput, now: Timestamp) -> Result<Option<Product>, DbError> {
        let mut set = doc! { "updatedAt": date(now) };
        let mut put = |field: &str, value: Option<Bson>| {
            if let Some(value) = value {
                set.insert(field, value);
            }
        };
        put("name", input.name.clone().map(Bson::String));
        put("description", input.description.clone().map(Bson::String));
        put("price", input.price.map(Bson::Int64));
        put("currency", input.currency.map(|currency| Bson::String(currency.code().to_owned())));
        put("images", input.images.clone().map(|images| Bson::Array(images.into_iter().map(Bson::String).collect())));
        put("stock", input.stock.map(Bson::Int64));
        put("maxPerCustomer", input.max_per_customer.map(|most| Bson::Int64(i64::from(most))));
        put("sku", input.sku.clone().map(Bson::String));
        put("active", input.active.map(Bson::Boolean));
        let filter = doc! { "_id": oid(id), "deleted": { "$ne": true } };
        let collection = self.collection::<Stored>(COLLECTION);
        Ok(collection.find_one_and_update(filter, doc! { "$set": set }).return_document(ReturnDocument::After).await?.map(Product::from))
    }

    /// Takes a product out of the shop: removed if no show remembers it, else marked. False if there is none.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn delete_product(&self, id: ProductId, now: Timestamp) -> Result<bool, DbError> {
        let filter = doc! { "_id": oid(id), "deleted": { "$ne": true } };
        let collection = self.collection::<Stored>(COLLECTION);
        // Marked first: a pin that is made meanwhile finds a product, and the mark hides it from the shop at once.
        let mark = doc! { "$set": { "deleted": true, "active": false, "updatedAt": date(now) } };
        if collection.update_one(filter, mark).await?.matched_count == 0 {
            return Ok(false);
        }
        let remembered = self.collection::<Document>(PINS).find_one(doc! { "entries.productId": oid(id) }).await?.is_some();
        if !remembered {
            collection.delete_one(doc! { "_id": oid(id), "deleted": true }).await?;
        }
        Ok(true)
    }

    /// Takes units of a product out of stock within a transaction, `own` of which are held for the one who takes them and
    /// are held no longer; gives the product as it was sold, `None` where fewer are left or it is not for sale.
    pub(super) async fn take_stock(&self, session: &mut ClientSession, id: ProductId, units: u32, own: u32) -> Result<Option<Product>, MongoError> {
        let (units, own) = (i64::from(units), i64::from(own));
        let mut filter = doc! { "_id": oid(id), "active": { "$ne": false }, "deleted": { "$ne": true }, "stock": { "$gte": units } };
        // What is held for them is theirs; only what goes beyond it must be free.
        if units > own {
            filter.insert("$expr", at_least_free(units - own));
        }
        let collection = self.collection::<Stored>(COLLECTION);
        let taken = collection.find_one_and_update(filter, doc! { "$inc": { "stock": -units, "held": -own } });
        Ok(taken.return_document(ReturnDocument::After).session(session).await?.map(Product::from))
    }

    /// Holds units of a product back within a transaction; false where fewer are free or it is not for sale.
    pub(super) async fn hold_stock(&self, session: &mut ClientSession, id: ProductId, units: u32) -> Result<bool, MongoError> {
        let units = i64::from(units);
        let filter = doc! { "_id": oid(id), "active": { "$ne": false }, "deleted": { "$ne": true }, "$expr": at_least_free(units) };
        let collection = self.collection::<Stored>(COLLECTION);
        Ok(collection.update_one(filter, doc! { "$inc": { "held": units } }).session(session).await?.matched_count > 0)
    }

    /// Holds units of a product no longer, within a transaction. A product that is gone has none.
    pub(super) async fn free_stock(&self, session: &mut ClientSession, id: ProductId, units: u32) -> Result<(), MongoError> {
        let change = doc! { "$inc": { "held": -i64::from(units) } };
        self.collection::<Stored>(COLLECTION).update_one(doc! { "_id": oid(id) }, change).session(session).await.map(drop)
    }

    /// The product within a transaction, deleted ones (as inactive) included.
    pub(super) async fn product_in(&self, session: &mut ClientSession, id: ProductId) -> Result<Option<Product>, MongoError> {
        Ok(self.collection::<Stored>(COLLECTION).find_one(doc! { "_id": oid(id) }).session(session).await?.map(Product::from))
    }

    /// The product as all others see it, beside a transaction that may have changed it.
    pub(super) async fn product_now(&self, id: ProductId) -> Result<Option<Product>, MongoError> {
        Ok(self.collection::<Stored>(COLLECTION).find_one(doc! { "_id": oid(id) }).await?.map(Product::from))
    }

    /// Puts units of a product back into stock within a transaction. A product that is gone takes nothing back.
    pub(super) async fn return_stock(&self, session: &mut ClientSession, id: ProductId, units: u32) -> Result<(), MongoError> {
        let change = doc! { "$inc": { "stock": i64::from(units) } };
        self.collection::<Stored>(COLLECTION).update_one(doc! { "_id": oid(id) }, change).session(session).await.map(drop)
    }

    /// Whether nothing was ever for sale.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn has_no_products(&self) -> Result<bool, DbError> {
        Ok(self.collection::<Document>(COLLECTION).find_one(doc! {}).await?.is_none())
    }
}

// An expression that is true where so many units are neither sold nor held.
fn at_least_free(units: i64) -> Document {
    doc! { "$gte": [{ "$subtract": ["$stock", { "$ifNull": ["$held", 0_i64] }] }, units] }
}

pub(super) fn oid(id: ProductId) -> ObjectId {
    ObjectId::from_bytes(id.bytes())
}
