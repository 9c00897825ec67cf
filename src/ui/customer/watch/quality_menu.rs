//! What a viewer wishes of the picture: the menu among the player's controls, and what stands where no picture is wished.

use leptos::prelude::*;

use crate::{
    domain::picture::PictureQuality,
    live::{
        state::Phase,
        watch::{Playback, Watch},
    },
    ui::components::icon::{Glyph, Icon},
};

const fn words(quality: PictureQuality) -> &'static str {
    match quality {
        PictureQuality::Auto => "Auto",
        PictureQuality::High => "High",
        PictureQuality::Medium => "Medium",
        PictureQuality::Low => "Low",
        PictureQuality::Sound => "Sound only",
    }
}

/// The menu: the platform's own, under a button like the others. Unseen where there is nothing to choose.
#[component]
pub fn QualityMenu(watch: Watch) -> impl IntoView {
    let quality = Memo::new(move |_| watch.quality());
    let is_offered = Memo::new(move |_| watch.choices.with(|choices| choices.len() > 1));
    let options = move || {
        let now = quality.get_untracked();
        let option = |choice: PictureQuality| view! { <option value=choice.name() selected=choice == now>{words(choice)}</option> };
        watch.choices.get().into_iter().map(option).collect_view()
    };
    let choose = move |name: String| {
        let Some(choice) = PictureQuality::named(&name) else { return };
        watch.choose(choice);
        // In the tap itself: who wishes the sound alone wishes to hear it.
        if choice == PictureQuality::Sound && watch.muted.get_untracked() {
            watch.enable_sound();
        }
    };
    view! {
        <Show when=move || is_offered.get()>
            <label class="btn btn-icon badge-glass quality-menu">
                <Icon glyph=Glyph::Settings />
                <span class="hidden sm:inline" aria-hidden="true">
                    {move || words(quality.get())}
                </span>
                <select
                    aria-label="Picture quality"
                    data-testid="picture-quality"
                    prop:value=move || quality.get().name()
                    on:change=move |event| choose(event_target_value(&event))
                >
                    {options}
                </select>
            </label>
        </Show>
    }
}

/// Whether the show is heard alone, and nothing else is to be said in place of the picture.
fn is_listening(quality: PictureQuality, phase: Phase, playback: &Playback, is_covered: bool) -> bool {
    quality == PictureQuality::Sound && phase == Phase::Live && *playback == Playback::Playing && !is_covered
}

/// Whether the show is heard alone now, and nothing else is to be said in place of the picture.
pub fn listening(watch: Watch) -> Memo<bool> {
    Memo::new(move |_| {
        let is_covered = watch.late.with(|late| late.covers);
        watch.playback.with(|playback| is_listening(watch.quality(), watch.state.phase.get(), playback, is_covered))
    })
}

/// In place of the picture: that there is none by choice, and the way back. On a page that was loaded again the sound is off
/// until a tap, so that is here too: what lies over a picture for it would lie over the way back.
#[component]
pub fn SoundOnly(watch: Watch, listens: Memo<bool>) -> impl IntoView {
    let picture_class = move || if watch.muted.get() { "btn btn-plain" } else { "btn btn-primary" };
    view! {
        <Show when=move || listens.get()>
            <div class="veil sound-only flex-row flex-wrap content-center pt-6 pb-14 sm:flex-col sm:flex-nowrap sm:py-0" data-testid="sound-only">
                <p class="font-display text-xl font-semibold" role="status">
                    "Sound only"
                </p>
                <p class="text-muted hidden max-w-sm sm:block">
                    {move || {
                        if watch.muted.get() {
                            "You chose the show without its picture, and its sound is off."
                        } else {
                            "You hear the show without its picture, which takes far less of your data."
                        }
                    }}
                </p>
                <div class="flex flex-wrap justify-center gap-3">
                    <Show when=move || watch.muted.get()>
                        <button type="button" class="btn btn-primary" data-testid="enable-sound" on:click=move |_| watch.enable_sound()>
                            <Icon glyph=Glyph::SoundOff />
                            "Tap for sound"
                        </button>
                    </Show>
                    <button type="button" class=picture_class data-testid="picture-back" on:click=move |_| watch.choose(PictureQuality::Auto)>
                        "Show the picture"
                    </button>
                </div>
            </div>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_else_there_is_to_say_comes_before_the_choice() {
        let listening = |quality, phase, playback| is_listening(quality, phase, &playback, false);
        assert!(listening(PictureQuality::Sound, Phase::Live, Playback::Playing));
        assert!(!listening(PictureQuality::Low, Phase::Live, Playback::Playing));
        assert!(!listening(PictureQuality::Sound, Phase::HostAway, Playback::Playing));
        assert!(!listening(PictureQuality::Sound, Phase::Live, Playback::Reconnecting));
        assert!(!is_listening(PictureQuality::Sound, Phase::Live, &Playback::Playing, true), "a moment of before has a picture");
    }
}
