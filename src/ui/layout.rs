//! The frame around every page: the way in, the way around, and who is here.

use leptos::prelude::*;
use leptos_router::{components::A, hooks::use_location};

use super::{
    cart::cart_link::CartLink,
    components::{
        icon::{Glyph, Icon},
        mark::Mark,
    },
    session::use_session,
};
use crate::domain::user::User;

/// The first stop of the keyboard: past the navigation.
#[component]
pub fn SkipLink() -> impl IntoView {
    view! {
        <a class="skip" href="#content" rel="external">
            "Skip to the page"
        </a>
    }
}

/// The bar on top.
#[component]
pub fn Header() -> impl IntoView {
    let path = use_location().pathname;
    // Hosts work on the whole width of the window.
    let wide = move || path.with(|path| path.starts_with("/admin"));
    view! {
        <header class="bg-ground border-line sticky top-0 z-30 border-b">
            <div class="wrap flex min-h-16 items-center gap-4 sm:gap-6" class:wide=wide>
                <A href="/" attr:class="flex items-center gap-2 min-h-11" attr:aria-label="WrenCOS, start">
                    <Mark />
                </A>
                <nav class="flex flex-1 items-center gap-3 sm:gap-5" aria-label="Shop">
                    <A href="/live" attr:class="nav-link">
                        "Live"
                    </A>
                    <A href="/shop" attr:class="nav-link">
                        "Shop"
                    </A>
                    <Suspense>
                        {move || Suspend::new(async move {
                            use_session()
                                .user
                                .await
                                .filter(User::moderates)
                                .map(|user| {
                                    let (href, name) = if user.is_admin() { ("/admin/shows", "Host") } else { ("/moderate", "Moderate") };
                                    view! {
                                        <A href=href attr:class="nav-link">
                                            {name}
                                        </A>
                                    }
                                })
                        })}
                    </Suspense>
                </nav>
                <CartLink href="/cart" class="btn btn-plain btn-icon cart-link" count_id="cart-count" />
                <Account />
            </div>
        </header>
    }
}

#[component]
fn Account() -> impl IntoView {
    let session = use_session();
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match session.user.await {
                    Some(user) => {
                        view! {
                            <ActionForm action=session.logout>
                                <div class="flex items-center gap-2">
                                    <a class="nav-link hidden max-w-40 text-sm sm:inline-flex" href="/account/orders" aria-label=format!("{}, your orders", user.name)>
                                        <span class="truncate">{user.name.clone()}</span>
                                    </a>
                                    <button class="btn btn-plain" type="submit" data-testid="logout">
                                        <Icon glyph=Glyph::Leave />
                                        <span class="max-sm:sr-only">"Sign out"</span>
                                    </button>
                                </div>
                            </ActionForm>
                        }
                            .into_any()
                    }
                    None => {
                        view! {
                            <A href="/login" attr:class="btn btn-quiet">
                                "Sign in"
                            </A>
                        }
                            .into_any()
                    }
                }
            })}
        </Suspense>
    }
}

/// The last line of a page.
#[component]
pub fn Footer() -> impl IntoView {
    view! {
        <footer class="border-line text-muted border-t">
            <div class="wrap flex flex-wrap items-center justify-between gap-2 py-6 text-sm">
                <p>"Live shopping from this shop's own server."</p>
                <a class="link inline-flex min-h-11 items-center" href="/account/orders">
                    "Your orders"
                </a>
                <noscript>
                    <p>"Live video and chat need JavaScript. Everything else here works without."</p>
                </noscript>
            </div>
        </footer>
    }
}
