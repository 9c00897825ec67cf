//! What a visitor means to buy, before they buy it. A cart holds nothing back: stock is taken at checkout.

use serde::{Deserialize, Serialize};

use super::{
    id::ProductId,
    money::Currency,
    order::{MAX_LINES, MAX_QUANTITY},
    product::Product,
    validate::Fields,
};

/// A product and how many of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LineInput {
    pub product_id: ProductId,
    pub quantity: u32,
}

/// The whole content that a cart shall have.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CartInput {
    pub items: Vec<LineInput>,
}

/// One product of a cart, as the shop has it now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CartItem {
    pub product_id: ProductId,
    pub quantity: u32,
    pub product: Product,
    /// Units that this visitor could have now: what nobody else has or holds.
    #[serde(default)]
    pub left: i64,
    /// Whether the shop could sell this quantity now. `left`, `product.active` and `product.max_per_customer` say why not.
    pub available: bool,
}

/// A cart with the prices of now. `total` is in minor units of `currency` and counts the available items of that
/// currency; `count` is the number of all units.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cart {
    pub items: Vec<CartItem>,
    pub total: i64,
    pub currency: Currency,
    pub count: u32,
}

impl Cart {
    /// A cart of these products, in this order. Its currency is that of the first item.
    pub fn of(lines: impl IntoIterator<Item = (Product, u32)>) -> Self {
        Self::of_holder(lines, |_| 0)
    }

    /// The same for somebody for whom so many of a product are held.
    pub fn of_holder(lines: impl IntoIterator<Item = (Product, u32)>, held: impl Fn(ProductId) -> u32) -> Self {
        let items: Vec<CartItem> = lines
            .into_iter()
            .map(|(product, quantity)| {
                let left = left_for(&product, held(product.id));
                let allowed = product.max_per_customer.is_none_or(|most| quantity <= most);
                let available = product.active && allowed && left >= i64::from(quantity);
                CartItem { product_id: product.id, quantity, product, left, available }
            })
            .collect();
        let currency = items.first().map_or(Currency::default(), |item| item.product.currency);
        let counted = items.iter().filter(|item| item.available && item.product.currency == currency);
        let total = counted.map(|item| item.product.price * i64::from(item.quantity)).sum();
        let count = items.iter().map(|item| item.quantity).sum();
        Self { items, total, currency, count }
    }

    /// Whether checkout would accept all of it now.
    pub fn is_ready(&self) -> bool {
        !self.items.is_empty() && self.items.iter().all(|item| item.available && item.product.currency == self.currency)
    }

    /// How many of a product are in it.
    pub fn quantity_of(&self, product: ProductId) -> u32 {
        self.items.iter().find(|item| item.product_id == product).map_or(0, |item| item.quantity)
    }
}

/// Units of a product that somebody could have for whom `own` of it are held. What is held for them is theirs, however
/// the stock was changed since, as long as it is there at all.
pub fn left_for(product: &Product, own: u32) -> i64 {
    let own = i64::from(own);
    (product.stock - product.held + own).max(own.min(product.stock)).max(0)
}

/// Lines with every product once, in the order of its first mention: quantities of the same product are added, those of
/// zero left out. Quantities end at [`MAX_QUANTITY`], lines at [`MAX_LINES`].
pub fn merged(lines: impl IntoIterator<Item = LineInput>) -> Vec<LineInput> {
    let mut merged: Vec<LineInput> = Vec::new();
    for line in lines {
        let quantity = line.quantity.min(MAX_QUANTITY);
        match merged.iter().position(|known| known.product_id == line.product_id) {
            Some(at) => merged[at].quantity = (merged[at].quantity + quantity).min(MAX_QUANTITY),
            None if quantity > 0 && merged.len() < MAX_LINES => merged.push(LineInput { quantity, ..line }),
            None => {}
        }
    }
    merged
}

/// The quantity that somebody asked for, which may be zero.
///
/// # Errors
/// A sentence for the field `quantity`.
pub fn checked_quantity(quantity: u32) -> Result<u32, Fields> {
    if quantity > MAX_QUANTITY {
        return Err(Fields::one("quantity", format!("Take at most {MAX_QUANTITY} of one product.")));
    }
    Ok(quantity)
}

impl CartInput {
    /// The lines that the cart shall have, every product once.
    ///
    /// # Errors
    /// What is wrong, per field.
    pub fn checked(self) -> Result<Vec<LineInput>, Fields> {
        if self.items.len() > MAX_LINES {
            return Err(Fields::one("items", format!("Take at most {MAX_LINES} different products.")));
        }
        for line in &self.items {
            checked_quantity(line.quantity)?;
        }
        Ok(merged(self.items))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(product: u8, quantity: u32) -> LineInput {
        LineInput { product_id: ProductId::from_bytes([product; 12]), quantity }
    }

    fn product(id: u8, price: i64, stock: i64) -> Product {
        Product {
            id: ProductId::from_bytes([id; 12]),
            name: "Soap".into(),
            description: String::new(),
            price,
            currency: Currency::USD,
            images: Vec::new(),
            stock,
            held: 0,
            max_per_customer: None,
            sku: String::new(),
            active: true,
            created_at: Default::default(),
            updated_at: Default::default(),
        }
    }

    #[test]
    fn the_same_product_is_one_line_and_ends_at_the_limit() {
        assert_eq!(merged([line(1, 2), line(2, 0), line(3, 1), line(1, 3)]), [line(1, 5), line(3, 1)]);
        assert_eq!(merged([line(1, MAX_QUANTITY), line(1, u32::MAX)]), [line(1, MAX_QUANTITY)]);
        assert_eq!(merged((0..=255).map(|id| line(id, 1))).len(), MAX_LINES);
        assert!(CartInput { items: vec![line(1, MAX_QUANTITY + 1)] }.checked().is_err());
        assert!(CartInput { items: vec![line(1, 1); MAX_LINES + 1] }.checked().is_err());
    }

    #[test]
    fn the_total_counts_what_can_be_bought() {
        let krona = Product { currency: Currency::parse("SEK").unwrap(), ..product(3, 900, 9) };
        let cart = Cart::of([(product(1, 250, 5), 2), (product(2, 100, 1), 2), (krona, 1)]);
        assert_eq!((cart.total, cart.count, cart.currency), (500, 5, Currency::USD));
        assert_eq!(cart.items.iter().map(|item| item.available).collect::<Vec<_>>(), [true, false, true]);
        assert!(!cart.is_ready() && !Cart::default().is_ready());
        assert!(Cart::of([(product(1, 250, 5), 5)]).is_ready());
        assert!(!Cart::of([(Product { active: false, ..product(1, 250, 5) }, 1)]).is_ready());
        assert!(!Cart::of([(Product { max_per_customer: Some(1), ..product(1, 250, 5) }, 2)]).is_ready());
    }

    #[test]
    fn what_others_hold_is_not_left_and_what_is_held_for_oneself_is() {
        for (stock, held, own, left) in
            [(5, 0, 0, 5), (5, 2, 0, 3), (5, 5, 0, 0), (5, 5, 2, 2), (5, 5, 5, 5), (1, 3, 1, 1), (1, 3, 3, 1), (0, 2, 2, 0), (2, 3, 0, 0)]
        {
            let product = Product { held, ..product(1, 100, stock) };
            let cart = Cart::of_holder([(product, 1)], |_| own);
            assert_eq!((cart.items[0].left, cart.items[0].available), (left, left > 0), "{stock} in stock, {held} held, {own} for us");
        }
    }
}
