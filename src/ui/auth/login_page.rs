//! Signing in.

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

/// E-mail address and password.
#[component]
pub fn LoginPage() -> impl IntoView {
    let login = use_session().login;
    let next = use_next();
    let refusal = Signal::derive(move || login.value().with(|value| value.as_ref().and_then(|value| value.as_ref().err().cloned())));
    let mistake = move |field: &'static str| Signal::derive(move || refusal.with(|refusal| refusal.as_ref()?.fields.get(field).map(str::to_owned)));
    view! {
        <Title text="Sign in" />
        <div class="page max-w-md">
            <h1>"Welcome back"</h1>
            <ActionForm action=login>
                <div class="card flex flex-col gap-4 p-5 sm:p-6">
                    {move || refusal.get().filter(|refusal| refusal.fields.is_empty()).map(|refusal| view! { <Notice tone=Tone::Bad text=refusal.message /> })}
                    {move || next.get().map(|next| view! { <input type="hidden" name="next" value=next /> })}
                    <Field name="email" label="E-mail" kind="email" autocomplete="username" mistake=mistake("email") required=Presence::Required />
                    <Field
                        name="password"
                        label="Password"
                        kind="password"
                        autocomplete="current-password"
                        max_length=128
                        mistake=mistake("password")
                        required=Presence::Required
                    />
                    <button class="btn btn-primary" type="submit" data-testid="auth-submit" disabled=move || login.pending().get()>
                        {move || if login.pending().get() { "Signing in\u{2026}" } else { "Sign in" }}
                    </button>
                </div>
            </ActionForm>
            <p class="text-muted">
                "New here? "
                <A href=move || with_next("/register", next.get().as_deref()) attr:class="link">
                    "Open an account"
                </A>
            </p>
        </div>
    }
}
