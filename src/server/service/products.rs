//! What the shop sells: listing, reading, writing. Inactive products exist for admins alone.

use crate::{
    domain::{
        id::ProductId,
        product::{Product, ProductInput, ProductPage},
    },
    error::AppError,
    server::{
        auth::caller::{Admin, Caller},
        db::{self, products::ProductQuery},
        service::page::Page,
        state::AppState,
    },
};

/// The longest search that is looked for, in characters.
const MAX_SEARCH_CHARS: usize = 100;

/// A page of products, newest first; `total` counts all that match.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn list(state: &AppState, caller: &Caller, search: Option<String>, page: Page) -> Result<ProductPage, AppError> {
    let query = ProductQuery { search: searched(search), include_inactive: caller.is_admin(), limit: page.limit, skip: page.skip };
    let (products, total) = state.db.list_products(&query).await?;
    Ok(ProductPage { products, total })
}

/// What is looked for; nothing but spaces is nothing.
pub(super) fn searched(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().chars().take(MAX_SEARCH_CHARS).collect::<String>()).filter(|text| !text.is_empty())
}

/// One product.
///
/// # Errors
/// NotFound if there is none that the caller may see.
pub async fn get(state: &AppState, caller: &Caller, id: ProductId) -> Result<Product, AppError> {
    let product = state.db.product_for_sale_or_edit(id).await?.filter(|product| product.active || caller.is_admin());
    product.ok_or_else(|| AppError::not_found("product"))
}

/// Adds a product.
///
/// # Errors
/// Invalid fields.
pub async fn create(state: &AppState, _: &Admin, input: ProductInput) -> Result<Product, AppError> {
    let input = input.checked_new()?;
    let now = state.clock.now();
    let product = Product {
        id: ProductId::from_bytes(db::new_id()),
        name: input.name.unwrap_or_default(),
        description: input.description.unwrap_or_default(),
        price: input.price.unwrap_or_default(),
        currency: input.currency.unwrap_or_default(),
        images: input.images.unwrap_or_default(),
        stock: input.stock.unwrap_or_default(),
        held: 0,
        max_per_customer: input.max_per_customer.filter(|most| *most > 0),
        sku: input.sku.unwrap_or_default(),
        active: input.active.unwrap_or(true),
        created_at: now,
        updated_at: now,
    };
    state.db.insert_product(&product).await?;
    Ok(product)
}

/// Replaces what is given; shows that have the product on their shelf learn of it.
///
/// # Errors
/// Invalid fields, NotFound.
pub async fn update(state: &AppState, _: &Admin, id: ProductId, input: ProductInput) -> Result<Product, AppError> {
    let input = input.checked()?;
    let product = state.db.update_product(id, &input, state.clock.now()).await?.ok_or_else(|| AppError::not_found("product"))?;
    state.hub.product_changed(id);
    Ok(product)
}

/// Takes a product out of the shop. Shows that remember it keep it.
///
/// # Errors
/// NotFound.
pub async fn delete(state: &AppState, _: &Admin, id: ProductId) -> Result<(), AppError> {
    if !state.db.delete_product(id, state.clock.now()).await? {
        return Err(AppError::not_found("product"));
    }
    state.hub.product_changed(id);
    Ok(())
}
