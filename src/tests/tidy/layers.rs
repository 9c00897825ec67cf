//! Who may know whom, as a table. A module that is not named here does not exist for the house: name it first.

use super::source::Source;

/// A module and all it may name. The longest prefix that fits a file is its rule; `"*"` is everybody.
const RULES: &[(&str, &[&str])] = &[
    ("", &["*"]),
    ("domain", &["domain"]),
    ("protocol", &["protocol", "domain"]),
    ("error", &["error", "domain", "protocol"]),
    // The bodies of server functions call services; their signatures speak the domain's language.
    ("api", &["api", "domain", "protocol", "error", "server::auth", "server::http::extract", "server::service", "server::state"]),
    // Media and sockets know no shop; of the wire, only the shapes that WebRTC itself defines.
    ("browser", &["browser", "protocol::signal"]),
    ("live", &["live", "browser", "api", "protocol", "domain", "error"]),
    // People see the browser through the live store only.
    ("ui", &["ui", "live", "api", "domain", "error"]),
    ("app", &["app", "ui", "live", "api", "domain", "error"]),
    ("server", &["server", "api", "protocol", "domain", "error"]),
    ("server::db", &["server::db", "server::telemetry", "server::clock", "server::config", "domain", "error"]),
    // Bytes in, bytes out.
    ("server::media", &["server::media"]),
    ("server::storage", &["server::storage", "server::telemetry", "server::clock", "server::config", "domain", "error"]),
    // The room knows the shape of what is stored, never the store: `server::db::Db` is not on this list.
    (
        "server::hub::room",
        &[
            "server::hub::room",
            "server::sfu::message",
            "server::db::events",
            "server::db::livestreams",
            "server::db::presence",
            "server::clock",
            "protocol",
            "domain",
            "error",
        ],
    ),
    // Packets and connections: no show, no seat, no person. Its core decides and knows nothing but itself.
    ("server::sfu", &["server::sfu", "server::config"]),
    ("server::sfu::core", &["server::sfu::core"]),
    // The same conversation with an engine that is not ours.
    ("server::engine", &["server::engine", "server::sfu", "server::config"]),
    (
        "server::hub",
        &[
            "server::hub",
            "server::sfu",
            "server::engine",
            "server::telemetry",
            "server::db",
            "server::auth",
            "server::clock",
            "server::config",
            "protocol",
            "domain",
            "error",
        ],
    ),
    // A socket proves a token that comes in a frame as a request does, with all that this takes.
    (
        "server::hub::session",
        &["server::hub", "server::telemetry", "server::db", "server::auth", "server::state", "server::clock", "server::config", "protocol", "domain", "error"],
    ),
    (
        "server::service",
        &[
            "server::service",
            "server::db",
            "server::hub",
            "server::storage",
            "server::media",
            "server::sfu",
            "server::auth",
            "server::state",
            "server::clock",
            "server::config",
            "server::telemetry",
            "protocol",
            "domain",
            "error",
        ],
    ),
    // REST parses, authorises, calls one service and maps the answer; it never reaches past the service.
    (
        "server::http",
        &[
            "server::http",
            "server::service",
            "server::auth",
            "server::hub",
            "server::state",
            "server::config",
            "server::clock",
            "server::telemetry",
            "protocol",
            "domain",
            "error",
        ],
    ),
    // The one line that hands the pages to the server.
    ("server::router", &["server", "app", "api", "protocol", "domain", "error"]),
    ("tests", &["*"]),
];

/// `file:line: module may not know path`, for every forbidden path that a file names.
pub fn violations(source: &Source) -> Vec<String> {
    let module = source.module().join("::");
    let allowed = rule_of(&module);
    let mut found = Vec::new();
    for (line, path) in source.crate_paths() {
        let path = path.join("::");
        // Names from the crate's root that are no modules (macros) are nobody's business.
        if RULES.iter().any(|(name, _)| !name.is_empty() && is_within(&path, name)) && !allowed.iter().any(|name| *name == "*" || is_within(&path, name)) {
            found.push(format!("{}:{line}: {} may not know {path}", source.path, if module.is_empty() { "lib" } else { &module }));
        }
    }
    found
}

fn rule_of(module: &str) -> &'static [&'static str] {
    let fitting = RULES.iter().filter(|(name, _)| name.is_empty() == module.is_empty() && is_within(module, name));
    fitting.max_by_key(|(name, _)| name.len()).map(|(_, allowed)| *allowed).unwrap_or(&[])
}

fn is_within(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

#[test]
fn a_forbidden_path_is_found() {
    let found = |path: &str, text: &str| !violations(&Source::new(path, text)).is_empty();
    assert!(found("domain/cart.rs", "use crate::server::db::Db;"));
    assert!(found("ui/player.rs", "use crate::browser::peer::Peer;"));
    assert!(found("browser/peer.rs", "use crate::protocol::Signal;"));
    assert!(found("server/http/orders.rs", "use super::super::db::orders;"));
    assert!(found("server/state.rs", "use crate::app::App;"));
    assert!(found("server/hub/room.rs", "use super::super::db::Db;"));
    assert!(!found("server/router.rs", "use crate::app::App;"));
    assert!(!found("live/watch.rs", "use crate::browser::peer::Peer;"));
    assert!(!found("server/service/chat.rs", "use super::super::{db::Db, hub::Hub};"));
}
