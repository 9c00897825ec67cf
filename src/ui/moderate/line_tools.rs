//! What can be done about one message: in its corner a button, below it what that opens.

use leptos::prelude::*;

use super::desk::{Desk, Power};
use crate::{
    domain::{chat::ChatMessage, moderation::Reach},
    ui::components::icon::{Glyph, Icon},
};

/// Minutes of a day.
const DAY: u32 = 24 * 60;

/// The tools of a line.
#[component]
pub fn LineTools(message: ChatMessage, desk: Desk) -> impl IntoView {
    let id = message.id;
    let label = format!("What to do about the message of {}", message.username);
    // Nobody acts on the host, and moderators do not delete what the host said.
    let (is_staff, is_host) = (message.is_admin || message.is_moderator, message.is_admin);
    if is_host && desk.power == Power::Moderator {
        return ().into_any();
    }
    let is_open = Memo::new(move |_| desk.open.get() == Some(id));
    view! {
        <button
            type="button"
            class="line-more"
            aria-label=label
            aria-expanded=move || if is_open.get() { "true" } else { "false" }
            data-testid="line-menu"
            on:click=move |_| desk.open.set((!is_open.get_untracked()).then_some(id))
        >
            <Icon glyph=Glyph::More />
        </button>
        {move || is_open.get().then(|| view! { <Tools message=message.clone() desk is_staff /> })}
    }
    .into_any()
}

#[component]
fn Tools(message: ChatMessage, desk: Desk, is_staff: bool) -> impl IntoView {
    let id = message.id;
    let banning = RwSignal::new(false);
    view! {
        <div class="line-tools" role="group" aria-label="About this message">
            {move || {
                if banning.get() {
                    return view! { <Ban message=message.clone() desk banning /> }.into_any();
                }
                view! {
                    <button type="button" class="btn btn-quiet btn-small" data-testid="delete-message" on:click=move |_| desk.delete(id)>
                        <Icon glyph=Glyph::Trash />
                        "Delete"
                    </button>
                    <Show when=move || !is_staff>
                        <button type="button" class="btn btn-quiet btn-small" data-testid="mute-5" on:click=move |_| desk.mute(id, 5)>
                            "Mute 5 min"
                        </button>
                        <button type="button" class="btn btn-quiet btn-small" data-testid="mute-60" on:click=move |_| desk.mute(id, 60)>
                            "Mute 1 h"
                        </button>
                        <button type="button" class="btn btn-quiet btn-small" data-testid="ban-open" on:click=move |_| banning.set(true)>
                            "Ban\u{2026}"
                        </button>
                    </Show>
                }
                    .into_any()
            }}
        </div>
    }
}

/// How a ban is to be: it asks once more by asking that.
#[component]
fn Ban(message: ChatMessage, desk: Desk, banning: RwSignal<bool>) -> impl IntoView {
    let id = message.id;
    let network = RwSignal::new(false);
    let ban = move |minutes: Option<u32>, scope: Reach| desk.ban(id, minutes, scope, network.get_untracked());
    view! {
        <span class="w-full text-sm font-semibold">"Ban " <bdi>{message.username}</bdi></span>
        <label class="flex min-h-11 w-full items-center gap-2 text-sm">
            <input type="checkbox" class="check" data-testid="ban-network" on:change:target=move |event| network.set(event.target().checked()) />
            "and guests of the same network"
        </label>
        <button type="button" class="btn btn-quiet btn-small" data-testid="ban-day" on:click=move |_| ban(Some(DAY), Reach::Show)>
            "For a day"
        </button>
        <button type="button" class="btn btn-danger btn-small" data-testid="ban-confirm" on:click=move |_| ban(None, Reach::Show)>
            "From this show"
        </button>
        {(desk.power == Power::Admin)
            .then(|| {
                view! {
                    <button type="button" class="btn btn-danger btn-small" data-testid="ban-shop" on:click=move |_| ban(None, Reach::Shop)>
                        "From every show"
                    </button>
                }
            })}
        <button type="button" class="btn btn-quiet btn-small" on:click=move |_| banning.set(false)>
            "Keep"
        </button>
    }
}
