//! The task behind a watch page: it owns the socket and the connection to the broadcaster, and feeds the player.

mod lateness;
mod line;
mod offers;
mod quality;
mod screen;

use std::rc::Rc;

use leptos::prelude::*;
use web_sys::HtmlVideoElement;

use self::{
    lateness::Lateness,
    line::{Line, origin},
    offers::Waiting,
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
        timer::Interval,
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
        downward::{Downward, Offers},
        signal::{IceServer, SessionDescription},
        upward::{Candidate, NewCustomer, PeerRegister, Upward, UserType},
    },
};

/// How often the player is looked at.
const TICK_MS: u32 = 250;

/// Everything that can happen to a viewer. The number is that of the connection it belongs to.
pub(super) enum Event {
    Link(LinkInput),
    IceServers(Vec<IceServer>),
    IceServersLate,
    Peer(u32, PeerEvent),
    Answered(u32, Result<SessionDescription, MediaError>),
    Offered(u32, Result<SessionDescription, MediaError>),
    Accepted(u32, Result<(), MediaError>),
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
    /// An offer that waits for the list of helping servers, ours or the host's.
    waiting: Option<Waiting>,
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
            Downward::WebrtcBroadcasterAvailable(available) => {
                let is_wanted = self.viewing.host_available(page::now_ms());
                if is_wanted && available.offers == Some(Offers::Viewer) {
                    self.may_offer(available.peer_id);
                }
            }
            Downward::WebrtcOffer(offer) if offer.to == self.peer_id => {
                self.mark("wrencos:offer");
                self.with_helpers(Waiting::answer(offer));
            }
            Downward::WebrtcAnswer(answer) if answer.to == self.peer_id => self.accept(&answer),
            Downward::WebrtcIceCandidate(from) if from.to == self.peer_id => {
                let Some(candidate) = from.candidate else { return };
                match &mut self.waiting {
                    Some(waiting) => waiting.add_candidate(candidate),
                    None => {
                        if let Some(line) = self.line.as_ref().filter(|line| line.host == from.from) {
                            line.peer.add_candidate(candidate);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn peer_event(&mut self, event: PeerEvent) {
        let Some(line) = &mut self.line else { return };
        match event {
            // To whom we offered, our addresses are of no use.
            PeerEvent::Candidate(_) if line.is_ours() => {}
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
                self.go_on();
            }
            Event::IceServersLate => self.go_on(),
            Event::Peer(number, event) if self.is_current(number) => self.peer_event(event),
            Event::Answered(number, outcome) if self.is_current(number) => self.answered(outcome),
            Event::Offered(number, outcome) if self.is_current(number) => self.offered(outcome),
            Event::Accepted(number, Err(_)) if self.is_current(number) => self.failed(),
            Event::Frame(number) if self.is_current(number) => {
                self.mark("wrencos:first-frame");
                self.viewing.first_frame(page::now_ms());
            }
            Event::Peer(..) | Event::Answered(..) | Event::Offered(..) | Event::Accepted(..) | Event::Frame(_) => {}
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
