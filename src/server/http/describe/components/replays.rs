//! Shows that are over, in the hands of their host.

use super::Component;
use crate::server::http::describe::{
    sample,
    schema::{About, Parts, count, flag, id, list, named, object, or_null, text},
};

pub(super) fn components() -> Vec<Component> {
    let moment = || object().needs("seq", count().about("The moment's place in the log of the show."));
    let cut = || {
        object()
            .may("startMs", count())
            .may("endMs", or_null(count().about("Absent or null: the film's own end.")))
            .about("The stretch of the whole film that is shown, in milliseconds. Nothing given is the whole.")
    };
    vec![
        Component::new("Cut", cut().closed(), sample::replay_desk().cut),
        Component::new(
            "MomentEdit",
            moment()
                .about("A product's moment that is moved or left out.")
                .may("atMs", or_null(count().about("Its new place in the whole film; absent or null, the product does not come up there.")))
                .closed(),
            sample::replay_update().moments.unwrap_or_default().first(),
        ),
        Component::new(
            "ReplayUpdate",
            object()
                .about("What is to change of a replay; what is absent stays.")
                .may("published", or_null(flag()))
                .may("cut", or_null(named("Cut")))
                .may("moments", or_null(list(named("MomentEdit")).about("All of them: what is not in the list is as it was in the show.")))
                .closed(),
            sample::replay_update(),
        ),
        Component::new(
            "DeskMoment",
            moment()
                .about("A product coming up. Places are milliseconds into the whole film.")
                .needs("productId", id())
                .needs("name", text())
                .needs("wasMs", count().about("Where it happened."))
                .needs("atMs", count().about("Where it is shown."))
                .needs("removed", flag()),
            &sample::replay_desk().moments[0],
        ),
        Component::new(
            "Captions",
            object()
                .about("The captions of a film in one language.")
                .needs("_id", id())
                .needs("language", text().about("A language tag (BCP 47)."))
                .needs("label", text().about("What players call it."))
                .needs("url", text().about("Where they are served.")),
            &sample::replay_desk().captions[0],
        ),
        Component::new(
            "ReplayDesk",
            object()
                .about("A replay as its host sees it.")
                .needs("streamId", id())
                .needs("published", flag().about("Whether customers find it."))
                .needs("videoUrl", text().about("The film that customers see; empty where there is none."))
                .needs("wholeUrl", text().about("The film as it was recorded, for admins alone while another is shown in its place."))
                .needs("wholeMs", count().about("Of the whole film; 0 where only a player can tell."))
                .needs("canCut", flag().about("Whether a stretch can be cut out of it: WebM can, and MP4 in fragments, as browsers record it."))
                .needs("cut", named("Cut"))
                .needs("shownFromMs", count().about("Where in the whole film the one that is shown really begins."))
                .needs("shownMs", count().about("How long it is; 0 where only a player can tell."))
                .needs("cutting", flag().about("Whether a cut is being made right now."))
                .needs("moments", list(named("DeskMoment")))
                .needs("captions", list(named("Captions"))),
            sample::replay_desk(),
        ),
    ]
}
