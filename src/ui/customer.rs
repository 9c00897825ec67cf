//! What customers see: shows, replays, products.

pub mod cart_page;
pub mod checkout;
pub mod checkout_page;
pub mod home_page;
pub mod live_page;
pub mod order_page;
pub mod orders_page;
pub mod past_shows;
pub mod product_page;
pub mod replay;
pub mod replay_page;
pub mod replays_page;
pub mod route_id;
pub mod routes;
pub mod shop_page;
pub mod signed_in;
pub mod watch;
