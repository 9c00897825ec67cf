//! What the viewer wishes of the picture: said to the server, which sends it, and said again where the server may not know.
//! The tab remembers it over a reload: a network that was too slow for more is so afterwards.

use super::{Viewer, line::Line};
use crate::{
    browser::page::{self, Memory},
    domain::picture::PictureQuality,
    live::state::set,
    protocol::upward::{QualityChoice, Upward},
};

const WISH: &str = "wrencos.picture";

/// What was wished last in this tab.
pub(super) fn kept() -> PictureQuality {
    page::recall(Memory::Tab, WISH).and_then(|name| PictureQuality::named(&name)).unwrap_or_default()
}

fn keep(quality: PictureQuality) {
    match quality {
        PictureQuality::Auto => page::forget(Memory::Tab, WISH),
        quality => page::remember(Memory::Tab, WISH, quality.name()),
    }
}

impl Viewer {
    /// The viewer wishes this from now on.
    pub(super) fn choose(&mut self, quality: PictureQuality) {
        set(self.watch.wish, quality);
        keep(quality);
        self.has_wished = true;
        self.session.send(&Upward::WebrtcQuality(QualityChoice { quality }));
        // What began with the sound alone gets its picture.
        if self.line.as_ref().is_some_and(Line::is_begun_with_sound) && !self.watch.is_sound_only() {
            self.play();
        }
    }

    /// Says the wish on another socket, or about another connection: a wish that was taken back while there was no socket is
    /// still granted there. Who never wished anything says nothing.
    pub(super) fn repeat_wish(&self) {
        let quality = self.watch.wish_now();
        if self.has_wished || quality != PictureQuality::Auto {
            self.session.send(&Upward::WebrtcQuality(QualityChoice { quality }));
        }
    }

    /// There is an offer, with this to choose among.
    pub(super) fn choices(&self, choices: Vec<PictureQuality>) {
        set(self.watch.choices, choices);
    }
}
