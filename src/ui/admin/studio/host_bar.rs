//! The buttons of a show on air: big, far apart, and plain about what is off.

use leptos::prelude::*;

use super::{host::Host, stop_button::StopButton};
use crate::{
    live::broadcast::Switch,
    ui::components::icon::{Glyph, Icon},
};

/// Microphone, camera, screen, and the end.
#[component]
pub fn HostBar(host: Host) -> impl IntoView {
    let broadcast = host.broadcast;
    let microphone = broadcast.microphone_on;
    let camera = broadcast.camera_on;
    let screen = broadcast.sharing_screen;
    let other = |on: bool| if on { Switch::Off } else { Switch::On };
    view! {
        <div class="host-bar" role="group" aria-label="On air">
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
            <button
                type="button"
                class="btn btn-quiet"
                aria-pressed=move || if screen.get() { "true" } else { "false" }
                data-testid="toggle-screen"
                on:click=move |_| broadcast.set_screen_share(other(screen.get_untracked()))
            >
                <Icon glyph=Glyph::Screen />
                {move || if screen.get() { "Stop sharing" } else { "Share screen" }}
            </button>
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
            {move || if on.get() { words.0 } else { words.1 }}
        </button>
    }
}
