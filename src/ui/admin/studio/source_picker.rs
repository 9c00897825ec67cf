//! Where picture and sound come from.

use leptos::prelude::*;

use super::host::Host;
use crate::{
    domain::livestream::Quality,
    live::broadcast::{AirState, CaptureState, Device, Source},
    ui::components::icon::{Glyph, Icon},
};

/// Camera, microphone, size of the picture, or the demo camera.
#[component]
pub fn SourcePicker(host: Host) -> impl IntoView {
    let broadcast = host.broadcast;
    let in_use = move || !matches!(broadcast.capture.get(), CaptureState::Off | CaptureState::Failed { .. });
    let is_demo = Memo::new(move |_| in_use() && broadcast.source.get() == Source::Demo);
    let is_camera = Memo::new(move |_| in_use() && broadcast.source.get() != Source::Demo);
    let chosen = move || match broadcast.source.get() {
        Source::Camera { camera, microphone } => (camera, microphone),
        Source::Demo => (None, None),
    };
    let pressed = |is: Memo<bool>| move || if is.get() { "true" } else { "false" };
    view! {
        <section class="card flex flex-col gap-4 p-4 sm:p-5" aria-label="Picture and sound">
            <div class="host-bar">
                <button
                    type="button"
                    class="btn btn-quiet"
                    aria-pressed=pressed(is_camera)
                    data-testid="use-camera"
                    on:click=move |_| {
                        let (camera, microphone) = untrack(chosen);
                        broadcast.choose(Source::Camera { camera, microphone });
                    }
                >
                    <Icon glyph=Glyph::Camera />
                    "Camera"
                </button>
                <button
                    type="button"
                    class="btn btn-quiet"
                    aria-pressed=pressed(is_demo)
                    data-testid="demo-camera"
                    on:click=move |_| broadcast.choose(Source::Demo)
                >
                    <Icon glyph=Glyph::Clock />
                    "Demo camera"
                </button>
                <Show when=move || broadcast.air.get() == AirState::Elsewhere>
                    <button type="button" class="btn btn-primary ml-auto" data-testid="take-over" on:click=move |_| broadcast.take_over()>
                        "Take over here"
                    </button>
                </Show>
            </div>
            <div class="grid grid-cols-[repeat(auto-fit,minmax(min(13rem,100%),1fr))] gap-4">
                <Picker
                    label="Camera"
                    id="pick-camera"
                    devices=broadcast.cameras
                    chosen=Signal::derive(move || chosen().0)
                    on_pick=Callback::new(move |camera| {
                        let (_, microphone) = untrack(chosen);
                        broadcast.choose(Source::Camera { camera, microphone });
                    })
                />
                <Picker
                    label="Microphone"
                    id="pick-microphone"
                    devices=broadcast.microphones
                    chosen=Signal::derive(move || chosen().1)
                    on_pick=Callback::new(move |microphone| {
                        let (camera, _) = untrack(chosen);
                        broadcast.choose(Source::Camera { camera, microphone });
                    })
                />
                <div>
                    <label class="label" for="pick-quality">
                        "Picture"
                    </label>
                    <select
                        class="input"
                        id="pick-quality"
                        data-testid="quality"
                        prop:value=move || broadcast.quality.get().name()
                        on:change:target=move |event| {
                            let quality = if event.target().value() == Quality::Hd1080.name() { Quality::Hd1080 } else { Quality::Hd720 };
                            broadcast.set_quality(quality);
                        }
                    >
                        <option value=Quality::Hd720.name()>"720p, any network"</option>
                        <option value=Quality::Hd1080.name()>"1080p, fast network"</option>
                    </select>
                </div>
            </div>
        </section>
    }
}

#[component]
fn Picker(
    label: &'static str,
    id: &'static str,
    devices: RwSignal<Vec<Device>>,
    chosen: Signal<Option<String>>,
    on_pick: Callback<Option<String>>,
) -> impl IntoView {
    view! {
        <div>
            <label class="label" for=id>
                {label}
            </label>
            <select
                class="input"
                id=id
                disabled=move || devices.with(Vec::is_empty)
                on:change:target=move |event| on_pick.run(Some(event.target().value()).filter(|id| !id.is_empty()))
            >
                <option value="" selected=move || chosen.get().is_none()>
                    "The browser\u{2019}s choice"
                </option>
                {move || {
                    devices
                        .get()
                        .into_iter()
                        .map(|device| {
                            let selected = chosen.get().as_ref() == Some(&device.id);
                            view! {
                                <option value=device.id selected=selected>
                                    {device.label}
                                </option>
                            }
                        })
                        .collect_view()
                }}
            </select>
        </div>
    }
}
