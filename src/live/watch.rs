//! Watching a show: one socket, one peer connection, one `<video>`.
//!
//! Here is what a watch page sees of it; `viewer` is the task behind it.

mod late;
mod viewer;

use leptos::{html, prelude::*};
use web_sys::HtmlVideoElement;

pub use self::late::LateView;
use self::{
    late::Wish,
    viewer::{Event, Viewer},
};
use super::{
    inbox::{self, Post},
    state::{LiveState, set},
};
use crate::{
    browser::{local::Local, player},
    domain::{livestream::Livestream, picture::PictureQuality},
};

/// How the picture is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Playback {
    /// Nothing to play yet: the page that the server rendered, or nobody is on air.
    Waiting,
    Connecting,
    /// Moving pictures.
    Playing,
    /// The browser wants a tap before it plays at all.
    NeedsTap,
    /// Lost; coming back by itself.
    Reconnecting,
    /// Not to be had, with the sentence to show (why, and what to try). Tries go on.
    Failed(String),
    Ended,
}

/// The controller of a watch page. Copy it freely.
#[derive(Debug, Clone, Copy)]
pub struct Watch {
    pub state: LiveState,
    pub playback: RwSignal<Playback>,
    /// Whether the sound is off. Playback begins without sound: browsers allow nothing else before a tap.
    pub muted: RwSignal<bool>,
    /// Where the viewer stands against the live picture.
    pub late: RwSignal<LateView>,
    /// What the viewer wishes of the picture.
    pub wish: RwSignal<PictureQuality>,
    /// What may be wished: nothing before there is a picture, nor where it comes from the host itself.
    pub choices: RwSignal<Vec<PictureQuality>>,
    show: StoredValue<Livestream>,
    video: StoredValue<Option<NodeRef<html::Video>>>,
    post: StoredValue<Local<Post<Event>>>,
}

impl Watch {
    /// The controller of this show, with nothing opened: equal on both sides.
    pub fn new(show: &Livestream) -> Self {
        Self {
            state: LiveState::new(show),
            playback: RwSignal::new(Playback::Waiting),
            muted: RwSignal::new(true),
            late: RwSignal::new(LateView::default()),
            wish: RwSignal::new(PictureQuality::default()),
            choices: RwSignal::new(Vec::new()),
            show: StoredValue::new(show.clone()),
            video: StoredValue::new(None),
            post: StoredValue::new(Local::empty()),
        }
    }

    /// Connects, and plays into this element, until the owner that called is cleaned up. Call once, in the browser, in an effect.
    pub(super) fn open(self, video: NodeRef<html::Video>) {
        self.video.set_value(Some(video));
        let post = inbox::run(|post| Viewer::open(self, post));
        self.post.set_value(Local::holding(post));
    }

    /// Plays into this element from now on, without a new connection.
    pub(super) fn show_in(self, video: NodeRef<html::Video>) {
        self.video.set_value(Some(video));
        self.with_post(|post| post.send(Event::Screen));
    }

    /// Comes to the show again on a new socket, as who the visitor is now.
    pub(super) fn come_anew(self) {
        self.with_post(|post| post.send(Event::ComeAnew));
    }

    /// Plays with sound: call in the handler of a tap.
    pub fn enable_sound(self) {
        set(self.muted, false);
        let Some(video) = self.element() else { return };
        video.set_muted(self.is_live_silent_now());
        // Asked for here and not in the inbox: browsers count only what happens in the tap itself.
        let played = player::play(video);
        self.with_post(|post| post.spawn(played, Event::Played));
    }

    /// Sound off.
    pub fn mute(self) {
        set(self.muted, true);
        if let Some(video) = self.element() {
            video.set_muted(true);
        }
    }

    /// Whether the element of the live picture is to be silent: the sound is off, or something later is seen. For views.
    pub fn is_live_silent(self) -> bool {
        self.muted.get() || self.late.with(|late| late.covers)
    }

    fn is_live_silent_now(self) -> bool {
        self.muted.try_get_untracked().unwrap_or(true) || self.late.try_with_untracked(|late| late.covers).unwrap_or(false)
    }

    /// Holds the picture.
    pub fn pause(self) {
        self.wish(Wish::Pause);
    }

    /// Goes on where it was held.
    pub fn go_on(self) {
        self.wish(Wish::Play);
    }

    /// Goes to a moment of the show, in milliseconds from its start.
    pub fn rewind_to(self, to_ms: u64) {
        self.wish(Wish::Seek(to_ms));
    }

    /// Shows what happens now.
    pub fn back_to_live(self) {
        self.wish(Wish::Back);
    }

    fn wish(self, wish: Wish) {
        self.with_post(|post| post.send(Event::Wish(wish)));
    }

    /// Wishes this of the picture from now on.
    pub fn choose(self, quality: PictureQuality) {
        self.with_post(|post| post.send(Event::Quality(quality)));
    }

    /// What is granted of the wish where what may be wished is another by now. For views.
    pub fn quality(self) -> PictureQuality {
        let wish = self.wish.get();
        self.choices.with(|choices| wish.among(choices))
    }

    fn wish_now(self) -> PictureQuality {
        self.wish.try_get_untracked().unwrap_or_default()
    }

    fn is_sound_only(self) -> bool {
        let wish = self.wish_now();
        self.choices.try_with_untracked(|choices| wish.among(choices)).is_some_and(|quality| quality == PictureQuality::Sound)
    }

    /// Says something, under this name if nobody is signed in. The line appears at once as `Sending`.
    pub fn send_chat(self, text: &str, guest_name: Option<&str>) {
        let (text, name) = (text.to_owned(), guest_name.map(str::to_owned));
        self.with_post(|post| post.send(Event::Say { text, name }));
    }

    /// Gives or takes back the heart: shown at once, corrected by the server.
    pub fn toggle_like(self) {
        self.with_post(|post| post.send(Event::ToggleLike));
    }

    fn with_post(self, run: impl FnOnce(&Post<Event>)) {
        self.post.try_with_value(|local| local.get().map(run));
    }

    fn element(self) -> Option<HtmlVideoElement> {
        self.video.try_get_value().flatten()?.try_get_untracked().flatten()
    }
}
