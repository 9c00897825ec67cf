//! Which chats there are to keep in order now.

use leptos::prelude::*;
use leptos_meta::Title;

use super::guard::ModeratorsOnly;
use crate::{
    api::livestreams::list_livestreams,
    domain::livestream::{Livestream, LivestreamStatus},
    ui::components::{
        badge::StatusBadge,
        empty::Empty,
        icon::Glyph,
        notice::{Notice, Tone},
        skeleton::PageSkeleton,
    },
};

/// The live shows and those to come.
#[component]
pub fn ModerateShowsPage() -> impl IntoView {
    view! { <ModeratorsOnly view=|_| view! { <Shows /> }.into_any() /> }
}

#[component]
fn Shows() -> impl IntoView {
    let shows = Resource::new(|| (), |()| list_livestreams());
    view! {
        <Title text="Moderate" />
        <div class="page">
            <h1>"Keep order"</h1>
            <Transition fallback=PageSkeleton>
                {move || Suspend::new(async move {
                    match shows.await {
                        Ok(page) => view! { <List shows=page.livestreams.into_iter().filter(|show| show.status != LivestreamStatus::Ended).collect() /> }.into_any(),
                        Err(error) => view! { <Notice tone=Tone::Bad text=error.message /> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
}

#[component]
fn List(shows: Vec<Livestream>) -> impl IntoView {
    if shows.is_empty() {
        return view! { <Empty glyph=Glyph::Bird title="Nobody is live right now" text="Shows appear here as soon as they are planned or on air." /> }
            .into_any();
    }
    view! {
        <ul class="flex flex-col gap-3">
            {shows
                .into_iter()
                .map(|show| {
                    view! {
                        <li class="card flex flex-wrap items-center gap-4 p-4">
                            <span class="flex min-w-0 flex-1 basis-48 flex-wrap items-center gap-3">
                                <h2 class="text-base sm:text-base">{show.title.clone()}</h2>
                                <StatusBadge status=show.status />
                            </span>
                            <a class="btn btn-primary" href=format!("/moderate/{}", show.id) data-testid="moderate-show">
                                "Moderate"
                            </a>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
    .into_any()
}
