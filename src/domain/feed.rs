//! The orders of a show as its host sees them come in: little enough to be seen over a shoulder.

use serde::{Deserialize, Serialize};

use super::{
    id::OrderId,
    money::Currency,
    order::{Order, OrderNumber, OrderStatus},
    time::Timestamp,
};

/// A product of an order, and how many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedItem {
    pub name: String,
    pub quantity: u32,
}

/// An order of a show. `total` is in minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeedOrder {
    #[serde(rename = "_id")]
    pub id: OrderId,
    pub number: OrderNumber,
    /// First name and initial: "Ada L."
    pub buyer: String,
    pub items: Vec<FeedItem>,
    pub total: i64,
    pub currency: Currency,
    pub status: OrderStatus,
    pub created_at: Timestamp,
}

/// What was sold in one currency: orders that were called off do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revenue {
    pub currency: Currency,
    pub total: i64,
    pub orders: u64,
}

/// The newest orders of a show, newest first, and what all of them come to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ShowOrders {
    pub orders: Vec<FeedOrder>,
    pub revenue: Vec<Revenue>,
}

impl From<&Order> for FeedOrder {
    fn from(order: &Order) -> Self {
        Self {
            id: order.id,
            number: order.number.clone(),
            buyer: short_name(&order.contact.name),
            items: order.items.iter().map(|item| FeedItem { name: item.name.clone(), quantity: item.quantity }).collect(),
            total: order.total,
            currency: order.currency,
            status: order.status,
            created_at: order.created_at,
        }
    }
}

impl ShowOrders {
    /// The most orders that a feed shows.
    pub const SHOWN: usize = 100;

    /// Takes in an order that is new, or that has another status by now.
    pub fn learn(&mut self, order: FeedOrder) {
        let known = self.orders.iter().position(|other| other.id == order.id);
        let before = known.map(|at| self.orders[at].status);
        let counts = |status: OrderStatus| status != OrderStatus::Cancelled;
        match (before.map(counts), counts(order.status)) {
            (None | Some(false), true) => self.add(order.currency, order.total, 1),
            (Some(true), false) => self.add(order.currency, -order.total, -1),
            _ => {}
        }
        match known {
            Some(at) => self.orders[at] = order,
            None => {
                self.orders.insert(0, order);
                self.orders.truncate(Self::SHOWN);
            }
        }
    }

    fn add(&mut self, currency: Currency, total: i64, orders: i64) {
        match self.revenue.iter_mut().find(|revenue| revenue.currency == currency) {
            Some(revenue) => {
                revenue.total += total;
                revenue.orders = revenue.orders.saturating_add_signed(orders);
            }
            None => self.revenue.push(Revenue { currency, total, orders: u64::from(orders > 0) }),
        }
    }
}

// "Ada Lovelace" is "Ada L."; one name stays, none is a customer.
fn short_name(name: &str) -> String {
    let mut names = name.split_whitespace();
    let Some(first) = names.next() else { return "A customer".to_owned() };
    let first: String = first.chars().take(24).collect();
    match names.last().and_then(|last| last.chars().next()) {
        Some(initial) => format!("{first} {initial}."),
        None => first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(id: u8, total: i64, status: OrderStatus) -> FeedOrder {
        FeedOrder {
            id: OrderId::from_bytes([id; 12]),
            number: OrderNumber::from_bits(id.into()),
            buyer: "Ada L.".into(),
            items: Vec::new(),
            total,
            currency: Currency::USD,
            status,
            created_at: Timestamp::default(),
        }
    }

    #[test]
    fn a_feed_counts_every_order_once_and_none_that_is_called_off() {
        use OrderStatus::{Cancelled, Paid, PendingPayment};
        let mut feed = ShowOrders::default();
        let sum = |feed: &ShowOrders| feed.revenue.first().map(|revenue| (revenue.total, revenue.orders));
        for (order, expected) in [
            (order(1, 500, PendingPayment), (500, 1)),
            (order(1, 500, Paid), (500, 1)),
            (order(2, 700, Paid), (1200, 2)),
            (order(1, 500, Cancelled), (700, 1)),
            (order(1, 500, Cancelled), (700, 1)),
            (order(3, 900, Cancelled), (700, 1)),
        ] {
            feed.learn(order);
            assert_eq!(sum(&feed), Some(expected));
        }
        assert_eq!(feed.orders.iter().map(|order| order.total).collect::<Vec<_>>(), [900, 700, 500], "newest first");
    }

    #[test]
    fn names_are_short() {
        assert_eq!(
            ["Ada King Lovelace", "Ada", "", "  ", "\u{c9}lodie \u{15e}."].map(short_name),
            ["Ada L.", "Ada", "A customer", "A customer", "\u{c9}lodie \u{15e}."]
        );
    }
}
