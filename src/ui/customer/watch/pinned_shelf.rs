//! What the host holds up, in the host's order.

use leptos::prelude::*;

use super::rewind_bar::ShowAgain;
use crate::{
    api::analytics::record_click,
    domain::{
        id::{LivestreamId, ProductId},
        product::Product,
    },
    live::{state::Phase, watch::Watch},
    ui::{
        cart::add_to_cart::{AddToCart, Place},
        components::{
            price::{Price, StockHint},
            product_card::ProductPicture,
        },
    },
};

/// The shelf: a strip on a phone, a grid beside a keyboard.
#[component]
pub fn PinnedShelf(watch: Watch, show: LivestreamId) -> impl IntoView {
    let state = watch.state;
    // A card stays while its product changes, or the button under a finger would be another one after each sale.
    let products = move || state.pins.with(|pins| pins.iter().map(|pin| pin.product_id).collect::<Vec<_>>());
    view! {
        <div class="shelf-strip" class:hidden=move || state.pins.with(Vec::is_empty)>
            <For each=products key=|id| *id let:id>
                <PinnedCard watch id show />
            </For>
        </div>
        <Show when=move || state.pins.with(Vec::is_empty) && state.phase.get() != Phase::Ended>
            <p class="text-muted hidden rounded-field border border-dashed border-line-strong px-4 py-6 text-center lg:block">
                "Products appear here as the host shows them."
            </p>
        </Show>
    }
}

#[component]
fn PinnedCard(watch: Watch, id: ProductId, show: LivestreamId) -> impl IntoView {
    let state = watch.state;
    // The last state is kept for the moment between a change of the shelf and the card's own end.
    let pinned = Memo::new(move |last: Option<&Option<Product>>| {
        let now = state.pins.with(|pins| pins.iter().find(|pin| pin.product_id == id).map(|pin| pin.product.clone()));
        now.or_else(|| last.cloned().flatten())
    });
    let first = pinned.get_untracked()?;
    let fallback = first.clone();
    let product = Signal::derive(move || pinned.get().unwrap_or_else(|| fallback.clone()));
    // What is drawn anew only when it changed.
    let look = Memo::new(move |_| product.with(|product| (product.name.clone(), product.images.clone(), product.price, product.currency)));
    let stock = Memo::new(move |_| product.with(|product| (product.left(), product.stock)));
    let clicked = move || {
        leptos::task::spawn_local(async move {
            // A click that is not counted is nothing to tell the viewer about.
            let _ = record_click(show, id).await;
        });
    };
    let pinned_ms = Memo::new(move |_| {
        let at = state.pins.with(|pins| pins.iter().find(|pin| pin.product_id == id).map(|pin| pin.pinned_at))?;
        Some(at.millis_since(state.started_at.get()?))
    });
    let name = product.with_untracked(|product| product.name.clone());
    // On the page of the product the picture goes on, in the dock.
    Some(view! {
        <article class="shelf-card" data-testid="pinned-product" data-product-id=id.to_string()>
            <a class="flex min-w-0 flex-1 items-center gap-3" href=format!("/shop/{id}") on:click=move |_| clicked() on:auxclick=move |_| clicked()>
                {move || {
                    look.track();
                    view! { <ProductPicture product=product.get_untracked() class="" /> }
                }}
                <span class="flex min-w-0 flex-1 flex-col gap-0.5">
                    <span class="line-clamp-2 text-sm leading-snug font-medium">{move || look.with(|look| look.0.clone())}</span>
                    <span class="flex flex-wrap items-center gap-x-2">
                        {move || {
                            look.track();
                            view! { <Price product=product.get_untracked() /> }
                        }}
                        {move || {
                            let (left, stock) = stock.get();
                            view! { <StockHint left stock /> }
                        }}
                    </span>
                </span>
            </a>
            <ShowAgain watch name pinned_ms />
            <AddToCart product place=Place::Card show=Some(show) />
        </article>
    })
}
