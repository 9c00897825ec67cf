//! Getting something from the server, as bytes. Whoever drops a [`Download`] breaks it off.

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::JsCast;
use web_sys::{Event, XmlHttpRequest, XmlHttpRequestResponseType};

use super::listener::EventListener;

/// What came back.
#[derive(Debug, Clone)]
pub struct Got {
    /// The HTTP status; zero where nothing came back at all.
    pub status: u16,
    /// The body; empty where there is none.
    pub body: Uint8Array,
}

impl Got {
    /// The body as text, if it came with a status that says so.
    pub fn text(&self) -> Option<String> {
        if self.status == 200 { String::from_utf8(self.body.to_vec()).ok() } else { None }
    }
}

/// Something on its way.
pub struct Download {
    request: XmlHttpRequest,
    _end: EventListener,
}

impl Download {
    /// Asks for a path of this site, and tells what came back, once.
    pub fn get(path: &str, patience_ms: u32, tell: impl Fn(Got) + 'static) -> Option<Self> {
        let request = XmlHttpRequest::new().ok()?;
        request.open_with_async("GET", path, true).ok()?;
        request.set_timeout(patience_ms);
        request.set_response_type(XmlHttpRequestResponseType::Arraybuffer);
        let asked = request.clone();
        let end = EventListener::new::<Event>(&request, "loadend", move |_| {
            let body = asked.response().ok().and_then(|body| body.dyn_into::<ArrayBuffer>().ok());
            let body = body.map_or_else(|| Uint8Array::new_with_length(0), |body| Uint8Array::new(&body));
            tell(Got { status: asked.status().unwrap_or(0), body });
        });
        request.send().ok()?;
        Some(Self { request, _end: end })
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        // An end that is told of it reaches nobody who waits for it.
        let _ = self.request.abort();
    }
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Download")
    }
}
