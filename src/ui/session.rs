//! Who is at the page, as the server told us, and the three ways to change it.

use leptos::prelude::*;

use crate::{
    api::accounts::{Login, Logout, Register, current_user},
    domain::user::User,
};

/// The session as context. The server decides what anyone may do; this only decides what is shown.
#[derive(Clone, Copy)]
pub struct Session {
    pub user: Resource<Option<User>>,
    pub login: ServerAction<Login>,
    pub logout: ServerAction<Logout>,
    pub register: ServerAction<Register>,
}

/// Makes the session known to everything below. Call inside the router: it hands over what a form without script left behind.
pub fn provide_session() -> Session {
    let (login, logout, register) = (ServerAction::new(), ServerAction::new(), ServerAction::new());
    let changes = move || (login.version().get(), logout.version().get(), register.version().get());
    // A server that cannot be asked leaves a guest: everything a guest sees is public.
    let user = Resource::new_blocking(changes, |_| async { current_user().await.unwrap_or_default() });
    let session = Session { user, login, logout, register };
    provide_context(session);
    session
}

/// The session that the app provides.
pub fn use_session() -> Session {
    expect_context()
}
