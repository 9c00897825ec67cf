//! The studio itself: picture and controls, shelf, talk.

use leptos::{html, prelude::*};

use super::{
    health::Health, host::Host, host_bar::HostBar, orders::Orders, recording_line::RecordingLine, setup::Setup, shelf::Shelf, source_picker::SourcePicker,
    stage::Stage, summary::Summary,
};
use crate::{
    api::livestreams::active_livestream,
    domain::{
        id::LivestreamId,
        livestream::{Livestream, LivestreamStatus, NewLivestream},
    },
    live::{
        broadcast::{AirState, Broadcast},
        state::Connection,
    },
    ui::{
        auth::sign_in_link::SignInLink,
        components::{
            chat::{Chat, Speaker, Spoken},
            icon::{Glyph, Icon},
            notice::PassingNotice,
        },
        moderate::desk::{Desk, Power},
        ready::Ready,
    },
};

/// A show from its preparation to its end.
#[component]
pub fn StudioRoom(
    show: Option<Livestream>,
    /// Told once, when a new show comes into being.
    on_created: Callback<LivestreamId>,
    /// Leads to the studio of another show.
    on_open: Callback<LivestreamId>,
) -> impl IntoView {
    let host = Host::new(show.clone(), on_created, on_open);
    let broadcast = host.broadcast;
    let preview = NodeRef::<html::Video>::new();
    Effect::new(move || {
        broadcast.open(preview);
        // After a reload of the page the show goes on by itself.
        let mine = show.as_ref().filter(|show| show.status == LivestreamStatus::Live && Broadcast::was_on_air(show.id));
        if mine.is_some() {
            host.go_live(NewLivestream::default());
        }
    });
    let over = Memo::new(move |_| host.is_over());
    let on_air = Memo::new(move |_| matches!(broadcast.air.get(), AirState::OnAir | AirState::Interrupted | AirState::Starting));
    let show_id = Signal::derive(move || host.show.with(|show| show.as_ref().map(|show| show.id)));
    let desk = Some(Desk::new(show_id, Power::Admin).in_chat());
    let on_say = Callback::new(move |said: Spoken| broadcast.send_chat(&said.text));
    // What a phone shows under the picture while the show is on air; beside a keyboard everything is there at once.
    let panel = RwSignal::new(Panel::Chat);
    let is_off = move |one: Panel| move || panel.get() != one;
    view! {
        <Ready class="w-full">
            <div class="studio" class:studio-air=on_air>
                <div class="studio-main">
                    <h1 class="studio-title">
                        {move || host.show.with(|show| show.as_ref().map_or_else(|| "New show".to_owned(), |show| show.title.clone()))}
                    </h1>
                    <div class="studio-notes">
                        <OtherShow host />
                        <SignedOut host />
                        <PassingNotice notice=broadcast.state.notice />
                    </div>
                    {move || over.get().then(|| view! { <Summary host /> <Orders host /> })}
                    <div class="studio-work" class:hidden=over>
                        <Stage host preview />
                        <Show when=move || on_air.get()>
                            <HostBar host />
                            <RecordingLine host />
                        </Show>
                        <Show when=move || !on_air.get() && broadcast.air.get() != AirState::Elsewhere>
                            <Setup host />
                        </Show>
                        <div class="studio-panel studio-more" class:studio-off=is_off(Panel::More)>
                            <Show when=move || on_air.get()>
                                <Orders host />
                            </Show>
                            <SourcePicker host />
                            <Show when=move || on_air.get()>
                                <Health broadcast />
                            </Show>
                        </div>
                    </div>
                </div>
                <div class="studio-side">
                    <section class="panel studio-panel" aria-label="Products" class:hidden=over class:studio-off=is_off(Panel::Products)>
                        <Shelf host />
                    </section>
                    <section class="panel studio-panel studio-chat" aria-label="Chat" class:studio-off=is_off(Panel::Chat)>
                        <h2 class="panel-head min-h-17 text-lg sm:text-lg">"Chat"</h2>
                        <Chat state=broadcast.state speaker=Speaker::Host on_say desk />
                    </section>
                </div>
                <Show when=move || on_air.get()>
                    <Panels panel />
                </Show>
            </div>
        </Ready>
    }
}

/// What lies under the picture on a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Panel {
    Chat,
    Products,
    More,
}

/// The switch between them, where the thumb is.
#[component]
fn Panels(panel: RwSignal<Panel>) -> impl IntoView {
    let button = move |one: Panel, glyph: Glyph, words: &'static str, test_id: &'static str| {
        view! {
            <button
                type="button"
                class="btn btn-quiet min-h-12 flex-1 rounded-field px-2 text-sm"
                aria-pressed=move || if panel.get() == one { "true" } else { "false" }
                data-testid=test_id
                on:click=move |_| panel.set(one)
            >
                <Icon glyph />
                {words}
            </button>
        }
    };
    view! {
        <div class="studio-tabs" role="group" aria-label="Under the picture">
            {button(Panel::Chat, Glyph::Chat, "Chat", "panel-chat")}
            {button(Panel::Products, Glyph::Bag, "Products", "panel-products")}
            {button(Panel::More, Glyph::Settings, "More", "panel-more")}
        </div>
    }
}

/// Says that the hub does not know this host any more, and how to go on: a page that loads anew takes the show up again.
#[component]
fn SignedOut(host: Host) -> impl IntoView {
    let connection = host.broadcast.state.connection;
    let is_out = Memo::new(move |_| connection.get() == Connection::Closed && !host.is_over());
    move || {
        is_out.get().then(|| {
            view! {
                <div class="notice notice-bad" role="alert" data-testid="signed-out">
                    <Icon glyph=Glyph::Alert />
                    <p class="flex-1">"You are signed out. Your show waits for you, and goes on from here once you are back. " <SignInLink /></p>
                </div>
            }
        })
    }
}

/// Says that another show is live while this one is still to be: only one can be on air.
#[component]
fn OtherShow(host: Host) -> impl IntoView {
    let other = RwSignal::new(None::<Livestream>);
    // Asked in the browser: the studio is not kept waiting for it.
    Effect::new(move || {
        leptos::task::spawn_local(async move {
            let active = active_livestream().await.ok().flatten();
            let mine = host.show.with_untracked(|show| show.as_ref().map(|show| show.id));
            other.set(active.filter(|active| Some(active.id) != mine));
        });
    });
    move || {
        let other = other.get().filter(|_| !host.is_running())?;
        Some(view! {
            <div class="notice notice-calm" role="status">
                <p class="flex-1">
                    {format!("\u{201c}{}\u{201d} is live now. ", other.title)}
                    <a class="link" href=format!("/admin/studio/{}", other.id)>
                        "Go to its studio"
                    </a>
                </p>
            </div>
        })
    }
}
