//! What the shop keeps on its disk, and for how long. The limits are settings of the server; this page shows them.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::recordings::get_storage_report,
    domain::keeping::{KeptFilm, Limits, StorageReport, size_in_words},
    ui::components::{
        count::counted,
        notice::{Notice, Tone},
        skeleton::PageSkeleton,
        when::When,
    },
};

/// Films that are listed.
const SHOWN: usize = 20;

/// The page.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let report = Resource::new(|| (), |()| get_storage_report());
    view! {
        <Title text="Settings" />
        <div class="page wide">
            <h1>"Settings"</h1>
            <Suspense fallback=PageSkeleton>
                {move || Suspend::new(async move {
                    match report.await {
                        Ok(report) => view! { <Storage report /> }.into_any(),
                        Err(error) => view! { <Notice tone=Tone::Bad text=error.message /> }.into_any(),
                    }
                })}
            </Suspense>
        </div>
    }
}

#[component]
fn Storage(report: StorageReport) -> impl IntoView {
    let used = report.films_bytes + report.recordings_bytes;
    let figures = [
        ("Films", size_in_words(report.films_bytes)),
        ("Being recorded", size_in_words(report.recordings_bytes)),
        ("Pictures", size_in_words(report.pictures_bytes)),
        ("Free on the disk", report.free_bytes.map_or_else(|| "unknown".to_owned(), size_in_words)),
    ];
    let meter = report.limits.quota_bytes.map(|quota| {
        let words = format!("Films and recordings take {} of the {} they may.", size_in_words(used), size_in_words(quota));
        view! {
            <div class="flex flex-col gap-1">
                <meter class="h-3 w-full" min="0" max=quota.to_string() high=(quota / 10 * 9).to_string() value=used.to_string() aria-label=words.clone()></meter>
                <p class="text-muted text-sm tabular-nums">{words}</p>
            </div>
        }
    });
    let count = report.films.len();
    let more = count.saturating_sub(SHOWN);
    view! {
        <section class="flex flex-col gap-4" aria-label="Storage" data-testid="storage">
            <h2>"On the disk"</h2>
            <dl class="grid grid-cols-2 gap-4 sm:grid-cols-4">
                {figures
                    .into_iter()
                    .map(|(name, value)| {
                        view! {
                            <div class="card p-4">
                                <dt class="text-muted text-sm">{name}</dt>
                                <dd class="text-xl font-semibold tabular-nums">{value}</dd>
                            </div>
                        }
                    })
                    .collect_view()}
            </dl>
            {meter}
        </section>
        <section class="flex flex-col gap-3" aria-label="How long films are kept">
            <h2>"How long films are kept"</h2>
            <ul class="text-muted flex flex-col gap-1">{in_words(report.limits).into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
            <p class="hint">
                "Change it by the settings " <code>"RECORDINGS_QUOTA_MIB"</code> ", " <code>"RECORDINGS_RETENTION_DAYS"</code> " and "
                <code>"RECORDINGS_MAKE_ROOM"</code> " of the server. What is removed is written down under "
                <a class="link" href="/admin/audit">
                    "What was done"
                </a> "."
            </p>
        </section>
        <section class="flex flex-col gap-3" aria-label="Films">
            <h2>{counted(count as u64, "film", "films")}</h2>
            {(count == 0).then(|| view! { <p class="text-muted">"No show has a film yet."</p> })}
            <ul class="card divide-line flex flex-col divide-y empty:hidden">
                {report.films.into_iter().take(SHOWN).map(|film| view! { <Row film /> }).collect_view()}
            </ul>
            {(more > 0).then(|| view! { <p class="text-muted text-sm">{format!("And {more} newer ones.")}</p> })}
        </section>
    }
}

fn in_words(limits: Limits) -> Vec<String> {
    let days = match limits.retention_days {
        None => "Films are kept until their show is deleted.".to_owned(),
        Some(days) => format!("A film is removed {} after its show.", counted(days.into(), "day", "days")),
    };
    let quota = match (limits.quota_bytes, limits.make_room) {
        (None, _) => "They may take all of the disk but what the database needs.".to_owned(),
        (Some(quota), true) => format!("When they take more than nine tenths of {}, the oldest are removed.", size_in_words(quota)),
        (Some(quota), false) => format!("When they take {}, nothing more is recorded. The shows go on.", size_in_words(quota)),
    };
    vec![days, quota]
}

#[component]
fn Row(film: KeptFilm) -> impl IntoView {
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3" data-testid="kept-film">
            <a class="link min-w-0 flex-1 basis-48 truncate" href=format!("/admin/replays/{}", film.stream_id)>
                {film.title}
            </a>
            <span class="text-muted text-sm">
                <When at=film.at />
            </span>
            <span class="w-24 text-right text-sm tabular-nums">{size_in_words(film.bytes)}</span>
        </li>
    }
}
