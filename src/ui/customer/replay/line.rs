//! The line of a film: how far it is, where products come up, and a small picture of the place that is pointed at.

use leptos::{ev, prelude::*};

use super::Playing;
use crate::{
    domain::{
        frames::Frames,
        replay::{Chapter, Replay},
        time::clock,
    },
    live::assist,
};

/// Width of the line in its own units.
const LINE: u64 = 1000;
/// The line begins and ends half a handle from its edges, in pixels.
const INSET_PX: f64 = 8.0;

/// Seeks by pointer, finger and keys. Unseen without script, where the film has controls of its own.
#[component]
pub fn Line(chapters: StoredValue<Vec<Chapter>>, replay: StoredValue<Replay>, playing: Playing) -> impl IntoView {
    let pointed = RwSignal::new(None::<u64>);
    // Under a finger that drags the handle stays.
    let dragged = RwSignal::new(None::<u64>);
    let duration = move || playing.duration_ms.get().max(1);
    let place = move |at_ms: u64| (at_ms * LINE / duration()).min(LINE);
    let at_ms = move || dragged.get().unwrap_or_else(|| playing.at_ms.get());
    let name_at = move |at_ms: u64| {
        let chapter = chapters.with_value(|chapters| chapters.iter().rev().find(|chapter| chapter.at_ms <= at_ms).copied())?;
        replay.with_value(|replay| replay.products.iter().find(|product| product.id == chapter.product).map(|product| product.name.clone()))
    };
    let words = move || {
        let at_ms = at_ms();
        let name = name_at(at_ms).map_or_else(String::new, |name| format!(", {name}"));
        format!("{} of {}{name}", clock(at_ms / 1000), clock(duration() / 1000))
    };
    let point = move |event: ev::PointerEvent| {
        let along = assist::along(&event, INSET_PX);
        pointed.set(along.map(|along| (along * playing.duration_ms.get_untracked() as f64) as u64));
    };
    let seek = move |event: ev::Event| {
        let by_pointer = pointed.get_untracked().is_some();
        dragged.set(None);
        pointed.set(None);
        if let Ok(seconds) = event_target_value(&event).parse::<u64>() {
            let at_ms = seconds * 1000;
            let near = chapters.with_value(|chapters| by_pointer.then(|| near(chapters, at_ms, playing.duration_ms.get_untracked())).flatten());
            playing.jump(near.unwrap_or(at_ms));
        }
    };
    view! {
        <div class="seek-line needs-script">
            <svg class="seek-marks" viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">
                <rect class="fill-line" x="0" y="8" width=LINE.to_string() height="4"></rect>
                <rect class="fill-accent" x="0" y="8" width=move || place(at_ms()).to_string() height="4"></rect>
                {chapters
                    .get_value()
                    .into_iter()
                    .map(|chapter| view! { <rect class="fill-ink" x=move || place(chapter.at_ms).saturating_sub(3).to_string() y="3" width="6" height="14"></rect> })
                    .collect_view()}
            </svg>
            <input
                type="range"
                class="seek-range"
                aria-label="Place in the film"
                aria-valuetext=words
                data-testid="seek-line"
                min="0"
                max=move || (duration() / 1000).to_string()
                step="1"
                prop:value=move || (at_ms() / 1000).to_string()
                on:pointermove=point
                on:pointerleave=move |_| pointed.set(None)
                on:pointercancel=move |_| pointed.set(None)
                on:keydown=move |_| pointed.set(None)
                on:input=move |event| dragged.set(event_target_value(&event).parse::<u64>().ok().map(|seconds| seconds * 1000))
                on:change=seek
            />
            <Show when=move || pointed.with(Option::is_some)>
                <Glimpse at_ms=Signal::derive(move || pointed.get().unwrap_or_default()) share=Signal::derive(move || place(pointed.get().unwrap_or_default())) replay name_at />
            </Show>
        </div>
    }
}

/// What is seen and shown at a place.
#[component]
fn Glimpse(
    #[prop(into)] at_ms: Signal<u64>,
    /// How far along the line it is, in its units.
    #[prop(into)]
    share: Signal<u64>,
    replay: StoredValue<Replay>,
    name_at: impl Fn(u64) -> Option<String> + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let frames = replay.with_value(|replay| replay.frames.clone());
    view! {
        <div class="glimpse" aria-hidden="true" data-testid="glimpse" style:left=move || format!("clamp(5.5rem, {}%, 100% - 5.5rem)", share.get() as f64 / 10.0)>
            {frames.map(|frames| view! { <Frame frames at_ms /> })}
            <span class="tabular-nums">{move || clock(at_ms.get() / 1000)}</span>
            {move || name_at(at_ms.get()).map(|name| view! { <span class="max-w-full truncate">{name}</span> })}
        </div>
    }
}

#[component]
fn Frame(frames: Frames, at_ms: Signal<u64>) -> impl IntoView {
    let Frames { url, grid } = frames;
    let place = Memo::new(move |_| grid.place(at_ms.get()).unwrap_or_default());
    view! {
        <div
            class="glimpse-frame"
            data-testid="glimpse-frame"
            style:background-image=format!("url(\"{url}\")")
            style:width=format!("{}px", grid.tile_width_px)
            style:height=format!("{}px", grid.tile_height_px)
            style:background-position=move || {
                let (x, y) = place.get();
                format!("-{x}px -{y}px")
            }
        ></div>
    }
}

// A pointer that is almost on a product means the product.
fn near(chapters: &[Chapter], at_ms: u64, duration_ms: u64) -> Option<u64> {
    let distance = |chapter: &&Chapter| chapter.at_ms.abs_diff(at_ms);
    let nearest = chapters.iter().min_by_key(distance)?;
    (distance(&nearest) <= (duration_ms / 100).min(5_000)).then_some(nearest.at_ms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::ProductId;

    #[test]
    fn a_pointer_near_a_product_means_the_product() {
        let chapters: Vec<_> = [61_500, 64_000].map(|at_ms| Chapter { at_ms, product: ProductId::from_bytes([1; 12]) }).into();
        for (at_ms, found) in [(60_000, Some(61_500)), (62_000, Some(61_500)), (63_000, Some(64_000)), (58_000, None), (70_000, None)] {
            assert_eq!(near(&chapters, at_ms, 300_000), found, "{at_ms}");
        }
        assert_eq!(near(&chapters, 60_000, 100_000), None, "in a short film a second is far");
        assert_eq!(near(&[], 0, 300_000), None);
    }
}
