//! Collection `orders`. Placing and cancelling are transactions over orders, stock and cart: all of it, or nothing.

mod imported;
mod of_show;

use futures::TryStreamExt;
use mongodb::{
    ClientSession, IndexModel,
    bson::{DateTime, Document, doc, oid::ObjectId},
    error::Error as MongoError,
    options::{IndexOptions, ReturnDocument},
};
use serde::{Deserialize, Serialize};

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
    money::Currency,
    order::{Address, Contact, Order, OrderItem, OrderNumber, OrderStatus, PaymentMethod},
    time::Timestamp,
};

const COLLECTION: &str = "orders";

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
    /// Fewer are left than were asked for.
    Left { product: ProductId, name: String, units: i64 },
}

/// What came of a checkout.
#[derive(Debug)]
pub enum Checkout {
    Placed(Box<Order>),
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
    pub status: Option<OrderStatus>,
    pub limit: u32,
    pub skip: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    #[serde(rename = "_id")]
    id: ObjectId,
    number: String,
    user_id: ObjectId,
    items: Vec<StoredItem>,
    total: i64,
    currency: Currency,
    status: OrderStatus,
    #[serde(default)]
    payment_method: PaymentMethod,
    #[serde(default)]
    stream_id: Option<ObjectId>,
    #[serde(default)]
    stream_second: Option<i64>,
    #[serde(default)]
    contact: Contact,
    #[serde(default)]
    address: Address,
    #[serde(default)]
    note: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    idempotency_key: Option<String>,
    created_at: DateTime,
    updated_at: DateTime,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredItem {
    product_id: ObjectId,
    name: String,
    price: i64,
    quantity: i64,
    #[serde(default)]
    image: String,
}

impl From<Stored> for Order {
    fn from(stored: Stored) -> Self {
        let item = |item: StoredItem| OrderItem {
            product_id: ProductId::from_bytes(item.product_id.bytes()),
            name: item.name,
            price: item.price,
            quantity: u32::try_from(item.quantity).unwrap_or(0),
            image: item.image,
        };
        Self {
            id: OrderId::from_bytes(stored.id.bytes()),
            number: OrderNumber::from_stored(stored.number),
            user_id: UserId::from_bytes(stored.user_id.bytes()),
            items: stored.items.into_iter().map(item).collect(),
            total: stored.total,
            currency: stored.currency,
            status: stored.status,
            payment_method: stored.payment_method,
            stream_id: stored.stream_id.map(|id| LivestreamId::from_bytes(id.bytes())),
            stream_second: stored.stream_second.and_then(|second| u32::try_from(second).ok()),
            contact: stored.contact,
            address: stored.address,
            note: stored.note,
            created_at: Timestamp::from_millis(stored.created_at.timestamp_millis()),
            updated_at: Timestamp::from_millis(stored.updated_at.timestamp_millis()),
        }
    }
}

fn stored(order: &Order, idempotency_key: Option<String>) -> Stored {
    let item = |item: &OrderItem| StoredItem {
        product_id: products::oid(item.product_id),
        name: item.name.clone(),
        price: item.price,
        quantity: i64::from(item.quantity),
        image: item.image.clone(),
    };
    Stored {
        id: oid(order.id),
        number: order.number.to_string(),
        user_id: user_oid(order.user_id),
        items: order.items.iter().map(item).collect(),
        total: order.total,
        currency: order.currency,
        status: order.status,
        payment_method: order.payment_method,
        stream_id: order.stream_id.map(livestreams::oid),
        stream_second: order.stream_second.map(i64::from),
        contact: order.contact.clone(),
        address: order.address.clone(),
        note: order.note.clone(),
        idempotency_key,
        created_at: DateTime::from_millis(order.created_at.millis()),
        updated_at: DateTime::from_millis(order.updated_at.millis()),
    }
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
        if matches!(outcome, Ok(Checkout::Placed(_))) {
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
        for line in &draft.lines {
            match self.take_stock(session, line.product_id, line.quantity).await? {
                Some(product) => {
                    currencies.push(product.currency);
                    let image = product.images.into_iter().next().unwrap_or_default();
                    items.push(OrderItem { product_id: product.id, name: product.name, price: product.price, quantity: line.quantity, image });
                }
                None => short.push(line.product_id),
            }
        }
        if !short.is_empty() {
            return Ok(Checkout::Short(self.shortages(session, &short).await?));
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
            created_at: draft.now,
            updated_at: draft.now,
        };
        let document = stored(&order, draft.idempotency_key.clone());
        self.collection::<Stored>(COLLECTION).insert_one(document).session(&mut *session).await?;
        self.take_from_cart(session, &draft.person, draft.lines.iter().map(|line| line.product_id)).await?;
        Ok(Checkout::Placed(Box::new(order)))
    }

    async fn shortages(&self, session: &mut ClientSession, short: &[ProductId]) -> Result<Vec<Shortage>, MongoError> {
        let mut shortages = Vec::with_capacity(short.len());
        for product in short {
            let found = self.product_in(session, *product).await?.filter(|product| product.active);
            shortages.push(match found {
                Some(found) => Shortage::Left { product: *product, name: found.name, units: found.stock },
                None => Shortage::NotForSale(*product),
            });
        }
        Ok(shortages)
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

fn oid(id: OrderId) -> ObjectId {
    ObjectId::from_bytes(id.bytes())
}

fn user_oid(id: UserId) -> ObjectId {
    ObjectId::from_bytes(id.bytes())
}
