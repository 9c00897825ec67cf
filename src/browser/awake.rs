//! A screen that stays on ([Screen Wake Lock](https://www.w3.org/TR/screen-wake-lock/)). Browsers take the lock away from a
//! page that is hidden; it is asked for again when the page is back. Where there is none to be had, nothing happens.

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::{
    js,
    listener::EventListener,
    page::{self, PageEvent},
};

/// Keeps the screen on from construction to drop.
pub struct Awake {
    lock: Lock,
    _shown: Vec<EventListener>,
}

type Lock = Rc<RefCell<Option<JsValue>>>;

impl Awake {
    /// Asks for the lock, now and whenever the page is shown again.
    pub fn hold() -> Self {
        let lock = Lock::default();
        ask(&lock);
        let again = Rc::downgrade(&lock);
        let shown = page::watch(move |event| {
            if let (PageEvent::Shown, Some(lock)) = (event, again.upgrade()) {
                ask(&lock);
            }
        });
        Self { lock, _shown: shown }
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        if let Some(lock) = self.lock.borrow_mut().take() {
            release(&lock);
        }
    }
}

impl std::fmt::Debug for Awake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Awake")
    }
}

fn ask(lock: &Lock) {
    let Some(asked) = request() else { return };
    let holder: Weak<RefCell<Option<JsValue>>> = Rc::downgrade(lock);
    spawn_local(async move {
        // Refused with an empty battery, for one: the show goes on all the same.
        let Ok(given) = JsFuture::from(asked).await else { return };
        match holder.upgrade() {
            Some(lock) => {
                if let Some(former) = lock.borrow_mut().replace(given) {
                    release(&former);
                }
            }
            None => release(&given),
        }
    });
}

fn request() -> Option<Promise> {
    let navigator: JsValue = web_sys::window()?.navigator().into();
    js::call(&js::get(&navigator, "wakeLock")?, "request", &["screen".into()])?.dyn_into().ok()
}

fn release(lock: &JsValue) {
    if let Some(promise) = js::call(lock, "release", &[]).and_then(|promise| promise.dyn_into::<Promise>().ok()) {
        spawn_local(async move {
            let _ = JsFuture::from(promise).await;
        });
    }
}
