//! A show at an engine that does what it is told, and at one that does not.

use serde_json::json;

use super::*;
use crate::server::sfu::Wish;

const HOST: &str = "v=0\r\no=- 11 2 IN IP4 127.0.0.1\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\na=fingerprint:sha-256 AA\r\n";
const OTHER_HOST: &str = "v=0\r\no=- 12 2 IN IP4 127.0.0.1\r\na=fingerprint:sha-256 BB\r\n";
const ANSWER: &str = "v=0\r\no=- 21 2 IN IP4 127.0.0.1\r\na=candidate:1 1 udp 1 10.0.0.2 9 typ host\r\n";

/// An engine that does what it is told, with numbers that count up, and a room that listens.
struct Stand {
    show: Show,
    now: Instant,
    made: u64,
    /// What the room heard, and what the engine was told: a word for each, and the handle it was for.
    notices: Vec<Notice>,
    said: Vec<(String, Target, Value)>,
    logged: Vec<State>,
    /// What it refuses or does not answer.
    refuses: Option<(&'static str, i64)>,
    silent: Option<&'static str>,
}

impl Stand {
    fn new() -> Self {
        let now = Instant::now();
        let (notices, said, logged) = (Vec::new(), Vec::new(), Vec::new());
        Self { show: Show::new(now), now, made: 100, notices, said, logged, refuses: None, silent: None }
    }

    /// A host who is up, and a viewer with line 1 who sees it.
    fn running() -> Self {
        let mut stand = Self::new();
        stand.publishes(1, HOST);
        stand.event(stand.host(), json!({ "janus": "webrtcup" }));
        stand.watches(1);
        stand.turn_page();
        stand
    }

    fn watches(&mut self, line: u64) {
        self.command(Command::Subscribe(Line(line)));
        self.takes(line);
    }

    /// A viewer answers the newest offer, and its connection works.
    fn takes(&mut self, line: u64) {
        self.command(Command::Answer { line: Line(line), answer: ANSWER.into() });
        let started = self.said.iter().rev().find(|(word, ..)| word == "start").unwrap();
        let Target::Handle { handle, .. } = started.1 else { panic!() };
        self.event(handle, json!({ "janus": "webrtcup" }));
    }

    fn publishes(&mut self, number: u64, offer: &str) {
        self.command(Command::Publish { number, offer: offer.into() });
    }

    fn command(&mut self, command: Command) {
        self.show.command(command, self.now);
        self.settle();
    }

    fn event(&mut self, handle: u64, mut event: Value) {
        event["sender"] = handle.into();
        self.news(Ok(event));
    }

    fn news(&mut self, reply: Result<Value, Failure>) {
        let (session, _) = self.show.listens().expect("it listens");
        self.show.news(session, reply, self.now);
        self.settle();
    }

    fn passes(&mut self, time: Duration) {
        self.now += time;
        self.show.tick(self.now);
        self.settle();
    }

    fn turn_page(&mut self) {
        (self.notices, self.said, self.logged) = (Vec::new(), Vec::new(), Vec::new());
    }

    fn host(&self) -> u64 {
        let of = |(handle, role): (&u64, &Role)| (*role == Role::Host).then_some(*handle);
        self.show.handles.iter().find_map(of).expect("there is a host")
    }

    fn words(&self) -> Vec<&str> {
        self.said.iter().map(|(word, ..)| word.as_str()).collect()
    }

    fn settle(&mut self) {
        loop {
            let outs = self.show.take();
            if outs.is_empty() {
                return;
            }
            for out in outs {
                match out {
                    Out::Tell(notice) => self.notices.push(notice),
                    Out::Log(state) => self.logged.push(state),
                    Out::Say { target, transaction, body } => self.answer(target, transaction, body),
                }
            }
        }
    }

    fn answer(&mut self, target: Target, transaction: u64, body: Value) {
        let word = body["body"]["request"].as_str().or(body["janus"].as_str()).unwrap().to_owned();
        self.said.push((word.clone(), target, body));
        let number = transaction.to_string();
        if self.silent == Some(&word) {
            return self.show.replied(transaction, Err(Failure::Silent), self.now);
        }
        if let Some((_, code)) = self.refuses.filter(|(refused, _)| *refused == word) {
            return self.show.replied(transaction, Ok(json!({ "janus": "error", "transaction": number, "error": { "code": code } })), self.now);
        }
        self.made += 1;
        let made = self.made;
        let plugin = |data: Value| json!({ "janus": "success", "transaction": number, "plugindata": { "data": data } });
        let event = |data: Value, kind: &str| {
            let jsep = json!({ "type": kind, "sdp": format!("v=0 {made}") });
            json!({ "janus": "event", "transaction": number, "plugindata": { "data": data }, "jsep": jsep })
        };
        let ack = json!({ "janus": "ack", "transaction": number });
        let (at_once, later) = match (word.as_str(), matches!(target, Target::Handle { .. })) {
            ("create", false) | ("attach", _) => (json!({ "janus": "success", "transaction": number, "data": { "id": made } }), None),
            ("create", true) => (plugin(json!({ "videoroom": "created" })), None),
            ("destroy", true) => (plugin(json!({ "videoroom": "destroyed" })), None),
            ("joinandconfigure", _) => (ack, Some(event(json!({ "videoroom": "joined", "id": made }), "answer"))),
            ("configure", _) => (ack, Some(event(json!({ "videoroom": "event", "configured": "ok" }), "answer"))),
            ("join", _) => {
                let streams = json!([{ "type": "video", "mid": "1" }]);
                (ack, Some(event(json!({ "videoroom": "attached", "streams": streams }), "offer")))
            }
            ("start", _) => (ack, Some(event(json!({ "videoroom": "event", "started": "ok" }), "none"))),
            ("leave", _) => (ack, None),
            _ => (json!({ "janus": "success", "transaction": number }), None),
        };
        self.show.replied(transaction, Ok(at_once), self.now);
        if let (Some(later), Some((session, _))) = (later, self.show.listens()) {
            self.show.news(session, Ok(later), self.now);
        }
    }
}

#[test]
fn a_host_publishes_and_viewers_are_offered_it() {
    let mut stand = Stand::new();
    stand.command(Command::Subscribe(Line(1)));
    assert_eq!(stand.words(), [""; 0], "without a host there is nothing to ask for");
    stand.publishes(1, HOST);
    assert_eq!(stand.words(), ["create", "attach", "create", "attach", "joinandconfigure"]);
    assert!(matches!(&stand.notices[..], [Notice::Answer { number: 1, .. }]), "{:?}", stand.notices);
    assert_eq!(stand.logged, [State::There]);
    let sent = stand.said.last().unwrap().2["jsep"]["sdp"].as_str().unwrap().to_owned();
    assert!(!sent.contains("candidate"), "it is told no addresses: {sent}");
    stand.turn_page();

    // Who waited is offered it once there is something.
    stand.event(stand.host(), json!({ "janus": "webrtcup" }));
    assert_eq!(stand.words(), ["attach", "join"]);
    assert!(matches!(&stand.notices[..], [Notice::Offer { line: Line(1), layers: false, .. }]), "{:?}", stand.notices);
    stand.takes(1);
    assert_eq!(stand.notices.last(), Some(&Notice::Joined(Line(1))));
    let sent = stand.said.last().unwrap().2["jsep"]["sdp"].as_str().unwrap().to_owned();
    assert!(!sent.contains("candidate"), "{sent}");
    stand.event(stand.host(), json!({ "janus": "media", "mid": "1", "receiving": true }));
    assert_eq!(stand.notices.last(), Some(&Notice::Picture));
}

#[test]
fn a_connection_that_works_is_let_be_until_its_viewer_insists() {
    let mut stand = Stand::running();
    stand.command(Command::Check(Line(1)));
    stand.passes(Duration::from_secs(60));
    stand.command(Command::Subscribe(Line(1)));
    assert_eq!(stand.words(), [""; 0]);
    stand.command(Command::Subscribe(Line(1)));
    assert_eq!(stand.words(), ["attach", "join"]);
    // The former goes when its successor is there, and not before.
    stand.takes(1);
    assert_eq!(stand.words()[2..], ["start", "detach"]);
    assert_eq!(stand.show.ways.len(), 1);

    // One that is over, or never comes to be, makes room.
    let (handle, _) = stand.show.handles.iter().find(|(_, role)| matches!(role, Role::Viewer(_))).map(|(handle, role)| (*handle, *role)).unwrap();
    stand.event(handle, json!({ "janus": "hangup" }));
    assert!(stand.show.ways.is_empty());
    stand.command(Command::Check(Line(1)));
    assert_eq!(stand.show.ways.len(), 1);
    stand.passes(Duration::from_secs(21));
    assert!(stand.show.ways.is_empty());
    assert!(stand.show.handles.values().all(|role| *role == Role::Host));
}

#[test]
fn one_host_follows_another_and_viewers_are_offered_the_new_one() {
    let mut stand = Stand::running();
    // The same connection, on another path.
    stand.publishes(2, HOST);
    assert_eq!(stand.words(), ["configure"]);
    assert!(matches!(&stand.notices[..], [Notice::Answer { number: 2, .. }]));
    stand.turn_page();
    stand.publishes(3, OTHER_HOST);
    assert_eq!(stand.words(), ["leave", "detach", "attach", "joinandconfigure"]);
    assert!(matches!(&stand.notices[..], [Notice::Answer { number: 3, .. }]));
    stand.event(stand.host(), json!({ "janus": "webrtcup" }));
    assert!(matches!(stand.notices.last(), Some(Notice::Offer { line: Line(1), .. })));
    stand.turn_page();
    // Its connection ends: it is asked for another.
    stand.event(stand.host(), json!({ "janus": "hangup" }));
    assert_eq!(stand.notices, [Notice::Gone]);
}

#[test]
fn a_host_that_falls_silent_is_told_of_once() {
    let mut stand = Stand::running();
    let media = |mid: &str, receiving: bool| json!({ "janus": "media", "mid": mid, "receiving": receiving });
    for (mid, receiving) in [("0", true), ("1", true), ("1", false), ("0", false)] {
        stand.event(stand.host(), media(mid, receiving));
    }
    assert_eq!(stand.notices, [Notice::Picture, Notice::Silent]);
}

#[test]
fn an_engine_that_was_started_anew_gets_everything_anew() {
    let mut stand = Stand::running();
    stand.command(Command::Subscribe(Line(2)));
    stand.passes(Duration::from_secs(11));
    stand.turn_page();
    stand.news(Err(Failure::Unreachable));
    stand.news(Err(Failure::Unreachable));
    assert_eq!(stand.logged, [State::Away(Failure::Unreachable)], "one outage is one line");
    assert_eq!(stand.notices, [], "who has the picture may have it still");
    stand.command(Command::Subscribe(Line(3)));
    stand.command(Command::Subscribe(Line(3)));
    assert_eq!(stand.notices, [Notice::Away(Some(Line(3)))], "who comes now hears why there is none, once");
    stand.turn_page();

    let former = stand.show.room.clone();
    stand.news(Ok(json!({ "janus": "error", "error": { "code": janus::NO_SESSION } })));
    stand.passes(LONGEST);
    assert!(stand.words().starts_with(&["destroy", "create", "attach", "create"]), "{:?}", stand.words());
    assert!(stand.show.room != former, "under another name");
    assert_eq!(stand.notices.last(), Some(&Notice::Gone), "the host is asked anew");
    assert_eq!(stand.logged.last(), Some(&State::There));
    stand.turn_page();
    stand.publishes(2, OTHER_HOST);
    stand.event(stand.host(), json!({ "janus": "webrtcup" }));
    let offered: Vec<_> = stand.notices.iter().filter_map(|notice| if let Notice::Offer { line, .. } = notice { Some(line.0) } else { None }).collect();
    assert_eq!(offered, [1, 2, 3], "and everybody is offered what it sends");
}

const LONGEST: Duration = Duration::from_secs(11);

#[test]
fn an_engine_that_is_not_there_is_tried_again_and_people_are_told() {
    let mut stand = Stand::new();
    stand.silent = Some("create");
    stand.command(Command::Subscribe(Line(1)));
    stand.publishes(1, HOST);
    assert_eq!(stand.notices, [Notice::Away(None), Notice::Away(Some(Line(1)))]);
    let mut tries = Vec::new();
    for _ in 0..8 {
        let due = stand.show.due().unwrap();
        tries.push(due - stand.now);
        stand.passes(due - stand.now);
    }
    assert!(
        tries[0] <= Duration::from_millis(500) && tries[7] >= Duration::from_secs(5) && tries.iter().all(|wait| *wait <= Duration::from_secs(10)),
        "{tries:?}"
    );
    assert_eq!(stand.notices.len(), 2, "once");
    assert_eq!(stand.logged, [State::Away(Failure::Silent)]);
    stand.silent = None;
    stand.passes(LONGEST);
    // Its offer is too old by now.
    assert_eq!((stand.notices.last(), stand.logged.last()), (Some(&Notice::Gone), Some(&State::There)));
}

#[test]
fn refusals_are_named_and_cost_no_more_than_they_must() {
    for (refused, code, state) in [("create", janus::UNAUTHORIZED, State::Unauthorized), ("attach", 460, State::Refuses(460))] {
        let mut stand = Stand::new();
        stand.refuses = Some((refused, code));
        stand.publishes(1, HOST);
        assert_eq!(stand.logged, [state]);
        assert!(matches!(stand.show.link, Link::Away(_)));
    }
    // An offer that it cannot use is the host's, and not the engine's fault.
    let mut stand = Stand::running();
    stand.refuses = Some(("joinandconfigure", 437));
    stand.publishes(2, OTHER_HOST);
    assert_eq!(stand.notices, [Notice::Unusable { number: 2 }]);
    assert_eq!(stand.logged, []);
    // And a viewer's answer its own.
    let mut stand = Stand::running();
    stand.refuses = Some(("start", 437));
    stand.command(Command::Subscribe(Line(2)));
    stand.command(Command::Answer { line: Line(2), answer: ANSWER.into() });
    assert_eq!((stand.show.ways.len(), stand.words().last()), (1, Some(&"detach")));
    // A room that somebody closed there is made anew.
    let mut stand = Stand::running();
    stand.refuses = Some(("join", janus::NO_ROOM));
    stand.command(Command::Subscribe(Line(2)));
    assert!(matches!(stand.show.link, Link::Away(_)));
}

#[test]
fn what_means_nothing_does_nothing_and_offers_are_bounded() {
    let mut stand = Stand::running();
    for rubbish in [json!(null), json!([]), json!("x"), json!({ "janus": "event", "sender": 1 })] {
        stand.news(Ok(rubbish));
    }
    stand.news(Ok(json!({ "janus": "webrtcup", "sender": 999_999 })));
    stand.news(Ok(json!({ "janus": "success", "transaction": "999999", "data": { "id": 4 } })));
    stand.publishes(2, &"m=video 9 RTP/SAVPF 96\r\n".repeat(100));
    assert_eq!(stand.notices, [Notice::Unusable { number: 2 }]);
    stand.command(Command::Play { line: Line(9), offer: HOST.into() });
    assert_eq!(stand.notices.last(), Some(&Notice::Unplayable(Line(9))));
    stand.command(Command::Answer { line: Line(1), answer: ANSWER.into() });
    stand.command(Command::Answer { line: Line(404), answer: ANSWER.into() });
    assert!(!stand.words().contains(&"start"), "an answer is taken once, from whom it was asked");
}

#[test]
fn a_viewer_keeps_its_connection_on_another_seat_and_may_wish_for_the_sound_alone() {
    let mut stand = Stand::running();
    stand.command(Command::Move { from: Line(1), to: Line(5) });
    stand.command(Command::Check(Line(5)));
    assert_eq!(stand.words(), [""; 0]);
    stand.command(Command::Choose { line: Line(5), wish: Wish::SoundOnly });
    stand.command(Command::Choose { line: Line(5), wish: Wish::SoundOnly });
    stand.command(Command::Choose { line: Line(5), wish: Wish::Auto });
    let sent: Vec<&Value> = stand.said.iter().map(|(_, _, body)| &body["body"]["streams"][0]["send"]).collect();
    assert_eq!(sent, [&json!(false), &json!(true)]);
    stand.turn_page();
    stand.command(Command::Close(Line(5)));
    assert_eq!(stand.words(), ["detach"]);
    assert!(stand.show.lines.is_empty() && stand.show.ways.is_empty());
}

#[test]
fn a_wish_for_the_sound_alone_holds_for_the_connection_that_follows() {
    let mut stand = Stand::running();
    stand.command(Command::Choose { line: Line(1), wish: Wish::SoundOnly });
    stand.turn_page();
    stand.command(Command::Subscribe(Line(1)));
    stand.command(Command::Subscribe(Line(1)));
    stand.takes(1);
    assert_eq!(stand.words(), ["attach", "join", "start", "detach", "configure"]);
    let (started, wished) = (&stand.said[2], &stand.said[4]);
    assert_eq!((wished.1, &wished.2["body"]["streams"]), (started.1, &json!([{ "mid": "1", "send": false }])));
}

#[test]
fn the_end_of_a_show_leaves_nothing_behind() {
    let mut stand = Stand::running();
    stand.command(Command::End);
    assert_eq!(stand.words(), ["destroy", "destroy"]);
    assert!(matches!(stand.said[0].1, Target::Handle { .. }) && matches!(stand.said[1].1, Target::Session(_)), "the room first");
    assert!(stand.show.asked.is_empty() && stand.show.handles.is_empty() && stand.show.lines.is_empty() && stand.show.due().is_none());
    assert_eq!(stand.show.listens(), None);
    // The next show of the same room begins at the beginning.
    stand.turn_page();
    stand.publishes(1, HOST);
    assert!(matches!(&stand.notices[..], [Notice::Answer { number: 1, .. }]));
}
