//! What people say during a show.

use serde::{Deserialize, Serialize};

use super::{id::MessageId, time::Timestamp, validate};

/// Characters of one message.
pub const MAX_MESSAGE: usize = 500;
/// Characters of a guest's name.
pub const MAX_NAME: usize = 40;
/// Messages that someone who joins is given.
pub const HISTORY: usize = 100;
/// What a guest is called who gives no name.
pub const GUEST: &str = "Guest";

/// A message as everybody of the show sees it. `seq` is its place in the log of the show.
/// `client_id` is the sender's own mark, by which it knows its message again after a reconnection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatMessage {
    pub id: MessageId,
    pub seq: u64,
    pub username: String,
    pub message: String,
    pub timestamp: Timestamp,
    pub is_admin: bool,
    /// Whether a moderator said it; absent on the wire where not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_moderator: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
}

/// The text as it may be shown, or a sentence for its author.
pub fn message_text(text: &str) -> Result<String, String> {
    validate::line(text, 1, MAX_MESSAGE)
}

/// The name a guest goes by: what they gave, if it can be shown.
pub fn guest_name(given: Option<&str>) -> String {
    given.and_then(|name| validate::line(name, 1, MAX_NAME).ok()).unwrap_or_else(|| GUEST.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guest_without_a_usable_name_is_a_guest() {
        assert_eq!(guest_name(None), GUEST);
        assert_eq!(guest_name(Some(" \u{202e} ")), GUEST);
        assert_eq!(guest_name(Some(" Ada  L ")), "Ada L");
    }
}
