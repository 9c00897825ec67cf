//! A sentence that needs attention, read aloud when it appears.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};
use crate::{error::SIGN_IN_FIRST, ui::auth::sign_in_link::SignInLink};

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Bad,
    Good,
    Calm,
}

/// A notice. One that asks to sign in leads there, be it in these words or in others of its own.
#[component]
pub fn Notice(tone: Tone, #[prop(into)] text: String, #[prop(optional)] asks_to_sign_in: bool) -> impl IntoView {
    let (class, glyph, role) = match tone {
        Tone::Bad => ("notice notice-bad", Glyph::Alert, "alert"),
        Tone::Good => ("notice notice-good", Glyph::Check, "status"),
        Tone::Calm => ("notice notice-calm", Glyph::Bird, "status"),
    };
    let asks = asks_to_sign_in || text == SIGN_IN_FIRST;
    view! {
        <div class=class role=role>
            <Icon glyph />
            <p>{text} {asks.then(|| view! { " " <SignInLink /> })}</p>
        </div>
    }
}

/// A notice that comes and goes with a signal, and can be put away.
#[component]
pub fn PassingNotice(notice: RwSignal<Option<String>>) -> impl IntoView {
    view! {
        <div class="empty:absolute" aria-live="polite">
            {move || {
                notice
                    .get()
                    .map(|text| {
                        let asks = text == SIGN_IN_FIRST;
                        view! {
                            <div class="notice notice-bad">
                                <Icon glyph=Glyph::Alert />
                                <p class="flex-1">{text} {asks.then(|| view! { " " <SignInLink /> })}</p>
                                <button type="button" class="link min-h-11 px-2" on:click=move |_| notice.set(None)>
                                    "Close"
                                </button>
                            </div>
                        }
                    })
            }}
        </div>
    }
}
