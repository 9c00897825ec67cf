//! The picture, what lies over it, and its controls.

use leptos::{html, prelude::*};

use super::{
    coming_up::Curtain,
    quality_menu::{QualityMenu, SoundOnly, listening},
    rewind_bar::{BehindBadge, BehindReason, RewindButtons, RewindLine},
    show_ended::ShowEnded,
};
use crate::{
    domain::livestream::Livestream,
    live::{
        assist,
        playing::use_playing,
        rewind::Stage,
        state::{Connection, Phase},
        watch::{Playback, Watch},
    },
    ui::{
        cart::cart_link::CartLink,
        components::{
            connection_state::{ConnectionState, Reader},
            count::short_count,
            icon::{Glyph, Icon},
        },
    },
};

/// The player of a watch page.
#[component]
pub fn Player(watch: Watch, video: NodeRef<html::Video>, show: Livestream) -> impl IntoView {
    let playing = use_playing();
    let state = watch.state;
    let stage = NodeRef::<html::Div>::new();
    // Phones send upright pictures, and turn while they send.
    let upright = RwSignal::new(false);
    let measure = move |_| {
        if let Some(video) = video.get_untracked() {
            upright.set(video.video_height() > video.video_width());
        }
    };
    let label = show.title.clone();
    // What is seen is not live then, however well the line is.
    let is_back = Memo::new(move |_| watch.late.with(|late| late.is_late() && !late.is_instead));
    let show_id = show.id;
    let listens = listening(watch);
    view! {
        <div class="screen stage" class:screen-tall=move || state.phase.get() == Phase::Ended class:screen-portrait=upright node_ref=stage data-playback=move || playback_name(&watch.playback.get())>
            <video node_ref=video on:resize=measure autoplay playsinline muted prop:muted=move || watch.is_live_silent() data-testid="live-video" aria-label=label></video>
            <SoundOnly watch listens />
            <Veil watch show=show.clone() />
            <Curtain state show />
            <SoundGate watch listens />
            <div class="absolute inset-x-0 top-0 flex flex-wrap items-center gap-2 p-3">
                <a class="btn btn-icon badge-glass lg:hidden" href="/" aria-label="Leave the show" on:click=move |_| playing.part_with(watch)>
                    <Icon glyph=Glyph::Back />
                </a>
                <span class="needs-script" class:hidden=move || is_back.get()>
                    <ConnectionState state reader=Reader::Viewer />
                </span>
                <BehindBadge watch />
                <span class="badge badge-glass" class:invisible=move || state.phase.get() == Phase::Ended data-testid="viewer-count" data-count=move || state.viewer_count.get().to_string()>
                    <Icon glyph=Glyph::Eye class="icon size-4" />
                    <span class="sr-only">"Watching now: "</span>
                    {move || short_count(state.viewer_count.get())}
                </span>
                // On a phone the header is behind the show.
                <span class="ml-auto lg:hidden">
                    <CartLink href=format!("/cart?show={show_id}") class="btn btn-icon badge-glass cart-link" count_id="player-cart-count" />
                </span>
            </div>
            <Controls watch stage video />
        </div>
        <BehindReason watch />
    }
}

/// What the picture is doing, for programs.
fn playback_name(playback: &Playback) -> &'static str {
    match playback {
        Playback::Waiting => "waiting",
        Playback::Connecting => "connecting",
        Playback::Playing => "playing",
        Playback::NeedsTap => "needs-tap",
        Playback::Reconnecting => "reconnecting",
        Playback::Failed(_) => "failed",
        Playback::Ended => "ended",
    }
}

/// What is said where no picture moves.
fn veil_words(connection: Connection, phase: Phase, playback: &Playback) -> Option<(&'static str, String)> {
    let words = |title, text: &str| Some((title, text.to_owned()));
    match (connection, phase, playback) {
        (Connection::Banned, ..) => words("You cannot be here", ""),
        (_, Phase::Ended, _) | (_, _, Playback::Playing | Playback::NeedsTap) if phase != Phase::HostAway => None,
        // The curtain says when it begins.
        (_, Phase::Scheduled, _) => None,
        (Connection::Closed, ..) => words("Disconnected", "Load the page again to come back."),
        (Connection::Offline, ..) => words("You are offline", "The show comes back by itself with your connection."),
        (_, Phase::HostAway, _) => words("The host is away for a moment", "Stay: the picture comes back by itself. Chat goes on."),
        (_, _, Playback::Failed(sentence)) => words("No picture yet", sentence),
        (_, _, Playback::Reconnecting) => words("Reconnecting", "Your picture is on its way back."),
        (_, _, Playback::Ended) => None,
        (_, _, Playback::Waiting | Playback::Connecting) => words("Connecting", "The picture is on its way."),
        (_, _, Playback::Playing | Playback::NeedsTap) => None,
    }
}

#[component]
fn Veil(watch: Watch, show: Livestream) -> impl IntoView {
    let state = watch.state;
    // A moment that was recorded can be seen, however the show is now.
    let is_covered = Memo::new(move |_| watch.late.with(|late| late.covers && late.stage != Stage::Stalled));
    let words =
        Memo::new(
            move |_| if is_covered.get() { None } else { watch.playback.with(|playback| veil_words(state.connection.get(), state.phase.get(), playback)) },
        );
    let ended = Memo::new(move |_| state.phase.get() == Phase::Ended);
    view! {
        {move || {
            words
                .get()
                .map(|(title, text)| {
                    view! {
                        <div class="veil veil-waiting" role="status" data-testid="veil">
                            <span class="text-accent motion-safe:animate-pulse">
                                <Icon glyph=Glyph::Bird class="icon size-12" />
                            </span>
                            <p class="font-display text-xl font-semibold">{title}</p>
                            <p class="text-muted max-w-sm text-sm sm:text-base">{text} " " {move || state.banned.get()}</p>
                        </div>
                    }
                })
        }}
        {move || ended.get().then(|| view! { <ShowEnded show=show.clone() /> })}
    }
}

/// Browsers allow sound only after a tap: the whole picture is that tap, once, where there is one.
#[component]
fn SoundGate(watch: Watch, listens: Memo<bool>) -> impl IntoView {
    let asked = RwSignal::new(false);
    let waits = move || match watch.playback.get() {
        _ if listens.get() => None,
        Playback::NeedsTap => Some("Tap to play"),
        Playback::Playing if watch.muted.get() && !asked.get() && watch.state.phase.get() == Phase::Live => Some("Tap for sound"),
        _ => None,
    };
    let waits = Memo::new(move |_| waits());
    move || {
        waits.get().map(|words| {
            view! {
                <button
                    type="button"
                    class="absolute inset-0 flex items-center justify-center bg-black/25"
                    data-testid="enable-sound"
                    on:click=move |_| {
                        asked.set(true);
                        watch.enable_sound();
                    }
                >
                    <span class="btn btn-primary shadow-card">
                        <Icon glyph=Glyph::SoundOff />
                        {words}
                    </span>
                </button>
            }
        })
    }
}

#[component]
fn Controls(watch: Watch, stage: NodeRef<html::Div>, video: NodeRef<html::Video>) -> impl IntoView {
    let can_float = RwSignal::new(false);
    Effect::new(move || can_float.set(assist::has_picture_in_picture()));
    let toggle_sound = move |_| if watch.muted.get_untracked() { watch.enable_sound() } else { watch.mute() };
    view! {
        <div class="needs-script stage-controls" class:hidden=move || !matches!(watch.playback.get(), Playback::Playing | Playback::Reconnecting)>
            <RewindLine watch />
            <RewindButtons watch />
            <button
                type="button"
                class="btn btn-icon badge-glass ml-auto"
                aria-label=move || if watch.muted.get() { "Sound on" } else { "Sound off" }
                data-testid="sound-toggle"
                on:click=toggle_sound
            >
                {move || {
                    let glyph = if watch.muted.get() { Glyph::SoundOff } else { Glyph::SoundOn };
                    view! { <Icon glyph /> }
                }}
            </button>
            <QualityMenu watch />
            <Show when=move || can_float.get() && !watch.late.with(|late| late.covers)>
                <button
                    type="button"
                    class="btn btn-icon badge-glass"
                    aria-label="Picture in picture"
                    data-testid="picture-in-picture"
                    on:click=move |_| assist::toggle_picture_in_picture(video)
                >
                    <Icon glyph=Glyph::Floating />
                </button>
            </Show>
            <button
                type="button"
                class="btn btn-icon badge-glass"
                aria-label="Full screen"
                data-testid="full-screen"
                on:click=move |_| assist::toggle_full_screen(stage, video)
            >
                <Icon glyph=Glyph::FullScreen />
            </button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moving_picture_is_not_covered_and_a_still_one_is_explained() {
        let words = |phase, playback: Playback| veil_words(Connection::Online, phase, &playback).map(|(title, _)| title);
        assert_eq!(words(Phase::Live, Playback::Playing), None);
        assert_eq!(words(Phase::HostAway, Playback::Playing), Some("The host is away for a moment"));
        assert_eq!(words(Phase::Live, Playback::Failed("No way.".into())), Some("No picture yet"));
        assert_eq!(words(Phase::Ended, Playback::Reconnecting), None);
        assert_eq!(veil_words(Connection::Offline, Phase::Live, &Playback::Reconnecting).map(|(title, _)| title), Some("You are offline"));
    }
}
