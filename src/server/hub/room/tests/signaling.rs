//! Who may send what to whom before, while and after a show has a picture, and how often.

use super::*;
use crate::protocol::{
    signal::SessionDescription,
    upward::{self, Candidate, NewCustomer, Offer, PeerRegister, UserType},
};

fn registers(peer: &str) -> Upward {
    Upward::WebrtcRegister(PeerRegister { peer_id: PeerId(peer.into()), user_type: UserType::Customer })
}

fn description(kind: &str) -> SessionDescription {
    SessionDescription { kind: kind.into(), sdp: "v=0".into() }
}

fn offers(to: &str) -> Upward {
    Upward::WebrtcOffer(Offer { to: Some(PeerId(to.into())), offer: description("offer") })
}

fn answers() -> Upward {
    Upward::WebrtcAnswer(upward::Answer { to: None, answer: description("answer") })
}

fn candidate() -> Upward {
    Upward::WebrtcIceCandidate(Candidate { to: None, candidate: None })
}

impl Stand {
    /// A host on air and a viewer who is registered as `ada-1`.
    fn on_air() -> Self {
        let mut stand = Self::new();
        stand.join(1, "host", None);
        stand.frame(1, start());
        stand.join(2, "ada", None);
        stand.frame(2, registers("ada-1"));
        stand
    }

    fn heard(&self, seat: u64, kind: impl Fn(&Downward) -> bool) -> usize {
        self.screens[&SeatId(seat)].iter().filter(|frame| kind(frame)).count()
    }

    fn refused(&self, seat: u64, code: &str) -> usize {
        self.heard(seat, |frame| matches!(frame, Downward::Error(error) if error.code == code))
    }
}

#[test]
fn a_page_that_is_left_is_told_to_the_broadcaster_and_a_lost_network_is_not() {
    let gone = |frame: &Downward| matches!(frame, Downward::WebrtcCustomerGone(gone) if gone.peer_id.as_str() == "ada-1");
    let mut stand = Stand::on_air();
    stand.tell(Event::Farewell(SeatId(2)));
    stand.leave(2);
    assert_eq!(stand.heard(1, gone), 1);
    let mut stand = Stand::on_air();
    stand.leave(2);
    assert_eq!(stand.heard(1, gone), 0);
    // Whoever never asked for a picture, and the host itself, leave without a word.
    stand.join(3, "bo", None);
    stand.tell(Event::Farewell(SeatId(3)));
    stand.tell(Event::Farewell(SeatId(1)));
    assert_eq!(stand.heard(1, |frame| matches!(frame, Downward::WebrtcCustomerGone(_))), 0);
}

#[test]
fn a_viewer_answers_an_offer_once_and_sends_so_many_candidates_for_it() {
    let mut stand = Stand::on_air();
    let answered = |stand: &Stand| stand.heard(1, |frame| matches!(frame, Downward::WebrtcAnswer(_)));
    let candidates = |stand: &Stand| stand.heard(1, |frame| matches!(frame, Downward::WebrtcIceCandidate(_)));
    stand.frame(2, answers());
    stand.frame(2, candidate());
    assert_eq!((answered(&stand), candidates(&stand), stand.refused(2, "no_offer")), (0, 0, 1), "nothing was offered");
    stand.frame(1, offers("ada-1"));
    for _ in 0..200 {
        stand.frame(2, candidate());
        stand.frame(2, answers());
    }
    assert_eq!((answered(&stand), candidates(&stand), stand.refused(2, "no_offer")), (1, 64, 200));
    stand.frame(1, offers("ada-1"));
    stand.frame(2, answers());
    stand.frame(2, candidate());
    assert_eq!((answered(&stand), candidates(&stand)), (2, 65), "a new offer is a new connection");
}

#[test]
fn a_viewer_never_keeps_the_host_off_the_air_by_their_peer_id() {
    let mut stand = Stand::on_air();
    stand.leave(1);
    stand.frame(2, registers("host-peer"));
    stand.join(3, "bob", None);
    stand.frame(3, registers("host-peer"));
    assert_eq!(stand.refused(3, "peer_id_taken"), 1, "among viewers the first has it");
    stand.join(4, "host", None);
    stand.frame(4, start());
    assert_eq!(stand.room.on_air(), Some((SeatId(4), Some(&PeerId("host-peer".into())))));
    assert_eq!((stand.refused(4, "peer_id_taken"), stand.refused(2, "peer_id_taken")), (0, 1), "who loses a name is told, to take another");
    stand.frame(2, registers("host-peer"));
    assert_eq!(stand.refused(2, "peer_id_taken"), 2, "and cannot take it back");
}

#[test]
fn who_is_on_air_is_no_viewer_and_keeps_its_name() {
    let mut stand = Stand::on_air();
    let on_air = Some((SeatId(1), Some(PeerId("host-peer".into()))));
    let is_on_air = |stand: &Stand| stand.room.on_air().map(|(seat, peer)| (seat, peer.cloned())) == on_air;
    stand.frame(1, registers("host-again"));
    stand.frame(1, Upward::WebrtcNewCustomer(NewCustomer { customer_id: Some(PeerId("host-again".into())) }));
    assert_eq!((stand.refused(1, "forbidden"), is_on_air(&stand)), (2, true));
    assert_eq!(stand.room.peer(SeatId(1)), Some(&PeerId("host-peer".into())));
    // Nor does another page of the same account take it, which is not on air.
    stand.join(3, "host", None);
    stand.frame(3, registers("host-peer"));
    assert_eq!((stand.refused(3, "peer_id_taken"), is_on_air(&stand)), (1, true));
    stand.frame(1, offers("ada-1"));
    stand.frame(2, answers());
    assert_eq!(stand.heard(1, |frame| matches!(frame, Downward::WebrtcAnswer(answer) if answer.to.as_str() == "host-peer")), 1);
}

#[test]
fn a_seat_is_announced_once_a_second_at_most_whatever_it_calls_itself() {
    let mut stand = Stand::on_air();
    let announced = |stand: &Stand| stand.heard(1, |frame| matches!(frame, Downward::WebrtcNewCustomer(_)));
    for at in 0..49 {
        stand.wait(100);
        stand.frame(2, registers(&format!("ada-1-{at}")));
    }
    assert_eq!(announced(&stand), 1, "an announcement waits five seconds for its offer");
    stand.wait(100);
    stand.frame(2, registers("ada-2"));
    assert_eq!(announced(&stand), 2);
    for at in 0..20 {
        stand.frame(1, offers(&format!("ada-{}", at + 2)));
        stand.frame(2, registers(&format!("ada-{}", at + 3)));
        stand.wait(100);
        stand.frame(2, registers(&format!("ada-{}", at + 3)));
    }
    assert!(announced(&stand) <= 4, "{} announcements within two seconds", announced(&stand));
}

#[test]
fn a_start_that_comes_to_nothing_is_refused_by_the_name_it_was_asked_by() {
    let mut stand = Stand::of(LivestreamRecord { status: LivestreamStatus::Scheduled, start_time: None, ..record() });
    stand.join(1, "host", None);
    stand.frame(1, start());
    stand.tell(Event::Transitioned(Err(AppError::conflict("Another livestream is active").coded("livestream_active"))));
    let refusals: Vec<_> =
        stand.screens[&SeatId(1)].iter().filter_map(|frame| if let Downward::Error(error) = frame { error.re.as_deref() } else { None }).collect();
    assert_eq!(refusals, ["webrtc_broadcast_start"]);
}
