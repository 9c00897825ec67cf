//! Collection `orders`, as far as a payment provider has to do with it: which session pays for an order, and whether it did.

use futures::TryStreamExt;
use mongodb::{
    bson::{Document, doc},
    options::ReturnDocument,
};

use super::{
    Db, DbError, date, livestreams,
    orders::{COLLECTION, Stored, oid},
};
use crate::domain::{
    feed::Revenue,
    id::{LivestreamId, OrderId},
    money::Currency,
    order::{Order, OrderStatus, PaymentMethod},
    time::Timestamp,
};

impl Db {
    /// Remembers with which session of the provider an order is paid, and where. An order that has one keeps it.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn begin_payment(&self, id: OrderId, session: &str, url: &str) -> Result<Option<Order>, DbError> {
        let collection = self.collection::<Stored>(COLLECTION);
        let filter = doc! { "_id": oid(id), "status": OrderStatus::PendingPayment.as_str(), "payment.session": { "$exists": false } };
        let change = doc! { "$set": { "payment": { "session": session, "url": url } } };
        collection.update_one(filter, change).await?;
        self.order(id).await
    }

    /// The session with which an order is paid.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn payment_session(&self, id: OrderId) -> Result<Option<String>, DbError> {
        let order = self.collection::<Document>(COLLECTION).find_one(doc! { "_id": oid(id) }).await?;
        Ok(order.and_then(|order| order.get_document("payment").ok()?.get_str("session").ok().map(str::to_owned)))
    }

    /// Writes down that the money for an order came with this session: once, however often it is told. An order that waited
    /// for it is paid; one that was called off stays so, and the money is owed back. `None` where nothing changed.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn payment_came(&self, id: OrderId, session: &str, now: Timestamp) -> Result<Option<Order>, DbError> {
        let filter = doc! { "_id": oid(id), "payment.session": session, "payment.paidAt": { "$exists": false } };
        let (waiting, paid) = (OrderStatus::PendingPayment.as_str(), OrderStatus::Paid.as_str());
        let status = doc! { "$cond": [{ "$eq": ["$status", waiting] }, paid, "$status"] };
        let change = vec![doc! { "$set": { "payment.paidAt": date(now), "updatedAt": date(now), "status": status } }];
        let collection = self.collection::<Stored>(COLLECTION);
        Ok(collection.find_one_and_update(filter, change).return_document(ReturnDocument::After).await?.map(Order::from))
    }

    /// Orders that wait for a provider's payment since before `since`, oldest first, some of them.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn unpaid_since(&self, since: Timestamp, limit: i64) -> Result<Vec<Order>, DbError> {
        let waiting = doc! {
            "status": OrderStatus::PendingPayment.as_str(),
            "paymentMethod": PaymentMethod::Card.as_str(),
            "createdAt": { "$lt": date(since) },
        };
        let found = self.collection::<Stored>(COLLECTION).find(waiting).sort(doc! { "createdAt": 1 }).limit(limit).await?;
        let found: Vec<Stored> = found.try_collect().await?;
        Ok(found.into_iter().map(Order::from).collect())
    }

    /// What was sold in a show, per currency; orders that were called off do not count.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn revenue_of(&self, show: LivestreamId) -> Result<Vec<Revenue>, DbError> {
        let stages = [
            doc! { "$match": { "streamId": livestreams::oid(show), "status": { "$ne": OrderStatus::Cancelled.as_str() } } },
            doc! { "$group": { "_id": "$currency", "total": { "$sum": { "$toLong": "$total" } }, "orders": { "$sum": 1_i64 } } },
            doc! { "$sort": { "orders": -1, "_id": 1 } },
        ];
        let sums: Vec<Document> = self.collection::<Document>(COLLECTION).aggregate(stages).await?.try_collect().await?;
        let revenue = |sum: Document| {
            let currency = Currency::parse(sum.get_str("_id").ok()?)?;
            Some(Revenue { currency, total: sum.get_i64("total").ok()?, orders: u64::try_from(sum.get_i64("orders").ok()?).ok()? })
        };
        Ok(sums.into_iter().filter_map(revenue).collect())
    }
}
