//! The way to sign in from the middle of something, and back to it.

use leptos::prelude::*;

use super::next::{use_here, with_next};

/// The link. It loads the page anew: whoever the page thinks is signed in is not any more.
#[component]
pub fn SignInLink() -> impl IntoView {
    let href = with_next("/login", Some(&use_here()()));
    view! {
        <a class="link whitespace-nowrap" href=href rel="external" data-testid="sign-in-again">
            "Sign in"
        </a>
    }
}
