//! Orders of the old system.

use mongodb::bson::{Bson, Document};

use super::{Read, Unreadable, read};
use crate::domain::{
    id::{LivestreamId, OrderId, ProductId, UserId},
    money::Currency,
    order::{Address, Contact, OrderStatus},
    time::Timestamp,
};

/// An order. Its amounts are numbers of whatever unit the old shop used.
#[derive(Debug, Clone, PartialEq)]
pub struct OldOrder {
    pub id: OrderId,
    pub user_id: Option<UserId>,
    pub stream_id: Option<LivestreamId>,
    pub items: Vec<OldItem>,
    pub total: Option<f64>,
    pub currency: Currency,
    /// `None` for a status that this shop does not know.
    pub status: Option<OrderStatus>,
    pub contact: Contact,
    pub address: Address,
    pub note: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct OldItem {
    pub product_id: ProductId,
    pub name: String,
    pub price: f64,
    pub quantity: u32,
}

pub(super) fn read(document: &Document) -> Read<OldOrder> {
    let id = read::own_id(document)?;
    let order = OrderId::from_bytes(id);
    let lines = if read::list(document, "items").is_empty() { read::list(document, "orderItems") } else { read::list(document, "items") };
    let items: Vec<OldItem> = lines.iter().filter_map(item).collect();
    if items.is_empty() {
        return Err(Unreadable { id: order.to_string(), why: "there is nothing in it" });
    }
    let created_at = read::time(document, &["createdAt"]).unwrap_or_else(|| read::made_at(id));
    let somewhere = read::part(document, &["shippingAddress", "address"]);
    let contact = read::part(document, &["contact", "customer"]);
    let text = |part: Option<&Document>, names: &[&str]| part.and_then(|part| read::text(part, names)).unwrap_or_default();
    let either = |names: &[&str]| Some(text(contact, names)).filter(|found| !found.is_empty()).unwrap_or_else(|| text(somewhere, names));
    Ok(OldOrder {
        id: order,
        user_id: read::id_in(document, &["userId", "user", "customerId"]).map(UserId::from_bytes),
        stream_id: read::id_in(document, &["streamId", "livestreamId", "liveStream"]).map(LivestreamId::from_bytes),
        items,
        total: read::number(document, &["total", "totalAmount", "totalPrice"]).filter(|total| *total >= 0.0),
        currency: read::text(document, &["currency"]).and_then(|code| Currency::parse(&code)).unwrap_or_default(),
        status: read::text(document, &["status", "orderStatus"]).as_deref().map_or(Some(OrderStatus::PendingPayment), status),
        contact: Contact { name: either(&["name", "fullName"]), email: either(&["email"]), phone: either(&["phone", "phoneNumber"]) },
        address: Address {
            line1: text(somewhere, &["line1", "street", "address", "addressLine1"]),
            line2: text(somewhere, &["line2", "addressLine2"]),
            city: text(somewhere, &["city"]),
            postal_code: text(somewhere, &["postalCode", "zip", "zipCode"]),
            country: text(somewhere, &["country"]),
        },
        note: read::text(document, &["note", "notes"]).unwrap_or_default().chars().take(500).collect(),
        created_at,
        updated_at: read::time(document, &["updatedAt"]).unwrap_or(created_at),
    })
}

fn item(entry: &Bson) -> Option<OldItem> {
    let entry = entry.as_document()?;
    let product = read::part(entry, &["productId", "product"]);
    Some(OldItem {
        product_id: ProductId::from_bytes(read::id_in(entry, &["productId", "product"]).unwrap_or_default()),
        name: read::text(entry, &["name", "title"]).or_else(|| product.and_then(|product| read::text(product, &["name"]))).unwrap_or_default(),
        price: read::number(entry, &["price"]).filter(|price| *price >= 0.0).unwrap_or(0.0),
        quantity: read::count(entry, &["quantity", "qty"]).map_or(1, |quantity| u32::try_from(quantity).unwrap_or(u32::MAX)).clamp(1, 1_000_000),
    })
}

fn status(text: &str) -> Option<OrderStatus> {
    Some(match text.to_ascii_lowercase().as_str() {
        "pending" | "pending_payment" | "unpaid" | "created" => OrderStatus::PendingPayment,
        "paid" | "processing" | "confirmed" => OrderStatus::Paid,
        "shipped" => OrderStatus::Shipped,
        "delivered" | "completed" => OrderStatus::Delivered,
        "cancelled" | "canceled" | "refunded" => OrderStatus::Cancelled,
        _ => return None,
    })
}
