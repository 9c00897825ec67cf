//! Numbers of shows: the twin of `/livestreams/{id}/analytics`. Owns no rule; the rules are the service's.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::{
    domain::{
        analytics::ShowReport,
        id::{LivestreamId, ProductId},
    },
    error::AppError,
};

/// What a show came to, or has come to so far. Needs an admin.
#[server(prefix = "/fn", endpoint = "get_show_report", input = GetUrl)]
pub async fn get_show_report(id: LivestreamId) -> Result<ShowReport, AppError> {
    let (state, caller) = crate::server::http::extract::caller().await?;
    crate::server::service::analytics::report(&state, &caller.admin()?, id).await
}

/// Somebody opened a product from the shelf of a show. Counted once per person.
#[server(prefix = "/fn", endpoint = "record_click")]
pub async fn record_click(id: LivestreamId, product_id: ProductId) -> Result<(), AppError> {
    let (state, caller) = crate::server::http::extract::caller().await?;
    crate::server::service::interest::click(&state, &caller, id, product_id).await
}
