//! A product in the studio: shown or not, and its place.

use leptos::prelude::*;

use super::shelf::{ShelfHand, Shelved};
use crate::{
    domain::pin::Direction,
    live::assist,
    ui::components::{
        icon::{Glyph, Icon},
        price::{Price, StockHint},
        product_card::ProductPicture,
    },
};

/// One row.
#[component]
pub fn ShelfRow(row: Shelved, hand: ShelfHand) -> impl IntoView {
    let Shelved { product, is_pinned } = row;
    let id = product.id;
    let over = RwSignal::new(false);
    let shift = move |direction: Direction, button: &'static str| {
        hand.shift(id, direction);
        // The row moves in the list, and the keyboard goes with it.
        assist::focus_soon(format!("{button}-{id}"));
    };
    let buttons = if is_pinned {
        view! {
            <button
                type="button"
                class="btn btn-icon btn-plain"
                id=format!("up-{id}")
                aria-label=format!("Move {} up", product.name)
                data-testid="move-up"
                on:click=move |_| shift(Direction::Up, "up")
            >
                <Icon glyph=Glyph::Up />
            </button>
            <button
                type="button"
                class="btn btn-icon btn-plain"
                id=format!("down-{id}")
                aria-label=format!("Move {} down", product.name)
                data-testid="move-down"
                on:click=move |_| shift(Direction::Down, "down")
            >
                <Icon glyph=Glyph::Down />
            </button>
            <button
                type="button"
                class="btn btn-icon btn-quiet"
                aria-label=format!("Take {} off the shelf", product.name)
                data-testid="unpin-product"
                on:click=move |_| hand.unpin(id)
            >
                <Icon glyph=Glyph::Unpin />
            </button>
        }
        .into_any()
    } else {
        view! {
            <button
                type="button"
                class="btn btn-primary btn-small"
                aria-label=format!("Show {}", product.name)
                data-testid="pin-product"
                disabled=move || !hand.is_open()
                on:click=move |_| hand.pin(id)
            >
                <Icon glyph=Glyph::Pin />
                "Show"
            </button>
        }
        .into_any()
    };
    view! {
        <li
            class="flex items-center gap-2 rounded-field border border-transparent p-2"
            class:bg-accent-soft=is_pinned
            class:dragged=move || hand.dragged.get() == Some(id)
            class:drop-here=over
            draggable=if is_pinned { "true" } else { "false" }
            data-testid="product-row"
            data-product-id=id.to_string()
            data-pinned=if is_pinned { "true" } else { "false" }
            on:dragstart=move |event| {
                // Firefox begins no drag that carries nothing.
                if let Some(data) = event.data_transfer() {
                    let _ = data.set_data("text/plain", &id.to_string());
                }
                hand.dragged.set(Some(id));
            }
            on:dragend=move |_| hand.dragged.set(None)
            on:dragover=move |event| {
                if is_pinned && hand.dragged.get_untracked().is_some() {
                    event.prevent_default();
                    over.set(true);
                }
            }
            on:dragleave=move |_| over.set(false)
            on:drop=move |event| {
                event.prevent_default();
                over.set(false);
                hand.drop_on(id);
            }
        >
            <ProductPicture product=product.clone() class="size-12 shrink-0 rounded-lg object-cover" />
            <span class="flex min-w-0 flex-1 flex-col">
                <span class="line-clamp-2 text-sm leading-snug font-medium">{product.name.clone()}</span>
                <span class="flex flex-wrap items-center gap-2 text-sm">
                    <Price product=product.clone() />
                    <StockHint left=product.left() stock=product.stock />
                </span>
            </span>
            <span class="flex shrink-0 items-center">{buttons}</span>
        </li>
    }
}
