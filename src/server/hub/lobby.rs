//! Which shows are live, the newest first: where those who name no show go, and what those who wait are woken by.

use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use crate::domain::id::LivestreamId;

/// See the module.
#[derive(Debug)]
pub(super) struct Lobby {
    /// In the order in which they went live.
    live: Mutex<Vec<LivestreamId>>,
    newest: watch::Sender<Option<LivestreamId>>,
}

impl Default for Lobby {
    fn default() -> Self {
        Self { live: Mutex::default(), newest: watch::Sender::new(None) }
    }
}

impl Lobby {
    /// The newest live show, and a way to learn when it is another.
    pub fn watch(&self) -> watch::Receiver<Option<LivestreamId>> {
        self.newest.subscribe()
    }

    /// A show is live, and everybody in its room knows.
    pub fn went_live(&self, show: LivestreamId) {
        self.change(|live| {
            if !live.contains(&show) {
                live.push(show);
            }
        });
    }

    /// A show is over.
    pub fn ended(&self, show: LivestreamId) {
        self.change(|live| live.retain(|other| *other != show));
    }

    fn change(&self, change: impl FnOnce(&mut Vec<LivestreamId>)) {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut live);
        let newest = live.last().copied();
        self.newest.send_if_modified(|current| std::mem::replace(current, newest) != newest);
    }
}
