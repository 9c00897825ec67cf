//! The page's socket to the hub, kept open: it comes back by itself, and knows when there is no use in trying.
//!
//! Owns the socket, its waits and the network's events. Knows no frame but their text.

use std::rc::Rc;

use super::{
    retry::{AfterClose, Backoff, after_close},
    state::Connection,
};
use crate::browser::{
    head_start::EarlySocket,
    listener::EventListener,
    page::{self, PageEvent},
    socket::{Socket, SocketEvent},
    timer::Timeout,
};

/// A socket that is not open by then is given up.
const CONNECT_MS: u32 = 10_000;
/// A socket that was silent this long is doubted when the page comes into sight: the hub pings every 20 s and gives up
/// a client 10 s later, and pings are invisible here. A quiet show is silent too, so it is asked before it is given up.
const SILENT_MS: i64 = 30_000;
/// A doubted socket that has not answered by then is given up.
const ANSWER_MS: u32 = 3_000;

/// What happens to a link. The number is that of the try it belongs to: a later try has forgotten it.
#[derive(Debug, Clone)]
pub(super) enum LinkInput {
    Socket(u32, SocketEvent),
    /// The wait before a try is over, or the try or the answer took too long.
    Due(u32),
    Page(PageEvent),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LinkTurn {
    /// Open: say hello.
    Opened,
    /// Open, and the hello is said.
    TakenOver,
    /// Open, but it may be dead: say something that has to be answered.
    Doubted,
    Text(String),
    /// What was open is gone; it comes back by itself, unless the state says `Closed`.
    Lost,
    /// The hub will not have us, for this reason. It does not come back.
    Banned(String),
    Nothing,
}

/// The link. Dropped, it closes.
pub(super) struct Link {
    url: Option<String>,
    post: Rc<dyn Fn(LinkInput)>,
    state: Connection,
    socket: Option<Socket>,
    is_open: bool,
    had_contact: bool,
    try_number: u32,
    backoff: Backoff,
    timer: Option<Timeout>,
    /// By the wall clock: the other one stands still while many a device sleeps.
    heard_at_ms: i64,
    _page: Vec<EventListener>,
}

impl Link {
    /// A link that begins to connect at once, or goes on with the socket that is there. Everything that happens to it is
    /// posted, and has to be handed to [`Link::handle`].
    pub fn open(path: &str, early: Option<EarlySocket>, post: Rc<dyn Fn(LinkInput)>) -> Self {
        let tell = post.clone();
        let mut link = Self {
            url: page::socket_url(path),
            state: Connection::Idle,
            socket: None,
            is_open: false,
            had_contact: false,
            try_number: 0,
            backoff: Backoff::default(),
            timer: None,
            heard_at_ms: 0,
            _page: page::watch(move |event| tell(LinkInput::Page(event))),
            post,
        };
        link.connect(early);
        link
    }

    /// How it is, for people.
    pub fn state(&self) -> Connection {
        self.state
    }

    /// Whether frames can be sent.
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// Sends a frame; false where it is lost.
    pub fn send(&self, text: &str) -> bool {
        self.is_open && self.socket.as_ref().is_some_and(|socket| socket.send(text))
    }

    /// Closes what the hub would not have, and comes back after a while.
    pub fn retry(&mut self) -> LinkTurn {
        self.wait(0)
    }

    /// Takes what was posted.
    pub fn handle(&mut self, input: LinkInput) -> LinkTurn {
        match input {
            LinkInput::Socket(number, event) if number == self.try_number => self.socket_event(event),
            LinkInput::Due(number) if number == self.try_number => {
                if self.socket.is_some() {
                    self.wait(0)
                } else {
                    self.connect(None);
                    LinkTurn::Nothing
                }
            }
            LinkInput::Page(event) => self.page_event(event),
            LinkInput::Socket(..) | LinkInput::Due(_) => LinkTurn::Nothing,
        }
    }

    fn socket_event(&mut self, event: SocketEvent) -> LinkTurn {
        match event {
            SocketEvent::Opened | SocketEvent::TakenOver => {
                self.timer = None;
                self.is_open = true;
                self.heard_at_ms = page::wall_clock_ms();
                if event == SocketEvent::Opened { LinkTurn::Opened } else { LinkTurn::TakenOver }
            }
            SocketEvent::Text(text) => {
                self.heard_at_ms = page::wall_clock_ms();
                self.timer = None;
                // Only a hub that speaks is there; a proxy in front of a dead one opens sockets, too.
                self.backoff.heard(page::now_ms());
                self.had_contact = true;
                self.state = Connection::Online;
                LinkTurn::Text(text)
            }
            SocketEvent::Closed { code, reason } => match after_close(code, &reason) {
                AfterClose::Retry { at_least_ms } => self.wait(at_least_ms),
                AfterClose::Stop => self.give_up(Connection::Closed),
                AfterClose::Banned => {
                    self.give_up(Connection::Banned);
                    LinkTurn::Banned(reason)
                }
            },
        }
    }

    fn page_event(&mut self, event: PageEvent) -> LinkTurn {
        if matches!(self.state, Connection::Closed | Connection::Banned) {
            return LinkTurn::Nothing;
        }
        match event {
            // The socket itself would notice minutes later.
            PageEvent::Offline => self.give_up(Connection::Offline),
            PageEvent::Online => self.reopen(),
            PageEvent::Shown if self.is_open && self.timer.is_none() && page::wall_clock_ms() - self.heard_at_ms > SILENT_MS => {
                self.timer = Some(self.timeout(ANSWER_MS));
                LinkTurn::Doubted
            }
            PageEvent::Shown if matches!(self.state, Connection::Reconnecting { .. }) && self.socket.is_none() => self.reopen(),
            PageEvent::Shown | PageEvent::Hidden => LinkTurn::Nothing,
        }
    }

    fn reopen(&mut self) -> LinkTurn {
        let turn = self.close();
        self.backoff.start_over();
        self.connect(None);
        turn
    }

    fn give_up(&mut self, state: Connection) -> LinkTurn {
        let turn = self.close();
        self.state = state;
        turn
    }

    fn wait(&mut self, at_least_ms: u32) -> LinkTurn {
        let turn = self.close();
        if !page::is_online() {
            self.state = Connection::Offline;
            return turn;
        }
        let after_ms = at_least_ms.saturating_add(self.backoff.next_wait_ms(page::random()));
        self.state = Connection::Reconnecting { attempt: self.backoff.failures() };
        self.timer = Some(self.timeout(after_ms));
        turn
    }

    fn connect(&mut self, early: Option<EarlySocket>) {
        self.try_number = self.try_number.wrapping_add(1);
        if !page::is_online() {
            self.state = Connection::Offline;
            return;
        }
        let attempt = self.backoff.failures();
        self.state = if attempt > 0 || self.had_contact { Connection::Reconnecting { attempt: attempt.max(1) } } else { Connection::Connecting };
        let (post, number) = (self.post.clone(), self.try_number);
        let tell = move |event| post(LinkInput::Socket(number, event));
        self.socket = match early {
            Some(early) => Some(Socket::take_over(early, tell)),
            None => self.url.as_deref().and_then(|url| Socket::connect(url, tell)),
        };
        if self.socket.is_none() {
            self.state = Connection::Closed;
            return;
        }
        self.timer = Some(self.timeout(CONNECT_MS));
    }

    fn close(&mut self) -> LinkTurn {
        self.timer = None;
        self.socket = None;
        self.backoff.lost(page::now_ms());
        self.try_number = self.try_number.wrapping_add(1);
        if std::mem::take(&mut self.is_open) { LinkTurn::Lost } else { LinkTurn::Nothing }
    }

    fn timeout(&self, after_ms: u32) -> Timeout {
        let (post, number) = (self.post.clone(), self.try_number);
        Timeout::new(after_ms, move || post(LinkInput::Due(number)))
    }
}
