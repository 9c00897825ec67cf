//! The show in a corner, while its viewer looks around the shop: back to it, sound, and away with it.

use leptos::{html, prelude::*};
use leptos_router::hooks::use_location;

use crate::{
    domain::{livestream::Livestream, picture::PictureQuality},
    live::{
        playing::{Playing, use_playing},
        state::Phase,
        watch::{Playback, Watch},
    },
    ui::{
        components::icon::{Glyph, Icon},
        session::use_session,
    },
};

/// The dock, empty unless a show plays on. Where hosts work there is none.
#[component]
pub fn Dock() -> impl IntoView {
    let playing = use_playing();
    let path = use_location().pathname;
    Effect::new(move || {
        if path.with(|path| path.starts_with("/admin")) {
            playing.close_dock();
        }
    });
    let session = use_session();
    // Who signs in goes on as themselves; who signs out is a stranger to the hub.
    Effect::watch(move || (session.login.version().get(), session.register.version().get()), move |_, _, _| playing.come_anew(), false);
    Effect::watch(move || session.logout.version().get(), move |_, _, _| playing.close_dock(), false);
    move || playing.docked().map(|(show, watch)| view! { <Docked playing show watch /> })
}

/// What is said where no picture moves.
fn words(phase: Phase, playback: &Playback, quality: PictureQuality) -> Option<&'static str> {
    match (phase, playback) {
        (Phase::Ended, _) | (_, Playback::Ended) => Some("The show is over"),
        (Phase::HostAway, _) => Some("The host is away"),
        (_, Playback::Playing) => (quality == PictureQuality::Sound).then_some("Sound only"),
        (_, Playback::NeedsTap) => Some("Sound on to play"),
        (_, Playback::Reconnecting | Playback::Failed(_)) => Some("Reconnecting"),
        (_, Playback::Waiting | Playback::Connecting) => Some("Connecting"),
    }
}

#[component]
fn Docked(playing: Playing, show: Livestream, watch: Watch) -> impl IntoView {
    let video = NodeRef::<html::Video>::new();
    Effect::new(move || playing.show_in_dock(watch, video));
    let state = watch.state;
    let said = Memo::new(move |_| watch.playback.with(|playback| words(state.phase.get(), playback, watch.quality())));
    let href = format!("/live/{}", show.id);
    let toggle_sound = move |_| if watch.muted.get_untracked() { watch.enable_sound() } else { watch.mute() };
    view! {
        // Nothing of the page stays behind the dock.
        <div class="dock-space" aria-hidden="true"></div>
        <aside class="dock" aria-label="The show you are watching" data-testid="dock">
            <a class="dock-screen" href=href.clone() aria-label="Back to the show" data-testid="dock-back">
                <video node_ref=video autoplay playsinline muted prop:muted=move || watch.is_live_silent() data-testid="dock-video" aria-hidden="true"></video>
                {move || said.get().map(|words| view! { <span class="dock-words">{words}</span> })}
            </a>
            <div class="flex min-w-0 flex-1 items-center gap-1 sm:pl-3">
                <a class="min-w-0 flex-1" href=href tabindex="-1">
                    <span class="block truncate text-sm font-semibold">{move || state.title.get()}</span>
                    <span class="text-muted block truncate text-sm">"Back to the show"</span>
                </a>
                <button type="button" class="btn btn-plain btn-icon" aria-label=move || if watch.muted.get() { "Sound on" } else { "Sound off" } data-testid="dock-sound" on:click=toggle_sound>
                    {move || {
                        let glyph = if watch.muted.get() { Glyph::SoundOff } else { Glyph::SoundOn };
                        view! { <Icon glyph /> }
                    }}
                </button>
                <button type="button" class="btn btn-plain btn-icon" aria-label="Close the show" data-testid="dock-close" on:click=move |_| playing.close_dock()>
                    <Icon glyph=Glyph::Close />
                </button>
            </div>
        </aside>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moving_picture_is_not_covered() {
        let words = |phase| words(phase, &Playback::Playing, PictureQuality::Auto);
        assert_eq!([words(Phase::Live), words(Phase::HostAway), words(Phase::Ended)], [None, Some("The host is away"), Some("The show is over")]);
    }
}
