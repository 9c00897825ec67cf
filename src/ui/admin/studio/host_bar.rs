//! The buttons of a show on air: big, far apart, and plain about what is off.

use leptos::prelude::*;

use super::{host::Host, stop_button::StopButton};
use crate::{
    live::{
        assist,
        broadcast::{CaptureState, Facing, Source, Switch},
    },
    ui::components::icon::{Glyph, Icon},
};

/// Microphone, camera, which camera, screen, and the end.
#[component]
pub fn HostBar(host: Host) -> impl IntoView {
    let broadcast = host.broadcast;
    let microphone = broadcast.microphone_on;
    let camera = broadcast.camera_on;
    let screen = broadcast.sharing_screen;
    let facing = broadcast.facing;
    let can_share = RwSignal::new(false);
    Effect::new(move || can_share.set(assist::can_share_screen()));
    // Sharing a screen is for desks; another camera is for whoever has one.
    let can_flip = Memo::new(move |_| {
        broadcast.capture.get() == CaptureState::On && broadcast.source.with(|source| *source != Source::Demo) && broadcast.cameras.with(Vec::len) > 1
    });
    let other = |on: bool| if on { Switch::Off } else { Switch::On };
    view! {
        <div class="host-bar studio-bar" role="group" aria-label="On air">
            <Toggle
                on=microphone
                glyphs=(Glyph::Microphone, Glyph::MicrophoneOff)
                words=("Mic on", "Mic off")
                test_id="toggle-microphone"
                on_press=Callback::new(move |()| broadcast.set_microphone(other(microphone.get_untracked())))
            />
            <Toggle
                on=camera
                glyphs=(Glyph::Camera, Glyph::CameraOff)
                words=("Camera on", "Camera off")
                test_id="toggle-camera"
                on_press=Callback::new(move |()| broadcast.set_camera(other(camera.get_untracked())))
            />
            <Show when=move || can_flip.get()>
                <button
                    type="button"
                    class="btn btn-quiet"
                    aria-label=move || match facing.get() {
                        Some(Facing::User) => "Camera: show what is in front of you",
                        Some(Facing::Environment) => "Camera: show yourself",
                        None => "Next camera",
                    }
                    data-testid="flip-camera"
                    on:click=move |_| broadcast.flip()
                >
                    <Icon glyph=Glyph::Flip />
                    <span class="host-word">"Flip"</span>
                </button>
            </Show>
            <Show when=move || can_share.get()>
                <button
                    type="button"
                    class="btn btn-quiet"
                    aria-pressed=move || if screen.get() { "true" } else { "false" }
                    data-testid="toggle-screen"
                    on:click=move |_| broadcast.set_screen_share(other(screen.get_untracked()))
                >
                    <Icon glyph=Glyph::Screen />
                    <span class="host-word">{move || if screen.get() { "Stop sharing" } else { "Share screen" }}</span>
                </button>
            </Show>
            <span class="ml-auto">
                <StopButton host />
            </span>
        </div>
    }
}

/// A button for something that is on unless it was turned off: off is what must catch the eye.
#[component]
fn Toggle(on: RwSignal<bool>, glyphs: (Glyph, Glyph), words: (&'static str, &'static str), test_id: &'static str, on_press: Callback<()>) -> impl IntoView {
    view! {
        <button
            type="button"
            class="btn btn-toggle"
            class:btn-off=move || !on.get()
            aria-pressed=move || if on.get() { "true" } else { "false" }
            data-testid=test_id
            on:click=move |_| on_press.run(())
        >
            {move || {
                let glyph = if on.get() { glyphs.0 } else { glyphs.1 };
                view! { <Icon glyph /> }
            }}
            <span class="host-word">{move || if on.get() { words.0 } else { words.1 }}</span>
        </button>
    }
}
