//! The pages around a show: finding it, and buying. The watch page itself is in the first package.

use leptos::prelude::*;

use super::{
    cart_page::CartPage, checkout_page::CheckoutPage, home_page::HomePage, order_page::OrderPage, orders_page::OrdersPage, product_page::ProductPage,
    replay_page::ReplayPage, replays_page::ReplaysPage, shop_page::ShopPage,
};
use crate::ui::{
    auth::{login_page::LoginPage, register_page::RegisterPage},
    lazy_pages::lazy_pages,
};

lazy_pages! { shop:
    /// Shows, live and past.
    HomeRoute => HomePage,
    /// A past show.
    ReplayRoute => ReplayPage,
    /// All past shows.
    ReplaysRoute => ReplaysPage,
    /// All products.
    ShopRoute => ShopPage,
    /// One product.
    ProductRoute => ProductPage,
    /// What is meant to be bought.
    CartRoute => CartPage,
    /// The form that buys it.
    CheckoutRoute => CheckoutPage,
    /// What was bought.
    OrdersRoute => OrdersPage,
    /// One order.
    OrderRoute => OrderPage,
    /// Signing in.
    LoginRoute => LoginPage,
    /// A new account.
    RegisterRoute => RegisterPage,
}
