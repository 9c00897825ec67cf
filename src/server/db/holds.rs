//! Collection `holds`: stock that is held back for checkouts, one document per customer. Each unit is counted in its
//! product's `held` as well; both are changed in one transaction, so that they never say different things.

use mongodb::{
    ClientSession,
    bson::{Document, doc},
    error::Error as MongoError,
};

use super::{
    Db, DbError, carts, date, index,
    indexes::Wanted,
    orders::Shortage,
    transaction::{abort, commit},
};
use crate::domain::{
    cart::LineInput,
    id::{ProductId, UserId},
    time::Timestamp,
};

const COLLECTION: &str = "holds";
/// Holds that are looked at in one go.
const BATCH: i64 = 200;

/// The indexes of holds: by their end.
pub fn indexes() -> Vec<Wanted> {
    vec![(COLLECTION, index(doc! { "until": 1 }))]
}

/// A hold that somebody asks for.
#[derive(Debug, Clone)]
pub struct Wish {
    pub person: String,
    pub user: UserId,
    /// Every product once, with at least one unit.
    pub lines: Vec<LineInput>,
    /// The name of the hold.
    pub id: String,
    pub now: Timestamp,
    pub until: Timestamp,
}

/// What came of it.
#[derive(Debug)]
pub enum Reserved {
    /// It is held under the name that was asked for; where the same products were held already, to the same end as before.
    /// `changed` are the products of which others may have more or less now.
    Held { until: Timestamp, changed: Vec<ProductId> },
    /// Nothing changed.
    Short(Vec<Shortage>),
}

fn lines(hold: &Document) -> Vec<LineInput> {
    hold.get_document("items").map(carts::lines_of).unwrap_or_default()
}

fn end(hold: &Document) -> Timestamp {
    Timestamp::from_millis(hold.get_datetime("until").map_or(0, |until| until.timestamp_millis()))
}

fn id(hold: &Document) -> &str {
    hold.get_str("hold").unwrap_or_default()
}

impl Db {
    /// Holds all of these products, in place of what was held for this customer before; or none of them.
    ///
    /// # Errors
    /// Unavailable when the database is away, or when others were quicker for too long.
    pub async fn reserve(&self, wish: &Wish) -> Result<Reserved, DbError> {
        let mut turn = self.turn().await?;
        loop {
            match self.try_reserve(wish).await {
                Err(error) if turn.again(&error).await => {}
                done => return Ok(done?),
            }
        }
    }

    async fn try_reserve(&self, wish: &Wish) -> Result<Reserved, MongoError> {
        let mut session = self.begin().await?;
        let outcome = self.write_reserve(&mut session, wish).await;
        if matches!(outcome, Ok(Reserved::Held { .. })) {
            commit(&mut session).await?;
        } else {
            abort(&mut session).await;
        }
        outcome
    }

    async fn write_reserve(&self, session: &mut ClientSession, wish: &Wish) -> Result<Reserved, MongoError> {
        let holds = self.collection::<Document>(COLLECTION);
        let before = holds.find_one(doc! { "_id": &wish.person }).session(&mut *session).await?;
        if let Some(hold) = before.as_ref().filter(|hold| lines(hold) == wish.lines && end(hold) > wish.now) {
            let renamed = doc! { "$set": { "hold": &wish.id } };
            holds.update_one(doc! { "_id": &wish.person }, renamed).session(&mut *session).await?;
            return Ok(Reserved::Held { until: end(hold), changed: Vec::new() });
        }
        let former = before.as_ref().map(lines).unwrap_or_default();
        for line in &former {
            self.free_stock(session, line.product_id, line.quantity).await?;
        }
        let mut short = Vec::new();
        for line in &wish.lines {
            let product = self.product_in(session, line.product_id).await?.filter(|product| product.active);
            let over = match &product {
                Some(product) => self.over_limit(session, wish.user, product, line.quantity).await?,
                None => Some(Shortage::NotForSale(line.product_id)),
            };
            if let Some(over) = over {
                short.push(over);
            } else if !self.hold_stock(session, line.product_id, line.quantity).await? {
                short.push(self.shortage(line.product_id, &wish.person).await?);
            }
        }
        if !short.is_empty() {
            return Ok(Reserved::Short(short));
        }
        let hold = doc! { "hold": &wish.id, "items": carts::items(&wish.lines), "until": date(wish.until) };
        holds.replace_one(doc! { "_id": &wish.person }, hold).upsert(true).session(&mut *session).await?;
        let mut changed: Vec<ProductId> = former.iter().chain(&wish.lines).map(|line| line.product_id).collect();
        changed.sort_unstable();
        changed.dedup();
        Ok(Reserved::Held { until: wish.until, changed })
    }

    /// Lets go of what is held for somebody: whatever it is, or the hold of this name alone. Gives the products.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn release_hold(&self, person: &str, id: Option<&str>) -> Result<Vec<ProductId>, DbError> {
        let mut filter = doc! { "_id": person };
        if let Some(id) = id {
            filter.insert("hold", id);
        }
        // Most who change a cart hold nothing: they need no transaction.
        if self.collection::<Document>(COLLECTION).find_one(filter.clone()).await?.is_none() {
            return Ok(Vec::new());
        }
        self.release(filter).await
    }

    /// Lets go of what has run out, and gives the products. What was held when a server died is let go by the next one.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn release_expired(&self, now: Timestamp) -> Result<Vec<ProductId>, DbError> {
        let over = doc! { "until": { "$lte": date(now) } };
        let mut expired = self.collection::<Document>(COLLECTION).find(over).limit(BATCH).await?;
        let mut freed = Vec::new();
        while expired.advance().await? {
            let hold = expired.deserialize_current()?;
            // Meanwhile it may have been let go, or taken anew.
            let filter = doc! { "_id": hold.get_str("_id").unwrap_or_default(), "hold": id(&hold), "until": { "$lte": date(now) } };
            freed.extend(self.release(filter).await?);
        }
        freed.sort_unstable();
        freed.dedup();
        Ok(freed)
    }

    async fn release(&self, filter: Document) -> Result<Vec<ProductId>, DbError> {
        let mut turn = self.turn().await?;
        loop {
            match self.try_release(filter.clone()).await {
                Err(error) if turn.again(&error).await => {}
                done => return Ok(done?),
            }
        }
    }

    async fn try_release(&self, filter: Document) -> Result<Vec<ProductId>, MongoError> {
        let mut session = self.begin().await?;
        let outcome = self.write_release(&mut session, filter).await;
        if outcome.is_ok() {
            commit(&mut session).await?;
        } else {
            abort(&mut session).await;
        }
        outcome
    }

    async fn write_release(&self, session: &mut ClientSession, filter: Document) -> Result<Vec<ProductId>, MongoError> {
        let hold = self.collection::<Document>(COLLECTION).find_one_and_delete(filter).session(&mut *session).await?;
        let held = hold.as_ref().map(lines).unwrap_or_default();
        for line in &held {
            self.free_stock(session, line.product_id, line.quantity).await?;
        }
        Ok(held.into_iter().map(|line| line.product_id).collect())
    }

    /// Takes a customer's hold within a transaction: whoever does so counts its units out of their products.
    pub(super) async fn take_hold(&self, session: &mut ClientSession, person: &str) -> Result<Vec<LineInput>, MongoError> {
        let hold = self.collection::<Document>(COLLECTION).find_one_and_delete(doc! { "_id": person }).session(session).await?;
        Ok(hold.as_ref().map(lines).unwrap_or_default())
    }

    /// What is held for somebody, run out or not.
    pub(super) async fn held_by(&self, person: &str) -> Result<Vec<LineInput>, MongoError> {
        Ok(self.collection::<Document>(COLLECTION).find_one(doc! { "_id": person }).await?.as_ref().map(lines).unwrap_or_default())
    }

    /// What is held for somebody.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn hold_of(&self, person: &str) -> Result<Vec<LineInput>, DbError> {
        Ok(self.held_by(person).await?)
    }
}
