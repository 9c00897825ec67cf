//! Shows that are over, as a gallery.

use leptos::prelude::*;

use crate::{api::livestreams::past_livestreams, ui::components::show_card::ShowCard};

/// The newest shows that are over. Nothing at all where there are none yet.
#[component]
pub fn PastShows(title: &'static str, limit: u32) -> impl IntoView {
    let past = Resource::new(|| (), move |()| past_livestreams(limit, 0));
    view! {
        <Suspense fallback=|| view! { <div class="skeleton aspect-video w-full max-w-sm"></div> }>
            {move || Suspend::new(async move {
                past.await
                    .ok()
                    .filter(|page| !page.livestreams.is_empty())
                    .map(|page| {
                        view! {
                            <section class="flex flex-col gap-4">
                                <h2>{title}</h2>
                                <div class="grid-shows">{page.livestreams.into_iter().map(|show| view! { <ShowCard show /> }).collect_view()}</div>
                            </section>
                        }
                    })
            })}
        </Suspense>
    }
}
