//! A picture in several sizes: who gets which, and that each viewer sees one stream whatever happens.

use proptest::prelude::*;

use super::*;

mod networks;
mod wishes;

/// Bytes of a picture in each size of a camera, and of one in front of which little happens: ten of them a second.
const SIZES: [usize; 3] = [1_250, 7_500, 31_250];
const CALM: [usize; 3] = [1_250, 3_750, 7_500];

fn layer(index: usize) -> Layer {
    Layer::at(index).unwrap()
}

/// A host that sends one packet a picture and ten pictures a second, of 100, 600 and 2500 kbit/s as long as nothing is changed.
struct Host {
    stand: Stand,
    source: u64,
    bytes: [usize; 3],
    sent: [u64; 3],
    /// What it does not send.
    is_off: [bool; 3],
    /// Each size whose key frame it was asked for.
    asked: Vec<usize>,
    owed: [bool; 3],
}

/// What the viewer got: its size, and under which numbers.
type Got = (usize, Rewritten, Packet);

impl Host {
    fn new() -> Self {
        Self { stand: Stand::new(), source: 1, bytes: SIZES, sent: [0; 3], is_off: [false; 3], asked: Vec::new(), owed: [false; 3] }
    }

    fn packet(&mut self, index: usize, starts_key: bool) -> Packet {
        self.sent[index] += 1;
        let (sent, base) = (self.sent[index], 1_000 * index as u64);
        let number = u16::try_from((sent + 7_000 * base) & 0x7fff).unwrap();
        let picture = Some(Picture { id: number, layer_zero: Some(number.to_le_bytes()[0].wrapping_mul(3)) });
        let time = u32::try_from(sent).unwrap().wrapping_mul(9_000).wrapping_add(u32::try_from(index).unwrap() * 0x7000_0000);
        Packet { time, picture, at: self.stand.now(), layer: layer(index), bytes: self.bytes[index], ..video(base * 1_000 + sent, starts_key) }
    }

    /// A tenth of a second of a show, with key frames for who asked.
    fn picture(&mut self) -> Vec<Got> {
        self.stand.now_ms += 100;
        let now = self.stand.now();
        self.stand.stage.tend(now);
        while let Some(layer) = self.stand.stage.key_due(now) {
            self.asked.push(layer.index());
            self.owed[layer.index()] = true;
        }
        let mut got = Vec::new();
        for index in 0..3 {
            if self.is_off[index] {
                continue;
            }
            let starts_key = std::mem::take(&mut self.owed[index]);
            let packet = self.packet(index, starts_key);
            let source = Source(self.source);
            if self.stand.stage.takes(source, &packet, now) {
                self.stand.stage.pass(TWO, source, &packet, now);
                got.extend(self.stand.stage.pass(ONE, source, &packet, now).map(|sent| (index, sent, packet)));
            }
        }
        got
    }

    /// The sizes that the viewer got in so many seconds, each change once.
    fn run(&mut self, seconds: u32) -> Vec<usize> {
        let mut seen: Vec<usize> = (0..seconds * 10).flat_map(|_| self.picture()).map(|(index, ..)| index).collect();
        seen.dedup();
        seen
    }

    fn says(&mut self, report: Report) {
        let now = self.stand.now();
        self.stand.stage.reported(ONE, report, now);
    }
}

/// A show that has gone on for a while, and a viewer who comes.
fn joined() -> Host {
    joined_to(SIZES)
}

fn joined_to(bytes: [usize; 3]) -> Host {
    let mut host = Host { bytes, ..Host::new() };
    host.stand.join(TWO);
    host.owed = [true; 3];
    host.run(3);
    host.stand.join(ONE);
    host
}

#[test]
fn a_viewer_begins_in_the_middle_and_goes_up_when_nothing_speaks_against_it() {
    let mut host = joined();
    host.asked.clear();
    assert_eq!(host.run(1), [1]);
    assert_eq!(host.asked[0], 1);
    assert_eq!(host.run(4), [1, 2]);
    assert_eq!(host.stand.stage.watching()[2], 2, "the one who was there has gone up too");
}

#[test]
fn a_newcomer_takes_whatever_picture_comes_first() {
    let mut host = joined();
    host.owed[2] = true;
    let got: Vec<usize> = host.picture().into_iter().map(|(index, ..)| index).collect();
    assert_eq!(got, [1], "the middle was asked for and comes before the largest");
    let mut host = joined();
    host.is_off[1] = true;
    host.owed[0] = true;
    assert_eq!(host.picture().first().map(|(index, ..)| *index), Some(0));
}

#[test]
fn what_is_too_much_ends_at_once_and_is_tried_again_ever_more_seldom() {
    let mut host = joined();
    assert_eq!(host.run(5), [1, 2]);
    let mut waits = Vec::new();
    for _ in 0..6 {
        host.run(3);
        host.says(Report::Lost(0.2));
        assert_eq!(host.run(1), [1], "at once");
        host.says(Report::Lost(0.0));
        let began = host.stand.now_ms;
        while host.picture().iter().all(|(index, ..)| *index == 1) {
            assert!(host.stand.now_ms - began < 100_000);
        }
        waits.push((host.stand.now_ms - began) / 1_000 + 1);
    }
    assert!(waits.windows(2).all(|pair| pair[1] >= pair[0]) && waits[0] >= 5 && (58..=62).contains(&waits[5]), "{waits:?}");
}

#[test]
fn an_estimate_that_falls_below_what_is_sent_is_believed() {
    let mut host = joined();
    host.run(6);
    host.says(Report::Estimate(3_700_000));
    assert_eq!(host.run(1), [2]);
    host.says(Report::Estimate(400_000));
    assert_eq!(host.run(1).last(), Some(&0), "the largest that fits, not the next");
    host.says(Report::Estimate(115_000));
    assert_eq!(host.run(20), [0], "no room for more");
    host.says(Report::Estimate(150_000));
    assert_eq!(host.run(20).get(..2), Some(&[0, 1][..]), "as much above what comes as a browser ever says");
}

#[test]
fn where_the_smallest_is_too_much_it_goes_on_and_so_does_the_sound() {
    let mut host = joined();
    host.run(6);
    for lost in [0.4, 0.4, 0.4, 0.4] {
        host.says(Report::Lost(lost));
        host.run(3);
    }
    host.says(Report::Estimate(20_000));
    assert_eq!(host.run(2), [0]);
    assert!(host.stand.send(1, audio(5), ONE).is_some());
    assert_eq!(host.stand.stage.watching(), [1, 0, 1, 0]);
}

#[test]
fn a_size_that_stops_coming_is_left_and_nothing_else_is_asked_for_it() {
    let mut host = joined();
    host.run(6);
    host.is_off = [false, false, true];
    assert_eq!(host.run(4), [1]);
    host.asked.clear();
    let now = host.stand.now();
    host.stand.stage.key_wished(TWO, now);
    host.run(3);
    assert!(!host.asked.contains(&2), "{:?}", host.asked);
    host.is_off = [true, true, false];
    assert_eq!(host.run(4), [1, 2][1..], "any that comes");
    host.is_off = [true; 3];
    assert_eq!(host.run(4), Vec::<usize>::new());
    assert_eq!(host.stand.stage.watching()[2], 2, "a host who sends nothing changes nothing");
}

#[test]
fn a_host_who_comes_back_with_one_size_is_not_asked_for_the_others() {
    let mut host = joined();
    host.run(6);
    host.stand.stage.leave(TWO);
    let now = host.stand.now();
    host.stand.stage.key_wished(ONE, now);
    let asked = |host: &mut Host| {
        (0..40_u64)
            .filter(|at| {
                host.stand.now_ms += 100;
                let now = host.stand.now();
                host.stand.send(2, video(*at, *at == 0), ONE);
                host.stand.stage.tend(now);
                host.stand.asks()
            })
            .count()
    };
    assert!(asked(&mut host) <= 2);
    assert_eq!(asked(&mut host), 0);
}

#[test]
fn a_host_who_sends_one_size_is_never_cut_off() {
    let mut host = joined();
    (host.is_off, host.stand.stage.layers) = ([false, true, true], Layers::default());
    host.run(3);
    for _ in 0..10 {
        host.says(Report::Lost(0.9));
        host.says(Report::Estimate(1_000));
        assert_eq!(host.run(3), [0]);
    }
}

proptest! {
    #[test]
    fn whatever_is_switched_the_viewer_sees_one_stream(steps in proptest::collection::vec((0..9_usize, 0..60_u32), 1..120)) {
        let mut host = joined();
        let mut last: Option<Got> = None;
        for (what, amount) in steps {
            match what {
                0 => host.says(Report::Lost(amount as f32 / 60.0)),
                1 => host.says(Report::Estimate(u64::from(amount) * 60_000)),
                2 => host.is_off[amount as usize % 3] = !host.is_off[amount as usize % 3],
                3 => host.owed[amount as usize % 3] = true,
                4 => {
                    let wish = layer(amount as usize % 3);
                    let now = host.stand.now();
                    host.stand.stage.wish(ONE, [Wish::Auto, Wish::AtMost(wish), Wish::SoundOnly][amount as usize / 3 % 3], now);
                }
                _ => {}
            }
            for _ in 0..amount / 4 {
                for (index, sent, packet) in host.picture() {
                    if let Some((before, former, source)) = last {
                        prop_assert_eq!(sent.seq, former.seq + 1);
                        prop_assert!(packet.starts_key || before == index);
                        prop_assert!((1..1 << 31).contains(&sent.time.wrapping_sub(former.time)));
                        let (now, then) = (sent.picture.or(packet.picture).unwrap(), former.picture.or(source.picture).unwrap());
                        prop_assert_eq!(now.id, (then.id + 1) & 0x7fff);
                        let step = now.layer_zero.unwrap().wrapping_sub(then.layer_zero.unwrap());
                        prop_assert!(step == 1 || before == index);
                    }
                    last = Some((index, sent, packet));
                }
            }
        }
    }
}
