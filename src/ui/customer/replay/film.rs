//! The film, its chapters, and the link to a moment of it.

use leptos::prelude::*;

use super::{Playing, address, line::Line};
use crate::{
    api::livestreams::record_view,
    domain::{
        id::ProductId,
        livestream::Livestream,
        replay::{Chapter, Replay, chapters},
        time::clock,
    },
    live::assist,
    ui::components::icon::{Glyph, Icon},
};

/// The film with what belongs to its time.
#[component]
pub fn Film(show: Livestream, replay: StoredValue<Replay>, playing: Playing) -> impl IntoView {
    let poster = (!show.thumbnail_url.is_empty()).then(|| show.thumbnail_url.clone());
    let start_s = playing.at_ms.get_untracked() / 1000;
    // A place in the address of a film needs no script.
    let source = if start_s > 0 { format!("{}#t={start_s}", show.video_url) } else { show.video_url.clone() };
    let all = replay.with_value(|replay| chapters(&replay.moments));
    let has_chapters = !all.is_empty();
    let all = StoredValue::new(all);
    let id = show.id;
    let is_counted = StoredValue::new(false);
    let count = move |_| {
        if !is_counted.get_value() {
            is_counted.set_value(true);
            leptos::task::spawn_local(async move {
                // A view that is not counted is nothing to tell the viewer about.
                let _ = record_view(id).await;
            });
        }
    };
    view! {
        <div class="flex flex-col gap-3">
            <div class="screen rounded-card">
                <video
                    node_ref=playing.video
                    controls
                    playsinline
                    preload="metadata"
                    src=source
                    poster=poster
                    data-testid="replay-video"
                    aria-label=show.title.clone()
                    on:play=count
                    on:timeupdate=move |_| playing.look()
                    on:seeking=move |_| playing.look()
                    on:loadedmetadata=move |_| playing.look()
                >
                    {replay
                        .with_value(|replay| replay.captions.clone())
                        .into_iter()
                        .map(|captions| view! { <track kind="captions" src=captions.url srclang=captions.language label=captions.label /> })
                        .collect_view()}
                </video>
            </div>
            <Line chapters=all replay playing />
            {has_chapters.then(|| view! { <Chapters chapters=all replay playing /> })}
            <Share show playing />
        </div>
    }
}

#[component]
fn Chapters(chapters: StoredValue<Vec<Chapter>>, replay: StoredValue<Replay>, playing: Playing) -> impl IntoView {
    let current = Memo::new(move |_| {
        let at_ms = playing.at_ms.get();
        chapters.with_value(|chapters| chapters.iter().rposition(|chapter| chapter.at_ms <= at_ms))
    });
    let name = move |id: ProductId| replay.with_value(|replay| replay.products.iter().find(|product| product.id == id).map(|product| product.name.clone()));
    view! {
        <nav aria-label="Chapters">
            <ol class="flex snap-x gap-2 overflow-x-auto pb-1">
                {chapters
                    .get_value()
                    .into_iter()
                    .enumerate()
                    .map(|(number, chapter)| {
                        view! {
                            <li class="shrink-0 snap-start">
                                <a
                                    class="chapter"
                                    href=address(chapter.at_ms)
                                    aria-current=move || if current.get() == Some(number) { "true" } else { "false" }
                                    data-testid="chapter"
                                    data-at-ms=chapter.at_ms.to_string()
                                    on:click=move |event| {
                                        event.prevent_default();
                                        playing.jump(chapter.at_ms);
                                    }
                                >
                                    <span class="text-muted tabular-nums">{clock(chapter.at_ms / 1000)}</span>
                                    <span class="max-w-48 truncate">{name(chapter.product)}</span>
                                </a>
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
        </nav>
    }
}

#[component]
fn Share(show: Livestream, playing: Playing) -> impl IntoView {
    let copied = RwSignal::new(false);
    let path = move || format!("/replays/{}{}", show.id, address(playing.at_ms.get()));
    let second = Memo::new(move |_| playing.at_ms.get() / 1000);
    view! {
        <p class="needs-script flex items-center gap-3">
            <a
                class="btn btn-quiet btn-small"
                href=path
                data-testid="share-moment"
                on:click=move |event| {
                    // Where nothing can be copied the link itself is followed, and stands in the address bar.
                    if assist::copy_link(&path()) {
                        event.prevent_default();
                        copied.set(true);
                        set_timeout(move || { copied.try_set(false); }, std::time::Duration::from_millis(2500));
                    }
                }
            >
                {move || {
                    let glyph = if copied.get() { Glyph::Check } else { Glyph::Send };
                    view! { <Icon glyph /> }
                }}
                {move || if copied.get() { "Link copied".to_owned() } else { format!("Share from {}", clock(second.get())) }}
            </a>
            <span class="sr-only" aria-live="polite">
                {move || copied.get().then_some("Link copied.")}
            </span>
        </p>
    }
}
