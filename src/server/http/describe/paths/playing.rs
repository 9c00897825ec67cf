//! Players that are no page of ours.

use super::ingest::session;
use crate::server::http::{
    describe::{
        operation::{Operation, delete, patch, post},
        sample,
        schema::text,
    },
    sdp::MAX_SDP_BYTES,
};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        post("/whep/{id}", "play", "Watch a show with a player")
            .about("As draft-ietf-wish-whep has it, for everybody who may watch the show on its page. The player is one of the show's viewers; while the host is away it waits for the picture.")
            .id("id", "show", sample::show_id())
            .takes_other("application/sdp", text().max_length(Some(MAX_SDP_BYTES)))
            .gives_other(201, "The answer to the offer. `Location` is the player's own address.", &["application/sdp"])
            .refuses_with(400, "The id is none, or the offer cannot be used or asks for nothing that a show sends (`unusable_offer`).")
            .refuses_with(403, "Banned from this show (`banned`), or the request came from a page of another site (`cross_origin`).")
            .refuses_with(409, "The shop has no media server (`no_media_server`), or the show is not live (`not_live`).")
            .refuses(415)
            .refuses(429)
            .refuses_with(503, "So many watch that there is no room (`media_full`), the media server does not answer, or the database is away."),
        patch("/whep/{id}/{viewer}", "tellPlayer", "Tell addresses of a player")
            .about("Taken, and not needed: the server finds a player by the checks that come from there.")
            .id("id", "show", sample::show_id())
            .parameter(session("viewer"))
            .takes_other("application/trickle-ice-sdpfrag", text())
            .gives_other(204, "It is taken.", &[])
            .refuses(415),
        delete("/whep/{id}/{viewer}", "stopPlaying", "End a player")
            .about("Whoever has its address may: nobody else knows it.")
            .id("id", "show", sample::show_id())
            .parameter(session("viewer"))
            .gives_other(200, "It has ended.", &[]),
    ]
}
