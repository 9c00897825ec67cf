//! Opening an account.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;

use super::next::{use_next, with_next};
use crate::ui::{
    components::{
        field::{Field, Presence},
        notice::{Notice, Tone},
    },
    session::use_session,
};

/// Name, e-mail address and password.
#[component]
pub fn RegisterPage() -> impl IntoView {
    let register = use_session().register;
    let next = use_next();
    let refusal = Signal::derive(move || register.value().with(|value| value.as_ref().and_then(|value| value.as_ref().err().cloned())));
    let mistake = move |field: &'static str| Signal::derive(move || refusal.with(|refusal| refusal.as_ref()?.fields.get(field).map(str::to_owned)));
    view! {
        <Title text="Open an account" />
        <div class="page max-w-md">
            <h1>"Open an account"</h1>
            <ActionForm action=register>
                <div class="card flex flex-col gap-4 p-5 sm:p-6">
                    {move || refusal.get().filter(|refusal| refusal.fields.is_empty()).map(|refusal| view! { <Notice tone=Tone::Bad text=refusal.message /> })}
                    {move || next.get().map(|next| view! { <input type="hidden" name="next" value=next /> })}
                    <Field
                        name="name"
                        label="Name"
                        autocomplete="name"
                        max_length=60
                        hint="Shown beside what you say in the chat."
                        mistake=mistake("name")
                        required=Presence::Required
                    />
                    <Field name="email" label="E-mail" kind="email" autocomplete="username" mistake=mistake("email") required=Presence::Required />
                    <Field
                        name="password"
                        label="Password"
                        kind="password"
                        autocomplete="new-password"
                        max_length=128
                        hint="At least 8 characters."
                        mistake=mistake("password")
                        required=Presence::Required
                    />
                    <button class="btn btn-primary" type="submit" data-testid="auth-submit" disabled=move || register.pending().get()>
                        {move || if register.pending().get() { "One moment\u{2026}" } else { "Open account" }}
                    </button>
                </div>
            </ActionForm>
            <p class="text-muted">
                "Already with us? "
                <A href=move || with_next("/login", next.get().as_deref()) attr:class="link">
                    "Sign in"
                </A>
            </p>
        </div>
    }
}
