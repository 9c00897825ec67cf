//! Sending a blob to the server. Whoever drops an [`Upload`] breaks it off.

use web_sys::{Blob, Event, XmlHttpRequest};

use super::listener::EventListener;

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status; zero where nothing came back at all.
    pub status: u16,
    pub body: String,
}

/// A blob on its way.
pub struct Upload {
    request: XmlHttpRequest,
    _end: EventListener,
}

impl Upload {
    /// Puts a blob to a path of this site, and tells what came back, once.
    pub fn put(path: &str, blob: &Blob, patience_ms: u32, tell: impl Fn(Answer) + 'static) -> Option<Self> {
        let request = XmlHttpRequest::new().ok()?;
        request.open_with_async("PUT", path, true).ok()?;
        request.set_timeout(patience_ms);
        let asked = request.clone();
        let end = EventListener::new::<Event>(&request, "loadend", move |_| {
            tell(Answer { status: asked.status().unwrap_or(0), body: asked.response_text().ok().flatten().unwrap_or_default() });
        });
        request.send_with_opt_blob(Some(blob)).ok()?;
        Some(Self { request, _end: end })
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        // The listener goes after this: what it tells of an upload that was given up reaches nobody who waits for it.
        let _ = self.request.abort();
    }
}
