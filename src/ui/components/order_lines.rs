//! What was ordered, line by line, with the sum.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::domain::{
    money::{Currency, format_price},
    order::{Order, OrderItem},
};

/// The lines of an order.
#[component]
pub fn OrderLines(order: Order) -> impl IntoView {
    let currency = order.currency;
    view! {
        <div>
            <ul class="flex flex-col gap-3">{order.items.into_iter().map(|item| view! { <Line item currency /> }).collect_view()}</ul>
            <Total minor=order.total currency />
        </div>
    }
}

#[component]
fn Line(item: OrderItem, currency: Currency) -> impl IntoView {
    let each = format!("{} \u{d7} {}", item.quantity, format_price(item.price, currency));
    let sum = format_price(item.price.saturating_mul(item.quantity.into()), currency);
    view! {
        <li class="flex items-center gap-3" data-testid="order-line" data-product-id=item.product_id.to_string()>
            <SmallPicture path=item.image />
            <span class="flex min-w-0 flex-1 flex-col">
                <a class="line-clamp-2 font-medium hover:underline" href=format!("/shop/{}", item.product_id)>
                    {item.name}
                </a>
                <span class="text-muted text-sm tabular-nums">{each}</span>
            </span>
            <span class="font-semibold tabular-nums">{sum}</span>
        </li>
    }
}

/// A picture as small as a line; `path` is empty where there is none.
#[component]
pub fn SmallPicture(path: String) -> impl IntoView {
    if path.is_empty() {
        view! {
            <span class="no-picture size-14 shrink-0 rounded-field">
                <Icon glyph=Glyph::Bag />
            </span>
        }
        .into_any()
    } else {
        view! { <img class="size-14 shrink-0 rounded-field object-cover" src=path alt="" loading="lazy" decoding="async" width="56" height="56" /> }.into_any()
    }
}

/// The sum, under its lines.
#[component]
pub fn Total(#[prop(into)] minor: Signal<i64>, #[prop(into)] currency: Signal<Currency>) -> impl IntoView {
    view! {
        <p class="border-line mt-3 flex items-baseline justify-between gap-4 border-t pt-3">
            <span class="font-semibold">"Total"</span>
            <span class="text-xl font-semibold tabular-nums" data-testid="total">
                {move || format_price(minor.get(), currency.get())}
            </span>
        </p>
    }
}
