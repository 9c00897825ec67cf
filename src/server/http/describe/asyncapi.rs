//! `/asyncapi.json`: the socket, described as AsyncAPI 3.0 has it. `receive` is what the server reads, `send` what it says.

use serde_json::{Map, Value, json};

use super::{
    components,
    frames::{Frame, downward, upward},
};
use crate::protocol::close;

const ABOUT: &str = "One socket, on `/ws` and on `/`. Every frame is a JSON text with a `type`. A frame that cannot be accepted is answered with \
`error` and changes nothing; fields that are not known are ignored. Every durable event of a show carries `seq`, its place in the show's log, and `at`. \
Order on joining: `registered`, `stream_update`, `chat_history`, `pinned_products_updated`, then `webrtc_broadcaster_available` if somebody is on air.";

/// The document.
pub fn document() -> Value {
    let (up, down) = (upward::all(), downward::all());
    let mut messages = Map::new();
    for (prefix, frames) in [(UP, &up), (DOWN, &down)] {
        for frame in frames {
            messages.insert(key(prefix, frame), message(frame));
        }
    }
    let schemas: Map<String, Value> = components::all().into_iter().map(|component| (component.name.to_owned(), json!(component.schema))).collect();
    let in_channel: Map<String, Value> = messages.keys().map(|key| (key.clone(), json!({ "$ref": format!("#/components/messages/{key}") }))).collect();
    let of = |prefix, frames: &[Frame]| -> Vec<Value> {
        frames.iter().map(|frame| json!({ "$ref": format!("#/channels/socket/messages/{}", key(prefix, frame)) })).collect()
    };
    json!({
        "asyncapi": "3.0.0",
        "info": { "title": "WrenCOS: the socket", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT, "license": { "name": "MIT" } },
        "defaultContentType": "application/json",
        "servers": { "here": { "host": "{host}", "protocol": "wss", "variables": { "host": { "description": "The shop's own host." } } } },
        "channels": {
            "socket": {
                "address": "/ws",
                "description": format!("Close codes: {}.", closes()),
                "bindings": {
                    "ws": {
                        "method": "GET",
                        "query": { "type": "object", "properties": { "token": { "type": "string", "description": "For clients that cannot set headers." } } },
                    },
                },
                "messages": in_channel,
            },
        },
        "operations": {
            "receive": { "action": "receive", "title": "What clients say", "channel": { "$ref": "#/channels/socket" }, "messages": of(UP, &up) },
            "send": { "action": "send", "title": "What the server says", "channel": { "$ref": "#/channels/socket" }, "messages": of(DOWN, &down) },
        },
        "components": { "messages": messages, "schemas": schemas },
    })
}

/// Before the name of a frame, since some names are said in both directions.
const UP: &str = "client";
const DOWN: &str = "server";

fn key(prefix: &str, frame: &Frame) -> String {
    format!("{prefix}.{}", frame.name)
}

fn message(frame: &Frame) -> Value {
    json!({
        "name": frame.name,
        "summary": frame.about,
        "x-who": frame.who,
        "payload": frame.schema,
        "examples": [{ "payload": frame.example }],
    })
}

fn closes() -> String {
    let codes = [
        (close::SERVICE_RESTART, "the server is restarting, the reason says when to come back"),
        (close::POLICY, "too many frames that could not be accepted"),
        (close::UNSUPPORTED, "a binary frame"),
        (close::SIGNED_OUT, "the session that opened this socket was signed out"),
        (close::BANNED, "banned from the show, the reason is a sentence for people"),
        (close::SHOW_DELETED, "the show of this socket was deleted"),
        (close::TOO_SLOW, "this socket did not read what it was sent"),
        (close::TOO_MANY_SOCKETS, "more sockets than one visitor may have"),
    ];
    codes.map(|(code, words)| format!("{code} {words}")).join("; ")
}
