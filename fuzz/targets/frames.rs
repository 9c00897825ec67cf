//! Frames of clients: whatever comes, it is refused under one of three codes, or read, within its bounds, as what it
//! says when it is written again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wrencos::protocol::{
    signal::{MAX_CANDIDATE_BYTES, MAX_SDP_BYTES},
    upward::Upward,
};

fuzz_target!(|bytes: &[u8]| {
    // Text that is no UTF-8 is refused by the socket's library.
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let frame = match Upward::read(text) {
        Ok(frame) => frame,
        Err(error) => {
            assert!(["malformed_frame", "unknown_type", "invalid_frame"].contains(&error.code), "{error:?}");
            assert!(!error.message.is_empty());
            return;
        }
    };
    match &frame {
        Upward::WebrtcOffer(offer) => assert!(offer.offer.sdp.len() <= MAX_SDP_BYTES),
        Upward::WebrtcAnswer(answer) => assert!(answer.answer.sdp.len() <= MAX_SDP_BYTES),
        Upward::WebrtcIceCandidate(ice) => assert!(ice.candidate.as_ref().is_none_or(|one| one.candidate.len() <= MAX_CANDIDATE_BYTES)),
        _ => {}
    }
    let written = serde_json::to_string(&frame).expect("a frame is JSON");
    assert!(written.contains(&format!("\"type\":\"{}\"", frame.name())), "{written}");
    assert_eq!(Upward::read(&written), Ok(frame), "{written}");
});
