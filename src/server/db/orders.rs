//! Collection `orders`. Placing and cancelling are transactions over orders, stock and cart: all of it, or nothing.

mod imported;
mod of_show;
mod stored;

use std::collections::HashMap;

use futures::TryStreamExt;
use mongodb::{
    ClientSession, IndexModel,
    bson::{Document, doc, oid::ObjectId},
    error::Error as MongoError,
    options::{IndexOptions, ReturnDocument},
};

pub(super) use self::stored::Stored;
use self::stored::stored;
use super::{
    Db, DbError, date, index,
    indexes::Wanted,
    livestreams, products,
    transaction::{abort, commit},
    unique,
};
use crate::domain::{
    cart::LineInput,
    id::{LivestreamId, OrderId, ProductId, UserId},
    order::{Address, Contact, Order, OrderItem, OrderNumber, OrderStatus, PaymentMethod},
    product::Product,
    time::Timestamp,
};

pub(super) const COLLECTION: &str = "orders";

/// The indexes of orders: one per key of a customer, so that a repeated request is one order.
pub fn indexes() -> Vec<Wanted> {
    let keyed = IndexOptions::builder().unique(true).partial_filter_expression(doc! { "idempotencyKey": { "$exists": true } }).build();
    vec![
        (COLLECTION, unique(doc! { "number": 1 })),
        (COLLECTION, IndexModel::builder().keys(doc! { "userId": 1, "idempotencyKey": 1 }).options(keyed).build()),
        (COLLECTION, index(doc! { "userId": 1, "createdAt": -1, "_id": -1 })),
        (COLLECTION, index(doc! { "status": 1, "createdAt": -1, "_id": -1 })),
        (COLLECTION, index(doc! { "streamId": 1 })),
        (COLLECTION, index(doc! { "createdAt": -1, "_id": -1 })),
        // What one customer bought of one product, and what was bought in one show.
        (COLLECTION, index(doc! { "userId": 1, "items.productId": 1 })),
        (COLLECTION, index(doc! { "streamId": 1, "createdAt": -1, "_id": -1 })),
        // Payments that are awaited.
        (COLLECTION, index(doc! { "status": 1, "paymentMethod": 1, "createdAt": 1 })),
    ]
}

/// An order before it has products, prices and stock.
#[derive(Debug, Clone)]
pub struct Draft {
    pub id: OrderId,
    pub number: OrderNumber,
    pub user_id: UserId,
    /// Whose cart the products come out of.
    pub person: String,
    /// Every product once, with at least one unit.
    pub lines: Vec<LineInput>,
    pub status: OrderStatus,
    pub payment_method: PaymentMethod,
    pub stream_id: Option<LivestreamId>,
    pub stream_second: Option<u32>,
    pub contact: Contact,
    pub address: Address,
    pub note: String,
    pub idempotency_key: Option<String>,
    pub now: Timestamp,
}

/// Why a product cannot be sold in the quantity asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shortage {
    /// There is no such product for sale.
    NotForSale(ProductId),
    /// Fewer are left than were asked for; `in_stock` counts those that others hold, too.
    Left { product: ProductId, name: String, units: i64, in_stock: i64 },
    /// More than one customer may have, who bought so many before.
    OverLimit { product: ProductId, name: String, most: u32, bought: i64 },
}

/// What came of a checkout.
#[derive(Debug)]
pub enum Checkout {
    /// The order, and products that were held for it and are not in it.
    Placed(Box<Order>, Vec<ProductId>),
    /// Nothing was taken.
    Short(Vec<Shortage>),
    /// The products have prices in different currencies. Nothing was taken.
    MixedCurrencies,
    /// The number or the customer's key is taken. Nothing else was.
    Taken,
}

/// Which orders to list.
#[derive(Debug, Clone, Default)]
pub struct OrderQuery {
    pub user: Option<UserId>,
    pub stream: Option<LivestreamId>,
    pub status: Option<OrderStatus>,
    pub limit: u32,
    pub skip: u64,
}

impl Db {
    /// Takes stock, stores the order at the prices of now, and takes what was bought out of the cart.
    ///
    /// # Errors
    /// Unavailable when the database is away, or when others were quicker for too long.
    pub async fn check_out(&self, draft: &Draft) -> Result<Checkout, DbError> {
        let mut turn = self.turn().await?;
        loop {
            match self.try_check_out(draft).await {
                Err(error) if turn.again(&error).await => {}
                Err(error) if super::is_duplicate(&error) => return Ok(Checkout::Taken),
                done => return Ok(done?),
            }
        }
    }

    async fn try_check_out(&self, draft: &Draft) -> Result<Checkout, MongoError> {
        let mut session = self.begin().await?;
        let outcome = self.write_check_out(&mut session, draft).await;
        if matches!(outcome, Ok(Checkout::Placed(..))) {
            commit(&mut session).await?;
        } else {
            abort(&mut session).await;
        }
        outcome
    }

    async fn write_check_out(&self, session: &mut ClientSession, draft: &Draft) -> Result<Checkout, MongoError> {
        let mut items = Vec::with_capacity(draft.lines.len());
        let mut currencies = Vec::new();
        let mut short = Vec::new();
        let mut held: HashMap<ProductId, u32> =
            self.take_hold(session, &draft.person).await?.into_iter().map(|line| (line.product_id, line.quantity)).collect();
        for line in &draft.lines {
            let own = held.remove(&line.product_id).unwrap_or(0);
            match self.take_stock(session, line.product_id, line.quantity, own).await? {
                Some(product) => {
                    if let Some(over) = self.over_limit(session, draft.user_id, &product, line.quantity).await? {
                        short.push((line.product_id, Some(over)));
                        continue;
                    }
                    currencies.push(product.currency);
                    let image = product.images.into_iter().next().unwrap_or_default();
                    items.push(OrderItem { product_id: product.id, name: product.name, price: product.price, quantity: line.quantity, image });
                }
                None => short.push((line.product_id, None)),
            }
        }
        if !short.is_empty() {
            let mut shortages = Vec::with_capacity(short.len());
            for (product, over) in short {
                shortages.push(match over {
                    Some(over) => over,
                    None => self.shortage(product, &draft.person).await?,
                });
            }
            return Ok(Checkout::Short(shortages));
        }
        for (product, units) in &held {
            self.free_stock(session, *product, *units).await?;
        }
        let Some(currency) = currencies.first().copied() else { return Ok(Checkout::Short(Vec::new())) };
        if currencies.iter().any(|other| *other != currency) {
            return Ok(Checkout::MixedCurrencies);
        }
        let order = Order {
            id: draft.id,
            number: draft.number.clone(),
            user_id: draft.user_id,
            total: items.iter().map(|item| item.price * i64::from(item.quantity)).sum(),
            items,
            currency,
            status: draft.status,
            payment_method: draft.payment_method,
            stream_id: draft.stream_id,
            stream_second: draft.stream_second,
            contact: draft.contact.clone(),
            address: draft.address.clone(),
            note: draft.note.clone(),
            payment: None,
            created_at: draft.now,
            updated_at: draft.now,
        };
        let document = stored(&order, draft.idempotency_key.clone());
        self.collection::<Stored>(COLLECTION).insert_one(document).session(&mut *session).await?;
        self.take_from_cart(session, &draft.person, draft.lines.iter().map(|line| line.product_id)).await?;
        Ok(Checkout::Placed(Box::new(order), held.into_keys().collect()))
    }

    // Outside of the transaction, which has changed what it looked at: what this person could have.
    pub(super) async fn shortage(&self, product: ProductId, person: &str) -> Result<Shortage, MongoError> {
        let Some(found) = self.product_now(product).await?.filter(|product| product.active) else { return Ok(Shortage::NotForSale(product)) };
        let own = self.held_by(person).await?.iter().find(|line| line.product_id == product).map_or(0, |line| line.quantity);
        let left = crate::domain::cart::left_for(&found, own);
        Ok(Shortage::Left { product, name: found.name, units: left, in_stock: found.stock })
    }

    // Whether a customer would have more of a product than they may, with `units` more than they bought before. Two orders
    // at once cannot both pass: they change the same product, so that one of them is tried again and sees the other.
    pub(super) async fn over_limit(&self, session: &mut ClientSession, user: UserId, product: &Product, units: u32) -> Result<Option<Shortage>, MongoError> {
        let Some(most) = product.max_per_customer else { return Ok(None) };
        let id = products::oid(product.id);
        let stages = [
            doc! { "$match": { "userId": user_oid(user), "items.productId": id, "status": { "$ne": OrderStatus::Cancelled.as_str() } } },
            doc! { "$unwind": "$items" },
            doc! { "$match": { "items.productId": id } },
            doc! { "$group": { "_id": null, "units": { "$sum": "$items.quantity" } } },
        ];
        let mut sums = self.collection::<Document>(COLLECTION).aggregate(stages).session(&mut *session).await?;
        let sum = sums.next(session).await.transpose()?;
        let bought = sum.and_then(|sum| sum.get_i64("units").or_else(|_| sum.get_i32("units").map(i64::from)).ok()).unwrap_or(0);
        let is_over = bought + i64::from(units) > i64::from(most);
        Ok(is_over.then(|| Shortage::OverLimit { product: product.id, name: product.name.clone(), most, bought }))
    }

    /// The order that a customer's key gave before.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn order_by_key(&self, user: UserId, key: &str) -> Result<Option<Order>, DbError> {
        let filter = doc! { "userId": user_oid(user), "idempotencyKey": key };
        Ok(self.collection::<Stored>(COLLECTION).find_one(filter).await?.map(Order::from))
    }

    /// The order with this id.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn order(&self, id: OrderId) -> Result<Option<Order>, DbError> {
        Ok(self.collection::<Stored>(COLLECTION).find_one(doc! { "_id": oid(id) }).await?.map(Order::from))
    }

    /// A page of orders, newest first, and how many there are in all.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_orders(&self, query: &OrderQuery) -> Result<(Vec<Order>, u64), DbError> {
        let mut filter = Document::new();
        if let Some(user) = query.user {
            filter.insert("userId", user_oid(user));
        }
        if let Some(stream) = query.stream {
            filter.insert("streamId", livestreams::oid(stream));
        }
        if let Some(status) = query.status {
            filter.insert("status", status.as_str());
        }
        let collection = self.collection::<Stored>(COLLECTION);
        let total = collection.count_documents(filter.clone()).await?;
        let page = collection.find(filter).sort(doc! { "createdAt": -1, "_id": -1 }).skip(query.skip).limit(i64::from(query.limit)).await?;
        let found: Vec<Stored> = page.try_collect().await?;
        Ok((found.into_iter().map(Order::from).collect(), total))
    }

    /// Moves an order from the status it is thought to have; `None` where it has another by now. Cancelling puts its
    /// products back into stock, in the same transaction: once, because it leaves its status once.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn move_order(&self, id: OrderId, from: OrderStatus, to: OrderStatus, now: Timestamp) -> Result<Option<Order>, DbError> {
        let mut turn = self.turn().await?;
        loop {
            match self.try_move(id, from, to, now).await {
                Err(error) if turn.again(&error).await => {}
                done => return Ok(done?),
            }
        }
    }

    async fn try_move(&self, id: OrderId, from: OrderStatus, to: OrderStatus, now: Timestamp) -> Result<Option<Order>, MongoError> {
        let mut session = self.begin().await?;
        let outcome = self.write_move(&mut session, id, from, to, now).await;
        if matches!(outcome, Ok(Some(_))) {
            commit(&mut session).await?;
        } else {
            abort(&mut session).await;
        }
        outcome
    }

    async fn write_move(
        &self,
        session: &mut ClientSession,
        id: OrderId,
        from: OrderStatus,
        to: OrderStatus,
        now: Timestamp,
    ) -> Result<Option<Order>, MongoError> {
        let filter = doc! { "_id": oid(id), "status": from.as_str() };
        let change = doc! { "$set": { "status": to.as_str(), "updatedAt": date(now) } };
        let collection = self.collection::<Stored>(COLLECTION);
        let moved = collection.find_one_and_update(filter, change).return_document(ReturnDocument::After);
        let Some(order) = moved.session(&mut *session).await?.map(Order::from) else { return Ok(None) };
        if to == OrderStatus::Cancelled {
            for item in &order.items {
                self.return_stock(session, item.product_id, item.quantity).await?;
            }
        }
        Ok(Some(order))
    }
}

pub(super) fn oid(id: OrderId) -> ObjectId {
    ObjectId::from_bytes(id.bytes())
}

pub(super) fn user_oid(id: UserId) -> ObjectId {
    ObjectId::from_bytes(id.bytes())
}
