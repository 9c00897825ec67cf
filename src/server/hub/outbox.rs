//! What waits to be written to one socket: bounded, in two lanes. Events are all kept, in order; of state only the
//! newest is kept, and that always: the room counts it as told and does not say it again. It is one frame of each kind,
//! so it needs no bound. A socket that does not keep up with events is closed as too slow.
//!
//! It knows no socket: a writer takes what is there, whenever there is something.

#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use axum::extract::ws::Utf8Bytes;
use serde::Serialize;
use tokio::sync::Notify;

use crate::protocol::{
    close,
    downward::{ChatHistory, Downward, StreamUpdate},
};

/// How much of events may wait.
#[derive(Debug, Clone, Copy)]
struct Capacity {
    bytes: usize,
    frames: usize,
}

impl Capacity {
    const VIEWER: Self = Self { bytes: 64 * 1024, frames: 256 };
    /// Every viewer answers the host, each with a description of several KiB and some twenty candidates, and a full
    /// house may do so within a second.
    const HOST: Self = Self { bytes: 8 * 1024 * 1024, frames: 16 * 1024 };
}

/// A frame for many, serialised once.
#[derive(Debug, Clone)]
pub struct Shared {
    text: Utf8Bytes,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Event,
    Refusal,
    Shelf,
    Update(Arc<StreamUpdate>),
}

impl Shared {
    /// The frame as text, and how it may be replaced by a later one.
    pub fn new(frame: Downward) -> Self {
        let text = serialise(&frame);
        let kind = match frame {
            Downward::StreamUpdate(update) => Kind::Update(Arc::from(update)),
            Downward::PinnedProductsUpdated(_) => Kind::Shelf,
            Downward::Error(_) => Kind::Refusal,
            _ => Kind::Event,
        };
        Self { text, kind }
    }

    /// Whether it refuses something.
    pub fn is_refusal(&self) -> bool {
        matches!(self.kind, Kind::Refusal)
    }
}

fn serialise(frame: &Downward) -> Utf8Bytes {
    match frame {
        Downward::ChatHistory(history) if history.messages.len() == history.chat_messages.len() => both_lists(history).into(),
        frame => json(frame).into(),
    }
}

// Maps with text keys, numbers and texts: nothing in a frame can fail to be JSON.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("frames are plain JSON")
}

// The largest frame there is holds one list under two names: written once, and copied.
fn both_lists(history: &ChatHistory) -> String {
    let ChatHistory { stream_id, messages, chat_messages: _, recovered, seq, deleted } = history;
    let (stream_id, list, deleted) = (json(stream_id), json(messages), json(deleted));
    format!(
        r#"{{"type":"chat_history","streamId":{stream_id},"messages":{list},"chatMessages":{list},"recovered":{recovered},"seq":{seq},"deleted":{deleted}}}"#
    )
}

/// Why and how a socket is to be closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    pub code: u16,
    pub reason: String,
}

/// What a writer is to do now.
#[derive(Debug, Default)]
pub struct Batch {
    pub frames: Vec<Utf8Bytes>,
    /// After the frames, close.
    pub closing: Option<Closing>,
}

#[derive(Debug)]
struct Queued {
    order: u64,
    text: Utf8Bytes,
    counted: bool,
}

#[derive(Debug)]
struct Update {
    order: u64,
    /// The text that all share, as long as only one update waits.
    text: Option<Utf8Bytes>,
    update: Arc<StreamUpdate>,
}

#[derive(Debug)]
struct State {
    capacity: Capacity,
    order: u64,
    events: VecDeque<Queued>,
    counted_bytes: usize,
    counted_frames: usize,
    update: Option<Update>,
    shelf: Option<(u64, Utf8Bytes)>,
    closing: Option<Closing>,
    /// Nothing is taken any more.
    closed: bool,
}

impl Default for State {
    fn default() -> Self {
        Self {
            capacity: Capacity::VIEWER,
            order: 0,
            events: VecDeque::new(),
            counted_bytes: 0,
            counted_frames: 0,
            update: None,
            shelf: None,
            closing: None,
            closed: false,
        }
    }
}

#[derive(Debug, Default)]
struct Inner {
    state: Mutex<State>,
    refusals: AtomicU32,
    ready: Notify,
}

/// See the module. Cheap to clone: all clones are one outbox.
#[derive(Debug, Clone, Default)]
pub struct Outbox(Arc<Inner>);

impl Outbox {
    /// Queues a frame for many.
    pub fn push(&self, frame: &Shared) {
        let mut state = self.state();
        if state.closed {
            return;
        }
        let order = state.next_order();
        match &frame.kind {
            Kind::Event | Kind::Refusal => state.push_event(order, frame.text.clone()),
            // The newest takes its place at the end: what was said before it is read before it.
            Kind::Shelf => state.shelf = Some((order, frame.text.clone())),
            Kind::Update(update) => {
                state.update = Some(match state.update.take() {
                    None => Update { order, text: Some(frame.text.clone()), update: update.clone() },
                    Some(before) => Update { order, text: None, update: Arc::new(merged(&before.update, update)) },
                });
            }
        }
        drop(state);
        self.0.ready.notify_one();
    }

    /// Queues all that somebody who joins must hear, as events: none of it is replaced or dropped. It does not count
    /// against the limit, but only one such burst may wait.
    pub fn welcome(&self, frames: &[Downward]) {
        let mut state = self.state();
        if state.closed {
            return;
        }
        let burst_waits = state.events.iter().any(|queued| !queued.counted);
        for frame in frames {
            let (order, text) = (state.next_order(), serialise(frame));
            if burst_waits {
                state.push_event(order, text);
            } else {
                state.events.push_back(Queued { order, text, counted: false });
            }
        }
        drop(state);
        self.0.ready.notify_one();
    }

    /// From now on as much may wait as a host is sent.
    pub fn widen(&self) {
        self.state().capacity = Capacity::HOST;
    }

    /// Closes the socket once what waits is written. The first reason stays.
    pub fn close(&self, code: u16, reason: impl Into<String>) {
        let mut state = self.state();
        if !state.closed {
            state.closed = true;
            state.closing = Some(Closing { code, reason: reason.into() });
        }
        drop(state);
        self.0.ready.notify_one();
    }

    /// Notes that a frame of this socket was refused by its room.
    pub fn count_refusal(&self) {
        self.0.refusals.fetch_add(1, Ordering::Relaxed);
    }

    /// How many were refused since the last time.
    pub fn take_refusals(&self) -> u32 {
        self.0.refusals.swap(0, Ordering::Relaxed)
    }

    /// Whether nothing is taken any more.
    pub fn is_closed(&self) -> bool {
        self.state().closed
    }

    /// Waits until there is something to write, and takes all of it.
    pub async fn take(&self) -> Batch {
        loop {
            let batch = self.state().take();
            if !batch.frames.is_empty() || batch.closing.is_some() {
                return batch;
            }
            self.0.ready.notified().await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change leaves the queue whole, so that a panic elsewhere in it is no reason to lose the socket.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next_order(&mut self) -> u64 {
        self.order += 1;
        self.order
    }

    fn push_event(&mut self, order: u64, text: Utf8Bytes) {
        self.counted_bytes += text.len();
        self.counted_frames += 1;
        self.events.push_back(Queued { order, text, counted: true });
        // A single frame is always taken: however large, there is nothing to drop for it.
        let Capacity { bytes, frames } = self.capacity;
        if self.counted_frames > frames || (self.counted_bytes > bytes && self.counted_frames > 1) {
            *self = Self {
                order,
                closed: true,
                closing: Some(Closing { code: close::TOO_SLOW, reason: "This connection is too slow.".to_owned() }),
                ..Self::default()
            };
        }
    }

    fn take(&mut self) -> Batch {
        let mut ordered: Vec<(u64, Utf8Bytes)> = self.events.drain(..).map(|queued| (queued.order, queued.text)).collect();
        self.events.shrink_to(8);
        (self.counted_bytes, self.counted_frames) = (0, 0);
        ordered.extend(self.shelf.take());
        if let Some(Update { order, text, update }) = self.update.take() {
            let text = text.unwrap_or_else(|| serialise(&Downward::StreamUpdate(Box::new((*update).clone()))));
            ordered.push((order, text));
        }
        ordered.sort_unstable_by_key(|(order, _)| *order);
        Batch { frames: ordered.into_iter().map(|(_, text)| text).collect(), closing: self.closing.take() }
    }
}

// What the later one says, and where it is silent what the earlier one said.
fn merged(before: &StreamUpdate, after: &StreamUpdate) -> StreamUpdate {
    if before.stream_id != after.stream_id {
        return after.clone();
    }
    let after = after.clone();
    StreamUpdate {
        stream_id: after.stream_id,
        is_active: after.is_active.or(before.is_active),
        title: after.title.or_else(|| before.title.clone()),
        description: after.description.or_else(|| before.description.clone()),
        quality: after.quality.or(before.quality),
        start_time: after.start_time.or(before.start_time),
        viewer_count: after.viewer_count.or(before.viewer_count),
        view_count: after.view_count.or(before.view_count),
        max_viewers: after.max_viewers.or(before.max_viewers),
        peak_viewers: after.peak_viewers.or(before.peak_viewers),
        likes: after.likes.or(before.likes),
        liked: after.liked.or(before.liked),
        liked_by: after.liked_by.or_else(|| before.liked_by.clone()),
        broadcaster_online: after.broadcaster_online.or(before.broadcaster_online),
        chat_rules: after.chat_rules.or_else(|| before.chat_rules.clone()),
        muted_seconds: after.muted_seconds.or(before.muted_seconds),
    }
}
