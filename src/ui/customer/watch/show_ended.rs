//! The end of a show, on the screen where it was, with ways on.

use leptos::prelude::*;

use crate::{api::livestreams::past_livestreams, domain::livestream::Livestream};

/// Thanks, and where to go from here.
#[component]
pub fn ShowEnded(show: Livestream) -> impl IntoView {
    let this = show.id;
    let more = RwSignal::new(None::<Livestream>);
    // Asked in the browser, after the end: the page of a running show is not kept waiting for it.
    Effect::new(move || {
        leptos::task::spawn_local(async move {
            if let Ok(page) = past_livestreams(None, 4, 0).await {
                more.set(page.livestreams.into_iter().find(|other| other.id != this));
            }
        });
    });
    view! {
        <div class="veil veil-waiting bg-ground pt-14 lg:pt-6" role="status" data-testid="show-ended">
            <p class="font-display text-2xl font-semibold">"That was the show"</p>
            <p class="text-muted">"Thank you for being here."</p>
            <p class="flex flex-wrap justify-center gap-2">
                <a class="btn btn-primary" href=format!("/replays/{this}")>
                    "What was shown"
                </a>
                <a class="btn btn-quiet" href="/shop">
                    "To the shop"
                </a>
            </p>
            {move || {
                more.get()
                    .map(|other| {
                        view! {
                            <a class="link line-clamp-1 text-sm" href=format!("/replays/{}", other.id)>
                                {format!("Watch next: {}", other.title)}
                            </a>
                        }
                    })
            }}
        </div>
    }
}
