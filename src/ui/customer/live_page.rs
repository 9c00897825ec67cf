//! The newest live show, or the wait for it.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{past_shows::PastShows, watch::watch_room::WatchRoom};
use crate::{
    api::livestreams::active_livestream,
    domain::id::LivestreamId,
    live::assist,
    ui::{
        components::{
            empty::Empty,
            icon::Glyph,
            notice::{Notice, Tone},
            skeleton::PageSkeleton,
        },
        known::once,
    },
};

/// How often somebody who waits is told that a show has begun.
const LOOK_EVERY_MS: u32 = 5_000;

/// Whatever is live. When a show begins, it appears by itself; when it ends, its end stays in view until another begins.
#[component]
pub fn LivePage() -> impl IntoView {
    let active = Resource::new_blocking(|| (), |()| active_livestream());
    // A show that runs stays: showing an answer again would tear its picture down.
    let here = RwSignal::new(None::<LivestreamId>);
    let is_over = RwSignal::new(false);
    let look = move || match (here.get_untracked(), is_over.get_untracked()) {
        (None, _) => active.refetch(),
        (Some(_), false) => {}
        // Only another show takes the place of one that is over: no answer is no reason to take its end from view.
        (Some(over), true) => leptos::task::spawn_local(async move {
            if let Ok(Some(show)) = active_livestream().await
                && show.id != over
            {
                active.try_set(Some(Ok(Some(show))));
            }
        }),
    };
    Effect::new(move || assist::every(LOOK_EVERY_MS, look));
    view! {
        <Title text="Live" />
        <Transition fallback=PageSkeleton>
            {move || Suspend::new(async move {
                match active.await {
                    Ok(Some(show)) => {
                        here.set(Some(show.id));
                        is_over.set(false);
                        view! { <WatchRoom show on_ended=Callback::new(move |()| is_over.set(true)) /> }.into_any()
                    }
                    Ok(None) => once(|| view! { <Waiting /> }.into_any()).into_any(),
                    Err(error) => {
                        view! {
                            <div class="page">
                                <Notice tone=Tone::Bad text=error.message />
                            </div>
                        }
                            .into_any()
                    }
                }
            })}
        </Transition>
    }
}

#[component]
fn Waiting() -> impl IntoView {
    view! {
        <div class="page">
            <h1>"Live"</h1>
            <Empty glyph=Glyph::Bird title="Nobody is live right now" text="Stay if you like: the next show begins here by itself.">
                <a class="btn btn-primary" href="/shop">
                    "Look around the shop"
                </a>
            </Empty>
            <PastShows title="While you wait" limit=6 />
        </div>
    }
}
