//! What is known of a room without asking it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::{
    domain::livestream::LivestreamStatus,
    server::{db::livestreams::Figures, hub::room::Room},
};

/// Of one room, as of its last event.
#[derive(Debug, Default)]
pub struct Facts {
    viewers: AtomicU64,
    likes: AtomicU64,
    engaged: AtomicU64,
    peak: AtomicU64,
    live: AtomicBool,
    ended: AtomicBool,
}

impl Facts {
    /// The figures, as of the last event.
    pub fn figures(&self) -> Figures {
        Figures {
            viewers: self.viewers.load(Ordering::Relaxed),
            likes: self.likes.load(Ordering::Relaxed),
            engaged: self.engaged.load(Ordering::Relaxed),
            peak: self.peak.load(Ordering::Relaxed),
        }
    }

    /// Whether the show is known to be live.
    pub fn is_live(&self) -> bool {
        self.live.load(Ordering::Relaxed)
    }

    /// Whether the show is over.
    pub fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    /// Follows the room.
    pub(super) fn learn(&self, room: &Room) {
        let figures = room.figures();
        self.viewers.store(figures.viewers, Ordering::Relaxed);
        self.likes.store(figures.likes, Ordering::Relaxed);
        self.engaged.store(figures.engaged, Ordering::Relaxed);
        self.peak.store(figures.peak, Ordering::Relaxed);
        self.live.store(room.show().status == LivestreamStatus::Live, Ordering::Relaxed);
        self.ended.store(room.show().status == LivestreamStatus::Ended, Ordering::Relaxed);
    }
}
