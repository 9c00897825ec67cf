//! What something costs, and whether it can be had.

use leptos::prelude::*;

use crate::domain::{money::format_price, product::Product};

/// From this many pieces on nobody needs to hurry.
const PLENTY: i64 = 6;

/// The price.
#[component]
pub fn Price(product: Product) -> impl IntoView {
    view! { <span class="font-semibold tabular-nums">{format_price(product.price, product.currency)}</span> }
}

/// What is left, if that is worth saying.
pub fn stock_hint(stock: i64) -> Option<String> {
    match stock {
        ..=0 => Some("Sold out".into()),
        left if left < PLENTY => Some(format!("Only {left} left")),
        _ => None,
    }
}

/// A short word about the stock, or nothing.
#[component]
pub fn StockHint(stock: i64) -> impl IntoView {
    let class = if stock > 0 { "badge badge-soon" } else { "badge badge-bad" };
    stock_hint(stock).map(|text| view! { <span class=class>{text}</span> })
}
