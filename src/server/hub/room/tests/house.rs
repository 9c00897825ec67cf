//! Order in the room: what is refused to whom, what becomes of those who sit here, what those who come back are told.

use super::*;
use crate::{
    domain::{
        id::MessageId,
        moderation::{ChatRules, SanctionKind},
    },
    protocol::downward::ErrorFrame,
};

impl Stand {
    /// The room learns that what keeps order is this now.
    fn house(&mut self, house: House) {
        self.tell(Event::Asked(Ticket(900), Ask::HouseChanged));
        self.tell(Event::HouseLoaded(Ok(Box::new(house))));
    }

    fn rules(&mut self, rules: ChatRules) {
        self.house(House { rules, ..House::default() });
    }

    fn held(&mut self, session: &str, kind: SanctionKind, for_ms: Option<u64>) {
        let until = for_ms.map(|ms| moment(self.now_ms + ms).at);
        self.house(House { holds: vec![Hold { marks: vec![format!("s:{session}")], kind, until }], ..House::default() });
    }

    /// Says something; the code of the refusal, if there is one.
    fn try_say(&mut self, seat: u64, text: &str) -> Option<String> {
        let before = self.screens[&SeatId(seat)].len();
        self.say(seat, text, None);
        while self.persist.is_some() {
            self.store();
        }
        let refusal = self.screens[&SeatId(seat)][before..].iter().find_map(|frame| if let Downward::Error(error) = frame { Some(error) } else { None });
        refusal.map(|error| error.code.clone())
    }

    fn last_error(&self, seat: u64) -> &ErrorFrame {
        let errors = self.screens[&SeatId(seat)].iter().rev();
        errors.filter_map(|frame| if let Downward::Error(error) = frame { Some(error) } else { None }).next().expect("an error")
    }

    fn messages(&self) -> Vec<MessageId> {
        self.room.ring.messages().map(|message| message.id).collect()
    }
}

#[test]
fn rules_are_for_everyone_but_hosts_and_moderators() {
    let mut stand = Stand::new();
    for (seat, session) in [(1, "ada"), (2, "mod"), (3, "host")] {
        stand.join(seat, session, None);
    }
    let rules = ChatRules { links_allowed: false, registered_only: false, ..ChatRules::default() };
    stand.house(House { rules, blocked_words: vec!["scam".into()], holds: Vec::new() });
    for (text, code) in [("hello", None), ("see evil.com", Some("links_not_allowed")), ("a 5c4m!", Some("blocked_words"))] {
        assert_eq!(stand.try_say(1, text).as_deref(), code, "{text}");
        assert_eq!((stand.try_say(2, text), stand.try_say(3, text)), (None, None), "{text}");
    }
    stand.rules(ChatRules { registered_only: true, ..ChatRules::default() });
    assert_eq!(stand.try_say(1, "hello").as_deref(), Some("sign_in_to_chat"));
    assert_eq!(stand.try_say(2, "hello"), None);
    stand.rules(ChatRules::default());
    assert_eq!(stand.try_say(1, "now evil.com, scam"), None);
}

#[test]
fn slow_mode_asks_for_a_pause_and_says_how_long() {
    let mut stand = Stand::new();
    for (seat, session) in [(1, "ada"), (2, "ada"), (3, "bo"), (4, "mod"), (5, "host")] {
        stand.join(seat, session, None);
    }
    stand.rules(ChatRules { slow_mode_seconds: 10, ..ChatRules::default() });
    assert_eq!(stand.try_say(1, "one"), None);
    stand.wait(3500);
    // The other tab is the same person.
    assert_eq!(stand.try_say(2, "two").as_deref(), Some("slow_mode"));
    assert_eq!((stand.last_error(2).retry_after, stand.last_error(2).message.as_str()), (Some(7), "Slow mode: wait 7 seconds."));
    assert_eq!(stand.try_say(3, "mine"), None);
    for seat in [4, 5] {
        assert_eq!((stand.try_say(seat, "a"), stand.try_say(seat, "b")), (None, None));
    }
    stand.wait(6499);
    assert_eq!(stand.try_say(1, "still too soon").as_deref(), Some("slow_mode"));
    stand.wait(1);
    assert_eq!(stand.try_say(1, "three"), None);
    // What was refused for its words starts no pause.
    stand.wait(10_000);
    assert_eq!(stand.try_say(1, "").as_deref(), Some("invalid"));
    assert_eq!(stand.try_say(1, "four"), None);
}

#[test]
fn a_mute_is_said_at_once_and_ends_by_itself() {
    let mut stand = Stand::new();
    stand.join(1, "ada", None);
    stand.join(2, "bo", None);
    stand.held("ada", SanctionKind::Mute, Some(300_000));
    assert_eq!((stand.last_error(1).code.as_str(), stand.last_error(1).retry_after), ("muted", Some(300)));
    assert!(stand.screens[&SeatId(1)].iter().any(|frame| matches!(frame, Downward::StreamUpdate(update) if update.muted_seconds == Some(300))));
    assert!(!stand.screens[&SeatId(2)].iter().any(|frame| matches!(frame, Downward::StreamUpdate(update) if update.muted_seconds.is_some())));
    stand.wait(60_000);
    assert_eq!(stand.try_say(1, "hello").as_deref(), Some("muted"));
    assert_eq!(stand.last_error(1).message, "You are muted for 4 minutes.");
    assert_eq!(stand.try_say(2, "hello"), None);
    // Another tab of the same visitor, under whatever name, is told when it comes.
    stand.join(3, "ada", None);
    assert!(matches!(&stand.screens[&SeatId(3)][0], Downward::StreamUpdate(update) if update.muted_seconds == Some(240)));
    stand.wait(240_000);
    assert_eq!(stand.try_say(1, "again"), None);
    stand.held("ada", SanctionKind::Mute, None);
    assert_eq!((stand.try_say(1, "x").as_deref(), stand.last_error(1).message.as_str()), (Some("muted"), "You are muted."));
    stand.house(House::default());
    assert!(matches!(stand.screens[&SeatId(1)].last(), Some(Downward::StreamUpdate(update)) if update.muted_seconds == Some(0)));
    assert_eq!(stand.try_say(1, "free"), None);
}

#[test]
fn who_is_banned_is_sent_out_counted_out_and_not_let_in() {
    let mut stand = Stand::new();
    stand.join(9, "host", None);
    stand.frame(9, start());
    stand.join(1, "ada", None);
    stand.join(2, "ada", None);
    stand.join(3, "bo", None);
    stand.frame(
        1,
        Upward::WebrtcRegister(crate::protocol::upward::PeerRegister {
            peer_id: PeerId("ada-peer".into()),
            user_type: crate::protocol::upward::UserType::Customer,
        }),
    );
    stand.held("ada", SanctionKind::Ban, Some(7_200_000));
    assert_eq!(
        stand.dismissed,
        [(SeatId(1), "You are banned from this show for 2 hours.".to_owned()), (SeatId(2), "You are banned from this show for 2 hours.".to_owned())]
    );
    assert_eq!(stand.room.viewer_count(), 1);
    assert!(stand.screens[&SeatId(9)].iter().any(|frame| matches!(frame, Downward::WebrtcCustomerGone(gone) if gone.peer_id.as_str() == "ada-peer")));
    stand.say(1, "still here?", None);
    assert!(stand.persist.is_none(), "who has no seat says nothing");
    stand.join(4, "ada", Some(0));
    assert_eq!((stand.dismissed.len(), stand.room.viewer_count()), (3, 1));
    // From outside of the sockets neither.
    let like = |stand: &mut Stand| {
        stand.answers.clear();
        stand.tell(Event::Asked(Ticket(7), Ask::Like { person: "s:ada".into(), marks: vec!["s:ada".into()], wish: LikeWish::Like }));
        stand.store_likes();
        stand.answers.first().map(|(_, answer)| answer.as_ref().map_or_else(|error| error.code.clone(), |_| "ok".to_owned()))
    };
    assert_eq!(like(&mut stand).as_deref(), Some("banned"));
    stand.wait(7_200_000);
    assert_eq!(like(&mut stand).as_deref(), Some("ok"));
}

#[test]
fn who_keeps_order_cannot_be_shut_out() {
    let mut stand = Stand::new();
    stand.join(1, "host", None);
    stand.join(2, "mod", None);
    for kind in [SanctionKind::Ban, SanctionKind::Mute] {
        let holds = vec![Hold { marks: vec!["s:host".into(), "s:mod".into()], kind, until: None }];
        stand.house(House { holds, ..House::default() });
        assert_eq!((stand.try_say(1, "a"), stand.try_say(2, "b"), stand.dismissed.len()), (None, None, 0));
    }
}

#[test]
fn a_deleted_message_is_gone_for_all_and_those_who_come_back_learn_of_it() {
    let mut stand = Stand::new();
    stand.join(1, "ada", None);
    for text in ["a", "b", "c"] {
        assert_eq!(stand.try_say(1, text), None);
    }
    let second = stand.messages()[1];
    let by = UserId::from_bytes([9; 12]);
    for ticket in [Ticket(1), Ticket(2)] {
        stand.tell(Event::Asked(ticket, Ask::Delete { message: second, by }));
    }
    let seen = |stand: &Stand| stand.told.iter().filter(|(_, frame)| matches!(frame, Downward::ChatMessageDeleted(_))).count();
    assert_eq!(seen(&stand), 0, "nothing is told before it is stored");
    stand.store();
    assert_eq!((seen(&stand), stand.answers.len(), stand.persist.is_none()), (1, 2, true), "twice asked, once done, both answered");
    assert!(matches!(stand.told.last(), Some((_, Downward::ChatMessageDeleted(gone))) if gone.id == second && gone.seq == 4));
    let history = |stand: &mut Stand, since| {
        stand.join(5, "cy", since);
        let frames = &stand.screens[&SeatId(5)];
        frames.iter().find_map(|frame| if let Downward::ChatHistory(history) = frame { Some(history.clone()) } else { None }).unwrap()
    };
    let seqs = |history: &ChatHistory| history.messages.iter().map(|message| message.seq).collect::<Vec<_>>();
    for (since, expected, deleted, recovered) in [
        (None, vec![1, 3], vec![], false),
        (Some(0), vec![1, 3], vec![second], true),
        (Some(3), vec![], vec![second], true),
        (Some(4), vec![], vec![], true),
        (Some(5), vec![1, 3], vec![], false),
    ] {
        let history = history(&mut stand, since);
        assert_eq!((seqs(&history), &history.deleted, history.recovered, history.seq), (expected, &deleted, recovered, 4), "since {since:?}");
    }
    // The same line under the same mark is not said again.
    stand.say(1, "d", Some("mark"));
    stand.store();
    let fourth = *stand.messages().last().unwrap();
    stand.tell(Event::Asked(Ticket(3), Ask::Delete { message: fourth, by }));
    stand.store();
    stand.say(1, "d", Some("mark"));
    stand.persist = None;
    stand.tell(Event::Stored(Ok(vec![Outcome::Removed])));
    assert_eq!((stand.last_error(1).code.as_str(), stand.last_error(1).client_id.as_deref()), ("message_deleted", Some("mark")));
    assert_eq!(stand.messages().len(), 2);
}

#[test]
fn who_was_away_for_more_deletions_than_are_kept_starts_anew() {
    let removals = (1..=KEPT as u64).map(|at| (1000 + at, MessageId::from_bytes([at as u8; 12]))).collect();
    let loaded = Loaded { seq: 2000, removals, ..loaded(record()) };
    let mut stand = Stand::opened(loaded);
    for (since, recovered) in [(999, false), (1000, true), (2000, true)] {
        stand.join(1, "ada", Some(since));
        assert!(stand.screens[&SeatId(1)].iter().any(|frame| matches!(frame, Downward::ChatHistory(history) if history.recovered == recovered)), "{since}");
    }
}

#[test]
fn rules_are_read_once_for_many_changes_and_again_when_the_database_is_back() {
    let mut stand = Stand::new();
    stand.join(1, "ada", None);
    for ticket in 1..=3 {
        stand.tell(Event::Asked(Ticket(ticket), Ask::HouseChanged));
    }
    assert_eq!(stand.house_loads, 1);
    stand.tell(Event::HouseLoaded(Err(Unstored)));
    stand.wait(100);
    assert_eq!((stand.house_loads, stand.answers.len()), (2, 0));
    let rules = ChatRules { announcement: Some("Two for one".into()), ..ChatRules::default() };
    let house = House { rules: rules.clone(), ..House::default() };
    stand.tell(Event::HouseLoaded(Ok(Box::new(house.clone()))));
    // The first was answered; those who asked while it was read wait for the next reading.
    assert_eq!((stand.house_loads, stand.answers.len()), (3, 1));
    stand.tell(Event::HouseLoaded(Ok(Box::new(house))));
    assert_eq!(stand.answers.len(), 3);
    let told = stand.told.iter().filter(|(_, frame)| matches!(frame, Downward::StreamUpdate(update) if update.chat_rules.is_some())).count();
    assert_eq!(told, 1, "what stays as it is wakes nobody");
    stand.join(2, "bo", None);
    assert!(matches!(&stand.screens[&SeatId(2)][0], Downward::StreamUpdate(update) if update.chat_rules == Some(rules.clone())));
}
