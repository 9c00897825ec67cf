//! What an outbox keeps, merges and refuses.

use super::*;
use crate::{
    domain::{
        chat::ChatMessage,
        id::{LivestreamId, MessageId},
        time::Timestamp,
    },
    protocol::downward::{ErrorFrame, PinsEvent},
};

const MAX_BYTES: usize = Capacity::VIEWER.bytes;
const MAX_FRAMES: usize = Capacity::VIEWER.frames;
const SHOW: LivestreamId = LivestreamId::from_bytes([1; 12]);

fn event(text: &str) -> Shared {
    Shared::new(Downward::Error(ErrorFrame { code: text.to_owned(), message: String::new(), re: None, client_id: None, retry_after: None }))
}

fn likes(likes: u64) -> Downward {
    Downward::StreamUpdate(Box::new(StreamUpdate { stream_id: Some(SHOW), likes: Some(likes), ..Default::default() }))
}

fn viewers(count: u64) -> Downward {
    Downward::StreamUpdate(Box::new(StreamUpdate { stream_id: Some(SHOW), viewer_count: Some(count), ..Default::default() }))
}

fn shelf() -> Downward {
    Downward::PinnedProductsUpdated(PinsEvent { stream_id: SHOW, seq: None, at: None, pinned_products: Vec::new() })
}

fn taken(outbox: &Outbox) -> (Vec<Downward>, Option<u16>) {
    let batch = outbox.state().take();
    (batch.frames.iter().map(|text| serde_json::from_str(text).unwrap()).collect(), batch.closing.map(|closing| closing.code))
}

#[test]
fn events_keep_all_and_state_keeps_the_last_merged() {
    let outbox = Outbox::default();
    outbox.push(&Shared::new(viewers(1)));
    outbox.push(&event("a"));
    outbox.push(&Shared::new(shelf()));
    outbox.push(&Shared::new(likes(1)));
    outbox.push(&Shared::new(likes(2)));
    outbox.push(&Shared::new(shelf()));
    outbox.push(&event("b"));
    let (frames, _) = taken(&outbox);
    assert_eq!(frames.len(), 4);
    assert!(matches!(&frames[0], Downward::Error(error) if error.code == "a"));
    let Downward::StreamUpdate(update) = &frames[1] else { panic!("{frames:?}") };
    assert_eq!((update.viewer_count, update.likes), (Some(1), Some(2)));
    assert_eq!(frames[2], shelf());
    assert!(matches!(&frames[3], Downward::Error(error) if error.code == "b"));
}

#[test]
fn a_socket_that_does_not_read_keeps_the_newest_state_and_is_then_closed() {
    let outbox = Outbox::default();
    outbox.push(&Shared::new(likes(1)));
    outbox.push(&Shared::new(shelf()));
    for at in 0..MAX_FRAMES {
        outbox.push(&event(&at.to_string()));
        outbox.push(&Shared::new(viewers(at as u64)));
    }
    let (frames, closing) = taken(&outbox);
    assert_eq!((frames.len(), closing), (MAX_FRAMES + 2, None));
    assert_eq!(frames.iter().filter(|frame| **frame == shelf()).count(), 1);
    let Some(Downward::StreamUpdate(update)) = frames.last() else { panic!("{frames:?}") };
    assert_eq!((update.likes, update.viewer_count), (Some(1), Some(MAX_FRAMES as u64 - 1)), "what was said once is not said again, so it is kept");
    for at in 0..=MAX_FRAMES {
        outbox.push(&event(&at.to_string()));
    }
    assert_eq!(taken(&outbox), (Vec::new(), Some(close::TOO_SLOW)));
    outbox.push(&event("late"));
    assert_eq!(taken(&outbox), (Vec::new(), None));
}

#[test]
fn bytes_are_bounded_too_and_one_large_frame_passes() {
    let outbox = Outbox::default();
    outbox.push(&event(&"x".repeat(2 * MAX_BYTES)));
    assert_eq!(taken(&outbox).1, None);
    for _ in 0..3 {
        outbox.push(&event(&"x".repeat(MAX_BYTES / 2)));
    }
    assert_eq!(taken(&outbox).1, Some(close::TOO_SLOW));
}

#[test]
fn a_host_holds_the_answers_of_a_full_house() {
    let outbox = Outbox::default();
    outbox.widen();
    for _ in 0..500 {
        outbox.push(&event(&"x".repeat(8 * 1024)));
    }
    assert_eq!((outbox.is_closed(), taken(&outbox).1), (false, None));
    for _ in 0..1100 {
        outbox.push(&event(&"x".repeat(8 * 1024)));
    }
    assert_eq!(taken(&outbox).1, Some(close::TOO_SLOW), "a host is bounded too");
}

#[test]
fn one_welcome_is_free_and_a_second_counts() {
    let large = || vec![Downward::Error(ErrorFrame { code: "x".repeat(MAX_BYTES), message: String::new(), re: None, client_id: None, retry_after: None }); 2];
    let outbox = Outbox::default();
    outbox.welcome(&large());
    outbox.push(&event("after"));
    let (frames, closing) = taken(&outbox);
    assert_eq!((frames.len(), closing), (3, None));
    outbox.welcome(&large());
    outbox.welcome(&large());
    assert_eq!(taken(&outbox).1, Some(close::TOO_SLOW));
}

#[test]
fn the_first_reason_to_close_stays() {
    let outbox = Outbox::default();
    outbox.push(&event("a"));
    outbox.close(close::SIGNED_OUT, "");
    outbox.close(close::POLICY, "");
    let (frames, closing) = taken(&outbox);
    assert_eq!((frames.len(), closing), (1, Some(close::SIGNED_OUT)));
}

#[test]
fn a_history_that_is_written_quickly_is_the_same_json() {
    let message = ChatMessage {
        id: MessageId::from_bytes([2; 12]),
        seq: 7,
        username: "Ada \"the first\"".into(),
        message: "a line\nand \u{1f338}".into(),
        timestamp: Timestamp::from_millis(1_800_000_000_000),
        is_admin: false,
        is_moderator: false,
        client_id: Some("m-1".into()),
    };
    let messages = vec![message.clone(), message];
    let frame = Downward::ChatHistory(ChatHistory {
        stream_id: SHOW,
        chat_messages: messages.clone(),
        messages,
        recovered: true,
        seq: 7,
        deleted: vec![MessageId::from_bytes([3; 12])],
    });
    assert_eq!(serialise(&frame), Utf8Bytes::from(serde_json::to_string(&frame).unwrap()));
}
