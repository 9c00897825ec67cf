//! The visitor's cart, as the server told us last. Owns no rule: every change is a call, and its answer is what is shown.

pub mod add_to_cart;
pub mod cart_link;

use leptos::prelude::*;

use super::session::Session;
use crate::{api::carts::get_cart, domain::cart::Cart, error::AppError, live::assist};

/// The cart as context. Copy it freely.
#[derive(Clone, Copy)]
pub struct CartAccess {
    /// What the page began with. Read it under a `Suspense` or `Transition` alone.
    pub loaded: Resource<Result<Cart, AppError>>,
    /// What the last change answered: newer than `loaded`.
    latest: RwSignal<Option<Cart>>,
}

impl CartAccess {
    /// Shows the cart that a change answered with, on the whole page.
    pub fn show(self, cart: Cart) {
        self.latest.set(Some(cart));
    }

    /// Asks the server again: something else than the cart's own buttons changed it.
    pub fn reload(self) {
        self.latest.set(None);
        self.loaded.refetch();
    }

    /// The cart from `loaded` on, as it changes.
    pub fn from(self, loaded: Cart) -> Memo<Cart> {
        Memo::new(move |_| self.latest.get().unwrap_or_else(|| loaded.clone()))
    }
}

/// Makes the cart known to everything below. Signing in joins two carts, signing out leaves one behind: both ask again.
pub fn provide_cart(session: Session) {
    let changes = move || (session.login.version().get(), session.logout.version().get(), session.register.version().get());
    let loaded = Resource::new_blocking(changes, |_| get_cart());
    let latest = RwSignal::new(None);
    Effect::watch(changes, move |_, _, _| latest.set(None), false);
    let access = CartAccess { loaded, latest };
    // Bought or changed meanwhile: a page that the browser kept for the way back shows the cart of then.
    Effect::new(move || assist::on_page_back(move || access.reload()));
    provide_context(access);
}

/// The cart that the app provides.
pub fn use_cart() -> CartAccess {
    expect_context()
}
