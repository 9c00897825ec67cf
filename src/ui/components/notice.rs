//! A sentence that needs attention, read aloud when it appears.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// What a notice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Bad,
    Good,
    Calm,
}

/// A notice.
#[component]
pub fn Notice(tone: Tone, #[prop(into)] text: String) -> impl IntoView {
    let (class, glyph, role) = match tone {
        Tone::Bad => ("notice notice-bad", Glyph::Alert, "alert"),
        Tone::Good => ("notice notice-good", Glyph::Check, "status"),
        Tone::Calm => ("notice notice-calm", Glyph::Bird, "status"),
    };
    view! {
        <div class=class role=role>
            <Icon glyph />
            <p>{text}</p>
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
                        view! {
                            <div class="notice notice-bad">
                                <Icon glyph=Glyph::Alert />
                                <p class="flex-1">{text}</p>
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
