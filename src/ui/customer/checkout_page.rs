//! Checkout: who, where to, and what it comes to. One form, which also works without JavaScript.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::signed_in::SignedIn;
use crate::{
    api::{checkout::new_checkout_key, orders::PlaceOrder},
    domain::{cart::Cart, id::LivestreamId, money::format_price, user::User},
    error::AppError,
    live::page,
    ui::{
        cart::use_cart,
        components::{
            empty::Empty,
            failure::Failure,
            field::{Field, Presence},
            icon::Glyph,
            notice::{Notice, Tone},
            order_lines::{SmallPicture, Total},
            skeleton::PageSkeleton,
        },
    },
};

/// The page of the checkout, for whoever is signed in.
#[component]
pub fn CheckoutPage() -> impl IntoView {
    view! {
        <Title text="Checkout" />
        <SignedIn view=|user| view! { <Checkout user /> }.into_any() />
    }
}

#[component]
fn Checkout(user: User) -> impl IntoView {
    let cart = use_cart();
    // Made by the server and part of the page: a form that is sent twice, with or without script, is one order.
    let key = Resource::new_blocking(|| (), |()| new_checkout_key());
    view! {
        <div class="page">
            <h1>"Checkout"</h1>
            <Transition fallback=PageSkeleton>
                {move || {
                    let user = user.clone();
                    Suspend::new(async move {
                        match (cart.loaded.await, key.await) {
                            (Ok(cart), _) if cart.items.is_empty() => {
                                view! {
                                    <Empty glyph=Glyph::Bag title="Nothing to order yet" text="Your cart is empty.">
                                        <a class="btn btn-primary" href="/shop">
                                            "To the shop"
                                        </a>
                                    </Empty>
                                }
                                    .into_any()
                            }
                            (Ok(cart), Ok(key)) => view! { <Form user cart key /> }.into_any(),
                            (Err(error), _) | (_, Err(error)) => view! { <Failure error /> }.into_any(),
                        }
                    })
                }}
            </Transition>
        </div>
    }
}

/// The show that the order shall name: from the address, else what this browser remembers.
fn use_show() -> RwSignal<Option<LivestreamId>> {
    let query = use_query_map();
    let named = query.with_untracked(|query| query.get("show")).and_then(|id| id.parse().ok());
    let show = RwSignal::new(named);
    Effect::new(move || {
        if named.is_none() {
            show.set(page::remembered_show());
        }
    });
    show
}

#[component]
fn Form(user: User, cart: Cart, key: String) -> impl IntoView {
    let cart = use_cart().from(cart);
    let place = ServerAction::<PlaceOrder>::new();
    let show = use_show();
    let refusal = Signal::derive(move || place.value().with(|value| value.as_ref().and_then(|value| value.as_ref().err().cloned())));
    let waiting = place.pending();
    let is_ready = Memo::new(move |_| cart.with(Cart::is_ready));
    view! {
        <ActionForm action=place>
            <div class="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_24rem] lg:gap-10">
                <div class="flex min-w-0 flex-col gap-6">
                    <Refusal refusal cart />
                    <input type="hidden" name="idempotency_key" value=key />
                    {move || show.get().map(|show| view! { <input type="hidden" name="stream_id" value=show.to_string() /> })}
                    <Contact user refusal />
                    <Address refusal />
                    <div>
                        <label class="label" for="note">
                            "A note for the shop"
                        </label>
                        <textarea class="input min-h-20" id="note" name="note" maxlength="500" data-testid="checkout-note"></textarea>
                    </div>
                </div>
                <section class="card flex flex-col gap-4 p-4 sm:p-6 lg:sticky lg:top-24" aria-label="Your order">
                    <h2>"Your order"</h2>
                    <Summary cart />
                    <p class="text-muted text-sm">"You pay when the parcel arrives."</p>
                    <button
                        class="btn btn-primary btn-big w-full"
                        type="submit"
                        data-testid="checkout-submit"
                        disabled=move || waiting.get() || !is_ready.get()
                    >
                        {move || if waiting.get() { "Placing your order\u{2026}" } else { "Place order" }}
                    </button>
                    <a class="link inline-flex min-h-11 items-center self-center" href="/cart">
                        "Change the cart"
                    </a>
                </section>
            </div>
        </ActionForm>
    }
}

/// What stands in the way of the order, first of all: somebody else may have been faster.
#[component]
fn Refusal(refusal: Signal<Option<AppError>>, cart: Memo<Cart>) -> impl IntoView {
    let sentence = Memo::new(move |_| match refusal.get() {
        Some(error) => Some(error.message),
        None if !cart.with(Cart::is_ready) => Some("Something in your cart cannot be had as it is. Change the cart to go on.".to_owned()),
        None => None,
    });
    view! {
        <div class="empty:absolute" aria-live="assertive" data-testid="checkout-refusal">
            {move || sentence.get().map(|text| view! { <Notice tone=Tone::Bad text /> })}
        </div>
    }
}

/// What is wrong with a field, under its name on the wire.
fn mistake(refusal: Signal<Option<AppError>>, field: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || refusal.with(|refusal| refusal.as_ref()?.fields.get(field).map(str::to_owned)))
}

#[component]
fn Contact(user: User, refusal: Signal<Option<AppError>>) -> impl IntoView {
    view! {
        <fieldset class="flex min-w-0 flex-col gap-4">
            <legend class="font-display mb-4 text-xl font-semibold">"Who it is for"</legend>
            <Field
                name="contact[name]"
                test_id="contact-name"
                label="Name"
                autocomplete="name"
                max_length=120
                value=user.name
                mistake=mistake(refusal, "contact.name")
                required=Presence::Required
            />
            <div class="grid gap-4 sm:grid-cols-2">
                <Field
                    name="contact[email]"
                    test_id="contact-email"
                    label="E-mail"
                    kind="email"
                    autocomplete="email"
                    value=user.email
                    mistake=mistake(refusal, "contact.email")
                    required=Presence::Required
                />
                <Field
                    name="contact[phone]"
                    test_id="contact-phone"
                    label="Phone (optional)"
                    kind="tel"
                    autocomplete="tel"
                    max_length=40
                    mistake=mistake(refusal, "contact.phone")
                />
            </div>
        </fieldset>
    }
}

#[component]
fn Address(refusal: Signal<Option<AppError>>) -> impl IntoView {
    view! {
        <fieldset class="flex min-w-0 flex-col gap-4">
            <legend class="font-display mb-4 text-xl font-semibold">"Where it goes"</legend>
            <Field
                name="address[line1]"
                test_id="address-line1"
                label="Street and number"
                autocomplete="address-line1"
                max_length=160
                mistake=mistake(refusal, "address.line1")
                required=Presence::Required
            />
            <Field
                name="address[line2]"
                test_id="address-line2"
                label="Floor, company, care of (optional)"
                autocomplete="address-line2"
                max_length=160
                mistake=mistake(refusal, "address.line2")
            />
            <div class="grid gap-4 sm:grid-cols-[10rem_minmax(0,1fr)]">
                <Field
                    name="address[postalCode]"
                    test_id="address-postal-code"
                    label="Postal code"
                    autocomplete="postal-code"
                    max_length=20
                    mistake=mistake(refusal, "address.postalCode")
                />
                <Field
                    name="address[city]"
                    test_id="address-city"
                    label="City"
                    autocomplete="address-level2"
                    max_length=120
                    mistake=mistake(refusal, "address.city")
                    required=Presence::Required
                />
            </div>
            <Field
                name="address[country]"
                test_id="address-country"
                label="Country"
                autocomplete="country-name"
                max_length=80
                mistake=mistake(refusal, "address.country")
                required=Presence::Required
            />
        </fieldset>
    }
}

/// The lines of the cart, short.
#[component]
fn Summary(cart: Memo<Cart>) -> impl IntoView {
    view! {
        <div>
            <ul class="flex flex-col gap-3">
                {move || {
                    cart.get()
                        .items
                        .into_iter()
                        .map(|item| {
                            let sum = format_price(item.product.price.saturating_mul(item.quantity.into()), item.product.currency);
                            view! {
                                <li class="flex items-center gap-3">
                                    <SmallPicture path=item.product.images.first().cloned().unwrap_or_default() />
                                    <span class="flex min-w-0 flex-1 flex-col">
                                        <span class="line-clamp-2 font-medium">{item.product.name.clone()}</span>
                                        <span class="text-muted text-sm tabular-nums">{format!("{} \u{d7}", item.quantity)}</span>
                                        {(!item.available)
                                            .then(|| view! { <span class="badge badge-bad self-start">"Not available"</span> })}
                                    </span>
                                    <span class="font-semibold tabular-nums">{sum}</span>
                                </li>
                            }
                        })
                        .collect_view()
                }}
            </ul>
            <Total
                minor=Signal::derive(move || cart.with(|cart| cart.total))
                currency=Signal::derive(move || cart.with(|cart| cart.currency))
            />
        </div>
    }
}
