//! The lines of the cart, short, each with what stands in its way.

use leptos::prelude::*;

use crate::{
    domain::{
        cart::{Cart, CartItem},
        money::format_price,
    },
    error::AppError,
    ui::components::order_lines::{SmallPicture, Total},
};

/// What will be ordered. `problem` may name lines as `products[<id>]`.
#[component]
pub fn Summary(cart: Cart, #[prop(into)] problem: Signal<Option<AppError>>) -> impl IntoView {
    let (total, currency) = (cart.total, cart.currency);
    view! {
        <div>
            <ul class="flex flex-col gap-3">{cart.items.into_iter().map(|item| view! { <Line item problem /> }).collect_view()}</ul>
            <Total minor=total currency />
        </div>
    }
}

#[component]
fn Line(item: CartItem, problem: Signal<Option<AppError>>) -> impl IntoView {
    let sum = format_price(item.product.price.saturating_mul(item.quantity.into()), item.product.currency);
    let field = format!("products[{}]", item.product_id);
    let mistake = move || {
        let said = problem.with(|problem| problem.as_ref()?.fields.get(&field).map(str::to_owned));
        said.or_else(|| (!item.available).then(|| "Not available like this.".to_owned()))
    };
    view! {
        <li class="flex items-center gap-3" data-testid="summary-line" data-product-id=item.product_id.to_string()>
            <SmallPicture path=item.product.images.first().cloned().unwrap_or_default() />
            <span class="flex min-w-0 flex-1 flex-col">
                <span class="line-clamp-2 font-medium">{item.product.name.clone()}</span>
                <span class="text-muted text-sm tabular-nums">{format!("{} \u{d7}", item.quantity)}</span>
                {move || mistake().map(|mistake| view! { <span class="mistake">{mistake}</span> })}
            </span>
            <span class="font-semibold tabular-nums">{sum}</span>
        </li>
    }
}
