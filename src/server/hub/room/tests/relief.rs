//! A show that moves to the media server when its host cannot carry more.

use super::{
    served::{SERVER, answers, candidate, offer_for, offers, registers},
    *,
};
use crate::{
    protocol::upward::{NewCustomer, PeerRegister, UserType},
    server::sfu::message::{Command, Line, Notice},
};

fn peer(seat: u64) -> String {
    format!("viewer-{seat}-1")
}

fn asks_again(seat: u64) -> Upward {
    Upward::WebrtcNewCustomer(NewCustomer { customer_id: Some(PeerId(peer(seat))) })
}

impl Stand {
    /// A host on air who carries two viewers, with so many of them.
    fn relieved(viewers: u64) -> Self {
        let carrier = Carrier::Relieved { server: PeerId(SERVER.into()), direct_viewers: 2 };
        let mut stand = Self::by(loaded(record()), carrier);
        stand.join(1, "host", None);
        stand.frame(1, start());
        for seat in 2..2 + viewers {
            stand.comes(seat);
        }
        stand
    }

    fn comes(&mut self, seat: u64) {
        self.join(seat, &format!("viewer-{seat}"), None);
        self.frame(seat, registers(&peer(seat)));
    }

    /// A viewer who has the picture from the host.
    fn carries(&mut self, seat: u64) {
        self.frame(1, offers(&peer(seat)));
        self.frame(seat, answers(Some("host-peer")));
    }

    /// Whom the host was told of, and who it was told is gone.
    fn host_heard(&self) -> (Vec<&str>, Vec<&str>) {
        let screen = &self.screens[&SeatId(1)];
        let came = screen.iter().filter_map(|frame| if let Downward::WebrtcNewCustomer(peer) = frame { Some(peer.peer_id.as_str()) } else { None });
        let gone = screen.iter().filter_map(|frame| if let Downward::WebrtcCustomerGone(peer) = frame { Some(peer.peer_id.as_str()) } else { None });
        (came.collect(), gone.collect())
    }
}

#[test]
fn a_host_carries_a_few_and_the_server_all_once_there_are_more() {
    let mut stand = Stand::relieved(2);
    stand.carries(2);
    stand.carries(3);
    assert_eq!(stand.host_heard().0, ["viewer-2-1", "viewer-3-1"]);
    assert_eq!(stand.told_server(), []);

    stand.comes(4);
    assert_eq!(stand.host_heard().0, ["viewer-2-1", "viewer-3-1", SERVER]);
    assert_eq!(stand.told_server(), [Command::Subscribe(Line(4))], "who has the picture keeps it until the server has it");
    stand.frame(1, offers(SERVER));
    assert_eq!(stand.told_server().len(), 1);
    stand.tell(Event::Media(Notice::Picture));
    assert_eq!(stand.told_server(), [Command::Check(Line(2)), Command::Check(Line(3))]);

    stand.tell(offer_for(2));
    stand.frame(2, answers(Some(SERVER)));
    assert_eq!(stand.told_server(), [Command::Answer { line: Line(2), answer: "v=0 answer".into() }]);
    assert_eq!(stand.host_heard().1, [""; 0], "the host sends until there is something better");
    stand.tell(Event::Media(Notice::Joined(Line(2))));
    assert_eq!(stand.host_heard().1, ["viewer-2-1"]);
    stand.tell(Event::Media(Notice::Joined(Line(2))));
    stand.tell(Event::Media(Notice::Joined(Line(4))));
    assert_eq!(stand.host_heard().1, ["viewer-2-1"], "said once, and only of those whom the host carried");
    assert!((1..=4).all(|seat| stand.refusals(seat).is_empty()));
}

#[test]
fn what_was_under_way_at_the_change_arrives_or_is_nobodys_fault() {
    let mut stand = Stand::relieved(2);
    stand.carries(2);
    stand.frame(1, offers(&peer(3)));
    stand.comes(4);
    stand.told_server();
    // Still between the two of them.
    stand.frame(3, answers(Some("host-peer")));
    stand.frame(3, candidate(Some("host-peer")));
    stand.frame(1, candidate(Some(&peer(3))));
    let relayed = |frame: &Downward| matches!(frame, Downward::WebrtcIceCandidate(_));
    assert_eq!((stand.heard_of(1, relayed), stand.heard_of(3, relayed)), (1, 1));
    assert_eq!(stand.heard_of(1, |frame| matches!(frame, Downward::WebrtcAnswer(answer) if answer.from.as_str() == peer(3))), 1);

    stand.tell(offer_for(2));
    stand.frame(2, answers(Some("host-peer")));
    assert_eq!(stand.told_server(), [], "an answer to the host is none to the server");
    stand.frame(2, answers(Some(SERVER)));
    assert_eq!(stand.told_server().len(), 1);
    stand.tell(Event::Media(Notice::Joined(Line(2))));
    stand.frame(2, candidate(Some("host-peer")));
    stand.frame(1, candidate(Some(&peer(2))));
    assert_eq!((stand.heard_of(1, relayed), stand.heard_of(2, relayed)), (1, 0));
    assert!((1..=4).all(|seat| stand.refusals(seat).is_empty()));
    // A viewer who leaves while the host carries them, and one whom it does not.
    stand.tell(Event::Farewell(SeatId(3)));
    stand.tell(Event::Farewell(SeatId(4)));
    assert_eq!(stand.host_heard().1, ["viewer-2-1", "viewer-3-1"]);
}

#[test]
fn a_viewer_whom_the_host_does_not_reach_brings_the_server() {
    let mut stand = Stand::relieved(1);
    stand.carries(2);
    stand.frame(2, asks_again(2));
    assert_eq!(stand.told_server(), [], "a moment is not long enough to know");
    stand.wait(1500);
    stand.frame(2, asks_again(2));
    assert_eq!(stand.told_server(), [Command::Subscribe(Line(2))]);
    assert_eq!(stand.host_heard().0, ["viewer-2-1", SERVER]);
    // From then on for all, and for a host who comes again.
    stand.leave(1);
    stand.join(5, "host", None);
    stand.frame(5, start());
    let asked = |frame: &Downward| matches!(frame, Downward::WebrtcNewCustomer(waiting) if waiting.peer_id.as_str() == SERVER);
    assert_eq!(stand.heard_of(5, asked), 1);
    assert_eq!(stand.heard_of(5, |frame| matches!(frame, Downward::WebrtcNewCustomer(_))), 1);
}

#[test]
fn an_encoder_speaks_to_the_server_alone_however_few_watch() {
    let mut stand = Stand::by(loaded(record()), Carrier::Relieved { server: PeerId(SERVER.into()), direct_viewers: 2 });
    stand.comes(2);
    stand.join(1, "encoder", None);
    let on_air = PeerRegister { peer_id: PeerId("encoder-1".into()), user_type: UserType::Admin };
    stand.frame(1, Upward::WebrtcRegister(on_air));
    stand.comes(3);
    assert_eq!(stand.host_heard().0, [SERVER], "asked twice, it would take its connection for lost");
    assert_eq!(stand.told_server(), [Command::Check(Line(2)), Command::Subscribe(Line(3))]);
}
