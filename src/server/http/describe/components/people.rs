//! Accounts, refusals, and what connects browsers.

use serde_json::json;

use super::Component;
use crate::server::http::describe::{
    sample,
    schema::{About, Parts, choice, count, id, list, named, object, or_null, text, time},
};

/// What an account may be.
pub const ROLES: [&str; 3] = ["customer", "moderator", "admin"];

pub(super) fn components() -> Vec<Component> {
    vec![
        Component::new(
            "Error",
            object()
                .about("A refusal. It changed nothing.")
                .needs("message", text().about("A sentence for people."))
                .needs("code", text().about("Stable, for programs."))
                .may("fields", object().additional_properties(Some(text())).about("What is wrong with an input: name of the field → a sentence.")),
            json!({ "message": "Enter an e-mail address like name@example.com.", "code": "invalid", "fields": { "email": "Enter an e-mail address like name@example.com." } }),
        ),
        Component::new(
            "User",
            object()
                .about("An account, as its owner and admins see it.")
                .needs("_id", id())
                .needs("email", text())
                .needs("name", text())
                .needs("role", choice(&ROLES))
                .needs("createdAt", time()),
            sample::user(),
        ),
        Component::new(
            "SignedInAccount",
            object()
                .about("An account with a fresh token for it. The token is given as an HttpOnly cookie too.")
                .needs("token", text().about("A JWT, to be sent as `Authorization: Bearer …`."))
                .needs("user", named("User")),
            json!({ "token": "eyJhbGciOiJIUzI1NiJ9.…", "user": sample::user() }),
        ),
        Component::new(
            "IceServer",
            object()
                .about("A STUN or TURN server, as `RTCIceServer` has it.")
                .needs("urls", list(text()))
                .may("username", text().about("Expiry and visitor, as the TURN REST convention has it."))
                .may("credential", text()),
            sample::ice_server(),
        ),
        Component::new(
            "AgoraToken",
            object()
                .about("A token for one channel, and what it is for.")
                .needs("token", text())
                .needs("appId", text())
                .needs("channelName", text())
                .needs("uid", count().about("0: Agora chooses one."))
                .needs("role", choice(&["publisher", "audience"]))
                .needs("expiresAt", time()),
            sample::agora_token(),
        ),
        Component::new(
            "SessionDescription",
            object().about("`RTCSessionDescriptionInit`: carried, never interpreted.").may("type", choice(&["offer", "answer"])).needs("sdp", text()),
            sample::description("offer"),
        ),
        Component::new(
            "IceCandidate",
            object()
                .about("`RTCIceCandidateInit`. An empty `candidate` ends the candidates of that media section.")
                .may("candidate", text())
                .may("sdpMid", or_null(text()))
                .may("sdpMLineIndex", or_null(count()))
                .may("usernameFragment", or_null(text())),
            sample::candidate(),
        ),
    ]
}
