//! The pages of hosts, each in a chunk of its own beside the customers' WASM.

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::{orders_page::OrdersPage, plan_page::PlanPage, products_page::ProductsPage, shows_page::ShowsPage, studio::studio_page::StudioPage};

/// All shows.
pub struct ShowsRoute;

#[lazy_route]
impl LazyRoute for ShowsRoute {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! { <ShowsPage /> }.into_any()
    }
}

/// A show to come.
pub struct PlanRoute;

#[lazy_route]
impl LazyRoute for PlanRoute {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! { <PlanPage /> }.into_any()
    }
}

/// All products.
pub struct ProductsRoute;

#[lazy_route]
impl LazyRoute for ProductsRoute {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! { <ProductsPage /> }.into_any()
    }
}

/// All orders.
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

/// A new show, or one that exists.
pub struct StudioRoute;

#[lazy_route]
impl LazyRoute for StudioRoute {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! { <StudioPage /> }.into_any()
    }
}
