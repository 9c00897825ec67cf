//! The pages of moderators, each in a chunk of its own beside the customers' WASM.

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::{join_page::JoinPage, moderate_page::ModeratePage, shows_page::ModerateShowsPage};

/// The chats there are.
pub struct ModerateShowsRoute;

#[lazy_route]
impl LazyRoute for ModerateShowsRoute {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! { <ModerateShowsPage /> }.into_any()
    }
}

/// One show with the tools of its chat.
pub struct ModerateRoute;

#[lazy_route]
impl LazyRoute for ModerateRoute {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! { <ModeratePage /> }.into_any()
    }
}

/// An invitation.
pub struct JoinRoute;

#[lazy_route]
impl LazyRoute for JoinRoute {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! { <JoinPage /> }.into_any()
    }
}
