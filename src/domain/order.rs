//! What a customer bought: the order, what they enter for it, and who may move it from one status to the next.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{
    cart::{LineInput, merged},
    id::{LivestreamId, OrderId, ProductId, UserId},
    money::Currency,
    time::Timestamp,
    user::is_email,
    validate::{self, Fields},
};

/// The most of one product that a customer can take at once.
pub const MAX_QUANTITY: u32 = 20;
/// The most different products of one order.
pub const MAX_LINES: usize = 50;

/// Where an order is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    PendingPayment,
    Paid,
    Shipped,
    Delivered,
    Cancelled,
}

impl OrderStatus {
    /// All of them, in the order in which an order goes through them.
    pub const ALL: [Self; 5] = [Self::PendingPayment, Self::Paid, Self::Shipped, Self::Delivered, Self::Cancelled];

    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PendingPayment => "pending_payment",
            Self::Paid => "paid",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::PendingPayment => "Payment due",
            Self::Paid => "Paid",
            Self::Shipped => "Shipped",
            Self::Delivered => "Delivered",
            Self::Cancelled => "Cancelled",
        }
    }
}

impl fmt::Display for OrderStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text was none of the statuses of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a status is pending_payment, paid, shipped, delivered or cancelled")]
pub struct InvalidStatus;

impl FromStr for OrderStatus {
    type Err = InvalidStatus;

    fn from_str(text: &str) -> Result<Self, InvalidStatus> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(InvalidStatus)
    }
}

/// How an order is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMethod {
    /// At the door, when the parcel arrives.
    #[default]
    OnDelivery,
    /// By card or wallet on the page of a payment provider, before the shop packs it.
    Card,
    /// At once, without money. For trying a shop out; only where the settings allow it.
    Test,
}

impl PaymentMethod {
    /// Its name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OnDelivery => "on_delivery",
            Self::Card => "card",
            Self::Test => "test",
        }
    }
}

/// Who wants to move an order on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// The one who ordered.
    Customer,
    Admin,
}

/// The statuses to which `actor` may move an order that has status `from`.
///
/// A customer may call off what has not been shipped. An admin moves orders forward, and may cancel until the parcel has
/// arrived; what is paid at the door may be shipped unpaid.
pub fn next_statuses(from: OrderStatus, method: PaymentMethod, actor: Actor) -> &'static [OrderStatus] {
    use OrderStatus::{Cancelled, Delivered, Paid, PendingPayment, Shipped};
    match (actor, from, method) {
        (Actor::Customer, PendingPayment | Paid, _) => &[Cancelled],
        (Actor::Customer, _, _) => &[],
        (Actor::Admin, PendingPayment, PaymentMethod::OnDelivery) => &[Paid, Shipped, Cancelled],
        (Actor::Admin, PendingPayment, PaymentMethod::Test | PaymentMethod::Card) => &[Paid, Cancelled],
        (Actor::Admin, Paid, _) => &[Shipped, Cancelled],
        (Actor::Admin, Shipped, _) => &[Delivered, Cancelled],
        (Actor::Admin, Delivered | Cancelled, _) => &[],
    }
}

/// A number that a customer can read out on the phone: `W-7F3K-92QD`, without letters and digits that look alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderNumber(String);

const NUMBER_LETTERS: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";

impl OrderNumber {
    /// The number that follows from these bits. Random bits give one of 656,100,000,000.
    pub fn from_bits(bits: u64) -> Self {
        let base = NUMBER_LETTERS.len() as u64;
        let mut rest = bits;
        let mut number = String::from("W");
        for place in 0..8 {
            if place % 4 == 0 {
                number.push('-');
            }
            number.push(char::from(NUMBER_LETTERS[(rest % base) as usize]));
            rest /= base;
        }
        Self(number)
    }

    /// A number that was stored.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How the shop reaches the customer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Contact {
    pub name: String,
    pub email: String,
    pub phone: String,
}

/// Where the parcel goes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Address {
    pub line1: String,
    pub line2: String,
    pub city: String,
    pub postal_code: String,
    pub country: String,
}

/// One product of an order, as it was when it was bought. `price` is of one unit, in minor units of the order's currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderItem {
    pub product_id: ProductId,
    pub name: String,
    pub price: i64,
    pub quantity: u32,
    /// The product's first picture as a path on this server; empty if it had none.
    pub image: String,
}

/// What a customer bought. `total` is in minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    #[serde(rename = "_id")]
    pub id: OrderId,
    pub number: OrderNumber,
    pub user_id: UserId,
    pub items: Vec<OrderItem>,
    pub total: i64,
    pub currency: Currency,
    pub status: OrderStatus,
    pub payment_method: PaymentMethod,
    /// The show in which it was placed, if it was.
    pub stream_id: Option<LivestreamId>,
    /// The second of that show, counted from its start.
    pub stream_second: Option<u32>,
    pub contact: Contact,
    pub address: Address,
    pub note: String,
    /// How far the payment is, for orders that a payment provider takes it for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A payment on the page of a provider.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payment {
    /// Where the customer pays; `None` where there is nothing (more) to pay.
    pub url: Option<String>,
    /// When the provider said that the money is there.
    pub paid_at: Option<Timestamp>,
}

impl Order {
    /// The statuses to which `actor` may move it now.
    pub fn next_statuses(&self, actor: Actor) -> &'static [OrderStatus] {
        next_statuses(self.status, self.payment_method, actor)
    }

    /// Whether the money came for an order that is called off: the shop owes it back.
    pub fn refund_due(&self) -> bool {
        self.status == OrderStatus::Cancelled && self.payment.as_ref().is_some_and(|payment| payment.paid_at.is_some())
    }

    /// The number of all units.
    pub fn count(&self) -> u32 {
        self.items.iter().map(|item| item.quantity).sum()
    }
}

/// Some orders of a list, newest first, and how many the whole list has.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OrderPage {
    pub orders: Vec<Order>,
    pub total: u64,
}

/// What a customer enters to order. Prices are the shop's alone, so there is no place for them here.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewOrder {
    pub items: Vec<LineInput>,
    #[serde(default)]
    pub stream_id: Option<LivestreamId>,
    #[serde(default)]
    pub contact: Option<Contact>,
    #[serde(default)]
    pub address: Option<Address>,
    #[serde(default)]
    pub note: Option<String>,
    #[serde(default)]
    pub payment_method: Option<PaymentMethod>,
}

impl NewOrder {
    /// The same with every product once and texts cleaned, or what is wrong, per field.
    ///
    /// # Errors
    /// What is wrong, per field.
    pub fn checked(self) -> Result<Self, Fields> {
        let mut fields = Fields::default();
        match self.items.as_slice() {
            [] => fields.add("items", "There is nothing in this order."),
            items if items.len() > MAX_LINES => fields.add("items", format!("Take at most {MAX_LINES} different products.")),
            _ => {}
        }
        let mut wanted = std::collections::BTreeMap::new();
        for (at, line) in self.items.iter().enumerate().take(MAX_LINES) {
            let sum: &mut u64 = wanted.entry(line.product_id).or_default();
            *sum += u64::from(line.quantity);
            if line.quantity == 0 {
                fields.add(&format!("items[{at}].quantity"), "Take at least one.");
            } else if *sum > u64::from(MAX_QUANTITY) {
                fields.add(&format!("items[{at}].quantity"), format!("Take at most {MAX_QUANTITY} of one product."));
            }
        }
        let contact = self.contact.map(|contact| contact.checked(&mut fields));
        let address = self.address.map(|address| address.checked(&mut fields));
        let note = self.note.map(|note| fields.take("note", validate::paragraph(&note, 0, 500)));
        fields.finish(Self { items: merged(self.items), contact, address, note, ..self })
    }

    /// As [`checked`](Self::checked), and with somewhere to send the parcel: what the shop's own form asks for.
    ///
    /// # Errors
    /// What is wrong or missing, per field.
    pub fn checked_complete(self) -> Result<Self, Fields> {
        let (contact, address) = (self.contact.unwrap_or_default(), self.address.unwrap_or_default());
        Self { contact: Some(contact), address: Some(address), ..self }.checked()
    }
}

impl Contact {
    // Adds what is wrong to `fields`, under the names that the wire has.
    fn checked(self, fields: &mut Fields) -> Self {
        let email = self.email.trim().to_lowercase();
        if !is_email(&email) {
            fields.add("contact.email", "Enter an e-mail address like name@example.com.");
        }
        Self {
            name: fields.take("contact.name", validate::line(&self.name, 1, 120)),
            email,
            phone: fields.take("contact.phone", validate::line(&self.phone, 0, 40)),
        }
    }
}

impl Address {
    fn checked(self, fields: &mut Fields) -> Self {
        Self {
            line1: fields.take("address.line1", validate::line(&self.line1, 1, 160)),
            line2: fields.take("address.line2", validate::line(&self.line2, 0, 160)),
            city: fields.take("address.city", validate::line(&self.city, 1, 120)),
            postal_code: fields.take("address.postalCode", validate::line(&self.postal_code, 0, 20)),
            country: fields.take("address.country", validate::line(&self.country, 1, 80)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(product: u8, quantity: u32) -> LineInput {
        LineInput { product_id: ProductId::from_bytes([product; 12]), quantity }
    }

    #[test]
    fn who_may_move_an_order_where() {
        use OrderStatus::*;
        let steps = |actor, from| next_statuses(from, PaymentMethod::OnDelivery, actor).to_vec();
        assert_eq!(OrderStatus::ALL.map(|from| steps(Actor::Customer, from)), [vec![Cancelled], vec![Cancelled], vec![], vec![], vec![]]);
        let admin = [vec![Paid, Shipped, Cancelled], vec![Shipped, Cancelled], vec![Delivered, Cancelled], vec![], vec![]];
        assert_eq!(OrderStatus::ALL.map(|from| steps(Actor::Admin, from)), admin);
        assert_eq!(next_statuses(PendingPayment, PaymentMethod::Test, Actor::Admin), [Paid, Cancelled], "nothing leaves the house unpaid");
        for status in OrderStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
    }

    #[test]
    fn numbers_are_readable_and_spread() {
        let numbers: std::collections::HashSet<_> = (0..10_000u64).map(|bits| OrderNumber::from_bits(bits.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
        assert_eq!(numbers.len(), 10_000);
        for number in &numbers {
            let text = number.as_str();
            assert_eq!((text.len(), &text[..2], &text[6..7]), (11, "W-", "-"));
            assert!(!text[2..].contains(['0', '1', 'I', 'L', 'O', 'U']), "{text}");
        }
    }

    #[test]
    fn an_order_is_bounded() {
        let names = |order: NewOrder| order.checked().map(drop).map_err(|fields| fields.names().map(str::to_owned).collect::<Vec<_>>());
        let of = |items: Vec<LineInput>| NewOrder { items, ..NewOrder::default() };
        assert_eq!(names(of(vec![line(1, 1), line(1, 2)])), Ok(()));
        assert_eq!(names(of(vec![])), Err(vec!["items".into()]));
        assert_eq!(names(of(vec![line(1, 1); MAX_LINES + 1])).unwrap_err()[0], "items");
        assert_eq!(names(of(vec![line(1, 0)])), Err(vec!["items[0].quantity".into()]));
        assert_eq!(names(of(vec![line(1, MAX_QUANTITY), line(1, 1)])), Err(vec!["items[1].quantity".into()]));
        assert_eq!(names(of(vec![line(1, u32::MAX), line(1, u32::MAX)])).unwrap_err().len(), 2);
        assert_eq!(names(NewOrder { note: Some("x".repeat(501)), ..of(vec![line(1, 1)]) }), Err(vec!["note".into()]));
        let missing = of(vec![line(1, 1)]).checked_complete().unwrap_err();
        assert_eq!(missing.names().collect::<Vec<_>>(), ["address.city", "address.country", "address.line1", "contact.email", "contact.name"]);
    }
}
