//! The shelf of a show: the twin of `/livestreams/:id/pin-product` and its kin. Every write answers with the whole shelf.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::{
    domain::{
        id::{LivestreamId, ProductId},
        pin::PinnedProduct,
    },
    error::AppError,
};

/// The shelf of a show, in order.
#[server(prefix = "/fn", endpoint = "pinned_products", input = GetUrl)]
pub async fn pinned_products(id: LivestreamId) -> Result<Vec<PinnedProduct>, AppError> {
    use crate::server::{http::extract::caller, service::pins};

    let (state, caller) = caller().await?;
    pins::list(&state, &caller, id).await
}

/// Puts a product at the end of the shelf; one that is on it stays where it is. Needs an admin.
#[server(prefix = "/fn", endpoint = "pin_product")]
pub async fn pin_product(livestream_id: LivestreamId, product_id: ProductId) -> Result<Vec<PinnedProduct>, AppError> {
    use crate::server::{http::extract::caller, service::pins};

    let (state, caller) = caller().await?;
    pins::pin(&state, &caller.admin()?, livestream_id, &[product_id]).await
}

/// Takes a product off the shelf; one that is not on it is no error. Needs an admin.
#[server(prefix = "/fn", endpoint = "unpin_product")]
pub async fn unpin_product(livestream_id: LivestreamId, product_id: ProductId) -> Result<Vec<PinnedProduct>, AppError> {
    use crate::server::{http::extract::caller, service::pins};

    let (state, caller) = caller().await?;
    pins::unpin(&state, &caller.admin()?, livestream_id, product_id).await
}

/// Puts the shelf in this order. Needs an admin. Conflict where these are not exactly the products on the shelf.
#[server(prefix = "/fn", endpoint = "reorder_pins")]
pub async fn reorder_pins(livestream_id: LivestreamId, #[server(default)] product_ids: Vec<ProductId>) -> Result<Vec<PinnedProduct>, AppError> {
    use crate::server::{http::extract::caller, service::pins};

    let (state, caller) = caller().await?;
    pins::reorder(&state, &caller.admin()?, livestream_id, &product_ids).await
}
