//! The way to the cart, with the number of things in it.

use leptos::prelude::*;

use super::use_cart;
use crate::ui::components::{
    count::counted,
    icon::{Glyph, Icon},
};

/// A link with the count. `count_id` is the count's hook for programs: the same twice on a page would be none.
#[component]
pub fn CartLink(#[prop(into)] href: String, class: &'static str, count_id: &'static str) -> impl IntoView {
    let cart = use_cart();
    view! {
        <Transition>
            {move || {
                let href = href.clone();
                Suspend::new(async move {
                    // A cart that cannot be asked for looks empty here; its own page says why.
                    let now = cart.from(cart.loaded.await.unwrap_or_default());
                    let count = Memo::new(move |_| now.with(|now| now.count));
                    view! {
                        <a class=class href=href aria-label=move || format!("Cart, {}", counted(count.get().into(), "item", "items"))>
                            <Icon glyph=Glyph::Bag />
                            <span class="cart-count" class:invisible=move || count.get() == 0 data-testid=count_id>
                                {move || count.get()}
                            </span>
                        </a>
                    }
                })
            }}
        </Transition>
    }
}
