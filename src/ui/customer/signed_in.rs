//! The door in front of pages that belong to an account. The server decides again, call by call.

use leptos::prelude::*;
use leptos_router::components::Redirect;

use crate::{
    domain::user::User,
    ui::{
        auth::next::{use_here, with_next},
        known::WhenKnown,
    },
};

/// Shows `view` to whoever is signed in; others are sent to sign in, and come back.
#[component]
pub fn SignedIn(view: fn(User) -> AnyView) -> impl IntoView {
    let here = StoredValue::new(use_here());
    let door = move |user| match user {
        Some(user) => view(user),
        None => view! { <Redirect path=with_next("/login", Some(&here.with_value(|here| here()))) /> }.into_any(),
    };
    view! { <WhenKnown view=door /> }
}
