//! What a checkout form needs before it is filled in.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::error::AppError;

/// A key for one checkout: sent along with the order, it makes a form that is sent twice one order. Needs someone signed in.
#[server(prefix = "/fn", endpoint = "new_checkout_key", input = GetUrl)]
pub async fn new_checkout_key() -> Result<String, AppError> {
    use crate::server::{http::extract::caller, service::checkout};

    let (_, caller) = caller().await?;
    caller.signed_in()?;
    Ok(checkout::new_key())
}
