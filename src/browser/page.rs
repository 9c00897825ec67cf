//! The page around us: its address, network, visibility, memory between loads, clock and chance.

use web_sys::{Document, Event, EventTarget, Storage, UrlSearchParams, VisibilityState, Window};

use super::{js, listener::EventListener};

fn window() -> Option<Window> {
    web_sys::window()
}

fn document() -> Option<Document> {
    window()?.document()
}

/// The address of a socket of this site, as `wss://shop.example/ws` for `/ws`.
pub fn socket_url(path: &str) -> Option<String> {
    let location = window()?.location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    Some(format!("{scheme}://{}{path}", location.host().ok()?))
}

/// Whether the browser believes in a network. True only means that it does not know better.
pub fn is_online() -> bool {
    window().is_none_or(|window| window.navigator().on_line())
}

/// Whether somebody can see the page.
pub fn is_visible() -> bool {
    document().is_none_or(|document| document.visibility_state() == VisibilityState::Visible)
}

/// What happens to the page as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageEvent {
    Online,
    Offline,
    Shown,
    Hidden,
}

/// Tells of the network and of visibility until dropped.
pub fn watch(tell: impl Fn(PageEvent) + Clone + 'static) -> Vec<EventListener> {
    let (Some(window), Some(document)) = (window(), document()) else { return Vec::new() };
    let on = |target: &EventTarget, kind, event: fn() -> PageEvent| {
        let tell = tell.clone();
        EventListener::new::<Event>(target, kind, move |_| tell(event()))
    };
    vec![
        on(&window, "online", || PageEvent::Online),
        on(&window, "offline", || PageEvent::Offline),
        on(&document, "visibilitychange", || if is_visible() { PageEvent::Shown } else { PageEvent::Hidden }),
    ]
}

/// Whether a page that is shown is one that was kept as it was left
/// ([`persisted`](https://html.spec.whatwg.org/#dom-pagetransitionevent-persisted)).
pub fn is_kept(shown: &Event) -> bool {
    js::get(shown, "persisted").is_some_and(|kept| kept.is_truthy())
}

/// How long the browser remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// This tab, over reloads.
    Tab,
    /// This browser.
    Browser,
}

// Both throw in some private modes and where site data is blocked.
fn storage(memory: Memory) -> Option<Storage> {
    let window = window()?;
    match memory {
        Memory::Tab => window.session_storage(),
        Memory::Browser => window.local_storage(),
    }
    .ok()
    .flatten()
}

/// What was remembered under this name, if the browser allows memories.
pub fn recall(memory: Memory, name: &str) -> Option<String> {
    storage(memory)?.get_item(name).ok().flatten()
}

/// Remembers, where the browser allows it and has room.
pub fn remember(memory: Memory, name: &str, value: &str) {
    if let Some(storage) = storage(memory) {
        let _ = storage.set_item(name, value);
    }
}

/// Forgets what was remembered under this name.
pub fn forget(memory: Memory, name: &str) {
    if let Some(storage) = storage(memory) {
        let _ = storage.remove_item(name);
    }
}

/// Sends a form of one field to a path of this site, though the page goes away
/// ([`sendBeacon`](https://w3c.github.io/beacon/)). Nobody hears the answer.
pub fn send_last(path: &str, name: &str, value: &str) {
    let (Some(window), Ok(form)) = (window(), UrlSearchParams::new()) else { return };
    form.append(name, value);
    let _ = window.navigator().send_beacon_with_opt_url_search_params(path, Some(&form));
}

/// Leaves a mark on the page's timeline, for measurements.
pub fn mark(name: &str) {
    if let Some(performance) = window().and_then(|window| window.performance()) {
        let _ = performance.mark(name);
    }
}

/// Whether there is such a mark.
pub fn is_marked(name: &str) -> bool {
    window().and_then(|window| window.performance()).is_some_and(|performance| performance.get_entries_by_name(name).length() > 0)
}

/// Leaves a rejected promise that nobody handles.
pub fn fail(why: &str) {
    let _ = js_sys::Promise::reject(&js_sys::Error::new(why));
}

/// Milliseconds since the page began: monotonic, for spans of time.
pub fn now_ms() -> f64 {
    window().and_then(|window| window.performance()).map_or_else(js_sys::Date::now, |performance| performance.now())
}

/// Milliseconds since 1970, as this device believes.
pub fn wall_clock_ms() -> i64 {
    js_sys::Date::now() as i64
}

/// 0 up to 1, for back-off and jitter; not for secrets.
pub fn random() -> f64 {
    js_sys::Math::random()
}

/// Bytes that nobody can guess.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    let filled = window().and_then(|window| window.crypto().ok()).map(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).is_ok());
    if filled != Some(true) {
        bytes.fill_with(|| (random() * 256.0) as u8);
    }
    bytes
}

/// 32 hexadecimal digits that nobody can guess.
pub fn random_id() -> String {
    random_bytes::<16>().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether cameras can be had at all: browsers give them to `https` pages and to `localhost`.
pub fn is_secure() -> bool {
    window().is_some_and(|window| js::get(&window, "isSecureContext").is_some_and(|value| value.is_truthy()))
}
