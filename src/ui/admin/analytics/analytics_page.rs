//! What a show came to. While it is live, the numbers follow it.

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    chart::Chart,
    figures::Figures,
    tables::{ProductTable, TimelineTable},
};
use crate::{
    api::analytics::get_show_report,
    domain::{analytics::ShowReport, id::LivestreamId, livestream::LivestreamStatus},
    ui::{
        components::{
            badge::StatusBadge,
            empty::Empty,
            failure::Failure,
            icon::Glyph,
            skeleton::PageSkeleton,
            when::{Precision, When, duration_in_words},
        },
        customer::route_id::use_route_id,
    },
};

/// How long the numbers of a live show stand before they are asked for again.
const FRESH_FOR: Duration = Duration::from_secs(4);

/// The page.
#[component]
pub fn AnalyticsPage() -> impl IntoView {
    let id = use_route_id::<LivestreamId>("livestream");
    let report = Resource::new(move || id.get(), |id| async move { get_show_report(id?).await });
    view! {
        <Title text="Numbers" />
        <Transition fallback=PageSkeleton>
            {move || Suspend::new(async move {
                match report.await {
                    Ok(report) => view! { <Report report /> }.into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Report(report: ShowReport) -> impl IntoView {
    let id = report.id;
    let report = RwSignal::new(report);
    let late = follow(id, report);
    let status = Memo::new(move |_| report.with(|report| report.status));
    let begun = Memo::new(move |_| report.with(|report| report.start.is_some()));
    view! {
        <div class="page wide" data-testid="analytics">
            <header class="flex flex-wrap items-end justify-between gap-4">
                <div class="flex min-w-0 flex-col gap-2">
                    <p class="flex flex-wrap items-center gap-2">
                        {move || view! { <StatusBadge status=status.get() /> }}
                        {move || {
                            let (start, length) = report.with(|report| (report.start, report.length_seconds));
                            start
                                .map(|at| {
                                    view! {
                                        <span class="text-muted text-sm">
                                            <When at precision=Precision::Minute />
                                            {format!(" \u{b7} {}", duration_in_words(length))}
                                        </span>
                                    }
                                })
                        }}
                    </p>
                    <h1>{move || report.with(|report| report.title.clone())}</h1>
                    <p class="text-muted text-sm" aria-live="polite">
                        {move || match (status.get(), late.get()) {
                            (LivestreamStatus::Live, true) => "The shop cannot be reached at the moment. These numbers are a little old.",
                            (LivestreamStatus::Live, false) => "The numbers follow the show.",
                            _ => "",
                        }}
                    </p>
                </div>
                <a class="btn btn-quiet" href="/admin/shows">
                    "All shows"
                </a>
            </header>
            <Show
                when=move || begun.get()
                fallback=|| view! { <Empty glyph=Glyph::Clock title="Not begun yet" text="The numbers appear here once the show is live." /> }
            >
                <Figures report />
                <Chart report />
                <ProductTable report />
                <TimelineTable report />
            </Show>
        </div>
    }
}

/// Keeps the report of a show that is not over up to date; says whether it could not be had the last time.
fn follow(id: LivestreamId, report: RwSignal<ShowReport>) -> ReadSignal<bool> {
    let (late, set_late) = signal(false);
    let over = Memo::new(move |_| report.with(|report| report.status == LivestreamStatus::Ended));
    let asking = StoredValue::new(false);
    let ask = move || {
        // On a slow line the next question waits for the last answer.
        if asking.try_get_value() != Some(false) {
            return;
        }
        asking.set_value(true);
        leptos::task::spawn_local(async move {
            let answer = get_show_report(id).await;
            // The page may have been left meanwhile.
            set_late.try_set(answer.is_err());
            if let Ok(newer) = answer {
                report.try_set(newer);
            }
            asking.try_set_value(false);
        });
    };
    Effect::new(move || {
        if over.get() {
            return;
        }
        if let Ok(interval) = set_interval_with_handle(ask, FRESH_FOR) {
            on_cleanup(move || interval.clear());
        }
    });
    late
}
