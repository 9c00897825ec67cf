//! What a page asks of the browser besides media: the time, a pulse, a full screen, the keyboard, a picture upload.
//!
//! Every function here is for the browser alone: call it in an effect or in the handler of an event, never while rendering.

use js_sys::{Function, Reflect};
use leptos::{ev, html, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

use super::state::{Hush, LiveState};
use crate::{browser::page, domain::time::Timestamp};

pub mod picture;
pub mod zone;

/// The time of the person's own clock.
pub fn now() -> Timestamp {
    Timestamp::from_millis(page::wall_clock_ms())
}

/// A path of this shop as an address that others can open.
pub fn whole_address(path: &str) -> String {
    format!("{}{path}", window().location().origin().unwrap_or_default())
}

/// Calls `f` every `period_ms` while the page is visible, until the owner that called is cleaned up.
pub fn every(period_ms: u32, f: impl Fn() + 'static) {
    let visible = move || {
        if page::is_visible() {
            f();
        }
    };
    if let Ok(handle) = set_interval_with_handle(visible, std::time::Duration::from_millis(u64::from(period_ms))) {
        on_cleanup(move || handle.clear());
    }
}

/// Says `path` that something is left, in one field, should the page be closed or left for another site before the owner
/// that called is cleaned up.
pub fn on_page_left(path: &'static str, name: &'static str, value: String) {
    let handle = window_event_listener_untyped("pagehide", move |_| page::send_last(path, name, &value));
    on_cleanup(move || handle.remove());
}

/// Runs `read` whenever the page is shown again as it was left, clocks and all: browsers keep pages for the way back. Until the
/// owner that called is cleaned up.
pub fn on_page_back(read: impl Fn() + 'static) {
    let handle = window_event_listener_untyped("pageshow", move |event| {
        if page::is_kept(&event) {
            read();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Seconds since `started`, by the second: `None` on the server and until the first tick.
pub fn elapsed(started: RwSignal<Option<Timestamp>>) -> ReadSignal<Option<u64>> {
    let (seconds, set_seconds) = signal(None);
    let tick = move || set_seconds.set(started.get_untracked().map(|started| now().seconds_since(started)));
    Effect::new(move || {
        started.track();
        tick();
    });
    Effect::new(move || every(1000, tick));
    seconds
}

/// For how many more seconds the person at the page may not speak, and why; `None` on the server and once they may.
pub fn hushed(state: LiveState) -> ReadSignal<Option<(Hush, u64)>> {
    let (left, set_left) = signal(None);
    let tick = move || {
        let quiet = state.quiet.get_untracked();
        let left = quiet.map(|quiet| (quiet.why, ((quiet.until_ms - page::now_ms()) / 1000.0).ceil().max(0.0) as u64));
        set_left.maybe_update(|shown| {
            let now = left.filter(|(_, seconds)| *seconds > 0);
            let is_other = *shown != now;
            *shown = now;
            is_other
        });
    };
    Effect::new(move || {
        state.quiet.track();
        tick();
    });
    Effect::new(move || every(500, tick));
    left
}

/// How far along the element under it a pointer is, from 0 to 1, where the element counts only `inset_px` from either end.
pub fn along(event: &ev::PointerEvent, inset_px: f64) -> Option<f64> {
    let element: HtmlElement = event.target()?.dyn_into().ok()?;
    let length_px = f64::from(element.client_width()) - 2.0 * inset_px;
    (length_px > 0.0).then(|| ((f64::from(event.offset_x()) - inset_px) / length_px).clamp(0.0, 1.0))
}

/// Puts this element on the full screen, or leaves it; iPhones know full screen for the video alone.
pub fn toggle_full_screen(stage: NodeRef<html::Div>, video: NodeRef<html::Video>) {
    let (Some(stage), Some(video)) = (stage.get_untracked(), video.get_untracked()) else { return };
    let document: JsValue = document().into();
    if property(&document, "fullscreenElement").is_some() {
        invoke(&document, "exitFullscreen");
    } else if !invoke(stage.as_ref(), "requestFullscreen") {
        invoke(video.as_ref(), "webkitEnterFullscreen");
    }
}

/// Floats the video over other windows, or takes it back.
pub fn toggle_picture_in_picture(video: NodeRef<html::Video>) {
    let Some(video) = video.get_untracked() else { return };
    let document: JsValue = document().into();
    if property(&document, "pictureInPictureElement").is_some() {
        invoke(&document, "exitPictureInPicture");
    } else {
        invoke(video.as_ref(), "requestPictureInPicture");
    }
}

/// Whether videos can float over other windows here.
pub fn has_picture_in_picture() -> bool {
    property(&document().into(), "pictureInPictureEnabled").is_some_and(|enabled| enabled.is_truthy())
}

/// Whether screens can be shared here: phones cannot.
pub fn can_share_screen() -> bool {
    let navigator: JsValue = window().navigator().into();
    property(&navigator, "mediaDevices").is_some_and(|devices| property(&devices, "getDisplayMedia").is_some())
}

/// Gives the keyboard to the element with this id, once the page has settled.
pub fn focus_soon(id: String) {
    request_animation_frame(move || {
        if let Some(element) = document().get_element_by_id(&id)
            && let Some(element) = element.dyn_ref::<web_sys::HtmlElement>()
        {
            let _ = element.focus();
        }
    });
}

/// Goes to a place of a film and plays on from there, where the browser lets it.
pub fn play_from(video: NodeRef<html::Video>, at_ms: u64) {
    let Some(video) = video.get_untracked() else { return };
    video.set_current_time(at_ms as f64 / 1000.0);
    invoke(video.as_ref(), "play");
}

/// Puts the whole address of a path of this site on the clipboard. False where pages may not do that.
pub fn copy_link(path: &str) -> bool {
    copy(&whole_address(path))
}

/// Puts a text on the clipboard. False where pages may not do that.
pub fn copy(text: &str) -> bool {
    let Some(clipboard) = property(&window().navigator().into(), "clipboard") else { return false };
    let Some(write) = property(&clipboard, "writeText").and_then(|method| method.dyn_into::<Function>().ok()) else { return false };
    watch(write.call1(&clipboard, &text.into()))
}

fn property(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok().filter(|value| !value.is_null() && !value.is_undefined())
}

// Calls a method that may be missing.
fn invoke(object: &JsValue, name: &str) -> bool {
    let Some(method) = property(object, name).and_then(|method| method.dyn_into::<Function>().ok()) else { return false };
    watch(method.call0(object));
    true
}

// Watches the promise that a call gave, or a refusal would be reported as unhandled. False where the call itself failed.
fn watch(answer: Result<JsValue, JsValue>) -> bool {
    let Ok(answer) = answer else { return false };
    if let Ok(promise) = answer.dyn_into::<js_sys::Promise>() {
        let settled = SendWrapper::new(wasm_bindgen_futures::JsFuture::from(promise));
        leptos::task::spawn_local(async move {
            let _ = settled.await;
        });
    }
    true
}
