//! A page's part in a show: its link to the hub, and the state that follows from what it hears.
//!
//! Both controllers have one. It shows everything but media, and hands the frames about media to its controller.

use std::rc::Rc;

use super::{
    connection::{Link, LinkInput, LinkTurn},
    reduce::{self, Change, Model, Said},
    state::{Connection, LiveState, Phase, set},
};
use crate::{
    browser::{head_start::EarlySocket, page},
    domain::{
        id::{LivestreamId, MessageId},
        livestream::Livestream,
        time::Timestamp,
    },
    protocol::{
        downward::{Downward, ErrorFrame},
        upward::Upward,
    },
};

/// Where the hub listens.
const PATH: &str = "/ws";

/// In which part we take our seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Viewer,
    Host,
}

/// What a controller has to know of.
#[derive(Debug)]
pub(super) enum Heard {
    /// We have just said hello: say what else there is to say.
    Opened,
    /// All that was said already.
    TakenOver,
    Lost,
    /// We may not be here: nothing of the show is ours any more.
    Banned,
    Phase(Phase),
    /// Whether the host's connection is there.
    HostOnline(bool),
    /// A frame about media.
    Signal(Downward),
    Refused(ErrorFrame),
}

/// One page in one show.
pub(super) struct Session {
    part: Part,
    link: Link,
    model: Model,
    state: LiveState,
}

impl Session {
    /// Connects as this part of this show, or goes on with the socket that is there.
    pub fn open(part: Part, show: &Livestream, state: LiveState, early: Option<EarlySocket>, post: Rc<dyn Fn(LinkInput)>) -> Self {
        state.adopt(show);
        let session = Self { part, link: Link::open(PATH, early, post), model: Model::new(show), state };
        session.show_connection();
        session
    }

    /// The show.
    pub fn stream_id(&self) -> LivestreamId {
        self.model.stream_id()
    }

    /// Whether what we send is heard.
    pub fn is_open(&self) -> bool {
        self.link.is_open()
    }

    /// Sends a frame; false where the socket is away, and the frame lost.
    pub fn send(&self, frame: &Upward) -> bool {
        serde_json::to_string(frame).is_ok_and(|text| self.link.send(&text))
    }

    /// Takes what was posted for the link.
    pub fn handle(&mut self, input: LinkInput) -> Vec<Heard> {
        let turn = self.link.handle(input);
        let heard = match turn {
            LinkTurn::Nothing => Vec::new(),
            LinkTurn::Opened => {
                self.say_hello();
                vec![Heard::Opened]
            }
            LinkTurn::TakenOver => vec![Heard::TakenOver],
            // Saying hello again on the same seat is always answered, and costs neither the seat nor the air.
            LinkTurn::Doubted => {
                self.say_hello();
                Vec::new()
            }
            LinkTurn::Banned(reason) => {
                self.model.lost();
                set(self.state.banned, Some(reason));
                vec![Heard::Banned]
            }
            LinkTurn::Lost => {
                self.model.lost();
                vec![Heard::Lost]
            }
            // A frame of a newer server that we cannot read is not ours to judge.
            LinkTurn::Text(text) => serde_json::from_str(&text).map_or_else(|_| Vec::new(), |frame| self.frame(frame)),
        };
        self.show_connection();
        if matches!(self.link.state(), Connection::Closed | Connection::Banned) {
            let changes = self.model.closed();
            self.apply(changes);
        }
        heard
    }

    /// Comes again on a new socket: cookies say who somebody is, and a socket carries those it was opened with.
    pub fn come_anew(&mut self) -> Vec<Heard> {
        self.link.retry();
        self.model.lost();
        self.show_connection();
        vec![Heard::Lost]
    }

    /// Somebody at the page says something.
    pub fn say(&mut self, text: String, name: Option<String>) {
        let said = Said {
            text,
            name,
            client_id: page::random_id(),
            id: MessageId::from_bytes(page::random_bytes()),
            at: Timestamp::from_millis(page::wall_clock_ms()),
            is_admin: self.part == Part::Host,
        };
        let changes = reduce::say(&mut self.model, said);
        self.apply(changes);
    }

    /// Somebody at the page gives or takes back the heart.
    pub fn toggle_like(&mut self) {
        let changes = reduce::toggle_like(&mut self.model);
        self.apply(changes);
    }

    fn say_hello(&self) {
        let hello = self.model.hello();
        self.send(&match self.part {
            Part::Viewer => Upward::Register(hello),
            Part::Host => Upward::RegisterAdmin(hello),
        });
    }

    fn frame(&mut self, frame: Downward) -> Vec<Heard> {
        match frame {
            Downward::WebrtcBroadcasterAvailable(_)
            | Downward::WebrtcNewCustomer(_)
            | Downward::WebrtcCustomerGone(_)
            | Downward::WebrtcOffer(_)
            | Downward::WebrtcAnswer(_)
            | Downward::WebrtcIceCandidate(_) => vec![Heard::Signal(frame)],
            Downward::Error(error) => {
                let changes = reduce::reduce(&mut self.model, Downward::Error(error.clone()));
                match self.apply(changes) {
                    // What is tried again is not refused yet.
                    heard if heard.iter().any(|heard| matches!(heard, Heard::Lost)) => heard,
                    _ => vec![Heard::Refused(error)],
                }
            }
            other => {
                let mut heard: Vec<Heard> = match &other {
                    Downward::StreamUpdate(update) if update.stream_id == Some(self.model.stream_id()) => {
                        update.broadcaster_online.map(Heard::HostOnline).into_iter().collect()
                    }
                    _ => Vec::new(),
                };
                let changes = reduce::reduce(&mut self.model, other);
                heard.extend(self.apply(changes));
                heard
            }
        }
    }

    fn apply(&mut self, changes: Vec<Change>) -> Vec<Heard> {
        let mut heard = Vec::new();
        for change in changes {
            match change {
                // What is lost is remembered by the model, and said again.
                Change::Send(frame) => {
                    self.send(&frame);
                }
                Change::Reconnect => {
                    self.link.retry();
                    self.model.lost();
                    heard.push(Heard::Lost);
                }
                Change::Phase(phase) => {
                    self.state.show(Change::Phase(phase));
                    heard.push(Heard::Phase(phase));
                }
                other => self.state.show(other),
            }
        }
        heard
    }

    fn show_connection(&self) {
        set(self.state.connection, self.link.state());
    }
}
