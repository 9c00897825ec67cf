//! The talk of a show: the list that stays at its newest line, and the field to speak.

use leptos::{html, prelude::*};

use super::icon::{Glyph, Icon};
use crate::{
    domain::{
        chat::{ChatMessage, MAX_MESSAGE, MAX_NAME},
        moderation::span_in_words,
    },
    live::{
        assist, page,
        state::{ChatLine, Connection, Delivery, Hush, LiveState, Phase},
    },
    ui::ready::Ready,
};

/// What those who keep order have in the chat besides. It comes from their pages, so that customers never load it.
#[derive(Debug, Clone, Copy)]
pub struct Desk {
    /// What can be done about a message: a button in the corner of its line, and what that opens.
    pub tools: Callback<ChatMessage, AnyView>,
    /// What stands above the lines.
    pub head: Callback<LiveState, AnyView>,
}

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
    /// Keeps order: the rules of the chat are not for them.
    Moderator,
    /// Nobody is signed in: a name can be given.
    Guest,
}

/// The whole talk: list and field.
#[component]
pub fn Chat(
    state: LiveState,
    #[prop(into)] speaker: Signal<Speaker>,
    on_say: Callback<Spoken>,
    #[prop(optional_no_strip)] desk: Option<Desk>,
) -> impl IntoView {
    let draft = RwSignal::new(String::new());
    view! {
        {desk.map(|desk| desk.head.run(state))}
        <Announcement state />
        <ChatList state draft desk />
        {move || match state.phase.get() {
            _ if state.banned.with(Option::is_some) => {
                let sentence = state.banned.get();
                view! {
                    <p class="mistake border-line mt-0 border-t px-4 py-3" data-testid="chat-banned">
                        {sentence}
                    </p>
                }
                    .into_any()
            }
            Phase::Ended => {
                view! { <p class="text-muted border-line border-t px-4 py-3 text-sm">"The show is over, and so is its chat."</p> }.into_any()
            }
            _ => view! { <ChatField state speaker on_say draft /> }.into_any(),
        }}
    }
}

/// What the show wants everybody to read.
#[component]
fn Announcement(state: LiveState) -> impl IntoView {
    let text = Memo::new(move |_| state.rules.with(|rules| rules.announcement.clone()));
    view! {
        <div class="empty:hidden" aria-live="polite">
            {move || {
                text.get()
                    .map(|text| {
                        view! {
                            <p class="announcement" data-testid="announcement">
                                <Icon glyph=Glyph::Announce />
                                <bdi class="min-w-0 flex-1">{text}</bdi>
                            </p>
                        }
                    })
            }}
        </div>
    }
}

/// The lines, oldest first. Scrolled up, it stays where it is and offers the way back.
#[component]
fn ChatList(state: LiveState, draft: RwSignal<String>, desk: Option<Desk>) -> impl IntoView {
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
                        <Line line draft desk />
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
fn Line(line: ChatLine, draft: RwSignal<String>, desk: Option<Desk>) -> impl IntoView {
    let message = line.message;
    let text = message.message.clone();
    let tools = desk.filter(|_| line.delivery == Delivery::Delivered).map(|desk| desk.tools.run(message.clone()));
    let is_tooled = tools.is_some();
    let (delivery, refusal) = match line.delivery {
        Delivery::Delivered => ("delivered", None),
        Delivery::Sending => ("sending", None),
        Delivery::Refused(sentence) => ("refused", Some(sentence)),
    };
    view! {
        <li class="chat-line" class:chat-line-tooled=is_tooled data-testid="chat-message" data-admin=if message.is_admin { "true" } else { "false" } data-delivery=delivery>
            <span class="text-accent mr-1.5 font-semibold">
                <bdi>{message.username}</bdi>
            </span>
            {message.is_admin.then(|| view! { <span class="badge badge-live mr-1.5 text-xs">"Host"</span> })}
            {message.is_moderator.then(|| view! { <span class="badge badge-good mr-1.5 text-xs">"Moderator"</span> })}
            <bdi>{message.message}</bdi>
            {tools}
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

/// What the person at the field must know before they write.
fn hint(quiet: Option<(Hush, u64)>, is_exempt: bool, slow_mode_seconds: u32) -> Option<String> {
    match quiet {
        // Without an end: nothing to count.
        Some((Hush::Muted, seconds)) if seconds > 300 * 24 * 3600 => Some("A moderator muted you.".to_owned()),
        Some((Hush::Muted, seconds)) => Some(format!("A moderator muted you for {}.", span_in_words(seconds))),
        Some((Hush::SlowMode, seconds)) => Some(format!("You can write again in {}.", span_in_words(seconds))),
        None if is_exempt || slow_mode_seconds == 0 => None,
        None => Some(format!("Slow mode: one message every {}.", span_in_words(slow_mode_seconds.into()))),
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
    let hushed = assist::hushed(state);
    // Hosts and moderators say what they like when they like.
    let is_exempt = move || matches!(speaker.get(), Speaker::Host | Speaker::Moderator);
    let quiet = Memo::new(move |_| hushed.get().filter(|_| !is_exempt()));
    let say = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = draft.get_untracked().trim().to_owned();
        if text.is_empty() || quiet.with_untracked(Option::is_some) {
            return;
        }
        let given = (speaker.get_untracked() == Speaker::Guest).then(|| name.get_untracked().trim().to_owned()).filter(|name| !name.is_empty());
        if let Some(given) = &given {
            page::remember_guest_name(given);
        }
        on_say.run(Spoken { text, guest_name: given });
        draft.set(String::new());
    };
    let must_sign_in = Memo::new(move |_| speaker.get() == Speaker::Guest && state.rules.with(|rules| rules.registered_only));
    let placeholder = move || match (state.connection.get(), state.phase.get()) {
        (Connection::Offline | Connection::Reconnecting { .. }, _) => "Sent as soon as you are back",
        (_, Phase::Scheduled) => "Chat opens with the show",
        _ => "Say something nice",
    };
    let is_muted = move || matches!(quiet.get(), Some((Hush::Muted, _)));
    let closed = move || state.phase.get() == Phase::Scheduled || is_muted();
    let cannot_send = move || closed() || quiet.get().is_some();
    view! {
        <p class="chat-hint empty:hidden" role="status" data-testid="chat-hint">
            {move || hint(quiet.get(), is_exempt(), state.rules.with(|rules| rules.slow_mode_seconds))}
        </p>
        <Show when=move || must_sign_in.get()>
            <p class="chat-hint" data-testid="chat-sign-in">
                "This chat is for accounts. "
                <a class="link" href="/login">
                    "Sign in"
                </a>
            </p>
        </Show>
        <form class="needs-script" class:hidden=must_sign_in on:submit=say>
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
            <button type="submit" class="btn btn-primary btn-icon" aria-label="Send" disabled=cannot_send data-testid="chat-send">
                <Icon glyph=Glyph::Send />
            </button>
            </Ready>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_must_wait_is_told_how_long_and_hosts_are_told_nothing() {
        assert_eq!(hint(None, false, 0), None);
        assert_eq!(hint(None, false, 30).as_deref(), Some("Slow mode: one message every 30 seconds."));
        assert_eq!(hint(None, true, 30), None);
        assert_eq!(hint(Some((Hush::SlowMode, 1)), false, 30).as_deref(), Some("You can write again in 1 second."));
        assert_eq!(hint(Some((Hush::Muted, 300)), false, 0).as_deref(), Some("A moderator muted you for 5 minutes."));
        assert_eq!(hint(Some((Hush::Muted, 365 * 24 * 3600)), false, 0).as_deref(), Some("A moderator muted you."));
    }
}
