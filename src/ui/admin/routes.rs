//! The pages of hosts.

use leptos::prelude::*;

use super::{
    analytics::analytics_page::AnalyticsPage, orders_page::OrdersPage, products_page::ProductsPage, shows_page::ShowsPage, studio::studio_page::StudioPage,
};
use crate::ui::lazy_pages::lazy_pages;

lazy_pages! { admin:
    /// All shows.
    ShowsRoute => ShowsPage,
    /// The numbers of a show.
    AnalyticsRoute => AnalyticsPage,
    /// All products.
    ProductsRoute => ProductsPage,
    /// All orders.
    OrdersRoute => OrdersPage,
    /// A new show, or one that exists.
    StudioRoute => StudioPage,
}
