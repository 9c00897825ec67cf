//! Products: the twin of `/products`. Owns no rule; the rules are the service's.

use leptos::{
    prelude::*,
    server_fn::codec::{GetUrl, Json},
};

pub use crate::domain::product::ProductPage;
use crate::{
    domain::{
        id::ProductId,
        product::{Product, ProductInput},
    },
    error::AppError,
};

/// A page of products, newest first: all for an admin, active ones for others. `limit` is 1 to 200.
#[server(prefix = "/fn", endpoint = "list_products", input = GetUrl)]
pub async fn list_products(search: Option<String>, limit: u64, skip: u64) -> Result<ProductPage, AppError> {
    use crate::server::{
        http::extract::{Page, caller},
        service::products,
    };
    let (state, caller) = caller().await?;
    let page = Page::checked(Some(u32::try_from(limit).unwrap_or(u32::MAX)), Some(skip), 50)?;
    products::list(&state, &caller, search, page).await
}

/// One product. NotFound for an inactive one, unless an admin asks.
#[server(prefix = "/fn", endpoint = "get_product", input = GetUrl)]
pub async fn get_product(id: ProductId) -> Result<Product, AppError> {
    let (state, caller) = crate::server::http::extract::caller().await?;
    crate::server::service::products::get(&state, &caller, id).await
}

/// Adds a product. Needs an admin.
#[server(prefix = "/fn", endpoint = "create_product", input = Json)]
pub async fn create_product(input: ProductInput) -> Result<Product, AppError> {
    let (state, caller) = crate::server::http::extract::caller().await?;
    crate::server::service::products::create(&state, &caller.admin()?, input).await
}

/// Replaces what is given of a product. Needs an admin.
#[server(prefix = "/fn", endpoint = "update_product", input = Json)]
pub async fn update_product(id: ProductId, input: ProductInput) -> Result<Product, AppError> {
    let (state, caller) = crate::server::http::extract::caller().await?;
    crate::server::service::products::update(&state, &caller.admin()?, id, input).await
}

/// Takes a product out of the shop; shows that remember it keep it. Needs an admin.
#[server(prefix = "/fn", endpoint = "delete_product")]
pub async fn delete_product(id: ProductId) -> Result<(), AppError> {
    let (state, caller) = crate::server::http::extract::caller().await?;
    crate::server::service::products::delete(&state, &caller.admin()?, id).await
}
