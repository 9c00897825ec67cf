//! The door in front of the moderators' pages. The server decides again, call by call.

use leptos::prelude::*;
use leptos_router::{components::Redirect, hooks::use_location};

use crate::{
    domain::user::User,
    ui::{auth::next::with_next, forbidden::Forbidden, known::WhenKnown},
};

/// Moderators and hosts pass; customers are told; guests are sent to sign in and come back.
#[component]
pub fn ModeratorsOnly(view: fn(User) -> AnyView) -> impl IntoView {
    let path = use_location().pathname;
    let door = move |user: Option<User>| match user {
        None => view! { <Redirect path=with_next("/login", Some(&path.get_untracked())) /> }.into_any(),
        Some(user) if user.moderates() => view(user),
        Some(_) => view! { <Forbidden /> }.into_any(),
    };
    view! { <WhenKnown view=door /> }
}
