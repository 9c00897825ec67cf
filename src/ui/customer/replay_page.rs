//! A show that is over: what it was, what was shown, what was said.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{
    past_shows::PastShows,
    replay::{
        Playing,
        film::Film,
        next_show::NextShow,
        said::{SaidInTheEnd, SaidInTime},
        shown::{AllShown, Shelf},
    },
    route_id::use_route_id,
};
use crate::{
    api::{livestreams::get_livestream, replays::get_replay},
    domain::{
        id::LivestreamId,
        livestream::{Livestream, LivestreamStatus},
        replay::{Replay as ReplayFacts, seconds_of},
    },
    ui::{
        components::{
            badge::StatusBadge,
            describe::Describe,
            empty::Empty,
            failure::Failure,
            icon::Glyph,
            skeleton::PageSkeleton,
            when::{Precision, When, duration_in_words},
        },
        known::once,
        sharing::ShareShow,
    },
};

/// The page of a show that is over.
#[component]
pub fn ReplayPage() -> impl IntoView {
    let id = use_route_id::<LivestreamId>("show");
    let show = Resource::new_blocking(
        move || id.get(),
        |id| async move {
            let id = id?;
            let (show, replay) = futures::future::join(get_livestream(id), get_replay(id)).await;
            let show = show?;
            // A film without its shelf is still a film, with what was left on it in the end.
            let replay = replay
                .unwrap_or_else(|_| ReplayFacts { products: show.pinned_products.iter().map(|pin| pin.product.clone()).collect(), ..ReplayFacts::default() });
            Ok::<_, crate::error::AppError>((show, replay))
        },
    );
    view! {
        <Transition fallback=PageSkeleton>
            {move || Suspend::new(async move {
                match show.await {
                    Ok((show, replay)) if show.status == LivestreamStatus::Ended => once(move || view! { <Replay show replay /> }.into_any()).into_any(),
                    Ok((show, _)) => view! { <NotYet show /> }.into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn NotYet(show: Livestream) -> impl IntoView {
    view! {
        <Title text=show.title.clone() />
        <div class="page">
            <h1>{show.title.clone()}</h1>
            <Empty glyph=Glyph::Clock title="This show is not over yet" text="There is no replay of what is still to come. You can be there.">
                <a class="btn btn-primary" href=format!("/live/{}", show.id)>
                    "Go to the show"
                </a>
            </Empty>
        </div>
    }
}

#[component]
fn Replay(show: Livestream, replay: ReplayFacts) -> impl IntoView {
    let id = show.id;
    let began = show.start_time.unwrap_or(show.created_at);
    let facts = [
        ("Length", duration_in_words(show.duration)),
        ("Viewers", show.view_count.to_string()),
        ("At once", show.peak_viewers.to_string()),
        ("Hearts", show.likes.to_string()),
    ];
    let start_ms = use_query_map().with_untracked(|query| query.get("t").map_or(0, |text| seconds_of(&text))) * 1000;
    let playing = (!show.video_url.is_empty()).then(|| Playing::new(start_ms, replay.duration_ms));
    let products = replay.products.clone();
    let replay = StoredValue::new(replay);
    let picture = match playing {
        None => view! {
            <div class="screen stage rounded-card">
                <div class="veil veil-waiting">
                    <p class="font-display text-xl font-semibold">"This show was not recorded"</p>
                    <p class="text-muted">"What was shown and said is kept below."</p>
                </div>
            </div>
        }
        .into_any(),
        Some(playing) => view! {
            <div class="grid gap-4 lg:grid-cols-[minmax(0,1fr)_22rem] lg:gap-6">
                <div class="flex min-w-0 flex-col gap-4">
                    <Film show=show.clone() replay playing />
                    <Shelf replay playing show=id />
                </div>
                <div class="min-w-0">
                    <SaidInTime show=id last=show.chat_messages.clone() playing />
                </div>
            </div>
        }
        .into_any(),
    };
    view! {
        <Title text=show.title.clone() />
        <Describe text=show.description.clone() />
        <ShareShow show=show.clone() />
        <article class="page" data-testid="replay">
            {picture}
            <header class="flex flex-col gap-3">
                <p class="text-muted flex flex-wrap items-center gap-3">
                    <StatusBadge status=show.status />
                    <When at=began precision=Precision::Minute />
                </p>
                <h1>{show.title.clone()}</h1>
                <p class="prose-text">{show.description.clone()}</p>
                <dl class="flex flex-wrap gap-x-8 gap-y-2">
                    {facts
                        .into_iter()
                        .map(|(name, value)| {
                            view! {
                                <div>
                                    <dt class="text-muted text-sm">{name}</dt>
                                    <dd class="font-semibold tabular-nums">{value}</dd>
                                </div>
                            }
                        })
                        .collect_view()}
                </dl>
            </header>
            <AllShown products replay show=id playing />
            {playing.is_none().then(|| view! { <SaidInTheEnd messages=show.chat_messages.clone() /> })}
            <NextShow />
            <PastShows title="More shows" limit=6 but=id />
        </article>
    }
}
