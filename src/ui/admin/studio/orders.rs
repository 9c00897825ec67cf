//! The orders of the show as they come in, and what they come to.

use leptos::prelude::*;

use super::host::Host;
use crate::{
    api::orders::orders_of_show,
    domain::{
        feed::{FeedOrder, ShowOrders},
        money::format_price,
    },
    live::state::Connection,
    ui::components::{
        count::counted,
        icon::{Glyph, Icon},
        order_status::OrderBadge,
    },
};

/// Newest first. What was ordered before the page came is asked for, and asked for again after a lost connection.
#[component]
pub fn Orders(host: Host) -> impl IntoView {
    let state = host.broadcast.state;
    let before = RwSignal::new(None::<ShowOrders>);
    let refusal = RwSignal::new(None::<String>);
    let show = Memo::new(move |_| host.show.with(|show| show.as_ref().map(|show| show.id)));
    let online = Memo::new(move |_| state.connection.get() == Connection::Online);
    let feed = Memo::new(move |_| {
        let mut feed = before.get().unwrap_or_default();
        state.orders.with(|orders| orders.iter().for_each(|order| feed.learn(order.clone())));
        feed
    });
    Effect::new(move || {
        online.track();
        let Some(show) = show.get() else { return };
        // What was told so far is part of the answer, or newer there; what is told from here on is newer than it.
        before.set(Some(feed.get_untracked()));
        state.orders.set(Vec::new());
        leptos::task::spawn_local(async move {
            match orders_of_show(show).await {
                Ok(orders) => {
                    refusal.try_set(None);
                    before.try_set(Some(orders));
                }
                Err(error) => {
                    refusal.try_set(Some(error.message));
                }
            }
        });
    });
    let sums = move || {
        feed.with(|feed| {
            let sum = |revenue: &crate::domain::feed::Revenue| {
                format!("{}, {}", counted(revenue.orders, "order", "orders"), format_price(revenue.total, revenue.currency))
            };
            feed.revenue.iter().filter(|revenue| revenue.orders > 0).map(sum).collect::<Vec<_>>().join(" \u{b7} ")
        })
    };
    let is_empty = Memo::new(move |_| feed.with(|feed| feed.orders.is_empty()));
    view! {
        <section class="panel" aria-label="Orders" data-testid="order-feed">
            <div class="panel-head">
                <h2 class="text-lg sm:text-lg">"Orders"</h2>
                <p class="text-muted text-right text-sm font-semibold tabular-nums" aria-live="polite" data-testid="feed-revenue">
                    {sums}
                </p>
            </div>
            {move || refusal.get().map(|text| view! { <p class="mistake px-4 pt-2">{text}</p> })}
            <Show
                when=move || !is_empty.get()
                fallback=|| {
                    view! {
                        <p class="text-muted flex items-center gap-3 px-4 py-5 text-sm">
                            <Icon glyph=Glyph::Receipt />
                            "Orders of this show appear here the moment they are placed."
                        </p>
                    }
                }
            >
                <ul class="max-h-72 overflow-y-auto px-4 py-2" tabindex="0" aria-label="Orders of this show, newest first">
                    <For each=move || feed.with(|feed| feed.orders.clone()) key=|order| (order.id, order.status) let:order>
                        <Row order />
                    </For>
                </ul>
            </Show>
        </section>
    }
}

#[component]
fn Row(order: FeedOrder) -> impl IntoView {
    let items = order.items.iter().map(|item| if item.quantity == 1 { item.name.clone() } else { format!("{} \u{d7} {}", item.quantity, item.name) });
    let items = items.collect::<Vec<_>>().join(", ");
    view! {
        <li class="border-line flex items-center gap-3 border-b py-2 text-sm last:border-b-0" data-testid="feed-order" data-order-id=order.id.to_string()>
            <span class="flex min-w-0 flex-1 flex-col">
                <bdi class="truncate font-semibold">{order.buyer}</bdi>
                <span class="text-muted line-clamp-2">{items}</span>
            </span>
            <OrderBadge status=order.status />
            <span class="font-semibold tabular-nums">{format_price(order.total, order.currency)}</span>
        </li>
    }
}
