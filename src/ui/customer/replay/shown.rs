//! The shelf as it was at this second of the film, with what its products cost today.

use leptos::prelude::*;

use super::{Playing, address};
use crate::{
    domain::{
        id::{LivestreamId, ProductId},
        product::Product,
        replay::{Replay, ShelfChange, shelf_at},
        time::clock,
    },
    ui::{
        cart::add_to_cart::{AddToCart, Place},
        components::{
            price::{Price, StockHint},
            product_card::{ProductCard, ProductPicture},
        },
    },
};

/// What the host holds up now.
#[component]
pub fn Shelf(replay: StoredValue<Replay>, playing: Playing, show: LivestreamId) -> impl IntoView {
    let shelf = Memo::new(move |_| {
        let at_ms = playing.at_ms.get();
        replay.with_value(|replay| shelf_at(&replay.moments, at_ms))
    });
    view! {
        <section class="min-w-0" aria-label="Products at this moment">
            <div class="shelf-strip px-0" class:hidden=move || shelf.with(Vec::is_empty)>
                <For each=move || shelf.get() key=|id| *id let:id>
                    <Shown replay id show />
                </For>
            </div>
            <Show when=move || shelf.with(Vec::is_empty)>
                <p class="text-muted rounded-field border-line-strong border border-dashed px-4 py-6 text-center">
                    "Products appear here as the host shows them."
                </p>
            </Show>
        </section>
    }
}

#[component]
fn Shown(replay: StoredValue<Replay>, id: ProductId, show: LivestreamId) -> impl IntoView {
    let product = replay.with_value(|replay| replay.products.iter().find(|product| product.id == id).cloned())?;
    // The page of the product opens beside the film, which goes on.
    Some(view! {
        <article class="shelf-card" data-testid="pinned-product" data-product-id=id.to_string()>
            <a class="flex min-w-0 flex-1 items-center gap-3" href=format!("/shop/{id}") target="_blank" rel="external noopener">
                <ProductPicture product=product.clone() class="" />
                <span class="flex min-w-0 flex-1 flex-col gap-0.5">
                    <span class="line-clamp-2 text-sm leading-snug font-medium">{product.name.clone()}</span>
                    <span class="flex flex-wrap items-center gap-x-2">
                        <Price product=product.clone() />
                        <StockHint left=product.left() stock=product.stock />
                    </span>
                </span>
            </a>
            <AddToCart product=Signal::stored(product) place=Place::Card show=Some(show) />
        </article>
    })
}

/// Everything that was shown, each with the way to where it was. Without a film there is nowhere to jump to.
#[component]
pub fn AllShown(products: Vec<Product>, replay: StoredValue<Replay>, show: LivestreamId, playing: Option<Playing>) -> impl IntoView {
    let first = move |id: ProductId| {
        let is_pin = |change: &ShelfChange| matches!(change, ShelfChange::Pin(product) if *product == id);
        replay.with_value(|replay| replay.moments.iter().find(|moment| is_pin(&moment.change)).map(|moment| moment.at_ms))
    };
    (!products.is_empty()).then(|| {
        view! {
            <section class="flex flex-col gap-4">
                <h2>"Shown in this show"</h2>
                <ul class="grid-cards">
                    {products
                        .into_iter()
                        .map(|product| {
                            let jump = playing.zip(first(product.id));
                            view! {
                                <li class="relative flex flex-col *:first:flex-1">
                                    <ProductCard product=product.clone() />
                                    <div class="absolute top-2 right-2">
                                        <AddToCart product=Signal::stored(product.clone()) place=Place::Card show=Some(show) />
                                    </div>
                                    {jump
                                        .map(|(playing, at_ms)| {
                                            view! {
                                                <a
                                                    class="link inline-flex min-h-11 items-center text-sm"
                                                    href=address(at_ms)
                                                    data-testid="jump-to-product"
                                                    data-product-id=product.id.to_string()
                                                    on:click=move |event| {
                                                        event.prevent_default();
                                                        playing.jump(at_ms);
                                                    }
                                                >
                                                    {format!("See it at {}", clock(at_ms / 1000))}
                                                    <span class="sr-only">{format!(": {}", product.name)}</span>
                                                </a>
                                            }
                                        })}
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </section>
        }
    })
}
