//! All shows of the shop, with what can be done to them.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::livestreams::{cleanup_livestreams, delete_livestream, list_livestreams, stop_livestream},
    domain::{
        id::LivestreamId,
        livestream::{Livestream, LivestreamStatus},
    },
    error::AppError,
    ui::{
        components::{
            badge::StatusBadge,
            confirm_button::ConfirmButton,
            count::counted,
            empty::Empty,
            icon::{Glyph, Icon},
            notice::{Notice, PassingNotice, Tone},
            show_card::show_path,
            skeleton::PageSkeleton,
            when::{Precision, When, duration_in_words},
        },
        ready::Ready,
    },
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Stop(LivestreamId),
    Delete(LivestreamId),
    CleanUp,
}

async fn carry_out(order: Order) -> Result<Option<String>, AppError> {
    match order {
        Order::Stop(id) => stop_livestream(id).await.map(|_| None),
        Order::Delete(id) => delete_livestream(id).await.map(|()| None),
        Order::CleanUp => cleanup_livestreams().await.map(|ended| {
            Some(match ended.len() {
                0 => "Nothing to clean up: every live show has its host.".to_owned(),
                1 => "One abandoned show was ended.".to_owned(),
                count => format!("{count} abandoned shows were ended."),
            })
        }),
    }
}

/// The list of shows.
#[component]
pub fn ShowsPage() -> impl IntoView {
    let notice = RwSignal::new(None::<String>);
    let order = Action::new(move |order: &Order| {
        let order = *order;
        async move { notice.set(carry_out(order).await.unwrap_or_else(|error| Some(error.message))) }
    });
    let shows = Resource::new(move || order.version().get(), |_| list_livestreams());
    view! {
        <Title text="Shows" />
        <Ready class="page wide">
            <div class="flex flex-wrap items-center justify-between gap-4">
                <h1>"Shows"</h1>
                <p class="flex flex-wrap gap-2">
                    <button
                        type="button"
                        class="btn btn-quiet"
                        disabled=move || order.pending().get()
                        data-testid="cleanup"
                        on:click=move |_| {
                            order.dispatch(Order::CleanUp);
                        }
                    >
                        "End abandoned shows"
                    </button>
                    <a class="btn btn-quiet" href="/admin/plan" data-testid="plan-show">
                        <Icon glyph=Glyph::Calendar />
                        "Plan a show"
                    </a>
                    <a class="btn btn-primary" href="/admin/studio">
                        <Icon glyph=Glyph::Plus />
                        "New show"
                    </a>
                </p>
            </div>
            <PassingNotice notice />
            <Transition fallback=PageSkeleton>
                {move || Suspend::new(async move {
                    match shows.await {
                        Ok(page) if page.livestreams.is_empty() => {
                            view! {
                                <Empty glyph=Glyph::Camera title="No shows yet" text="Your first one is two clicks away. A demo camera is there if you have none.">
                                    <a class="btn btn-primary" href="/admin/studio">
                                        "Open the studio"
                                    </a>
                                </Empty>
                            }
                                .into_any()
                        }
                        Ok(page) => {
                            view! {
                                <ul class="flex flex-col gap-3">
                                    {in_order(page.livestreams).into_iter().map(|show| view! { <ShowRow show order /> }).collect_view()}
                                </ul>
                            }
                                .into_any()
                        }
                        Err(error) => view! { <Notice tone=Tone::Bad text=error.message /> }.into_any(),
                    }
                })}
            </Transition>
        </Ready>
    }
}

/// What needs a host first: live shows, then plans by their time, then what was, the newest first.
fn in_order(mut shows: Vec<Livestream>) -> Vec<Livestream> {
    shows.sort_by_key(|show| match show.status {
        LivestreamStatus::Live => (0, 0),
        LivestreamStatus::Scheduled => (1, show.scheduled_at.unwrap_or(show.created_at).millis()),
        LivestreamStatus::Ended => (2, 0),
    });
    shows
}

#[component]
fn ShowRow(show: Livestream, order: Action<Order, ()>) -> impl IntoView {
    let id = show.id;
    let when = show.start_time.or(show.scheduled_at).unwrap_or(show.created_at);
    let path = show_path(&show);
    let is_hidden = show.status == LivestreamStatus::Ended && !show.published;
    let send = move |what: Order| {
        Callback::new(move |()| {
            order.dispatch(what);
        })
    };
    let hearts = counted(show.likes, "heart", "hearts");
    let numbers = match show.status {
        LivestreamStatus::Live => format!("{} watching, {} at most, {hearts}", show.viewer_count, show.peak_viewers),
        LivestreamStatus::Scheduled => "Not begun".to_owned(),
        LivestreamStatus::Ended => {
            format!("{}, {} at once, {hearts}, {}", counted(show.view_count, "viewer", "viewers"), show.peak_viewers, duration_in_words(show.duration))
        }
    };
    let actions = match show.status {
        LivestreamStatus::Ended => view! {
            <a class="btn btn-primary btn-small" href=format!("/admin/replays/{id}") data-testid="open-desk">
                "Replay"
            </a>
            <a class="btn btn-quiet btn-small" href=format!("/admin/analytics/{id}")>
                "Numbers"
            </a>
            <ConfirmButton label="Delete" question="Delete with all that was said?" yes="Delete" glyph=Glyph::Trash on_yes=send(Order::Delete(id)) />
        }
        .into_any(),
        LivestreamStatus::Live => view! {
            <a class="btn btn-primary btn-small" href=format!("/admin/studio/{id}")>
                "Open studio"
            </a>
            <a class="btn btn-quiet btn-small" href=format!("/admin/analytics/{id}")>
                "Numbers"
            </a>
            <ConfirmButton label="End" question="End this show for everyone?" yes="End it" glyph=Glyph::Stop on_yes=send(Order::Stop(id)) />
        }
        .into_any(),
        LivestreamStatus::Scheduled => view! {
            <a class="btn btn-primary btn-small" href=format!("/admin/studio/{id}")>
                "Open studio"
            </a>
            <a class="btn btn-quiet btn-small" href=format!("/admin/plan/{id}") data-testid="edit-plan">
                <Icon glyph=Glyph::Edit />
                "Change"
            </a>
            <ConfirmButton label="Cancel show" question="Cancel this show?" yes="Cancel it" glyph=Glyph::Trash on_yes=send(Order::Delete(id)) />
        }
        .into_any(),
    };
    view! {
        <li class="card flex flex-wrap items-center gap-x-6 gap-y-3 p-4" data-testid="show-row" data-show-id=id.to_string()>
            <div class="flex min-w-0 flex-1 basis-64 flex-col gap-1">
                <p class="flex flex-wrap items-center gap-2">
                    <StatusBadge status=show.status />
                    {is_hidden.then(|| view! { <span class="badge badge-soon">"Not public"</span> })}
                    <span class="text-muted text-sm">
                        <When at=when precision=Precision::Minute />
                    </span>
                </p>
                <h2 class="text-lg sm:text-lg">
                    <a class="hover:underline" href=path>
                        {show.title.clone()}
                    </a>
                </h2>
                <p class="text-muted text-sm tabular-nums">{numbers}</p>
            </div>
            <div class="flex flex-wrap items-center gap-2">{actions}</div>
        </li>
    }
}
