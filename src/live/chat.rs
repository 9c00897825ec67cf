//! The lines of a chat: delivered ones in the order of the show's log, each once; ours on their way after them. Pure.

use super::state::{ChatLine, Delivery};
use crate::domain::{chat::ChatMessage, id::MessageId};

/// Lines that are kept; older ones go.
pub(super) const MAX_LINES: usize = 300;
/// The place of a line that the show's log does not know yet: after all others.
pub(super) const UNDELIVERED_SEQ: u64 = u64::MAX;

/// What happens to the lines.
#[derive(Debug, Clone, PartialEq)]
pub enum ChatChange {
    /// A message of the show, new or known, ours or another's.
    Delivered(ChatMessage),
    /// These are all there are; whatever else was delivered is gone. Ours on their way stay.
    Replaced(Vec<ChatMessage>),
    /// One of ours sets out.
    Sending(ChatMessage),
    /// A message of the show is gone.
    Deleted(MessageId),
    /// One of ours came back, with a sentence that says why.
    Refused { client_id: String, sentence: String },
}

/// A delivered line.
pub(super) fn line(message: ChatMessage) -> ChatLine {
    ChatLine { key: message.id.to_string(), message, delivery: Delivery::Delivered }
}

/// Applies a change.
pub(super) fn apply(lines: &mut Vec<ChatLine>, change: ChatChange) {
    match change {
        ChatChange::Delivered(message) => deliver(lines, message),
        ChatChange::Replaced(messages) => {
            let before = std::mem::take(lines);
            let (mut delivered, undelivered): (Vec<_>, Vec<_>) = before.into_iter().partition(|line| line.delivery == Delivery::Delivered);
            *lines = undelivered;
            for message in messages {
                let known = delivered.iter().position(|line| line.message.id == message.id).map(|at| delivered.swap_remove(at));
                let id = message.id;
                deliver(lines, message);
                // A line that stays keeps its key, so that the page does not draw it anew.
                if let (Some(known), Some(now)) = (known, lines.iter_mut().find(|line| line.message.id == id)) {
                    now.key = known.key;
                }
            }
        }
        ChatChange::Sending(message) => {
            let key = message.client_id.clone().unwrap_or_else(|| message.id.to_string());
            lines.push(ChatLine { key, message, delivery: Delivery::Sending });
        }
        ChatChange::Deleted(id) => lines.retain(|line| line.message.id != id),
        ChatChange::Refused { client_id, sentence } => {
            if let Some(line) = undelivered(lines, Some(&client_id)).and_then(|at| lines.get_mut(at)) {
                line.delivery = Delivery::Refused(sentence);
            }
        }
    }
    if lines.len() > MAX_LINES {
        lines.drain(..lines.len() - MAX_LINES);
    }
}

fn deliver(lines: &mut Vec<ChatLine>, message: ChatMessage) {
    let ours = undelivered(lines, message.client_id.as_deref()).map(|at| lines.remove(at));
    let at = lines.partition_point(|line| line.message.seq < message.seq);
    if lines.get(at).is_some_and(|line| line.message.seq == message.seq) {
        return;
    }
    let key = ours.map_or_else(|| message.id.to_string(), |line| line.key);
    lines.insert(at, ChatLine { key, message, delivery: Delivery::Delivered });
}

fn undelivered(lines: &[ChatLine], client_id: Option<&str>) -> Option<usize> {
    let client_id = client_id?;
    lines.iter().rposition(|line| line.delivery != Delivery::Delivered && line.message.client_id.as_deref() == Some(client_id))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::time::Timestamp;

    fn message(seq: u64, client_id: Option<&str>) -> ChatMessage {
        let mut bytes = [0; 12];
        bytes[4..].copy_from_slice(&seq.to_be_bytes());
        ChatMessage {
            id: MessageId::from_bytes(bytes),
            seq,
            username: "Ada".into(),
            message: format!("line {seq}"),
            timestamp: Timestamp::default(),
            is_admin: false,
            is_moderator: false,
            client_id: client_id.map(str::to_owned),
        }
    }

    fn sending(client_id: &str) -> ChatChange {
        ChatChange::Sending(message(UNDELIVERED_SEQ, Some(client_id)))
    }

    fn seqs(lines: &[ChatLine]) -> Vec<u64> {
        lines.iter().map(|line| line.message.seq).collect()
    }

    #[test]
    fn a_deleted_message_is_gone_and_the_others_stay() {
        let mut lines = vec![line(message(1, None)), line(message(2, None))];
        apply(&mut lines, sending("mine"));
        let id = lines[0].message.id;
        for _ in 0..2 {
            apply(&mut lines, ChatChange::Deleted(id));
            assert_eq!(seqs(&lines), [2, UNDELIVERED_SEQ]);
        }
    }

    #[test]
    fn a_line_of_ours_keeps_its_key_from_sending_to_delivery() {
        let mut lines = vec![line(message(1, None))];
        apply(&mut lines, sending("mine"));
        apply(&mut lines, ChatChange::Delivered(message(2, None)));
        assert_eq!(seqs(&lines), [1, 2, UNDELIVERED_SEQ]);
        apply(&mut lines, ChatChange::Delivered(message(3, Some("mine"))));
        assert_eq!(seqs(&lines), [1, 2, 3]);
        assert_eq!((lines[2].key.as_str(), &lines[2].delivery), ("mine", &Delivery::Delivered));
    }

    #[test]
    fn a_message_is_shown_once_however_often_it_comes() {
        let mut lines = Vec::new();
        apply(&mut lines, sending("mine"));
        for _ in 0..3 {
            apply(&mut lines, ChatChange::Delivered(message(7, Some("mine"))));
        }
        assert_eq!(seqs(&lines), [7]);
    }

    #[test]
    fn nobody_takes_a_line_by_repeating_the_mark_of_one_that_was_delivered() {
        let mut lines = Vec::new();
        apply(&mut lines, ChatChange::Delivered(message(1, Some("mark"))));
        apply(&mut lines, ChatChange::Delivered(message(2, Some("mark"))));
        assert_eq!(seqs(&lines), [1, 2]);
    }

    #[test]
    fn a_refused_line_says_why_and_stays() {
        let mut lines = Vec::new();
        apply(&mut lines, sending("mine"));
        apply(&mut lines, ChatChange::Refused { client_id: "mine".into(), sentence: "Wait a moment.".into() });
        assert_eq!(lines[0].delivery, Delivery::Refused("Wait a moment.".into()));
        apply(&mut lines, ChatChange::Refused { client_id: "other".into(), sentence: String::new() });
        assert_eq!(lines.len(), 1);
    }

    #[test]
    fn a_replacement_drops_what_is_gone_and_keeps_keys_and_what_is_on_its_way() {
        let mut lines = Vec::new();
        apply(&mut lines, sending("first"));
        apply(&mut lines, ChatChange::Delivered(message(5, Some("first"))));
        apply(&mut lines, ChatChange::Delivered(message(6, None)));
        apply(&mut lines, sending("second"));
        apply(&mut lines, ChatChange::Replaced(vec![message(5, Some("first")), message(9, None)]));
        assert_eq!(seqs(&lines), [5, 9, UNDELIVERED_SEQ]);
        assert_eq!(lines[0].key, "first");
    }

    proptest! {
        #[test]
        fn any_order_and_repetition_gives_the_log_in_order(mut arrivals in proptest::collection::vec(1_u64..50, 0..200)) {
            let mut lines = Vec::new();
            for seq in &arrivals {
                apply(&mut lines, ChatChange::Delivered(message(*seq, None)));
            }
            arrivals.sort_unstable();
            arrivals.dedup();
            prop_assert_eq!(seqs(&lines), arrivals);
        }

        #[test]
        fn the_list_is_bounded_and_keeps_the_newest(count in 0_u64..1_000) {
            let mut lines = Vec::new();
            for seq in 1..=count {
                apply(&mut lines, ChatChange::Delivered(message(seq, None)));
            }
            prop_assert!(lines.len() <= MAX_LINES);
            prop_assert_eq!(lines.last().map(|line| line.message.seq), (count > 0).then_some(count));
        }
    }
}
