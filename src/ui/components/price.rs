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

/// What is left, if that is worth saying: `left` units are free, of `stock` that are not sold.
pub fn stock_hint(left: i64, stock: i64) -> Option<String> {
    match (left, stock) {
        (_, ..=0) => Some("Sold out".into()),
        (..=0, 1) => Some("Last one in a checkout".into()),
        (..=0, _) => Some("All left in checkouts".into()),
        (left, _) if left < PLENTY => Some(format!("Only {left} left")),
        _ => None,
    }
}

/// A short word about the stock, or nothing.
#[component]
pub fn StockHint(left: i64, stock: i64) -> impl IntoView {
    let class = if stock > 0 { "badge badge-soon" } else { "badge badge-bad" };
    stock_hint(left, stock).map(|text| view! { <span class=class>{text}</span> })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_said_where_it_is_little() {
        for (left, stock, words) in
            [(0, 0, Some("Sold out")), (0, 1, Some("Last one in a checkout")), (0, 4, Some("All left in checkouts")), (3, 4, Some("Only 3 left")), (6, 9, None)]
        {
            assert_eq!(stock_hint(left, stock).as_deref(), words);
        }
    }
}
