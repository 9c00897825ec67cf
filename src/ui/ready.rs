//! Whether the page answers to its visitor yet.
//!
//! The server's page is there before its script is. A click on a control that only the script can serve would be lost
//! until then, so such controls are disabled, and look so, from the server on; an effect of the component that owns them
//! gives them free, once its listeners are in place. Forms that work without script stay open from the beginning.

use leptos::prelude::*;

/// False on the server and in the page it rendered; true as soon as the component that asks is interactive.
pub fn use_ready() -> ReadSignal<bool> {
    let (ready, set_ready) = signal(false);
    Effect::new(move || set_ready.set(true));
    ready
}

/// Controls that only the script can serve.
#[component]
pub fn Ready(#[prop(optional, into)] class: String, children: Children) -> impl IntoView {
    let ready = use_ready();
    view! {
        <fieldset class=class disabled=move || !ready.get()>
            {children()}
        </fieldset>
    }
}
