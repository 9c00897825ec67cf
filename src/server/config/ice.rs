//! STUN and TURN servers as settings name them.

use serde::Deserialize;

/// One STUN or TURN server as `RTCPeerConnection` takes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IceSetting {
    pub urls: OneOrMany,
    pub username: Option<String>,
    pub credential: Option<String>,
}

/// A text or a list of texts, as WebRTC's `urls` may be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    /// The texts.
    pub fn to_vec(&self) -> Vec<String> {
        match self {
            Self::One(one) => vec![one.clone()],
            Self::Many(many) => many.clone(),
        }
    }
}
