//! How to pay: a choice where there is one, else the sentence that says it.

use leptos::prelude::*;

use crate::{
    domain::order::PaymentMethod,
    ui::components::order_status::{payment_in_words, payment_promise},
};

/// The ways to pay, the first one chosen.
#[component]
pub fn PayChoice(methods: Vec<PaymentMethod>, #[prop(into)] mistake: Signal<Option<String>>) -> impl IntoView {
    let first = methods.first().copied().unwrap_or_default();
    let choice = if methods.len() < 2 {
        view! {
            <input type="hidden" name="payment_method" value=first.as_str() />
            <p class="text-muted text-sm">{payment_promise(first)}</p>
        }
        .into_any()
    } else {
        let option = |method: PaymentMethod| {
            view! {
                <label class="border-line flex min-h-11 items-start gap-3 rounded-field border px-3 py-2 has-checked:border-accent has-checked:bg-accent-soft">
                    <input type="radio" class="check mt-0.5" name="payment_method" value=method.as_str() checked=method == first data-testid=format!("pay-{}", method.as_str()) />
                    <span class="flex min-w-0 flex-col">
                        <span class="font-medium">{payment_in_words(method)}</span>
                        <span class="text-muted text-sm">{payment_promise(method)}</span>
                    </span>
                </label>
            }
        };
        view! {
            <fieldset class="flex flex-col gap-2">
                <legend class="label">"How you pay"</legend>
                {methods.into_iter().map(option).collect_view()}
            </fieldset>
        }
        .into_any()
    };
    view! {
        <div>
            {choice}
            {move || mistake.get().map(|mistake| view! { <p class="mistake">{mistake}</p> })}
        </div>
    }
}
