//! Hosting a show: a camera, a socket, and one peer connection for each viewer.
//!
//! Here is what a studio page sees of it; `host` is the task behind it.

mod host;
mod line;
mod memory;
mod sources;
mod tape;

use leptos::{html, prelude::*};

use self::host::{Event, Host, recording::Taping};
use super::{
    inbox::{self, Post},
    state::{LiveState, set},
};
pub use crate::browser::{capture::Facing, devices::DeviceKind};
use crate::{
    browser::{capture::Capture, local::Local},
    domain::{
        id::LivestreamId,
        livestream::{Livestream, Quality},
    },
};

/// Where the picture comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A camera and a microphone by device id; `None` is the browser's choice.
    Camera { camera: Option<String>, microphone: Option<String> },
    /// A drawn clock and a tone, to try everything with no camera.
    Demo,
}

/// A camera or microphone that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    pub id: String,
    pub label: String,
}

/// How the host's own picture is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaptureState {
    /// Nothing chosen yet.
    Off,
    /// Asking for the camera.
    Starting,
    On,
    /// Refused or lost: what is missing, where it is one thing alone, and the sentence to show (why, and what to do).
    Failed {
        device: Option<DeviceKind>,
        sentence: String,
    },
}

/// How the show's way to one viewer is, in numbers. Rates are over the last two seconds.
#[derive(Debug, Clone, PartialEq)]
pub struct PeerHealth {
    /// Short name of the viewer's connection.
    pub peer: String,
    /// `new`, `connecting`, `connected`, `disconnected`, `failed`.
    pub state: String,
    pub sent_kbps: u32,
    pub fps: u32,
    pub width_px: u32,
    pub height_px: u32,
    pub round_trip_ms: u32,
    /// Of packets, 0 to 100.
    pub loss_percent: f32,
}

/// Whether the show is on air from this page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AirState {
    /// Not ours to send (yet).
    Off,
    /// Going on air.
    Starting,
    OnAir,
    /// On air, but our own connection to the server is lost; viewers see that the show waits.
    Interrupted,
    /// Another page or device of this host has the show.
    Elsewhere,
    Ended,
}

/// How far the recording of the show is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RecordingPhase {
    /// Nothing is recorded here.
    #[default]
    Off,
    Recording,
    /// Nothing more is recorded; what was is on its way.
    Saving,
    /// All is safe; the server makes the film.
    Finishing,
    /// The replay can be watched.
    Ready,
    /// There was nothing to make a film of.
    Empty,
}

/// The recording of the show as its host sees it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordingView {
    pub phase: RecordingPhase,
    pub recorded_ms: u64,
    /// Recorded, and not safe on the server yet.
    pub waiting_bytes: u64,
    pub sent_bytes: u64,
    /// Why it does not get there, in words.
    pub trouble: Option<&'static str>,
    /// What waits outlives this page.
    pub is_kept: bool,
}

/// The controller of a studio page. Copy it freely.
#[derive(Debug, Clone, Copy)]
pub struct Broadcast {
    /// Live facts of the show; neutral until a show is there.
    pub state: LiveState,
    pub air: RwSignal<AirState>,
    pub capture: RwSignal<CaptureState>,
    pub source: RwSignal<Source>,
    pub quality: RwSignal<Quality>,
    pub cameras: RwSignal<Vec<Device>>,
    pub microphones: RwSignal<Vec<Device>>,
    pub microphone_on: RwSignal<bool>,
    pub camera_on: RwSignal<bool>,
    pub sharing_screen: RwSignal<bool>,
    /// Which way the camera looks, where that is known.
    pub facing: RwSignal<Option<Facing>>,
    pub peers: RwSignal<Vec<PeerHealth>>,
    pub recording: RwSignal<RecordingView>,
    post: StoredValue<Local<Post<Event>>>,
}

impl Broadcast {
    /// The controller for this show, or for one to be created, with nothing opened: equal on both sides.
    pub fn new(show: &Livestream) -> Self {
        Self {
            state: LiveState::new(show),
            air: RwSignal::new(AirState::Off),
            capture: RwSignal::new(CaptureState::Off),
            source: RwSignal::new(Source::Camera { camera: None, microphone: None }),
            quality: RwSignal::new(show.quality),
            cameras: RwSignal::new(Vec::new()),
            microphones: RwSignal::new(Vec::new()),
            microphone_on: RwSignal::new(true),
            camera_on: RwSignal::new(true),
            sharing_screen: RwSignal::new(false),
            facing: RwSignal::new(None),
            peers: RwSignal::new(Vec::new()),
            recording: RwSignal::new(RecordingView::default()),
            post: StoredValue::new(Local::empty()),
        }
    }

    /// Shows the preview in this element and watches the devices, until the owner that called is cleaned up.
    /// Call once, in the browser, in an effect. Asks for no camera yet, but `source` is the one that this tab used last.
    pub fn open(self, preview: NodeRef<html::Video>) {
        if let Some(source) = memory::source() {
            set(self.source, source);
        }
        let post = inbox::run(|post| Host::open(self, preview, post));
        self.post.set_value(Local::holding(post));
    }

    /// Takes the picture from here: asks for permission, shows the preview, replaces what is on air.
    pub fn choose(self, source: Source) {
        self.send(Event::Choose(source));
    }

    /// Goes on with the other camera: the one that looks the other way, else the next one. The sound is not interrupted.
    pub fn flip(self) {
        self.send(Event::Flip);
    }

    /// Asks the camera for another size.
    pub fn set_quality(self, quality: Quality) {
        self.send(Event::Quality(quality));
    }

    /// Goes on air with this show, which exists and is live or scheduled. Opens the capture with the chosen source first
    /// if it is off. Safe to call again (after a reload of the page).
    pub fn go_live(self, show: &Livestream) {
        self.send(Event::GoLive(Box::new(show.clone())));
    }

    /// Whether this tab was on air with this show before the page was loaded again: then [`Broadcast::go_live`] may be
    /// called unasked. False on the server.
    pub fn was_on_air(show: LivestreamId) -> bool {
        memory::is_on_air(show)
    }

    /// Takes the show over from another page or device of this host.
    pub fn take_over(self) {
        self.send(Event::TakeOver);
    }

    /// Leaves the air and turns camera and microphone off. The caller has ended the show by its server function.
    pub fn leave_air(self) {
        self.send(Event::Leave);
    }

    /// Waits no longer for what is not on the server yet: it is lost, and the film is made of the rest.
    pub fn skip_saving(self) {
        self.send(Event::Taping(Taping::Skip));
    }

    pub fn set_microphone(self, on: Switch) {
        self.send(Event::Microphone(on));
    }

    /// Off sends a blank picture, so that viewers stay connected.
    pub fn set_camera(self, on: Switch) {
        self.send(Event::Camera(on));
    }

    /// Sends a screen in place of the camera, or the camera again. Call in the handler of a click: browsers want one.
    pub fn set_screen_share(self, on: Switch) {
        match on {
            Switch::On => self.with_post(|post| post.spawn(Capture::screen(), Event::Screen)),
            Switch::Off => self.send(Event::ScreenEnded),
        }
    }

    /// Says something as the host.
    pub fn send_chat(self, text: &str) {
        self.send(Event::Say(text.to_owned()));
    }

    fn send(self, event: Event) {
        self.with_post(|post| post.send(event));
    }

    fn with_post(self, run: impl FnOnce(&Post<Event>)) {
        self.post.try_with_value(|local| local.get().map(run));
    }
}

/// On or off, where a bare `true` would not say which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    On,
    Off,
}
