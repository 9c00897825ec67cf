//! The shop window: what is live, what is coming, what has been.

use leptos::prelude::*;
use leptos_meta::{Meta, Title};

use super::past_shows::PastShows;
use crate::{
    api::livestreams::list_livestreams,
    domain::livestream::{Livestream, LivestreamStatus},
    live::assist,
    ui::{
        components::{
            badge::StatusBadge,
            count::counted,
            empty::Empty,
            icon::{Glyph, Icon},
            notice::{Notice, Tone},
            show_card::{ShowCard, ShowPicture},
            skeleton::PageSkeleton,
        },
        sharing::ShareShop,
    },
};

/// What the shop says of itself.
const ABOUT: &str = "Watch the show, ask the host, and see every product as it is shown.";
/// How often the shop window looks whether a show has begun.
const LOOK_EVERY_MS: u32 = 10_000;

/// The start page.
#[component]
pub fn HomePage() -> impl IntoView {
    let shows = Resource::new_blocking(|| (), |()| list_livestreams());
    Effect::new(move || assist::every(LOOK_EVERY_MS, move || shows.refetch()));
    view! {
        <Title text="Live shopping" />
        <Meta name="description" content=ABOUT />
        <ShareShop text=ABOUT />
        <div class="page">
            <Transition fallback=PageSkeleton>
                {move || Suspend::new(async move {
                    match shows.await {
                        Ok(page) => view! { <Programme shows=page.livestreams /> }.into_any(),
                        Err(error) => view! { <Notice tone=Tone::Bad text=error.message /> }.into_any(),
                    }
                })}
            </Transition>
            <PastShows title="Past shows" limit=12 />
        </div>
    }
}

#[component]
fn Programme(shows: Vec<Livestream>) -> impl IntoView {
    let (live, rest): (Vec<_>, Vec<_>) = shows.into_iter().partition(|show| show.status == LivestreamStatus::Live);
    let mut coming: Vec<_> = rest.into_iter().filter(|show| show.status == LivestreamStatus::Scheduled).collect();
    coming.sort_by_key(|show| show.scheduled_at);
    let quiet = live.is_empty();
    view! {
        {live.into_iter().map(|show| view! { <LiveNow show /> }).collect_view()}
        {quiet
            .then(|| {
                view! {
                    <section class="flex flex-col gap-5">
                        <h1>"Beauty, live from the shop"</h1>
                        <Empty glyph=Glyph::Bird title="Nobody is live right now" text="Shows appear here by themselves the moment a host goes on air.">
                            <a class="btn btn-primary" href="/shop">
                                "Look around the shop"
                            </a>
                        </Empty>
                    </section>
                }
            })}
        {(!coming.is_empty())
            .then(|| {
                view! {
                    <section class="flex flex-col gap-4">
                        <div class="flex flex-wrap items-center justify-between gap-2">
                            <h2>"Coming up"</h2>
                            <a class="btn btn-quiet btn-small" href="/livestreams/calendar.ics" rel="external" data-testid="calendar-feed">
                                <Icon glyph=Glyph::Calendar />
                                "All shows in your calendar"
                            </a>
                        </div>
                        <div class="grid-shows">{coming.into_iter().map(|show| view! { <ShowCard show /> }).collect_view()}</div>
                    </section>
                }
            })}
    }
}

#[component]
fn LiveNow(show: Livestream) -> impl IntoView {
    let href = format!("/live/{}", show.id);
    let products = show.pinned_products.len() as u64;
    view! {
        <section class="card stage overflow-hidden" data-testid="live-now" data-show-id=show.id.to_string()>
            <a class="thumb veil-waiting text-accent block rounded-none sm:aspect-[3]" href=href.clone() tabindex="-1" aria-hidden="true">
                <span class="absolute inset-0 grid place-items-center">
                    <Icon glyph=Glyph::Bird class="icon size-24" />
                </span>
                <ShowPicture show=show.clone() />
            </a>
            <div class="bg-surface text-ink flex flex-wrap items-center justify-between gap-5 p-5 sm:p-8">
                <div class="flex min-w-0 flex-1 basis-72 flex-col gap-2">
                    <p class="flex flex-wrap items-center gap-2">
                        <StatusBadge status=show.status />
                        <span class="badge badge-done">
                            <Icon glyph=Glyph::Eye class="icon size-4" />
                            {format!("{} watching", show.viewer_count)}
                        </span>
                        {(products > 0).then(|| view! { <span class="badge badge-done">{counted(products, "product shown", "products shown")}</span> })}
                    </p>
                    <h1>{show.title.clone()}</h1>
                    <p class="prose-text line-clamp-3">{show.description.clone()}</p>
                </div>
                <a class="btn btn-primary btn-big" href=href>
                    "Watch now"
                </a>
            </div>
        </section>
    }
}
