//! What a page knows of a show, as signals.

use leptos::prelude::*;

use super::{
    chat::{self, ChatChange},
    reduce::Change,
};
use crate::browser::page;
use crate::domain::{
    chat::ChatMessage,
    feed::FeedOrder,
    livestream::{Livestream, LivestreamStatus},
    moderation::ChatRules,
    pin::PinnedProduct,
    time::Timestamp,
};

/// How the page's socket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// Not opened yet: the state of the page that the server rendered.
    Idle,
    Connecting,
    Online,
    /// Lost; trying again. Counts from one.
    Reconnecting {
        attempt: u32,
    },
    /// The browser says there is no network.
    Offline,
    /// Closed for good: signed out or refused. The page has to be loaded again.
    Closed,
    /// Closed for good: this visitor is banned.
    Banned,
}

/// Where the show stands for this page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It has not begun.
    Scheduled,
    /// Live, and the host is there.
    Live,
    /// Live, but the host's connection is away; the show waits for it.
    HostAway,
    Ended,
}

/// A line of the chat: a message of the show, or one of ours on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatLine {
    /// Stable while the line exists, from sending to delivery: for keyed lists.
    pub key: String,
    pub message: ChatMessage,
    pub delivery: Delivery,
}

/// How far a line of ours has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    Delivered,
    Sending,
    /// Refused, with the sentence to show; the text is the author's to send again.
    Refused(String),
}

/// Why the person at the page cannot speak for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hush {
    /// They have just spoken, and the show asks for a pause.
    SlowMode,
    /// A moderator muted them.
    Muted,
}

/// A while without speaking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quiet {
    pub why: Hush,
    /// Its end, by the page's own clock.
    pub until_ms: f64,
}

/// What a page knows of a show. Copy it freely: it is a handful of signals.
#[derive(Debug, Clone, Copy)]
pub struct LiveState {
    pub connection: RwSignal<Connection>,
    pub phase: RwSignal<Phase>,
    pub title: RwSignal<String>,
    pub started_at: RwSignal<Option<Timestamp>>,
    pub viewer_count: RwSignal<u64>,
    pub peak_viewers: RwSignal<u64>,
    pub likes: RwSignal<u64>,
    pub liked: RwSignal<bool>,
    /// Oldest first; at most a few hundred.
    pub chat: RwSignal<Vec<ChatLine>>,
    /// What the show asks of those who chat, with what stands above the chat.
    pub rules: RwSignal<ChatRules>,
    /// While the person at the page may not speak; what has passed is nothing.
    pub quiet: RwSignal<Option<Quiet>>,
    /// Why this visitor may not be here, as a sentence.
    pub banned: RwSignal<Option<String>>,
    /// The shelf, in order.
    pub pins: RwSignal<Vec<PinnedProduct>>,
    /// For hosts: orders that came since the page was opened, each as it was told last, newest last.
    pub orders: RwSignal<Vec<FeedOrder>>,
    /// A sentence for the person at the page about what was just refused or failed; cleared by the page.
    pub notice: RwSignal<Option<String>>,
}

impl LiveState {
    /// The state that the server's answer describes: equal on both sides, so that hydration finds what was rendered.
    pub fn new(show: &Livestream) -> Self {
        let phase = phase(show.status);
        Self {
            connection: RwSignal::new(Connection::Idle),
            phase: RwSignal::new(phase),
            title: RwSignal::new(show.title.clone()),
            started_at: RwSignal::new(show.start_time),
            viewer_count: RwSignal::new(show.viewer_count),
            peak_viewers: RwSignal::new(show.peak_viewers),
            likes: RwSignal::new(show.likes),
            liked: RwSignal::new(show.liked),
            chat: RwSignal::new(show.chat_messages.iter().cloned().map(chat::line).collect()),
            rules: RwSignal::new(show.chat_rules.clone()),
            quiet: RwSignal::new(None),
            banned: RwSignal::new(None),
            pins: RwSignal::new(if phase == Phase::Ended { Vec::new() } else { show.pinned_products.clone() }),
            orders: RwSignal::new(Vec::new()),
            notice: RwSignal::new(None),
        }
    }
    /// Shows this show from now on, where the page was made before the show was.
    pub(super) fn adopt(&self, show: &Livestream) {
        set(self.phase, phase(show.status));
        set(self.title, show.title.clone());
        set(self.started_at, show.start_time);
        set(self.rules, show.chat_rules.clone());
    }

    /// Shows a change. A signal whose value stays as it is wakes nobody.
    pub(super) fn show(&self, change: Change) {
        match change {
            Change::Phase(phase) => set(self.phase, phase),
            Change::Title(title) => set(self.title, title),
            Change::StartedAt(at) => set(self.started_at, Some(at)),
            Change::ViewerCount(count) => set(self.viewer_count, count),
            Change::PeakViewers(peak) => set(self.peak_viewers, peak),
            Change::Likes { likes, liked } => {
                set(self.likes, likes);
                set(self.liked, liked);
            }
            Change::Chat(change) => self.chat_changed(change),
            Change::Rules(rules) => set(self.rules, rules),
            Change::Quiet { why, seconds } => self.hush(why, seconds),
            Change::Pins(pins) => set(self.pins, pins),
            Change::Order(order) => {
                self.orders.try_update(|orders| {
                    orders.retain(|other| other.id != order.id);
                    orders.push(*order);
                });
            }
            Change::Notice(sentence) => set(self.notice, Some(sentence)),
            Change::Send(_) | Change::Reconnect => {}
        }
    }

    fn hush(&self, why: Hush, seconds: u64) {
        let present = self.quiet.try_get_untracked().flatten();
        let until_ms = page::now_ms() + seconds as f64 * 1000.0;
        match present {
            // A pause after a message does not end a mute.
            Some(Quiet { why: Hush::Muted, until_ms: muted_ms }) if why == Hush::SlowMode && muted_ms >= until_ms => {}
            _ => set(self.quiet, (seconds > 0).then_some(Quiet { why, until_ms })),
        }
    }

    fn chat_changed(&self, change: ChatChange) {
        // In place: a busy chat must not copy its lines for each new one.
        self.chat.try_update(|lines| chat::apply(lines, change));
    }
}

fn phase(status: LivestreamStatus) -> Phase {
    match status {
        LivestreamStatus::Scheduled => Phase::Scheduled,
        LivestreamStatus::Live => Phase::Live,
        LivestreamStatus::Ended => Phase::Ended,
    }
}

/// Sets a signal where that changes something. A page that is being left has no signals any more.
pub fn set<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.try_with_untracked(|present| *present != value) == Some(true) {
        signal.try_set(value);
    }
}
