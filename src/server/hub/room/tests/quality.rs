//! What viewers wish of the picture, and who may.

use super::{
    served::{SERVER, offer_for, registers},
    *,
};
use crate::{
    domain::picture::{PictureQuality, PictureSource},
    protocol::upward::QualityChoice,
    server::sfu::message::{Command, Layer, Line, Notice, Wish},
};

fn wishes(quality: PictureQuality) -> Upward {
    Upward::WebrtcQuality(QualityChoice { quality })
}

fn choose(seat: u64, wish: Wish) -> Command {
    Command::Choose { line: Line(seat), wish }
}

/// What the newest offer to a seat says may be wished.
fn choices(stand: &Stand, seat: u64) -> Vec<PictureQuality> {
    let offered = |frame: &Downward| if let Downward::WebrtcOffer(offer) = frame { Some(offer.qualities.clone()) } else { None };
    stand.screens[&SeatId(seat)].iter().rev().find_map(offered).expect("an offer")
}

#[test]
fn a_wish_is_passed_on_for_the_viewers_own_line_and_for_no_other() {
    let mut stand = Stand::served();
    stand.join(3, "bob", None);
    stand.told_server();
    stand.frame(3, wishes(PictureQuality::Low));
    stand.frame(1, wishes(PictureQuality::Low));
    assert_eq!((stand.refusals(3), stand.refusals(1)), (vec!["not_registered"], vec!["forbidden"]), "who watches nothing wishes nothing");
    assert_eq!(stand.told_server(), []);
    for (quality, wish) in [
        (PictureQuality::High, Wish::AtMost(Layer::LARGEST)),
        (PictureQuality::Medium, Wish::AtMost(Layer::MIDDLE)),
        (PictureQuality::Low, Wish::AtMost(Layer::SMALLEST)),
        (PictureQuality::Sound, Wish::SoundOnly),
        (PictureQuality::Auto, Wish::Auto),
    ] {
        stand.frame(2, wishes(quality));
        assert_eq!(stand.told_server(), [choose(2, wish)]);
    }
    stand.leave(2);
    stand.told_server();
    stand.frame(2, wishes(PictureQuality::Low));
    assert_eq!(stand.told_server(), [], "a seat that is gone");
}

#[test]
fn a_wish_is_repeated_with_whatever_asks_the_server_for_a_connection() {
    let mut stand = Stand::served();
    stand.tell(offer_for(2));
    stand.frame(2, wishes(PictureQuality::Sound));
    stand.told_server();
    stand.wait(2_000);
    stand.frame(2, registers("ada-1"));
    assert_eq!(stand.told_server(), [Command::Subscribe(Line(2)), choose(2, Wish::SoundOnly)]);
    // A hello that is said again changes nothing about it, and neither does a host who comes back.
    stand.join(2, "ada", None);
    stand.leave(1);
    stand.join(3, "host", None);
    stand.frame(3, start());
    assert_eq!(stand.told_server(), [Command::Check(Line(2)), choose(2, Wish::SoundOnly)]);
}

#[test]
fn what_may_be_wished_is_said_with_the_offer_of_who_can_grant_it() {
    let (one, sizes) = (PictureQuality::choices(PictureSource::OneSize), PictureQuality::choices(PictureSource::Sizes));
    let mut stand = Stand::served();
    stand.tell(offer_for(2));
    assert_eq!(choices(&stand, 2), one);
    stand.tell(Event::Media(Notice::Offer { line: Line(2), offer: "v=0".into(), layers: true }));
    assert_eq!(choices(&stand, 2), sizes, "an encoder that sends several");
    let mut stand = Stand::served();
    stand.room.take_sizes();
    stand.tell(offer_for(2));
    assert_eq!(choices(&stand, 2), sizes, "a page whose offer is yet to come");
    let mut direct = Stand::new();
    direct.join(1, "host", None);
    direct.frame(1, start());
    direct.join(2, "ada", None);
    direct.frame(2, registers("ada-1"));
    direct.frame(1, super::served::offers("ada-1"));
    assert_eq!(choices(&direct, 2), []);
    assert!(!serde_json::to_string(direct.screens[&SeatId(2)].last().unwrap()).unwrap().contains("qualities"), "as before for who knows nothing of it");
}

#[test]
fn a_wish_waits_for_the_server_to_take_over() {
    let mut stand = Stand::by(loaded(record()), Carrier::Relieved { server: PeerId(SERVER.into()), direct_viewers: 1 });
    stand.join(1, "host", None);
    stand.frame(1, start());
    stand.join(2, "ada", None);
    stand.frame(2, registers("ada-1"));
    stand.frame(2, wishes(PictureQuality::Low));
    assert_eq!((stand.told_server(), stand.refusals(2)), (vec![], vec![]), "the host sends what it sends");
    stand.join(3, "bob", None);
    stand.frame(3, registers("bob-1"));
    stand.tell(Event::Media(Notice::Picture));
    assert!(stand.told_server().contains(&choose(2, Wish::AtMost(Layer::SMALLEST))));
}
