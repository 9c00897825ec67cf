//! Products of the old system.

use mongodb::bson::Document;

use super::{Read, Unreadable, read};
use crate::domain::{
    id::ProductId,
    money::Currency,
    product::{MAX_IMAGES, MAX_STOCK},
    time::Timestamp,
};

/// A product. Its price is a number of whatever unit the old shop used.
#[derive(Debug, Clone, PartialEq)]
pub struct OldProduct {
    pub id: ProductId,
    pub name: String,
    pub description: String,
    pub price: f64,
    pub currency: Currency,
    /// Paths of pictures that were files of the shop.
    pub images: Vec<String>,
    /// Pictures that were elsewhere.
    pub images_elsewhere: u64,
    pub stock: i64,
    pub sku: String,
    pub active: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

pub(super) fn read(document: &Document) -> Read<OldProduct> {
    let id = read::own_id(document)?;
    let product = ProductId::from_bytes(id);
    let refuse = |why| Unreadable { id: product.to_string(), why };
    let name = read::text(document, &["name", "title"]).ok_or_else(|| refuse("it has no name"))?;
    let price = read::number(document, &["price"]).filter(|price| *price >= 0.0).ok_or_else(|| refuse("it has no price"))?;
    let single = read::text(document, &["image", "imageUrl", "thumbnail"]);
    let listed = read::list(document, "images").iter().filter_map(|image| match image {
        mongodb::bson::Bson::String(path) => Some(path.clone()),
        mongodb::bson::Bson::Document(image) => read::text(image, &["url", "path", "src"]),
        _ => None,
    });
    let pictures: Vec<String> = listed.chain(single).collect();
    let mut images: Vec<String> = Vec::new();
    for path in pictures.iter().filter_map(|picture| read::path(picture)) {
        if !images.contains(&path) && images.len() < MAX_IMAGES {
            images.push(path);
        }
    }
    let created_at = read::time(document, &["createdAt"]).unwrap_or_else(|| read::made_at(id));
    Ok(OldProduct {
        id: product,
        name: name.chars().take(120).collect(),
        description: read::text(document, &["description"]).unwrap_or_default().chars().take(4000).collect(),
        price,
        currency: read::text(document, &["currency"]).and_then(|code| Currency::parse(&code)).unwrap_or_default(),
        images_elsewhere: pictures.iter().filter(|picture| read::path(picture).is_none()).count() as u64,
        images,
        stock: read::number(document, &["stock", "countInStock", "quantity"]).map_or(0, |stock| stock.clamp(0.0, MAX_STOCK as f64) as i64),
        sku: read::text(document, &["sku"]).unwrap_or_default().chars().take(60).collect(),
        active: read::flag(document, &["isActive", "active"]).unwrap_or(true),
        created_at,
        updated_at: read::time(document, &["updatedAt"]).unwrap_or(created_at),
    })
}
