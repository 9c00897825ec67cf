//! Frames from the hub to a client. Every frame about a show names it; every durable event carries its place in
//! the show's log (`seq`) and its time (`at`).

use serde::{Deserialize, Serialize};

use super::signal::{IceCandidate, SessionDescription};
use crate::domain::{
    chat::ChatMessage,
    feed::FeedOrder,
    id::{LivestreamId, MessageId, PeerId, UserId},
    livestream::{Livestream, Quality},
    moderation::ChatRules,
    picture::PictureQuality,
    pin::PinnedProduct,
    time::Timestamp,
};

/// What the hub says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Downward {
    Registered(Registered),
    AdminRegistered(AdminRegistered),
    StreamUpdate(Box<StreamUpdate>),
    ChatHistory(ChatHistory),
    ChatMessage(ChatEvent),
    /// A message is gone from everywhere.
    ChatMessageDeleted(ChatDeleted),
    PinnedProductsUpdated(PinsEvent),
    /// To hosts alone.
    ShowOrder(OrderEvent),
    StreamStarted(StreamEvent),
    StreamStopped(StreamEvent),
    WebrtcBroadcasterAvailable(BroadcasterAvailable),
    /// To the broadcaster: this peer waits for an offer.
    WebrtcNewCustomer(CustomerWaiting),
    /// To the broadcaster: this peer may not watch any more.
    WebrtcCustomerGone(CustomerWaiting),
    WebrtcOffer(OfferFrom),
    WebrtcAnswer(AnswerFrom),
    WebrtcIceCandidate(CandidateFrom),
    Error(ErrorFrame),
}

/// `session_id` is what this client sends in its next `register` to be the same visitor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Registered {
    pub session_id: String,
    pub server_time: Timestamp,
    pub protocol: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_id: Option<LivestreamId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdminRegistered {
    pub user_id: UserId,
    pub server_time: Timestamp,
    pub protocol: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_id: Option<LivestreamId>,
}

/// The state of a show: everything on joining, afterwards what changed. `peak_viewers` equals `max_viewers`.
/// `broadcaster_online` is false while the host's connection is away and the show waits for it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamUpdate {
    /// `null` in the one update that a client gets where there is no show to join.
    pub stream_id: Option<LivestreamId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_active: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<Quality>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_time: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewer_count: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view_count: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_viewers: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peak_viewers: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub likes: Option<u64>,
    /// Of the one it is sent to; absent in what is sent to all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liked: Option<bool>,
    /// The receiver's own name for itself if it liked, else empty; absent in what is sent to all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub liked_by: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broadcaster_online: Option<bool>,
    /// What the show asks of those who chat, the announcement above the chat with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat_rules: Option<ChatRules>,
    /// Seconds for which the one it is sent to may not speak; zero: they may again. Absent in what is sent to all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted_seconds: Option<u64>,
}

/// Messages, oldest first, under the two names that clients read. `recovered`: these are exactly the messages after
/// the `since` that was asked for; otherwise they replace what the client has. `seq` is the newest place in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatHistory {
    pub stream_id: LivestreamId,
    pub messages: Vec<ChatMessage>,
    pub chat_messages: Vec<ChatMessage>,
    pub recovered: bool,
    pub seq: u64,
    /// Messages that were deleted after the `since` that was asked for.
    #[serde(default)]
    pub deleted: Vec<MessageId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatEvent {
    pub stream_id: LivestreamId,
    pub at: Timestamp,
    #[serde(flatten)]
    pub message: ChatMessage,
}

/// A message was deleted: `id` is the message's, `seq` the place of the deletion in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatDeleted {
    pub stream_id: LivestreamId,
    pub id: MessageId,
    pub seq: u64,
    pub at: Timestamp,
}

/// The whole shelf, in order. On joining it has no `seq` of its own: it is state, not an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PinsEvent {
    pub stream_id: LivestreamId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    pub pinned_products: Vec<PinnedProduct>,
}

/// An order of the show, new or in another status. What was said before is read from the orders of the show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderEvent {
    pub stream_id: LivestreamId,
    pub order: FeedOrder,
}

/// A show began or ended. `reason` of an end: `stopped` by a host, `broadcaster_gone`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamEvent {
    pub stream_id: LivestreamId,
    pub seq: u64,
    pub at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_data: Option<Box<Livestream>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BroadcasterAvailable {
    pub stream_id: LivestreamId,
    pub peer_id: PeerId,
    /// Who offers, where it is not this peer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offers: Option<Offers>,
}

/// Who makes the offer between a viewer and what the picture comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Offers {
    Viewer,
}

/// `customer_id` and `peer_id` are the same peer, under the two names that broadcasters read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CustomerWaiting {
    pub stream_id: LivestreamId,
    pub customer_id: PeerId,
    pub peer_id: PeerId,
    /// It passes the picture on, and takes it in several sizes at once (RFC 8853).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub layers: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfferFrom {
    pub stream_id: LivestreamId,
    pub from: PeerId,
    pub to: PeerId,
    pub offer: SessionDescription,
    /// What may be wished of this picture by `webrtc_quality`; nothing where it comes from the host itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub qualities: Vec<PictureQuality>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AnswerFrom {
    pub stream_id: LivestreamId,
    pub from: PeerId,
    pub to: PeerId,
    pub answer: SessionDescription,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CandidateFrom {
    pub stream_id: LivestreamId,
    pub from: PeerId,
    pub to: PeerId,
    #[serde(default)]
    pub candidate: Option<IceCandidate>,
}

/// A refused frame. It changed nothing. `re` is the `type` of the frame that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorFrame {
    pub code: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub re: Option<String>,
    /// The mark of the chat message that was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Seconds after which it is worth trying again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}
