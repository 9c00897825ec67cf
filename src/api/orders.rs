//! Orders: the twin of `/orders`. Owns no rule; the rules are the service's.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::{
    domain::{
        feed::ShowOrders,
        id::{LivestreamId, OrderId},
        order::{Address, Contact, Order, OrderPage, OrderStatus, PaymentMethod},
    },
    error::AppError,
};

/// Orders what is in the cart, and leads to the order's page. Needs someone signed in. Works as a plain form post, with
/// fields like `contact[name]` and `address[postalCode]`. The same `idempotency_key` gives the same order.
///
/// Invalid names the fields; Conflict `out_of_stock` names the products as `products[<id>]`, with what is left of each.
#[server(prefix = "/fn", endpoint = "place_order")]
pub async fn place_order(
    stream_id: Option<LivestreamId>,
    #[server(default)] contact: Contact,
    #[server(default)] address: Address,
    #[server(default)] note: String,
    idempotency_key: String,
    #[server(default)] payment_method: PaymentMethod,
) -> Result<Order, AppError> {
    use crate::{
        domain::order::NewOrder,
        server::{auth::browser::lead_to_pay, http::extract::caller, service::orders},
    };
    let (state, caller) = caller().await?;
    let form =
        NewOrder { items: Vec::new(), stream_id, contact: Some(contact), address: Some(address), note: Some(note), payment_method: Some(payment_method) };
    let order = orders::place_cart(&state, &caller, form, &idempotency_key).await?.into_order();
    lead_to_pay(&order, &format!("/account/orders/{}?placed=1", order.id));
    Ok(order)
}

/// The ways to pay that this shop offers, the usual one first.
#[server(prefix = "/fn", endpoint = "payment_methods", input = GetUrl)]
pub async fn payment_methods() -> Result<Vec<PaymentMethod>, AppError> {
    let (state, _) = crate::server::http::extract::caller().await?;
    Ok(crate::server::service::payment::offered(&state.config))
}

/// The caller's own orders, newest first. `limit` is 1 to 200. Needs someone signed in.
#[server(prefix = "/fn", endpoint = "my_orders", input = GetUrl)]
pub async fn my_orders(limit: u32, skip: u64) -> Result<OrderPage, AppError> {
    use crate::server::{
        http::extract::{Page, caller},
        service::orders,
    };
    let (state, caller) = caller().await?;
    orders::mine(&state, &caller.signed_in()?, None, Page::checked(Some(limit), Some(skip), 20)?).await
}

/// One order. NotFound unless it is the caller's own or an admin asks.
#[server(prefix = "/fn", endpoint = "get_order", input = GetUrl)]
pub async fn get_order(id: OrderId) -> Result<Order, AppError> {
    let (state, caller) = crate::server::http::extract::caller().await?;
    crate::server::service::orders::get(&state, &caller.signed_in()?, id).await
}

/// Everybody's orders, newest first. `limit` is 1 to 200. Needs an admin.
#[server(prefix = "/fn", endpoint = "list_orders", input = GetUrl)]
pub async fn list_orders(status: Option<OrderStatus>, limit: u32, skip: u64) -> Result<OrderPage, AppError> {
    use crate::server::{
        http::extract::{Page, caller},
        service::orders,
    };
    let (state, caller) = caller().await?;
    orders::list(&state, &caller.admin()?, status, Page::checked(Some(limit), Some(skip), 50)?).await
}

/// The newest orders of a show, and what all of them come to. Needs an admin.
#[server(prefix = "/fn", endpoint = "orders_of_show", input = GetUrl)]
pub async fn orders_of_show(id: LivestreamId) -> Result<ShowOrders, AppError> {
    let (state, caller) = crate::server::http::extract::caller().await?;
    crate::server::service::orders::of_show(&state, &caller.admin()?, id).await
}

/// Leads to the page where an order of the caller's is paid, which is made if it is not there yet. Works as a plain form post.
#[server(prefix = "/fn", endpoint = "pay_order")]
pub async fn pay_order(id: OrderId) -> Result<Order, AppError> {
    use crate::server::{auth::browser::lead_to_pay, http::extract::caller, service::orders};

    let (state, caller) = caller().await?;
    let who = caller.signed_in()?;
    let order = orders::pay(&state, &caller, &who, id).await?;
    lead_to_pay(&order, &format!("/account/orders/{id}"));
    Ok(order)
}

/// Moves an order on; [`next_statuses`](crate::domain::order::next_statuses) says who may what. Cancelling gives the stock
/// back. An order that has this status already stays as it is.
#[server(prefix = "/fn", endpoint = "set_order_status")]
pub async fn set_order_status(id: OrderId, status: OrderStatus) -> Result<Order, AppError> {
    let (state, caller) = crate::server::http::extract::caller().await?;
    crate::server::service::orders::set_status(&state, &caller.signed_in()?, id, status).await
}
