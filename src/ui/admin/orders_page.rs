//! Everybody's orders, and the next step of each.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::A, hooks::use_query_map};

use crate::{
    api::orders::{SetOrderStatus, list_orders},
    domain::{
        id::OrderId,
        money::format_price,
        order::{Actor, Order, OrderStatus},
    },
    ui::{
        components::{
            count::counted,
            empty::Empty,
            icon::{Glyph, Icon},
            notice::{Notice, PassingNotice, Tone},
            order_lines::OrderLines,
            order_status::{OrderBadge, payment_in_words},
            pager::{Pager, use_page},
            skeleton::PageSkeleton,
            when::{Precision, When},
        },
        customer::order_page::destination,
    },
};

const PER_PAGE: u32 = 50;

type Step = ServerAction<SetOrderStatus>;

/// The list of orders, all or of one status.
#[component]
pub fn OrdersPage() -> impl IntoView {
    let query = use_query_map();
    let status = Memo::new(move |_| query.with(|query| query.get("status")).and_then(|status| status.parse::<OrderStatus>().ok()));
    let page = use_page();
    let step = Step::new();
    // What a form without script left behind is there from the start.
    let notice = RwSignal::new(step.value().with_untracked(|value| value.as_ref()?.as_ref().err().map(|error| error.message.clone())));
    Effect::watch(
        move || step.value().get(),
        move |value, _, _| notice.set(value.as_ref().and_then(|value| value.as_ref().err().map(|error| error.message.clone()))),
        false,
    );
    let orders = Resource::new(
        move || (status.get(), page.get(), step.version().get()),
        |(status, page, _)| list_orders(status, PER_PAGE, (page - 1) * u64::from(PER_PAGE)),
    );
    view! {
        <Title text="Orders" />
        <div class="page wide">
            <div class="flex flex-wrap items-center justify-between gap-4">
                <h1>"Orders"</h1>
                <nav class="flex max-w-full items-center gap-4 overflow-x-auto" aria-label="Orders by status">
                    <A href="/admin/orders" attr:class="nav-link" attr:aria-current=move || status.get().is_none().then_some("page")>
                        "All"
                    </A>
                    {OrderStatus::ALL
                        .into_iter()
                        .map(|one| {
                            view! {
                                <a
                                    class="nav-link whitespace-nowrap"
                                    href=format!("/admin/orders?status={one}")
                                    aria-current=move || (status.get() == Some(one)).then_some("page")
                                >
                                    {one.label()}
                                </a>
                            }
                        })
                        .collect_view()}
                </nav>
            </div>
            <PassingNotice notice />
            <Transition fallback=PageSkeleton>
                {move || Suspend::new(async move {
                    match orders.await {
                        Ok(found) if found.orders.is_empty() => {
                            view! { <Empty glyph=Glyph::Receipt title="No orders here" text="They appear the moment somebody buys." /> }.into_any()
                        }
                        Ok(found) => {
                            view! {
                                <ul class="flex flex-col gap-3">{found.orders.into_iter().map(|order| view! { <Row order step /> }).collect_view()}</ul>
                                <Pager page=page.get_untracked() pages=found.total.div_ceil(PER_PAGE.into()) link=address(status.get_untracked()) />
                            }
                                .into_any()
                        }
                        Err(error) => view! { <Notice tone=Tone::Bad text=error.message /> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
}

/// The address of a page of the list, or of the part with this status.
fn address(status: Option<OrderStatus>) -> Callback<u64, String> {
    Callback::new(move |page: u64| match status {
        Some(status) => format!("/admin/orders?status={status}&page={page}"),
        None => format!("/admin/orders?page={page}"),
    })
}

/// What a host does to bring an order to this status.
fn step_words(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::PendingPayment => "Reopen",
        OrderStatus::Paid => "Mark as paid",
        OrderStatus::Shipped => "Mark as shipped",
        OrderStatus::Delivered => "Mark as delivered",
        OrderStatus::Cancelled => "Cancel",
    }
}

#[component]
fn Row(order: Order, step: Step) -> impl IntoView {
    let id = order.id;
    let who = if order.contact.name.is_empty() { "A customer".to_owned() } else { order.contact.name.clone() };
    let mut contact = [order.contact.email.as_str(), order.contact.phone.as_str()].join("\n");
    contact.truncate(contact.trim_end().len());
    let buttons = order.next_statuses(Actor::Admin).iter().enumerate().map(|(place, status)| view! { <StepButton id to=*status place step /> }).collect_view();
    view! {
        <li class="card flex flex-col gap-3 p-4" data-testid="order-row" data-order-id=id.to_string()>
            <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
                <div class="flex min-w-0 flex-1 basis-64 flex-col gap-1">
                    <h2 class="flex flex-wrap items-center gap-3 text-base sm:text-base">
                        <span class="tabular-nums" data-testid="order-number">
                            {order.number.to_string()}
                        </span>
                        <OrderBadge status=order.status />
                    </h2>
                    <p class="text-muted text-sm">
                        <bdi>{who}</bdi>
                        ", "
                        {counted(order.count().into(), "item", "items")}
                        ", "
                        <When at=order.created_at precision=Precision::Minute />
                        {order.stream_id.is_some().then_some(", in a show")}
                    </p>
                </div>
                <span class="font-semibold tabular-nums">{format_price(order.total, order.currency)}</span>
                <div class="flex flex-wrap items-center gap-2">{buttons}</div>
            </div>
            {order
                .refund_due()
                .then(|| view! { <Notice tone=Tone::Bad text="Paid, but called off: give the money back in the dashboard of your payment provider." /> })}
            <details class="text-sm">
                <summary class="link inline-flex min-h-11 items-center">"What, and where to"</summary>
                <div class="grid gap-6 pt-2 md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
                    <OrderLines order=order.clone() />
                    <dl class="grid content-start gap-4 sm:grid-cols-2">
                        <Fact name="Goes to" text=destination(&order) />
                        <Fact name="Contact" text=contact />
                        <Fact name="Payment" text=payment_in_words(order.payment_method) />
                        <Fact name="Note" text=order.note.clone() />
                    </dl>
                </div>
            </details>
        </li>
    }
}

#[component]
fn Fact(name: &'static str, #[prop(into)] text: String) -> impl IntoView {
    (!text.is_empty()).then(|| {
        view! {
            <div>
                <dt class="text-muted">{name}</dt>
                <dd class="whitespace-pre-line">
                    <bdi>{text}</bdi>
                </dd>
            </div>
        }
    })
}

/// The usual next step stands out; calling an order off is asked for once more. Forms, so that they work without script.
#[component]
fn StepButton(id: OrderId, to: OrderStatus, place: usize, step: Step) -> impl IntoView {
    let form = move |class: &'static str, words: &'static str| {
        view! {
            <ActionForm action=step>
                <input type="hidden" name="id" value=id.to_string() />
                <input type="hidden" name="status" value=to.as_str() />
                <button type="submit" class=class data-testid="order-step" data-to=to.as_str() disabled=move || step.pending().get()>
                    {words}
                </button>
            </ActionForm>
        }
    };
    if to == OrderStatus::Cancelled {
        return view! {
            <details class="text-sm">
                <summary class="btn btn-quiet btn-small">
                    <Icon glyph=Glyph::Trash />
                    {step_words(to)}
                </summary>
                <div class="flex flex-wrap items-center gap-2 pt-2">
                    <span class="font-semibold">"Call this order off?"</span>
                    {form("btn btn-danger btn-small", "Yes, cancel it")}
                </div>
            </details>
        }
        .into_any();
    }
    form(if place == 0 { "btn btn-primary btn-small" } else { "btn btn-quiet btn-small" }, step_words(to)).into_any()
}
