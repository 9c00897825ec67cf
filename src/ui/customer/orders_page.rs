//! What the customer has ordered so far.

use leptos::prelude::*;
use leptos_meta::Title;

use super::signed_in::SignedIn;
use crate::{
    api::orders::my_orders,
    domain::{
        money::format_price,
        order::{Order, OrderPage},
    },
    ui::components::{
        count::counted,
        empty::Empty,
        failure::Failure,
        icon::Glyph,
        order_lines::SmallPicture,
        order_status::OrderBadge,
        pager::{Pager, use_page},
        skeleton::PageSkeleton,
        when::{Precision, When},
    },
};

const PER_PAGE: u32 = 20;

/// The page of one's own orders.
#[component]
pub fn OrdersPage() -> impl IntoView {
    view! {
        <Title text="Your orders" />
        <SignedIn view=|_| view! { <Orders /> }.into_any() />
    }
}

#[component]
fn Orders() -> impl IntoView {
    let page = use_page();
    let orders = Resource::new_blocking(move || page.get(), |page| my_orders(PER_PAGE, (page - 1) * u64::from(PER_PAGE)));
    view! {
        <div class="page max-w-3xl">
            <h1>"Your orders"</h1>
            <Transition fallback=PageSkeleton>
                {move || Suspend::new(async move {
                    match orders.await {
                        Ok(found) if found.orders.is_empty() => {
                            view! {
                                <Empty glyph=Glyph::Receipt title="No orders here" text="What you buy is kept here, with the way it takes to you.">
                                    <a class="btn btn-primary" href="/shop">
                                        "To the shop"
                                    </a>
                                </Empty>
                            }
                                .into_any()
                        }
                        Ok(found) => view! { <List found page=page.get_untracked() /> }.into_any(),
                        Err(error) => view! { <Failure error /> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
}

#[component]
fn List(found: OrderPage, page: u64) -> impl IntoView {
    view! {
        <ul class="flex flex-col gap-3">{found.orders.into_iter().map(|order| view! { <Row order /> }).collect_view()}</ul>
        <Pager page pages=found.total.div_ceil(PER_PAGE.into()) link=Callback::new(|page: u64| format!("/account/orders?page={page}")) />
    }
}

#[component]
fn Row(order: Order) -> impl IntoView {
    let count = counted(order.count().into(), "item", "items");
    let pictures = order.items.iter().take(4).map(|item| item.image.clone()).collect::<Vec<_>>();
    view! {
        <li>
            <a class="card hover:border-accent flex flex-col gap-3 p-4" href=format!("/account/orders/{}", order.id) data-testid="order-row" data-order-id=order.id.to_string()>
                <span class="flex flex-wrap items-center justify-between gap-2">
                    <span class="font-semibold tabular-nums" data-testid="order-number">
                        {order.number.to_string()}
                    </span>
                    <OrderBadge status=order.status />
                </span>
                <span class="flex gap-2 overflow-hidden">{pictures.into_iter().map(|path| view! { <SmallPicture path /> }).collect_view()}</span>
                <span class="text-muted flex flex-wrap items-baseline justify-between gap-2 text-sm">
                    <span>
                        <When at=order.created_at precision=Precision::Minute /> ", " {count}
                    </span>
                    <span class="text-ink text-base font-semibold tabular-nums">{format_price(order.total, order.currency)}</span>
                </span>
            </a>
        </li>
    }
}
