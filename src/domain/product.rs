//! What the shop sells.

use serde::{Deserialize, Serialize};

use super::{
    id::ProductId,
    money::Currency,
    time::Timestamp,
    validate::{self, Fields},
};

/// The most a price can be, in minor units: far above any shelf, far below any overflow.
pub const MAX_PRICE_MINOR: i64 = 100_000_000_000;
/// The most of one product that can be in stock.
pub const MAX_STOCK: i64 = 1_000_000;
/// The most pictures of one product.
pub const MAX_IMAGES: usize = 12;

/// Something the shop sells. `price` is in minor units of `currency`; `images` are paths on this server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Product {
    #[serde(rename = "_id")]
    pub id: ProductId,
    pub name: String,
    pub description: String,
    pub price: i64,
    pub currency: Currency,
    pub images: Vec<String>,
    pub stock: i64,
    /// Units of the stock that are held for somebody's checkout now.
    #[serde(default)]
    pub held: i64,
    /// The most that one customer may buy of it, over all of their orders; `None` is no limit.
    #[serde(default)]
    pub max_per_customer: Option<u32>,
    pub sku: String,
    pub active: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Product {
    /// Units that nobody has and nobody holds.
    pub fn left(&self) -> i64 {
        (self.stock - self.held).max(0)
    }
}

/// Some products of a list, and how many the whole list has.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProductPage {
    pub products: Vec<Product>,
    pub total: u64,
}

/// What an admin enters for a product. On an update every field that is given replaces the stored one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductInput {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stock: Option<i64>,
    /// Zero is no limit.
    #[serde(rename = "maxPerCustomer", skip_serializing_if = "Option::is_none")]
    pub max_per_customer: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
}

impl ProductInput {
    /// The same with texts cleaned, or what is wrong, per field.
    pub fn checked(mut self) -> Result<Self, Fields> {
        let mut fields = Fields::default();
        self.name = self.name.map(|name| fields.take("name", validate::line(&name, 1, 120)));
        self.description = self.description.map(|text| fields.take("description", validate::paragraph(&text, 0, 4000)));
        self.sku = self.sku.map(|sku| fields.take("sku", validate::line(&sku, 0, 60)));
        if self.price.is_some_and(|price| !(0..=MAX_PRICE_MINOR).contains(&price)) {
            fields.add("price", "Enter a price of zero or more.");
        }
        if self.stock.is_some_and(|stock| !(0..=MAX_STOCK).contains(&stock)) {
            fields.add("stock", format!("Enter a number from 0 to {MAX_STOCK}."));
        }
        if self.max_per_customer.is_some_and(|most| i64::from(most) > MAX_STOCK) {
            fields.add("maxPerCustomer", format!("Enter a number from 1 to {MAX_STOCK}, or 0 for no limit."));
        }
        if let Some(images) = &self.images {
            if images.len() > MAX_IMAGES {
                fields.add("images", format!("Use at most {MAX_IMAGES} pictures."));
            } else if !images.iter().all(|path| is_issued_path(path)) {
                fields.add("images", "Pictures are uploaded here first.");
            }
        }
        fields.finish(self)
    }

    /// As [`checked`](Self::checked), and complete enough to be a new product.
    pub fn checked_new(self) -> Result<Self, Fields> {
        let missing = |fields: &mut Fields, absent: bool, name: &str| {
            if absent {
                fields.add(name, "This cannot be empty.");
            }
        };
        let mut fields = Fields::default();
        missing(&mut fields, self.name.is_none(), "name");
        missing(&mut fields, self.price.is_none(), "price");
        fields.finish(())?;
        self.checked()
    }
}

/// Whether a path is one that this server could have handed out for an uploaded file.
pub fn is_issued_path(path: &str) -> bool {
    path.strip_prefix("/uploads/").is_some_and(|rest| {
        rest.len() <= 200
            && !rest.starts_with("uploads/")
            && rest
                .split('/')
                .all(|part| !part.is_empty() && !part.starts_with('.') && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_product_needs_a_name_and_a_price() {
        let fields = ProductInput::default().checked_new().unwrap_err();
        assert_eq!(fields.names().collect::<Vec<_>>(), ["name", "price"]);
    }

    #[test]
    fn numbers_and_paths_are_bounded() {
        let input = ProductInput { price: Some(-1), stock: Some(MAX_STOCK + 1), images: Some(vec!["https://evil/x.png".into()]), ..Default::default() };
        assert_eq!(input.checked().unwrap_err().names().collect::<Vec<_>>(), ["images", "price", "stock"]);
        assert!(is_issued_path("/uploads/products/0a1b.webp"));
        for wrong in ["uploads/x", "/uploads/../x", "/uploads//x", "/uploads/.x", "//evil/x", "/uploads/a b", "/uploads/"] {
            assert!(!is_issued_path(wrong), "{wrong}");
        }
    }
}
