//! Going back in a show that runs: hold it, go to a moment of it, and back to live.

use leptos::prelude::*;

use crate::{
    domain::time::clock,
    live::watch::{LateView, Watch},
    ui::components::icon::{Glyph, Icon},
};

/// What "back ten seconds" goes back, in milliseconds.
const STEP_MS: u64 = 10_000;
/// What is shown of the time before a product was pinned: hosts hold it up while they pin it.
const LEAD_MS: u64 = 2_000;

/// The line of the show so far. Unseen where nobody can go back.
#[component]
pub fn RewindLine(watch: Watch) -> impl IntoView {
    let late = watch.late;
    // Under a finger that drags the line does not move on.
    let dragged = RwSignal::new(None::<u64>);
    let is_offered = Memo::new(move |_| late.with(|late| late.is_offered));
    let from_s = Memo::new(move |_| late.with(|late| late.from_ms.div_ceil(1000)));
    let edge_s = Memo::new(move |_| late.with(|late| late.edge_ms / 1000));
    let seen_s = Memo::new(move |_| late.with(|late| if late.is_late() { late.at_ms / 1000 } else { late.edge_ms / 1000 }));
    let at_s = move || dragged.get().unwrap_or_else(|| seen_s.get());
    let words = move || place_words(at_s(), edge_s.get());
    view! {
        <Show when=move || is_offered.get()>
            <input
                type="range"
                class="rewind-line"
                aria-label="Moment of the show"
                aria-valuetext=words
                data-testid="rewind-line"
                min=move || from_s.get().to_string()
                max=move || edge_s.get().to_string()
                step="1"
                prop:value=move || at_s().to_string()
                on:input=move |event| dragged.set(event_target_value(&event).parse().ok())
                on:change=move |event| {
                    dragged.set(None);
                    if let Ok(to_s) = event_target_value(&event).parse::<u64>() {
                        go_to(watch, to_s, edge_s.get_untracked());
                    }
                }
            />
        </Show>
    }
}

fn go_to(watch: Watch, to_s: u64, edge_s: u64) {
    // The end of the line is live.
    if to_s + 1 >= edge_s { watch.back_to_live() } else { watch.rewind_to(to_s * 1000) }
}

fn place_words(at_s: u64, edge_s: u64) -> String {
    match edge_s.saturating_sub(at_s) {
        0 | 1 => "Live".to_owned(),
        behind_s => format!("{} into the show, {} behind live", clock(at_s), clock(behind_s)),
    }
}

/// Hold, ten seconds back, and back to live.
#[component]
pub fn RewindButtons(watch: Watch) -> impl IntoView {
    let late = watch.late;
    let is_offered = Memo::new(move |_| late.with(|late| late.is_offered));
    let is_paused = Memo::new(move |_| late.with(|late| late.is_paused));
    let is_late = Memo::new(move |_| late.with(LateView::is_late));
    let is_chosen = Memo::new(move |_| late.with(|late| late.is_late() && !late.is_instead));
    let behind = Memo::new(move |_| late.with(|late| (late.behind_ms() + 500) / 1000));
    let back = move |_| {
        let view = late.get_untracked();
        let at_ms = if view.is_late() { view.at_ms } else { view.edge_ms };
        watch.rewind_to(at_ms.saturating_sub(STEP_MS).max(view.from_ms));
    };
    view! {
        <Show when=move || is_offered.get()>
            <button
                type="button"
                class="btn btn-icon badge-glass"
                aria-label=move || if is_paused.get() { "Play" } else { "Pause" }
                data-testid="pause"
                on:click=move |_| if is_paused.get_untracked() { watch.go_on() } else { watch.pause() }
            >
                {move || {
                    let glyph = if is_paused.get() { Glyph::Play } else { Glyph::Pause };
                    view! { <Icon glyph /> }
                }}
            </button>
            <button type="button" class="btn btn-icon badge-glass" aria-label="Back ten seconds" data-testid="back-ten" on:click=back>
                <Icon glyph=Glyph::Again />
            </button>
            <Show when=move || is_chosen.get()>
                <button type="button" class="btn btn-small badge-glass" aria-label="Back to live" data-testid="back-to-live" on:click=move |_| watch.back_to_live()>
                    <span class="dot text-live"></span>
                    <span class="sm:hidden">"Live"</span>
                    <span class="hidden sm:inline">"Back to live"</span>
                </button>
            </Show>
            // For programs: how far behind the picture is that is seen.
            <span class="hidden" data-testid="behind" data-late=move || is_late.get().to_string() data-behind-s=move || behind.get().to_string()></span>
        </Show>
    }
}

/// How far behind, in place of the word that says that it is live.
#[component]
pub fn BehindBadge(watch: Watch) -> impl IntoView {
    let behind = Memo::new(move |_| watch.late.with(|late| (late.is_late() && !late.is_instead).then(|| (late.behind_ms() + 500) / 1000)));
    move || {
        behind.get().map(|seconds| {
            view! {
                <span class="badge badge-soon tabular-nums" data-testid="behind-live">
                    <Icon glyph=Glyph::Clock class="icon size-4" />
                    {format!("{} behind", clock(seconds))}
                </span>
            }
        })
    }
}

/// Why somebody who did not go back is behind all the same.
#[component]
pub fn BehindReason(watch: Watch) -> impl IntoView {
    let said = Memo::new(move |_| watch.late.with(|late| (late.is_instead && late.covers).then(|| (late.behind_ms() + 500) / 1000)));
    let is_said = Memo::new(move |_| said.get().is_some());
    view! {
        <Show when=move || is_said.get()>
            <p class="behind-reason" data-testid="behind-reason" data-behind-s=move || said.get().unwrap_or(0).to_string()>
                <span role="status">"Your network blocks live video, so you are a few seconds behind"</span>
                <span class="tabular-nums" aria-hidden="true">
                    {move || said.get().map(|seconds| format!(" ({seconds} s)"))}
                </span>
                ". It goes live by itself as soon as it can."
            </p>
        </Show>
    }
}

/// Goes to the moment when this was pinned. Unseen where nobody can go back that far.
#[component]
pub fn ShowAgain(
    watch: Watch,
    /// What the button is about, for those who do not see where it stands.
    name: String,
    /// When it was pinned, in milliseconds from the start of the show; `None` where nobody knows.
    #[prop(into)]
    pinned_ms: Signal<Option<u64>>,
) -> impl IntoView {
    let to_ms = Memo::new(move |_| {
        let pinned_ms = pinned_ms.get()?;
        watch.late.with(|late| (late.is_offered && pinned_ms >= late.from_ms).then(|| pinned_ms.saturating_sub(LEAD_MS).max(late.from_ms)))
    });
    let label = format!("Show me {name} again");
    view! {
        <Show when=move || to_ms.get().is_some()>
            <button
                type="button"
                class="show-again"
                aria-label=label.clone()
                title="Show me again"
                data-testid="show-again"
                on:click=move |_| {
                    if let Some(to_ms) = to_ms.get_untracked() {
                        watch.rewind_to(to_ms);
                    }
                }
            >
                <Icon glyph=Glyph::Again class="icon size-4" />
            </button>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_said_as_people_count() {
        assert_eq!(place_words(99, 100), "Live");
        assert_eq!(place_words(65, 100), "1:05 into the show, 0:35 behind live");
    }
}
