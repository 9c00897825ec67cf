//! What a page must never lose, double or believe, frame by frame.

use super::*;
use crate::{
    domain::id::UserId,
    domain::livestream::Quality,
    live::{
        chat,
        state::{ChatLine, Delivery},
    },
    protocol::downward::{ChatEvent, PinsEvent, Registered, StreamEvent},
};

const STREAM: LivestreamId = LivestreamId::from_bytes([1; 12]);

fn show(status: LivestreamStatus) -> Livestream {
    Livestream {
        id: STREAM,
        title: "Spring".into(),
        description: String::new(),
        created_by: UserId::from_bytes([2; 12]),
        status,
        is_active: status == LivestreamStatus::Live,
        scheduled_at: None,
        start_time: None,
        end_time: None,
        duration: 0,
        stream_url: String::new(),
        video_url: String::new(),
        thumbnail_url: String::new(),
        quality: Quality::Hd720,
        is_recorded: false,
        published: true,
        view_count: 0,
        total_viewers: 0,
        max_viewers: 0,
        peak_viewers: 0,
        viewer_count: 0,
        likes: 3,
        liked_by: Vec::new(),
        liked: false,
        engagement_rate: 0.0,
        chat_rules: Default::default(),
        chat_messages: Vec::new(),
        pinned_products: Vec::new(),
        pinned_product_ids: Vec::new(),
        created_at: Timestamp::default(),
        updated_at: Timestamp::default(),
    }
}

fn message(seq: u64, client_id: Option<&str>) -> ChatMessage {
    let mut bytes = [0; 12];
    bytes[4..].copy_from_slice(&seq.to_be_bytes());
    ChatMessage {
        id: MessageId::from_bytes(bytes),
        seq,
        username: "Ada".into(),
        message: "hello".into(),
        timestamp: Timestamp::default(),
        is_admin: false,
        is_moderator: false,
        client_id: client_id.map(str::to_owned),
    }
}

fn said(client_id: &str) -> Said {
    Said { text: "hello".into(), name: None, client_id: client_id.into(), id: MessageId::from_bytes([9; 12]), at: Timestamp::default(), is_admin: false }
}

fn registered() -> Downward {
    Downward::Registered(Registered { session_id: "visitor".into(), server_time: Timestamp::default(), protocol: 1, stream_id: Some(STREAM) })
}

fn update(change: impl FnOnce(&mut StreamUpdate)) -> Downward {
    let mut update = StreamUpdate { stream_id: Some(STREAM), ..Default::default() };
    change(&mut update);
    Downward::StreamUpdate(Box::new(update))
}

fn history(recovered: bool, seq: u64, messages: Vec<ChatMessage>) -> Downward {
    Downward::ChatHistory(ChatHistory { stream_id: STREAM, chat_messages: messages.clone(), messages, recovered, seq, deleted: Vec::new() })
}

fn chat_event(message: ChatMessage) -> Downward {
    Downward::ChatMessage(ChatEvent { stream_id: STREAM, at: Timestamp::default(), message })
}

fn error(re: &str, client_id: Option<&str>) -> Downward {
    Downward::Error(ErrorFrame {
        code: "rate_limited".into(),
        message: "Wait a moment.".into(),
        re: Some(re.into()),
        client_id: client_id.map(str::to_owned),
        retry_after: None,
    })
}

/// A page: the model and what is shown of it.
struct Page {
    model: Model,
    lines: Vec<ChatLine>,
    sent: Vec<Upward>,
    other: Vec<Change>,
}

impl Page {
    fn new(status: LivestreamStatus) -> Self {
        Self { model: Model::new(&show(status)), lines: Vec::new(), sent: Vec::new(), other: Vec::new() }
    }

    fn joined() -> Self {
        let mut page = Self::new(LivestreamStatus::Live);
        page.join(false);
        page
    }

    fn join(&mut self, liked: bool) {
        self.hear(registered());
        self.hear(update(|update| {
            (update.is_active, update.likes, update.liked) = (Some(true), Some(3), Some(liked));
        }));
        let seq = self.model.seq.unwrap_or(0);
        self.hear(history(true, seq, Vec::new()));
    }

    fn hear(&mut self, frame: Downward) {
        let changes = reduce(&mut self.model, frame);
        self.apply(changes);
    }

    fn apply(&mut self, changes: Vec<Change>) {
        for change in changes {
            match change {
                Change::Chat(change) => chat::apply(&mut self.lines, change),
                Change::Send(frame) => self.sent.push(frame),
                other => self.other.push(other),
            }
        }
    }

    fn say(&mut self, client_id: &str) {
        let changes = say(&mut self.model, said(client_id));
        self.apply(changes);
    }

    fn like(&mut self) {
        let changes = toggle_like(&mut self.model);
        self.apply(changes);
    }

    fn likes(&self) -> Option<(u64, bool)> {
        self.other.iter().rev().find_map(|change| if let Change::Likes { likes, liked } = change { Some((*likes, *liked)) } else { None })
    }

    fn sent_chats(&self) -> Vec<&str> {
        self.sent.iter().filter_map(|frame| if let Upward::ChatMessage(chat) = frame { chat.client_id.as_deref() } else { None }).collect()
    }

    fn sent_likes(&self) -> usize {
        self.sent.iter().filter(|frame| matches!(frame, Upward::ToggleLike(_))).count()
    }
}

#[test]
fn a_page_resumes_after_the_newest_place_it_has_seen() {
    let mut page = Page::joined();
    assert_eq!(page.model.hello().since, Some(0));
    page.hear(chat_event(message(4, None)));
    page.hear(Downward::PinnedProductsUpdated(PinsEvent { stream_id: STREAM, seq: Some(6), at: None, pinned_products: Vec::new() }));
    page.hear(chat_event(message(5, None)));
    let hello = page.model.hello();
    assert_eq!((hello.since, hello.session_id.as_deref(), hello.stream_id), (Some(6), Some("visitor"), Some(STREAM)));
}

#[test]
fn a_log_that_was_not_recovered_replaces_lines_and_place() {
    let mut page = Page::joined();
    page.hear(chat_event(message(900, None)));
    page.model.lost();
    page.hear(registered());
    page.hear(history(false, 2, vec![message(1, None), message(2, None)]));
    assert_eq!(page.lines.iter().map(|line| line.message.seq).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(page.model.hello().since, Some(2));
}

#[test]
fn a_line_that_was_not_confirmed_is_said_again_after_a_reconnection_and_shown_once() {
    let mut page = Page::joined();
    page.say("a");
    page.say("b");
    page.hear(chat_event(message(1, Some("a"))));
    page.model.lost();
    page.say("c");
    assert_eq!(page.sent_chats(), ["a", "b"]);
    page.sent.clear();
    page.hear(registered());
    page.hear(update(|update| update.is_active = Some(true)));
    // The hub had heard `b`, only its word about it was lost.
    page.hear(history(true, 2, vec![message(2, Some("b"))]));
    assert_eq!(page.sent_chats(), ["c"]);
    page.hear(chat_event(message(3, Some("c"))));
    page.hear(chat_event(message(3, Some("c"))));
    assert_eq!(page.lines.iter().map(|line| (line.message.seq, line.delivery.clone())).collect::<Vec<_>>(), [1, 2, 3].map(|seq| (seq, Delivery::Delivered)));
}

#[test]
fn nothing_is_said_before_the_past_is_known() {
    let mut page = Page::new(LivestreamStatus::Live);
    page.say("early");
    page.hear(registered());
    page.say("still early");
    assert!(page.sent.is_empty());
    page.hear(history(true, 0, Vec::new()));
    assert_eq!(page.sent_chats(), ["early", "still early"]);
}

#[test]
fn a_refused_line_is_not_said_again() {
    let mut page = Page::joined();
    page.say("a");
    page.hear(error("chat_message", Some("a")));
    assert_eq!(page.lines[0].delivery, Delivery::Refused("Wait a moment.".into()));
    page.sent.clear();
    page.join(false);
    assert!(page.sent_chats().is_empty());
}

#[test]
fn a_link_that_is_closed_for_good_gives_lines_back() {
    let mut page = Page::joined();
    page.say("a");
    let changes = page.model.closed();
    page.apply(changes);
    assert!(matches!(page.lines[0].delivery, Delivery::Refused(_)));
    assert!(page.model.closed().is_empty());
}

#[test]
fn a_heart_shows_at_once_and_the_hub_has_the_last_word() {
    let mut page = Page::joined();
    page.like();
    assert_eq!((page.likes(), page.sent_likes()), (Some((4, true)), 1));
    // Somebody else's heart, before ours is confirmed: no flicker.
    page.hear(update(|update| update.likes = Some(4)));
    assert_eq!(page.likes(), Some((5, true)));
    page.hear(update(|update| (update.likes, update.liked) = (Some(5), Some(true))));
    assert_eq!(page.likes(), Some((5, true)));
    page.hear(update(|update| (update.likes, update.liked) = (Some(4), Some(false))));
    assert_eq!(page.likes(), Some((4, false)));
}

#[test]
fn a_refused_heart_goes_back() {
    let mut page = Page::joined();
    page.like();
    page.hear(error("toggle_like", None));
    assert_eq!(page.likes(), Some((3, false)));
}

#[test]
fn a_heart_given_while_away_is_sent_once_the_hub_is_back_if_it_still_matters() {
    let mut page = Page::joined();
    page.model.lost();
    page.like();
    assert_eq!((page.likes(), page.sent_likes()), (Some((4, true)), 0));
    page.join(false);
    assert_eq!((page.likes(), page.sent_likes()), (Some((4, true)), 1));

    let mut page = Page::joined();
    page.like();
    page.model.lost();
    // It had arrived: only the word about it was lost.
    page.join(true);
    assert_eq!((page.likes(), page.sent_likes()), (Some((3, true)), 1));
}

#[test]
fn a_hello_said_again_on_the_same_socket_doubles_no_heart() {
    let mut page = Page::joined();
    page.like();
    page.join(false);
    assert_eq!((page.likes(), page.sent_likes()), (Some((4, true)), 1));
    page.hear(update(|update| (update.likes, update.liked) = (Some(4), Some(true))));
    assert_eq!(page.likes(), Some((4, true)));
    // Settled: the next word of the hub's counts at once.
    page.hear(update(|update| (update.likes, update.liked) = (Some(3), Some(false))));
    assert_eq!(page.likes(), Some((3, false)));
}

#[test]
fn a_show_moves_through_its_phases() {
    let mut page = Page::new(LivestreamStatus::Scheduled);
    page.hear(registered());
    page.hear(update(|update| update.is_active = Some(false)));
    assert!(page.other.is_empty());
    page.hear(Downward::StreamStarted(StreamEvent { stream_id: STREAM, seq: 1, at: Timestamp::default(), stream_data: None, reason: None }));
    page.hear(update(|update| update.broadcaster_online = Some(false)));
    page.hear(update(|update| update.broadcaster_online = Some(true)));
    page.hear(Downward::StreamStopped(StreamEvent { stream_id: STREAM, seq: 2, at: Timestamp::default(), stream_data: None, reason: None }));
    let phases: Vec<_> = page.other.iter().filter_map(|change| if let Change::Phase(phase) = change { Some(*phase) } else { None }).collect();
    assert_eq!(phases, [Phase::Live, Phase::HostAway, Phase::Live, Phase::Ended]);
    assert!(page.other.contains(&Change::Pins(Vec::new())));
}

#[test]
fn a_show_that_ended_while_we_were_away_has_ended() {
    let mut page = Page::joined();
    page.model.lost();
    page.hear(registered());
    page.hear(update(|update| update.is_active = Some(false)));
    assert!(page.other.contains(&Change::Phase(Phase::Ended)));
}

#[test]
fn frames_of_another_show_change_nothing() {
    let mut page = Page::joined();
    page.other.clear();
    let other = LivestreamId::from_bytes([7; 12]);
    page.hear(Downward::StreamUpdate(Box::new(StreamUpdate { stream_id: Some(other), viewer_count: Some(9), ..Default::default() })));
    page.hear(Downward::StreamUpdate(Box::new(StreamUpdate { stream_id: None, is_active: Some(false), ..Default::default() })));
    page.hear(Downward::StreamStopped(StreamEvent { stream_id: other, seq: 2, at: Timestamp::default(), stream_data: None, reason: None }));
    page.hear(Downward::ChatMessage(ChatEvent { stream_id: other, at: Timestamp::default(), message: message(1, None) }));
    assert!(page.other.is_empty() && page.lines.is_empty());
}

#[test]
fn a_refusal_about_signalling_is_no_sentence_for_people() {
    let mut page = Page::joined();
    page.other.clear();
    page.hear(error("webrtc_ice_candidate", None));
    page.hear(Downward::Error(ErrorFrame { code: "broadcast_taken_over".into(), message: "Elsewhere.".into(), re: None, client_id: None, retry_after: None }));
    assert!(page.other.is_empty());
    page.hear(error("start_stream", None));
    assert_eq!(page.other, [Change::Notice("Wait a moment.".into())]);
}

#[test]
fn a_refused_hello_is_said_again_unless_there_is_no_use() {
    let refused = |code: &str, page: &mut Page| {
        page.other.clear();
        page.hear(Downward::Error(ErrorFrame { code: code.into(), message: "No.".into(), re: Some("register".into()), client_id: None, retry_after: None }));
        page.other.clone()
    };
    let mut page = Page::new(LivestreamStatus::Live);
    for code in ["rate_limited", "unavailable", "internal"] {
        assert_eq!(refused(code, &mut page), [Change::Reconnect], "{code}");
    }
    for code in ["unauthorized", "not_found"] {
        assert_eq!(refused(code, &mut page), [Change::Notice("No.".into())], "{code}");
    }
    // Who sits already loses nothing by being refused.
    page.join(false);
    assert_eq!(refused("rate_limited", &mut page), [Change::Notice("No.".into())]);
}

#[test]
fn a_deletion_is_seen_live_and_after_an_absence() {
    let mut page = Page::joined();
    let gone = |seq| {
        Downward::ChatMessageDeleted(crate::protocol::downward::ChatDeleted { stream_id: STREAM, id: message(1, None).id, seq, at: Timestamp::default() })
    };
    let deleted = vec![Change::Chat(ChatChange::Deleted(message(1, None).id))];
    assert_eq!(reduce(&mut page.model, gone(7)), deleted);
    assert_eq!(page.model.hello().since, Some(7), "its place in the log is seen");
    page.model.lost();
    page.hear(registered());
    page.hear(update(|_| {}));
    let Downward::ChatHistory(back) = history(true, 9, Vec::new()) else { panic!() };
    assert_eq!(reduce(&mut page.model, Downward::ChatHistory(ChatHistory { deleted: vec![message(1, None).id], ..back })), deleted);
}

#[test]
fn slow_mode_begins_with_a_line_of_ours_and_a_mute_with_a_word_of_the_hub() {
    let mut page = Page::joined();
    let quiet = |why, seconds| Change::Quiet { why, seconds };
    let rules = |slow_mode_seconds| ChatRules { slow_mode_seconds, ..ChatRules::default() };
    page.hear(update(|update| update.chat_rules = Some(rules(10))));
    assert!(!reduce(&mut page.model, chat_event(message(1, Some("theirs")))).contains(&quiet(Hush::SlowMode, 10)));
    say(&mut page.model, said("mine"));
    assert!(reduce(&mut page.model, chat_event(message(2, Some("mine")))).contains(&quiet(Hush::SlowMode, 10)));
    say(&mut page.model, said("soon"));
    let refusal = |code: &str, client_id: Option<&str>| {
        Downward::Error(ErrorFrame { code: code.into(), message: "No.".into(), re: None, client_id: client_id.map(str::to_owned), retry_after: Some(4) })
    };
    assert!(reduce(&mut page.model, refusal("slow_mode", Some("soon"))).contains(&quiet(Hush::SlowMode, 4)));
    assert_eq!(reduce(&mut page.model, refusal("muted", None)), [quiet(Hush::Muted, 4), Change::Notice("No.".into())]);
    assert_eq!(reduce(&mut page.model, update(|update| update.muted_seconds = Some(0))), [quiet(Hush::Muted, 0)]);
    assert_eq!(reduce(&mut page.model, update(|update| update.chat_rules = Some(rules(0)))), [quiet(Hush::SlowMode, 0), Change::Rules(rules(0))]);
}
