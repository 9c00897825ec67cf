//! The talk of a show: the list that stays at its newest line, and the field to speak.

use leptos::{html, prelude::*};

use super::icon::{Glyph, Icon};
use crate::{
    domain::chat::{MAX_MESSAGE, MAX_NAME},
    live::{
        page,
        state::{ChatLine, Connection, Delivery, LiveState, Phase},
    },
    ui::ready::Ready,
};

/// What somebody says: the text, and the guest's name where nobody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    pub text: String,
    pub guest_name: Option<String>,
}

/// Who speaks at this page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    Host,
    Account,
    /// Nobody is signed in: a name can be given.
    Guest,
}

/// The whole talk: list and field.
#[component]
pub fn Chat(state: LiveState, #[prop(into)] speaker: Signal<Speaker>, on_say: Callback<Spoken>) -> impl IntoView {
    let draft = RwSignal::new(String::new());
    view! {
        <ChatList state draft />
        {move || match state.phase.get() {
            Phase::Ended => {
                view! { <p class="text-muted border-line border-t px-4 py-3 text-sm">"The show is over, and so is its chat."</p> }.into_any()
            }
            _ => view! { <ChatField state speaker on_say draft /> }.into_any(),
        }}
    }
}

/// The lines, oldest first. Scrolled up, it stays where it is and offers the way back.
#[component]
fn ChatList(state: LiveState, draft: RwSignal<String>) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
    // The key of the newest line that was in view; `None` while the newest is in view.
    let left_at = RwSignal::new(None::<String>);
    let newest = move || state.chat.with(|lines| lines.last().map(|line| line.key.clone()));
    let scrolled = move |_| {
        let Some(list) = list.get_untracked() else { return };
        // The list hangs from its bottom, so upwards is negative.
        let at_bottom = list.scroll_top() > -40;
        match (at_bottom, left_at.with_untracked(Option::is_some)) {
            (true, true) => left_at.set(None),
            (false, false) => left_at.set(Some(untrack(newest).unwrap_or_default())),
            _ => {}
        }
    };
    let to_newest = move |_| {
        if let Some(list) = list.get_untracked() {
            list.set_scroll_top(0);
        }
        left_at.set(None);
    };
    view! {
        <div class="relative flex min-h-0 flex-1 flex-col">
            <div class="chat-scroll" node_ref=list on:scroll=scrolled tabindex="0" role="log" aria-live="polite" aria-label="Chat">
                <ol class="flex flex-col gap-0.5">
                    <For each=move || state.chat.get() key=line_key let:line>
                        <Line line draft />
                    </For>
                </ol>
                <Show when=move || state.chat.with(Vec::is_empty)>
                    <p class="text-muted m-auto max-w-56 text-center text-sm">"No messages yet. Say hello."</p>
                </Show>
            </div>
            {move || {
                left_at
                    .get()
                    .map(|left_at| {
                        let more = newest().is_some_and(|newest| newest != left_at);
                        view! {
                            <button type="button" class="btn btn-primary btn-small absolute bottom-2 left-1/2 -translate-x-1/2 shadow-card" on:click=to_newest>
                                <Icon glyph=Glyph::Down />
                                {if more { "New messages" } else { "To the newest" }}
                            </button>
                        }
                    })
            }}
        </div>
    }
}

/// A line is made anew when its delivery changed.
fn line_key(line: &ChatLine) -> (String, u8) {
    let delivery = match line.delivery {
        Delivery::Delivered => 0,
        Delivery::Sending => 1,
        Delivery::Refused(_) => 2,
    };
    (line.key.clone(), delivery)
}

#[component]
fn Line(line: ChatLine, draft: RwSignal<String>) -> impl IntoView {
    let message = line.message;
    let text = message.message.clone();
    let (delivery, refusal) = match line.delivery {
        Delivery::Delivered => ("delivered", None),
        Delivery::Sending => ("sending", None),
        Delivery::Refused(sentence) => ("refused", Some(sentence)),
    };
    view! {
        <li class="chat-line" data-testid="chat-message" data-admin=if message.is_admin { "true" } else { "false" } data-delivery=delivery>
            <span class="text-accent mr-1.5 font-semibold">
                <bdi>{message.username}</bdi>
            </span>
            {message.is_admin.then(|| view! { <span class="badge badge-live mr-1.5 text-xs">"Host"</span> })}
            <bdi>{message.message}</bdi>
            {refusal
                .map(|sentence| {
                    view! {
                        <span class="mistake block">
                            {sentence} " "
                            <button type="button" class="link" on:click=move |_| draft.set(text.clone())>
                                "Write it again"
                            </button>
                        </span>
                    }
                })}
        </li>
    }
}

#[component]
fn ChatField(state: LiveState, speaker: Signal<Speaker>, on_say: Callback<Spoken>, draft: RwSignal<String>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    Effect::new(move || {
        if let Some(remembered) = page::guest_name() {
            name.set(remembered);
        }
    });
    let say = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = draft.get_untracked().trim().to_owned();
        if text.is_empty() {
            return;
        }
        let given = (speaker.get_untracked() == Speaker::Guest).then(|| name.get_untracked().trim().to_owned()).filter(|name| !name.is_empty());
        if let Some(given) = &given {
            page::remember_guest_name(given);
        }
        on_say.run(Spoken { text, guest_name: given });
        draft.set(String::new());
    };
    let placeholder = move || match (state.connection.get(), state.phase.get()) {
        (Connection::Offline | Connection::Reconnecting { .. }, _) => "Sent as soon as you are back",
        (_, Phase::Scheduled) => "Chat opens with the show",
        _ => "Say something nice",
    };
    let closed = move || state.phase.get() == Phase::Scheduled;
    view! {
        <form class="needs-script" on:submit=say>
            <Ready class="chat-form">
            <Show when=move || speaker.get() == Speaker::Guest>
                <label class="w-24 shrink-0 lg:w-full">
                    <span class="sr-only">"Your name in the chat"</span>
                    <input
                        class="input px-2"
                        placeholder="Your name"
                        maxlength=MAX_NAME.to_string()
                        autocomplete="nickname"
                        data-testid="guest-name"
                        prop:value=name
                        on:input:target=move |event| name.set(event.target().value())
                    />
                </label>
            </Show>
            <label class="min-w-0 flex-1">
                <span class="sr-only">"Message"</span>
                <input
                    class="input"
                    placeholder=placeholder
                    maxlength=MAX_MESSAGE.to_string()
                    autocomplete="off"
                    enterkeyhint="send"
                    disabled=closed
                    data-testid="chat-input"
                    prop:value=draft
                    on:input:target=move |event| draft.set(event.target().value())
                />
            </label>
            <button type="submit" class="btn btn-primary btn-icon" aria-label="Send" disabled=closed data-testid="chat-send">
                <Icon glyph=Glyph::Send />
            </button>
            </Ready>
        </form>
    }
}
