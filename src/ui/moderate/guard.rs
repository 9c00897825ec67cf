//! The door in front of the moderators' pages. The server decides again, call by call.

use leptos::prelude::*;
use leptos_router::{components::Redirect, hooks::use_location};

use crate::{
    domain::user::User,
    ui::{auth::next::with_next, components::skeleton::PageSkeleton, forbidden::Forbidden, session::use_session},
};

/// Moderators and hosts pass; customers are told; guests are sent to sign in and come back.
#[component]
pub fn ModeratorsOnly(view: fn(User) -> AnyView) -> impl IntoView {
    let session = use_session();
    let path = use_location().pathname;
    view! {
        <Transition fallback=PageSkeleton>
            {move || Suspend::new(async move {
                match session.user.await {
                    None => view! { <Redirect path=with_next("/login", Some(&path.get_untracked())) /> }.into_any(),
                    Some(user) if user.moderates() => view(user),
                    Some(_) => view! { <Forbidden /> }.into_any(),
                }
            })}
        </Transition>
    }
}
