//! How a viewer gets the part that watches late, and what that part is told of the live connection.

use leptos::prelude::*;
use web_sys::HtmlVideoElement;

use super::{Event, Viewer};
use crate::{
    browser::{page, player, reel},
    live::{
        rewind::{Line, Stage},
        state::Phase,
        viewing::Look,
        watch::{
            Playback,
            late::{self, Absent, Late},
        },
    },
};

/// What is needed to watch late is fetched so long after the start, when the first picture is there as a rule, and tried
/// again so long after it could not be.
const AFTER_MS: f64 = 1_500.0;
const AGAIN_MS: f64 = 10_000.0;

/// The part, and since when there should be a live picture and is none.
pub(super) struct Lateness {
    part: Part,
    missing_since_ms: Option<f64>,
}

enum Part {
    /// To be fetched from then on.
    Absent {
        from_ms: f64,
    },
    Fetching,
    Here(Box<dyn Late>),
}

impl Lateness {
    /// Without it, on a page that waits for the picture since then.
    pub fn new(since_ms: f64) -> Self {
        Self { part: Part::Absent { from_ms: since_ms + AFTER_MS }, missing_since_ms: Some(since_ms) }
    }

    /// It came, or not.
    pub fn opened(&mut self, late: Result<Box<dyn Late>, Absent>) {
        self.part = late.map_or(Part::Absent { from_ms: page::now_ms() + AGAIN_MS }, Part::Here);
    }
}

impl Viewer {
    pub(super) fn tick_late(&mut self) {
        match &self.lateness.part {
            Part::Absent { from_ms } if self.is_show_live() && page::now_ms() >= *from_ms && reel::is_possible() => {
                self.lateness.part = Part::Fetching;
                self.post.spawn(late::open(self.watch, self.session.stream_id(), self.post.clone()), Event::LateOpened);
            }
            // A show that is not on has no reel to ask for.
            _ if self.is_show_on() => self.with_late(|late, line| late.tick(line)),
            _ => {}
        }
    }

    /// What the live picture does.
    pub(super) fn look(&mut self, video: &HtmlVideoElement) -> Look {
        let (is_visible, is_paused) = (page::is_visible(), video.paused());
        // Not what its viewer holds: that is seen late from then on, or floats in a window with a button of its own.
        let is_live = self.watch.late.try_with_untracked(|late| !late.is_late()).unwrap_or(false);
        let is_held = is_visible && is_paused && is_live && !player::is_floating(video);
        Look { frames: self.frames(video), is_watched: is_visible && !is_paused, is_held, is_sound_only: self.watch.is_sound_only() }
    }

    pub(super) fn with_late(&mut self, run: impl FnOnce(&mut dyn Late, Line)) {
        let now_ms = page::now_ms();
        let is_playing = matches!(self.viewing.playback(now_ms), Playback::Playing | Playback::NeedsTap);
        let is_missing = !is_playing && self.is_show_live();
        self.lateness.missing_since_ms = is_missing.then(|| self.lateness.missing_since_ms.unwrap_or(now_ms));
        let line = Line { is_playing, missing_ms: self.lateness.missing_since_ms.map_or(0.0, |since_ms| now_ms - since_ms) };
        if let Part::Here(late) = &mut self.lateness.part {
            run(late.as_mut(), line);
        }
    }

    fn is_show_live(&self) -> bool {
        self.is_show_on() && self.watch.state.phase.try_get_untracked() == Some(Phase::Live)
    }

    // For who may not be here it is not.
    fn is_show_on(&self) -> bool {
        let is_banned = self.watch.state.banned.try_with_untracked(Option::is_some).unwrap_or(true);
        !is_banned && matches!(self.watch.state.phase.try_get_untracked(), Some(Phase::Live | Phase::HostAway))
    }

    /// How the picture that is seen is, whichever it is.
    pub(super) fn playback(&self) -> Playback {
        match self.watch.late.try_with_untracked(|late| late.stage).unwrap_or_default() {
            Stage::Live | Stage::Opening => self.viewing.playback(page::now_ms()),
            Stage::Playing | Stage::Paused => Playback::Playing,
            Stage::Stalled => Playback::Reconnecting,
        }
    }
}
