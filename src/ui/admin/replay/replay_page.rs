//! The address of a replay's desk.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{Desk, captions::CaptionsCard, cutter::Cutter, details::Details, moments::Moments};
use crate::{
    api::{livestreams::get_livestream, replays::get_replay_desk},
    domain::{
        edit::{ReplayDesk, ReplayUpdate},
        id::LivestreamId,
        livestream::{Livestream, LivestreamStatus},
    },
    error::AppError,
    ui::{
        components::{
            empty::Empty,
            failure::Failure,
            icon::{Glyph, Icon},
            notice::PassingNotice,
            skeleton::PageSkeleton,
            when::{Precision, When, duration_in_words},
        },
        customer::route_id::use_route_id,
        ready::Ready,
    },
};

/// The page.
#[component]
pub fn ReplayDeskPage() -> impl IntoView {
    let id = use_route_id::<LivestreamId>("livestream");
    let found = Resource::new(move || id.get(), |id| async move { load(id?).await });
    view! {
        <Title text="Replay" />
        <Transition fallback=PageSkeleton>
            {move || Suspend::new(async move {
                match found.await {
                    Ok((show, Some(replay))) => view! { <Page show replay /> }.into_any(),
                    Ok((show, None)) => view! { <NotYet show /> }.into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

async fn load(id: LivestreamId) -> Result<(Livestream, Option<ReplayDesk>), AppError> {
    let show = get_livestream(id).await?;
    let replay = if show.status == LivestreamStatus::Ended { Some(get_replay_desk(id).await?) } else { None };
    Ok((show, replay))
}

#[component]
fn NotYet(show: Livestream) -> impl IntoView {
    view! {
        <div class="page">
            <h1>{show.title.clone()}</h1>
            <Empty glyph=Glyph::Clock title="This show is not over yet" text="What becomes of it is decided here once it has ended.">
                <a class="btn btn-primary" href=format!("/admin/studio/{}", show.id)>
                    "Open its studio"
                </a>
            </Empty>
        </div>
    }
}

#[component]
fn Page(show: Livestream, replay: ReplayDesk) -> impl IntoView {
    let id = show.id;
    let desk = Desk::new(replay);
    let published = Memo::new(move |_| desk.replay.with(|replay| replay.published));
    let has_film = Memo::new(move |_| desk.replay.with(|replay| !replay.whole_url.is_empty()));
    let shown = move || desk.replay.with(|replay| replay.video_url.clone());
    let file_name = format!("{}.webm", id);
    let began = show.start_time.unwrap_or(show.created_at);
    let words = move || {
        if published.get() { "Everybody finds this replay." } else { "Only hosts find this replay, its film and its captions." }
    };
    view! {
        <div class="page wide" data-testid="replay-desk">
            <header class="flex flex-wrap items-end justify-between gap-4">
                <div class="flex min-w-0 flex-col gap-2">
                    <p class="flex flex-wrap items-center gap-2">
                        <span class=move || if published.get() { "badge badge-good" } else { "badge badge-soon" } data-testid="published">
                            {move || if published.get() { "Public" } else { "Not public" }}
                        </span>
                        <span class="text-muted text-sm">
                            <When at=began precision=Precision::Minute />
                            {format!(" \u{b7} {}", duration_in_words(show.duration))}
                        </span>
                    </p>
                    <h1 class="break-words">{show.title.clone()}</h1>
                    <p class="text-muted text-sm" aria-live="polite">
                        {words}
                    </p>
                </div>
                <Ready class="flex flex-wrap gap-2">
                    <button
                        type="button"
                        class="btn btn-primary"
                        disabled=desk.pending
                        data-testid="publish"
                        on:click=move |_| desk.change(ReplayUpdate { published: Some(!published.get_untracked()), ..ReplayUpdate::default() })
                    >
                        <Icon glyph=Glyph::Eye />
                        {move || if published.get() { "Make it private" } else { "Publish" }}
                    </button>
                    <a class="btn btn-quiet" href=format!("/replays/{id}")>
                        "See it as customers do"
                    </a>
                    <Show when=move || has_film.get()>
                        <a class="btn btn-quiet" href=shown download=file_name.clone() rel="external" data-testid="download">
                            <Icon glyph=Glyph::Down />
                            "Download the film"
                        </a>
                    </Show>
                    <a class="btn btn-quiet" href=format!("/livestreams/{id}/export") download rel="external" data-testid="export">
                        <Icon glyph=Glyph::Down />
                        "Take it to another shop"
                    </a>
                </Ready>
            </header>
            <PassingNotice notice=desk.notice />
            <div class="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_minmax(0,26rem)]">
                <div class="flex min-w-0 flex-col gap-6">
                    <Show
                        when=move || has_film.get()
                        fallback=|| {
                            view! { <Empty glyph=Glyph::Camera title="No film was kept of this show" text="Its products and what was said are on the replay page all the same." /> }
                        }
                    >
                        <Cutter desk />
                    </Show>
                    <Moments desk />
                </div>
                <div class="flex min-w-0 flex-col gap-6">
                    <Details show=show.clone() />
                    <Show when=move || has_film.get()>
                        <CaptionsCard desk />
                    </Show>
                </div>
            </div>
        </div>
    }
}
