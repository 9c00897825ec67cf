//! The words of the API, and what else may come from there.

use serde_json::json;

use super::*;

const SDP: &str = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n";

fn one(value: Value) -> What {
    read(&value).remove(0).what
}

fn event(data: Value, jsep: Value) -> Value {
    json!({ "janus": "event", "sender": 7, "transaction": "3", "plugindata": { "plugin": PLUGIN, "data": data }, "jsep": jsep })
}

#[test]
fn what_the_engine_says_is_read() {
    let joined = event(json!({ "videoroom": "joined", "id": 11 }), json!({ "type": "answer", "sdp": SDP }));
    let words = read(&json!([joined, { "janus": "keepalive" }]));
    let joined = What::Joined { feed: 11, answer: Some(SDP.into()) };
    assert_eq!(words[0], Word { handle: Some(7), transaction: Some(3), what: joined });
    assert_eq!(words[1].what, What::Noted);
    let streams = json!([{ "type": "audio", "mid": "0" }, { "type": "video", "mid": "1" }]);
    let attached = event(json!({ "videoroom": "attached", "streams": streams }), json!({ "type": "offer", "sdp": SDP }));
    assert_eq!(one(attached), What::Attached { offer: SDP.into(), picture: Some("1".into()) });
    let configured = event(json!({ "videoroom": "event", "configured": "ok" }), json!({ "type": "answer", "sdp": SDP }));
    assert_eq!(one(configured), What::Reconfigured { answer: SDP.into() });
    assert_eq!(one(event(json!({ "videoroom": "event", "error_code": 428, "error": "No such feed" }), Value::Null)), What::Refused(428));
    assert_eq!(one(json!({ "janus": "success", "data": { "id": 5 } })), What::Made(5));
    assert_eq!(one(json!({ "janus": "success", "plugindata": { "data": { "videoroom": "created", "room": 1 } } })), What::Done);
    assert_eq!(one(json!({ "janus": "error", "error": { "code": 458, "reason": "No such session" } })), What::Refused(NO_SESSION));
    assert_eq!(one(json!({ "janus": "webrtcup", "sender": 7 })), What::Up);
    assert_eq!([one(json!({ "janus": "hangup", "reason": "ICE failed" })), one(json!({ "janus": "timeout" }))], [What::HungUp, What::TimedOut]);
    let media = json!({ "janus": "media", "sender": 7, "mid": "1", "type": "video", "receiving": false, "seconds": 1 });
    assert_eq!(one(media), What::Receiving { mid: "1".into(), is_receiving: false });
}

#[test]
fn what_cannot_be_read_says_nothing() {
    for rubbish in [json!(null), json!(7), json!({}), json!({ "janus": 5 }), json!([[], {}, "x"]), json!({ "janus": "event" }), json!({ "janus": "media" })] {
        assert_eq!(read(&rubbish), [], "{rubbish}");
    }
    let sdp = |sdp: &str, kind: &str| one(event(json!({ "videoroom": "joined", "id": 1 }), json!({ "type": kind, "sdp": sdp })));
    let without = What::Joined { feed: 1, answer: None };
    assert_eq!(sdp("not a description", "answer"), without);
    assert_eq!(sdp(SDP, "offer"), without);
    assert_eq!(sdp(&format!("v=0{}", " ".repeat(MAX_SDP_BYTES)), "answer"), without);
    assert_eq!(one(event(json!({ "videoroom": "joined", "id": -1 }), Value::Null)), What::Other);
    assert_eq!(one(json!({ "janus": "error" })), What::Refused(0));
    let strange = read(&json!({ "janus": "ack", "transaction": 5, "sender": "x" })).remove(0);
    assert_eq!((strange.transaction, strange.handle), (None, None));
}

#[test]
fn rooms_are_their_own_and_for_one_host() {
    let (room, other) = (RoomKey::make(), RoomKey::make());
    let body = create_room(&room);
    let body = &body["body"];
    assert_eq!((&body["publishers"], &body["videocodec"], &body["audiocodec"]), (&json!(1), &json!("vp8"), &json!("opus")));
    assert_eq!((&body["permanent"], &body["is_private"]), (&json!(false), &json!(true)));
    assert!(body["room"].as_u64().unwrap() < 1 << 53, "a number that JSON holds exactly");
    assert!(body["pin"].as_str().unwrap().len() == 32 && body["secret"] != body["pin"]);
    assert!(room != other && room.number != other.number);
    // Whoever publishes or watches knows the pin, and nobody but us the secret.
    assert_eq!(publish(&room, SDP)["body"]["pin"], body["pin"]);
    assert_eq!(subscribe(&room, 3)["body"]["pin"], body["pin"]);
    assert!(publish(&room, SDP)["body"].get("secret").is_none());
    let end = &destroy_room(&room)["body"];
    assert_eq!((&end["room"], end["secret"].as_str().map(str::len)), (&body["room"], Some(32)), "it closes for nobody else");
    assert_eq!(end["secret"], body["secret"]);
    let shown = format!("{room:?}");
    assert!(!shown.contains(&room.pin) && !shown.contains(&room.secret) && !shown.contains(&room.number.to_string()), "{shown}");
}
