//! Players: viewers that offer, to whom only the media server answers.

use super::{served::SERVER, *};
use crate::{
    protocol::{
        signal::SessionDescription,
        upward::{NewCustomer, Offer},
    },
    server::sfu::message::{Command, Line, Notice},
};

fn wishes() -> Upward {
    Upward::WebrtcOffer(Offer { to: None, offer: SessionDescription { kind: "offer".into(), sdp: "v=0 player".into() } })
}

fn play(seat: u64) -> Command {
    Command::Play { line: Line(seat), offer: "v=0 player".into() }
}

fn by_server() -> Stand {
    Stand::by(loaded(record()), Carrier::Server(PeerId(SERVER.into())))
}

#[test]
fn a_player_is_a_viewer_that_the_server_answers_and_nobody_else_is() {
    let mut stand = by_server();
    stand.join(2, "player", None);
    stand.frame(2, wishes());
    assert_eq!(stand.told_server(), [play(2)]);
    stand.tell(Event::Media(Notice::Playing { line: Line(2), answer: "v=0 server".into() }));
    assert_eq!(stand.heard_of(2, |frame| matches!(frame, Downward::WebrtcAnswer(answer) if answer.answer.sdp == "v=0 server")), 1);
    assert_eq!(stand.room.viewer_count(), 1);
    // A host who comes is not told of it, and neither is the server asked for an offer.
    stand.join(1, "host", None);
    stand.frame(1, start());
    assert!(stand.told_server().iter().all(|command| !matches!(command, Command::Check(_) | Command::Subscribe(_))));
    // A page that offers is no player.
    stand.join(3, "ada", None);
    stand.frame(3, wishes());
    assert_eq!(stand.refusals(3), ["forbidden"]);
    assert_eq!(stand.told_server(), []);
    stand.leave(2);
    assert_eq!((stand.told_server(), stand.room.viewer_count()), (vec![Command::Close(Line(2))], 1));
    // An answer to one that has left is the end of its connection.
    stand.tell(Event::Media(Notice::Playing { line: Line(2), answer: "v=0 server".into() }));
    assert_eq!(stand.told_server(), [Command::Close(Line(2))]);
}

#[test]
fn a_player_that_lost_its_connection_is_told_and_given_up() {
    let mut stand = by_server();
    stand.join(2, "player", None);
    stand.frame(2, wishes());
    stand.told_server();
    stand.frame(2, Upward::WebrtcNewCustomer(NewCustomer { customer_id: None }));
    assert_eq!(stand.told_server(), [Command::Check(Line(2))]);
    stand.tell(Event::Media(Notice::Offer { line: Line(2), offer: "v=0 another".into(), layers: false }));
    assert_eq!(stand.refusals(2), ["peer_gone"]);
    assert_eq!(stand.told_server(), [Command::Close(Line(2))]);
}

#[test]
fn the_first_player_brings_the_server_and_without_one_there_are_none() {
    let mut stand = Stand::by(loaded(record()), Carrier::Relieved { server: PeerId(SERVER.into()), direct_viewers: 3 });
    stand.join(1, "host", None);
    stand.frame(1, start());
    stand.join(2, "player", None);
    stand.frame(2, wishes());
    assert_eq!(stand.told_server(), [play(2)]);
    stand.tell(Event::Media(Notice::Unplayable(Line(2))));
    assert!(!stand.room.is_served(), "what is refused changes nothing");
    stand.frame(2, wishes());
    stand.tell(Event::Media(Notice::Playing { line: Line(2), answer: "v=0 server".into() }));
    assert!(stand.room.is_served());
    let is_server = |frame: &Downward| matches!(frame, Downward::WebrtcNewCustomer(peer) if peer.peer_id.as_str() == SERVER);
    assert_eq!(stand.heard_of(1, is_server), 1);

    let mut stand = Stand::new();
    stand.join(2, "player", None);
    stand.frame(2, wishes());
    assert_eq!(stand.refusals(2), ["no_media_server"]);
}
