//! A picture that is put together from pieces of a file ([Media Source Extensions](https://www.w3.org/TR/media-source-2/)):
//! a `<video>` of its own over the one that it covers. Dropped, it is gone, and what it held with it.

use std::{cell::RefCell, rc::Rc};

use js_sys::Uint8Array;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlVideoElement, MediaSource, MediaSourceReadyState, SourceBuffer, Url};

use super::{error::MediaError, js, listener::EventListener};

/// The attribute by which tests know an element.
const NAME: &str = "data-testid";
const SEEN: &str = "reel";
const UNSEEN: &str = "reel reel-unseen";

/// What it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReelEvent {
    /// It takes pieces now.
    Opened,
    /// What was put in, or taken out, is done.
    Updated,
    /// It cannot play what it was given.
    Broken,
}

/// Why a piece was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It holds as much as it can.
    Full,
    Broken,
}

/// Whether this browser can put a picture together at all.
pub fn is_possible() -> bool {
    js::get(&js_sys::global(), "MediaSource").is_some()
}

/// Whether this browser plays a file of this kind from pieces.
pub fn can_play(mime: &str) -> bool {
    // Where there is no MediaSource, asking it throws.
    is_possible() && MediaSource::is_type_supported(mime)
}

/// See the module.
pub struct ReelPlayer {
    video: HtmlVideoElement,
    /// What it lies over, with the name by which tests know it: the picture that is seen has that name.
    covered: RefCell<Option<(HtmlVideoElement, String)>>,
    source: MediaSource,
    buffer: Option<SourceBuffer>,
    url: String,
    tell: Rc<dyn Fn(ReelEvent)>,
    listeners: Vec<EventListener>,
}

impl ReelPlayer {
    /// Opens a player over `covered`, unseen and silent until it is shown; [`ReelEvent::Opened`] follows.
    ///
    /// # Errors
    /// Where the browser cannot do that.
    pub fn open(covered: &HtmlVideoElement, tell: impl Fn(ReelEvent) + 'static) -> Result<Self, MediaError> {
        let document = covered.owner_document().ok_or(MediaError::Unknown)?;
        let video: HtmlVideoElement = document.create_element("video")?.unchecked_into();
        video.set_attribute("playsinline", "")?;
        video.set_muted(true);
        let source = MediaSource::new()?;
        let url = Url::create_object_url_with_source(&source)?;
        let tell: Rc<dyn Fn(ReelEvent)> = Rc::new(tell);
        let (opened, broken) = (tell.clone(), tell.clone());
        let listeners = vec![
            EventListener::new::<Event>(&source, "sourceopen", move |_| opened(ReelEvent::Opened)),
            EventListener::new::<Event>(&video, "error", move |_| broken(ReelEvent::Broken)),
        ];
        video.set_src(&url);
        video.set_attribute("aria-hidden", "true")?;
        video.set_class_name(UNSEEN);
        let player = Self { video, covered: RefCell::new(None), source, buffer: None, url, tell, listeners };
        player.cover(covered);
        Ok(player)
    }

    /// Lies over this element from now on.
    pub fn cover(&self, covered: &HtmlVideoElement) {
        let is_there = self.covered.borrow().as_ref().is_some_and(|(present, _)| present == covered);
        let Some(parent) = covered.parent_node().filter(|_| !is_there) else { return };
        self.uncover();
        let was_playing = !self.video.paused();
        let _ = parent.insert_before(&self.video, covered.next_sibling().as_ref());
        // An element that is moved stands still.
        if was_playing {
            self.play();
        }
        let name = covered.get_attribute(NAME).unwrap_or_default();
        self.covered.replace(Some((covered.clone(), name)));
        self.show(if self.video.class_name() == SEEN { Seen::Reel } else { Seen::Covered });
    }

    // The element that was covered is as it was.
    fn uncover(&self) {
        if let Some((before, name)) = self.covered.take() {
            let _ = before.set_attribute(NAME, &name);
        }
    }

    /// Whether it is seen, or what it covers.
    pub fn show(&self, seen: Seen) {
        let covered = self.covered.borrow();
        let Some((covered, name)) = covered.as_ref() else { return };
        let behind = format!("{name}-behind");
        let (class, own, others) = match seen {
            Seen::Reel => (SEEN, name, &behind),
            Seen::Covered => (UNSEEN, &behind, name),
        };
        if self.video.class_name() != class || self.video.get_attribute(NAME).as_ref() != Some(own) {
            self.video.set_class_name(class);
            let _ = covered.set_attribute(NAME, others);
            let _ = self.video.set_attribute(NAME, own);
        }
    }

    /// The element.
    pub fn element(&self) -> &HtmlVideoElement {
        &self.video
    }

    /// Whether it takes pieces.
    pub fn is_open(&self) -> bool {
        self.source.ready_state() == MediaSourceReadyState::Open
    }

    /// Makes ready for the head of a file of this kind, whose time zero is at `offset_ms`. `afresh`: what is held is dropped;
    /// then [`ReelEvent::Updated`] follows, and the head may be put in after it.
    ///
    /// # Errors
    /// `Broken` where it cannot be played.
    pub fn begin(&mut self, mime: &str, offset_ms: f64, afresh: bool) -> Result<Begun, Refusal> {
        let broken = |_| Refusal::Broken;
        let buffer = match &self.buffer {
            Some(buffer) => {
                // What was put in last may end in the middle of a frame.
                buffer.abort().map_err(broken)?;
                js::call(buffer, "changeType", &[mime.into()]);
                buffer.clone()
            }
            None => {
                let buffer = self.source.add_source_buffer(mime).map_err(broken)?;
                let (updated, failed) = (self.tell.clone(), self.tell.clone());
                self.listeners.push(EventListener::new::<Event>(&buffer, "updateend", move |_| updated(ReelEvent::Updated)));
                self.listeners.push(EventListener::new::<Event>(&buffer, "error", move |_| failed(ReelEvent::Broken)));
                self.buffer.insert(buffer).clone()
            }
        };
        // By name: it throws where something is still being put in, which is none of our orders.
        js::set(&buffer, "timestampOffset", offset_ms / 1000.0);
        if afresh && buffer.buffered().is_ok_and(|held| held.length() > 0) {
            buffer.remove(0.0, f64::INFINITY).map_err(broken)?;
            return Ok(Begun::Emptying);
        }
        Ok(Begun::Ready)
    }

    /// Puts a piece in; [`ReelEvent::Updated`] follows.
    ///
    /// # Errors
    /// Where it is not taken.
    pub fn put(&self, bytes: &Uint8Array) -> Result<(), Refusal> {
        let buffer = self.buffer.as_ref().ok_or(Refusal::Broken)?;
        let name = |error: &wasm_bindgen::JsValue| js::text(error, "name");
        buffer.append_buffer_with_array_buffer_view(bytes).map_err(|error| match name(&error).as_deref() {
            Some("QuotaExceededError") => Refusal::Full,
            _ => Refusal::Broken,
        })
    }

    /// Drops what is held before this; [`ReelEvent::Updated`] follows.
    ///
    /// # Errors
    /// `Broken` where nothing can be dropped.
    pub fn drop_until(&self, until_ms: u64) -> Result<(), Refusal> {
        let buffer = self.buffer.as_ref().ok_or(Refusal::Broken)?;
        buffer.remove(0.0, until_ms as f64 / 1000.0).map_err(|_| Refusal::Broken)
    }

    /// The stretches that are held, in milliseconds.
    pub fn held(&self) -> Vec<(u64, u64)> {
        let Some(held) = self.buffer.as_ref().and_then(|buffer| buffer.buffered().ok()) else { return Vec::new() };
        let stretch = |index| Some(((held.start(index).ok()? * 1000.0).ceil() as u64, (held.end(index).ok()? * 1000.0) as u64));
        (0..held.length()).filter_map(stretch).collect()
    }

    /// Where it stands, in milliseconds.
    pub fn at_ms(&self) -> u64 {
        (self.video.current_time() * 1000.0).max(0.0) as u64
    }

    /// Whether it has a picture of the place where it stands.
    pub fn has_frame(&self) -> bool {
        // HAVE_CURRENT_DATA.
        self.video.ready_state() >= 2 && !self.video.seeking()
    }

    /// Goes to a place.
    pub fn seek(&self, to_ms: u64) {
        self.video.set_current_time(to_ms as f64 / 1000.0);
    }

    /// How fast it plays: 1 is as it was.
    pub fn set_rate(&self, rate: f64) {
        self.video.set_playback_rate(rate);
    }

    /// Plays. Where the browser wants a tap first for its sound, it plays without.
    pub fn play(&self) {
        if let Ok(promise) = self.video.play() {
            let video = self.video.clone();
            wasm_bindgen_futures::spawn_local(async move {
                let refused = wasm_bindgen_futures::JsFuture::from(promise).await.err().map(|error| MediaError::thrown(&error));
                if refused == Some(MediaError::Denied) && !video.muted() {
                    video.set_muted(true);
                    if let Ok(promise) = video.play() {
                        let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
                    }
                }
            });
        }
    }

    /// Stands still.
    pub fn pause(&self) {
        let _ = self.video.pause();
    }
}

/// What is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    Reel,
    Covered,
}

/// How a beginning goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    Ready,
    /// What it held is being dropped.
    Emptying,
}

impl Drop for ReelPlayer {
    fn drop(&mut self) {
        self.listeners.clear();
        self.uncover();
        let _ = self.video.pause();
        let _ = self.video.remove_attribute("src");
        // Lets go of what was held, which dropping the element may not for a long time.
        self.video.load();
        self.video.remove();
        let _ = Url::revoke_object_url(&self.url);
    }
}

impl std::fmt::Debug for ReelPlayer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReelPlayer")
    }
}
