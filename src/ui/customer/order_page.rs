//! One order: the confirmation right after it was placed, and later the place to see how far it has come.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{route_id::use_route_id, signed_in::SignedIn};
use crate::{
    api::orders::{PayOrder, SetOrderStatus, get_order},
    domain::{
        id::OrderId,
        order::{Actor, Order, OrderStatus, PaymentMethod},
        time::clock,
    },
    live::{assist, page},
    ui::{
        cart::use_cart,
        components::{
            failure::Failure,
            icon::{Glyph, Icon},
            notice::{Notice, Tone},
            order_lines::OrderLines,
            order_status::{OrderBadge, for_the_customer, payment_in_words},
            skeleton::PageSkeleton,
            when::{Precision, When},
        },
    },
};

/// How often an order that waits for its payment is looked at.
const LOOK_EVERY_MS: u32 = 3_000;

/// The page of one order.
#[component]
pub fn OrderPage() -> impl IntoView {
    view! {
        <Title text="Your order" />
        <SignedIn view=|_| view! { <Loaded /> }.into_any() />
    }
}

#[component]
fn Loaded() -> impl IntoView {
    let id = use_route_id::<OrderId>("order");
    let cancel = ServerAction::<SetOrderStatus>::new();
    let order = Resource::new_blocking(move || (id.get(), cancel.version().get()), |(id, _)| async move { get_order(id?).await });
    let query = use_query_map();
    let placed = Memo::new(move |_| query.with(|query| query.get("placed")).is_some());
    let cart = use_cart();
    // The provider tells the shop that the money came, not this page: it looks now and then while it waits.
    let waits = RwSignal::new(false);
    Effect::new(move || {
        assist::every(LOOK_EVERY_MS, move || {
            let (true, Ok(id)) = (waits.get_untracked(), id.get_untracked()) else { return };
            leptos::task::spawn_local(async move {
                // Only what changed is drawn anew: a finger or the keyboard may be on the way to the button.
                if get_order(id).await.is_ok_and(|now| now.status != OrderStatus::PendingPayment) {
                    order.refetch();
                }
            });
        });
    });
    Effect::new(move || {
        // What was bought left the cart, and the show has its order.
        if placed.get() {
            cart.reload();
            page::forget_show();
        }
    });
    view! {
        <Transition fallback=PageSkeleton>
            {move || Suspend::new(async move {
                match order.await {
                    Ok(order) => {
                        waits.try_set(order.status == OrderStatus::PendingPayment && order.payment_method == PaymentMethod::Card);
                        view! { <Details order placed=placed.get_untracked() cancel /> }.into_any()
                    }
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Details(order: Order, placed: bool, cancel: ServerAction<SetOrderStatus>) -> impl IntoView {
    let thanks = placed && order.status != OrderStatus::Cancelled;
    let title = if thanks { "Thank you!" } else { "Your order" };
    let can_cancel = order.next_statuses(Actor::Customer).contains(&OrderStatus::Cancelled);
    let show = order.stream_id.map(|show| {
        let moment = order.stream_second.map(|second| format!(", {} into it", clock(second.into())));
        (format!("/live/{show}"), moment)
    });
    view! {
        <article class="page max-w-3xl" data-testid="order" data-order-id=order.id.to_string()>
            <header class="flex flex-col items-start gap-3">
                {thanks
                    .then(|| {
                        view! {
                            <span class="bg-good-soft text-good inline-flex size-14 items-center justify-center rounded-full">
                                <Icon glyph=Glyph::Check class="icon icon-big" />
                            </span>
                        }
                    })}
                <h1>{title}</h1>
                <p class="text-muted text-lg">{for_the_customer(&order)}</p>
                <p class="flex flex-wrap items-center gap-3">
                    <span class="text-lg font-semibold tabular-nums" data-testid="order-number">
                        {order.number.to_string()}
                    </span>
                    <OrderBadge status=order.status />
                </p>
            </header>
            <Waiting order=order.clone() />
            <section class="card p-4 sm:p-6" aria-label="What you ordered">
                <OrderLines order=order.clone() />
            </section>
            <dl class="grid gap-6 sm:grid-cols-2">
                <div>
                    <dt class="text-muted text-sm">"Goes to"</dt>
                    <dd class="whitespace-pre-line">{destination(&order)}</dd>
                </div>
                <div>
                    <dt class="text-muted text-sm">"We reach you at"</dt>
                    <dd class="whitespace-pre-line">{[order.contact.email.as_str(), order.contact.phone.as_str()].join("\n")}</dd>
                </div>
                <div>
                    <dt class="text-muted text-sm">"Payment"</dt>
                    <dd>{payment_in_words(order.payment_method)}</dd>
                </div>
                <div>
                    <dt class="text-muted text-sm">"Ordered"</dt>
                    <dd>
                        <When at=order.created_at precision=Precision::Minute />
                        {show
                            .map(|(href, moment)| {
                                view! {
                                    ", in "
                                    <a class="link" href=href>
                                        "this show"
                                    </a>
                                    {moment}
                                }
                            })}
                    </dd>
                </div>
                {(!order.note.is_empty())
                    .then(|| {
                        view! {
                            <div class="sm:col-span-2">
                                <dt class="text-muted text-sm">"Your note"</dt>
                                <dd class="whitespace-pre-line">{order.note.clone()}</dd>
                            </div>
                        }
                    })}
            </dl>
            <p class="flex flex-wrap gap-x-6">
                <a class="link inline-flex min-h-11 items-center" href="/account/orders">
                    "All your orders"
                </a>
                <a class="link inline-flex min-h-11 items-center" href="/shop">
                    "Back to the shop"
                </a>
            </p>
            {can_cancel.then(|| view! { <Cancel id=order.id cancel /> })}
        </article>
    }
}

/// The way to the page where an order is paid, as long as it waits for that.
#[component]
fn Waiting(order: Order) -> impl IntoView {
    let pay = ServerAction::<PayOrder>::new();
    let refusal = Memo::new(move |_| pay.value().get().and_then(Result::err).map(|error| error.message));
    let waits = order.status == OrderStatus::PendingPayment && order.payment_method == PaymentMethod::Card;
    let page = order.payment.and_then(|payment| payment.url).filter(|url| !url.is_empty());
    waits.then(move || {
        view! {
            <section class="card flex flex-col items-start gap-4 p-4 sm:p-6" data-testid="waiting-for-payment">
                <p role="status">"Waiting for payment. What you ordered stays yours for half an hour; after that it goes back to the shop."</p>
                {match page {
                    Some(url) => {
                        view! {
                            <a class="btn btn-primary btn-big max-sm:w-full" href=url rel="external" data-testid="pay-now">
                                "Pay now"
                            </a>
                        }
                            .into_any()
                    }
                    None => {
                        view! {
                            <ActionForm action=pay attr:class="max-sm:w-full">
                                <input type="hidden" name="id" value=order.id.to_string() />
                                <button type="submit" class="btn btn-primary btn-big max-sm:w-full" data-testid="pay-now" disabled=move || pay.pending().get()>
                                    "Pay now"
                                </button>
                            </ActionForm>
                        }
                            .into_any()
                    }
                }}
                <div aria-live="polite">{move || refusal.get().map(|text| view! { <Notice tone=Tone::Bad text /> })}</div>
            </section>
        }
    })
}

/// The lines of an address label, without empty ones.
pub fn destination(order: &Order) -> String {
    let address = &order.address;
    let city = format!("{} {}", address.postal_code, address.city);
    let lines = [order.contact.name.as_str(), &address.line1, &address.line2, city.trim(), &address.country];
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Asks once before it calls the order off; opens and sends without JavaScript too.
#[component]
fn Cancel(id: OrderId, cancel: ServerAction<SetOrderStatus>) -> impl IntoView {
    let refusal = Memo::new(move |_| cancel.value().get().and_then(Result::err).map(|error| error.message));
    view! {
        <details class="text-sm">
            <summary class="text-muted inline-flex min-h-11 items-center underline underline-offset-4" data-testid="cancel-order">
                "Cancel this order"
            </summary>
            <ActionForm action=cancel>
                <div class="flex flex-wrap items-center gap-3 pt-2">
                    <input type="hidden" name="id" value=id.to_string() />
                    <input type="hidden" name="status" value=OrderStatus::Cancelled.as_str() />
                    <span>"Nothing will be sent, and nothing is to be paid."</span>
                    <button type="submit" class="btn btn-danger btn-small" data-testid="cancel-order-confirm" disabled=move || cancel.pending().get()>
                        "Yes, cancel it"
                    </button>
                </div>
            </ActionForm>
            <div aria-live="polite">{move || refusal.get().map(|text| view! { <Notice tone=Tone::Bad text /> })}</div>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        id::UserId,
        money::Currency,
        order::{Address, Contact, OrderNumber},
        time::Timestamp,
    };

    #[test]
    fn an_address_label_has_no_empty_lines() {
        let order = Order {
            id: OrderId::from_bytes([1; 12]),
            number: OrderNumber::from_bits(1),
            user_id: UserId::from_bytes([2; 12]),
            items: Vec::new(),
            total: 0,
            currency: Currency::USD,
            status: OrderStatus::Paid,
            payment_method: PaymentMethod::OnDelivery,
            stream_id: None,
            stream_second: None,
            contact: Contact { name: "Ada".into(), ..Contact::default() },
            address: Address { line1: "Wren Lane 1".into(), city: "Hull".into(), country: "UK".into(), ..Address::default() },
            note: String::new(),
            payment: None,
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
        };
        assert_eq!(destination(&order), "Ada\nWren Lane 1\nHull\nUK");
    }
}
