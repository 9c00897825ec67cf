//! The decisions of the media server as tables.

mod playout;
mod sizes;

use super::*;

const ONE: Viewer = Viewer(1);
const TWO: Viewer = Viewer(2);

struct Stand {
    stage: Stage,
    zero: Instant,
    now_ms: u64,
}

fn video(seq: u64, starts_key: bool) -> Packet {
    Packet {
        kind: Kind::Video,
        seq,
        time: u32::try_from(seq & 0xffff_ffff).unwrap().wrapping_mul(3000),
        clock_hz: 90_000,
        at: Instant::now(),
        starts_key,
        picture: None,
        layer: Layer::SMALLEST,
        bytes: 1000,
    }
}

fn audio(seq: u64) -> Packet {
    Packet {
        kind: Kind::Audio,
        seq,
        time: u32::try_from(seq & 0xffff_ffff).unwrap().wrapping_mul(960),
        clock_hz: 48_000,
        at: Instant::now(),
        starts_key: false,
        picture: None,
        layer: Layer::SMALLEST,
        bytes: 100,
    }
}

impl Stand {
    fn new() -> Self {
        Self { stage: Stage::default(), zero: Instant::now(), now_ms: 0 }
    }

    fn now(&self) -> Instant {
        self.zero + Duration::from_millis(self.now_ms)
    }

    fn join(&mut self, viewer: Viewer) {
        let now = self.now();
        self.stage.join(viewer, None, Wish::Auto, 100, now);
        self.stage.begin(viewer, now);
    }

    /// What a viewer gets of a packet.
    fn send(&mut self, source: u64, packet: Packet, viewer: Viewer) -> Option<Rewritten> {
        let now = self.now();
        let packet = Packet { at: now, ..packet };
        self.stage.takes(Source(source), &packet, now).then(|| self.stage.pass(viewer, Source(source), &packet, now)).flatten()
    }

    fn seqs(&mut self, source: u64, packets: impl IntoIterator<Item = Packet>) -> Vec<u64> {
        packets.into_iter().filter_map(|packet| self.send(source, packet, ONE)).map(|sent| sent.seq).collect()
    }

    fn asks(&mut self) -> bool {
        let now = self.now();
        self.stage.key_due(now).is_some()
    }
}

#[test]
fn a_viewer_hears_at_once_and_sees_from_the_next_key_frame() {
    let mut stand = Stand::new();
    stand.join(ONE);
    assert_eq!(stand.seqs(1, [audio(7), audio(8)]), [100, 101]);
    assert_eq!(stand.seqs(1, [video(50, false), video(51, false), video(52, true), video(53, false)]), [100, 101]);
}

#[test]
fn what_is_late_keeps_its_place_and_what_is_from_before_the_beginning_is_not_sent() {
    let mut stand = Stand::new();
    stand.join(ONE);
    assert_eq!(stand.seqs(1, [video(50, true), video(52, false), video(51, false), video(49, false), video(53, false)]), [100, 102, 101, 103]);
}

#[test]
fn numbers_go_on_over_the_wrap_of_the_wire() {
    let mut stand = Stand::new();
    stand.join(ONE);
    let seqs = stand.seqs(1, (65_530..65_545).map(|seq| video(seq, seq == 65_530)));
    assert_eq!(seqs, (100..115).collect::<Vec<_>>());
}

#[test]
fn a_host_who_comes_back_goes_on_where_the_former_connection_stopped() {
    let mut stand = Stand::new();
    stand.join(ONE);
    assert_eq!(stand.send(1, video(50, true), ONE).unwrap(), Rewritten { seq: 100, time: 150_000, picture: None, playout: Some(Playout::Promptly) });
    assert_eq!(stand.send(1, video(51, false), ONE).unwrap().seq, 101);
    stand.now_ms += 2_000;
    // Before its key frame the picture of the new connection is not shown, and the old one goes on.
    assert_eq!(stand.send(2, video(9_000, false), ONE), None);
    assert_eq!(stand.send(1, video(52, false), ONE).unwrap().seq, 102);
    stand.now_ms += 1_000;
    let back = stand.send(2, video(9_001, true), ONE).unwrap();
    assert_eq!(
        back,
        Rewritten { seq: 103, time: 52 * 3000 + 90_000, picture: None, playout: Some(Playout::Promptly) },
        "one second later on the viewer's clock"
    );
    assert_eq!(
        stand.send(2, video(9_002, false), ONE).unwrap(),
        Rewritten { seq: 104, time: back.time + 3000, picture: None, playout: Some(Playout::Promptly) }
    );
    assert_eq!(stand.send(1, video(53, true), ONE), None, "the former connection is over, whatever it still sends");
    assert_eq!(stand.send(2, video(9_000, false), ONE), None, "late from before the key frame");
}

#[test]
fn times_never_stand_still_or_go_back_over_a_change() {
    let mut stand = Stand::new();
    stand.join(ONE);
    let before = stand.send(1, audio(0xffff_0000), ONE).unwrap().time;
    let after = stand.send(2, audio(3), ONE).unwrap().time;
    assert_eq!(after, before.wrapping_add(1));
}

#[test]
fn pictures_are_numbered_on_and_unchanged_while_nothing_changes() {
    let picture = |id, layer_zero| Some(Picture { id, layer_zero });
    let mut stand = Stand::new();
    stand.join(ONE);
    let mut send = |source, seq, key, shown| stand.send(source, Packet { picture: shown, ..video(seq, key) }, ONE).unwrap().picture;
    assert_eq!(send(1, 10, true, picture(0x7ffe, Some(255))), None);
    assert_eq!(send(1, 11, false, picture(0x7fff, Some(0))), None);
    assert_eq!(send(2, 500, true, picture(77, Some(9))), picture(0, Some(1)));
    assert_eq!(send(2, 501, false, picture(78, Some(10))), picture(1, Some(2)));
    assert_eq!(send(3, 1, true, picture(2, None)), None, "it happens to be the next one already");
    assert_eq!(send(4, 1, true, picture(9, Some(5))), picture(3, Some(5)), "a layer that the former did not have begins where it is");
}

#[test]
fn each_viewer_has_numbers_of_its_own() {
    let mut stand = Stand::new();
    stand.join(ONE);
    stand.send(1, video(50, true), ONE);
    stand.send(1, video(51, false), ONE);
    stand.join(TWO);
    assert_eq!(stand.send(1, video(52, false), TWO), None);
    assert_eq!((stand.send(1, video(53, true), TWO).unwrap().seq, stand.send(1, video(53, true), ONE).unwrap().seq), (100, 103));
    stand.stage.leave(ONE);
    assert_eq!(stand.send(1, video(54, false), ONE), None);
    assert_eq!(stand.send(1, video(54, false), TWO).unwrap().seq, 101);
}

#[test]
fn the_host_is_asked_for_a_key_frame_at_once_and_then_twice_a_second_until_it_comes() {
    let mut stand = Stand::new();
    assert!(!stand.asks(), "nobody watches");
    stand.join(ONE);
    assert!(stand.asks());
    assert!(!stand.asks());
    stand.now_ms = 499;
    assert!(!stand.asks());
    assert_eq!(stand.stage.due(), Some(stand.zero + Duration::from_millis(500)));
    stand.now_ms = 500;
    assert!(stand.asks(), "what did not come is asked for again");
    stand.send(1, video(1, true), ONE);
    stand.now_ms = 5_000;
    assert!(!stand.asks());
    assert_eq!(stand.stage.due(), None);
}

#[test]
fn a_joiner_waits_for_its_turn_and_not_for_ever() {
    let mut stand = Stand::new();
    stand.join(ONE);
    assert!(stand.asks());
    stand.send(1, video(1, true), ONE);
    stand.now_ms = 100;
    stand.join(TWO);
    assert!(!stand.asks(), "another was asked for a moment ago");
    stand.now_ms = 500;
    assert!(stand.asks());
}

#[test]
fn a_flood_of_requests_is_one_a_second_of_each_viewer_and_two_a_second_of_all() {
    let asked = |viewers: u64| {
        let mut stand = Stand::new();
        for viewer in 0..viewers {
            stand.join(Viewer(viewer));
        }
        stand.asks();
        let mut asked = 0;
        for at in 0..1_000_u64 {
            stand.now_ms = 1_000 + at * 10;
            stand.send(1, video(at, true), ONE);
            for viewer in 0..viewers {
                let now = stand.now();
                stand.stage.key_wished(Viewer(viewer), now + Duration::from_millis(viewer * 3));
            }
            asked += u32::from(stand.asks());
        }
        asked
    };
    assert_eq!(asked(1), 10, "ten seconds of a hundred requests each");
    assert!((10..=20).contains(&asked(50)), "{}", asked(50));
    let mut stand = Stand::new();
    let now = stand.now();
    stand.stage.key_wished(ONE, now);
    assert!(!stand.asks(), "who does not watch has no wishes");
}

#[test]
fn a_host_who_comes_back_is_asked_for_a_picture_only_if_somebody_watches() {
    let mut stand = Stand::new();
    let now = stand.now();
    stand.stage.source_came(now);
    assert!(!stand.asks());
    stand.join(ONE);
    stand.stage.leave(ONE);
    assert!(!stand.asks(), "and who left waits for nothing");
    stand.join(TWO);
    assert!(stand.asks());
    stand.send(1, video(1, true), TWO);
    stand.now_ms = 10_000;
    let now = stand.now();
    stand.stage.source_came(now);
    assert!(stand.asks());
}
