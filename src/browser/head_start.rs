//! What `first-frame.js` opened while this program was on its way: a socket, and the connection to a host.
//!
//! Taken once, and from then on ours alone: its own handlers are let go, but for an answer that is being made.

use js_sys::{Array, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MediaStream, RtcPeerConnection, WebSocket};

use super::{js, page};

const NAME: &str = "wrencosHeadStart";

/// What is open.
#[derive(Debug)]
pub struct HeadStart {
    pub socket: EarlySocket,
    /// Since when a picture is waited for, on the clock of [`page::now_ms`].
    pub since_ms: f64,
    /// The name of our end of the media connection.
    pub peer_id: String,
    /// The connection, if there was an offer already.
    pub peer: Option<EarlyPeer>,
}

/// A socket that is open or about to be. Dropped before a [`Socket`](super::socket::Socket) is made of it, it stays open.
#[derive(Debug)]
pub struct EarlySocket {
    pub(super) raw: WebSocket,
    /// Whether it is open: then the hello was said, and our peer's name.
    pub is_open: bool,
    /// What was heard, in order, but for what the connection took.
    pub texts: Vec<String>,
}

/// A connection whose offer was taken.
#[derive(Debug)]
pub struct EarlyPeer {
    pub(super) raw: RtcPeerConnection,
    /// Done when the offer is set: candidates can be added from then on.
    pub(super) described: Promise,
    /// Who made the offer, and its text.
    pub host: String,
    pub sdp: String,
    /// What may be wished of the picture, by name.
    pub qualities: Vec<String>,
    pub stream: Option<MediaStream>,
}

/// Takes what is open for this show, if anything is.
pub fn take(show: &str) -> Option<HeadStart> {
    let window = web_sys::window()?;
    let early = js::get(&window, NAME)?;
    let _ = Reflect::delete_property(&window, &NAME.into());
    let socket: WebSocket = js::get(&early, "socket")?.dyn_into().ok()?;
    socket.set_onopen(None);
    socket.set_onmessage(None);
    let peer = peer_of(&early);
    let state = socket.ready_state();
    let is_alive = state == WebSocket::OPEN || state == WebSocket::CONNECTING;
    if !is_alive || js::text(&early, "show").as_deref() != Some(show) {
        let _ = socket.close();
        if let Some(peer) = peer {
            peer.raw.close();
        }
        return None;
    }
    Some(HeadStart {
        socket: EarlySocket { raw: socket, is_open: state == WebSocket::OPEN, texts: texts_of(&early, "texts") },
        since_ms: if peer.as_ref().is_some_and(|peer| peer.stream.is_some()) { page::now_ms() } else { js::get(&early, "sinceMs")?.as_f64()? },
        peer_id: js::text(&early, "peerId")?,
        peer,
    })
}

fn texts_of(object: &JsValue, name: &str) -> Vec<String> {
    let texts = js::get(object, name).and_then(|texts| texts.dyn_into::<Array>().ok()).unwrap_or_default();
    texts.iter().filter_map(|text| text.as_string()).collect()
}

fn peer_of(early: &JsValue) -> Option<EarlyPeer> {
    let offer = js::get(early, "offer")?;
    let raw: RtcPeerConnection = js::get(early, "connection")?.dyn_into().ok()?;
    raw.set_onicecandidate(None);
    raw.set_ontrack(None);
    js::set(&raw, "onconnectionstatechange", JsValue::NULL);
    Some(EarlyPeer {
        described: js::get(early, "described")?.dyn_into().ok()?,
        host: js::text(&offer, "from")?,
        sdp: js::text(&offer, "sdp")?,
        qualities: texts_of(&offer, "qualities"),
        stream: js::get(early, "stream").and_then(|stream| stream.dyn_into().ok()),
        raw,
    })
}
