//! How the page's line to the show is, in two words.

use leptos::prelude::*;

use crate::live::state::{Connection, LiveState, Phase};

/// Who reads it: to a viewer the show is live, to its host the line is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    Viewer,
    Host,
}

/// The words for people and the name for programs.
pub fn connection_words(connection: Connection, phase: Phase) -> (&'static str, &'static str) {
    match (connection, phase) {
        (_, Phase::Ended) => ("Ended", "ended"),
        (Connection::Banned, _) => ("Banned", "banned"),
        (Connection::Idle, _) => ("Connecting", "idle"),
        (Connection::Connecting, _) => ("Connecting", "connecting"),
        (Connection::Reconnecting { .. }, _) => ("Reconnecting", "reconnecting"),
        (Connection::Offline, _) => ("Offline", "offline"),
        (Connection::Closed, _) => ("Disconnected", "closed"),
        (Connection::Online, Phase::Scheduled) => ("Starting soon", "waiting"),
        (Connection::Online, Phase::HostAway) => ("Host away", "host-away"),
        (Connection::Online, Phase::Live) => ("Live", "live"),
    }
}

/// The state, read aloud when it changes.
#[component]
pub fn ConnectionState(state: LiveState, reader: Reader) -> impl IntoView {
    let words = Memo::new(move |_| connection_words(state.connection.get(), state.phase.get()));
    let class = move || match words.get().1 {
        "live" if reader == Reader::Viewer => "badge badge-live",
        "live" => "badge badge-good",
        "offline" | "closed" | "banned" => "badge badge-bad",
        "reconnecting" | "host-away" | "waiting" => "badge badge-soon",
        _ => "badge badge-done",
    };
    view! {
        <span class=class role="status" data-testid="connection-state" data-state=move || words.get().1>
            <span class="dot" class:dot-beat=move || words.get().1 == "live"></span>
            {move || match words.get() {
                (_, "live") if reader == Reader::Host => "Connected",
                (text, _) => text,
            }}
        </span>
    }
}
