//! Shows that are over, as a gallery.

use leptos::prelude::*;

use crate::{api::livestreams::past_livestreams, domain::id::LivestreamId, ui::components::show_card::ShowCard};

/// The newest shows that are over, but for one. Nothing at all where there are none yet.
#[component]
pub fn PastShows(title: &'static str, limit: u32, #[prop(optional)] but: Option<LivestreamId>) -> impl IntoView {
    let past = Resource::new(|| (), move |()| past_livestreams(None, limit + 1, 0));
    view! {
        <Suspense fallback=|| view! { <div class="skeleton aspect-video w-full max-w-sm"></div> }>
            {move || Suspend::new(async move {
                let shows = past.await.map(|page| page.livestreams).unwrap_or_default();
                let others: Vec<_> = shows.into_iter().filter(|show| Some(show.id) != but).collect();
                (!others.is_empty())
                    .then(|| {
                        let more = others.len() > limit as usize;
                        view! {
                            <section class="flex flex-col gap-4">
                                <div class="flex flex-wrap items-center justify-between gap-2">
                                    <h2>{title}</h2>
                                    {more
                                        .then(|| {
                                            view! {
                                                <a class="btn btn-quiet btn-small" href="/replays" data-testid="all-past-shows">
                                                    "All past shows"
                                                </a>
                                            }
                                        })}
                                </div>
                                <div class="grid-shows">
                                    {others.into_iter().take(limit as usize).map(|show| view! { <ShowCard show /> }).collect_view()}
                                </div>
                            </section>
                        }
                    })
            })}
        </Suspense>
    }
}
