//! The door in front of pages that belong to an account. The server decides again, call by call.

use leptos::prelude::*;
use leptos_router::{components::Redirect, hooks::use_location};

use crate::{
    domain::user::User,
    ui::{auth::next::with_next, known::WhenKnown},
};

/// Shows `view` to whoever is signed in; others are sent to sign in, and come back.
#[component]
pub fn SignedIn(view: fn(User) -> AnyView) -> impl IntoView {
    let location = use_location();
    let here = move || {
        let (path, search) = (location.pathname.get_untracked(), location.search.get_untracked());
        if search.is_empty() { path } else { format!("{path}?{}", search.trim_start_matches('?')) }
    };
    let door = move |user| match user {
        Some(user) => view(user),
        None => view! { <Redirect path=with_next("/login", Some(&here())) /> }.into_any(),
    };
    view! { <WhenKnown view=door /> }
}
