//! What somebody who watched a replay may want to see next: the show that is live, or the next one to come.

use leptos::prelude::*;

use crate::{
    api::livestreams::list_livestreams,
    domain::livestream::{Livestream, LivestreamStatus},
    ui::components::show_card::ShowCard,
};

/// The next show. Nothing where none is planned.
#[component]
pub fn NextShow() -> impl IntoView {
    let shows = Resource::new(|| (), |()| list_livestreams());
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                let next = shows.await.ok().and_then(|page| next_of(page.livestreams))?;
                let title = if next.status == LivestreamStatus::Live { "Live now" } else { "The next show" };
                Some(view! {
                    <section class="flex flex-col gap-4" data-testid="next-show">
                        <h2>{title}</h2>
                        <div class="grid-shows">
                            <ShowCard show=next />
                        </div>
                    </section>
                })
            })}
        </Suspense>
    }
}

fn next_of(shows: Vec<Livestream>) -> Option<Livestream> {
    let place = |show: &Livestream| match show.status {
        LivestreamStatus::Live => Some((0, 0)),
        LivestreamStatus::Scheduled => Some((1, show.scheduled_at?.millis())),
        LivestreamStatus::Ended => None,
    };
    shows.into_iter().filter_map(|show| Some((place(&show)?, show))).min_by_key(|(place, _)| *place).map(|(_, show)| show)
}
