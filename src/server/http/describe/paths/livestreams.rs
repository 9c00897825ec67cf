//! `/livestreams`: shows, and the people in them.

use serde_json::json;

use crate::server::http::describe::{
    components::shows::STATUSES,
    operation::{Operation, Who, delete, get, post, put},
    sample,
    schema::{Part, Parts, choice, count, flag, keyed, list, named, object, or_null, text, whole},
};

pub(super) fn operations() -> Vec<Operation> {
    shows().into_iter().chain(calendars()).chain(transitions()).chain(people()).collect()
}

fn show() -> Part {
    keyed("livestream", named("Livestream"))
}

fn shows() -> Vec<Operation> {
    let one = json!({ "livestream": sample::livestream() });
    vec![
        get("/livestreams", "listLivestreams", "List shows")
            .about("Admins see all; others see what is live or scheduled.")
            .paged(50)
            .query("status", choice(&STATUSES), "Only shows that stand here.")
            .gives(200, "Shows, newest first.", named("LivestreamPage"), sample::livestream_page()),
        get("/livestreams/active", "activeLivestreams", "List live shows").gives(
            200,
            "The live shows, newest first, and the newest of them by itself.",
            object().needs("livestream", or_null(named("Livestream"))).needs("livestreams", list(named("Livestream"))),
            json!({ "livestream": sample::livestream(), "livestreams": [sample::livestream()] }),
        ),
        get("/livestreams/past", "pastLivestreams", "List ended shows")
            .paged(20)
            .query("status", choice(&STATUSES), "Taken and not used: these shows have ended.")
            .query("search", text(), "A text that their title or description has.")
            .gives(200, "Ended shows, newest first.", named("LivestreamPage"), sample::livestream_page()),
        get("/livestreams/{id}", "getLivestream", "Get a show").id("id", "show", sample::show_id()).gives(
            200,
            "The show, with its last messages.",
            show(),
            &one,
        ),
        post("/livestreams", "createLivestream", "Create a show")
            .about("With `scheduledAt` it is scheduled; without, it is live at once.")
            .admin()
            .takes("NewLivestream", sample::new_livestream())
            .gives(201, "The show.", show(), &one)
            .refuses_with(400, "The request cannot be read; or as many shows are live as may be (`livestream_active`)."),
        put("/livestreams/{id}", "updateLivestream", "Change a show")
            .id("id", "show", sample::show_id())
            .admin()
            .takes("LivestreamUpdate", sample::livestream_update())
            .gives(200, "The show.", show(), &one)
            .refuses_with(409, "It has begun, so that its time cannot be changed any more (`not_scheduled`)."),
        delete("/livestreams/{id}", "deleteLivestream", "Delete a show")
            .about("A live show is stopped instead, and kept.")
            .id("id", "show", sample::show_id())
            .admin()
            .gives(
                200,
                "`deleted`; or the show, where it was live and is stopped now.",
                object().may("deleted", flag()).may("livestream", named("Livestream")),
                json!({ "deleted": true }),
            )
            .refuses_with(409, "This show has just begun."),
    ]
}

fn calendars() -> Vec<Operation> {
    let calendar = |operation: Operation| {
        operation
            .who(Who::Anyone)
            .header("If-None-Match", text(), "The `ETag` that the caller has.")
            .gives_other(200, "In iCalendar's format (RFC 5545).", &["text/calendar"])
            .gives_other(304, "The caller has it.", &[])
    };
    vec![
        calendar(get("/livestreams/calendar.ics", "calendar", "Subscribe to all shows"))
            .about("The next ones and the newest past ones, called off ones among them."),
        calendar(get("/livestreams/{id}/calendar.ics", "livestreamCalendar", "Put a show into a calendar").id("id", "show", sample::show_id()))
            .about("A show that was called off says so here, too."),
    ]
}

fn transitions() -> Vec<Operation> {
    let one = json!({ "livestream": sample::livestream() });
    vec![
        post("/livestreams/{id}/start", "startLivestream", "Start a scheduled show")
            .about("A live one stays so.")
            .id("id", "show", sample::show_id())
            .admin()
            .gives(200, "The show.", show(), &one)
            .refuses_with(400, "The id is none; or as many shows are live as may be (`livestream_active`).")
            .refuses_with(409, "It has ended (`show_ended`)."),
        post("/livestreams/{id}/stop", "stopLivestream", "Stop a show")
            .about("An ended one stays so. A body with figures (`maxViewers`, `viewCount`, `likes`) is taken and not read: the server's own win.")
            .id("id", "show", sample::show_id())
            .admin()
            .gives(200, "The show.", show(), &one)
            .refuses_with(409, "It has not begun (`not_live`)."),
        post("/livestreams/cleanup", "cleanupLivestreams", "Stop shows without a host").about("Ends the live shows whose broadcaster is gone.").admin().gives(
            200,
            "The shows that were ended, and their number.",
            object().needs("cleaned", count()).needs("livestreams", list(named("Livestream"))),
            json!({ "cleaned": 1, "livestreams": [sample::livestream()] }),
        ),
    ]
}

fn people() -> Vec<Operation> {
    vec![
        post("/livestreams/{id}/view", "viewLivestream", "Count me as a viewer")
            .about("Once per session and show.")
            .id("id", "show", sample::show_id())
            .gives(200, "All who ever watched.", keyed("viewCount", count()), json!({ "viewCount": 120 }))
            .refuses(429),
        post("/livestreams/{id}/like", "likeLivestream", "Give a heart, or take it back")
            .about("One heart per person. Without `liked` it is toggled.")
            .id("id", "show", sample::show_id())
            .may_take("LikeInput", json!({ "liked": true }))
            .gives(200, "Where the hearts stand.", named("LikeState"), sample::like_state())
            .refuses_with(409, "The show is not live.")
            .refuses(429),
        post("/livestreams/{id}/chat", "sendChatMessage", "Say something")
            .about("The same conversation as over the socket. An account speaks under its own name.")
            .id("id", "show", sample::show_id())
            .takes("ChatInput", json!({ "message": "Is it vegan?", "username": "Lena", "clientId": "m-17" }))
            .gives(201, "The message, as everybody sees it.", keyed("chatMessage", named("ChatMessage")), json!({ "chatMessage": sample::chat_message() }))
            .refuses_with(401, "Only accounts speak in this show (`sign_in_to_chat`).")
            .refuses_with(403, "Muted (`muted`) or banned (`banned`); or the request came from a page of another site (`cross_origin`).")
            .refuses_with(409, "The show is not live (`not_live`).")
            .refuses_with(422, "A field cannot be accepted; a link (`links_not_allowed`) or a word (`blocked_words`) that is not welcome.")
            .refuses(429),
        get("/livestreams/{id}/chat", "listChatMessages", "Read the chat")
            .who(Who::Anyone)
            .id("id", "show", sample::show_id())
            .query("before", count(), "Only messages before this `seq`.")
            .query("limit", whole(1, 200).default(Some(json!(100))), "The most messages of the answer.")
            .gives(
                200,
                "Messages, oldest first, under the two names that clients read.",
                object().needs("messages", list(named("ChatMessage"))).needs("chatMessages", list(named("ChatMessage"))).needs("hasMore", flag()),
                json!({ "messages": [sample::chat_message()], "chatMessages": [sample::chat_message()], "hasMore": false }),
            ),
    ]
}
