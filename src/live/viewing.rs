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
/// A picture that the browser holds by itself, as iPhones do when a full screen is left, goes on after this time.
const HELD_MS: f64 = 1_000.0;
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
    /// Ask the browser to play.
    Play,
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
    held_since_ms: Option<f64>,
    failures: u32,
}

/// What a regular look at the player finds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// Decoded so far.
    pub frames: u32,
    /// Whether it is expected to move: in sight, and not paused by its viewer.
    pub is_watched: bool,
    /// Whether it stands still in sight although nobody asked for that.
    pub is_held: bool,
    /// Whether the viewer wishes to hear the show alone: then no picture is expected, and none is missed.
    pub is_sound_only: bool,
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
            held_since_ms: None,
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

    /// Somebody is on air and knows that we are here. An offer comes, unless we have a picture. Whether one is wanted.
    pub fn host_available(&mut self, now_ms: f64) -> bool {
        self.is_host_online = true;
        let is_wanted = !matches!(self.stage, Stage::Playing | Stage::Connecting { .. } | Stage::Ended);
        if is_wanted {
            self.stage = Stage::Asked { at_ms: now_ms };
        }
        is_wanted
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
        if look.is_sound_only && self.is_peer_connected {
            self.first_frame(now_ms);
        }
        if look.frames != self.frames || !look.is_watched || look.is_sound_only || self.needs_tap {
            let moved = look.frames > self.frames;
            self.frames = look.frames;
            self.frames_at_ms = now_ms;
            if moved && self.is_peer_connected {
                self.first_frame(now_ms);
            }
        }
        if let Some(order) = self.held(look.is_held, now_ms) {
            return vec![order];
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

    // Where a tap is needed, the browser has refused to play already.
    fn held(&mut self, is_held: bool, now_ms: f64) -> Option<Order> {
        if !is_held || self.needs_tap || self.stage != Stage::Playing {
            self.held_since_ms = None;
            return None;
        }
        let since_ms = *self.held_since_ms.get_or_insert(now_ms);
        (now_ms - since_ms >= HELD_MS).then(|| {
            self.held_since_ms = Some(now_ms);
            Order::Play
        })
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
mod tests;
