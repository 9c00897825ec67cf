//! What the VideoRoom plugin of Janus is told, and what it says: its API as values, no connection and no state.
//! <https://janus.conf.meetecho.com/docs/rest.html>, <https://janus.conf.meetecho.com/docs/videoroom>
//!
//! Nothing that comes from there is believed to have any shape: what cannot be read says nothing.

use serde_json::{Value, json};

const PLUGIN: &str = "janus.plugin.videoroom";
/// The longest description that is passed on.
const MAX_SDP_BYTES: usize = 64 * 1024;

/// No such session: the engine was started anew, or gave us up.
pub const NO_SESSION: i64 = 458;
/// No such handle.
pub const NO_HANDLE: i64 = 459;
/// The secret is wrong, or missing.
pub const UNAUTHORIZED: i64 = 403;
/// Of the plugin: the room is gone.
pub const NO_ROOM: i64 = 426;
/// Of the plugin: somebody publishes already.
pub const PUBLISHERS_FULL: i64 = 432;

/// Whom a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Server,
    Session(u64),
    Handle { session: u64, handle: u64 },
}

impl Target {
    /// Its path under that of the API.
    pub fn path(self) -> String {
        match self {
            Self::Server => String::new(),
            Self::Session(session) => format!("/{session}"),
            Self::Handle { session, handle } => format!("/{session}/{handle}"),
        }
    }
}

/// A room of ours, which nobody finds who was not told: a number out of 2^53, and words that nobody guesses.
#[derive(Clone, PartialEq, Eq)]
pub struct RoomKey {
    number: u64,
    pin: String,
    secret: String,
}

impl RoomKey {
    /// A new one.
    pub fn make() -> Self {
        let word = || format!("{:032x}", rand::random::<u128>());
        // What JSON numbers hold exactly, and never 0, which would have one chosen.
        Self { number: (rand::random::<u64>() >> 11).max(1), pin: word(), secret: word() }
    }
}

impl std::fmt::Debug for RoomKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RoomKey").finish_non_exhaustive()
    }
}

/// Opens a session.
pub fn create() -> Value {
    json!({ "janus": "create" })
}

/// Opens a handle of the plugin.
pub fn attach() -> Value {
    json!({ "janus": "attach", "plugin": PLUGIN })
}

/// Closes a handle, and the connection behind it.
pub fn detach() -> Value {
    json!({ "janus": "detach" })
}

/// Closes a session with all its handles.
pub fn destroy() -> Value {
    json!({ "janus": "destroy" })
}

fn message(body: Value) -> Value {
    json!({ "janus": "message", "body": body })
}

fn with_jsep(body: Value, kind: &str, sdp: &str) -> Value {
    // Without candidates: it learns where a browser is from the checks that come from there.
    json!({ "janus": "message", "body": body, "jsep": { "type": kind, "sdp": sdp } })
}

/// A room for one host. It asks the host for a key frame by itself whenever somebody joins or has lost something.
pub fn create_room(room: &RoomKey) -> Value {
    message(json!({
        "request": "create",
        "room": room.number,
        "pin": room.pin,
        "secret": room.secret,
        "permanent": false,
        "is_private": true,
        "publishers": 1,
        "audiocodec": "opus",
        "videocodec": "vp8",
    }))
}

/// Closes it.
pub fn destroy_room(room: &RoomKey) -> Value {
    message(json!({ "request": "destroy", "room": room.number, "secret": room.secret, "permanent": false }))
}

/// The host comes with its offer.
pub fn publish(room: &RoomKey, offer: &str) -> Value {
    with_jsep(json!({ "request": "joinandconfigure", "ptype": "publisher", "room": room.number, "pin": room.pin }), "offer", offer)
}

/// The host offers once more over the connection it has.
pub fn publish_again(offer: &str) -> Value {
    with_jsep(json!({ "request": "configure" }), "offer", offer)
}

/// The host makes room for its successor.
pub fn leave() -> Value {
    message(json!({ "request": "leave" }))
}

/// A viewer wants what this host sends. Another host is another offer.
pub fn subscribe(room: &RoomKey, feed: u64) -> Value {
    message(json!({ "request": "join", "ptype": "subscriber", "room": room.number, "pin": room.pin, "autoupdate": false, "streams": [{ "feed": feed }] }))
}

/// A viewer takes it.
pub fn start(answer: &str) -> Value {
    with_jsep(json!({ "request": "start" }), "answer", answer)
}

/// Whether a viewer is sent the picture.
pub fn send_picture(mid: &str, is_sent: bool) -> Value {
    message(json!({ "request": "configure", "streams": [{ "mid": mid, "send": is_sent }] }))
}

/// What the engine says at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The handle it is about.
    pub handle: Option<u64>,
    /// The request that it answers.
    pub transaction: Option<u64>,
    pub what: What,
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// That a request came, and its answer follows; or that all is well.
    Noted,
    /// Something was made, under this number.
    Made(u64),
    /// Something was done.
    Done,
    Refused(i64),
    /// The host is in the room, under this number.
    Joined {
        feed: u64,
        answer: Option<String>,
    },
    /// The host's further offer is taken.
    Reconfigured {
        answer: String,
    },
    /// A viewer may have the picture.
    Attached {
        offer: String,
        picture: Option<String>,
    },
    /// A connection works.
    Up,
    /// A connection is over.
    HungUp,
    /// Something comes, or does not any more.
    Receiving {
        mid: String,
        is_receiving: bool,
    },
    /// The session is over.
    TimedOut,
    /// Anything else.
    Other,
}

/// Reads an answer: one word, or a list of them.
pub fn read(answer: &Value) -> Vec<Word> {
    match answer {
        Value::Array(words) => words.iter().filter_map(word).collect(),
        one => word(one).into_iter().collect(),
    }
}

fn word(value: &Value) -> Option<Word> {
    let number = |value: Option<&Value>| value.and_then(Value::as_u64);
    let plugin = value.get("plugindata").and_then(|plugin| plugin.get("data"));
    let what = match value.get("janus")?.as_str()? {
        "ack" | "keepalive" => What::Noted,
        "success" => match (number(value.get("data").and_then(|data| data.get("id"))), plugin) {
            (Some(id), _) => What::Made(id),
            (None, Some(data)) => said(data, value),
            (None, None) => What::Done,
        },
        "error" => What::Refused(code(value.get("error").and_then(|error| error.get("code")))),
        "event" => said(plugin?, value),
        "webrtcup" => What::Up,
        "hangup" | "detached" => What::HungUp,
        "media" => {
            let mid = value.get("mid").and_then(Value::as_str).unwrap_or_default();
            What::Receiving { mid: mid.chars().take(16).collect(), is_receiving: value.get("receiving").and_then(Value::as_bool)? }
        }
        "timeout" => What::TimedOut,
        _ => What::Other,
    };
    let transaction = value.get("transaction").and_then(Value::as_str).and_then(|text| text.parse().ok());
    Some(Word { handle: number(value.get("sender")), transaction, what })
}

// What the plugin says.
fn said(data: &Value, word: &Value) -> What {
    let text = |name: &str| data.get(name).and_then(Value::as_str);
    if data.get("error_code").is_some() {
        return What::Refused(code(data.get("error_code")));
    }
    match (text("videoroom"), description(word, "offer"), description(word, "answer")) {
        (Some("joined"), _, answer) => data.get("id").and_then(Value::as_u64).map_or(What::Other, |feed| What::Joined { feed, answer }),
        (Some("attached"), Some(offer), _) => What::Attached { offer, picture: picture(data) },
        (Some("event"), _, Some(answer)) => What::Reconfigured { answer },
        (Some("created" | "destroyed"), ..) => What::Done,
        _ => What::Other,
    }
}

fn code(value: Option<&Value>) -> i64 {
    value.and_then(Value::as_i64).unwrap_or_default()
}

fn description(word: &Value, kind: &str) -> Option<String> {
    let jsep = word.get("jsep")?;
    let sdp = jsep.get("sdp")?.as_str()?;
    let is_kind = jsep.get("type")?.as_str()? == kind;
    (is_kind && sdp.len() <= MAX_SDP_BYTES && sdp.starts_with("v=0")).then(|| sdp.to_owned())
}

// Under which name the picture is among what is sent.
fn picture(data: &Value) -> Option<String> {
    let streams = data.get("streams")?.as_array()?;
    let video = streams.iter().find(|stream| stream.get("type").and_then(Value::as_str) == Some("video"))?;
    Some(video.get("mid")?.as_str()?.chars().take(16).collect())
}

#[cfg(test)]
mod tests;
