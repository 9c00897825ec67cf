//! A show that has not begun: when it will, how long that is, and how not to miss it. Gone as soon as it begins.

use leptos::prelude::*;

use crate::{
    api::livestreams::get_livestream,
    domain::{
        livestream::{Livestream, LivestreamStatus},
        time::Timestamp,
    },
    live::{
        assist,
        state::{LiveState, Phase, set},
    },
    ui::components::{
        icon::{Glyph, Icon},
        show_card::ShowPicture,
        when::{Precision, When, time_left},
    },
};

/// How often the page asks whether the plan has changed.
const LOOK_EVERY_MS: u32 = 30_000;

/// The server's time when the page was made, as context: both sides write the same first countdown from it, and it goes
/// right where the person's own clock is wrong.
#[derive(Debug, Clone, Copy)]
pub struct MadeAt(pub Timestamp);

/// Over the stage: the poster, and the time that is left.
#[component]
pub fn Curtain(state: LiveState, show: Livestream) -> impl IntoView {
    let made_at = use_context::<MadeAt>().map(|MadeAt(at)| at);
    let planned = RwSignal::new(show.scheduled_at);
    // Seconds since the page was made here, by a clock that only counts.
    let passed = RwSignal::new(0_u64);
    let waiting = Memo::new(move |_| state.phase.get() == Phase::Scheduled);
    let id = show.id;
    Effect::new(move || {
        if !untrack(|| waiting.get()) {
            return;
        }
        let begun = assist::now();
        assist::every(1000, move || set(passed, assist::now().seconds_since(begun)));
        assist::every(LOOK_EVERY_MS, move || {
            if !waiting.get_untracked() {
                return;
            }
            leptos::task::spawn_local(async move {
                match get_livestream(id).await {
                    Ok(now) if now.status == LivestreamStatus::Scheduled => {
                        planned.try_set(now.scheduled_at);
                    }
                    _ => {}
                }
            });
        });
    });
    let left = move || Some(planned.get()?.seconds_since(made_at?).saturating_sub(passed.get()));
    let words = move || match left() {
        Some(0) => "Any moment now".to_owned(),
        Some(seconds) => time_left(seconds),
        None => "Soon".to_owned(),
    };
    move || {
        let show = show.clone();
        waiting.get().then(|| {
            view! {
                <div class="absolute inset-0 grid place-items-center overflow-hidden" data-testid="coming-up">
                    <span class="thumb text-accent absolute inset-0 aspect-auto rounded-none">
                        <ShowPicture show />
                    </span>
                    <div class="badge-glass text-ink relative flex flex-col items-center gap-1 rounded-card px-6 py-4 text-center">
                        <p class="text-sm font-semibold">"The show begins in"</p>
                        <p class="font-display text-3xl font-semibold tabular-nums sm:text-5xl" role="timer" data-testid="countdown">
                            {words}
                        </p>
                        {move || {
                            planned
                                .get()
                                .map(|at| {
                                    view! {
                                        <p class="text-sm">
                                            <When at precision=Precision::Minute />
                                        </p>
                                    }
                                })
                        }}
                    </div>
                </div>
            }
        })
    }
}

/// Under the stage: what it will be about, and the way into one's calendar.
#[component]
pub fn ComingUp(state: LiveState, show: Livestream) -> impl IntoView {
    let waiting = Memo::new(move |_| state.phase.get() == Phase::Scheduled);
    let calendar = format!("/livestreams/{}/calendar.ics", show.id);
    move || {
        let (description, calendar) = (show.description.clone(), calendar.clone());
        waiting.get().then(|| {
            view! {
                <div class="flex flex-col items-start gap-3 px-3 py-3 lg:px-0">
                    {(!description.is_empty()).then(|| view! { <p class="prose-text max-h-40 overflow-y-auto lg:hidden" tabindex="0">{description}</p> })}
                    <p class="text-muted text-sm">"Stay here if you like: the picture comes by itself when the host starts."</p>
                    <a class="btn btn-primary" href=calendar rel="external" download data-testid="add-to-calendar">
                        <Icon glyph=Glyph::Calendar />
                        "Add to calendar"
                    </a>
                </div>
            }
        })
    }
}
