//! How a viewer gets to the picture and keeps it: when to ask for an offer, when a picture counts as lost, what to
//! show meanwhile. Pure: events and the time in, orders and [`Playback`] out.
//!
//! Knows no socket and no peer, and does not care who the broadcaster is.

use super::{retry::wait_ms, watch::Playback};
use crate::browser::peer::PeerState;

/// An offer that has not come by then is asked for.
const OFFER_MS: f64 = 3_000.0;
/// A connection that heard nothing this long is lost.
const DISCONNECTED_MS: f64 = 2_000.0;
/// A picture that stands still this long is lost. Viewers are to see within three seconds that a host has vanished, and
/// even a blank picture moves twice a second.
const FROZEN_MS: f64 = 2_500.0;
/// The same while the host's own connection is away: then it is no surprise.
const FROZEN_WITHOUT_HOST_MS: f64 = 1_000.0;
/// A path through the network that is not found by then will not be found soon; the viewer is told, tries go on.
const CONNECT_MS: f64 = 10_000.0;

const BLOCKED: &str = "Your network blocks the video. Chat and products go on; another network may let it through.";

/// What has to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// Say that we are here, and our peer's name.
    Register,
    /// Ask for an offer.
    Ask,
    /// Close the connection and blank the picture.
    Drop,
}

/// Where we are on the way to the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    /// Nobody is on air that we know of.
    Idle,
    /// An offer should come.
    Asked {
        at_ms: f64,
    },
    /// There was an offer; the connection is being made.
    Connecting {
        since_ms: f64,
    },
    Playing,
    /// Lost, and asked for again at this time.
    Lost {
        retry_at_ms: f64,
    },
    Ended,
}

/// The state of one viewer.
#[derive(Debug, Clone)]
pub(super) struct Viewing {
    stage: Stage,
    is_socket_open: bool,
    is_host_online: bool,
    is_peer_connected: bool,
    had_picture: bool,
    needs_tap: bool,
    /// Since when offers came and no connection was made.
    trying_since_ms: Option<f64>,
    disconnected_at_ms: Option<f64>,
    frames: u32,
    frames_at_ms: f64,
    failures: u32,
}

/// What a regular look at the player finds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Decoded so far.
    pub frames: u32,
    /// Whether it is expected to move: in sight, and not paused by its viewer.
    pub is_watched: bool,
}

impl Viewing {
    /// At the beginning.
    pub fn new() -> Self {
        Self {
            stage: Stage::Idle,
            is_socket_open: false,
            is_host_online: true,
            is_peer_connected: false,
            had_picture: false,
            needs_tap: false,
            trying_since_ms: None,
            disconnected_at_ms: None,
            frames: 0,
            frames_at_ms: 0.0,
            failures: 0,
        }
    }

    /// What to show.
    pub fn playback(&self, now_ms: f64) -> Playback {
        let is_blocked = self.trying_since_ms.is_some_and(|since_ms| now_ms - since_ms >= CONNECT_MS);
        match self.stage {
            Stage::Ended => Playback::Ended,
            _ if self.needs_tap => Playback::NeedsTap,
            Stage::Playing => Playback::Playing,
            _ if is_blocked => Playback::Failed(BLOCKED.to_owned()),
            Stage::Idle if !self.had_picture => Playback::Waiting,
            _ if self.had_picture => Playback::Reconnecting,
            _ => Playback::Connecting,
        }
    }

    /// The socket is open. A picture that moves goes on: it does not come through the hub.
    pub fn opened(&mut self) -> Vec<Order> {
        self.is_socket_open = true;
        if self.stage == Stage::Ended { Vec::new() } else { vec![Order::Register] }
    }

    /// The socket is gone.
    pub fn socket_lost(&mut self) {
        self.is_socket_open = false;
    }

    /// Somebody is on air and knows that we are here. An offer comes, unless we have a picture.
    pub fn host_available(&mut self, now_ms: f64) {
        self.is_host_online = true;
        if !matches!(self.stage, Stage::Playing | Stage::Connecting { .. } | Stage::Ended) {
            self.stage = Stage::Asked { at_ms: now_ms };
        }
    }

    /// Whether the host's own connection is there.
    pub fn host_online(&mut self, is_online: bool) {
        self.is_host_online = is_online;
    }

    /// An offer came, and is being answered on a new connection.
    pub fn offered(&mut self, now_ms: f64) {
        self.is_peer_connected = false;
        self.disconnected_at_ms = None;
        match self.stage {
            Stage::Ended => return,
            // The picture goes on until the new connection has taken over; if neither moves, it counts as frozen.
            Stage::Playing => {
                self.frames_at_ms = now_ms;
                return;
            }
            _ => self.stage = Stage::Connecting { since_ms: now_ms },
        }
        self.trying_since_ms.get_or_insert(now_ms);
    }

    /// The connection changed.
    pub fn peer_state(&mut self, state: PeerState, now_ms: f64) -> Vec<Order> {
        self.is_peer_connected = state == PeerState::Connected;
        match state {
            PeerState::Connected => {
                self.disconnected_at_ms = None;
                self.trying_since_ms = None;
                self.frames_at_ms = now_ms;
            }
            PeerState::Disconnected => {
                self.disconnected_at_ms.get_or_insert(now_ms);
            }
            PeerState::Failed | PeerState::Closed => return self.lost(now_ms),
            PeerState::New | PeerState::Connecting => {}
        }
        Vec::new()
    }

    /// A picture is on the screen: of a new connection, or of the one that was there when an offer was asked for.
    pub fn first_frame(&mut self, now_ms: f64) {
        if matches!(self.stage, Stage::Asked { .. } | Stage::Connecting { .. } | Stage::Lost { .. }) {
            self.stage = Stage::Playing;
            self.had_picture = true;
            self.needs_tap = false;
            self.failures = 0;
            self.trying_since_ms = None;
            self.frames_at_ms = now_ms;
        }
    }

    /// The browser refused to play, or plays after a tap.
    pub fn tap_needed(&mut self, is_needed: bool) {
        self.needs_tap = is_needed;
    }

    /// The show is over.
    pub fn ended(&mut self) -> Vec<Order> {
        *self = Self { stage: Stage::Ended, is_socket_open: self.is_socket_open, ..Self::new() };
        vec![Order::Drop]
    }

    /// The show goes on after all, or begins.
    pub fn started(&mut self) -> Vec<Order> {
        if self.stage != Stage::Ended {
            return Vec::new();
        }
        self.stage = Stage::Idle;
        if self.is_socket_open { vec![Order::Register] } else { Vec::new() }
    }

    /// A regular look, a few times a second. `random` is 0 up to 1.
    pub fn tick(&mut self, look: Look, now_ms: f64, random: f64) -> Vec<Order> {
        if look.frames != self.frames || !look.is_watched || self.needs_tap {
            let moved = look.frames > self.frames;
            self.frames = look.frames;
            self.frames_at_ms = now_ms;
            if moved && self.is_peer_connected {
                self.first_frame(now_ms);
            }
        }
        let still_ms = now_ms - self.frames_at_ms;
        let frozen_ms = if self.is_host_online { FROZEN_MS } else { FROZEN_WITHOUT_HOST_MS };
        match self.stage {
            Stage::Asked { at_ms } if now_ms - at_ms >= OFFER_MS => {
                self.stage = Stage::Asked { at_ms: now_ms + f64::from(wait_ms(self.failures, random)) };
                self.failures = self.failures.saturating_add(1);
                self.ask()
            }
            Stage::Playing if still_ms >= frozen_ms => self.lost(now_ms),
            Stage::Playing | Stage::Connecting { .. } if self.disconnected_at_ms.is_some_and(|at_ms| now_ms - at_ms >= DISCONNECTED_MS) => self.lost(now_ms),
            Stage::Connecting { since_ms } if now_ms - since_ms >= CONNECT_MS => self.lost(now_ms),
            Stage::Lost { retry_at_ms } if now_ms >= retry_at_ms && self.is_socket_open && self.is_host_online => {
                self.failures = self.failures.saturating_add(1);
                self.stage = Stage::Asked { at_ms: now_ms + f64::from(wait_ms(self.failures, random)) };
                self.ask()
            }
            _ => Vec::new(),
        }
    }

    fn ask(&self) -> Vec<Order> {
        if self.is_socket_open { vec![Order::Ask] } else { Vec::new() }
    }

    // The last picture stays on the screen until another one comes: a still says more than a hole.
    fn lost(&mut self, now_ms: f64) -> Vec<Order> {
        if matches!(self.stage, Stage::Playing | Stage::Connecting { .. }) {
            self.disconnected_at_ms = None;
            self.stage = Stage::Lost { retry_at_ms: now_ms };
        }
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    mod returning;

    use super::*;

    fn look(frames: u32) -> Look {
        Look { frames, is_watched: true }
    }

    /// Ticks four times a second from one time to another with this number of frames; the orders with their times.
    fn wait(viewing: &mut Viewing, from_ms: u32, to_ms: u32, frames: u32) -> Vec<(u32, Order)> {
        let tick = |at_ms: u32| viewing.tick(look(frames), f64::from(at_ms), 0.0).into_iter().map(move |order| (at_ms, order)).collect::<Vec<_>>();
        (from_ms..=to_ms).step_by(250).flat_map(tick).collect()
    }

    fn playing() -> Viewing {
        let mut viewing = Viewing::new();
        assert_eq!(viewing.opened(), [Order::Register]);
        viewing.host_available(0.0);
        viewing.offered(50.0);
        viewing.peer_state(PeerState::Connected, 100.0);
        viewing.tick(look(1), 200.0, 0.0);
        assert_eq!(viewing.playback(200.0), Playback::Playing);
        viewing
    }

    #[test]
    fn nobody_on_air_is_waited_for_without_a_word() {
        let mut viewing = Viewing::new();
        viewing.opened();
        assert!(wait(&mut viewing, 0, 60_000, 0).is_empty());
        assert_eq!(viewing.playback(60_000.0), Playback::Waiting);
    }

    #[test]
    fn an_offer_that_does_not_come_is_asked_for_after_three_seconds_and_again() {
        let mut viewing = Viewing::new();
        viewing.opened();
        viewing.host_available(0.0);
        assert_eq!(wait(&mut viewing, 0, 6_500, 0), [(3_000, Order::Ask), (6_000, Order::Ask)]);
        assert_eq!(viewing.playback(7_000.0), Playback::Connecting);
    }

    #[test]
    fn a_connection_that_is_quiet_for_two_seconds_is_asked_for_again() {
        let mut viewing = playing();
        viewing.peer_state(PeerState::Disconnected, 1_000.0);
        let mut orders = Vec::new();
        for at_ms in (1_000..=3_500).step_by(250) {
            orders.extend(viewing.tick(look(at_ms), f64::from(at_ms), 0.0).into_iter().map(|order| (at_ms, order)));
        }
        assert_eq!(orders, [(3_250, Order::Ask)]);
        assert_eq!(viewing.playback(3_500.0), Playback::Reconnecting);
    }

    #[test]
    fn one_that_comes_back_in_time_is_left_alone() {
        let mut viewing = playing();
        viewing.peer_state(PeerState::Disconnected, 1_000.0);
        viewing.tick(look(2), 1_500.0, 0.0);
        viewing.peer_state(PeerState::Connected, 2_000.0);
        assert!(viewing.tick(look(3), 4_000.0, 0.0).is_empty());
        assert_eq!(viewing.playback(4_000.0), Playback::Playing);
    }

    #[test]
    fn a_frozen_picture_shows_within_three_seconds_and_is_asked_for_again() {
        let mut viewing = playing();
        assert_eq!(wait(&mut viewing, 250, 2_750, 1), []);
        assert_eq!(viewing.playback(3_000.0), Playback::Reconnecting);
        assert_eq!(wait(&mut viewing, 3_000, 5_000, 1), [(3_000, Order::Ask)]);
    }

    #[test]
    fn a_picture_nobody_looks_at_does_not_count_as_frozen() {
        let mut viewing = playing();
        for at_ms in 0..60_u32 {
            assert!(viewing.tick(Look { frames: 1, is_watched: false }, f64::from(at_ms) * 1_000.0, 0.0).is_empty());
        }
        assert_eq!(viewing.playback(60_000.0), Playback::Playing);
    }

    #[test]
    fn a_host_that_vanishes_shows_within_two_seconds_and_is_not_asked_while_away() {
        let mut viewing = playing();
        viewing.host_online(false);
        assert!(wait(&mut viewing, 250, 1_500, 1).is_empty());
        assert_eq!(viewing.playback(1_500.0), Playback::Reconnecting);
        assert!(wait(&mut viewing, 1_750, 20_000, 1).is_empty());
        viewing.host_available(20_000.0);
        viewing.offered(20_100.0);
        viewing.peer_state(PeerState::Connected, 20_200.0);
        viewing.first_frame(20_300.0);
        assert_eq!(viewing.playback(20_300.0), Playback::Playing);
    }

    #[test]
    fn a_picture_goes_on_while_the_hub_is_away() {
        let mut viewing = playing();
        viewing.socket_lost();
        for frames in 2..40 {
            assert!(viewing.tick(look(frames), f64::from(frames) * 250.0, 0.0).is_empty());
        }
        assert_eq!(viewing.opened(), [Order::Register]);
        viewing.host_available(10_000.0);
        assert_eq!(viewing.playback(10_000.0), Playback::Playing);
    }

    #[test]
    fn a_blocked_network_is_named_after_ten_seconds_and_tries_go_on() {
        let mut viewing = Viewing::new();
        viewing.opened();
        viewing.host_available(0.0);
        viewing.offered(0.0);
        assert_eq!(wait(&mut viewing, 0, 11_000, 0), [(10_250, Order::Ask)]);
        assert!(matches!(viewing.playback(11_000.0), Playback::Failed(_)));
        viewing.offered(11_000.0);
        viewing.peer_state(PeerState::Connected, 11_500.0);
        viewing.first_frame(11_600.0);
        assert_eq!(viewing.playback(11_600.0), Playback::Playing);
    }

    #[test]
    fn the_end_drops_the_picture_and_nothing_is_asked_after_it() {
        let mut viewing = playing();
        assert_eq!(viewing.ended(), [Order::Drop]);
        viewing.host_available(1_000.0);
        viewing.offered(1_000.0);
        assert!(wait(&mut viewing, 0, 20_000, 1).is_empty());
        assert_eq!((viewing.playback(20_000.0), viewing.opened()), (Playback::Ended, Vec::new()));
    }

    #[test]
    fn another_offer_while_it_plays_is_no_interruption() {
        let mut viewing = playing();
        viewing.offered(1_000.0);
        assert_eq!(viewing.playback(1_100.0), Playback::Playing);
        viewing.peer_state(PeerState::Connected, 1_200.0);
        assert!(viewing.tick(look(2), 1_250.0, 0.0).is_empty());
        viewing.offered(2_000.0);
        assert_eq!(wait(&mut viewing, 2_000, 7_000, 2), [(4_750, Order::Ask)]);
    }

    #[test]
    fn a_tap_is_asked_for_and_then_it_plays() {
        let mut viewing = playing();
        viewing.tap_needed(true);
        assert!(wait(&mut viewing, 250, 20_000, 1).is_empty());
        assert_eq!(viewing.playback(20_000.0), Playback::NeedsTap);
        viewing.tap_needed(false);
        assert_eq!(viewing.playback(20_000.0), Playback::Playing);
    }
}
