//! Collection `carts`: what each person means to buy, one document per person. Carts that nobody touches vanish.

use std::future::IntoFuture;

use mongodb::{
    ClientSession,
    bson::{self, Bson, Document, doc},
    error::Error as MongoError,
    options::ReturnDocument,
};

use super::{
    Db, DbError, date, expires,
    indexes::Wanted,
    transaction::{abort, commit},
};
use crate::domain::{
    cart::{LineInput, merged},
    checkout::FormStart,
    id::ProductId,
    order::{MAX_LINES, MAX_QUANTITY},
    time::Timestamp,
};

const COLLECTION: &str = "carts";
/// How long a cart is kept after its last change, in milliseconds: ninety days.
const KEPT_MS: i64 = 90 * 24 * 3600 * 1000;

/// The indexes of carts.
pub fn indexes() -> Vec<Wanted> {
    vec![(COLLECTION, expires("expiresAt"))]
}

/// How a quantity changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// By so many more, up to the limit.
    Add(u32),
    /// To so many; zero takes the product out.
    Set(u32),
}

// `items` is an object, product id → quantity, in the order in which products came in: so that one update changes one
// product, whatever happens to the others meanwhile.
fn lines(cart: Option<&Document>) -> Vec<LineInput> {
    cart.and_then(|cart| cart.get_document("items").ok()).map(lines_of).unwrap_or_default()
}

/// Lines as they are stored: product id → quantity.
pub(super) fn lines_of(items: &Document) -> Vec<LineInput> {
    let line = |(id, quantity): (&String, &Bson)| {
        let quantity = quantity.as_i64().or_else(|| quantity.as_i32().map(i64::from))?;
        Some(LineInput { product_id: id.parse().ok()?, quantity: u32::try_from(quantity).ok()? })
    };
    merged(items.iter().filter_map(line))
}

pub(super) fn items(lines: &[LineInput]) -> Document {
    lines.iter().map(|line| (line.product_id.to_string(), Bson::Int64(i64::from(line.quantity)))).collect()
}

fn whole(lines: &[LineInput], now: Timestamp) -> Document {
    doc! { "$set": { "items": items(lines), "updatedAt": date(now), "expiresAt": date(now.plus_millis(KEPT_MS)) } }
}

impl Db {
    /// What is in somebody's cart.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn cart(&self, person: &str) -> Result<Vec<LineInput>, DbError> {
        Ok(lines(self.collection::<Document>(COLLECTION).find_one(doc! { "_id": person }).await?.as_ref()))
    }

    /// Changes the quantity of one product, and gives the cart as it is then. A new product does not get into a full cart.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn change_cart(&self, person: &str, product: ProductId, change: Change, now: Timestamp) -> Result<Vec<LineInput>, DbError> {
        let key = product.to_string();
        let collection = self.collection::<Document>(COLLECTION);
        let stamps = doc! { "updatedAt": date(now), "expiresAt": date(now.plus_millis(KEPT_MS)) };
        if change == Change::Set(0) {
            let update = doc! { "$unset": { format!("items.{key}"): "" }, "$set": stamps };
            let cart = collection.find_one_and_update(doc! { "_id": person }, update).return_document(ReturnDocument::After).await?;
            return Ok(lines(cart.as_ref()));
        }
        let stored = format!("$items.{key}");
        let quantity = match change {
            Change::Set(quantity) => Bson::Int64(i64::from(quantity)),
            Change::Add(quantity) => {
                let sum = doc! { "$add": [{ "$ifNull": [&stored, 0_i64] }, i64::from(quantity)] };
                Bson::Document(doc! { "$min": [i64::from(MAX_QUANTITY), sum] })
            }
        };
        let full = doc! { "$gte": [{ "$size": { "$objectToArray": "$items" } }, MAX_LINES as i64] };
        let absent = doc! { "$eq": [{ "$type": &stored }, "missing"] };
        let changed = doc! { "$mergeObjects": ["$items", { &key: quantity }] };
        let mut last = stamps;
        last.insert("items", doc! { "$cond": [{ "$and": [full, absent] }, "$items", changed] });
        let stages = vec![doc! { "$set": { "items": { "$ifNull": ["$items", {}] } } }, doc! { "$set": last }];
        let update =
            || collection.find_one_and_update(doc! { "_id": person }, stages.clone()).upsert(true).return_document(ReturnDocument::After).into_future();
        let cart = match update().await.map_err(DbError::from) {
            // Two tabs made the first change of this cart at once; now it is there.
            Err(DbError::Duplicate) => update().await?,
            changed => changed?,
        };
        Ok(lines(cart.as_ref()))
    }

    /// What was typed into the checkout form of this cart, if an order was refused since.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn typed_form(&self, person: &str) -> Result<Option<FormStart>, DbError> {
        let cart = self.collection::<Document>(COLLECTION).find_one(doc! { "_id": person }).await?;
        // One that cannot be read is as good as none: the form begins empty.
        Ok(cart.and_then(|cart| bson::deserialize_from_document(cart.get_document("form").ok()?.clone()).ok()))
    }

    /// Keeps what was typed into the checkout form of a cart, as long as the cart is kept.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn keep_form(&self, person: &str, form: &FormStart) -> Result<(), DbError> {
        let Ok(form) = bson::serialize_to_document(form) else { return Ok(()) };
        self.collection::<Document>(COLLECTION).update_one(doc! { "_id": person }, doc! { "$set": { "form": form } }).await?;
        Ok(())
    }

    /// Makes these lines the whole cart.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn replace_cart(&self, person: &str, lines: &[LineInput], now: Timestamp) -> Result<(), DbError> {
        let collection = self.collection::<Document>(COLLECTION);
        let update = || collection.update_one(doc! { "_id": person }, whole(lines, now)).upsert(true).into_future();
        match update().await.map_err(DbError::from) {
            Err(DbError::Duplicate) => update().await?,
            changed => changed?,
        };
        Ok(())
    }

    /// Puts what is in one cart into another, and removes the first. All of it happens, or nothing; once, however often it
    /// is asked for.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn merge_carts(&self, from: &str, into: &str, now: Timestamp) -> Result<(), DbError> {
        let mut turn = self.turn().await?;
        loop {
            match self.try_merge(from, into, now).await {
                Err(error) if turn.again(&error).await => {}
                done => return Ok(done?),
            }
        }
    }

    async fn try_merge(&self, from: &str, into: &str, now: Timestamp) -> Result<(), MongoError> {
        let mut session = self.begin().await?;
        match self.write_merge(&mut session, from, into, now).await {
            Ok(()) => commit(&mut session).await,
            Err(error) => {
                abort(&mut session).await;
                Err(error)
            }
        }
    }

    async fn write_merge(&self, session: &mut ClientSession, from: &str, into: &str, now: Timestamp) -> Result<(), MongoError> {
        let collection = self.collection::<Document>(COLLECTION);
        let Some(cart) = collection.find_one_and_delete(doc! { "_id": from }).session(&mut *session).await? else { return Ok(()) };
        let known = collection.find_one(doc! { "_id": into }).session(&mut *session).await?;
        let both = merged(lines(known.as_ref()).into_iter().chain(lines(Some(&cart))));
        collection.update_one(doc! { "_id": into }, whole(&both, now)).upsert(true).session(&mut *session).await.map(drop)
    }

    /// Takes products out of somebody's cart within a transaction.
    pub(super) async fn take_from_cart(&self, session: &mut ClientSession, person: &str, products: impl Iterator<Item = ProductId>) -> Result<(), MongoError> {
        let mut gone: Document = products.map(|product| (format!("items.{product}"), Bson::String(String::new()))).collect();
        // The order knows better than the draft of its form.
        gone.insert("form", "");
        self.collection::<Document>(COLLECTION).update_one(doc! { "_id": person }, doc! { "$unset": gone }).session(session).await.map(drop)
    }
}
