//! Encoders as the camera of a show.

use serde_json::json;
use utoipa::openapi::{
    Required,
    path::{Parameter, ParameterBuilder, ParameterIn},
};

use crate::server::http::{
    describe::{
        operation::{Operation, Who, delete, get, patch, post},
        sample,
        schema::{About, Part, Parts, keyed, object, text},
    },
    sdp::MAX_SDP_BYTES,
};

pub(super) fn operations() -> Vec<Operation> {
    let ingest: Part = object()
        .needs("url", text().about("The path of the server, behind the shop's address."))
        .needs("bearerToken", text().about("Whoever has it can be the camera of this show, and nothing else."))
        .into();
    let example = json!({ "ingest": { "url": format!("/whip/{}", sample::show_id()), "bearerToken": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" } });
    vec![
        get("/livestreams/{id}/ingest", "getIngest", "Get what an encoder needs")
            .about("An encoder that speaks WHIP, such as OBS, becomes the camera of the show with this address and token.")
            .id("id", "show", sample::show_id())
            .admin()
            .gives(200, "Server and token.", keyed("ingest", ingest), &example)
            .refuses_with(409, "This shop has no media server (`no_media_server`)."),
        post("/whip/{id}", "publish", "Go on air with an encoder")
            .about("As RFC 9725 has it. An encoder that comes again takes the place of its former self, and viewers keep their connections.")
            .id("id", "show", sample::show_id())
            .who(Who::Encoder)
            .takes_other("application/sdp", text().max_length(Some(MAX_SDP_BYTES)))
            .gives_other(201, "The answer to the offer. `Location` is the encoder's own address.", &["application/sdp"])
            .refuses_with(400, "The id is none, or the offer cannot be used (`unusable_offer`).")
            .refuses_with(
                409,
                "The shop has no media server (`no_media_server`), the show is not live (`not_live`), or somebody else is on air (`broadcaster_conflict`).",
            )
            .refuses(413)
            .refuses(415)
            .refuses(429)
            .refuses_with(503, "The media server does not answer, or the database is away."),
        patch("/whip/{id}/{encoder}", "trickle", "Tell addresses of an encoder")
            .about("Taken, and not needed: the server finds an encoder by the checks that come from there.")
            .id("id", "show", sample::show_id())
            .parameter(session("encoder"))
            .who(Who::Encoder)
            .takes_other("application/trickle-ice-sdpfrag", text())
            .gives_other(204, "It is taken.", &[])
            .refuses(415),
        delete("/whip/{id}/{encoder}", "unpublish", "Take an encoder off the air")
            .about("The show waits for its host from then on, as after a lost connection.")
            .id("id", "show", sample::show_id())
            .parameter(session("encoder"))
            .who(Who::Encoder)
            .gives_other(200, "It is off the air.", &[]),
    ]
}

/// The name of an encoder or a player in its path.
pub(super) fn session(name: &str) -> Parameter {
    let parameter = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True).schema(Some(text()));
    parameter.description(Some("As the `Location` of the answer has it.")).example(Some(json!("0123456789abcdef0123456789abcdef"))).build()
}
