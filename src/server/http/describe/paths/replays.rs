//! Shows that are over: their replay in the hands of the host, and the captions and small pictures of their films.

use serde_json::json;

use crate::{
    domain::captions::MAX_CAPTIONS_BYTES,
    server::http::describe::{
        operation::{Operation, delete, get, post, put},
        sample,
        schema::{Part, entered, keyed, list, named, text},
    },
};

pub(super) fn operations() -> Vec<Operation> {
    let replay = || -> Part { keyed("replay", named("ReplayDesk")) };
    let example = json!({ "replay": sample::replay_desk() });
    let all = || -> Part { keyed("captions", list(named("Captions"))) };
    let captions = json!({ "captions": sample::replay_desk().captions });
    let wrong = "The show is not over (`not_ended`).";
    vec![
        get("/livestreams/{id}/replay", "getReplayDesk", "Look at a replay as its host")
            .id("id", "show", sample::show_id())
            .admin()
            .gives(200, "The replay.", replay(), &example)
            .refuses_with(409, wrong),
        put("/livestreams/{id}/replay", "editReplay", "Publish a replay, cut its film, move its products")
            .about(
                "What is absent stays. A replay that is not published is not found by anybody but admins, nor are its film, its picture and its captions. \
                 A cut encodes nothing: it begins with the last picture before its start that stands for itself, and a film that is MP4 ends with the fragment \
                 that holds the end. The whole film stays, for admins, so that \
                 `{\"cut\": {}}` takes a cut back. A cut that takes longer than twenty seconds goes on after the answer, which says `cutting`.",
            )
            .id("id", "show", sample::show_id())
            .admin()
            .takes("ReplayUpdate", sample::replay_update())
            .gives(200, "The replay.", replay(), &example)
            .refuses_with(409, "The show is not over (`not_ended`), has no film to cut (`no_film`), or is being cut already (`cutting`).")
            .refuses_with(415, "The body is not JSON, or the film is one that cannot be cut (MP4 that is not in fragments).")
            .refuses(507),
        get("/livestreams/{id}/export", "exportShow", "Take a show to another shop")
            .about(
                "A tar archive of what the replay shows customers, and nothing else: `show.json` names every other file in it (film, poster, captions, pictures \
                 of products), `log.jsonl` has a line per message and change of the shelf. `wrencos show import` takes it in.",
            )
            .id("id", "show", sample::show_id())
            .admin()
            .gives_other(200, "The archive, with its length.", &["application/x-tar"])
            .refuses_with(409, "The show is not over (`not_ended`), its film is being made (`film_unfinished`), or is not there any more (`no_film`).")
            .refuses(507),
        post("/livestreams/{id}/captions", "addCaptions", "Add captions to a film")
            .about("A WebVTT file whose times count in the film that is shown now; a later cut moves them along. Styles and regions are left out.")
            .id("id", "show", sample::show_id())
            .admin()
            .query("language", text().min_length(Some(2)).max_length(Some(35)), "A language tag, such as `en` or `pt-BR`. It is needed.")
            .query("label", entered(0, 60), "What players call it; without, the language.")
            .takes_other("text/vtt", text().max_length(Some(MAX_CAPTIONS_BYTES)))
            .gives(201, "All captions of the film.", all(), &captions)
            .refuses_with(409, "The film has as many captions as it may (`too_many_captions`).")
            .refuses_with(422, "Language or label cannot be accepted, or a line of the file cannot be understood: `fields` says which.")
            .refuses(415)
            .refuses(507),
        get("/livestreams/{id}/captions/{captions}", "getCaptions", "Get captions")
            .about("Timed for the film that is shown, with `ETag`.")
            .id("id", "show", sample::show_id())
            .id("captions", "captions", sample::captions_id())
            .header("If-None-Match", text(), "The `ETag` that the caller has.")
            .gives_other(200, "A WebVTT file.", &["text/vtt"])
            .gives_other(304, "The caller has it.", &[]),
        get("/livestreams/{id}/frames.vtt", "getFrames", "Get where the small pictures of a film are")
            .about(
                "For the seek bars of players: cues whose texts name a picture and a part of it (`frames.jpg#xywh=160,90,160,90`). Films are looked at once \
                 they are made, or when somebody first asks; until then, and for films that are not VP8 in WebM, this is not found.",
            )
            .id("id", "show", sample::show_id())
            .header("If-None-Match", text(), "The `ETag` that the caller has.")
            .gives_other(200, "A WebVTT file.", &["text/vtt"])
            .gives_other(304, "The caller has it.", &[]),
        get("/livestreams/{id}/frames.jpg", "getFrameSheet", "Get the small pictures of a film")
            .about("All on one sheet, with `ETag`.")
            .id("id", "show", sample::show_id())
            .header("If-None-Match", text(), "The `ETag` that the caller has.")
            .gives_other(200, "The sheet.", &["image/jpeg"])
            .gives_other(304, "The caller has it.", &[]),
        delete("/livestreams/{id}/captions/{captions}", "removeCaptions", "Take captions away")
            .id("id", "show", sample::show_id())
            .id("captions", "captions", sample::captions_id())
            .admin()
            .gives(200, "The captions that are left.", all(), json!({ "captions": [] })),
    ]
}
