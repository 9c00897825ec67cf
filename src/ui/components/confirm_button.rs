//! A button for what cannot be taken back: it asks once, in its own place.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// Asks before it acts.
#[component]
pub fn ConfirmButton(
    #[prop(into)] label: String,
    #[prop(into)] question: String,
    #[prop(into)] yes: String,
    glyph: Glyph,
    #[prop(default = "btn btn-quiet btn-small")] class: &'static str,
    on_yes: Callback<()>,
) -> impl IntoView {
    let asking = RwSignal::new(false);
    view! {
        {move || {
            if asking.get() {
                view! {
                    <span class="inline-flex flex-wrap items-center gap-2" role="group" aria-label=question.clone()>
                        <span class="text-sm font-semibold">{question.clone()}</span>
                        <button
                            type="button"
                            class="btn btn-danger btn-small"
                            autofocus
                            on:click=move |_| {
                                asking.set(false);
                                on_yes.run(());
                            }
                        >
                            {yes.clone()}
                        </button>
                        <button type="button" class="btn btn-quiet btn-small" on:click=move |_| asking.set(false)>
                            "Keep"
                        </button>
                    </span>
                }
                    .into_any()
            } else {
                view! {
                    <button type="button" class=class on:click=move |_| asking.set(true)>
                        <Icon glyph />
                        {label.clone()}
                    </button>
                }
                    .into_any()
            }
        }}
    }
}
