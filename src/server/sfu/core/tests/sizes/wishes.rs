//! What viewers wish to see, and what is remembered for them.

use super::*;

const THREE: Viewer = Viewer(3);

impl Host {
    fn wishes(&mut self, wish: Wish) {
        let now = self.stand.now();
        self.stand.stage.wish(ONE, wish, now);
    }
}

#[test]
fn a_wish_is_granted_at_once_and_to_who_wished_alone() {
    let mut host = joined();
    host.run(6);
    for (wish, size) in [
        (Wish::AtMost(Layer::SMALLEST), 0),
        (Wish::AtMost(Layer::LARGEST), 2),
        (Wish::AtMost(Layer::MIDDLE), 1),
        (Wish::Auto, 2),
        (Wish::AtMost(Layer::SMALLEST), 0),
        (Wish::AtMost(Layer::MIDDLE), 1),
        (Wish::Auto, 2),
    ] {
        host.wishes(wish);
        assert_eq!(host.run(1).last(), Some(&size), "{wish:?}");
        assert_eq!(host.run(10), [size], "{wish:?}");
    }
    host.wishes(Wish::AtMost(Layer::SMALLEST));
    host.run(2);
    assert_eq!(host.stand.stage.watching(), [1, 0, 1, 0]);
}

#[test]
fn a_wish_is_no_more_than_the_network_carries_and_the_host_sends() {
    let mut host = joined();
    host.run(6);
    host.wishes(Wish::AtMost(Layer::LARGEST));
    host.run(5);
    host.says(Report::Lost(0.3));
    assert_eq!(host.run(1).last(), Some(&1));
    host.wishes(Wish::AtMost(Layer::SMALLEST));
    host.run(2);
    host.wishes(Wish::Auto);
    assert_eq!(host.run(2).last(), Some(&1), "not what was too much, but what was not");
    host.says(Report::Lost(0.0));
    host.is_off = [true, false, false];
    host.wishes(Wish::AtMost(Layer::SMALLEST));
    assert_eq!(host.run(3).last(), Some(&1), "the smallest that there is");
    host.is_off = [false; 3];
    assert_eq!(host.run(3).last(), Some(&0));
}

#[test]
fn who_only_listens_is_sent_no_picture_and_goes_on_with_one_stream() {
    let mut host = joined();
    host.run(6);
    let (_, before, _) = host.picture()[0];
    host.wishes(Wish::SoundOnly);
    assert_eq!(host.stand.stage.watching(), [0, 0, 1, 1], "whether the host sends anything or not");
    assert_eq!(host.run(10), Vec::<usize>::new());
    assert!(host.stand.send(1, audio(5), ONE).is_some());
    assert_eq!(host.stand.stage.watching(), [0, 0, 1, 1]);
    // A decoder that gets nothing asks for something.
    host.asked.clear();
    for _ in 0..10 {
        let now = host.stand.now();
        host.stand.stage.key_wished(ONE, now);
        host.run(1);
    }
    assert_eq!(host.asked, Vec::<usize>::new());
    host.wishes(Wish::Auto);
    let (index, after, packet) = (0..10).find_map(|_| host.picture().into_iter().next()).unwrap();
    assert!(packet.starts_key && index == 2, "what they saw before, from a picture that stands for itself");
    assert_eq!(after.seq, before.seq + 1);
    assert_eq!(host.run(5), [2]);
}

#[test]
fn a_flood_of_wishes_costs_one_key_frame_a_second_at_most() {
    let mut host = joined();
    host.run(6);
    host.asked.clear();
    let wishes = [Wish::AtMost(Layer::SMALLEST), Wish::AtMost(Layer::LARGEST), Wish::SoundOnly, Wish::AtMost(Layer::MIDDLE), Wish::Auto];
    for at in 0..100 {
        for wish in wishes {
            host.wishes(wish);
        }
        host.wishes(wishes[at / 7 % wishes.len()]);
        host.picture();
    }
    assert!(host.asked.len() <= 11, "{} in ten seconds", host.asked.len());
    host.wishes(Wish::AtMost(Layer::SMALLEST));
    assert_eq!(host.run(2).last(), Some(&0), "the last one counts");
    let now = host.stand.now();
    host.stand.stage.wish(Viewer(99), Wish::Auto, now);
}

#[test]
fn a_new_connection_knows_what_the_former_found_out_and_what_was_wished() {
    let mut host = joined();
    host.run(6);
    for _ in 0..2 {
        host.says(Report::Lost(0.3));
        host.run(3);
    }
    let sizes = |host: &mut Host, viewer: Viewer| {
        let mut seen = Vec::new();
        for _ in 0..20 {
            host.stand.now_ms += 100;
            let now = host.stand.now();
            host.stand.stage.tend(now);
            while let Some(layer) = host.stand.stage.key_due(now) {
                host.owed[layer.index()] = true;
            }
            for index in 0..3 {
                let starts_key = std::mem::take(&mut host.owed[index]);
                let packet = host.packet(index, starts_key);
                if host.stand.stage.takes(Source(1), &packet, now) && host.stand.stage.pass(viewer, Source(1), &packet, now).is_some() {
                    seen.push(index);
                }
            }
        }
        seen.dedup();
        seen
    };
    let now = host.stand.now();
    host.stand.stage.join(THREE, Some(ONE), Wish::Auto, 7, now);
    host.stand.stage.leave(ONE);
    assert_eq!(sizes(&mut host, THREE), [0], "a stranger begins in the middle");
    let now = host.stand.now();
    host.stand.stage.wish(THREE, Wish::SoundOnly, now);
    host.stand.stage.join(ONE, Some(THREE), Wish::SoundOnly, 9, now);
    host.stand.stage.leave(THREE);
    assert_eq!(sizes(&mut host, ONE), Vec::<usize>::new());
}

#[test]
fn a_host_who_comes_back_is_seen_as_before_however_slowly_the_sizes_come() {
    let mut host = joined();
    host.run(6);
    host.is_off = [true; 3];
    host.run(3);
    (host.source, host.is_off) = (2, [false, true, true]);
    host.owed = [true; 3];
    assert_eq!(host.run(4), [0]);
    host.is_off[1] = false;
    assert_eq!(host.run(1).last(), Some(&1));
    host.run(3);
    host.is_off[2] = false;
    assert_eq!(host.run(1).last(), Some(&2), "nobody found out anything that speaks against it");
}
