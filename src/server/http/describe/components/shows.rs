//! Shows, what is said in them, and what stands on their shelves.

use super::Component;
use crate::server::http::describe::{
    sample,
    schema::{About, Parts, choice, count, flag, id, list, named, object, or_null, share, text, time},
};

/// Where a show can stand.
pub const STATUSES: [&str; 3] = ["scheduled", "live", "ended"];

pub(super) fn components() -> Vec<Component> {
    vec![
        Component::new(
            "ChatMessage",
            object()
                .about("A message as everybody of the show sees it.")
                .needs("id", id())
                .needs("seq", count().about("Its place in the log of the show."))
                .needs("username", text())
                .needs("message", text())
                .needs("timestamp", time())
                .needs("isAdmin", flag().about("The server's own knowledge of the sender."))
                .may("isModerator", flag().about("The same; absent is no."))
                .may("clientId", text().about("The sender's own mark, by which it knows its message again.")),
            sample::chat_message(),
        ),
        Component::new(
            "PinnedProduct",
            object()
                .about("A product on the shelf of a show.")
                .needs("productId", id())
                .needs("product", named("Product"))
                .needs("pinnedAt", time())
                .needs("displayOrder", count().about("From zero, without gaps."))
                .needs("isActive", flag()),
            sample::pinned_product(),
        ),
        Component::new(
            "Livestream",
            object()
                .about("A show, from its schedule to its replay.")
                .needs("_id", id())
                .needs("title", text())
                .needs("description", text())
                .needs("createdBy", id())
                .needs("status", choice(&STATUSES))
                .needs("isActive", flag().about("The same as the status `live`."))
                .needs("scheduledAt", or_null(time()))
                .needs("startTime", or_null(time()))
                .needs("endTime", or_null(time()))
                .needs("duration", count().about("Whole seconds."))
                .needs("streamUrl", text())
                .needs("videoUrl", text().about("The recording; empty where there is none."))
                .needs("thumbnailUrl", text())
                .needs("quality", choice(&["720p", "1080p"]))
                .needs("isRecorded", flag())
                .needs("published", flag().about("Whether customers find the replay once the show is over."))
                .needs("viewCount", count().about("All who ever watched."))
                .needs("totalViewers", count().about("The same as `viewCount`."))
                .needs("maxViewers", count().about("The most at one time."))
                .needs("peakViewers", count().about("The same as `maxViewers`."))
                .needs("viewerCount", count().about("Who watches now."))
                .needs("likes", count())
                .needs("likedBy", list(text()).about("The caller's own id, if they liked; admins get up to 1,000."))
                .needs("liked", flag().about("By the caller."))
                .needs("engagementRate", share().about("People who liked, chatted or ordered, among all who watched."))
                .needs("chatMessages", list(named("ChatMessage")).about("The last 100, oldest first. Lists of shows carry none."))
                .needs("pinnedProducts", list(named("PinnedProduct")).about("The shelf, in order."))
                .needs("pinnedProductIds", list(id()))
                .needs("chatRules", named("ChatRules"))
                .needs("createdAt", time())
                .needs("updatedAt", time()),
            sample::livestream(),
        ),
        Component::new(
            "LivestreamPage",
            object()
                .about("Some shows of a list, newest first.")
                .needs("livestreams", list(named("Livestream")))
                .needs("total", count().about("Of the whole list.")),
            sample::livestream_page(),
        ),
        Component::new(
            "LikeState",
            object().about("Where a show's hearts stand, for one person.").needs("likes", count()).needs("liked", flag()),
            sample::like_state(),
        ),
        Component::new(
            "RecordingPart",
            object()
                .about("A stretch of the film without a gap: what one recorder saw.")
                .needs("showMs", count().about("When it was recorded, in milliseconds from the start of the show."))
                .needs("atMs", count().about("Where it begins in the film, in milliseconds."))
                .needs("durationMs", count().about("How long it plays; 0: nobody knows, so to the end.")),
            sample::recording().parts[0],
        ),
        Component::new(
            "Recording",
            object()
                .about("What is kept of a show's picture and sound.")
                .needs("state", choice(&["none", "open", "finishing", "ready", "failed"]))
                .needs("enabled", flag().about("Whether the studio is to record this show."))
                .needs("next", count().about("The number of the chunk that is expected next from the recorder that was asked about."))
                .needs("bytes", count().about("Safe on the server's disk."))
                .needs("durationMs", count().about("Of the film; 0 until it is ready, or where nobody knows."))
                .needs("parts", list(named("RecordingPart")))
                .needs("videoUrl", text().about("Empty until the film is ready.")),
            sample::recording(),
        ),
        Component::new(
            "ReelPart",
            object()
                .about("What one recorder has written so far: a WebM that grows.")
                .needs("part", count().about("Its number, for good."))
                .needs("mime", text().about("Container and codecs, for `MediaSource`."))
                .needs("showMs", count().about("When it begins, in milliseconds from the start of the show."))
                .needs("mediaMs", count().about("The time that stands in the file there."))
                .needs("endMs", count().about("When its last frame is shown, so far."))
                .needs("headBytes", count().about("The first bytes, which a player needs before all others."))
                .needs("bytes", count().about("All of it so far.")),
            &sample::reel().parts[0],
        ),
        Component::new(
            "ReelPlace",
            object()
                .about("A cluster at which playing can begin.")
                .needs("part", count())
                .needs("showMs", count().about("When its first whole picture is shown."))
                .needs("at", count().about("Where it begins, in bytes of its part.")),
            sample::reel().places[0],
        ),
        Component::new(
            "Reel",
            object()
                .about("What can be watched late of a live show. Times are milliseconds from its start.")
                .needs("nowMs", count().about("When this was said."))
                .needs("parts", list(named("ReelPart")))
                .needs("places", list(named("ReelPlace")).about("Those behind `since`, at most 2,000 at a time, as they came."))
                .needs("next", count().about("The `since` of the next question.")),
            sample::reel(),
        ),
    ]
}
