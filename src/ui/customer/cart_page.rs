//! The cart: what lies in it, how many, and the way on. Every button is a form that also works without JavaScript.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    api::carts::SetCartQuantity,
    domain::{
        cart::{Cart, CartItem},
        id::{LivestreamId, ProductId, UserId},
        money::format_price,
        order::MAX_QUANTITY,
    },
    live::page,
    ui::{
        cart::use_cart,
        components::{
            empty::Empty,
            failure::Failure,
            icon::{Glyph, Icon},
            notice::{Notice, Tone},
            order_lines::{SmallPicture, Total},
            skeleton::PageSkeleton,
        },
        session::use_session,
    },
};

/// The page of the cart.
#[component]
pub fn CartPage() -> impl IntoView {
    let (cart, session) = (use_cart(), use_session());
    let query = use_query_map();
    // Who comes here from a show carries its id along in the address.
    let show = Memo::new(move |_| query.with(|query| query.get("show")).and_then(|id| id.parse::<LivestreamId>().ok()));
    Effect::new(move || {
        if let Some(show) = show.get() {
            page::remember_show(show);
        }
    });
    view! {
        <Title text="Cart" />
        <div class="page max-w-3xl">
            <h1>"Your cart"</h1>
            <Transition fallback=PageSkeleton>
                {move || Suspend::new(async move {
                    let account = session.user.await.map(|user| user.id);
                    match cart.loaded.await {
                        Ok(loaded) => view! { <Content loaded show account /> }.into_any(),
                        Err(error) => view! { <Failure error /> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
}

#[component]
fn Content(loaded: Cart, show: Memo<Option<LivestreamId>>, account: Option<UserId>) -> impl IntoView {
    let access = use_cart();
    let cart = access.from(loaded);
    let set = ServerAction::<SetCartQuantity>::new();
    Effect::new(move || {
        if let Some(Ok(now)) = set.value().get() {
            access.show(now);
        }
    });
    let refusal = Memo::new(move |_| set.value().get().and_then(Result::err).map(|error| error.message));
    let is_empty = Memo::new(move |_| cart.with(|cart| cart.items.is_empty()));
    let is_ready = Memo::new(move |_| cart.with(Cart::is_ready));
    // A line stays where it is while its numbers change: the keyboard stays on its button.
    let products = move || cart.with(|cart| cart.items.iter().map(|item| item.product_id).collect::<Vec<_>>());
    let checkout = move || match show.get() {
        Some(show) => format!("/checkout?show={show}"),
        None => "/checkout".to_owned(),
    };
    view! {
        <div aria-live="polite" class="empty:absolute">
            {move || refusal.get().map(|text| view! { <Notice tone=Tone::Bad text /> })}
        </div>
        <Show
            when=move || !is_empty.get()
            fallback=|| {
                view! {
                    <Empty glyph=Glyph::Bag title="Nothing in it yet" text="Put something in from a live show or from the shop. It stays here while you look around.">
                        <a class="btn btn-primary" href="/shop">
                            "To the shop"
                        </a>
                    </Empty>
                }
            }
        >
            <div class="card p-4 sm:p-6">
                <ul class="flex flex-col gap-5">
                    <For each=products key=|id| *id let:id>
                        <Line cart id set account />
                    </For>
                </ul>
                <Total minor=Signal::derive(move || cart.with(|cart| cart.total)) currency=Signal::derive(move || cart.with(|cart| cart.currency)) />
            </div>
            <div class="flex flex-wrap items-center justify-between gap-4">
                <a class="link inline-flex min-h-11 items-center" href="/shop">
                    "Look for more"
                </a>
                <Show
                    when=move || is_ready.get()
                    fallback=|| view! { <Notice tone=Tone::Calm text="Something in your cart cannot be had as it is. Take fewer, or take it out, to go on." /> }
                >
                    <a class="btn btn-primary btn-big max-sm:w-full" href=checkout data-testid="checkout">
                        "Checkout"
                        <Icon glyph=Glyph::Next />
                    </a>
                </Show>
            </div>
        </Show>
    }
}

/// Why a line cannot be bought as it stands.
fn obstacle(item: &CartItem, cart: &Cart) -> Option<String> {
    if !item.product.active {
        Some("No longer in the shop".into())
    } else if item.product.stock <= 0 {
        Some("Sold out".into())
    } else if let Some(most) = item.product.max_per_customer.filter(|most| item.quantity > *most) {
        Some(format!("At most {most} for one customer"))
    } else if item.left <= 0 {
        Some("In somebody\u{2019}s checkout: try again in some minutes".into())
    } else if !item.available {
        Some(format!("Only {} left", item.left))
    } else if item.product.currency != cart.currency {
        Some(format!("Sold in {}: order it by itself", item.product.currency.code()))
    } else {
        None
    }
}

#[component]
fn Line(cart: Memo<Cart>, id: ProductId, set: ServerAction<SetCartQuantity>, account: Option<UserId>) -> impl IntoView {
    let found = move |cart: &Cart| cart.items.iter().find(|item| item.product_id == id).cloned();
    // The last state is kept for the moment between the answer and the line's own end.
    let item = Memo::new(move |last: Option<&Option<CartItem>>| cart.with(found).or_else(|| last.cloned().flatten()));
    let with = move |read: fn(&CartItem) -> String| Signal::derive(move || item.with(|item| item.as_ref().map(read).unwrap_or_default()));
    let name = with(|item| item.product.name.clone());
    let each = with(|item| format_price(item.product.price, item.product.currency));
    let sum = with(|item| format_price(item.product.price.saturating_mul(item.quantity.into()), item.product.currency));
    let picture = item.with_untracked(|item| item.as_ref().and_then(|item| item.product.images.first().cloned())).unwrap_or_default();
    let quantity = Memo::new(move |_| item.with(|item| item.as_ref().map_or(0, |item| item.quantity)));
    let obstacle = Memo::new(move |_| cart.with(|cart| item.with(|item| item.as_ref().and_then(|item| obstacle(item, cart)))));
    let is_full = Memo::new(move |_| quantity.get() >= MAX_QUANTITY);
    let waiting = set.pending();
    view! {
        <li class="grid grid-cols-[auto_minmax(0,1fr)_auto] items-start gap-x-3 gap-y-2" data-testid="cart-line" data-product-id=id.to_string()>
            <SmallPicture path=picture />
            <div class="flex min-w-0 flex-col">
                <a class="line-clamp-2 font-medium hover:underline" href=format!("/shop/{id}")>
                    {name}
                </a>
                <span class="text-muted text-sm tabular-nums">{each}</span>
                {move || obstacle.get().map(|text| view! { <span class="badge badge-bad mt-1 self-start whitespace-normal">{text}</span> })}
            </div>
            <span class="font-semibold tabular-nums">{sum}</span>
            <div class="col-span-2 col-start-2 flex flex-wrap items-center justify-between gap-2">
                <ActionForm action=set attr:class="flex flex-wrap items-center gap-2">
                    <input type="hidden" name="product_id" value=id.to_string() />
                    {account.map(|account| view! { <input type="hidden" name="account" value=account.to_string() /> })}
                    <span class="border-line-strong inline-flex items-center rounded-full border">
                        <button
                            type="submit"
                            class="btn btn-plain btn-icon"
                            name="quantity"
                            value=move || quantity.get().saturating_sub(1).to_string()
                            aria-label=move || format!("One less of {}", name.get())
                            aria-disabled=move || waiting.get().then_some("true")
                        >
                            <Icon glyph=Glyph::Minus />
                        </button>
                        <output class="min-w-8 text-center font-semibold tabular-nums" data-testid="quantity">
                            {move || quantity.get()}
                        </output>
                        <button
                            type="submit"
                            class="btn btn-plain btn-icon"
                            name="quantity"
                            value=move || quantity.get().saturating_add(1).to_string()
                            aria-label=move || format!("One more of {}", name.get())
                            disabled=is_full
                        >
                            <Icon glyph=Glyph::Plus />
                        </button>
                    </span>
                    <button
                        type="submit"
                        class="btn btn-plain btn-small"
                        name="quantity"
                        value="0"
                        data-testid="remove-line"
                        aria-label=move || format!("Take {} out", name.get())
                    >
                        <Icon glyph=Glyph::Trash />
                        "Take out"
                    </button>
                </ActionForm>
            </div>
        </li>
    }
}
