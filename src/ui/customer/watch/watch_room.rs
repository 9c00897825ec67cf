//! A show with everything around it: picture, talk, shelf, heart.

use leptos::{html, nonce::use_nonce, prelude::*};
use leptos_meta::Title;

use super::{coming_up::ComingUp, like_button::LikeButton, pinned_shelf::PinnedShelf, player::Player};
use crate::{
    api::livestreams::record_view,
    domain::livestream::{Livestream, LivestreamStatus},
    live::{playing::use_playing, state::Phase},
    ui::{
        components::{
            chat::{Chat, Desk, Speaker, Spoken},
            describe::Describe,
            notice::PassingNotice,
        },
        session::use_session,
        sharing::ShareShow,
    },
};

/// Shows the show, and connects to it if that is not done yet. When the page is left, it may play on in the dock.
#[component]
pub fn WatchRoom(
    show: Livestream,
    /// Told when the show ends before these eyes.
    #[prop(optional, into)]
    on_ended: Option<Callback<()>>,
    /// For those who keep order.
    #[prop(optional_no_strip)]
    desk: Option<Desk>,
) -> impl IntoView {
    let playing = use_playing();
    let watch = playing.borrow(&show);
    let state = watch.state;
    let video = NodeRef::<html::Video>::new();
    let id = show.id;
    Effect::new(move || {
        if playing.show_on_page(watch, video) {
            leptos::task::spawn_local(async move {
                // A view that is not counted is nothing to tell the viewer about.
                let _ = record_view(id).await;
            });
        }
    });
    Effect::new(move || {
        if let (Some(on_ended), Phase::Ended) = (on_ended, state.phase.get()) {
            on_ended.run(());
        }
    });
    let user = use_session().user;
    let speaker = Signal::derive(move || match user.get().flatten() {
        None => Speaker::Guest,
        Some(user) if user.moderates() => Speaker::Moderator,
        Some(_) => Speaker::Account,
    });
    let on_say = Callback::new(move |said: Spoken| watch.send_chat(&said.text, said.guest_name.as_deref()));
    let description = show.description.clone();
    let is_on_air = show.status == LivestreamStatus::Live;
    view! {
        <Title text=show.title.clone() />
        <Describe text=show.description.clone() />
        <ShareShow show=show.clone() />
        <article class="watch stage-on-phone" data-show-id=id.to_string() data-on-air=is_on_air.then_some("")>
            <section class="watch-stage" aria-label="Live video">
                <Player watch video show=show.clone() />
            </section>
            // The picture does not wait for the program.
            {is_on_air.then(|| view! { <script src="/first-frame.js" type="module" async nonce=use_nonce()></script> })}
            <div class="watch-about">
                <div class="min-w-0 flex-1">
                    <h1 class="truncate text-lg sm:text-lg lg:text-3xl lg:whitespace-normal">{move || state.title.get()}</h1>
                    <p class="prose-text hidden lg:mt-2 lg:block">{description}</p>
                </div>
                <LikeButton watch />
            </div>
            <section class="watch-shelf" aria-label="Products in this show">
                <ComingUp state show=show.clone() />
                <PinnedShelf watch show=id />
            </section>
            <section class="watch-chat" aria-label="Chat">
                <div class="px-3">
                    <PassingNotice notice=state.notice />
                </div>
                <noscript>
                    <p class="notice notice-calm m-3">"Live video and chat need JavaScript. The products of this show do not."</p>
                </noscript>
                <Suspense>
                    <Chat state speaker on_say desk />
                </Suspense>
            </section>
        </article>
    }
}
