//! Frames from a client to the hub, and the reading of frames that cannot be trusted.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::signal::{IceCandidate, MAX_CANDIDATE_BYTES, MAX_SDP_BYTES, SessionDescription};
use crate::domain::{
    id::{LivestreamId, PeerId},
    picture::PictureQuality,
};

/// Bytes of a name that a client gives to itself, a peer or a message.
const MAX_TOKEN_BYTES: usize = 128;

/// What a client says. Nothing it says about itself is believed: names, roles and senders are the server's.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Upward {
    /// Joins a show as a viewer. `since` is the last `seq` seen, to resume.
    Register(Register),
    /// Joins a show as its host. Needs an admin.
    RegisterAdmin(Register),
    ChatMessage(Chat),
    ToggleLike(Target),
    /// The show begins or goes on. The three names of one transition in the systems we speak to.
    StartStream(Start),
    StreamStarted(Start),
    WebrtcBroadcastStart(Start),
    StopStream(Target),
    StreamStopped(Target),
    /// A hint that the shelf changed elsewhere: the server reads it again.
    PinnedProductsUpdated(Target),
    WebrtcRegister(PeerRegister),
    /// A viewer asks for an offer.
    WebrtcNewCustomer(NewCustomer),
    WebrtcOffer(Offer),
    WebrtcAnswer(Answer),
    WebrtcIceCandidate(Candidate),
    /// A viewer says what it wishes of its own picture.
    WebrtcQuality(QualityChoice),
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Register {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_id: Option<LivestreamId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_id: Option<LivestreamId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Start {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_id: Option<LivestreamId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub peer_id: Option<PeerId>,
    /// Only its `_id` is read, and only where `stream_id` is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_data: Option<StreamData>,
    /// Takes the broadcast over from another device of the same host.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub takeover: bool,
}

impl Start {
    /// The show that is meant, where the frame names one.
    pub fn target(&self) -> Option<LivestreamId> {
        self.stream_id.or_else(|| self.stream_data.as_ref().and_then(|data| data.id.or(data.stream_id)))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamData {
    #[serde(rename = "_id", default, skip_serializing_if = "Option::is_none")]
    pub id: Option<LivestreamId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_id: Option<LivestreamId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chat {
    pub message: ChatBody,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_id: Option<LivestreamId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

impl Chat {
    /// The text, from either shape.
    pub fn text(&self) -> &str {
        match &self.message {
            ChatBody::Text(text) => text,
            ChatBody::Object(object) => &object.message,
        }
    }

    /// The name a guest gave, from either shape.
    pub fn given_name(&self) -> Option<&str> {
        self.username.as_deref().or(match &self.message {
            ChatBody::Text(_) => None,
            ChatBody::Object(object) => object.username.as_deref(),
        })
    }
}

/// A message is a text, or the object that the replaced web client sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ChatBody {
    Text(String),
    Object(ChatObject),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatObject {
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeerRegister {
    pub peer_id: PeerId,
    pub user_type: UserType,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserType {
    Admin,
    Customer,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewCustomer {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<PeerId>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<PeerId>,
    pub offer: SessionDescription,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<PeerId>,
    pub answer: SessionDescription,
}

/// `candidate` is absent or null where a client says that it has no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<PeerId>,
    #[serde(default)]
    pub candidate: Option<IceCandidate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualityChoice {
    pub quality: PictureQuality,
}

/// Why a frame was not read. The code is stable on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrameError {
    pub code: &'static str,
    pub message: String,
    /// The `type` that the frame had, where it had one that we know.
    pub re: Option<String>,
}

impl Upward {
    /// Reads a text frame.
    ///
    /// # Errors
    /// `malformed_frame`: no JSON object with a text `type`. `unknown_type`. `invalid_frame`: a field is missing,
    /// of another type, or too long.
    pub fn read(text: &str) -> Result<Self, FrameError> {
        #[derive(Deserialize)]
        struct Envelope {
            #[serde(rename = "type")]
            kind: String,
        }
        let malformed = |_| FrameError { code: "malformed_frame", message: "A frame is a JSON object with a type.".into(), re: None };
        let Envelope { kind } = serde_json::from_str(text).map_err(malformed)?;
        match kind.as_str() {
            "register" => body(text, &kind).map(Self::Register),
            "register_admin" => body(text, &kind).map(Self::RegisterAdmin),
            "chat_message" => body(text, &kind).map(Self::ChatMessage),
            "toggle_like" => body(text, &kind).map(Self::ToggleLike),
            "start_stream" => body(text, &kind).map(Self::StartStream),
            "stream_started" => body(text, &kind).map(Self::StreamStarted),
            "webrtc_broadcast_start" => body(text, &kind).map(Self::WebrtcBroadcastStart),
            "stop_stream" => body(text, &kind).map(Self::StopStream),
            "stream_stopped" => body(text, &kind).map(Self::StreamStopped),
            "pinned_products_updated" => body(text, &kind).map(Self::PinnedProductsUpdated),
            "webrtc_register" => body(text, &kind).map(Self::WebrtcRegister),
            "webrtc_new_customer" => body(text, &kind).map(Self::WebrtcNewCustomer),
            "webrtc_offer" => body(text, &kind).map(Self::WebrtcOffer),
            "webrtc_answer" => body(text, &kind).map(Self::WebrtcAnswer),
            "webrtc_ice_candidate" => body(text, &kind).map(Self::WebrtcIceCandidate),
            "webrtc_quality" => body(text, &kind).map(Self::WebrtcQuality),
            _ => Err(FrameError { code: "unknown_type", message: "This type of frame is not known.".into(), re: None }),
        }
        .and_then(|frame| frame.bounded().map_err(|message| FrameError { code: "invalid_frame", message, re: Some(kind) }))
    }

    /// Its `type` on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Register(_) => "register",
            Self::RegisterAdmin(_) => "register_admin",
            Self::ChatMessage(_) => "chat_message",
            Self::ToggleLike(_) => "toggle_like",
            Self::StartStream(_) => "start_stream",
            Self::StreamStarted(_) => "stream_started",
            Self::WebrtcBroadcastStart(_) => "webrtc_broadcast_start",
            Self::StopStream(_) => "stop_stream",
            Self::StreamStopped(_) => "stream_stopped",
            Self::PinnedProductsUpdated(_) => "pinned_products_updated",
            Self::WebrtcRegister(_) => "webrtc_register",
            Self::WebrtcNewCustomer(_) => "webrtc_new_customer",
            Self::WebrtcOffer(_) => "webrtc_offer",
            Self::WebrtcAnswer(_) => "webrtc_answer",
            Self::WebrtcIceCandidate(_) => "webrtc_ice_candidate",
            Self::WebrtcQuality(_) => "webrtc_quality",
        }
    }

    fn bounded(self) -> Result<Self, String> {
        let tokens: [Option<&str>; 3] = match &self {
            Self::Register(frame) | Self::RegisterAdmin(frame) => [frame.session_id.as_deref(), frame.user_id.as_deref(), None],
            Self::ChatMessage(frame) => [frame.client_id.as_deref(), None, None],
            Self::StartStream(frame) | Self::StreamStarted(frame) | Self::WebrtcBroadcastStart(frame) => {
                [frame.peer_id.as_ref().map(PeerId::as_str), None, None]
            }
            Self::WebrtcRegister(frame) => [Some(frame.peer_id.as_str()), None, None],
            Self::WebrtcNewCustomer(frame) => [frame.customer_id.as_ref().map(PeerId::as_str), None, None],
            Self::WebrtcOffer(Offer { to, .. }) | Self::WebrtcAnswer(Answer { to, .. }) | Self::WebrtcIceCandidate(Candidate { to, .. }) => {
                [to.as_ref().map(PeerId::as_str), None, None]
            }
            Self::ToggleLike(_) | Self::StopStream(_) | Self::StreamStopped(_) | Self::PinnedProductsUpdated(_) | Self::WebrtcQuality(_) => [None; 3],
        };
        if tokens.iter().flatten().any(|token| token.is_empty() || token.len() > MAX_TOKEN_BYTES) {
            return Err(format!("An id is 1 to {MAX_TOKEN_BYTES} bytes long."));
        }
        let fits = match &self {
            Self::WebrtcOffer(Offer { offer: description, .. }) | Self::WebrtcAnswer(Answer { answer: description, .. }) => {
                description.sdp.len() <= MAX_SDP_BYTES && description.kind.len() <= 16
            }
            Self::WebrtcIceCandidate(Candidate { candidate: Some(candidate), .. }) => {
                let optional = |text: &Option<String>| text.as_ref().is_none_or(|text| text.len() <= 256);
                candidate.candidate.len() <= MAX_CANDIDATE_BYTES && optional(&candidate.sdp_mid) && optional(&candidate.username_fragment)
            }
            _ => true,
        };
        if fits { Ok(self) } else { Err("The description is too long.".into()) }
    }
}

fn body<T: DeserializeOwned>(text: &str, kind: &str) -> Result<T, FrameError> {
    // Through `Value` a repeated key counts once, its last value, as in the JavaScript that the seeds run on.
    serde_json::from_str::<Value>(text).and_then(serde_json::from_value).map_err(|error| FrameError {
        code: "invalid_frame",
        message: format!("A field cannot be read: {error}."),
        re: Some(kind.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_of_the_picture_is_one_of_five_and_nothing_else() {
        for quality in PictureQuality::ALL {
            let text = format!(r#"{{"type":"webrtc_quality","quality":"{}","to":"host"}}"#, quality.name());
            assert_eq!(Upward::read(&text), Ok(Upward::WebrtcQuality(QualityChoice { quality })));
        }
        for wrong in [r#""4k""#, r#""High""#, r#""""#, "null", "0", r#"["low"]"#, r#"{"low":1}"#] {
            let text = format!(r#"{{"type":"webrtc_quality","quality":{wrong}}}"#);
            assert_eq!(Upward::read(&text).unwrap_err().code, "invalid_frame", "{wrong}");
        }
        assert_eq!(Upward::read(r#"{"type":"webrtc_quality"}"#).unwrap_err().code, "invalid_frame");
    }
}
