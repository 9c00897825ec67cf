//! A `<video>` that plays a live stream.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{HtmlMediaElement, HtmlVideoElement, MediaStream};

use super::{error::MediaError, js};

/// Shows this stream, or nothing. What was shown before stays its owner's.
pub fn show(video: &HtmlVideoElement, stream: Option<&MediaStream>) {
    if video.src_object().as_ref() != stream {
        video.set_src_object(stream);
    }
}

/// The sound of a stream alone: a `<video>` does not begin to play a stream with a picture before the first of it is there.
pub fn sound_of(stream: &MediaStream) -> Option<MediaStream> {
    let sound = MediaStream::new().ok()?;
    for track in stream.get_audio_tracks().iter() {
        sound.add_track(track.unchecked_ref());
    }
    Some(sound)
}

/// Whether something of this stream has been shown.
pub fn is_begun(video: &HtmlVideoElement, stream: &MediaStream) -> bool {
    video.src_object().as_ref() == Some(stream) && video.ready_state() >= HtmlMediaElement::HAVE_CURRENT_DATA
}

/// Plays.
///
/// # Errors
/// `NeedsGesture` where the browser wants a tap first; `Aborted` where another stream came meanwhile.
pub async fn play(video: HtmlVideoElement) -> Result<(), MediaError> {
    let refused = |error| match MediaError::thrown(&error) {
        MediaError::Denied => MediaError::NeedsGesture,
        other => other,
    };
    JsFuture::from(video.play().map_err(refused)?).await.map(|_| ()).map_err(refused)
}

/// Whether it plays in a window of its own (picture in picture).
pub fn is_floating(video: &HtmlVideoElement) -> bool {
    let floating = video.owner_document().and_then(|document| js::get(&document, "pictureInPictureElement"));
    floating.is_some_and(|floating| js_sys::Object::is(&floating, video))
}

/// Frames that came out of the decoder so far, shown or dropped. Firefox says zero where a live stream plays.
pub fn frames(video: &HtmlVideoElement) -> Option<u32> {
    let quality = js::call(video, "getVideoPlaybackQuality", &[])?;
    js::number(&quality, "totalVideoFrames").map(|frames| frames as u32)
}

/// Calls back once a frame is on the screen ([`requestVideoFrameCallback`](https://wicg.github.io/video-rvfc/)), unless
/// it is dropped before. A browser that does not know it never calls.
#[derive(Debug)]
pub struct NextFrame {
    video: HtmlVideoElement,
    id: Option<f64>,
    _handler: Closure<dyn Fn()>,
}

impl NextFrame {
    /// Asks for the next frame.
    pub fn new(video: &HtmlVideoElement, handler: impl FnOnce() + 'static) -> Self {
        let once = Rc::new(RefCell::new(Some(handler)));
        let handler = Closure::<dyn Fn()>::new(move || {
            let taken = once.borrow_mut().take();
            if let Some(handler) = taken {
                handler();
            }
        });
        let id = js::call(video, "requestVideoFrameCallback", &[handler.as_ref().clone()]).and_then(|id| id.as_f64());
        Self { video: video.clone(), id, _handler: handler }
    }
}

impl Drop for NextFrame {
    fn drop(&mut self) {
        if let Some(id) = self.id {
            js::call(self.video.unchecked_ref(), "cancelVideoFrameCallback", &[id.into()]);
        }
    }
}
