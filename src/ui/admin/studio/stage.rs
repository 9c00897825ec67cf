//! The host's own picture, with what matters on air laid over it.

use std::time::Duration;

use leptos::{html, prelude::*};

use super::host::Host;
use crate::{
    domain::time::clock,
    live::{
        assist,
        broadcast::{AirState, CaptureState, DeviceKind, Facing, Source},
        state::Connection,
    },
    ui::components::{
        connection_state::{ConnectionState, Reader},
        count::short_count,
        icon::{Glyph, Icon},
    },
};

/// How long a host is on air before a picture of the show is taken.
const FIRST_FRAME_AFTER: Duration = Duration::from_secs(5);

/// The preview and the numbers of the show.
#[component]
pub fn Stage(host: Host, preview: NodeRef<html::Video>) -> impl IntoView {
    let broadcast = host.broadcast;
    let state = broadcast.state;
    let seconds = assist::elapsed(state.started_at);
    let on_air = Memo::new(move |_| matches!(broadcast.air.get(), AirState::OnAir | AirState::Interrupted));
    // Who looks at themselves expects a mirror; what viewers see is not mirrored.
    let mirrored = Memo::new(move |_| broadcast.facing.get() == Some(Facing::User) && !broadcast.sharing_screen.get());
    // A show without a picture gets one by itself, once its host has settled in front of the camera.
    let is_shown = Memo::new(move |_| broadcast.air.get() == AirState::OnAir && broadcast.capture.get() == CaptureState::On && broadcast.camera_on.get());
    Effect::new(move || {
        let bare = host.show.with_untracked(|show| show.as_ref().filter(|show| show.thumbnail_url.is_empty()).map(|show| show.id));
        let (true, Some(show)) = (is_shown.get(), bare) else { return };
        if let Ok(timer) = set_timeout_with_handle(move || assist::picture::keep_first_frame(preview, show), FIRST_FRAME_AFTER) {
            on_cleanup(move || timer.clear());
        }
    });
    view! {
        <section class="screen stage studio-stage" aria-label="Preview">
            <video class:mirrored=mirrored node_ref=preview autoplay playsinline muted prop:muted=true data-testid="preview-video" aria-label="Your picture"></video>
            <CaptureVeil host />
            <div class="absolute inset-x-0 top-0 flex flex-wrap items-center gap-2 p-3">
                <Show when=move || on_air.get()>
                    <span class="badge badge-live text-base" data-testid="on-air">
                        <span class="dot dot-beat"></span>
                        "On air"
                        <span class="tabular-nums" data-testid="elapsed">
                            {move || seconds.get().map(clock)}
                        </span>
                    </span>
                    <span class="badge badge-glass" data-testid="viewer-count" data-count=move || state.viewer_count.get().to_string()>
                        <Icon glyph=Glyph::Eye class="icon size-4" />
                        <span class="sr-only">"Watching now: "</span>
                        {move || short_count(state.viewer_count.get())}
                    </span>
                    <span class="badge badge-glass" data-count=move || state.likes.get().to_string()>
                        <Icon glyph=Glyph::Heart class="icon size-4" />
                        <span class="sr-only">"Hearts: "</span>
                        <span data-testid="like-count">{move || short_count(state.likes.get())}</span>
                    </span>
                    <span class="ml-auto">
                        <ConnectionState state reader=Reader::Host />
                    </span>
                </Show>
            </div>
        </section>
    }
}

#[component]
fn CaptureVeil(host: Host) -> impl IntoView {
    let broadcast = host.broadcast;
    move || {
        let failed = matches!(broadcast.capture.get(), CaptureState::Failed { .. });
        let words = |title: &'static str, text: String, busy: bool| {
            let class = if busy { "text-accent motion-safe:animate-pulse" } else { "text-accent" };
            Some(view! {
                <div class="veil veil-waiting" role="status">
                    <span class=class>
                        <Icon glyph=Glyph::Camera class="icon size-12" />
                    </span>
                    <p class="font-display text-xl font-semibold">{title}</p>
                    <p class="text-muted max-w-md text-sm">{text}</p>
                    {failed
                        .then(|| {
                            view! {
                                <p class="flex flex-wrap justify-center gap-2">
                                    <button type="button" class="btn btn-primary" data-testid="retry-camera" on:click=move |_| broadcast.choose(any_camera())>
                                        "Try again"
                                    </button>
                                    <button type="button" class="btn btn-quiet" data-testid="retry-demo" on:click=move |_| broadcast.choose(Source::Demo)>
                                        "Demo camera"
                                    </button>
                                </p>
                            }
                        })}
                </div>
            })
        };
        match (broadcast.air.get(), broadcast.capture.get()) {
            (AirState::Elsewhere, _) => words("On air somewhere else", "This show is sent from another page or device of yours.".into(), false),
            (AirState::Interrupted, CaptureState::On) if broadcast.state.connection.get() == Connection::Closed => {
                words("You are signed out", "Viewers are told to wait for you. Sign in again to go on.".into(), false)
            }
            (AirState::Interrupted, CaptureState::On) => words("Connection lost", "Viewers are told to wait for you. Trying again by itself.".into(), true),
            (AirState::Starting, _) => words("Going on air", "One moment.".into(), true),
            (_, CaptureState::Off) => words("Choose your picture", "A camera, or the demo camera to try everything without one.".into(), false),
            (_, CaptureState::Starting) => words("Asking for the camera", "Allow camera and microphone where the browser asks.".into(), true),
            (_, CaptureState::Failed { device, sentence }) => {
                let title = match device {
                    Some(DeviceKind::Camera) => "No camera",
                    Some(DeviceKind::Microphone) => "No microphone",
                    None => "No picture and no sound",
                };
                words(title, sentence, false)
            }
            (_, CaptureState::On) => None,
        }
    }
}

// Whichever there is: the one that was chosen may be the one that is gone.
const fn any_camera() -> Source {
    Source::Camera { camera: None, microphone: None }
}
