//! The parts of a replay: its film, what lay on the shelf at that second, what was said by then.

pub mod film;
mod line;
pub mod next_show;
pub mod said;
pub mod shown;

use leptos::{html, prelude::*};

use crate::live::assist;

/// Where the film is, for everything around it. Copy it freely.
#[derive(Debug, Clone, Copy)]
pub struct Playing {
    pub video: NodeRef<html::Video>,
    /// Milliseconds into the film.
    pub at_ms: RwSignal<u64>,
    /// Of the film; zero until it is known.
    pub duration_ms: RwSignal<u64>,
}

impl Playing {
    /// A film that begins here, equal on both sides.
    pub fn new(at_ms: u64, duration_ms: u64) -> Self {
        Self { video: NodeRef::new(), at_ms: RwSignal::new(at_ms), duration_ms: RwSignal::new(duration_ms) }
    }

    /// Goes on from there.
    pub fn jump(self, at_ms: u64) {
        self.at_ms.set(at_ms);
        assist::play_from(self.video, at_ms);
    }

    /// Reads where the film is.
    pub(super) fn look(self) {
        if let Some(video) = self.video.get_untracked() {
            let at_ms = (video.current_time().max(0.0) * 1000.0) as u64;
            if self.at_ms.get_untracked() != at_ms {
                self.at_ms.set(at_ms);
            }
            // Infinite while nobody knows it, as with some fragments.
            let duration_ms = video.duration() * 1000.0;
            if duration_ms.is_finite() && duration_ms > 0.0 && self.duration_ms.get_untracked() != duration_ms as u64 {
                self.duration_ms.set(duration_ms as u64);
            }
        }
    }
}

/// A place in the film as an address, for who has no script and for who shares it.
pub fn address(at_ms: u64) -> String {
    format!("?t={}", at_ms / 1000)
}
