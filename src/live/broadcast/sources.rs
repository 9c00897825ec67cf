//! What a host's picture and sound are made of: a camera or the demo, a screen over it, a blank under it.

use web_sys::{HtmlVideoElement, MediaStream, MediaStreamTrack};

use super::{Source, line::Media};
use crate::{
    browser::{
        capture::{Capture, Lens, Size},
        demo,
        error::MediaError,
        player,
    },
    domain::livestream::Quality,
};

/// What the demo camera shows.
const NAME: &str = "WrenCOS";

/// Everything that can be sent.
pub(super) struct Sources {
    // Its id says to viewers that picture and sound belong together, whatever they are made of.
    stream: Option<MediaStream>,
    pub capture: Option<Capture>,
    pub screen: Option<Capture>,
    blank: Option<Capture>,
}

/// What of it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Picture {
    Capture,
    Screen,
    Blank,
}

impl Sources {
    /// Nothing yet.
    pub fn new() -> Self {
        Self { stream: MediaStream::new().ok(), capture: None, screen: None, blank: None }
    }

    /// What goes to viewers now; `None` where the browser cannot make streams at all.
    pub fn with_media<T>(&mut self, is_camera_on: bool, quality: Quality, send: impl FnOnce(&Media<'_>) -> T) -> Option<T> {
        let picture = self.picture(is_camera_on);
        if picture == Picture::Blank && self.blank.is_none() {
            self.blank = demo::blank(size(quality)).ok();
        }
        let video = self.shown(picture).and_then(Capture::video);
        let audio: Option<MediaStreamTrack> = self.capture.as_ref().and_then(Capture::audio);
        let stream = self.stream.as_ref()?;
        let sent = send(&Media { stream, video: video.as_ref(), audio: audio.as_ref() });
        if picture != Picture::Blank {
            self.blank = None;
        }
        Some(sent)
    }

    /// Shows the host what viewers see.
    pub fn preview(&self, video: &HtmlVideoElement, is_camera_on: bool) {
        let shown = self.shown(self.picture(is_camera_on));
        // Without sound: a host that hears itself howls.
        video.set_muted(true);
        player::show(video, shown.map(Capture::stream));
    }

    /// Closes everything.
    pub fn close(&mut self) {
        (self.capture, self.screen, self.blank) = (None, None, None);
    }

    fn picture(&self, is_camera_on: bool) -> Picture {
        let is_live = |capture: &Option<Capture>| capture.as_ref().is_some_and(Capture::is_live);
        match () {
            () if is_live(&self.screen) => Picture::Screen,
            () if is_camera_on && is_live(&self.capture) => Picture::Capture,
            () => Picture::Blank,
        }
    }

    fn shown(&self, picture: Picture) -> Option<&Capture> {
        match picture {
            Picture::Capture => self.capture.as_ref(),
            Picture::Screen => self.screen.as_ref(),
            Picture::Blank => self.blank.as_ref(),
        }
    }
}

/// Opens a source: asks for permission where it is a device.
pub(super) async fn open(source: Source, quality: Quality) -> Result<Capture, MediaError> {
    match source {
        Source::Demo => demo::camera(size(quality), NAME),
        Source::Camera { camera, microphone } => Capture::camera(camera.as_deref(), microphone.as_deref(), size(quality)).await,
    }
}

/// Opens another camera in place of one that was just given back, or that one again with the reason why.
pub(super) async fn flip(next: Lens, back: Option<Lens>, quality: Quality) -> Result<(Capture, Option<MediaError>), MediaError> {
    match (Capture::picture(&next, size(quality)).await, back) {
        (Ok(picture), _) => Ok((picture, None)),
        (Err(error), Some(back)) => Capture::picture(&back, size(quality)).await.map(|picture| (picture, Some(error))),
        (Err(error), None) => Err(error),
    }
}

/// The size of a quality.
pub(super) const fn size(quality: Quality) -> Size {
    let (width_px, height_px) = quality.size_px();
    Size { width_px, height_px }
}
