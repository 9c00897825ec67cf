//! What is mounted at the root alone.

use serde_json::json;

use crate::server::http::describe::{
    operation::{Operation, Who, get},
    schema::{Parts, choice, object, text},
};

pub(super) fn operations() -> Vec<Operation> {
    let document = |operation: Operation, about: &str| operation.who(Who::Anyone).gives(200, about, object(), json!({})).never_refuses(&[500, 503]);
    vec![
        get("/healthz", "healthz", "Is the process alive")
            .who(Who::Anyone)
            .gives(
                200,
                "It is.",
                object().needs("status", choice(&["ok"])).needs("version", text()),
                json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }),
            )
            .never_refuses(&[503]),
        get("/readyz", "readyz", "Can it serve")
            .who(Who::Anyone)
            .gives(
                200,
                "It can.",
                object().needs("status", choice(&["ready"])).needs("database", choice(&["ok"])),
                json!({ "status": "ready", "database": "ok" }),
            )
            .never_refuses(&[503])
            .gives(
                503,
                "The database does not answer.",
                object().needs("status", choice(&["unavailable"])).needs("database", choice(&["away"])).needs("message", text()).needs("code", text()),
                json!({ "status": "unavailable", "database": "away", "message": "The database does not answer.", "code": "unavailable" }),
            ),
        get("/metrics", "metrics", "Figures for Prometheus")
            .who(Who::Anyone)
            .gives_other(200, "In Prometheus' text format.", &["text/plain"])
            .never_refuses(&[503]),
        get("/ws", "socket", "Open the socket")
            .about("An upgrade to a WebSocket; `/` takes it too. What is said over it stands in `/asyncapi.json`.")
            .query("token", text(), "For clients that cannot set headers.")
            .gives_other(101, "The socket is open.", &[])
            .never_refuses(&[422])
            .refuses_with(400, "This is no upgrade to a WebSocket.")
            .refuses_with(403, "The page is of another site (`cross_origin`).")
            .refuses_with(429, "Too many connections from this address.")
            .refuses_with(503, "The shop is restarting, or the database is away."),
        document(get("/openapi.json", "openapi", "This document"), "OpenAPI 3.1."),
        document(get("/asyncapi.json", "asyncapi", "The description of the socket"), "AsyncAPI 3.0."),
        get("/docs", "docs", "Both documents, to be read").who(Who::Anyone).gives_other(200, "A page.", &["text/html"]).never_refuses(&[500, 503]),
    ]
}
