//! A host's picture: which source it comes from, and what happens when one is refused, lost or exchanged.

use leptos::prelude::*;

use super::{Event, Host};
use crate::{
    browser::{
        capture::{Capture, Lens},
        devices::{self, DeviceInfo, DeviceKind},
        error::MediaError,
        player,
    },
    domain::livestream::Quality,
    live::{
        broadcast::{CaptureState, Device, Source, memory, sources},
        state::set,
    },
};

const NO_SOUND: &str = "No microphone was found: viewers will hear nothing.";
const STILL_HEARD: &str = "Viewers still hear you.";
const SOUND_LOST: &str = "The microphone is gone: viewers hear nothing. Choose another one, or plug it in and choose it again.";

impl Host {
    pub(super) fn choose(&mut self, source: Source) {
        self.captures = self.captures.wrapping_add(1);
        let number = self.captures;
        self.is_flipping = false;
        set(self.page.source, source.clone());
        set(self.page.capture, CaptureState::Starting);
        self.post.spawn(sources::open(source, self.quality()), move |outcome| Event::Captured(number, outcome));
    }

    pub(super) fn captured(&mut self, outcome: Result<Capture, MediaError>) {
        match outcome {
            Ok(mut capture) => {
                let (post, number) = (self.post.clone(), self.captures);
                capture.on_ended(move || post.send(Event::CaptureEnded(number)));
                let post = self.post.clone();
                capture.on_silenced(move || post.send(Event::SoundEnded));
                capture.set_audio(self.page.microphone_on.try_get_untracked().unwrap_or(true));
                set(self.page.facing, capture.facing());
                if capture.audio().is_none() {
                    self.notice(NO_SOUND);
                }
                self.sources.capture = Some(capture);
                self.opened = self.page.source.try_get_untracked();
                if let Some(source) = &self.opened {
                    memory::set_source(source);
                }
                set(self.page.capture, CaptureState::On);
                self.show();
                // Labels and ids are told only to a page that may use the devices.
                self.post.spawn(devices::list(), Event::Devices);
            }
            Err(error) => match (&self.sources.capture, &self.opened) {
                // What is on air stays there.
                (Some(capture), Some(opened)) if capture.is_live() => {
                    set(self.page.source, opened.clone());
                    set(self.page.capture, CaptureState::On);
                    self.notice(error.to_string());
                }
                _ => set(self.page.capture, CaptureState::Failed { device: error.device(), sentence: error.to_string() }),
            },
        }
    }

    pub(super) fn capture_ended(&mut self) {
        self.lost(MediaError::Unplugged);
    }

    pub(super) fn sound_ended(&mut self) {
        self.notice(SOUND_LOST);
    }

    // The sound goes on: who sells can speak on while a camera is looked for.
    fn lost(&mut self, error: MediaError) {
        self.sources.capture = self.sources.capture.take().filter(Capture::has_sound);
        if let Some(capture) = &mut self.sources.capture {
            capture.stop_picture();
        }
        let is_heard = self.sources.capture.is_some() && self.page.microphone_on.try_get_untracked().unwrap_or(true);
        let sentence = if is_heard { format!("{error} {STILL_HEARD}") } else { error.to_string() };
        self.opened = None;
        set(self.page.facing, None);
        set(self.page.capture, CaptureState::Failed { device: error.device(), sentence });
        self.show();
    }

    pub(super) fn flip(&mut self) {
        let (Some(Source::Camera { .. }), false) = (&self.opened, self.is_flipping) else { return };
        let Some(capture) = self.sources.capture.as_ref().filter(|capture| capture.is_live()) else { return };
        let Some(next) = self.next_lens(capture) else { return };
        let back = capture.device().map(Lens::Device);
        self.captures = self.captures.wrapping_add(1);
        self.is_flipping = true;
        if let Some(capture) = &mut self.sources.capture {
            capture.stop_picture();
        }
        let number = self.captures;
        self.post.spawn(sources::flip(next, back, self.quality()), move |outcome| Event::Flipped(number, outcome));
    }

    // A phone's cameras are told apart by where they look; it may have several that look away. Others come one after the other.
    fn next_lens(&self, capture: &Capture) -> Option<Lens> {
        if let Some(facing) = capture.facing() {
            return Some(Lens::Facing(facing.other()));
        }
        let cameras = self.page.cameras.try_get_untracked().unwrap_or_default();
        let now = capture.device();
        let at = cameras.iter().position(|camera| Some(&camera.id) == now.as_ref())?;
        let next = &cameras[(at + 1) % cameras.len()];
        (Some(&next.id) != now.as_ref()).then(|| Lens::Device(next.id.clone()))
    }

    pub(super) fn flipped(&mut self, outcome: Result<(Capture, Option<MediaError>), MediaError>) {
        self.is_flipping = false;
        let (picture, refusal) = match outcome {
            Ok(opened) => opened,
            Err(error) => return self.lost(error),
        };
        let Some(capture) = &mut self.sources.capture else { return };
        capture.take_picture(&picture);
        let (post, number) = (self.post.clone(), self.captures);
        capture.on_ended(move || post.send(Event::CaptureEnded(number)));
        let (camera, facing) = (capture.device(), capture.facing());
        if let Some(Source::Camera { microphone, .. }) = self.opened.clone() {
            let source = Source::Camera { camera, microphone };
            memory::set_source(&source);
            set(self.page.source, source.clone());
            self.opened = Some(source);
        }
        set(self.page.facing, facing);
        if let Some(error) = refusal {
            self.notice(error.to_string());
        }
        self.show();
    }

    pub(super) fn quality_chosen(&mut self, quality: Quality) {
        set(self.page.quality, quality);
        if self.opened == Some(Source::Demo) {
            self.choose(Source::Demo);
        }
        let track = self.sources.capture.as_ref().filter(|_| matches!(self.opened, Some(Source::Camera { .. }))).and_then(Capture::video);
        let limits: Vec<_> = self.lines.iter().map(|line| line.limit(quality)).collect();
        wasm_bindgen_futures::spawn_local(async move {
            // What is sent follows from the size that the camera has then.
            if let Some(track) = track {
                Capture::resize(track, sources::size(quality)).await;
            }
            for limited in limits {
                limited.await;
            }
        });
    }

    pub(super) fn screen(&mut self, outcome: Result<Capture, MediaError>) {
        match outcome {
            Ok(mut capture) => {
                let post = self.post.clone();
                capture.on_ended(move || post.send(Event::ScreenEnded));
                self.sources.screen = Some(capture);
                set(self.page.sharing_screen, true);
                self.show();
            }
            // Closing the chooser is an answer, not a fault.
            Err(MediaError::Denied | MediaError::Aborted) => {}
            Err(error) => self.notice(error.to_string()),
        }
    }

    /// Sends and previews what the sources are now.
    pub(super) fn show(&mut self) {
        let (is_camera_on, quality, lines) = (self.is_camera_on(), self.quality(), &self.lines);
        self.sources.with_media(is_camera_on, quality, |media| lines.iter().for_each(|line| line.replace(media, quality)));
        self.record();
        if let Some(video) = self.preview.try_get_untracked().flatten() {
            self.sources.preview(&video, is_camera_on);
            wasm_bindgen_futures::spawn_local(async move {
                // The preview is muted, so nothing refuses it; another source that comes meanwhile plays itself.
                let _ = player::play(video).await;
            });
        }
    }

    pub(super) fn devices(&mut self, found: Vec<DeviceInfo>) {
        let of_kind = |kind, word: &str| -> Vec<Device> {
            let known = found.iter().filter(|device| device.kind == kind && !device.id.is_empty());
            let named = |(index, device): (usize, &DeviceInfo)| {
                let label = if device.label.is_empty() { format!("{word} {}", index + 1) } else { device.label.clone() };
                Device { id: device.id.clone(), label }
            };
            known.enumerate().map(named).collect()
        };
        set(self.page.cameras, of_kind(DeviceKind::Camera, "Camera"));
        set(self.page.microphones, of_kind(DeviceKind::Microphone, "Microphone"));
    }
}
