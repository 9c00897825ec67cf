//! Event listeners that live as long as the value that stands for them.
//!
//! Only here may a closure be handed to the browser; none is ever forgotten, so nothing fires after its owner is gone.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventTarget};

/// Registered from construction to drop ([DOM 2.7](https://dom.spec.whatwg.org/#interface-eventtarget)).
pub struct EventListener {
    target: EventTarget,
    kind: &'static str,
    handler: Closure<dyn Fn(Event)>,
}

impl EventListener {
    /// Calls `handler` for each event of this kind. `E` has to be the class that the platform uses for it.
    pub fn new<E: JsCast>(target: &EventTarget, kind: &'static str, handler: impl Fn(E) + 'static) -> Self {
        let handler = Closure::<dyn Fn(Event)>::new(move |event: Event| handler(event.unchecked_into()));
        // It throws only where the callback is no function.
        let _ = target.add_event_listener_with_callback(kind, handler.as_ref().unchecked_ref());
        Self { target: target.clone(), kind, handler }
    }
}

impl Drop for EventListener {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback(self.kind, self.handler.as_ref().unchecked_ref());
    }
}

impl std::fmt::Debug for EventListener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "EventListener({})", self.kind)
    }
}
