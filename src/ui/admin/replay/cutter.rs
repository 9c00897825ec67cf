//! The whole film, and which stretch of it customers see.

use std::time::Duration;

use leptos::prelude::*;

use super::{Desk, place};
use crate::{
    api::replays::get_replay_desk,
    domain::edit::{Cut, ReplayUpdate},
    live::assist,
    ui::{
        components::icon::{Glyph, Icon},
        ready::Ready,
    },
};

/// How long before the end of the stretch its last seconds are played from.
const LAST_MS: u64 = 3_000;

/// The film with its start and its end.
#[component]
pub fn Cutter(desk: Desk) -> impl IntoView {
    let url = Memo::new(move |_| desk.replay.with(|replay| replay.whole_url.clone()));
    let stored = Memo::new(move |_| desk.replay.with(|replay| replay.cut));
    let can_cut = Memo::new(move |_| desk.replay.with(|replay| replay.can_cut));
    let cutting = Memo::new(move |_| desk.replay.with(|replay| replay.cutting));
    let chosen = RwSignal::new(stored.get_untracked());
    Effect::new(move || chosen.set(stored.get()));
    wait_for_cut(desk, cutting);
    let is_changed = move || chosen.get() != stored.get();
    let wrong = Memo::new(move |_| chosen.get().checked().err().and_then(|fields| fields.get("cut").map(str::to_owned)));
    let send = move |cut: Cut| desk.change(ReplayUpdate { cut: Some(cut), ..ReplayUpdate::default() });
    let end_ms = move || chosen.get().end_ms.or_else(|| desk.whole_ms());
    let result = move || {
        let (from_ms, length_ms, cut) = desk.replay.with(|replay| (replay.shown_from_ms, replay.shown_ms, replay.cut));
        match (cutting.get(), cut.is_whole()) {
            (true, _) => "The film is being cut. That takes a while for a long one.".to_owned(),
            (false, true) => "Customers see the whole film.".to_owned(),
            (false, false) => format!("Customers see {} of it, from {} on.", place(length_ms), place(from_ms)),
        }
    };
    view! {
        <section class="card flex flex-col gap-4 p-4 sm:p-5" aria-label="Film">
            <div class="screen rounded-card">
                <video node_ref=desk.video controls playsinline preload="metadata" src=url data-testid="whole-film" aria-label="The whole film"></video>
            </div>
            <p class="text-muted text-sm" aria-live="polite" data-testid="cut-result">
                {result}
            </p>
            <Show when=move || can_cut.get() fallback=|| view! { <p class="hint">"This film cannot be cut. WebM can, and what browsers record as MP4."</p> }>
                <Ready class="flex flex-col gap-4">
                    <div class="grid gap-4 sm:grid-cols-2">
                        <div class="flex flex-col gap-2">
                            <p class="label mb-0">"Start " <span class="tabular-nums" data-testid="cut-start">{move || place(chosen.get().start_ms)}</span></p>
                            <p class="flex flex-wrap gap-2">
                                <button
                                    type="button"
                                    class="btn btn-quiet btn-small"
                                    data-testid="start-here"
                                    on:click=move |_| chosen.update(|cut| cut.start_ms = desk.here_ms())
                                >
                                    "Start here"
                                </button>
                                <button
                                    type="button"
                                    class="btn btn-plain btn-small"
                                    on:click=move |_| assist::play_from(desk.video, chosen.get_untracked().start_ms)
                                >
                                    "Play the start"
                                </button>
                            </p>
                        </div>
                        <div class="flex flex-col gap-2">
                            <p class="label mb-0">
                                "End "
                                <span class="tabular-nums" data-testid="cut-end">
                                    {move || chosen.get().end_ms.map_or_else(|| "with the film".to_owned(), place)}
                                </span>
                            </p>
                            <p class="flex flex-wrap gap-2">
                                <button
                                    type="button"
                                    class="btn btn-quiet btn-small"
                                    data-testid="end-here"
                                    on:click=move |_| chosen.update(|cut| cut.end_ms = Some(desk.here_ms()))
                                >
                                    "End here"
                                </button>
                                <button
                                    type="button"
                                    class="btn btn-plain btn-small"
                                    on:click=move |_| {
                                        if let Some(end_ms) = end_ms() {
                                            assist::play_from(desk.video, end_ms.saturating_sub(LAST_MS));
                                        }
                                    }
                                >
                                    "Play the end"
                                </button>
                            </p>
                        </div>
                    </div>
                    {move || wrong.get().map(|sentence| view! { <p class="mistake" role="alert">{sentence}</p> })}
                    <p class="flex flex-wrap items-center gap-2">
                        <button
                            type="button"
                            class="btn btn-primary"
                            data-testid="save-cut"
                            disabled=move || !is_changed() || wrong.with(Option::is_some) || desk.pending.get() || cutting.get()
                            on:click=move |_| send(chosen.get_untracked())
                        >
                            <Icon glyph=Glyph::Check />
                            "Cut the film"
                        </button>
                        <Show when=move || !stored.get().is_whole()>
                            <button
                                type="button"
                                class="btn btn-quiet"
                                data-testid="whole-film-again"
                                disabled=move || desk.pending.get() || cutting.get()
                                on:click=move |_| send(Cut::default())
                            >
                                "Show the whole film"
                            </button>
                        </Show>
                    </p>
                    <p class="hint">
                        "Nothing is encoded anew, so the film begins up to two seconds before the place you choose. The whole film stays here; nobody else can fetch it."
                    </p>
                </Ready>
            </Show>
        </section>
    }
}

// Asks how far a cut is for as long as one is made.
fn wait_for_cut(desk: Desk, cutting: Memo<bool>) {
    Effect::new(move || {
        if !cutting.get() {
            return;
        }
        let ask = move || {
            let id = desk.replay.with_untracked(|replay| replay.stream_id);
            leptos::task::spawn_local(async move {
                if let Ok(replay) = get_replay_desk(id).await {
                    desk.replay.try_set(replay);
                }
            });
        };
        if let Ok(interval) = set_interval_with_handle(ask, Duration::from_secs(3)) {
            on_cleanup(move || interval.clear());
        }
    });
}
