//! The way to one viewer: a peer connection, what it sends, and how it does.

use web_sys::{MediaStream, MediaStreamTrack};

use super::PeerHealth;
use crate::{
    browser::{
        error::MediaError,
        peer::{IcePath, Peer, PeerEvent, PeerState, Sending, TrackKind},
        sizes::Sizes,
        stats::{Rates, Sample},
    },
    domain::{id::PeerId, livestream::Quality},
    protocol::signal::{IceServer, SessionDescription},
};

/// A viewer that asks again this soon has not got our offer yet.
const OFFER_UNDERWAY_MS: f64 = 3_000.0;
/// Whoever was heard this recently is alive: its reports come every second.
const ALIVE_MS: f64 = 4_000.0;
/// Asking twice within this time means it, however alive the connection looks from here.
const INSISTS_MS: f64 = 10_000.0;
/// A connection that has not worked for this long is given up.
const GONE_MS: f64 = 30_000.0;

/// Lines that do not work and are kept all the same. A full house that comes at once connects within a second or two and
/// asks again until it has; names that nobody answers for must not fill the browser.
const MAX_UNCONNECTED: usize = 64;
/// A line that has not worked for this long gives its place to a viewer who comes anew: its own has given up by then.
const PLACE_MS: f64 = 10_000.0;

/// What we send: the tracks that are there, and the stream that says they belong together.
pub(super) struct Media<'a> {
    pub stream: &'a MediaStream,
    pub video: Option<&'a MediaStreamTrack>,
    pub audio: Option<&'a MediaStreamTrack>,
}

/// One viewer.
pub(super) struct Line {
    pub number: u32,
    pub viewer: PeerId,
    pub peer: Peer,
    video: Sending,
    audio: Sending,
    sizes: Sizes,
    facts: Facts,
    is_restarted: bool,
    last: Option<Sample>,
    rates: Rates,
    /// The connection before this one sends until this one is there.
    former: Option<Peer>,
}

/// What is known of a line when its viewer asks for an offer.
#[derive(Debug, Clone, Copy)]
struct Facts {
    state: PeerState,
    offered_at_ms: f64,
    asked_at_ms: f64,
    heard_at_ms: f64,
    worked_at_ms: f64,
}

/// What a failed connection gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    None,
    /// An offer that looks for another path.
    Restart,
    /// Nothing more: it is closed.
    GiveUp,
}

impl Line {
    /// A connection with everything to send, not offered yet.
    ///
    /// # Errors
    /// A browser without WebRTC, or a helping server's address that it cannot read.
    pub fn open(
        number: u32,
        viewer: PeerId,
        sizes: Sizes,
        media: &Media<'_>,
        ice_servers: &[IceServer],
        now_ms: f64,
        tell: impl Fn(PeerEvent) + Clone + 'static,
    ) -> Result<Self, MediaError> {
        let peer = Peer::new(ice_servers, tell)?;
        let audio = peer.send(TrackKind::Audio, Sizes::One, media.audio, media.stream);
        let video = peer.send(TrackKind::Video, sizes, media.video, media.stream);
        let facts = Facts { state: PeerState::New, offered_at_ms: now_ms, asked_at_ms: now_ms, heard_at_ms: f64::MIN, worked_at_ms: now_ms };
        Ok(Self { number, viewer, peer, video, audio, sizes, facts, is_restarted: false, last: None, rates: Rates::default(), former: None })
    }

    /// Keeps an earlier connection until this one is there.
    pub fn succeed(&mut self, earlier: Self) {
        if earlier.facts.state == PeerState::Connected {
            self.former = Some(earlier.peer);
        }
    }

    /// The offer, once the sender knows its limits.
    pub fn offer(&self, quality: Quality, path: IcePath) -> impl Future<Output = Result<SessionDescription, MediaError>> + use<> {
        let (limited, offered) = (self.limit(quality), self.peer.offer(path));
        async move {
            limited.await;
            offered.await
        }
    }

    /// Sends no more than this quality needs.
    pub fn limit(&self, quality: Quality) -> impl Future<Output = ()> + use<> {
        self.video.limit(max_kbps(quality, self.sizes))
    }

    /// Sends these from now on, the picture in the sizes that it has room for.
    pub fn replace(&self, media: &Media<'_>, quality: Quality) {
        let (replaced, limited) = (self.video.replace(media.video), self.limit(quality));
        wasm_bindgen_futures::spawn_local(async move {
            replaced.await;
            limited.await;
        });
        wasm_bindgen_futures::spawn_local(self.audio.replace(media.audio));
    }

    /// Its viewer asks for an offer: whether it gets a new one, or this connection is good.
    pub fn asked(&mut self, now_ms: f64) -> bool {
        let is_offered = self.facts.needs_offer(now_ms);
        self.facts.asked_at_ms = now_ms;
        is_offered
    }

    /// The connection changed.
    pub fn changed(&mut self, state: PeerState, now_ms: f64) -> Remedy {
        if self.facts.state == PeerState::Connected {
            self.facts.worked_at_ms = now_ms;
        }
        self.facts.state = state;
        match state {
            PeerState::Connected => {
                self.former = None;
                self.is_restarted = false;
                (self.facts.heard_at_ms, self.facts.worked_at_ms) = (now_ms, now_ms);
                Remedy::None
            }
            PeerState::Failed if !self.is_restarted => {
                self.is_restarted = true;
                self.facts.offered_at_ms = now_ms;
                Remedy::Restart
            }
            PeerState::Failed | PeerState::Closed => Remedy::GiveUp,
            PeerState::New | PeerState::Connecting | PeerState::Disconnected => Remedy::None,
        }
    }

    /// Whether it has not worked for so long that nobody waits for it.
    pub fn is_gone(&self, now_ms: f64) -> bool {
        self.facts.state != PeerState::Connected && now_ms - self.facts.worked_at_ms >= GONE_MS
    }

    /// Takes new counters.
    pub fn sampled(&mut self, sample: Sample) {
        if let Some(last) = &self.last {
            self.rates = sample.since(last);
            if sample.heard_bytes > last.heard_bytes {
                self.facts.heard_at_ms = sample.at_ms;
            }
        }
        self.last = Some(sample);
    }

    /// How it does, for people.
    pub fn health(&self) -> PeerHealth {
        let sample = self.last.unwrap_or_default();
        PeerHealth {
            peer: self.viewer.as_str().chars().take(6).collect(),
            state: self.facts.state.name().to_owned(),
            sent_kbps: self.rates.sent_kbps,
            fps: self.rates.fps,
            width_px: sample.width_px,
            height_px: sample.height_px,
            round_trip_ms: sample.round_trip_ms.round() as u32,
            loss_percent: self.rates.loss_percent,
        }
    }
}

/// Whether one more line may be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    Free,
    /// In place of the line at this index.
    InPlaceOf(usize),
    /// Not now: whoever means it asks again.
    Full,
}

/// Whether one more line may be opened beside these. Lines that work take no place of those that do not.
pub(super) fn admission(lines: &[Line], now_ms: f64) -> Admission {
    admit(lines.iter().map(|line| line.facts), now_ms)
}

fn admit(lines: impl Iterator<Item = Facts>, now_ms: f64) -> Admission {
    let idle: Vec<(usize, f64)> =
        lines.enumerate().filter(|(_, facts)| facts.state != PeerState::Connected).map(|(at, facts)| (at, facts.worked_at_ms)).collect();
    if idle.len() < MAX_UNCONNECTED {
        return Admission::Free;
    }
    match idle.into_iter().min_by(|(_, one), (_, other)| one.total_cmp(other)) {
        Some((at, since_ms)) if now_ms - since_ms >= PLACE_MS => Admission::InPlaceOf(at),
        _ => Admission::Full,
    }
}

impl Facts {
    fn needs_offer(&self, now_ms: f64) -> bool {
        match self.state {
            PeerState::New | PeerState::Connecting => now_ms - self.offered_at_ms >= OFFER_UNDERWAY_MS,
            // A viewer whose socket came back says that it is here; its picture never stopped.
            PeerState::Connected => now_ms - self.heard_at_ms >= ALIVE_MS || now_ms - self.asked_at_ms < INSISTS_MS,
            PeerState::Disconnected | PeerState::Failed | PeerState::Closed => true,
        }
    }
}

/// Enough for each size at 30 frames a second with faces and products in it, the smallest first.
const fn max_kbps(quality: Quality, sizes: Sizes) -> &'static [u32] {
    match (quality, sizes) {
        (Quality::Hd720, Sizes::One) => &[2_500],
        (Quality::Hd720, Sizes::Three) => &[150, 600, 2_500],
        (Quality::Hd1080, Sizes::One) => &[4_500],
        (Quality::Hd1080, Sizes::Three) => &[300, 1_200, 4_500],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(state: PeerState) -> Facts {
        Facts { state, offered_at_ms: 0.0, asked_at_ms: 0.0, heard_at_ms: 0.0, worked_at_ms: 0.0 }
    }

    #[test]
    fn a_viewer_that_asks_twice_at_once_gets_one_offer() {
        let fresh = facts(PeerState::New);
        assert!(!fresh.needs_offer(100.0));
        assert!(fresh.needs_offer(3_000.0));
    }

    #[test]
    fn a_picture_that_moves_is_not_interrupted_by_a_socket_that_came_back() {
        let alive = Facts { heard_at_ms: 59_000.0, ..facts(PeerState::Connected) };
        assert!(!alive.needs_offer(60_000.0));
    }

    #[test]
    fn a_viewer_that_is_silent_or_insists_gets_a_new_offer() {
        let silent = Facts { heard_at_ms: 50_000.0, ..facts(PeerState::Connected) };
        assert!(silent.needs_offer(60_000.0));
        let insists = Facts { heard_at_ms: 60_000.0, asked_at_ms: 57_000.0, ..facts(PeerState::Connected) };
        assert!(insists.needs_offer(60_000.0));
    }

    #[test]
    fn lines_that_never_connect_are_limited_and_make_room_after_a_while() {
        let squatters = |count: u32| (0..count).map(|at| Facts { worked_at_ms: f64::from(at), ..facts(PeerState::Connecting) });
        let watching = || std::iter::repeat_n(facts(PeerState::Connected), 500);
        assert_eq!(admit(watching().chain(squatters(63)), 1_000.0), Admission::Free);
        assert_eq!(admit(watching().chain(squatters(64)), 1_000.0), Admission::Full);
        assert_eq!(admit(watching().chain(squatters(64)), 9_999.0), Admission::Full);
        // The one that has waited longest goes, and never one that works.
        assert_eq!(admit(watching().chain(squatters(64)), 10_000.0), Admission::InPlaceOf(500));
    }

    #[test]
    fn a_lost_connection_is_offered_anew() {
        for state in [PeerState::Disconnected, PeerState::Failed, PeerState::Closed] {
            assert!(facts(state).needs_offer(1.0));
        }
    }
}
