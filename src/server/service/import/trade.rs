//! Products and orders of the old system.

use futures::TryStreamExt;

use super::{Import, Kind, Mode};
use crate::{
    domain::{
        id::UserId,
        order::{Order, OrderItem, OrderNumber, OrderStatus, PaymentMethod},
        product::Product,
    },
    server::db::{
        DbError,
        old::{OldCollection, OldItem, OldOrder, OldProduct},
    },
};

/// How often an order number is drawn again where another order has it.
const ATTEMPTS: u64 = 20;

impl Import<'_> {
    pub(super) async fn products(&mut self) -> Result<(), DbError> {
        let of = self.expected(OldCollection::Products).await?;
        let mut products = std::pin::pin!(self.old.products().await?);
        while let Some(read) = products.try_next().await? {
            self.report.count(Kind::Products).read += 1;
            match read {
                Ok(product) => self.product(product).await?,
                Err(unreadable) => self.report.skip(Kind::Products, unreadable.id, unreadable.why),
            }
            self.tell(Kind::Products, self.report.counts(Kind::Products).read, of);
        }
        Ok(())
    }

    async fn product(&mut self, old: OldProduct) -> Result<(), DbError> {
        if self.db.knows_product(old.id).await? {
            self.report.count(Kind::Products).known += 1;
            return Ok(());
        }
        let Some(price) = self.minor(old.price, old.currency) else {
            self.report.skip(Kind::Products, old.id, "its price is out of bounds");
            return Ok(());
        };
        if old.images_elsewhere > 0 {
            self.report.change(Kind::Products, old.id, "pictures on other sites were left there");
        }
        let product = Product {
            id: old.id,
            name: old.name,
            description: old.description,
            price,
            currency: old.currency,
            images: old.images,
            stock: old.stock,
            sku: old.sku,
            held: 0,
            max_per_customer: None,
            active: old.active,
            created_at: old.created_at,
            updated_at: old.updated_at,
        };
        if self.mode == Mode::Write {
            self.db.insert_product(&product).await?;
        }
        self.report.count(Kind::Products).written += 1;
        Ok(())
    }

    pub(super) async fn orders(&mut self) -> Result<(), DbError> {
        let of = self.expected(OldCollection::Orders).await?;
        let mut orders = std::pin::pin!(self.old.orders().await?);
        while let Some(read) = orders.try_next().await? {
            self.report.count(Kind::Orders).read += 1;
            match read {
                Ok(order) => self.order(order).await?,
                Err(unreadable) => self.report.skip(Kind::Orders, unreadable.id, unreadable.why),
            }
            self.tell(Kind::Orders, self.report.counts(Kind::Orders).read, of);
        }
        Ok(())
    }

    async fn order(&mut self, old: OldOrder) -> Result<(), DbError> {
        if self.db.order(old.id).await?.is_some() {
            self.report.count(Kind::Orders).known += 1;
            return Ok(());
        }
        let item = |item: &OldItem| {
            let price = self.minor(item.price, old.currency)?;
            Some(OrderItem { product_id: item.product_id, name: item.name.clone(), price, quantity: item.quantity, image: String::new() })
        };
        let items: Option<Vec<OrderItem>> = old.items.iter().map(item).collect();
        let summed = |items: &[OrderItem]| items.iter().map(|item| item.price.saturating_mul(i64::from(item.quantity))).fold(0, i64::saturating_add);
        let total = match old.total {
            Some(total) => self.minor(total, old.currency),
            None => items.as_deref().map(summed),
        };
        let (Some(items), Some(total)) = (items, total) else {
            self.report.skip(Kind::Orders, old.id, "an amount in it is out of bounds");
            return Ok(());
        };
        if old.user_id.is_none() {
            self.report.change(Kind::Orders, old.id, "it belongs to no account");
        }
        if old.status.is_none() {
            self.report.change(Kind::Orders, old.id, "its status is none that this shop knows, and is \u{201c}Payment due\u{201d} here");
        }
        let stream_second = match old.stream_id {
            Some(show) => self.second(show, old.created_at).await?,
            None => None,
        };
        let mut order = Order {
            id: old.id,
            number: number(&old, 0),
            user_id: old.user_id.map_or(UserId::from_bytes([0; 12]), |id| self.person(id)),
            items,
            total,
            currency: old.currency,
            status: old.status.unwrap_or(OrderStatus::PendingPayment),
            payment_method: PaymentMethod::OnDelivery,
            stream_id: old.stream_id,
            stream_second,
            contact: old.contact.clone(),
            address: old.address.clone(),
            note: old.note.clone(),
            payment: None,
            created_at: old.created_at,
            updated_at: old.updated_at,
        };
        if self.mode == Mode::Write {
            let mut attempt = 0;
            while let Err(error) = self.db.import_order(&order).await {
                attempt += 1;
                if !matches!(error, DbError::Duplicate) || attempt == ATTEMPTS {
                    return Err(error);
                }
                order.number = number(&old, attempt);
            }
        }
        self.report.count(Kind::Orders).written += 1;
        Ok(())
    }

    // The second of a show at a point in time; none before its start and after its end.
    async fn second(&self, show: crate::domain::id::LivestreamId, at: crate::domain::time::Timestamp) -> Result<Option<u32>, DbError> {
        let Some(show) = self.db.livestream(show).await? else { return Ok(None) };
        let during = show.start_time.zip(show.end_time).filter(|(start, end)| (*start..=*end).contains(&at));
        Ok(during.and_then(|(start, _)| u32::try_from(at.seconds_since(start)).ok()))
    }
}

// The same order has the same number whenever it is imported (FNV-1a over its id).
fn number(order: &OldOrder, attempt: u64) -> OrderNumber {
    let hash = order.id.bytes().iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    OrderNumber::from_bits(hash.wrapping_add(attempt.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
}
