//! The task behind a watch page: it owns the socket and the connection to the broadcaster, and feeds the player.

mod lateness;
mod line;
mod quality;
mod screen;

use std::rc::Rc;

use leptos::prelude::*;
use web_sys::HtmlVideoElement;

use self::{
    lateness::Lateness,
    line::{Line, origin},
};
use super::{
    Watch,
    late::{Absent, Late, LateEvent, Wish},
};
use crate::{
    browser::{
        error::MediaError,
        head_start::{self, EarlyPeer},
        page,
        peer::{Peer, PeerEvent, PeerState},
        player::{self, NextFrame},
        stats::Sample,
        timer::{Interval, Timeout},
    },
    domain::{id::PeerId, picture::PictureQuality},
    live::{
        connection::LinkInput,
        ice,
        inbox::{Controller, Post},
        session::{Heard, Part, Session},
        state::{Phase, set},
        viewing::{Order, Viewing},
    },
    protocol::{
        downward::{Downward, OfferFrom},
        signal::{IceCandidate, IceServer, SessionDescription},
        upward::{Answer, Candidate, NewCustomer, PeerRegister, Upward, UserType},
    },
};

/// How often the player is looked at.
const TICK_MS: u32 = 250;
/// An offer waits this long for the list of helping servers: a list that is slower is not worth a late picture.
const ICE_SERVERS_MS: u32 = 200;

/// Everything that can happen to a viewer. The number is that of the connection it belongs to.
pub(super) enum Event {
    Link(LinkInput),
    IceServers(Vec<IceServer>),
    IceServersLate,
    Peer(u32, PeerEvent),
    Answered(u32, Result<SessionDescription, MediaError>),
    Played(Result<(), MediaError>),
    Frame(u32),
    Sampled(u32, Option<Sample>),
    Tick,
    LateOpened(Result<Box<dyn Late>, Absent>),
    Late(LateEvent),
    Wish(Wish),
    /// The element to play into is another.
    Screen,
    ComeAnew,
    Quality(PictureQuality),
    Say {
        text: String,
        name: Option<String>,
    },
    ToggleLike,
}

/// What a watch page has open.
pub(super) struct Viewer {
    watch: Watch,
    post: Post<Event>,
    session: Session,
    viewing: Viewing,
    peer_id: PeerId,
    line: Option<Line>,
    /// Plays on until its successor is connected.
    former: Option<Line>,
    lines: u32,
    ice_servers: Option<Vec<IceServer>>,
    waiting: Option<(OfferFrom, Vec<IceCandidate>, Timeout)>,
    next_frame: Option<NextFrame>,
    /// Where it plays: emptied when it plays elsewhere, since an element goes on sounding when its page is gone.
    screen: Option<HtmlVideoElement>,
    marks: Vec<&'static str>,
    lateness: Lateness,
    /// Something was wished of the picture, be it taken back by now.
    has_wished: bool,
    _tick: Interval,
}

impl Viewer {
    /// Connects at once, or goes on with what the page opened before we were here.
    pub fn open(watch: Watch, post: &Post<Event>) -> Self {
        let (link, tick) = (post.clone(), post.clone());
        let show = watch.show.get_value();
        let early = head_start::take(&show.id.to_string());
        let (early_socket, since_ms, peer_id, early_peer) = match early {
            Some(early) => (Some(early.socket), early.since_ms, early.peer_id, early.peer),
            None => (None, page::now_ms(), page::random_id(), None),
        };
        let session = Session::open(Part::Viewer, &show, watch.state, early_socket, Rc::new(move |input| link.send(Event::Link(input))));
        // Beside the socket, not before it: the list is needed with the first offer.
        post.spawn(ice::servers(), Event::IceServers);
        if let Some(video) = watch.element() {
            video.set_muted(watch.muted.get_untracked());
        }
        set(watch.wish, quality::kept());
        let mut viewing = Viewing::new();
        if watch.state.phase.get_untracked() == Phase::Ended {
            viewing.ended();
        }
        let mut viewer = Self {
            watch,
            post: post.clone(),
            session,
            viewing,
            peer_id: PeerId(peer_id),
            line: None,
            former: None,
            lines: 0,
            ice_servers: None,
            waiting: None,
            next_frame: None,
            screen: None,
            marks: Vec::new(),
            lateness: Lateness::new(since_ms),
            has_wished: false,
            _tick: Interval::new(TICK_MS, move || tick.send(Event::Tick)),
        };
        if let Some(peer) = early_peer {
            viewer.take_over(peer);
        }
        viewer
    }

    fn take_over(&mut self, mut early: EarlyPeer) {
        self.lines = 1;
        let (post, stream) = (self.post.clone(), early.stream.take());
        let (host, origin) = (PeerId(std::mem::take(&mut early.host)), origin(&early.sdp).to_owned());
        self.choices(early.qualities.iter().filter_map(|name| PictureQuality::named(name)).collect());
        let peer = Peer::take_over(early, move |event| post.send(Event::Peer(1, event)));
        let now_ms = page::now_ms();
        self.viewing.offered(now_ms);
        self.viewing.peer_state(peer.state(), now_ms);
        let is_shown = stream.is_some();
        self.line = Some(Line::new(1, peer, host, origin, stream));
        if is_shown {
            self.play();
        }
    }

    fn heard(&mut self, heard: Heard) {
        let orders = match heard {
            Heard::Opened => {
                self.mark("wrencos:socket-open");
                self.viewing.opened()
            }
            Heard::TakenOver => {
                self.viewing.opened();
                // Of a wish, what opened this socket knew nothing.
                self.repeat_wish();
                Vec::new()
            }
            Heard::Lost => {
                self.viewing.socket_lost();
                Vec::new()
            }
            Heard::Phase(Phase::Ended) | Heard::Banned => {
                self.with_late(|late, _| late.end());
                self.viewing.ended()
            }
            Heard::Phase(Phase::Live) => self.viewing.started(),
            Heard::Phase(_) | Heard::Refused(_) => Vec::new(),
            Heard::HostOnline(is_online) => {
                self.viewing.host_online(is_online);
                Vec::new()
            }
            Heard::Signal(frame) => {
                self.signal(frame);
                Vec::new()
            }
        };
        self.follow(orders);
    }

    fn signal(&mut self, frame: Downward) {
        match frame {
            Downward::WebrtcBroadcasterAvailable(_) => self.viewing.host_available(page::now_ms()),
            Downward::WebrtcOffer(offer) if offer.to == self.peer_id => {
                self.mark("wrencos:offer");
                match self.ice_servers.take() {
                    Some(servers) => {
                        self.answer(offer, &servers);
                        self.ice_servers = Some(servers);
                    }
                    None => {
                        let late = self.post.clone();
                        self.waiting = Some((offer, Vec::new(), Timeout::new(ICE_SERVERS_MS, move || late.send(Event::IceServersLate))));
                    }
                }
            }
            Downward::WebrtcIceCandidate(from) if from.to == self.peer_id => {
                let Some(candidate) = from.candidate else { return };
                if let Some((_, early, _)) = &mut self.waiting {
                    early.push(candidate);
                } else if let Some(line) = self.line.as_ref().filter(|line| line.host == from.from) {
                    line.peer.add_candidate(candidate);
                }
            }
            _ => {}
        }
    }

    fn answer_waiting(&mut self) {
        let Some((offer, early, _)) = self.waiting.take() else { return };
        let servers = self.ice_servers.take().unwrap_or_default();
        self.answer(offer, &servers);
        self.ice_servers = Some(servers);
        for candidate in early {
            if let Some(line) = &self.line {
                line.peer.add_candidate(candidate);
            }
        }
    }

    fn answer(&mut self, offer: OfferFrom, servers: &[IceServer]) {
        let origin = origin(&offer.offer.sdp).to_owned();
        self.choices(offer.qualities);
        let is_same = self.line.as_ref().is_some_and(|line| line.host == offer.from && line.origin == origin && line.peer.state() != PeerState::Closed);
        if !is_same {
            self.lines = self.lines.wrapping_add(1);
            let (number, post) = (self.lines, self.post.clone());
            let Ok(peer) = Peer::new(servers, move |event| post.send(Event::Peer(number, event))) else { return };
            let earlier = self.line.replace(Line::new(number, peer, offer.from, origin, None));
            // Only one that shows something is worth keeping.
            if let Some(earlier) = earlier.filter(|line| line.stream.is_some()) {
                self.former = Some(earlier);
            }
            self.viewing.offered(page::now_ms());
        }
        if let Some(line) = &self.line {
            let number = line.number;
            self.post.spawn(line.peer.answer(&offer.offer), move |answer| Event::Answered(number, answer));
        }
    }

    fn peer_event(&mut self, event: PeerEvent) {
        let Some(line) = &mut self.line else { return };
        match event {
            PeerEvent::Candidate(candidate) => {
                let to = Some(line.host.clone());
                self.session.send(&Upward::WebrtcIceCandidate(Candidate { to, candidate: Some(candidate) }));
            }
            PeerEvent::Stream(stream) => {
                line.stream = Some(stream);
                // What still plays goes on until this one is connected.
                if self.former.is_none() {
                    self.play();
                }
            }
            PeerEvent::State(state) => {
                if state == PeerState::Connected {
                    self.mark("wrencos:connected");
                    if self.former.is_some() {
                        self.play();
                        self.former = None;
                    }
                }
                let orders = self.viewing.peer_state(state, page::now_ms());
                self.follow(orders);
            }
        }
    }

    fn tick(&mut self) {
        let Some(video) = self.watch.element() else { return };
        let look = self.look(&video);
        let orders = self.viewing.tick(look, page::now_ms(), page::random());
        self.follow(orders);
        self.tick_late();
    }

    fn follow(&mut self, orders: Vec<Order>) {
        for order in orders {
            match order {
                Order::Register => {
                    let register = PeerRegister { peer_id: self.peer_id.clone(), user_type: UserType::Customer };
                    self.session.send(&Upward::WebrtcRegister(register));
                    self.repeat_wish();
                }
                Order::Ask => {
                    let ask = NewCustomer { customer_id: Some(self.peer_id.clone()) };
                    self.session.send(&Upward::WebrtcNewCustomer(ask));
                }
                Order::Play => {
                    if let Some(video) = self.watch.element() {
                        self.post.spawn(player::play(video), Event::Played);
                    }
                }
                Order::Drop => {
                    (self.line, self.former, self.waiting, self.next_frame) = (None, None, None, None);
                    for video in self.watch.element().into_iter().chain(self.screen.take()) {
                        player::show(&video, None);
                    }
                }
            }
        }
    }

    fn is_current(&self, number: u32) -> bool {
        self.line.as_ref().is_some_and(|line| line.number == number)
    }

    // Only the first of each: the way to the first picture is what is measured.
    fn mark(&mut self, name: &'static str) {
        if !self.marks.contains(&name) {
            self.marks.push(name);
            page::mark(name);
        }
    }
}

impl Controller for Viewer {
    type Event = Event;

    fn handle(&mut self, event: Event) {
        match event {
            Event::Link(input) => {
                for heard in self.session.handle(input) {
                    self.heard(heard);
                }
            }
            Event::IceServers(servers) => {
                self.ice_servers = Some(servers);
                self.answer_waiting();
            }
            Event::IceServersLate => self.answer_waiting(),
            Event::Peer(number, event) if self.is_current(number) => self.peer_event(event),
            Event::Answered(number, outcome) if self.is_current(number) => match (outcome, &self.line) {
                (Ok(answer), Some(line)) => {
                    self.session.send(&Upward::WebrtcAnswer(Answer { to: Some(line.host.clone()), answer }));
                    self.repeat_wish();
                }
                // An offer that cannot be answered is as good as none: it is asked for again.
                _ => {
                    let orders = self.viewing.peer_state(PeerState::Failed, page::now_ms());
                    self.follow(orders);
                }
            },
            Event::Frame(number) if self.is_current(number) => {
                self.mark("wrencos:first-frame");
                self.viewing.first_frame(page::now_ms());
            }
            Event::Peer(..) | Event::Answered(..) | Event::Frame(_) => {}
            Event::Sampled(number, sample) => self.sampled(number, sample),
            Event::Played(outcome) => self.played(outcome),
            Event::Tick => self.tick(),
            Event::LateOpened(late) => self.lateness.opened(late),
            Event::Late(event) => self.with_late(|late, line| late.event(event, line)),
            Event::Wish(wish) => self.with_late(|late, line| late.wish(wish, line)),
            Event::Screen => self.play(),
            Event::Quality(quality) => self.choose(quality),
            Event::ComeAnew => {
                for heard in self.session.come_anew() {
                    self.heard(heard);
                }
            }
            Event::Say { text, name } => self.session.say(text, name),
            Event::ToggleLike => self.session.toggle_like(),
        }
        set(self.watch.playback, self.playback());
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.follow(vec![Order::Drop]);
    }
}
