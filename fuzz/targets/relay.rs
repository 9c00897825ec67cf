//! The relaying of session descriptions: two hosts and three viewers of one show say anything in any order. Whoever hears
//! of a peer hears who it really was; a viewer hears the broadcaster alone, and nobody's answers.
//! One line of the input is one frame; its first character says who sends it, or that time passes.
#![no_main]

use std::collections::{HashMap, HashSet};

use libfuzzer_sys::fuzz_target;
use wrencos::{
    domain::{
        id::{LivestreamId, SessionId, UserId},
        livestream::{LivestreamStatus, Quality},
        time::Timestamp,
    },
    protocol::{downward::Downward, upward::Upward},
    server::{
        db::livestreams::LivestreamRecord,
        hub::room::{Carrier, Effect, Event, House, Intro, Join, Loaded, Moment, Occupant, Part, Patience, Room, SeatId},
    },
};

const SEATS: u64 = 5;

fn is_host(seat: SeatId) -> bool {
    seat.0 < 2
}

fn moment(elapsed_ms: u64) -> Moment {
    Moment { at: Timestamp::from_millis(1_800_000_000_000 + elapsed_ms as i64), elapsed_ms }
}

fn room() -> Room {
    let now = moment(0).at;
    let show = LivestreamRecord {
        id: LivestreamId::from_bytes([1; 12]),
        title: "Spring".into(),
        description: String::new(),
        created_by: UserId::from_bytes([9; 12]),
        status: LivestreamStatus::Live,
        scheduled_at: None,
        start_time: Some(now),
        end_time: None,
        video_url: String::new(),
        thumbnail_url: String::new(),
        quality: Quality::Hd720,
        is_recorded: false,
        view_count: 0,
        peak_viewers: 0,
        engaged: 0,
        on_air: false,
        withheld: false,
        revision: 0,
        created_at: now,
        updated_at: now,
    };
    let loaded = Loaded {
        show,
        seq: 0,
        messages: Vec::new(),
        complete: true,
        shelf: Vec::new(),
        likers: HashSet::new(),
        speakers: HashSet::new(),
        start_logged: true,
        stop_logged: false,
        removals: Vec::new(),
        house: House::default(),
    };
    Room::new(loaded, Patience { host_grace_ms: 60_000, first_broadcast_ms: 900_000 }, Carrier::Direct, moment(0))
}

fn join(seat: SeatId) -> Event {
    let session = format!("session-{}", seat.0);
    let occupant = Occupant {
        session: SessionId(session.clone()),
        person: session.clone(),
        user: is_host(seat).then(|| UserId::from_bytes([seat.0 as u8; 12])),
        name: None,
        admin: is_host(seat),
        moderator: false,
        marks: vec![session.clone()],
        part: if is_host(seat) { Part::Host } else { Part::Viewer },
        alias: session,
    };
    Event::Join(Box::new(Join { seat, occupant, intro: Intro::Silent, since: None }))
}

/// What one seat may hear of peers, at the moment that it hears it.
fn judge(room: &Room, sender: Option<SeatId>, listener: SeatId, frame: &Downward) {
    let (from, to) = match frame {
        Downward::WebrtcOffer(offer) => (&offer.from, &offer.to),
        Downward::WebrtcAnswer(answer) => (&answer.from, &answer.to),
        Downward::WebrtcIceCandidate(candidate) => (&candidate.from, &candidate.to),
        _ => return,
    };
    let sender = sender.expect("what is relayed was sent by somebody");
    assert_eq!(room.peer(sender), Some(from), "the sender is who it says: {frame:?}");
    assert_eq!(room.peer(listener), Some(to), "the listener is meant: {frame:?}");
    let on_air = room.on_air().map(|(seat, _)| seat);
    assert!(on_air == Some(sender) || on_air == Some(listener), "one of the two is on air: {frame:?}");
    match frame {
        Downward::WebrtcOffer(_) => assert_eq!(on_air, Some(sender), "the broadcaster alone offers"),
        Downward::WebrtcAnswer(_) => assert_eq!(on_air, Some(listener), "the broadcaster alone is answered"),
        _ => {}
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut room = room();
    let mut seated = HashSet::new();
    let mut out = Vec::new();
    for seat in (0..SEATS).map(SeatId) {
        room.handle(join(seat), moment(0), &mut out);
        seated.insert(seat);
    }
    let mut now_ms = 0;
    let mut answers: HashMap<SeatId, u32> = HashMap::new();
    for line in text.lines().take(200) {
        let mut rest = line.chars();
        let Some(first) = rest.next() else { continue };
        out.clear();
        let sender = match first {
            '0'..'5' => {
                let seat = SeatId(u64::from(first as u8 - b'0'));
                let Ok(frame) = Upward::read(rest.as_str()) else { continue };
                room.handle(Event::Frame(seat, Box::new(frame)), moment(now_ms), &mut out);
                Some(seat)
            }
            'a'..'f' => {
                let seat = SeatId(u64::from(first as u8 - b'a'));
                if seated.remove(&seat) {
                    room.handle(Event::Leave(seat), moment(now_ms), &mut out);
                } else {
                    seated.insert(seat);
                    room.handle(join(seat), moment(now_ms), &mut out);
                }
                None
            }
            _ => {
                now_ms += u64::from(first as u32) * 10;
                room.handle(Event::Tick, moment(now_ms), &mut out);
                None
            }
        };
        for effect in &out {
            match effect {
                Effect::Send(listener, frame) => {
                    assert!(seated.contains(listener), "nobody who left is told");
                    judge(&room, sender, *listener, frame);
                    match **frame {
                        // One answer for one offer.
                        Downward::WebrtcOffer(_) => *answers.entry(*listener).or_default() += 1,
                        Downward::WebrtcAnswer(_) => {
                            let left = answers.get_mut(&sender.expect("a sender")).expect("an offer came first");
                            *left = left.checked_sub(1).expect("one answer for one offer");
                        }
                        _ => {}
                    }
                }
                Effect::Broadcast(frame) | Effect::SendMany(_, frame) => assert!(
                    !matches!(**frame, Downward::WebrtcOffer(_) | Downward::WebrtcAnswer(_) | Downward::WebrtcIceCandidate(_)),
                    "descriptions go to one"
                ),
                _ => {}
            }
        }
        if let Some((seat, _)) = room.on_air() {
            assert!(is_host(seat), "a viewer is never on air");
        }
    }
});
