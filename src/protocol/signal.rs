//! What two peers tell each other to connect (JSEP, RFC 8829): carried, never interpreted, by the server.

use serde::{Deserialize, Serialize};

/// Bytes of the largest session description that is relayed.
pub const MAX_SDP_BYTES: usize = 48 * 1024;
/// Bytes of the largest candidate line that is relayed.
pub const MAX_CANDIDATE_BYTES: usize = 1024;

/// `RTCSessionDescriptionInit` (WebRTC 4.4.1.6): `kind` is `offer` or `answer`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionDescription {
    #[serde(rename = "type", default)]
    pub kind: String,
    pub sdp: String,
}

/// `RTCIceCandidateInit` (WebRTC 4.8.1). An empty `candidate` ends the candidates of that media section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IceCandidate {
    #[serde(default)]
    pub candidate: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdp_mid: Option<String>,
    #[serde(default, rename = "sdpMLineIndex", skip_serializing_if = "Option::is_none")]
    pub sdp_m_line_index: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username_fragment: Option<String>,
}

/// A STUN or TURN server, as `RTCIceServer` (WebRTC 4.2.2) has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceServer {
    pub urls: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}
