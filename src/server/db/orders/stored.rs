//! An order as its document, and back.

use mongodb::bson::{DateTime, oid::ObjectId};
use serde::{Deserialize, Serialize};

use super::{oid, user_oid};
use crate::{
    domain::{
        id::{LivestreamId, OrderId, ProductId, UserId},
        money::Currency,
        order::{Address, Contact, Order, OrderItem, OrderNumber, OrderStatus, Payment, PaymentMethod},
        time::Timestamp,
    },
    server::db::{livestreams, products},
};

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::server::db) struct Stored {
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
    payment: Option<StoredPayment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    idempotency_key: Option<String>,
    created_at: DateTime,
    updated_at: DateTime,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::server::db) struct StoredItem {
    product_id: ObjectId,
    name: String,
    price: i64,
    quantity: i64,
    #[serde(default)]
    image: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredPayment {
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    paid_at: Option<DateTime>,
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
            payment: stored.payment.map(|payment| Payment {
                // Once it is no longer awaited there is nothing to pay.
                url: payment.url.filter(|_| stored.status == OrderStatus::PendingPayment),
                paid_at: payment.paid_at.map(|at| Timestamp::from_millis(at.timestamp_millis())),
            }),
            created_at: Timestamp::from_millis(stored.created_at.timestamp_millis()),
            updated_at: Timestamp::from_millis(stored.updated_at.timestamp_millis()),
        }
    }
}

pub(super) fn stored(order: &Order, idempotency_key: Option<String>) -> Stored {
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
        // A payment begins once the order is there.
        payment: None,
        idempotency_key,
        created_at: DateTime::from_millis(order.created_at.millis()),
        updated_at: DateTime::from_millis(order.updated_at.millis()),
    }
}
