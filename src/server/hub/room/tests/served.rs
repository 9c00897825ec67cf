//! A show whose picture goes through the media server: who is told what, and what nobody can do.

use super::*;
use crate::{
    protocol::{
        signal::SessionDescription,
        upward::{self, Candidate, NewCustomer, Offer, PeerRegister, UserType},
    },
    server::sfu::message::{Command, Line, Notice},
};

pub(super) const SERVER: &str = "media-1";

pub(super) fn registers(peer: &str) -> Upward {
    Upward::WebrtcRegister(PeerRegister { peer_id: PeerId(peer.into()), user_type: UserType::Customer })
}

pub(super) fn description(kind: &str) -> SessionDescription {
    SessionDescription { kind: kind.into(), sdp: format!("v=0 {kind}") }
}

pub(super) fn offers(to: &str) -> Upward {
    Upward::WebrtcOffer(Offer { to: Some(PeerId(to.into())), offer: description("offer") })
}

pub(super) fn answers(to: Option<&str>) -> Upward {
    Upward::WebrtcAnswer(upward::Answer { to: to.map(|to| PeerId(to.into())), answer: description("answer") })
}

pub(super) fn candidate(to: Option<&str>) -> Upward {
    Upward::WebrtcIceCandidate(Candidate { to: to.map(|to| PeerId(to.into())), candidate: None })
}

pub(super) fn offer_for(seat: u64) -> Event {
    Event::Media(Notice::Offer { line: Line(seat), offer: "v=0 server".into(), layers: false })
}

impl Stand {
    /// A host on air and a viewer who is registered as `ada-1`, through the media server.
    pub(super) fn served() -> Self {
        let mut stand = Self::by(loaded(record()), Carrier::Server(PeerId(SERVER.into())));
        stand.join(1, "host", None);
        stand.frame(1, start());
        stand.join(2, "ada", None);
        stand.frame(2, registers("ada-1"));
        stand
    }

    pub(super) fn heard_of(&self, seat: u64, kind: impl Fn(&Downward) -> bool) -> usize {
        self.screens[&SeatId(seat)].iter().filter(|frame| kind(frame)).count()
    }

    pub(super) fn refusals(&self, seat: u64) -> Vec<&str> {
        self.screens[&SeatId(seat)].iter().filter_map(|frame| if let Downward::Error(error) = frame { Some(error.code.as_str()) } else { None }).collect()
    }

    /// What the media server was told since the last time.
    pub(super) fn told_server(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.media)
    }

    fn customers(&self) -> Vec<&str> {
        let name = |frame: &'_ Downward| if let Downward::WebrtcNewCustomer(waiting) = frame { Some(waiting.peer_id.clone()) } else { None };
        assert!(self.screens[&SeatId(1)].iter().filter_map(name).all(|peer| peer.as_str() == SERVER), "the host hears of the server alone");
        self.screens[&SeatId(1)].iter().filter(|frame| matches!(frame, Downward::WebrtcNewCustomer(_))).map(|_| SERVER).collect()
    }
}

#[test]
fn the_host_has_one_viewer_and_viewers_have_one_host_however_many_they_are() {
    let mut stand = Stand::served();
    for seat in 3..23 {
        stand.join(seat, &format!("viewer-{seat}"), None);
        stand.frame(seat, registers(&format!("peer-{seat}")));
    }
    assert_eq!(stand.customers(), [SERVER]);
    assert_eq!(stand.told_server(), (2..23).map(|seat| Command::Subscribe(Line(seat))).collect::<Vec<_>>());
    let named = |frame: &Downward| matches!(frame, Downward::WebrtcBroadcasterAvailable(available) if available.peer_id.as_str() == SERVER);
    assert!((2..23).all(|seat| stand.heard_of(seat, named) >= 1));
    stand.tell(offer_for(2));
    let offered = |frame: &Downward| matches!(frame, Downward::WebrtcOffer(offer) if offer.from.as_str() == SERVER && offer.to.as_str() == "ada-1" && offer.offer.kind == "offer");
    assert_eq!(stand.heard_of(2, offered), 1);
    stand.frame(2, answers(Some(SERVER)));
    assert_eq!(stand.told_server(), [Command::Answer { line: Line(2), answer: "v=0 answer".into() }]);
}

#[test]
fn the_hosts_offer_goes_to_the_server_and_its_answer_to_whoever_offered_last() {
    let mut stand = Stand::served();
    stand.told_server();
    let answered = |frame: &Downward| matches!(frame, Downward::WebrtcAnswer(answer) if answer.from.as_str() == SERVER && answer.to.as_str() == "host-peer");
    stand.frame(1, offers(SERVER));
    stand.frame(1, offers(SERVER));
    let publish = |number| Command::Publish { number, offer: "v=0 offer".into() };
    assert_eq!(stand.told_server(), [publish(1), publish(2)]);
    stand.tell(Event::Media(Notice::Answer { number: 1, answer: "v=0".into() }));
    assert_eq!(stand.heard_of(1, answered), 0, "of an offer that was replaced");
    stand.tell(Event::Media(Notice::Answer { number: 2, answer: "v=0".into() }));
    assert_eq!(stand.heard_of(1, answered), 1);
    stand.frame(1, offers(SERVER));
    stand.tell(Event::Media(Notice::Unusable { number: 3 }));
    assert_eq!(stand.refusals(1), ["unusable_offer"]);
    stand.leave(1);
    stand.join(4, "host", None);
    stand.frame(4, start());
    stand.tell(Event::Media(Notice::Answer { number: 3, answer: "v=0".into() }));
    assert_eq!(stand.heard_of(4, answered), 0, "another page of the host did not offer this");
}

#[test]
fn nobody_takes_the_servers_name_and_nobody_reaches_past_it() {
    let mut stand = Stand::served();
    stand.join(3, "bob", None);
    stand.frame(3, registers("bob-1"));
    stand.told_server();
    stand.frame(3, registers(SERVER));
    stand.frame(3, answers(Some("host-peer")));
    stand.frame(3, answers(Some("ada-1")));
    stand.frame(3, answers(Some("nobody")));
    stand.frame(3, candidate(Some("ada-1")));
    stand.frame(3, offers(SERVER));
    stand.frame(3, answers(Some(SERVER)));
    assert_eq!(stand.refusals(3), ["peer_id_taken", "forbidden", "forbidden", "peer_gone", "forbidden", "forbidden", "no_offer"]);
    stand.frame(1, Upward::WebrtcBroadcastStart(Start { peer_id: Some(PeerId(SERVER.into())), ..Start::default() }));
    stand.frame(1, offers("ada-1"));
    assert_eq!(stand.refusals(1), ["peer_id_taken", "peer_gone"], "not even the host");
    assert_eq!(stand.told_server(), []);
}

#[test]
fn a_viewer_answers_each_offer_once_and_candidates_go_nowhere() {
    let mut stand = Stand::served();
    stand.told_server();
    stand.frame(2, answers(None));
    stand.tell(offer_for(2));
    for _ in 0..100 {
        stand.frame(2, candidate(None));
        stand.frame(2, answers(None));
    }
    stand.frame(1, candidate(Some(SERVER)));
    assert_eq!(stand.told_server(), [Command::Answer { line: Line(2), answer: "v=0 answer".into() }]);
    assert_eq!(stand.refusals(2).len(), 100);
    assert_eq!(stand.heard_of(1, |frame| matches!(frame, Downward::WebrtcIceCandidate(_) | Downward::WebrtcAnswer(_))), 0);
    stand.tell(offer_for(2));
    stand.frame(2, answers(None));
    assert_eq!(stand.told_server().len(), 1, "a new offer is a new connection");
}

#[test]
fn a_viewer_asks_the_server_once_a_second_at_most() {
    let mut stand = Stand::served();
    for at in 0..100 {
        stand.frame(2, registers(&format!("ada-{at}")));
        stand.tell(offer_for(2));
        stand.frame(2, Upward::WebrtcNewCustomer(NewCustomer { customer_id: None }));
        stand.wait(100);
    }
    let asked = stand.told_server().len();
    assert!(asked <= 12, "{asked} in ten seconds");
}

#[test]
fn a_host_who_comes_back_disturbs_no_viewer_and_is_asked_until_it_offers() {
    let mut stand = Stand::served();
    stand.tell(offer_for(2));
    stand.frame(2, answers(None));
    stand.told_server();
    stand.leave(1);
    assert_eq!(stand.told_server(), [], "what the host sent goes on until it stops by itself");
    stand.wait(2_000);
    stand.join(3, "host", None);
    stand.screens.insert(SeatId(1), Vec::new());
    stand.frame(3, start());
    assert_eq!(stand.told_server(), [Command::Check(Line(2))]);
    let asked = |stand: &Stand| stand.heard_of(3, |frame| matches!(frame, Downward::WebrtcNewCustomer(waiting) if waiting.peer_id.as_str() == SERVER));
    assert_eq!(asked(&stand), 1);
    stand.wait(4_999);
    assert_eq!(asked(&stand), 1);
    stand.wait(1);
    assert_eq!(asked(&stand), 2);
    stand.frame(3, offers(SERVER));
    stand.wait(60_000);
    assert_eq!(asked(&stand), 2);
    stand.tell(Event::Media(Notice::Silent));
    assert_eq!(asked(&stand), 3, "and again when its picture stops");
    stand.frame(2, answers(None));
    assert_eq!(stand.refusals(2), ["no_offer"], "what was answered before the host left stays answered");
}

#[test]
fn a_page_that_is_left_loses_its_connection_at_once_and_a_lost_socket_after_a_while() {
    let mut stand = Stand::served();
    stand.told_server();
    stand.tell(Event::Farewell(SeatId(2)));
    stand.leave(2);
    assert_eq!(stand.told_server(), [Command::Close(Line(2))]);
    stand.wait(60_000);
    assert_eq!(stand.told_server(), []);
    stand.join(3, "bob", None);
    stand.frame(3, registers("bob-1"));
    stand.told_server();
    stand.leave(3);
    stand.wait(29_999);
    assert_eq!(stand.told_server(), []);
    stand.wait(1);
    assert_eq!(stand.told_server(), [Command::Close(Line(3))]);
    stand.tell(offer_for(3));
    assert_eq!(stand.told_server(), [Command::Close(Line(3))], "an offer that comes too late");
}

#[test]
fn a_viewer_on_another_socket_keeps_its_connection_and_nobody_else_gets_it() {
    let mut stand = Stand::served();
    stand.tell(offer_for(2));
    stand.told_server();
    stand.leave(2);
    stand.join(3, "bob", None);
    stand.frame(3, registers("ada-1"));
    assert_eq!(stand.told_server(), [Command::Subscribe(Line(3))], "another visitor by the same name");
    stand.leave(3);
    stand.join(4, "ada", None);
    stand.frame(4, registers("ada-1"));
    assert_eq!(stand.told_server(), [Command::Move { from: Line(2), to: Line(4) }, Command::Subscribe(Line(4))]);
    // The new socket may be there before the old one is seen to be gone.
    stand.tell(offer_for(4));
    stand.join(5, "ada", None);
    stand.frame(5, registers("ada-1"));
    assert_eq!(stand.told_server(), [Command::Move { from: Line(4), to: Line(5) }]);
    stand.leave(4);
    stand.wait(60_000);
    assert_eq!(stand.told_server(), [Command::Close(Line(3))]);
}

#[test]
fn the_end_of_a_show_ends_every_connection() {
    let mut stand = Stand::served();
    stand.frame(1, Upward::StopStream(upward::Target::default()));
    stand.told_server();
    stand.tell(Event::Transitioned(Ok(Box::new(LivestreamRecord { status: LivestreamStatus::Ended, end_time: Some(moment(1).at), ..record() }))));
    stand.store();
    assert_eq!(stand.told_server(), [Command::End]);
    stand.wait(60_000);
    assert_eq!(stand.told_server(), []);
}

#[test]
fn who_finds_no_room_is_told_and_a_direct_show_says_nothing_to_the_server() {
    let mut stand = Stand::served();
    stand.tell(Event::Media(Notice::Full(Line(2))));
    stand.tell(Event::Media(Notice::Full(Line(99))));
    assert_eq!(stand.refusals(2), ["media_full"]);
    let mut direct = Stand::new();
    direct.join(1, "host", None);
    direct.frame(1, start());
    direct.join(2, "ada", None);
    direct.frame(2, registers("ada-1"));
    direct.frame(1, offers("ada-1"));
    direct.frame(2, answers(None));
    direct.tell(Event::Farewell(SeatId(2)));
    direct.leave(2);
    direct.tell(Event::Media(Notice::Silent));
    assert_eq!(direct.told_server(), []);
}
