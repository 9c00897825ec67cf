//! The frame of the hosts' pages, and the guard in front of them.
//!
//! The guard decides what is shown. What may be done is decided by the server, call by call.

use leptos::prelude::*;
use leptos_router::{
    components::{A, Outlet, Redirect},
    hooks::use_location,
};

use crate::{
    domain::user::User,
    ui::{auth::next::with_next, forbidden::Forbidden, known::WhenKnown},
};

/// Hosts pass; customers are told; guests are sent to sign in and come back.
#[component]
pub fn AdminLayout() -> impl IntoView {
    let path = use_location().pathname;
    let door = move |user: Option<User>| match user {
        None => view! { <Redirect path=with_next("/login", Some(&path.get_untracked())) /> }.into_any(),
        Some(user) if user.is_admin() => view! { <Rooms /> }.into_any(),
        Some(_) => view! { <Forbidden /> }.into_any(),
    };
    view! { <WhenKnown view=door /> }
}

#[component]
fn Rooms() -> impl IntoView {
    view! {
        <nav class="bg-sunken border-line border-b" aria-label="Host">
            <div class="wrap wide flex items-center gap-4 overflow-x-auto *:shrink-0 *:whitespace-nowrap sm:gap-6">
                <A href="/admin/studio" attr:class="nav-link">
                    "Studio"
                </A>
                <A href="/admin/shows" attr:class="nav-link">
                    "Shows"
                </A>
                <A href="/admin/products" attr:class="nav-link">
                    "Products"
                </A>
                <A href="/admin/orders" attr:class="nav-link">
                    "Orders"
                </A>
                <A href="/admin/people" attr:class="nav-link">
                    "People"
                </A>
                <A href="/admin/settings" attr:class="nav-link">
                    "Settings"
                </A>
            </div>
        </nav>
        <Outlet />
    }
}
