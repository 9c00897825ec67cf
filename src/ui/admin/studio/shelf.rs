//! The shop's products in the studio: those on the shelf of the show first, in its order, then the rest.

use leptos::prelude::*;

use super::{host::Host, shelf_row::ShelfRow};
use crate::{
    api::products::list_products,
    domain::{
        id::ProductId,
        pin::{Direction, MAX_PINS, dropped_at, moved},
        product::Product,
    },
    error::AppError,
    ui::components::icon::{Glyph, Icon},
};

/// As many products as are offered without a search.
const OFFERED: u64 = 100;

/// One product of the list and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Shelved {
    pub product: Product,
    pub is_pinned: bool,
}

/// The shelf as its rows see it.
#[derive(Clone, Copy)]
pub struct ShelfHand {
    host: Host,
    /// The product that is being dragged.
    pub dragged: RwSignal<Option<ProductId>>,
}

impl ShelfHand {
    fn order(self) -> Vec<ProductId> {
        self.host.broadcast.state.pins.with_untracked(|pins| pins.iter().map(|pin| pin.product_id).collect())
    }

    /// Puts a product on the shelf.
    pub fn pin(self, product: ProductId) {
        self.host.pin(product);
    }

    /// Takes it off.
    pub fn unpin(self, product: ProductId) {
        self.host.unpin(product);
    }

    /// Moves it by one place.
    pub fn shift(self, product: ProductId, direction: Direction) {
        if let Some(order) = moved(&self.order(), &product, direction) {
            self.host.reorder(order);
        }
    }

    /// Puts what is being dragged in the place of this one.
    pub fn drop_on(self, target: ProductId) {
        let order = self.order();
        let dragged = self.dragged.get_untracked();
        self.dragged.set(None);
        if let Some(dragged) = dragged
            && let Some(to) = order.iter().position(|id| *id == target)
            && let Some(order) = dropped_at(&order, &dragged, to)
        {
            self.host.reorder(order);
        }
    }

    /// Whether products can be put on the shelf: only a show that runs has one.
    pub fn is_open(self) -> bool {
        self.host.is_running() && self.host.broadcast.state.pins.with(Vec::len) < MAX_PINS
    }
}

/// The list with its search.
#[component]
pub fn Shelf(host: Host) -> impl IntoView {
    let hand = ShelfHand { host, dragged: RwSignal::new(None) };
    let search = RwSignal::new(String::new());
    let pins = host.broadcast.state.pins;
    // Fetched by the browser alone, as the host is: the server renders the same skeleton that hydration finds.
    let found = RwSignal::new(None::<Result<Vec<Product>, AppError>>);
    Effect::new(move || {
        let asked = search.get();
        leptos::task::spawn_local(async move {
            let wanted = Some(asked.trim().to_owned()).filter(|wanted| !wanted.is_empty());
            let answer = list_products(wanted, OFFERED, 0).await.map(|page| page.products);
            // An answer to what is no longer asked, or after the page was left, is nobody's.
            if search.try_with_untracked(|now| *now == asked) == Some(true) {
                found.try_set(Some(answer));
            }
        });
    });
    view! {
        <div class="panel-head">
            <h2 class="text-lg sm:text-lg">
                "Products "
                <span class="text-muted tabular-nums">{move || pins.with(Vec::len)}</span>
            </h2>
            <label class="relative min-w-0 flex-1">
                <span class="sr-only">"Search products"</span>
                <span class="text-muted pointer-events-none absolute top-3 left-3">
                    <Icon glyph=Glyph::Search />
                </span>
                <input
                    class="input pl-10"
                    type="search"
                    placeholder="Search"
                    maxlength="100"
                    data-testid="product-search"
                    on:input:target=move |event| search.set(event.target().value())
                />
            </label>
        </div>
        <Show when=move || !host.is_running()>
            <p class="text-muted px-4 pt-3 text-sm">"Products can be shown as soon as you are live."</p>
        </Show>
        <div class="max-h-96 min-h-0 flex-1 overflow-y-auto p-2 lg:max-h-none">
            {move || match found.get() {
                None => view! { <div class="skeleton h-16"></div> }.into_any(),
                Some(Err(error)) => view! { <p class="mistake p-4">{error.message}</p> }.into_any(),
                Some(Ok(found)) => view! { <Rows found hand /> }.into_any(),
            }}
        </div>
    }
}

/// What is on the shelf, in its order, then what could be.
#[component]
fn Rows(found: Vec<Product>, hand: ShelfHand) -> impl IntoView {
    let pins = hand.host.broadcast.state.pins;
    let rows = Memo::new(move |_| {
        pins.with(|pins| {
            let pinned = pins.iter().map(|pin| Shelved { product: pin.product.clone(), is_pinned: true });
            let free = found.iter().filter(|product| !pins.iter().any(|pin| pin.product_id == product.id));
            pinned.chain(free.map(|product| Shelved { product: product.clone(), is_pinned: false })).collect::<Vec<_>>()
        })
    });
    let key = |row: &Shelved| (row.product.id, row.is_pinned, row.product.updated_at, row.product.stock);
    view! {
        <ul class="flex flex-col gap-1">
            <For each=move || rows.get() key let:row>
                <ShelfRow row hand />
            </For>
        </ul>
        <Show when=move || rows.with(Vec::is_empty)>
            <p class="text-muted p-4 text-center">"No products here. Add them under Products."</p>
        </Show>
    }
}
