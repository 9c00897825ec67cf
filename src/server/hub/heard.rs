//! What a room says to those who came over HTTP and have no page: encoders and players.

use std::time::Duration;

use tokio::{sync::oneshot, time::timeout};

use crate::{
    domain::id::PeerId,
    error::{AppError, ErrorKind},
    protocol::downward::{Downward, ErrorFrame},
};

/// An offer that the media server does not answer by then will not be answered.
const PATIENCE: Duration = Duration::from_secs(10);
/// The frames that say any of it. All others, such as a lively chat, are not worth reading.
const WORTH_READING: [&str; 4] = ["webrtc_new_customer", "webrtc_answer", "error", "stream_stopped"];
const START: &str = r#"{"type":""#;

/// What somebody without a page has to know.
pub(super) enum Heard {
    /// The media server, by this name, waits for an offer.
    Wanted(PeerId),
    Answer(String),
    Refused(AppError),
    /// There is nothing more to do here.
    Over,
}

/// What a frame says of it, if it does.
pub(super) fn heard(text: &str) -> Option<Heard> {
    let kind = text.strip_prefix(START)?.split('"').next()?;
    if !WORTH_READING.contains(&kind) {
        return None;
    }
    match serde_json::from_str(text).ok()? {
        Downward::WebrtcNewCustomer(waiting) => Some(Heard::Wanted(waiting.peer_id)),
        Downward::WebrtcAnswer(answer) => Some(Heard::Answer(answer.answer.sdp)),
        Downward::Error(refusal) => Some(Heard::Refused(refused(refusal))),
        Downward::StreamStopped(_) => Some(Heard::Over),
        _ => None,
    }
}

fn refused(ErrorFrame { code, message, retry_after, .. }: ErrorFrame) -> AppError {
    let kind = match code.as_str() {
        "unusable_offer" => ErrorKind::Malformed,
        "media_full" => ErrorKind::Unavailable,
        _ => ErrorKind::Conflict,
    };
    AppError { retry_after_s: retry_after, ..AppError::new(kind, message).coded(&code) }
}

/// The answer to an offer.
///
/// # Errors
/// What the room refuses; Unavailable where nothing comes in time.
pub(super) async fn in_time(answer: oneshot::Receiver<Result<String, AppError>>) -> Result<String, AppError> {
    let silent = || Err(AppError::unavailable("The media server does not answer. Try again in a moment."));
    timeout(PATIENCE, answer).await.ok().and_then(Result::ok).unwrap_or_else(silent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::id::LivestreamId, protocol::downward::CustomerWaiting};

    #[test]
    fn frames_say_first_what_they_are() {
        let peer = PeerId("media".into());
        let frame = CustomerWaiting { stream_id: LivestreamId::from_bytes([1; 12]), customer_id: peer.clone(), peer_id: peer, layers: false };
        let text = serde_json::to_string(&Downward::WebrtcNewCustomer(frame)).unwrap();
        assert!(matches!(heard(&text), Some(Heard::Wanted(_))), "{text}");
        assert!(heard(&text.replace("webrtc_new_customer", "webrtc_customer_gone")).is_none());
        assert!(heard("").is_none() && heard(START).is_none());
    }
}
