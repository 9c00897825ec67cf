//! Ending the show. It asks once, and waits long enough for a slip of the hand to be taken back.

use leptos::prelude::*;

use super::host::Host;
use crate::{
    live::assist,
    ui::components::icon::{Glyph, Icon},
};

/// Seconds in which the end can still be taken back.
const GRACE_S: u32 = 4;

/// The end of the show: at once by a second press, after a short countdown by itself, or not at all.
#[component]
pub fn StopButton(host: Host) -> impl IntoView {
    // Seconds left, while it asks.
    let left = RwSignal::new(None::<u32>);
    let asking = Memo::new(move |_| left.get().is_some());
    let end = move || {
        left.set(None);
        host.stop();
    };
    view! {
        {move || {
            if asking.get() {
                assist::every(
                    1000,
                    move || match left.get_untracked() {
                        Some(..=1) => end(),
                        Some(seconds) => left.set(Some(seconds - 1)),
                        None => {}
                    },
                );
                view! {
                    <span class="inline-flex flex-wrap items-center gap-2" role="alertdialog" aria-label="End the show?">
                        <span class="font-semibold tabular-nums">{move || format!("Ending in {}\u{2026}", left.get().unwrap_or_default())}</span>
                        <button type="button" class="btn btn-danger" data-testid="stop-show-confirm" on:click=move |_| end()>
                            "End now"
                        </button>
                        <button type="button" class="btn btn-quiet" data-testid="keep-going" on:click=move |_| left.set(None)>
                            "Keep going"
                        </button>
                    </span>
                }
                    .into_any()
            } else {
                view! {
                    <button
                        type="button"
                        class="btn btn-danger"
                        data-testid="stop-show"
                        disabled=host.busy
                        on:click=move |_| left.set(Some(GRACE_S))
                    >
                        <Icon glyph=Glyph::Stop />
                        "End show"
                    </button>
                }
                    .into_any()
            }
        }}
    }
}
