//! The pages of buying, each in a chunk of its own: who only watches never waits for them.

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::{cart_page::CartPage, checkout_page::CheckoutPage, order_page::OrderPage, orders_page::OrdersPage};

/// What is meant to be bought.
pub struct CartRoute;

#[lazy_route]
impl LazyRoute for CartRoute {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! { <CartPage /> }.into_any()
    }
}

/// The form that buys it.
pub struct CheckoutRoute;

#[lazy_route]
impl LazyRoute for CheckoutRoute {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! { <CheckoutPage /> }.into_any()
    }
}

/// What was bought.
pub struct OrdersRoute;

#[lazy_route]
impl LazyRoute for OrdersRoute {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! { <OrdersPage /> }.into_any()
    }
}

/// One order.
pub struct OrderRoute;

#[lazy_route]
impl LazyRoute for OrderRoute {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! { <OrderPage /> }.into_any()
    }
}
