//! One of everything, as real values: the examples of the documents. Every field is written out, so that a new one does
//! not compile until it has an example here; tests then ask for its description.

use crate::{
    domain::{
        id::{LivestreamId, OrderId, ProductId, UserId},
        time::Timestamp,
        user::{Credentials, Registration, Role, User},
    },
    protocol::signal::{IceCandidate, IceServer, SessionDescription},
    server::service::agora::{AgoraRole, AgoraToken},
};

mod moderation;
mod replays;
mod shop;
mod shows;

pub use self::{moderation::*, replays::*, shop::*, shows::*};

/// 2026-03-01, 18:30:00 UTC: the show of the examples begins.
const EVENING: Timestamp = Timestamp::from_millis(1_772_389_800_000);

/// A point in time, this many seconds into the show.
pub fn at(second: i64) -> Timestamp {
    EVENING.plus_millis(second * 1000)
}

/// The id of the show.
pub fn show_id() -> LivestreamId {
    LivestreamId::from_bytes(bytes(0x10))
}

/// The id of the product.
pub fn product_id() -> ProductId {
    ProductId::from_bytes(bytes(0x20))
}

/// The id of the customer.
pub fn user_id() -> UserId {
    UserId::from_bytes(bytes(0x30))
}

/// The id of the order.
pub fn order_id() -> OrderId {
    OrderId::from_bytes(bytes(0x40))
}

fn host_id() -> UserId {
    UserId::from_bytes(bytes(0x31))
}

const fn bytes(kind: u8) -> [u8; 12] {
    [0x69, 0xa4, 0x87, 0x68, kind, 0x5b, 0x1c, 0xe9, 0x02, 0x7d, 0x44, 0x01]
}

/// A customer's account.
pub fn user() -> User {
    User { id: user_id(), email: "lena@example.com".into(), name: "Lena".into(), role: Role::Customer, created_at: at(-86_400) }
}

/// What somebody enters to open an account.
pub fn registration() -> Registration {
    Registration { email: "lena@example.com".into(), password: "correct horse battery".into(), name: "Lena".into() }
}

/// What somebody enters to sign in.
pub fn credentials() -> Credentials {
    Credentials { email: "lena@example.com".into(), password: "correct horse battery".into() }
}

/// A TURN server with credentials of one visitor.
pub fn ice_server() -> IceServer {
    IceServer {
        urls: vec!["turn:turn.example.com:3478".into()],
        username: Some("1772433000:4f0c9a2e".into()),
        credential: Some("q0Zr7g1mS4l2m9vH3x5y7w8k6dE=".into()),
    }
}

/// An Agora token.
pub fn agora_token() -> AgoraToken {
    AgoraToken {
        token: "0060123456789abcdef0123456789abcdefIAA…".into(),
        app_id: "0123456789abcdef0123456789abcdef".into(),
        channel_name: "spring".into(),
        uid: 0,
        role: AgoraRole::Audience,
        expires_at: at(86_400),
    }
}

/// What the host's browser offers.
pub fn description(kind: &str) -> SessionDescription {
    SessionDescription { kind: kind.into(), sdp: "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\n…".into() }
}

/// A way to a peer.
pub fn candidate() -> IceCandidate {
    IceCandidate {
        candidate: "candidate:1 1 udp 2122260223 192.0.2.7 54321 typ host".into(),
        sdp_mid: Some("0".into()),
        sdp_m_line_index: Some(0),
        username_fragment: Some("EsAw".into()),
    }
}
