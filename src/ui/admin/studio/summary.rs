//! The end of a show, for its host.

use leptos::prelude::*;

use super::{host::Host, recording_line::SavingPanel};
use crate::ui::components::when::duration_in_words;

/// Numbers and ways on.
#[component]
pub fn Summary(host: Host) -> impl IntoView {
    let state = host.broadcast.state;
    let length = move || host.show.with(|show| show.as_ref().filter(|show| show.duration > 0).map(|show| duration_in_words(show.duration)));
    let replay = move || host.show.with(|show| show.as_ref().map(|show| format!("/replays/{}", show.id)));
    let numbers = move || host.show.with(|show| show.as_ref().map(|show| format!("/admin/analytics/{}", show.id)));
    let fact = |name: &'static str, value: Signal<String>| {
        view! {
            <div>
                <dt class="text-muted text-sm">{name}</dt>
                <dd class="text-2xl font-semibold tabular-nums">{value}</dd>
            </div>
        }
    };
    view! {
        <section class="card flex flex-col gap-5 p-6 sm:p-8" data-testid="show-ended">
            <h2>"That was a good show"</h2>
            <dl class="flex flex-wrap gap-8">
                {move || length().map(|length| fact("Length", Signal::stored(length)))}
                {fact("Watching at once", Signal::derive(move || state.peak_viewers.get().to_string()))}
                {fact("Hearts", Signal::derive(move || state.likes.get().to_string()))}
            </dl>
            <SavingPanel host />
            <p class="flex flex-wrap gap-2">
                {move || {
                    replay()
                        .map(|href| {
                            view! {
                                <a class="btn btn-primary" href=href>
                                    "See its replay"
                                </a>
                            }
                        })
                }}
                {move || {
                    numbers()
                        .map(|href| {
                            view! {
                                <a class="btn btn-quiet" href=href>
                                    "See its numbers"
                                </a>
                            }
                        })
                }}
                <a class="btn btn-quiet" href="/admin/studio">
                    "New show"
                </a>
                <a class="btn btn-quiet" href="/admin/shows">
                    "All shows"
                </a>
            </p>
        </section>
    }
}
