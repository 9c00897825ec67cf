//! When products come up in the film: moved, left out, and put back.

use leptos::prelude::*;

use super::{Desk, place};
use crate::{
    domain::edit::{DeskMoment, MomentEdit, ReplayUpdate},
    live::assist,
    ui::{
        components::icon::{Glyph, Icon},
        ready::Ready,
    },
};

const STEP_MS: u64 = 1_000;

/// The list of moments. Changes are kept here until they are saved together.
#[component]
pub fn Moments(desk: Desk) -> impl IntoView {
    let stored = Memo::new(move |_| desk.replay.with(|replay| replay.moments.clone()));
    let moments = RwSignal::new(stored.get_untracked());
    Effect::new(move || moments.set(stored.get()));
    let is_changed = Memo::new(move |_| moments.with(|moments| stored.with(|stored| stored != moments)));
    let has_film = Memo::new(move |_| desk.replay.with(|replay| !replay.whole_url.is_empty()));
    let save = move |_| {
        let is_edit = |moment: &&DeskMoment| moment.removed || moment.at_ms != moment.was_ms;
        let edit = |moment: &DeskMoment| MomentEdit { seq: moment.seq, at_ms: (!moment.removed).then_some(moment.at_ms) };
        let edits = moments.with_untracked(|moments| moments.iter().filter(is_edit).map(edit).collect());
        desk.change(ReplayUpdate { moments: Some(edits), ..ReplayUpdate::default() });
    };
    view! {
        <section class="card flex flex-col gap-4 p-4 sm:p-5" aria-label="Products in the film">
            <h2 class="text-xl sm:text-xl">"Products in the film"</h2>
            <Show
                when=move || moments.with(|moments| !moments.is_empty())
                fallback=|| view! { <p class="text-muted">"No product was held up in this show."</p> }
            >
                <Ready class="flex flex-col gap-4">
                    <ul class="divide-line flex flex-col divide-y">
                        <For each=move || moments.with(|moments| moments.iter().map(|moment| moment.seq).collect::<Vec<_>>()) key=|seq| *seq let:seq>
                            <Row desk moments seq has_film />
                        </For>
                    </ul>
                    <p class="flex flex-wrap items-center gap-2">
                        <button
                            type="button"
                            class="btn btn-primary"
                            data-testid="save-moments"
                            disabled=move || !is_changed.get() || desk.pending.get()
                            on:click=save
                        >
                            <Icon glyph=Glyph::Check />
                            "Save the moments"
                        </button>
                        <Show when=move || is_changed.get()>
                            <button type="button" class="btn btn-quiet" on:click=move |_| moments.set(stored.get_untracked())>
                                "Forget the changes"
                            </button>
                        </Show>
                    </p>
                </Ready>
            </Show>
        </section>
    }
}

#[component]
fn Row(desk: Desk, moments: RwSignal<Vec<DeskMoment>>, seq: u64, has_film: Memo<bool>) -> impl IntoView {
    let moment = Memo::new(move |_| moments.with(|moments| moments.iter().find(|moment| moment.seq == seq).cloned()));
    let read = move |get: fn(&DeskMoment) -> u64| moment.with(|moment| moment.as_ref().map_or(0, get));
    let is_removed = Memo::new(move |_| moment.with(|moment| moment.as_ref().is_some_and(|moment| moment.removed)));
    let change = move |change: &dyn Fn(&mut DeskMoment)| moments.update(|moments| moments.iter_mut().filter(|moment| moment.seq == seq).for_each(change));
    let name = moment.get_untracked().map(|moment| moment.name).unwrap_or_default();
    let at = move || read(|moment| moment.at_ms);
    let was = move || {
        let was_ms = read(|moment| moment.was_ms);
        match (is_removed.get(), was_ms == at()) {
            (true, _) => "left out".to_owned(),
            (false, true) => String::new(),
            (false, false) => format!("was at {}", place(was_ms)),
        }
    };
    let called = move |what: &str| format!("{what}: {name}");
    let (sooner, later, here) = (called("One second sooner"), called("One second later"), called("Put it where the player is"));
    let shown_name = moment.get_untracked().map(|moment| moment.name).unwrap_or_default();
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-2 py-3" data-testid="moment" data-seq=seq.to_string()>
            <span class="flex min-w-0 flex-1 basis-48 flex-col" class:opacity-50=is_removed>
                <span class="truncate font-semibold">{shown_name}</span>
                <span class="text-muted text-sm tabular-nums">
                    <span data-testid="moment-at">{move || place(at())}</span>
                    " "
                    {was}
                </span>
            </span>
            <span class="flex flex-wrap gap-2">
                <Show when=move || has_film.get()>
                    <button type="button" class="btn btn-plain btn-small" on:click=move |_| assist::play_from(desk.video, at())>
                        "Play"
                    </button>
                </Show>
                <button
                    type="button"
                    class="btn btn-quiet btn-small btn-icon"
                    aria-label=sooner
                    disabled=is_removed
                    on:click=move |_| change(&|moment| moment.at_ms = moment.at_ms.saturating_sub(STEP_MS))
                >
                    <Icon glyph=Glyph::Minus />
                </button>
                <button
                    type="button"
                    class="btn btn-quiet btn-small btn-icon"
                    aria-label=later
                    disabled=is_removed
                    on:click=move |_| change(&|moment| moment.at_ms += STEP_MS)
                >
                    <Icon glyph=Glyph::Plus />
                </button>
                <Show when=move || has_film.get()>
                    <button
                        type="button"
                        class="btn btn-quiet btn-small"
                        aria-label=here.clone()
                        disabled=is_removed
                        data-testid="moment-here"
                        on:click=move |_| {
                            let here_ms = desk.here_ms();
                            change(&|moment| moment.at_ms = here_ms);
                        }
                    >
                        "Here"
                    </button>
                </Show>
                <button type="button" class="btn btn-quiet btn-small" data-testid="moment-remove" on:click=move |_| change(&|moment| moment.removed = !moment.removed)>
                    {move || if is_removed.get() { "Put back" } else { "Leave out" }}
                </button>
            </span>
        </li>
    }
}
