//! What a checkout needs before its form is filled in. The order itself is placed by `orders`.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        cart::Cart,
        checkout::{FormStart, Hold},
        order::PaymentMethod,
    },
    error::AppError,
};

/// The beginning of a checkout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckoutStart {
    /// Sent along with the order, it makes a form that is sent twice one order.
    pub key: String,
    /// The cart, with what is held counted as the customer's own.
    pub cart: Cart,
    /// What is held back, or why nothing is.
    pub hold: Result<Hold, AppError>,
    /// What the form begins with.
    pub form: FormStart,
    /// The ways to pay, the usual one first.
    pub methods: Vec<PaymentMethod>,
}

/// Begins a checkout of the cart: holds it back for some minutes. Needs someone signed in.
#[server(prefix = "/fn", endpoint = "begin_checkout")]
pub async fn begin_checkout() -> Result<CheckoutStart, AppError> {
    use crate::server::{
        http::extract::caller,
        service::{carts, checkout, holds, orders, payment},
    };

    let (state, caller) = caller().await?;
    let who = caller.signed_in()?;
    let hold = holds::begin(&state, &caller, &who).await;
    Ok(CheckoutStart {
        key: checkout::new_key(),
        cart: carts::get(&state, &caller).await?,
        hold,
        form: orders::form_start(&state, &caller, &who).await?,
        methods: payment::offered(&state.config),
    })
}

/// Holds the cart anew after its time was over. Needs someone signed in.
#[server(prefix = "/fn", endpoint = "hold_cart")]
pub async fn hold_cart() -> Result<Hold, AppError> {
    let (state, caller) = crate::server::http::extract::caller().await?;
    crate::server::service::holds::begin(&state, &caller, &caller.signed_in()?).await
}

/// Lets go of a hold: the checkout was left. Needs someone signed in.
#[server(prefix = "/fn", endpoint = "release_hold")]
pub async fn release_hold(id: String) -> Result<(), AppError> {
    let (state, caller) = crate::server::http::extract::caller().await?;
    crate::server::service::holds::release(&state, &caller.signed_in()?, Some(&id)).await
}
