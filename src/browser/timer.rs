//! Timers that are cleared when dropped, and a pause to await.

use js_sys::Promise;
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::JsFuture;

/// Runs once after a while, unless it is dropped before.
#[derive(Debug)]
pub struct Timeout {
    id: Option<i32>,
    _handler: Closure<dyn Fn()>,
}

impl Timeout {
    /// Runs `handler` in `after_ms` milliseconds. Outside a window it never runs.
    pub fn new(after_ms: u32, handler: impl Fn() + 'static) -> Self {
        let handler = Closure::<dyn Fn()>::new(handler);
        let start =
            |window: web_sys::Window| window.set_timeout_with_callback_and_timeout_and_arguments_0(handler.as_ref().unchecked_ref(), clamp(after_ms)).ok();
        Self { id: web_sys::window().and_then(start), _handler: handler }
    }
}

impl Drop for Timeout {
    fn drop(&mut self) {
        if let (Some(window), Some(id)) = (web_sys::window(), self.id) {
            window.clear_timeout_with_handle(id);
        }
    }
}

/// Runs again and again until it is dropped. Browsers slow it to once a second in a hidden tab.
#[derive(Debug)]
pub struct Interval {
    id: Option<i32>,
    _handler: Closure<dyn Fn()>,
}

impl Interval {
    /// Runs `handler` every `every_ms` milliseconds.
    pub fn new(every_ms: u32, handler: impl Fn() + 'static) -> Self {
        let handler = Closure::<dyn Fn()>::new(handler);
        let start =
            |window: web_sys::Window| window.set_interval_with_callback_and_timeout_and_arguments_0(handler.as_ref().unchecked_ref(), clamp(every_ms)).ok();
        Self { id: web_sys::window().and_then(start), _handler: handler }
    }
}

impl Drop for Interval {
    fn drop(&mut self) {
        if let (Some(window), Some(id)) = (web_sys::window(), self.id) {
            window.clear_interval_with_handle(id);
        }
    }
}

/// Waits. The promise owns nothing of ours, so a wait that is dropped costs nothing.
pub async fn pause(after_ms: u32) {
    let promise = Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, clamp(after_ms));
        }
    });
    let _ = JsFuture::from(promise).await;
}

fn clamp(ms: u32) -> i32 {
    i32::try_from(ms).unwrap_or(i32::MAX)
}
