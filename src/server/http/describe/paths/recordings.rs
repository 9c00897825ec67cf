//! The recording of a live show.

use serde_json::json;

use crate::{
    domain::recording::MAX_CHUNK_BYTES,
    server::http::describe::{
        operation::{Operation, get, post, put},
        sample,
        schema::{Part, Parts, count, file, keyed, named, object, text},
    },
};

pub(super) fn operations() -> Vec<Operation> {
    let recording = || -> Part { keyed("recording", named("Recording")) };
    let example = json!({ "recording": sample::recording() });
    let recorder = text().pattern(Some("^[A-Za-z0-9-]*$")).max_length(Some(40));
    vec![
        get("/livestreams/{id}/recording", "getRecording", "How far is a recording")
            .id("id", "show", sample::show_id())
            .admin()
            .query("recorder", text(), "The recorder that asks for its `next`.")
            .gives(200, "The recording.", recording(), &example),
        put("/livestreams/{id}/recording", "enableRecording", "Say whether a show is recorded")
            .about("What was recorded stays.")
            .id("id", "show", sample::show_id())
            .admin()
            .takes("RecordingInput", json!({ "enabled": true }))
            .gives(200, "The recording.", recording(), &example),
        put("/livestreams/{id}/recording/chunks/{n}", "putRecordingChunk", "Send a piece of a recording")
            .about("The bytes of a `MediaRecorder`, in order. Once answered, a piece outlives a power cut; the same number with the same bytes may come again.")
            .id("id", "show", sample::show_id())
            .number("n", "Which piece of its recorder, from 0.")
            .admin()
            .query("recorder", recorder, "What the recorder calls itself. A page that is loaded again is another one.")
            .query("ageMs", count(), "How many milliseconds ago the recorder began this piece.")
            .header("Content-Digest", text(), "`sha-256=:<base64>:`, as RFC 9530 has it.")
            .takes_other("application/octet-stream", file().min_length(Some(1)).max_length(Some(MAX_CHUNK_BYTES)))
            .gives(200, "It is safe. `next` is the number that is expected now.", object().needs("next", count()), json!({ "next": 13 }))
            .gives(
                409,
                "A piece before it is missing (`chunk_out_of_order`), another piece has this number (`chunk_differs`), or the show has not begun (`not_live`).",
                object().needs("message", text()).needs("code", text()).may("next", count()),
                json!({ "message": "A chunk before this one is missing.", "code": "chunk_out_of_order", "next": 13 }),
            )
            .refuses_with(410, "The film is made (`recording_finished`).")
            .refuses_with(413, "The piece is too large, or the space for recordings is used up (`recording_quota`). The show goes on.")
            .refuses_with(422, "A parameter cannot be accepted, the piece is empty, or it is not the one its digest names (`digest_mismatch`).")
            .refuses(429)
            .refuses(507),
        post("/livestreams/{id}/recording/finish", "finishRecording", "Close a recording and have its film made")
            .about("The answer waits ten seconds for the film, which is made anyway. Asked again, it says how far that is.")
            .id("id", "show", sample::show_id())
            .admin()
            .gives(200, "The recording.", recording(), &example),
        get("/livestreams/{id}/live", "getReel", "What can be watched late of a live show")
            .about(
                "What is recorded so far, for going back and for networks that let no live picture through. Ask again with `since`, \
                 once a second, for what is new. A part is a WebM that grows: its head, then bytes from any place.",
            )
            .id("id", "show", sample::show_id())
            .query("since", count().maximum(Some(u32::MAX as isize)), "The `next` of the last answer: only places behind it are given.")
            .gives(200, "What there is; no parts where nothing is recorded.", keyed("reel", named("Reel")), json!({ "reel": sample::reel() }))
            .refuses_with(403, "The caller is banned from this show (`banned`).")
            .refuses_with(409, "The show has not begun (`not_live`).")
            .refuses_with(410, "The show is over (`show_ended`): its film takes the place of its reel."),
        get("/livestreams/{id}/live/{part}", "getReelBytes", "Get bytes of a part")
            .about("Only bytes that are safe on the disk are given, and they never change: an address with `to` may be kept for ever.")
            .id("id", "show", sample::show_id())
            .number("part", "Which part, as the reel names it.")
            .query("from", count(), "The first byte; the start of the part where it is left out.")
            .query("to", count(), "The byte behind the last one; all there are where it is left out.")
            .header("If-None-Match", text(), "The `ETag` that the caller has.")
            .gives_other(200, "The bytes.", &["video/webm"])
            .gives_other(304, "The caller has them.", &[])
            .refuses_with(403, "The caller is banned from this show (`banned`).")
            .refuses_with(409, "The show has not begun (`not_live`).")
            .refuses_with(410, "The show is over (`show_ended`).")
            .refuses_with(416, "There are no such bytes, or not yet (`no_such_bytes`)."),
    ]
}
