//! A show that is over, in the hands of its host.

mod captions;
mod cutter;
mod details;
mod moments;
pub mod replay_page;

use leptos::{html, prelude::*};

use crate::{
    api::replays::edit_replay,
    domain::edit::{ReplayDesk, ReplayUpdate},
};

/// What the parts of the page share. Copy it freely.
#[derive(Clone, Copy)]
struct Desk {
    replay: RwSignal<ReplayDesk>,
    /// The whole film, as the host plays it.
    video: NodeRef<html::Video>,
    /// Why something was refused.
    notice: RwSignal<Option<String>>,
    pending: RwSignal<bool>,
}

impl Desk {
    fn new(replay: ReplayDesk) -> Self {
        Self { replay: RwSignal::new(replay), video: NodeRef::new(), notice: RwSignal::new(None), pending: RwSignal::new(false) }
    }

    /// Asks for a change, and shows what came of it.
    fn change(self, update: ReplayUpdate) {
        self.pending.set(true);
        self.notice.set(None);
        let id = self.replay.with_untracked(|replay| replay.stream_id);
        leptos::task::spawn_local(async move {
            let answer = edit_replay(id, update).await;
            // The page may have been left meanwhile.
            self.pending.try_set(false);
            match answer {
                Ok(replay) => {
                    self.replay.try_set(replay);
                }
                Err(error) => {
                    let why = error.fields.names().next().and_then(|field| error.fields.get(field)).map_or(error.message.clone(), str::to_owned);
                    self.notice.try_set(Some(why));
                }
            }
        });
    }

    /// Where the player is, in milliseconds of the whole film.
    fn here_ms(self) -> u64 {
        self.video.get_untracked().map_or(0, |video| (video.current_time().max(0.0) * 1000.0) as u64)
    }

    /// How long the whole film is, where it is known.
    fn whole_ms(self) -> Option<u64> {
        let told = self.replay.with_untracked(|replay| replay.whole_ms);
        let played = || self.video.get_untracked().map(|video| video.duration() * 1000.0).filter(|ms| ms.is_finite()).map(|ms| ms as u64);
        Some(told).filter(|ms| *ms > 0).or_else(played)
    }
}

/// A place in a film as hosts read it: to the tenth of a second.
fn place(ms: u64) -> String {
    format!("{}.{}", crate::domain::time::clock(ms / 1000), ms % 1000 / 100)
}
