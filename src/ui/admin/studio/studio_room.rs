//! The studio itself: picture and controls, shelf, talk.

use leptos::{html, prelude::*};

use super::{
    health::Health, host::Host, host_bar::HostBar, recording_line::RecordingLine, setup::Setup, shelf::Shelf, source_picker::SourcePicker, stage::Stage,
    summary::Summary,
};
use crate::{
    api::livestreams::active_livestream,
    domain::{
        id::LivestreamId,
        livestream::{Livestream, LivestreamStatus, NewLivestream},
    },
    live::broadcast::{AirState, Broadcast},
    ui::components::{
        chat::{Chat, Speaker, Spoken},
        notice::PassingNotice,
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
    let on_say = Callback::new(move |said: Spoken| broadcast.send_chat(&said.text));
    view! {
        <div class="studio">
            <div class="flex min-w-0 flex-col gap-4">
                <h1 class="truncate text-2xl sm:text-2xl">
                    {move || host.show.with(|show| show.as_ref().map_or_else(|| "New show".to_owned(), |show| show.title.clone()))}
                </h1>
                <OtherShow host />
                <PassingNotice notice=broadcast.state.notice />
                {move || over.get().then(|| view! { <Summary host /> })}
                <div class="flex flex-col gap-4" class:hidden=over>
                    <Stage host preview />
                    <Show when=move || on_air.get()>
                        <HostBar host />
                        <RecordingLine host />
                    </Show>
                    <Show when=move || !on_air.get() && broadcast.air.get() != AirState::Elsewhere>
                        <Setup host />
                    </Show>
                    <SourcePicker host />
                    <Show when=move || on_air.get()>
                        <Health broadcast />
                    </Show>
                </div>
            </div>
            <div class="studio-side">
                <section class="panel" aria-label="Products" class:hidden=over>
                    <Shelf host />
                </section>
                <section class="panel max-lg:h-112" aria-label="Chat">
                    <h2 class="panel-head min-h-17 text-lg sm:text-lg">"Chat"</h2>
                    <Chat state=broadcast.state speaker=Speaker::Host on_say />
                </section>
            </div>
        </div>
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
