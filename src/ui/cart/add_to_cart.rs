//! Putting something into the cart, without leaving where one is. Without JavaScript it is a form that comes back to the same page.

use std::time::Duration;

use leptos::prelude::*;

use super::use_cart;
use crate::{
    api::carts::AddToCart as AddToCartCall,
    domain::{id::LivestreamId, product::Product},
    live::page,
    ui::components::icon::{Glyph, Icon},
};

/// The most that the product page offers at once; the cart takes more.
const MOST_OFFERED: i64 = 10;
/// How long the button says that it worked.
const SAID_FOR: Duration = Duration::from_millis(2500);

/// Where the button stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On a small card among others: one piece at a time.
    Card,
    /// On the product's own page, with a choice of how many.
    Page,
}

/// The button. `product` is a signal, so that the button stays where it is, and keeps the keyboard, while the stock changes.
#[component]
pub fn AddToCart(
    #[prop(into)] product: Signal<Product>,
    place: Place,
    /// The show in which it stands: the order will name it.
    #[prop(optional_no_strip)]
    show: Option<LivestreamId>,
) -> impl IntoView {
    let cart = use_cart();
    let add = ServerAction::<AddToCartCall>::new();
    let added = RwSignal::new(false);
    Effect::new(move || {
        if let Some(Ok(now)) = add.value().get() {
            cart.show(now);
            if let Some(show) = show {
                page::remember_show(show);
            }
            added.set(true);
            set_timeout(
                move || {
                    added.try_set(false);
                },
                SAID_FOR,
            );
        }
    });
    let id = product.with_untracked(|product| product.id);
    let sold_out = Memo::new(move |_| product.with(|product| product.stock <= 0 || !product.active));
    let waiting = add.pending();
    // A refusal that a form without script left in the address belongs to one button, but every card would show it.
    let refusal = Memo::new(move |_| match add.value().get() {
        Some(Err(error)) if place == Place::Page || add.version().get() > 0 => Some(error.message),
        _ => None,
    });
    let label =
        move || product.with(|product| if sold_out.get() { format!("{} is sold out", product.name) } else { format!("Add {} to the cart", product.name) });
    let glyph = move || {
        let glyph = if added.get() { Glyph::Check } else { Glyph::Plus };
        view! { <Icon glyph /> }
    };
    let class = match place {
        Place::Card => "btn btn-primary btn-icon",
        Place::Page => "btn btn-primary btn-big flex-1",
    };
    view! {
        <ActionForm action=add attr:class=if place == Place::Page { "w-full max-w-md" } else { "shrink-0" }>
            <input type="hidden" name="product_id" value=id.to_string() />
            {show.map(|show| view! { <input type="hidden" name="show" value=show.to_string() /> })}
            <div class="flex items-end gap-3">
                {match place {
                    Place::Card => view! { <input type="hidden" name="quantity" value="1" /> }.into_any(),
                    Place::Page => view! { <Quantity product /> }.into_any(),
                }}
                <button
                    type="submit"
                    class=class
                    data-testid="add-to-cart"
                    aria-label=(place == Place::Card).then_some(label)
                    disabled=move || sold_out.get() || waiting.get()
                >
                    {glyph}
                    {(place == Place::Page)
                        .then_some(move || {
                            if sold_out.get() {
                                "Sold out"
                            } else if added.get() {
                                "In your cart"
                            } else {
                                "Add to cart"
                            }
                        })}
                </button>
            </div>
            <div class="empty:absolute" aria-live="polite">
                {move || added.get().then(|| view! { <span class="sr-only">"Added to the cart."</span> })}
                {move || refusal.get().map(|refusal| view! { <p class="mistake max-w-48">{refusal}</p> })}
            </div>
        </ActionForm>
    }
}

/// How many.
#[component]
fn Quantity(product: Signal<Product>) -> impl IntoView {
    let most = Memo::new(move |_| product.with(|product| product.stock).clamp(1, MOST_OFFERED));
    view! {
        <div>
            <label class="label" for="quantity">
                "Quantity"
            </label>
            <select class="input min-h-14" id="quantity" name="quantity">
                {move || (1..=most.get()).map(|count| view! { <option value=count.to_string()>{count}</option> }).collect_view()}
            </select>
        </div>
    }
}
