//! The rules of a show's chat, changed while it runs, and who is muted or banned in it.

use leptos::{html, prelude::*};

use super::{
    desk::{Desk, Outcome, Power},
    sanction_row::SanctionRow,
};
use crate::{
    domain::moderation::{ChatRulesUpdate, MAX_ANNOUNCEMENT, span_in_words},
    live::state::LiveState,
};

/// The pauses that are offered, in seconds.
const PAUSES: [u32; 7] = [0, 5, 10, 30, 60, 120, 300];

/// The head of the desk: what came of the last deed, and behind a click the settings.
#[component]
pub fn ChatSettings(state: LiveState, desk: Desk) -> impl IntoView {
    view! {
        <Show when=move || desk.show.get().is_some()>
            <details class="desk needs-script" data-testid="chat-settings">
                <summary>"Chat settings"</summary>
                <div class="desk-body">
                    <Announcement state desk />
                    <Rules state desk />
                    <Sanctions desk />
                    {(desk.power == Power::Admin)
                        .then(|| {
                            view! {
                                <a class="link inline-flex min-h-11 items-center text-sm" href="/admin/people#words" target="_blank">
                                    "Blocked words of the shop"
                                </a>
                            }
                        })}
                </div>
            </details>
        </Show>
        <div class="empty:hidden" aria-live="polite" data-testid="desk-outcome">
            {move || {
                desk.outcome
                    .get()
                    .map(|outcome| {
                        let (class, text) = match outcome {
                            Outcome::Done(text) => ("text-good", text),
                            Outcome::Refused(text) => ("text-bad", text),
                        };
                        view! { <p class=format!("{class} px-4 py-2 text-sm font-medium")>{text}</p> }
                    })
            }}
        </div>
    }
}

#[component]
fn Announcement(state: LiveState, desk: Desk) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let has_one = Memo::new(move |_| state.rules.with(|rules| rules.announcement.is_some()));
    let put = move |text: String| desk.change_rules(state, ChatRulesUpdate { announcement: Some(text), ..Default::default() });
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(field) = field.get_untracked() {
            put(field.value());
        }
    };
    let remove = move |_| {
        put(String::new());
        if let Some(field) = field.get_untracked() {
            field.set_value("");
        }
    };
    view! {
        <form class="flex flex-col gap-2" on:submit=save>
            <label class="label mb-0" for="announcement-text">
                "Announcement above the chat"
            </label>
            <input
                class="input"
                id="announcement-text"
                maxlength=MAX_ANNOUNCEMENT.to_string()
                autocomplete="off"
                node_ref=field
                data-testid="announcement-text"
                prop:value=state.rules.with_untracked(|rules| rules.announcement.clone().unwrap_or_default())
            />
            <span class="flex flex-wrap gap-2">
                <button type="submit" class="btn btn-primary btn-small" data-testid="announcement-save">
                    "Show to all"
                </button>
                <Show when=move || has_one.get()>
                    <button type="button" class="btn btn-quiet btn-small" data-testid="announcement-remove" on:click=remove>
                        "Take it away"
                    </button>
                </Show>
            </span>
        </form>
    }
}

#[component]
fn Rules(state: LiveState, desk: Desk) -> impl IntoView {
    let change = move |update: ChatRulesUpdate| desk.change_rules(state, update);
    let pause = Memo::new(move |_| state.rules.with(|rules| rules.slow_mode_seconds));
    let options = move || {
        let now = pause.get();
        let other = (!PAUSES.contains(&now)).then_some(now);
        PAUSES
            .into_iter()
            .chain(other)
            .map(|seconds| {
                let words = if seconds == 0 { "Off".to_owned() } else { format!("One message every {}", span_in_words(seconds.into())) };
                view! {
                    <option value=seconds.to_string() selected=seconds == now>
                        {words}
                    </option>
                }
            })
            .collect_view()
    };
    view! {
        <label class="label mb-0" for="slow-mode">
            "Slow mode"
        </label>
        <select
            class="input"
            id="slow-mode"
            data-testid="slow-mode"
            on:change:target=move |event| change(ChatRulesUpdate { slow_mode_seconds: event.target().value().parse().ok(), ..Default::default() })
        >
            {options}
        </select>
        <label class="flex min-h-11 items-center gap-2 text-sm">
            <input
                type="checkbox"
                class="check"
                data-testid="links-off"
                prop:checked=move || state.rules.with(|rules| !rules.links_allowed)
                on:change:target=move |event| change(ChatRulesUpdate { links_allowed: Some(!event.target().checked()), ..Default::default() })
            />
            "Links from hosts and moderators only"
        </label>
        <label class="flex min-h-11 items-center gap-2 text-sm">
            <input
                type="checkbox"
                class="check"
                data-testid="registered-only"
                prop:checked=move || state.rules.with(|rules| rules.registered_only)
                on:change:target=move |event| change(ChatRulesUpdate { registered_only: Some(event.target().checked()), ..Default::default() })
            />
            "Only accounts may write"
        </label>
    }
}

#[component]
fn Sanctions(desk: Desk) -> impl IntoView {
    view! {
        <div class="flex flex-col gap-2">
            <p class="label mb-0">"Muted and banned in this show"</p>
            {move || match desk.sanctions.get() {
                None => {
                    view! {
                        <button type="button" class="btn btn-quiet btn-small self-start" data-testid="show-sanctions" on:click=move |_| desk.look()>
                            "Show them"
                        </button>
                    }
                        .into_any()
                }
                Some(sanctions) if sanctions.is_empty() => view! { <p class="text-muted text-sm">"Nobody."</p> }.into_any(),
                Some(sanctions) => {
                    let lift = Callback::new(move |id| desk.lift(id));
                    view! {
                        <ul class="flex flex-col gap-2">
                            {sanctions.into_iter().map(|sanction| view! { <SanctionRow sanction lift /> }).collect_view()}
                        </ul>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}
