//! What is said to an engine by WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep), and what it answers: values, no connection
//! and no clock.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use reqwest::Url;

use crate::server::engine::http::Failure;

/// The longest address of a session that is believed to be one.
const MAX_ADDRESS_BYTES: usize = 2048;

/// Which end of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Publish,
    Play,
}

/// The word of a show in addresses: nobody finds it who was not told.
#[derive(Clone, PartialEq, Eq)]
pub struct ShowKey(String);

impl ShowKey {
    /// A new one.
    pub fn make() -> Self {
        Self(format!("{:032x}", rand::random::<u128>()))
    }

    /// As it stands in an address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ShowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShowKey").finish_non_exhaustive()
    }
}

/// A connection of a browser at the engine. Whoever has its address may end it.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    pub side: Side,
    pub address: String,
    /// What changes of it have to name (`ETag`).
    pub tag: Option<String>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("side", &self.side).finish_non_exhaustive()
    }
}

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Whether anybody is there (`OPTIONS`).
    Knock { side: Side, key: ShowKey },
    /// A browser offers to send, or to take, picture and sound.
    Offer { side: Side, key: ShowKey, sdp: String },
    /// Says that a browser's addresses are all named (`PATCH`), which they are: who knows no such session says so.
    Look { session: Session, fragment: String },
    /// Ends a session.
    End(Session),
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// To an offer.
    Made {
        answer: String,
        session: Session,
    },
    Done,
    /// With a status, and for how long nothing should be asked again.
    Refused {
        status: u16,
        wait: Option<Duration>,
    },
    Failed(Failure),
}

/// The place of an engine that has one input: one show at a time has it.
#[derive(Debug)]
pub struct Slot {
    /// None: there is a place for each.
    place: Option<Arc<AtomicBool>>,
    is_held: bool,
}

impl Slot {
    /// Each show has a place.
    pub fn for_everybody() -> Self {
        Self { place: None, is_held: false }
    }

    /// There is one place, for this and all that are cloned from it.
    pub fn for_one() -> Self {
        Self { place: Some(Arc::default()), is_held: false }
    }

    /// Takes it. False where another show has it.
    pub fn take(&mut self) -> bool {
        self.is_held = self.is_held || self.place.as_ref().is_none_or(|place| !place.swap(true, Ordering::AcqRel));
        self.is_held
    }

    /// Gives it back.
    pub fn release(&mut self) {
        if std::mem::take(&mut self.is_held)
            && let Some(place) = &self.place
        {
            place.store(false, Ordering::Release);
        }
    }
}

impl Clone for Slot {
    fn clone(&self) -> Self {
        Self { place: self.place.clone(), is_held: false }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.release();
    }
}

/// Where an answer points from where it was asked for, if that is the same server: the secret goes nowhere else.
pub fn resolve(asked: &Url, location: &str) -> Option<Url> {
    let url = asked.join(Some(location).filter(|location| location.len() <= MAX_ADDRESS_BYTES)?).ok()?;
    let is_plain = url.username().is_empty() && url.password().is_none();
    (is_plain && url.origin() == asked.origin()).then_some(url)
}

/// That all addresses of a browser are named (RFC 8840): its own words of the connection, so that nothing in it is changed.
pub fn last_fragment(offer: &str) -> String {
    let line = |start: &str| offer.lines().find(|line| line.starts_with(start)).map(|line| format!("{line}\r\n")).unwrap_or_default();
    format!("{}{}m=audio 9 RTP/AVP 0\r\n{}a=end-of-candidates\r\n", line("a=ice-ufrag:"), line("a=ice-pwd:"), line("a=mid:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_points_to_the_same_server_or_nowhere() {
        let asked = Url::parse("https://media.example:8443/live/word/whip?codec=vp8").unwrap();
        let to = |location: &str| resolve(&asked, location).map(String::from);
        for (location, url) in [
            ("/sessions/7", "https://media.example:8443/sessions/7"),
            ("7", "https://media.example:8443/live/word/7"),
            ("../7?x=1", "https://media.example:8443/live/7?x=1"),
            ("https://media.example:8443/7", "https://media.example:8443/7"),
            ("//media.example:8443/7", "https://media.example:8443/7"),
        ] {
            assert_eq!(to(location).as_deref(), Some(url), "{location}");
        }
        for location in [
            "https://elsewhere.example/7",
            "//elsewhere.example/7",
            "https://media.example/7",
            "http://media.example:8443/7",
            "https://a:b@media.example:8443/7",
            "\\\\elsewhere.example/7",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "http://[",
            &"x".repeat(3000),
        ] {
            assert_eq!(to(location), None, "{location}");
        }
    }

    #[test]
    fn a_place_for_one_is_given_once_at_a_time() {
        let (mut one, everybody) = (Slot::for_one(), Slot::for_everybody());
        let mut other = one.clone();
        assert!(one.take() && one.take() && !other.take());
        one.release();
        one.release();
        assert!(other.take() && !one.take());
        drop(other);
        assert!(one.take());
        assert!(everybody.clone().take() && everybody.clone().take());
    }

    #[test]
    fn the_last_fragment_names_the_connection_it_is_about() {
        let offer =
            "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=ice-ufrag:abcd\r\na=ice-pwd:efgh\r\na=mid:0\r\nm=video 9 X 96\r\na=ice-ufrag:abcd\r\na=mid:1\r\n";
        assert_eq!(last_fragment(offer), "a=ice-ufrag:abcd\r\na=ice-pwd:efgh\r\nm=audio 9 RTP/AVP 0\r\na=mid:0\r\na=end-of-candidates\r\n");
    }

    #[test]
    fn keys_and_addresses_are_in_no_log() {
        let key = ShowKey::make();
        let session = Session { side: Side::Play, address: "https://media.example/7".into(), tag: None };
        let said = format!("{key:?} {session:?} {:?}", Request::End(session.clone()));
        assert!(!said.contains(key.as_str()) && !said.contains("media.example"), "{said}");
        assert_ne!(ShowKey::make(), key);
    }
}
