//! A viewer's connection to a broadcaster, and what tells one from another.

use std::cell::OnceCell;

use web_sys::MediaStream;

use crate::{
    browser::{
        peer::{Peer, PeerState},
        player,
    },
    domain::id::PeerId,
};

/// An answer that has not come by then will not come soon.
const ANSWER_MS: f64 = 2_500.0;

/// A connection to a broadcaster.
pub(super) struct Line {
    pub number: u32,
    pub peer: Peer,
    pub host: PeerId,
    /// The broadcaster's own number of its end (`o=` of its description): the same means the same connection.
    pub origin: String,
    pub stream: Option<MediaStream>,
    /// Since when an offer of ours has no answer; None where the other end offered.
    offered_at_ms: Option<f64>,
    /// Pictures that came out of its decoder when it was asked last, and whether it is being asked.
    pub decoded: u32,
    pub is_asked: bool,
    /// The sound of the stream, once it was to be heard alone.
    sound: OnceCell<MediaStream>,
}

impl Line {
    /// One that has this number, with its stream if that is there.
    pub fn new(number: u32, peer: Peer, host: PeerId, origin: String, stream: Option<MediaStream>) -> Self {
        Self { number, peer, host, origin, stream, offered_at_ms: None, decoded: 0, is_asked: false, sound: OnceCell::new() }
    }

    /// One over which we offer to take the picture.
    pub fn offering(number: u32, peer: Peer, host: PeerId, now_ms: f64) -> Self {
        Self { offered_at_ms: Some(now_ms), ..Self::new(number, peer, host, String::new(), None) }
    }

    /// Whether we offered.
    pub fn is_ours(&self) -> bool {
        self.offered_at_ms.is_some()
    }

    /// Whether an offer of ours may be answered yet.
    pub fn is_offering(&self, now_ms: f64) -> bool {
        self.peer.state() == PeerState::New && self.offered_at_ms.is_some_and(|at_ms| now_ms - at_ms < ANSWER_MS)
    }

    /// The sound of the stream alone: the same each time.
    pub fn sound(&self) -> Option<MediaStream> {
        if self.sound.get().is_none()
            && let Some(sound) = player::sound_of(self.stream.as_ref()?)
        {
            let _ = self.sound.set(sound);
        }
        self.sound.get().cloned()
    }

    /// Whether an element was given the sound alone.
    pub fn is_begun_with_sound(&self) -> bool {
        self.sound.get().is_some()
    }
}

/// The id of a description's origin line (RFC 8866, 5.2): fixed for the life of one end of a connection.
pub(super) fn origin(sdp: &str) -> &str {
    let line = sdp.lines().find_map(|line| line.strip_prefix("o=")).unwrap_or_default();
    line.split_whitespace().nth(1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn the_origin_is_read_from_a_description() {
        assert_eq!(origin("v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\n"), "4611731400430051336");
        assert_eq!([origin(""), origin("o=-")], ["", ""]);
    }
}
