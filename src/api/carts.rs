//! The cart of the visitor who asks: the twin of `/cart`. Guests have one too. Every write answers with the whole cart.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::{
    domain::{
        cart::Cart,
        id::{LivestreamId, ProductId, UserId},
    },
    error::AppError,
};

/// The cart, with the prices of now.
#[server(prefix = "/fn", endpoint = "get_cart", input = GetUrl)]
pub async fn get_cart() -> Result<Cart, AppError> {
    let (state, caller) = crate::server::http::extract::caller().await?;
    crate::server::service::carts::get(&state, &caller).await
}

/// Puts this many of a product into the cart, on top of what is there. `show` is where it was put in, for its numbers.
#[server(prefix = "/fn", endpoint = "add_to_cart")]
pub async fn add_to_cart(product_id: ProductId, quantity: u32, #[server(default)] show: Option<LivestreamId>) -> Result<Cart, AppError> {
    use crate::server::service::{carts, interest};
    let (state, caller) = crate::server::http::extract::caller().await?;
    let cart = carts::add(&state, &caller, product_id, quantity).await?;
    if let Some(show) = show {
        interest::carted(&state, &caller, show, product_id).await;
    }
    Ok(cart)
}

/// Makes it this many of a product; zero takes it out. `account` is whose cart the page shows, if it is that of an account: the
/// cart that somebody has who was signed out meanwhile is another.
#[server(prefix = "/fn", endpoint = "set_cart_quantity")]
pub async fn set_cart_quantity(product_id: ProductId, quantity: u32, #[server(default)] account: Option<UserId>) -> Result<Cart, AppError> {
    let (state, caller) = crate::server::http::extract::caller().await?;
    if let Some(account) = account {
        crate::server::service::carts::expect_account(&caller, account)?;
    }
    crate::server::service::carts::set(&state, &caller, product_id, quantity).await
}

/// Empties the cart.
#[server(prefix = "/fn", endpoint = "clear_cart")]
pub async fn clear_cart() -> Result<Cart, AppError> {
    let (state, caller) = crate::server::http::extract::caller().await?;
    crate::server::service::carts::clear(&state, &caller).await
}
