//! What a frame changes: the frames of the hub in, changes of the page and answers to the hub out. Pure.
//!
//! No signal, no socket, no clock. Frames about media pass by: they belong to the controllers.

use super::{
    chat::{ChatChange, UNDELIVERED_SEQ},
    state::{Hush, Phase},
};
use crate::domain::{
    chat::{ChatMessage, GUEST},
    feed::FeedOrder,
    id::{LivestreamId, MessageId},
    livestream::{Livestream, LivestreamStatus},
    moderation::ChatRules,
    pin::PinnedProduct,
    time::Timestamp,
};
use crate::protocol::{
    downward::{ChatHistory, Downward, ErrorFrame, StreamUpdate},
    upward::{Chat, ChatBody, Register, Target, Upward},
};

/// Something to show, or to send.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Change {
    Phase(Phase),
    Title(String),
    StartedAt(Timestamp),
    ViewerCount(u64),
    PeakViewers(u64),
    /// The hearts as they are to be shown, ours on its way included.
    Likes {
        likes: u64,
        liked: bool,
    },
    Chat(ChatChange),
    Rules(ChatRules),
    /// The person at the page may not speak for so long; zero: they may again.
    Quiet {
        why: Hush,
        seconds: u64,
    },
    Pins(Vec<PinnedProduct>),
    /// For hosts.
    Order(Box<FeedOrder>),
    Notice(String),
    Send(Upward),
    /// The hub would not have us just now: come back on a new socket.
    Reconnect,
}

/// What has to be remembered of a show between frames.
#[derive(Debug, Clone)]
pub(super) struct Model {
    stream_id: LivestreamId,
    session_id: Option<String>,
    /// The newest place in the log that we have seen.
    seq: Option<u64>,
    status: LivestreamStatus,
    is_host_online: bool,
    likes: Likes,
    unacknowledged: Vec<Outgoing>,
    stage: Stage,
    /// Seconds between two messages of one person, as the show has it now.
    slow_mode_seconds: u32,
}

/// How far joining has come on the present socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Away,
    /// Accepted; the snapshot of the show is next.
    Accepted,
    /// The snapshot is here, the chat is next.
    Described,
    /// Everything is here: what we say now is heard.
    Joined,
}

/// The hub's figures, and what the person at the page wants: shown at once, corrected by the hub.
#[derive(Debug, Clone, Copy, Default)]
struct Likes {
    likes: u64,
    liked: bool,
    wanted: Option<bool>,
    in_flight: u32,
}

impl Likes {
    fn shown(&self) -> Change {
        let liked = self.wanted.unwrap_or(self.liked);
        let likes = match (self.liked, liked) {
            (false, true) => self.likes.saturating_add(1),
            (true, false) => self.likes.saturating_sub(1),
            _ => self.likes,
        };
        Change::Likes { likes, liked }
    }
}

/// A line of ours that nobody has confirmed.
#[derive(Debug, Clone)]
struct Outgoing {
    client_id: String,
    text: String,
    name: Option<String>,
}

/// A line that somebody wrote, and the facts that a pure function cannot find out.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub text: String,
    /// The name a guest goes by.
    pub name: Option<String>,
    pub client_id: String,
    pub id: MessageId,
    pub at: Timestamp,
    pub is_admin: bool,
}

impl Model {
    /// What the page that the server rendered knows.
    pub fn new(show: &Livestream) -> Self {
        Self {
            stream_id: show.id,
            session_id: None,
            seq: show.chat_messages.iter().map(|message| message.seq).max(),
            status: show.status,
            is_host_online: true,
            likes: Likes { likes: show.likes, liked: show.liked, ..Likes::default() },
            unacknowledged: Vec::new(),
            stage: Stage::Away,
            slow_mode_seconds: show.chat_rules.slow_mode_seconds,
        }
    }

    /// The show.
    pub fn stream_id(&self) -> LivestreamId {
        self.stream_id
    }

    /// Our first word on a new socket: who we are and what we have seen.
    pub fn hello(&self) -> Register {
        Register {
            session_id: self.session_id.clone(),
            stream_id: Some(self.stream_id),
            since: self.seq.and_then(|seq| i64::try_from(seq).ok()),
            ..Register::default()
        }
    }

    /// The socket is gone: what was in flight may be lost.
    pub fn lost(&mut self) {
        self.stage = Stage::Away;
        self.likes.in_flight = 0;
    }

    /// The socket is gone for good: what was not confirmed goes back to its author.
    pub fn closed(&mut self) -> Vec<Change> {
        self.lost();
        let back = |outgoing: Outgoing| Change::Chat(ChatChange::Refused { client_id: outgoing.client_id, sentence: NOT_SENT.into() });
        std::mem::take(&mut self.unacknowledged).into_iter().map(back).collect()
    }

    fn phase(&self) -> Phase {
        match self.status {
            LivestreamStatus::Scheduled => Phase::Scheduled,
            LivestreamStatus::Ended => Phase::Ended,
            LivestreamStatus::Live if self.is_host_online => Phase::Live,
            LivestreamStatus::Live => Phase::HostAway,
        }
    }

    fn saw(&mut self, seq: u64) {
        self.seq = Some(self.seq.map_or(seq, |before| before.max(seq)));
    }
}

const NOT_SENT: &str = "Not sent: the connection was closed. Load the page again.";

/// Somebody at the page says something.
pub(super) fn say(model: &mut Model, said: Said) -> Vec<Change> {
    let outgoing = Outgoing { client_id: said.client_id.clone(), text: said.text.clone(), name: said.name.clone() };
    let mut changes = vec![Change::Chat(ChatChange::Sending(ChatMessage {
        id: said.id,
        seq: UNDELIVERED_SEQ,
        username: said.name.unwrap_or_else(|| GUEST.to_owned()),
        message: said.text,
        timestamp: said.at,
        is_admin: said.is_admin,
        is_moderator: false,
        client_id: Some(said.client_id),
    }))];
    if model.stage == Stage::Joined {
        changes.push(send_chat(model.stream_id, &outgoing));
    }
    model.unacknowledged.push(outgoing);
    changes
}

/// Somebody at the page gives or takes back the heart.
pub(super) fn toggle_like(model: &mut Model) -> Vec<Change> {
    let likes = &mut model.likes;
    likes.wanted = Some(!likes.wanted.unwrap_or(likes.liked));
    let mut changes = vec![likes.shown()];
    if model.stage == Stage::Joined {
        likes.in_flight += 1;
        changes.push(Change::Send(Upward::ToggleLike(Target { stream_id: Some(model.stream_id) })));
    }
    changes
}

/// The hub says something.
pub(super) fn reduce(model: &mut Model, frame: Downward) -> Vec<Change> {
    match frame {
        Downward::Registered(registered) => {
            model.session_id = Some(registered.session_id);
            model.stage = Stage::Accepted;
            Vec::new()
        }
        Downward::AdminRegistered(_) => {
            model.stage = Stage::Accepted;
            Vec::new()
        }
        Downward::StreamUpdate(update) if update.stream_id == Some(model.stream_id) => stream_update(model, *update),
        Downward::ChatHistory(history) if history.stream_id == model.stream_id => chat_history(model, history),
        Downward::ChatMessage(event) if event.stream_id == model.stream_id => delivered(model, event.message),
        Downward::ChatMessageDeleted(event) if event.stream_id == model.stream_id => {
            model.saw(event.seq);
            vec![Change::Chat(ChatChange::Deleted(event.id))]
        }
        Downward::PinnedProductsUpdated(event) if event.stream_id == model.stream_id => {
            if let Some(seq) = event.seq {
                model.saw(seq);
            }
            vec![Change::Pins(event.pinned_products)]
        }
        Downward::ShowOrder(event) if event.stream_id == model.stream_id => vec![Change::Order(Box::new(event.order))],
        Downward::StreamStarted(event) if event.stream_id == model.stream_id => {
            model.saw(event.seq);
            model.status = LivestreamStatus::Live;
            let mut changes = vec![Change::Phase(model.phase())];
            changes.extend(event.stream_data.and_then(|show| show.start_time).map(Change::StartedAt));
            changes
        }
        Downward::StreamStopped(event) if event.stream_id == model.stream_id => {
            model.saw(event.seq);
            model.status = LivestreamStatus::Ended;
            vec![Change::Phase(Phase::Ended), Change::ViewerCount(0), Change::Pins(Vec::new())]
        }
        Downward::Error(error) => refused(model, error),
        _ => Vec::new(),
    }
}

fn stream_update(model: &mut Model, update: StreamUpdate) -> Vec<Change> {
    let is_snapshot = model.stage == Stage::Accepted;
    let before = model.phase();
    match (update.is_active, model.status) {
        (Some(true), _) => model.status = LivestreamStatus::Live,
        (Some(false), LivestreamStatus::Live) => model.status = LivestreamStatus::Ended,
        _ => {}
    }
    if let Some(is_online) = update.broadcaster_online {
        model.is_host_online = is_online;
    }
    let mut changes = Vec::new();
    if model.phase() != before {
        changes.push(Change::Phase(model.phase()));
        if model.phase() == Phase::Ended {
            changes.push(Change::Pins(Vec::new()));
        }
    }
    changes.extend(update.title.map(Change::Title));
    changes.extend(update.start_time.map(Change::StartedAt));
    changes.extend(update.viewer_count.map(Change::ViewerCount));
    changes.extend(update.peak_viewers.or(update.max_viewers).map(Change::PeakViewers));
    changes.extend(update.muted_seconds.map(|seconds| Change::Quiet { why: Hush::Muted, seconds }));
    if let Some(rules) = update.chat_rules {
        // Who waits for their turn does so by the rule that was.
        if rules.slow_mode_seconds == 0 && model.slow_mode_seconds > 0 && update.muted_seconds.is_none() {
            changes.push(Change::Quiet { why: Hush::SlowMode, seconds: 0 });
        }
        model.slow_mode_seconds = rules.slow_mode_seconds;
        changes.push(Change::Rules(rules));
    }

    let likes = &mut model.likes;
    likes.likes = update.likes.unwrap_or(likes.likes);
    if let Some(liked) = update.liked {
        likes.liked = liked;
        // A snapshot answers our hello; what is on its way is answered for itself.
        if !is_snapshot {
            likes.in_flight = likes.in_flight.saturating_sub(1);
        }
        if is_snapshot && likes.in_flight == 0 && likes.wanted.is_some_and(|wanted| wanted != liked) {
            // Wanted while the socket was away: the hub has not heard of it.
            likes.in_flight = 1;
            changes.push(Change::Send(Upward::ToggleLike(Target { stream_id: Some(model.stream_id) })));
        } else if likes.in_flight == 0 {
            likes.wanted = None;
        }
    }
    if update.likes.is_some() || update.liked.is_some() {
        changes.push(likes.shown());
    }
    if is_snapshot {
        model.stage = Stage::Described;
    }
    changes
}

fn chat_history(model: &mut Model, history: ChatHistory) -> Vec<Change> {
    let marks = |outgoing: &Outgoing| history.messages.iter().any(|message| message.client_id.as_deref() == Some(&outgoing.client_id));
    model.unacknowledged.retain(|outgoing| !marks(outgoing));
    let mut changes: Vec<Change> = if history.recovered {
        model.saw(history.seq);
        let delivered = history.messages.into_iter().map(ChatChange::Delivered);
        delivered.chain(history.deleted.into_iter().map(ChatChange::Deleted)).map(Change::Chat).collect()
    } else {
        // The log we knew may not be the one that goes on: its places count for nothing.
        model.seq = Some(history.seq);
        vec![Change::Chat(ChatChange::Replaced(history.messages))]
    };
    model.stage = Stage::Joined;
    // The hub knows our marks: what it has heard already, it stores once.
    changes.extend(model.unacknowledged.iter().map(|outgoing| send_chat(model.stream_id, outgoing)));
    changes
}

fn delivered(model: &mut Model, message: ChatMessage) -> Vec<Change> {
    model.saw(message.seq);
    let waiting = model.unacknowledged.len();
    if let Some(client_id) = &message.client_id {
        model.unacknowledged.retain(|outgoing| outgoing.client_id != *client_id);
    }
    let is_ours = model.unacknowledged.len() < waiting;
    let mut changes = vec![Change::Chat(ChatChange::Delivered(message))];
    if is_ours && model.slow_mode_seconds > 0 {
        changes.push(Change::Quiet { why: Hush::SlowMode, seconds: model.slow_mode_seconds.into() });
    }
    changes
}

fn refused(model: &mut Model, error: ErrorFrame) -> Vec<Change> {
    let why = match error.code.as_str() {
        "slow_mode" => Some(Hush::SlowMode),
        "muted" => Some(Hush::Muted),
        _ => None,
    };
    let quiet = why.zip(error.retry_after).map(|(why, seconds)| Change::Quiet { why, seconds });
    if let Some(client_id) = error.client_id {
        model.unacknowledged.retain(|outgoing| outgoing.client_id != client_id);
        let refused = Change::Chat(ChatChange::Refused { client_id, sentence: error.message });
        return std::iter::once(refused).chain(quiet).collect();
    }
    match error.re.as_deref() {
        // Not seated, but we may be later; not where the show is not there, or is not ours to host.
        Some("register" | "register_admin") if model.stage == Stage::Away && !matches!(error.code.as_str(), "unauthorized" | "forbidden" | "not_found") => {
            vec![Change::Reconnect]
        }
        Some("toggle_like") => {
            model.likes.wanted = None;
            model.likes.in_flight = 0;
            vec![model.likes.shown(), Change::Notice(error.message)]
        }
        // Signalling heals itself; a sentence about it would help nobody.
        Some(re) if re.starts_with("webrtc_") => Vec::new(),
        // The page of a host says this itself, for as long as it is so.
        _ if error.code == "broadcast_taken_over" => Vec::new(),
        _ => quiet.into_iter().chain([Change::Notice(error.message)]).collect(),
    }
}

fn send_chat(stream_id: LivestreamId, outgoing: &Outgoing) -> Change {
    Change::Send(Upward::ChatMessage(Chat {
        message: ChatBody::Text(outgoing.text.clone()),
        stream_id: Some(stream_id),
        username: outgoing.name.clone(),
        client_id: Some(outgoing.client_id.clone()),
    }))
}

#[cfg(test)]
mod tests;
