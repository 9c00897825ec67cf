//! The room as tables and properties: no socket, no database, hours of a show in milliseconds.

mod any_order;
mod house;
mod offering;
mod players;
mod presence;
mod quality;
mod relief;
mod served;
mod signaling;

use std::collections::BTreeMap;

use super::*;
use crate::{
    domain::{
        id::{LivestreamId, UserId},
        livestream::Quality,
        time::Timestamp,
    },
    protocol::{downward::ChatHistory, upward::Chat, upward::ChatBody, upward::Start},
    server::db::events::{EventData, Outcome},
};

const SHOW: LivestreamId = LivestreamId::from_bytes([1; 12]);

fn moment(elapsed_ms: u64) -> Moment {
    Moment { at: Timestamp::from_millis(1_800_000_000_000 + elapsed_ms as i64), elapsed_ms }
}

fn record() -> LivestreamRecord {
    LivestreamRecord {
        id: SHOW,
        title: "Spring".into(),
        description: String::new(),
        created_by: UserId::from_bytes([9; 12]),
        status: LivestreamStatus::Live,
        scheduled_at: None,
        start_time: Some(moment(0).at),
        end_time: None,
        video_url: String::new(),
        thumbnail_url: String::new(),
        quality: Quality::Hd720,
        is_recorded: false,
        view_count: 0,
        peak_viewers: 0,
        engaged: 0,
        on_air: false,
        revision: 0,
        withheld: false,
        created_at: moment(0).at,
        updated_at: moment(0).at,
    }
}

/// A room with a database that answers when it is told to, and the screens of those who sit in it.
struct Stand {
    room: Room,
    now_ms: u64,
    persist: Option<Vec<crate::server::db::events::EventRecord>>,
    likes: bool,
    attendance: Option<crate::server::db::presence::Attendance>,
    stop: bool,
    screens: BTreeMap<SeatId, Vec<Downward>>,
    /// Frames to everybody: what everyone hears, with the time.
    told: Vec<(u64, Downward)>,
    /// Who was sent out, with what sentence.
    dismissed: Vec<(SeatId, String)>,
    answers: Vec<(Ticket, Result<Answer, AppError>)>,
    house_loads: u32,
    /// What the media server was told.
    media: Vec<crate::server::sfu::message::Command>,
}

fn loaded(show: LivestreamRecord) -> Loaded {
    Loaded {
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
    }
}

impl Stand {
    fn new() -> Self {
        Self::of(record())
    }

    fn of(show: LivestreamRecord) -> Self {
        Self::opened(loaded(show))
    }

    fn opened(loaded: Loaded) -> Self {
        Self::by(loaded, Carrier::Direct)
    }

    fn by(loaded: Loaded, carrier: Carrier) -> Self {
        let patience = Patience { host_grace_ms: 60_000, first_broadcast_ms: 900_000 };
        let room = Room::new(loaded, patience, carrier, moment(0));
        Self {
            room,
            now_ms: 0,
            persist: None,
            likes: false,
            attendance: None,
            stop: false,
            screens: BTreeMap::new(),
            told: Vec::new(),
            dismissed: Vec::new(),
            answers: Vec::new(),
            house_loads: 0,
            media: Vec::new(),
        }
    }

    fn tell(&mut self, event: Event) {
        let mut out = Vec::new();
        self.room.handle(event, moment(self.now_ms), &mut out);
        for effect in out {
            match effect {
                Effect::Send(seat, frame) => self.show(seat, *frame),
                Effect::SendMany(seats, frame) => seats.into_iter().for_each(|seat| self.show(seat, (*frame).clone())),
                Effect::Broadcast(frame) => {
                    self.told.push((self.now_ms, (*frame).clone()));
                    self.screens.values_mut().for_each(|screen| screen.push((*frame).clone()));
                }
                Effect::Welcome(seat, frames) => self.screens.entry(seat).or_default().extend(frames),
                Effect::Persist(records) => assert!(self.persist.replace(records).is_none(), "one batch at a time"),
                Effect::StoreLikes(_) => assert!(!std::mem::replace(&mut self.likes, true), "one batch at a time"),
                Effect::StoreAttendance(attendance) => assert!(self.attendance.replace(attendance).is_none(), "one batch at a time"),
                Effect::Stop { .. } => self.stop = true,
                Effect::Dismiss(seat, sentence) => self.dismissed.push((seat, sentence)),
                Effect::Answer(ticket, answer) if ticket != Ticket(900) => self.answers.push((ticket, answer)),
                Effect::LoadHouse => self.house_loads += 1,
                Effect::Media(command) => self.media.push(command),
                _ => {}
            }
        }
    }

    fn show(&mut self, seat: SeatId, frame: Downward) {
        self.screens.get_mut(&seat).expect("only those who sit here are told").push(frame);
    }

    fn join(&mut self, seat: u64, session: &str, since: Option<i64>) {
        let occupant = Occupant {
            session: SessionId(session.into()),
            person: format!("s:{session}"),
            user: ["host", "encoder"].contains(&session).then_some(UserId::from_bytes([9; 12])),
            name: None,
            admin: ["host", "encoder"].contains(&session),
            moderator: session.starts_with("mod"),
            marks: vec![format!("s:{session}")],
            part: match session {
                "host" => Part::Host,
                "encoder" => Part::Encoder,
                "player" => Part::Player,
                _ => Part::Viewer,
            },
            alias: session.into(),
        };
        self.screens.insert(SeatId(seat), Vec::new());
        self.tell(Event::Join(Box::new(Join { seat: SeatId(seat), occupant, intro: Intro::Silent, since })));
    }

    fn leave(&mut self, seat: u64) {
        self.screens.remove(&SeatId(seat));
        self.tell(Event::Leave(SeatId(seat)));
    }

    fn say(&mut self, seat: u64, text: &str, mark: Option<&str>) {
        let chat = Chat { message: ChatBody::Text(text.into()), stream_id: None, username: None, client_id: mark.map(str::to_owned) };
        self.frame(seat, Upward::ChatMessage(chat));
    }

    fn frame(&mut self, seat: u64, frame: Upward) {
        self.tell(Event::Frame(SeatId(seat), Box::new(frame)));
    }

    fn store(&mut self) {
        if let Some(records) = self.persist.take() {
            self.tell(Event::Stored(Ok(vec![Outcome::Stored; records.len()])));
        }
    }

    fn store_likes(&mut self) {
        if std::mem::take(&mut self.likes) {
            self.tell(Event::LikesStored(Ok(())));
        }
    }

    fn store_attendance(&mut self) -> crate::server::db::presence::Attendance {
        let stored = self.attendance.take().expect("something to store");
        self.tell(Event::AttendanceStored(Ok(())));
        stored
    }

    fn wait(&mut self, ms: u64) {
        let until = self.now_ms + ms;
        while let Some(due) = self.room.deadline_ms().filter(|due| *due <= until) {
            self.now_ms = self.now_ms.max(due);
            self.tell(Event::Tick);
        }
        self.now_ms = until;
    }

    /// The viewers and hearts that a screen shows.
    fn numbers(&self, seat: u64) -> (Option<u64>, Option<u64>) {
        let mut shown = (None, None);
        for frame in self.screens.get(&SeatId(seat)).into_iter().flatten() {
            if let Downward::StreamUpdate(update) = frame {
                shown = (update.viewer_count.or(shown.0), update.likes.or(shown.1));
            }
        }
        shown
    }

    /// What a screen shows of the chat: history, then what came live.
    fn chat(&self, seat: u64) -> Vec<u64> {
        let mut seqs = Vec::new();
        for frame in self.screens.get(&SeatId(seat)).into_iter().flatten() {
            match frame {
                Downward::ChatHistory(ChatHistory { messages, .. }) => seqs = messages.iter().map(|message| message.seq).collect(),
                Downward::ChatMessage(event) => seqs.push(event.message.seq),
                _ => {}
            }
        }
        seqs
    }
}

fn start() -> Upward {
    Upward::WebrtcBroadcastStart(Start { peer_id: Some(PeerId("host-peer".into())), ..Start::default() })
}

#[test]
fn nothing_is_seen_before_it_is_stored_and_batches_keep_the_order() {
    let mut stand = Stand::new();
    stand.join(1, "ada", None);
    for text in ["a", "b", "c"] {
        stand.say(1, text, None);
    }
    assert_eq!(stand.chat(1), [] as [u64; 0]);
    assert_eq!(stand.persist.as_ref().map(Vec::len), Some(1), "the first goes at once, the others wait for its return");
    stand.store();
    assert_eq!((stand.chat(1), stand.persist.as_ref().map(Vec::len)), (vec![1], Some(2)));
    // Somebody who comes between storing and telling neither misses nor doubles anything.
    stand.join(2, "bob", None);
    stand.store();
    assert_eq!((stand.chat(1), stand.chat(2)), (vec![1, 2, 3], vec![1, 2, 3]));
}

#[test]
fn a_database_that_is_away_delays_and_doubles_nothing() {
    let mut stand = Stand::new();
    stand.join(1, "host", None);
    stand.say(1, "a", Some("m"));
    let first = stand.persist.take();
    stand.tell(Event::Stored(Err(Unstored)));
    for at in 0..999 {
        stand.say(1, &at.to_string(), None);
    }
    stand.say(1, "one too many", Some("over"));
    assert!(
        matches!(stand.screens[&SeatId(1)].last(), Some(Downward::Error(error)) if error.code == "unavailable" && error.client_id.as_deref() == Some("over"))
    );
    stand.say(1, "a", Some("m"));
    stand.wait(100);
    assert_eq!(stand.persist, first, "the same records again, under the same ids");
    stand.store();
    stand.store();
    assert_eq!(stand.chat(1), (1..=1000).collect::<Vec<u64>>());
}

#[test]
fn numbers_are_told_four_times_a_second_at_most() {
    let mut stand = Stand::new();
    stand.join(0, "host", None);
    for seat in 1..1000 {
        stand.join(seat, &format!("v{seat}"), None);
        stand.wait(1);
    }
    stand.wait(1000);
    let updates: Vec<u64> = stand.told.iter().filter(|(_, frame)| matches!(frame, Downward::StreamUpdate(_))).map(|(at, _)| *at).collect();
    assert!(updates.windows(2).all(|pair| pair[1] - pair[0] >= 250), "{updates:?}");
    let last = stand.told.iter().rev().find_map(|(_, frame)| if let Downward::StreamUpdate(update) = frame { update.viewer_count } else { None });
    assert_eq!(last, Some(999));
}

#[test]
fn whoever_heard_a_number_between_two_beats_hears_what_became_of_it() {
    let mut stand = Stand::new();
    for (seat, session) in [(1, "ada"), (2, "bo")] {
        stand.join(seat, session, None);
        stand.wait(1000);
    }
    // A heart, gone, and there again, all before the next beat: only ada and cy, who come and go, hear of each.
    for _ in 0..3 {
        stand.frame(1, Upward::ToggleLike(Default::default()));
        stand.store_likes();
        stand.join(3, "cy", None);
    }
    stand.leave(3);
    stand.wait(1000);
    stand.join(4, "di", None);
    stand.leave(2);
    stand.wait(1000);
    for seat in [1, 4] {
        assert_eq!(stand.numbers(seat), (Some(2), Some(1)), "{seat}");
    }
}

#[test]
fn a_host_who_is_gone_is_said_at_once_and_missed_after_the_grace() {
    let mut stand = Stand::new();
    stand.join(1, "host", None);
    stand.join(2, "ada", None);
    stand.frame(1, start());
    stand.leave(1);
    assert!(matches!(stand.told.last(), Some((_, Downward::StreamUpdate(update))) if update.broadcaster_online == Some(false)));
    stand.wait(59_000);
    stand.join(3, "host", None);
    stand.frame(3, start());
    stand.leave(3);
    stand.wait(59_999);
    assert!(!stand.stop);
    stand.wait(1);
    assert!(stand.stop);
}

#[test]
fn an_end_that_the_log_does_not_know_is_written_down_when_the_room_is_read_again() {
    let mut stand = Stand::of(LivestreamRecord { status: LivestreamStatus::Ended, end_time: Some(moment(0).at), ..record() });
    stand.now_ms = 5000;
    stand.join(1, "ada", None);
    let logged = stand.persist.clone().unwrap_or_default();
    assert!(matches!(&logged[..], [stop] if stop.at == moment(0).at && matches!(stop.data, EventData::Stop { .. })), "{logged:?}");
    stand.store();
    assert!(stand.screens[&SeatId(1)].iter().any(|frame| matches!(frame, Downward::StreamStopped(_))));
}

#[test]
fn a_hello_said_again_is_answered_and_costs_neither_seat_nor_air() {
    let mut stand = Stand::new();
    stand.join(1, "host", None);
    stand.join(2, "ada", None);
    stand.frame(1, start());
    stand.told.clear();
    stand.join(1, "host", Some(0));
    assert!(matches!(stand.screens[&SeatId(1)].first(), Some(Downward::StreamUpdate(update)) if update.broadcaster_online == Some(true)));
    stand.wait(120_000);
    assert!(!stand.stop && stand.told.iter().all(|(_, frame)| !matches!(frame, Downward::StreamUpdate(update) if update.broadcaster_online.is_some())));
}

#[test]
fn a_show_without_a_first_broadcaster_ends_after_a_quarter_of_an_hour() {
    let mut stand = Stand::new();
    stand.wait(899_999);
    assert!(!stand.stop);
    stand.wait(1);
    assert!(stand.stop);
}
