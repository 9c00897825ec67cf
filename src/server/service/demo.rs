//! The demo shop: an admin and eight products with pictures of our own, so that a new installation can be tried at once.

use crate::{
    domain::{
        id::ProductId,
        money::Currency,
        product::Product,
        user::{Registration, User},
    },
    error::AppError,
    server::{db, service::accounts, state::AppState, storage::Storage},
};

/// The address of the demo's admin.
pub const ADMIN_EMAIL: &str = "admin@wrencos.local";

/// Whether a shop that has something already gets the demo's products too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seeding {
    OnlyIfEmpty,
    Always,
}

/// The admin that was made. The password is nowhere else: show it now.
pub struct DemoAdmin {
    pub email: &'static str,
    pub password: String,
}

/// What was done.
#[derive(Default)]
pub struct Seeded {
    pub admin: Option<DemoAdmin>,
    pub products: usize,
}

struct Sample {
    file: &'static str,
    picture: &'static [u8],
    name: &'static str,
    price: i64,
    stock: i64,
    description: &'static str,
}

macro_rules! sample {
    ($file:literal, $name:literal, $price:literal, $stock:literal, $description:literal) => {
        Sample {
            file: concat!("demo-", $file, ".webp"),
            picture: include_bytes!(concat!("../../../public/demo/", $file, ".webp")),
            name: $name,
            price: $price,
            stock: $stock,
            description: $description,
        }
    };
}

// In the order in which they appear in the shop: the last one made is the newest.
const SAMPLES: [Sample; 8] = [
    sample!("soap", "Olive Leaf Soap Duo", 1400, 80, "Two slow-cured bars with olive oil and oat milk. They clean softly and leave a green, fresh scent."),
    sample!("perfume", "Rose Hour Eau de Parfum", 6800, 15, "Rose petals, pink pepper and warm cedar. Soft in the morning, deeper by the evening. 50 ml."),
    sample!("mask", "Cloud Sheet Mask, Set of 5", 1900, 60, "Cool cotton soaked in hyaluronic acid and birch water. Fifteen quiet minutes for thirsty skin."),
    sample!("brush", "Feather Powder Brush", 2600, 34, "A full, tapered brush with vegan bristles that picks up just enough and blends without lines."),
    sample!("palette", "Dusk Eyeshadow Palette", 3900, 22, "Eight shades from bare peach to evening plum. Fine pigments that layer well and stay until night."),
    sample!("cream", "Meadow Day Cream", 3200, 48, "A light cream with calendula and squalane. Sinks in fast and keeps skin calm all day. 50 ml."),
    sample!(
        "serum",
        "Golden Drop Vitamin C Serum",
        4500,
        40,
        "A clear serum with 12 % vitamin C and ferulic acid. Two drops in the morning brighten a tired face. 30 ml."
    ),
    sample!(
        "lipstick",
        "Velvet Lipstick in Garnet",
        2400,
        75,
        "A deep red that feels like nothing and stays through coffee. With shea butter, without a heavy scent."
    ),
];

/// Fills the shop. An admin is made only where there is no account; products only where there is none, unless told otherwise.
///
/// # Errors
/// Unavailable when the database is away, StorageFull.
pub async fn seed(state: &AppState, seeding: Seeding) -> Result<Seeded, AppError> {
    let mut seeded = Seeded::default();
    if state.db.has_no_accounts().await? {
        let password = new_password();
        let registration = Registration { email: ADMIN_EMAIL.to_owned(), password: password.clone(), name: "Wren".to_owned() };
        let _: User = accounts::make_admin(state, registration).await?;
        seeded.admin = Some(DemoAdmin { email: ADMIN_EMAIL, password });
    }
    if seeding == Seeding::Always || state.db.has_no_products().await? {
        for (place, sample) in SAMPLES.iter().enumerate() {
            store_picture(&state.storage, sample)?;
            let now = state.clock.now().plus_millis(place as i64);
            state.db.insert_product(&sample.product(now)).await?;
            seeded.products += 1;
        }
    }
    Ok(seeded)
}

impl Sample {
    fn product(&self, now: crate::domain::time::Timestamp) -> Product {
        Product {
            id: ProductId::from_bytes(db::new_id()),
            name: self.name.to_owned(),
            description: self.description.to_owned(),
            price: self.price,
            currency: Currency::USD,
            images: vec![format!("/uploads/products/{}", self.file)],
            stock: self.stock,
            held: 0,
            max_per_customer: None,
            sku: String::new(),
            active: true,
            created_at: now,
            updated_at: now,
        }
    }
}

fn store_picture(storage: &Storage, sample: &Sample) -> Result<(), AppError> {
    storage.keep_whole(&storage.uploads().join("products").join(sample.file), sample.picture)
}

// Four groups of four letters and digits that cannot be mistaken for each other: 80 bits.
fn new_password() -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let bytes = rand::random::<[u8; 16]>();
    let letters: Vec<char> = bytes.iter().map(|byte| LETTERS[usize::from(byte % 32)] as char).collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_fit_to_be_products() {
        for sample in &SAMPLES {
            let input = crate::domain::product::ProductInput {
                name: Some(sample.name.into()),
                description: Some(sample.description.into()),
                price: Some(sample.price),
                stock: Some(sample.stock),
                images: Some(vec![format!("/uploads/products/{}", sample.file)]),
                ..Default::default()
            };
            input.checked_new().unwrap();
            assert_eq!(infer::get(sample.picture).map(|kind| kind.mime_type()), Some("image/webp"), "{}", sample.name);
        }
    }

    #[test]
    fn passwords_differ() {
        assert_eq!(new_password().len(), 19);
        assert_ne!(new_password(), new_password());
    }
}
