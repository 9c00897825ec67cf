//! Checkout: who, where to, and what it comes to. One form, which also works without JavaScript.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{
    checkout::{hold_clock::HoldClock, pay_choice::PayChoice, summary::Summary},
    signed_in::SignedIn,
};
use crate::{
    api::{
        checkout::{CheckoutStart, begin_checkout},
        orders::PlaceOrder,
    },
    domain::{id::LivestreamId, order},
    error::{AppError, ErrorKind},
    live::page,
    ui::components::{
        empty::Empty,
        failure::Failure,
        field::{Field, Presence},
        icon::Glyph,
        notice::{Notice, Tone},
        skeleton::PageSkeleton,
    },
};

/// The page of the checkout, for whoever is signed in.
#[component]
pub fn CheckoutPage() -> impl IntoView {
    view! {
        <Title text="Checkout" />
        <SignedIn view=|_| view! { <Checkout /> }.into_any() />
    }
}

#[component]
fn Checkout() -> impl IntoView {
    // Begun by the server, and its key part of the page: a form that is sent twice, with or without script, is one order.
    let start = Resource::new_blocking(|| (), |()| begin_checkout());
    view! {
        <div class="page">
            <h1>"Checkout"</h1>
            <Transition fallback=PageSkeleton>
                {move || Suspend::new(async move {
                    match start.await {
                        Ok(start) if start.cart.items.is_empty() => {
                            view! {
                                <Empty glyph=Glyph::Bag title="Nothing to order yet" text="Your cart is empty.">
                                    <a class="btn btn-primary" href="/shop">
                                        "To the shop"
                                    </a>
                                </Empty>
                            }
                                .into_any()
                        }
                        Ok(start) => view! { <Form start /> }.into_any(),
                        Err(error) => view! { <Failure error /> }.into_any(),
                    }
                })}
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
fn Form(start: CheckoutStart) -> impl IntoView {
    let CheckoutStart { key, cart, hold, form, methods } = start;
    let place = ServerAction::<PlaceOrder>::new();
    let show = use_show();
    let (hold, refused) = match hold {
        Ok(hold) => (Some(hold), None),
        Err(error) => (None, Some(error)),
    };
    let unheld = RwSignal::new(refused);
    let refusal = Signal::derive(move || place.value().with(|value| value.as_ref().and_then(|value| value.as_ref().err().cloned())));
    let problem = Signal::derive(move || refusal.get().or_else(|| unheld.get()));
    let waiting = place.pending();
    let is_ready = cart.is_ready();
    view! {
        <ActionForm action=place>
            <div class="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_24rem] lg:gap-10">
                <div class="flex min-w-0 flex-col gap-6">
                    <Refusal problem is_ready />
                    <input type="hidden" name="idempotency_key" value=key />
                    {move || show.get().map(|show| view! { <input type="hidden" name="stream_id" value=show.to_string() /> })}
                    <Contact contact=form.contact refusal />
                    <Address address=form.address refusal />
                    <div>
                        <label class="label" for="note">
                            "A note for the shop"
                        </label>
                        <textarea class="input min-h-20" id="note" name="note" maxlength="500" data-testid="checkout-note">
                            {form.note}
                        </textarea>
                    </div>
                </div>
                <section class="card flex flex-col gap-4 p-4 sm:p-6 lg:sticky lg:top-24" aria-label="Your order">
                    <h2>"Your order"</h2>
                    <Summary cart problem />
                    <HoldClock hold refused=unheld />
                    <PayChoice methods mistake=mistake(refusal, "paymentMethod") />
                    <button class="btn btn-primary btn-big w-full" type="submit" data-testid="checkout-submit" disabled=move || waiting.get() || !is_ready>
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
fn Refusal(problem: Signal<Option<AppError>>, is_ready: bool) -> impl IntoView {
    let sentence = Memo::new(move |_| match problem.get() {
        Some(error) => Some((error.kind == ErrorKind::Unauthenticated, error.message)),
        None if !is_ready => Some((false, "Something in your cart cannot be had as it is. Change the cart to go on.".to_owned())),
        None => None,
    });
    view! {
        <div class="empty:absolute" aria-live="assertive" data-testid="checkout-refusal">
            {move || sentence.get().map(|(asks_to_sign_in, text)| view! { <Notice tone=Tone::Bad text asks_to_sign_in /> })}
        </div>
    }
}

/// What is wrong with a field, under its name on the wire.
fn mistake(refusal: Signal<Option<AppError>>, field: &'static str) -> Signal<Option<String>> {
    Signal::derive(move || refusal.with(|refusal| refusal.as_ref()?.fields.get(field).map(str::to_owned)))
}

#[component]
fn Contact(contact: order::Contact, refusal: Signal<Option<AppError>>) -> impl IntoView {
    view! {
        <fieldset class="flex min-w-0 flex-col gap-4">
            <legend class="font-display mb-4 text-xl font-semibold">"Who it is for"</legend>
            <Field
                name="contact[name]"
                test_id="contact-name"
                label="Name"
                autocomplete="name"
                max_length=120
                value=contact.name
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
                    value=contact.email
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
                    value=contact.phone
                    mistake=mistake(refusal, "contact.phone")
                />
            </div>
        </fieldset>
    }
}

#[component]
fn Address(address: order::Address, refusal: Signal<Option<AppError>>) -> impl IntoView {
    view! {
        <fieldset class="flex min-w-0 flex-col gap-4">
            <legend class="font-display mb-4 text-xl font-semibold">"Where it goes"</legend>
            <Field
                name="address[line1]"
                test_id="address-line1"
                label="Street and number"
                autocomplete="address-line1"
                max_length=160
                value=address.line1
                mistake=mistake(refusal, "address.line1")
                required=Presence::Required
            />
            <Field
                name="address[line2]"
                test_id="address-line2"
                label="Floor, company, care of (optional)"
                autocomplete="address-line2"
                max_length=160
                value=address.line2
                mistake=mistake(refusal, "address.line2")
            />
            <div class="grid gap-4 sm:grid-cols-[10rem_minmax(0,1fr)]">
                <Field
                    name="address[postalCode]"
                    test_id="address-postal-code"
                    label="Postal code"
                    autocomplete="postal-code"
                    max_length=20
                    value=address.postal_code
                mistake=mistake(refusal, "address.postalCode")
                />
                <Field
                    name="address[city]"
                    test_id="address-city"
                    label="City"
                    autocomplete="address-level2"
                    max_length=120
                    value=address.city
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
                value=address.country
                mistake=mistake(refusal, "address.country")
                required=Presence::Required
            />
        </fieldset>
    }
}
