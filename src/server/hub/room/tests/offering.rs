//! Viewers that offer, where the picture comes from an engine that is asked for it.

use super::{
    served::{SERVER, offers, registers},
    *,
};
use crate::{
    protocol::downward::Offers,
    server::sfu::message::{Command, Line, Notice},
};

/// A host on air, and a viewer who is registered as `ada-1`.
fn stand() -> Stand {
    let mut stand = Stand::by(loaded(record()), Carrier::Server(PeerId(SERVER.into())));
    stand.room.let_viewers_offer();
    stand.join(1, "host", None);
    stand.frame(1, start());
    stand.join(2, "ada", None);
    stand.frame(2, registers("ada-1"));
    stand
}

fn asks_to_offer(frame: &Downward) -> bool {
    matches!(frame, Downward::WebrtcBroadcasterAvailable(available) if available.peer_id.as_str() == SERVER && available.offers == Some(Offers::Viewer))
}

fn play(seat: u64) -> Command {
    Command::Play { line: Line(seat), offer: "v=0 offer".into() }
}

#[test]
fn a_viewer_is_told_to_offer_and_is_answered() {
    let mut stand = stand();
    assert_eq!(stand.told_server(), [Command::Subscribe(Line(2))]);
    let told = stand.heard_of(2, asks_to_offer);
    assert!(told > 0);
    stand.frame(2, offers(SERVER));
    assert_eq!(stand.told_server(), [play(2)]);
    stand.tell(Event::Media(Notice::Playing { line: Line(2), answer: "v=0 engine".into() }));
    let answered = |frame: &Downward| matches!(frame, Downward::WebrtcAnswer(answer) if answer.from.as_str() == SERVER && answer.to.as_str() == "ada-1" && answer.answer.sdp == "v=0 engine");
    assert_eq!(stand.heard_of(2, answered), 1);
    // The engine would answer a new one.
    stand.tell(Event::Media(Notice::Invite(Line(2))));
    assert_eq!(stand.heard_of(2, asks_to_offer), told + 1);
    stand.leave(2);
    stand.tell(Event::Media(Notice::Invite(Line(2))));
    assert_eq!(stand.told_server(), [Command::Close(Line(2))], "nobody sits there any more");
}

#[test]
fn offers_of_viewers_go_to_the_server_alone_and_not_many_in_a_row() {
    let mut stand = stand();
    stand.join(3, "bea", None);
    stand.told_server();
    stand.frame(3, offers(SERVER));
    assert_eq!(stand.refusals(3), ["not_registered"]);
    stand.frame(2, offers("host-peer"));
    stand.frame(2, offers("nobody"));
    assert_eq!(stand.refusals(2), ["forbidden", "peer_gone"]);
    stand.frame(2, offers(SERVER));
    stand.frame(2, offers(SERVER));
    stand.frame(2, registers("ada-2"));
    stand.frame(2, offers(SERVER));
    assert_eq!(stand.refusals(2)[2..], ["rate_limited", "rate_limited"], "another name is nobody else");
    assert_eq!(stand.told_server().iter().filter(|command| matches!(command, Command::Play { .. })).count(), 1);
    stand.now_ms += 1000;
    stand.frame(2, offers(SERVER));
    assert_eq!(stand.told_server(), [play(2)]);
    // Where viewers are offered the picture, nobody else offers.
    let mut stand = Stand::served();
    stand.frame(2, offers(SERVER));
    assert_eq!(stand.refusals(2), ["forbidden"]);
}

#[test]
fn a_host_hears_that_another_show_has_the_engine() {
    let mut stand = stand();
    stand.tell(Event::Media(Notice::Taken));
    assert_eq!((stand.refusals(1), stand.refusals(2)), (vec!["media_taken"], vec![]));
}
