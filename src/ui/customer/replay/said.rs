//! The talk of a show that is over: as it went while the film plays, or all of its end where there is no film.

use leptos::prelude::*;

use super::Playing;
use crate::{
    api::replays::chat_of_replay,
    domain::{
        chat::ChatMessage,
        id::LivestreamId,
        replay::{ReplayChat, ReplayLine},
    },
};

/// Lines that are shown at once.
const SHOWN: usize = 60;

/// The talk in the film's time. Until a script runs, it is the last of the whole show.
#[component]
pub fn SaidInTime(show: LivestreamId, last: Vec<ChatMessage>, playing: Playing) -> impl IntoView {
    let window = RwSignal::new(None::<ReplayChat>);
    let is_loading = RwSignal::new(false);
    let second = Memo::new(move |_| playing.at_ms.get() / 1000);
    Effect::new(move || {
        let at_ms = second.get() * 1000;
        let is_here = window.with(|window| window.as_ref().is_some_and(|window| window.covers(at_ms)));
        if is_here || is_loading.get() {
            return;
        }
        is_loading.set(true);
        leptos::task::spawn_local(async move {
            match chat_of_replay(show, at_ms).await {
                Ok(found) => {
                    window.try_set(Some(found));
                    is_loading.try_set(false);
                }
                // The film goes on without it, and it is asked for again with the next place of the film.
                Err(_) => set_timeout(
                    move || {
                        is_loading.try_set(false);
                    },
                    std::time::Duration::from_secs(5),
                ),
            }
        });
    });
    let by_now = Memo::new(move |_| {
        let at_ms = playing.at_ms.get();
        window.with(|window| {
            let window = window.as_ref()?;
            let end = window.lines.partition_point(|line| line.at_ms <= at_ms);
            Some((end.saturating_sub(SHOWN), end))
        })
    });
    let lines = move || match by_now.get() {
        Some((from, to)) => window.with(|window| window.as_ref().and_then(|window| window.lines.get(from..to)).unwrap_or_default().to_vec()),
        None => last.iter().cloned().map(|message| ReplayLine { at_ms: 0, message }).collect(),
    };
    view! {
        <section class="card flex h-96 min-h-0 flex-col overflow-hidden lg:sticky lg:top-20 lg:h-[calc(100dvh-7rem)] lg:max-h-184" aria-label="Chat of the show">
            <h2 class="panel-head text-lg sm:text-lg">"Chat"</h2>
            <div class="chat-scroll" tabindex="0">
                <ol class="flex flex-col gap-0.5">
                    <For each=lines key=|line| line.message.id let:line>
                        <Line message=line.message />
                    </For>
                </ol>
                <Show when=move || by_now.get().is_some_and(|(_, end)| end == 0)>
                    <p class="text-muted m-auto max-w-56 text-center text-sm">"Nothing was said yet at this moment."</p>
                </Show>
            </div>
        </section>
    }
}

/// The last of what was said, where there is no film.
#[component]
pub fn SaidInTheEnd(messages: Vec<ChatMessage>) -> impl IntoView {
    (!messages.is_empty()).then(|| {
        view! {
            <section class="flex flex-col gap-4">
                <h2>"What was said"</h2>
                <ol class="card flex max-h-128 flex-col gap-0.5 overflow-y-auto p-3" tabindex="0" aria-label="Chat of the show">
                    {messages.into_iter().map(|message| view! { <Line message /> }).collect_view()}
                </ol>
            </section>
        }
    })
}

#[component]
fn Line(message: ChatMessage) -> impl IntoView {
    view! {
        <li class="chat-line" data-testid="chat-message" data-admin=if message.is_admin { "true" } else { "false" }>
            <span class="text-accent mr-1.5 font-semibold">
                <bdi>{message.username}</bdi>
            </span>
            {message.is_admin.then(|| view! { <span class="badge badge-live mr-1.5 text-xs">"Host"</span> })}
            <bdi>{message.message}</bdi>
        </li>
    }
}
