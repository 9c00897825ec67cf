//! The task behind a studio page: it owns the camera, the socket and a line to each viewer.

mod picture;
pub(super) mod recording;
mod viewers;

use std::rc::Rc;

use leptos::{html, prelude::*};

use self::recording::{Recordings, Taping, Then};
use super::{AirState, Broadcast, CaptureState, Source, Switch, line::Line, memory, sources::Sources};
use crate::{
    browser::{
        awake::Awake,
        capture::Capture,
        devices::{self, DeviceInfo},
        error::MediaError,
        listener::EventListener,
        peer::{PeerEvent, PeerState},
        player,
        stats::Sample,
        timer::{Interval, Timeout},
    },
    domain::{
        id::PeerId,
        livestream::{Livestream, Quality},
    },
    error::ErrorKind,
    live::{
        connection::LinkInput,
        ice,
        inbox::{Controller, Post},
        session::{Heard, Part, Session},
        state::{Connection, Phase, set},
    },
    protocol::{
        downward::ErrorFrame,
        signal::{IceServer, SessionDescription},
        upward::{Start, Upward},
    },
};

/// How often each line is looked at.
const TICK_MS: u32 = 2_000;
/// The hub answers a start by silence; a refusal comes within this time.
const SETTLED_MS: u32 = 400;

/// Everything that can happen to a host. Numbers are those of the capture or line it belongs to.
pub(super) enum Event {
    Choose(Source),
    Flip,
    /// The other camera, or the former one again with the reason.
    Flipped(u32, Result<(Capture, Option<MediaError>), MediaError>),
    Quality(Quality),
    GoLive(Box<Livestream>),
    TakeOver,
    Leave,
    Microphone(Switch),
    Camera(Switch),
    Say(String),
    Screen(Result<Capture, MediaError>),
    ScreenEnded,
    Captured(u32, Result<Capture, MediaError>),
    CaptureEnded(u32),
    SoundEnded,
    DevicesChanged,
    Devices(Vec<DeviceInfo>),
    Link(LinkInput),
    Settled,
    IceServers(Vec<IceServer>),
    Peer(u32, PeerEvent),
    Offered(u32, Result<SessionDescription, MediaError>),
    Accepted(u32, Result<(), MediaError>),
    Sampled(u32, Option<Sample>),
    Taping(Taping),
    Tick,
}

/// What a studio page has open.
pub(super) struct Host {
    page: Broadcast,
    preview: NodeRef<html::Video>,
    post: Post<Event>,
    peer_id: PeerId,
    /// How the next start is said: a takeover is meant until it has an answer, whatever befalls the socket.
    claim: Claim,
    sources: Sources,
    captures: u32,
    /// Between two cameras: the former is given back, the next is not there yet.
    is_flipping: bool,
    /// What the present capture was made from.
    opened: Option<Source>,
    session: Option<Session>,
    /// The hub's snapshot of the show has come; what it says of the host afterwards is about us.
    had_snapshot: bool,
    settling: Option<Timeout>,
    lines: Vec<Line>,
    line_count: u32,
    ice_servers: Vec<IceServer>,
    /// The screen of a host on air does not go dark.
    awake: Option<Awake>,
    recordings: Recordings,
    _devices: Option<EventListener>,
    _tick: Interval,
}

impl Host {
    /// Opens nothing but the list of devices.
    pub fn open(page: Broadcast, preview: NodeRef<html::Video>, post: &Post<Event>) -> Self {
        let (changed, tick) = (post.clone(), post.clone());
        post.spawn(ice::servers(), Event::IceServers);
        post.spawn(devices::list(), Event::Devices);
        let host = Self {
            page,
            preview,
            post: post.clone(),
            peer_id: memory::peer_id(),
            claim: Claim::Ours,
            sources: Sources::new(),
            captures: 0,
            is_flipping: false,
            opened: None,
            session: None,
            had_snapshot: false,
            settling: None,
            lines: Vec::new(),
            line_count: 0,
            ice_servers: Vec::new(),
            awake: None,
            recordings: Recordings::new(),
            _devices: devices::on_change(move || changed.send(Event::DevicesChanged)),
            _tick: Interval::new(TICK_MS, move || tick.send(Event::Tick)),
        };
        host.open_recordings();
        host
    }

    fn air(&self) -> AirState {
        self.page.air.try_get_untracked().unwrap_or(AirState::Off)
    }

    fn quality(&self) -> Quality {
        self.page.quality.try_get_untracked().unwrap_or_default()
    }

    fn is_camera_on(&self) -> bool {
        self.page.camera_on.try_get_untracked().unwrap_or(true)
    }

    fn notice(&self, sentence: impl Into<String>) {
        set(self.page.state.notice, Some(sentence.into()));
    }

    fn keep_awake(&mut self) {
        let is_on_air = matches!(self.air(), AirState::Starting | AirState::OnAir | AirState::Interrupted);
        match (&self.awake, is_on_air) {
            (None, true) => self.awake = Some(Awake::hold()),
            (Some(_), false) => self.awake = None,
            _ => {}
        }
    }

    fn go_live(&mut self, show: &Livestream) {
        if self.sources.capture.is_none() && self.page.capture.try_get_untracked() != Some(CaptureState::Starting) {
            let source = self.page.source.try_get_untracked().unwrap_or(Source::Camera { camera: None, microphone: None });
            self.choose(source);
        }
        set(self.page.air, AirState::Starting);
        match self.session.as_ref().filter(|session| session.stream_id() == show.id) {
            Some(session) if session.is_open() => self.start(),
            Some(_) => {}
            None => {
                self.lines.clear();
                let post = self.post.clone();
                self.had_snapshot = false;
                self.session = Some(Session::open(Part::Host, show, self.page.state, None, Rc::new(move |input| post.send(Event::Link(input)))));
            }
        }
    }

    fn start(&mut self) {
        let Some(session) = &self.session else { return };
        let is_sent = session.send(&Upward::WebrtcBroadcastStart(Start {
            stream_id: Some(session.stream_id()),
            peer_id: Some(self.peer_id.clone()),
            takeover: self.claim == Claim::TakeOver,
            ..Start::default()
        }));
        let post = self.post.clone();
        // Silence is no consent to what was not heard: that is said again when the socket is back.
        self.settling = is_sent.then(|| Timeout::new(SETTLED_MS, move || post.send(Event::Settled)));
    }

    fn on_air(&mut self) {
        (self.settling, self.claim) = (None, Claim::Ours);
        if let (AirState::Starting | AirState::Interrupted, Some(session)) = (self.air(), &self.session) {
            let show = session.stream_id();
            memory::set_on_air(show);
            set(self.page.air, AirState::OnAir);
            self.ask_to_record(show);
            self.record();
        }
    }

    fn elsewhere(&mut self) {
        (self.settling, self.claim) = (None, Claim::Ours);
        self.lines.clear();
        self.stop_recording(Then::Nothing);
        memory::clear_on_air();
        set(self.page.air, AirState::Elsewhere);
    }

    fn leave(&mut self) {
        self.captures = self.captures.wrapping_add(1);
        self.stop_recording(Then::Film);
        (self.settling, self.session, self.opened) = (None, None, None);
        self.lines.clear();
        self.sources.close();
        memory::clear_on_air();
        set(self.page.air, AirState::Ended);
        set(self.page.capture, CaptureState::Off);
        set(self.page.sharing_screen, false);
        set(self.page.facing, None);
        set(self.page.peers, Vec::new());
        set(self.page.state.connection, Connection::Idle);
        if let Some(video) = self.preview.try_get_untracked().flatten() {
            player::show(&video, None);
        }
    }

    fn heard(&mut self, heard: Heard) {
        match heard {
            Heard::Opened => {
                self.had_snapshot = false;
                if !matches!(self.air(), AirState::Elsewhere | AirState::Ended | AirState::Off) {
                    self.start();
                }
            }
            // The lines hold without the hub: viewers see and hear on.
            Heard::Lost | Heard::Banned => {
                self.settling = None;
                if matches!(self.air(), AirState::OnAir | AirState::Starting) {
                    set(self.page.air, AirState::Interrupted);
                }
            }
            Heard::Phase(Phase::Ended) => self.leave(),
            // A host has its socket from the start.
            Heard::Phase(_) | Heard::TakenOver => {}
            Heard::HostOnline(is_online) => {
                if is_online && self.had_snapshot {
                    self.on_air();
                }
                self.had_snapshot = true;
            }
            Heard::Refused(error) => self.refused(&error),
            Heard::Signal(frame) => self.signal(frame),
        }
    }

    fn refused(&mut self, error: &ErrorFrame) {
        match (error.code.as_str(), error.re.as_deref()) {
            ("broadcaster_conflict" | "broadcast_taken_over", _) => self.elsewhere(),
            // A name is nothing to hold on to. A random one cannot be taken, so this comes once.
            ("peer_id_taken", Some("webrtc_broadcast_start")) => {
                self.peer_id = memory::fresh_peer_id();
                self.start();
            }
            // Signed out, or not a host at all: nothing will come of trying.
            (code, Some("register_admin" | "webrtc_broadcast_start")) => {
                (self.settling, self.claim) = (None, Claim::Ours);
                // A refusal may come after the silence was taken for a yes: nothing goes out any more.
                self.lines.clear();
                self.stop_recording(Then::Nothing);
                set(self.page.air, AirState::Off);
                if code == ErrorKind::Unauthenticated.code() {
                    // The page says so, and who comes back signed in goes on at once.
                    self.session = None;
                    set(self.page.state.connection, Connection::Closed);
                } else {
                    memory::clear_on_air();
                    self.notice(error.message.clone());
                }
            }
            _ => {}
        }
    }
}

/// Whether a start may take the show from another page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claim {
    Ours,
    TakeOver,
}

impl Controller for Host {
    type Event = Event;

    fn handle(&mut self, event: Event) {
        match event {
            Event::Choose(source) => self.choose(source),
            Event::Flip => self.flip(),
            Event::Flipped(number, outcome) if number == self.captures => self.flipped(outcome),
            Event::Quality(quality) => self.quality_chosen(quality),
            Event::GoLive(show) => self.go_live(&show),
            Event::TakeOver => {
                set(self.page.air, AirState::Starting);
                self.claim = Claim::TakeOver;
                self.start();
            }
            Event::Leave => self.leave(),
            Event::Microphone(switch) => {
                set(self.page.microphone_on, switch == Switch::On);
                if let Some(capture) = &self.sources.capture {
                    capture.set_audio(switch == Switch::On);
                }
            }
            Event::Camera(switch) => {
                set(self.page.camera_on, switch == Switch::On);
                self.show();
            }
            Event::Say(text) => match &mut self.session {
                Some(session) => session.say(text, None),
                None => self.notice("Go live first: nobody is here yet."),
            },
            Event::Screen(outcome) => self.screen(outcome),
            Event::ScreenEnded => {
                self.sources.screen = None;
                set(self.page.sharing_screen, false);
                self.show();
            }
            Event::Captured(number, outcome) if number == self.captures => self.captured(outcome),
            Event::CaptureEnded(number) if number == self.captures => self.capture_ended(),
            Event::SoundEnded => self.sound_ended(),
            // Of a source that was given up meanwhile: dropped here, its devices go off.
            Event::Captured(..) | Event::CaptureEnded(_) | Event::Flipped(..) => {}
            Event::DevicesChanged => self.post.spawn(devices::list(), Event::Devices),
            Event::Devices(found) => self.devices(found),
            Event::Link(input) => {
                let heard = self.session.as_mut().map(|session| session.handle(input)).unwrap_or_default();
                for heard in heard {
                    self.heard(heard);
                }
            }
            Event::Settled => self.on_air(),
            Event::IceServers(servers) => self.ice_servers = servers,
            Event::Peer(number, event) => self.peer_event(number, event),
            Event::Offered(number, outcome) => self.offered(number, outcome),
            Event::Accepted(number, outcome) => {
                if outcome.is_err() {
                    self.peer_event(number, PeerEvent::State(PeerState::Closed));
                }
            }
            Event::Sampled(number, sample) => {
                if let (Some(line), Some(sample)) = (self.lines.iter_mut().find(|line| line.number == number), sample) {
                    line.sampled(sample);
                }
            }
            Event::Taping(event) => self.taping(event),
            Event::Tick => self.tick(),
        }
        self.keep_awake();
    }
}
