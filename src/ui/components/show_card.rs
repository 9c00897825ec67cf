//! A show among others.

use leptos::prelude::*;

use super::{
    badge::StatusBadge,
    count::counted,
    icon::{Glyph, Icon},
    when::{Precision, When, duration_in_words},
};
use crate::domain::{
    livestream::{Livestream, LivestreamStatus},
    time::clock,
};

/// Where a customer goes for this show.
pub fn show_path(show: &Livestream) -> String {
    match show.status {
        LivestreamStatus::Ended => format!("/replays/{}", show.id),
        _ => format!("/live/{}", show.id),
    }
}

/// The picture of a show: its own, else those of the first products it showed, else none.
#[component]
pub fn ShowPicture(show: Livestream) -> impl IntoView {
    let pictures: Vec<_> = if show.thumbnail_url.is_empty() {
        show.pinned_products.into_iter().filter_map(|pin| pin.product.images.into_iter().next()).take(3).collect()
    } else {
        vec![show.thumbnail_url]
    };
    let picture = |path| view! { <img src=path alt="" loading="lazy" decoding="async" /> };
    (!pictures.is_empty()).then(|| view! { <span class="collage">{pictures.into_iter().map(picture).collect_view()}</span> })
}

/// A card that leads to the show, or to its replay.
#[component]
pub fn ShowCard(show: Livestream) -> impl IntoView {
    let length = (show.status == LivestreamStatus::Ended)
        .then(|| view! { <span class="badge bg-black/70 text-white absolute right-2 bottom-2 tabular-nums">{clock(show.duration)}</span> });
    let is_hidden = show.status == LivestreamStatus::Ended && !show.published;
    let line = match show.status {
        LivestreamStatus::Live => format!("{} watching now", show.viewer_count).into_any(),
        LivestreamStatus::Scheduled => show.scheduled_at.map(|at| view! { <When at precision=Precision::Minute /> }).into_any(),
        LivestreamStatus::Ended => {
            let at = show.start_time.unwrap_or(show.created_at);
            view! {
                <When at />
                {format!(" · {} · {}", duration_in_words(show.duration), counted(show.likes, "heart", "hearts"))}
            }
            .into_any()
        }
    };
    view! {
        <a class="card hover:border-accent flex flex-col" href=show_path(&show) data-testid="show-card" data-show-id=show.id.to_string()>
            <span class="thumb text-accent">
                <Icon glyph=Glyph::Bird class="icon size-12" />
                <ShowPicture show=show.clone() />
                {length}
                <span class="absolute top-2 left-2">
                    <StatusBadge status=show.status />
                    {is_hidden.then(|| view! { <span class="badge badge-soon ml-1">"Not public"</span> })}
                </span>
            </span>
            <span class="flex flex-col gap-1 p-4">
                <span class="font-display line-clamp-2 text-lg leading-snug font-semibold">{show.title.clone()}</span>
                <span class="text-muted text-sm">{line}</span>
            </span>
        </a>
    }
}
