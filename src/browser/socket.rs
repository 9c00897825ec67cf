//! A WebSocket that closes when dropped ([WebSockets](https://websockets.spec.whatwg.org/)). Text frames alone.

use web_sys::{CloseEvent, Event, MessageEvent, WebSocket};

use super::{head_start::EarlySocket, listener::EventListener};

/// What a socket tells. After `Closed` it tells nothing more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SocketEvent {
    Opened,
    /// It was open before we had it, and our first words are said.
    TakenOver,
    Text(String),
    /// With the code and reason of the other side; 1006 where there was none.
    Closed {
        code: u16,
        reason: String,
    },
}

/// One connection. Dropped, it is silent first, then closed.
#[derive(Debug)]
pub struct Socket {
    raw: WebSocket,
    listeners: Vec<EventListener>,
}

impl Socket {
    /// Begins to connect; `None` where the address is refused (a mixed-content block, for one).
    pub fn connect(url: &str, tell: impl Fn(SocketEvent) + Clone + 'static) -> Option<Self> {
        Some(Self::listen(WebSocket::new(url).ok()?, tell))
    }

    /// Goes on with what is open already, and tells what was heard on it.
    pub fn take_over(early: EarlySocket, tell: impl Fn(SocketEvent) + Clone + 'static) -> Self {
        let told = tell.clone();
        let socket = Self::listen(early.raw, tell);
        if early.is_open {
            told(SocketEvent::TakenOver);
        }
        early.texts.into_iter().for_each(|text| told(SocketEvent::Text(text)));
        socket
    }

    fn listen(raw: WebSocket, tell: impl Fn(SocketEvent) + Clone + 'static) -> Self {
        let (opened, text, closed) = (tell.clone(), tell.clone(), tell);
        let listeners = vec![
            EventListener::new::<Event>(&raw, "open", move |_| opened(SocketEvent::Opened)),
            EventListener::new::<MessageEvent>(&raw, "message", move |event| {
                if let Some(data) = event.data().as_string() {
                    text(SocketEvent::Text(data));
                }
            }),
            EventListener::new::<CloseEvent>(&raw, "close", move |event| closed(SocketEvent::Closed { code: event.code(), reason: event.reason() })),
        ];
        Self { raw, listeners }
    }

    /// Sends a frame. False where the socket is not open: the frame is lost.
    pub fn send(&self, text: &str) -> bool {
        self.raw.ready_state() == WebSocket::OPEN && self.raw.send_with_str(text).is_ok()
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.listeners.clear();
        let _ = self.raw.close();
    }
}
