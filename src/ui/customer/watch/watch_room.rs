//! A show with everything around it: picture, talk, shelf, heart.

use leptos::{html, prelude::*};
use leptos_meta::Title;

use super::{coming_up::ComingUp, like_button::LikeButton, pinned_shelf::PinnedShelf, player::Player};
use crate::{
    api::livestreams::record_view,
    domain::livestream::{Livestream, LivestreamStatus},
    live::{state::Phase, watch::Watch},
    ui::{
        components::{
            chat::{Chat, Speaker, Spoken},
            describe::Describe,
            notice::PassingNotice,
        },
        session::use_session,
        sharing::ShareShow,
    },
};

/// Connects to the show and shows it, until it is left.
#[component]
pub fn WatchRoom(
    show: Livestream,
    /// Told when the show ends before these eyes.
    #[prop(optional, into)]
    on_ended: Option<Callback<()>>,
) -> impl IntoView {
    let watch = Watch::new(&show);
    let state = watch.state;
    let video = NodeRef::<html::Video>::new();
    let over = show.status == LivestreamStatus::Ended;
    let id = show.id;
    Effect::new(move || {
        // A show that is over needs no line to it.
        if !over {
            watch.open(video);
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
    let speaker = Signal::derive(move || if user.get().flatten().is_some() { Speaker::Account } else { Speaker::Guest });
    let on_say = Callback::new(move |said: Spoken| watch.send_chat(&said.text, said.guest_name.as_deref()));
    let description = show.description.clone();
    view! {
        <Title text=show.title.clone() />
        <Describe text=show.description.clone() />
        <ShareShow show=show.clone() />
        <article class="watch stage-on-phone" data-show-id=id.to_string()>
            <section class="watch-stage" aria-label="Live video">
                <Player watch video show=show.clone() />
            </section>
            <div class="watch-about">
                <div class="min-w-0 flex-1">
                    <h1 class="truncate text-lg sm:text-lg lg:text-3xl lg:whitespace-normal">{move || state.title.get()}</h1>
                    <p class="prose-text hidden lg:mt-2 lg:block">{description}</p>
                </div>
                <LikeButton watch />
            </div>
            <section class="watch-shelf" aria-label="Products in this show">
                <ComingUp state show=show.clone() />
                <PinnedShelf state show=id />
            </section>
            <section class="watch-chat" aria-label="Chat">
                <div class="px-3">
                    <PassingNotice notice=state.notice />
                </div>
                <noscript>
                    <p class="notice notice-calm m-3">"Live video and chat need JavaScript. The products of this show do not."</p>
                </noscript>
                <Suspense>
                    <Chat state speaker on_say />
                </Suspense>
            </section>
        </article>
    }
}
