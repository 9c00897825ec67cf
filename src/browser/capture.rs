//! Camera, microphone and screen. Whoever holds a [`Capture`] holds the devices: dropped, they are off, also where it
//! is dropped because nobody waited for it any more.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DisplayMediaStreamConstraints, Event, MediaStream, MediaStreamConstraints, MediaStreamTrack, MediaStreamTrackState, MediaTrackConstraints};

use super::{
    devices::{DeviceKind, is_denied, media_devices},
    error::MediaError,
    js,
    listener::EventListener,
};

/// The picture's size that is asked for, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub width_px: u32,
    pub height_px: u32,
}

/// Which way a phone's camera looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facing {
    /// At the one who holds it.
    User,
    /// Away from them.
    Environment,
}

impl Facing {
    /// The opposite way.
    pub const fn other(self) -> Self {
        match self {
            Self::User => Self::Environment,
            Self::Environment => Self::User,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Environment => "environment",
        }
    }
}

/// Which camera is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lens {
    Facing(Facing),
    Device(String),
}

/// Frames a second that are asked for.
pub const FRAME_RATE: u32 = 30;

/// A stream that we opened, and what makes it.
pub struct Capture {
    stream: MediaStream,
    ended: Option<EventListener>,
    silenced: Option<EventListener>,
    // Keeps a drawn source alive: its timer, its sound.
    _maker: Option<Box<dyn std::any::Any>>,
}

impl Capture {
    /// Opens a camera and a microphone; `None` is the browser's choice. Where there is no microphone, without sound.
    ///
    /// # Errors
    /// Whatever keeps the camera from us, by name.
    pub async fn camera(camera: Option<&str>, microphone: Option<&str>, size: Size) -> Result<Self, MediaError> {
        let video = MediaTrackConstraints::new();
        video.set_width(&at_most(size.width_px));
        video.set_height(&at_most(size.height_px));
        video.set_frame_rate(&dictionary(&[("ideal", FRAME_RATE.into())]));
        if let Some(id) = camera {
            video.set_device_id(&dictionary(&[("exact", id.into())]));
        }
        let audio = MediaTrackConstraints::new();
        audio.set_echo_cancellation_bool(true);
        audio.set_noise_suppression_bool(true);
        if let Some(id) = microphone {
            audio.set_device_id(&dictionary(&[("exact", id.into())]));
        }
        match open(&video, Some(&audio)).await {
            Err(MediaError::NotFound) => open(&video, None).await,
            // Both are asked for at once, and refused at once: which of them it was is found out.
            Err(MediaError::Denied) => Err(MediaError::denied(is_denied(DeviceKind::Camera).await, is_denied(DeviceKind::Microphone).await)),
            Err(MediaError::InUse) if open(&video, None).await.is_ok() => Err(MediaError::MicrophoneInUse),
            other => other,
        }
    }

    /// Opens this camera without sound.
    ///
    /// # Errors
    /// Whatever keeps the camera from us, by name.
    pub async fn picture(lens: &Lens, size: Size) -> Result<Self, MediaError> {
        let video = MediaTrackConstraints::new();
        video.set_width(&at_most(size.width_px));
        video.set_height(&at_most(size.height_px));
        video.set_frame_rate(&dictionary(&[("ideal", FRAME_RATE.into())]));
        match lens {
            Lens::Facing(facing) => video.set_facing_mode(&dictionary(&[("exact", facing.name().into())])),
            Lens::Device(id) => video.set_device_id(&dictionary(&[("exact", id.as_str().into())])),
        }
        open(&video, None).await.map_err(|error| if error == MediaError::Denied { MediaError::CameraDenied } else { error })
    }

    /// Lets the person choose a screen, a window or a tab. Without sound: the microphone goes on.
    ///
    /// # Errors
    /// `Denied` also where the choice was cancelled.
    pub async fn screen() -> Result<Self, MediaError> {
        let constraints = DisplayMediaStreamConstraints::new();
        constraints.set_video(&dictionary(&[("frameRate", FRAME_RATE.into())]));
        constraints.set_audio_bool(false);
        let asked = media_devices()?.get_display_media_with_constraints(&constraints)?;
        let capture = Self::of(JsFuture::from(asked).await?.unchecked_into(), None);
        capture.hint("detail");
        Ok(capture)
    }

    /// A stream made elsewhere, with what has to live as long as it.
    pub(super) fn of(stream: MediaStream, maker: Option<Box<dyn std::any::Any>>) -> Self {
        Self { stream, ended: None, silenced: None, _maker: maker }
    }

    /// For a preview, and to tell the other side what belongs together.
    pub fn stream(&self) -> &MediaStream {
        &self.stream
    }

    /// The picture.
    pub fn video(&self) -> Option<MediaStreamTrack> {
        self.stream.get_video_tracks().get(0).dyn_into().ok()
    }

    /// The sound.
    pub fn audio(&self) -> Option<MediaStreamTrack> {
        self.stream.get_audio_tracks().get(0).dyn_into().ok()
    }

    /// Which way the camera looks, where it is known: a phone's.
    pub fn facing(&self) -> Option<Facing> {
        match js::text(&self.video()?.get_settings(), "facingMode")?.as_str() {
            "user" => Some(Facing::User),
            "environment" => Some(Facing::Environment),
            _ => None,
        }
    }

    /// The id of the camera.
    pub fn device(&self) -> Option<String> {
        js::text(&self.video()?.get_settings(), "deviceId").filter(|id| !id.is_empty())
    }

    /// Gives the camera back while the sound goes on: many phones have one camera at a time.
    pub fn stop_picture(&mut self) {
        self.ended = None;
        if let Some(track) = self.video() {
            track.stop();
            self.stream.remove_track(&track);
        }
    }

    /// Goes on with the picture of another capture, which gives it up.
    pub fn take_picture(&mut self, other: &Self) {
        self.stop_picture();
        if let Some(track) = other.video() {
            other.stream.remove_track(&track);
            self.stream.add_track(&track);
        }
    }

    /// Whether the picture still comes: a device that was unplugged ends its track.
    pub fn is_live(&self) -> bool {
        self.video().is_some_and(|track| track.ready_state() == MediaStreamTrackState::Live)
    }

    /// Whether sound still comes, be it switched off for now.
    pub fn has_sound(&self) -> bool {
        self.audio().is_some_and(|track| track.ready_state() == MediaStreamTrackState::Live)
    }

    /// Tells when the picture ends by itself: unplugged, taken away, or ended in the browser's own bar. Once.
    pub fn on_ended(&mut self, tell: impl Fn() + 'static) {
        self.ended = self.video().map(|track| EventListener::new::<Event>(&track, "ended", move |_| tell()));
    }

    /// Tells when the sound ends by itself: unplugged, or taken away. Once.
    pub fn on_silenced(&mut self, tell: impl Fn() + 'static) {
        self.silenced = self.audio().map(|track| EventListener::new::<Event>(&track, "ended", move |_| tell()));
    }

    /// Switches the sound; the connection goes on with silence.
    pub fn set_audio(&self, is_on: bool) {
        if let Some(track) = self.audio() {
            track.set_enabled(is_on);
        }
    }

    /// Asks the camera for another size; one that cannot keeps its own.
    pub async fn resize(track: MediaStreamTrack, size: Size) {
        let video = MediaTrackConstraints::new();
        video.set_width(&at_most(size.width_px));
        video.set_height(&at_most(size.height_px));
        video.set_frame_rate(&dictionary(&[("ideal", FRAME_RATE.into())]));
        if let Ok(asked) = track.apply_constraints_with_constraints(&video) {
            let _ = JsFuture::from(asked).await;
        }
    }

    /// What the picture is like ([mst-content-hint](https://www.w3.org/TR/mst-content-hint/)): `motion` for people,
    /// `detail` for text. A camera is `motion`: `detail` would make Chromium code it as slides, with few frames; that
    /// its size stays is said to the sender instead.
    pub(super) fn hint(&self, hint: &str) {
        if let Some(track) = self.video() {
            js::set(&track, "contentHint", hint);
        }
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        (self.ended, self.silenced) = (None, None);
        for track in self.stream.get_tracks().iter() {
            track.unchecked_into::<MediaStreamTrack>().stop();
        }
    }
}

impl std::fmt::Debug for Capture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Capture")
    }
}

async fn open(video: &MediaTrackConstraints, audio: Option<&MediaTrackConstraints>) -> Result<Capture, MediaError> {
    let constraints = MediaStreamConstraints::new();
    constraints.set_video_media_track_constraints(video);
    if let Some(audio) = audio {
        constraints.set_audio_media_track_constraints(audio);
    }
    let asked = media_devices()?.get_user_media_with_constraints(&constraints)?;
    let capture = Capture::of(JsFuture::from(asked).await?.unchecked_into(), None);
    capture.hint("motion");
    Ok(capture)
}

// Ideal and maximum: a camera that is larger is scaled down, one that is smaller is welcome.
fn at_most(pixels: u32) -> JsValue {
    dictionary(&[("ideal", pixels.into()), ("max", pixels.into())])
}

fn dictionary(entries: &[(&str, JsValue)]) -> JsValue {
    let object = js_sys::Object::new();
    for (name, value) in entries {
        js::set(&object, name, value);
    }
    object.into()
}
