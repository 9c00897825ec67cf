//! What plays in the element of a page, and what becomes of playing it.

use leptos::prelude::*;
use web_sys::HtmlVideoElement;

use super::{Event, Viewer, line::Line};
use crate::browser::{
    error::MediaError,
    player::{self, NextFrame},
    stats::Sample,
};

impl Viewer {
    pub(super) fn play(&mut self) {
        let (Some(video), Some(line)) = (self.watch.element(), &self.line) else { return };
        let (post, number) = (self.post.clone(), line.number);
        if let Some(before) = self.screen.replace(video.clone()).filter(|before| *before != video) {
            player::show(&before, None);
        }
        // A connection that is to follow shows nothing yet: the former plays on.
        let shown = if line.stream.is_some() { Some(line) } else { self.former.as_ref() };
        show(&video, shown, self.watch.is_sound_only());
        video.set_muted(self.watch.is_live_silent_now());
        self.next_frame = Some(NextFrame::new(&video, move || post.send(Event::Frame(number))));
        self.post.spawn(player::play(video), Event::Played);
    }

    pub(super) fn played(&mut self, outcome: Result<(), MediaError>) {
        match outcome {
            Ok(()) => self.viewing.tap_needed(false),
            // Sound needs a tap, the picture may not.
            Err(MediaError::NeedsGesture) if !self.watch.muted.get_untracked() => {
                self.watch.mute();
                if let Some(video) = self.watch.element() {
                    self.post.spawn(player::play(video), Event::Played);
                }
            }
            Err(MediaError::NeedsGesture) => self.viewing.tap_needed(true),
            // Another stream came meanwhile, or the element is gone.
            Err(_) => {}
        }
    }

    /// Pictures that the element has shown so far. Firefox counts none where a live stream plays: there it is those that came
    /// out of the decoder of the connection that is shown, a quarter of a second ago.
    pub(super) fn frames(&mut self, video: &HtmlVideoElement) -> u32 {
        let counted = player::frames(video).unwrap_or(0);
        if counted > 0 {
            return counted;
        }
        let Some(line) = self.former.as_mut().or(self.line.as_mut()).filter(|line| line.stream.is_some()) else { return 0 };
        if !line.is_asked {
            line.is_asked = true;
            let number = line.number;
            self.post.spawn(line.peer.sample(), move |sample| Event::Sampled(number, sample));
        }
        line.decoded
    }

    pub(super) fn sampled(&mut self, number: u32, sample: Option<Sample>) {
        for line in self.former.iter_mut().chain(&mut self.line).filter(|line| line.number == number) {
            line.is_asked = false;
            line.decoded = sample.map_or(line.decoded, |sample| sample.frames_decoded as u32);
        }
    }
}

// An element that plays already goes on sounding without new pictures; one that has yet to begin would wait for the first.
fn show(video: &HtmlVideoElement, line: Option<&Line>, is_sound_only: bool) {
    let stream = line.and_then(|line| line.stream.as_ref());
    let is_begun = stream.is_some_and(|stream| player::is_begun(video, stream));
    let sound = line.filter(|_| is_sound_only && !is_begun).and_then(Line::sound);
    player::show(video, sound.as_ref().or(stream));
}
