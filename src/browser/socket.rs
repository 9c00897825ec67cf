//! A WebSocket that closes when dropped ([WebSockets](https://websockets.spec.whatwg.org/)). Text frames alone.

use web_sys::{CloseEvent, Event, MessageEvent, WebSocket};

use super::listener::EventListener;

/// What a socket tells. After `Closed` it tells nothing more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SocketEvent {
    Opened,
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
        let raw = WebSocket::new(url).ok()?;
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
        Some(Self { raw, listeners })
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
