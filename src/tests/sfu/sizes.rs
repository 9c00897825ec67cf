//! A host who sends the picture in three sizes, and viewers whose networks carry more or less.

use std::time::{Duration, Instant};

use wrencos::server::sfu::{
    Command, Line, Notice,
    message::{Layer, Wish},
};

use super::Studio;
use crate::support::rtc::{PATIENCE, RtcClient, Seen, Sent, vp8};

const PACE: Duration = Duration::from_millis(20);
/// Of each size: its name, and the bytes of a picture.
const SIZES: [(&str, usize); 3] = [("q", 60), ("h", 300), ("f", 1100)];

/// A camera that is sent in three sizes, with numbers and times of their own.
struct Camera {
    host: RtcClient,
    pictures: u64,
    served: usize,
    is_large_off: bool,
}

impl Camera {
    fn new(studio: &mut Studio) -> Self {
        let (host, offer) = RtcClient::host_in(&["q", "h", "f"]);
        host.accept(&studio.publish(offer));
        host.until("the host is connected", |seen| seen.is_connected);
        Self { host, pictures: 0, served: 0, is_large_off: false }
    }

    /// One picture, with key frames in the sizes in which they were asked for.
    fn picture(&mut self) {
        let asked = self.host.seen().key_sizes;
        let owed = asked.get(self.served..).unwrap_or_default();
        for (index, (name, bytes)) in SIZES.into_iter().enumerate() {
            if self.is_large_off && name == "f" {
                continue;
            }
            let offset = 1_000 * (index as u64 + 1);
            let number = u16::try_from((self.pictures + 7 * offset) & 0x7fff).unwrap();
            let is_key = self.pictures == 0 || owed.iter().any(|size| size == name);
            let mut payload = vp8(number, 0, is_key).to_vec();
            payload.extend([u8::try_from(index).unwrap()]);
            payload.resize(bytes, 0);
            let time = u32::try_from(self.pictures * 1_800 + offset * 90_000).unwrap();
            self.host.send_in(name, Sent { is_video: true, seq: self.pictures + offset, time, payload });
        }
        (self.pictures, self.served) = (self.pictures + 1, asked.len());
        std::thread::sleep(PACE);
    }

    /// Shows until a viewer sees this.
    #[track_caller]
    fn until(&mut self, what: &str, viewer: &RtcClient, is_so: impl Fn(&Seen) -> bool) -> Seen {
        self.until_with(what, viewer, None, is_so)
    }

    /// The same, while the viewer's browser says again and again how much it believes it can receive, as browsers do.
    #[track_caller]
    fn until_with(&mut self, what: &str, viewer: &RtcClient, bps: Option<u64>, is_so: impl Fn(&Seen) -> bool) -> Seen {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(bps) = bps {
                viewer.estimate(bps);
            }
            for _ in 0..5 {
                self.picture();
            }
            let seen = viewer.seen();
            if is_so(&seen) {
                return seen;
            }
            assert!(Instant::now() < deadline, "never: {what}; {:?}", sizes(&seen));
        }
    }
}

/// The sizes that a viewer saw, each change once.
fn sizes(seen: &Seen) -> Vec<u8> {
    let mut sizes: Vec<u8> = seen.pictures().iter().map(|payload| payload[5]).collect();
    sizes.dedup();
    sizes
}

#[test]
fn a_viewer_on_a_poor_network_sees_a_smaller_picture_and_the_larger_again_when_it_is_good() {
    let mut studio = Studio::open();
    let mut camera = Camera::new(&mut studio);
    for _ in 0..60 {
        camera.picture();
    }
    let (poor, good) = (studio.viewer(1, 0), studio.viewer(2, 0));
    camera.until("the first picture", &poor, |seen| !seen.video().is_empty());
    let seen = camera.until("the largest", &poor, |seen| sizes(seen).last() == Some(&2));
    assert_eq!(sizes(&seen), [1, 2], "from the middle up");
    camera.until("the largest", &good, |seen| sizes(seen).last() == Some(&2));
    let figures = studio.until("it is counted", |figures| figures.layers == [0, 0, 2, 0]);
    assert!(figures.switches >= 2);
    // Rates are known while something comes.
    for _ in 0..20 {
        camera.picture();
    }
    let seen = camera.until_with("less", &poor, Some(60_000), |seen| sizes(seen).len() > 2);
    let video = seen.video();
    assert!(video.windows(2).all(|pair| pair[1].seq == pair[0].seq + 1), "one stream without a gap");
    assert!(video.windows(2).all(|pair| (1..90_000).contains(&pair[1].time.wrapping_sub(pair[0].time))), "whose time goes on");
    assert!(sizes(&seen)[2] < 2);
    camera.until_with("more again", &poor, Some(2_000_000), |seen| sizes(seen).last() == Some(&2));
    assert_eq!(sizes(&good.seen()), [1, 2], "nothing changed for the other");
}

#[test]
fn loss_and_a_host_who_leaves_the_largest_out_lead_to_less() {
    let mut studio = Studio::open();
    let mut camera = Camera::new(&mut studio);
    for _ in 0..60 {
        camera.picture();
    }
    let (poor, good) = (studio.viewer(1, 0), studio.viewer(2, 0));
    for viewer in [&poor, &good] {
        camera.until("the largest", viewer, |seen| sizes(seen).last() == Some(&2));
    }
    poor.lose(50);
    camera.until("less", &poor, |seen| sizes(seen).last() < Some(&2));
    poor.lose(0);
    camera.until("the largest again", &poor, |seen| sizes(seen).last() == Some(&2));
    camera.is_large_off = true;
    for viewer in [&poor, &good] {
        camera.until("what there is", viewer, |seen| sizes(seen).last() < Some(&2));
    }
    camera.is_large_off = false;
    for viewer in [&poor, &good] {
        camera.until("the largest again", viewer, |seen| sizes(seen).last() == Some(&2));
    }
}

#[test]
fn a_viewer_gets_what_it_wishes_and_another_connection_of_it_too() {
    let mut studio = Studio::open();
    let mut camera = Camera::new(&mut studio);
    for _ in 0..60 {
        camera.picture();
    }
    let (ada, bob) = (studio.viewer(1, 0), studio.viewer(2, 0));
    for viewer in [&ada, &bob] {
        camera.until("the largest", viewer, |seen| sizes(seen).last() == Some(&2));
    }
    let wish = |studio: &Studio, wish: Wish| studio.stage.tell(Command::Choose { line: Line(1), wish });
    wish(&studio, Wish::AtMost(Layer::SMALLEST));
    camera.until("the smallest", &ada, |seen| sizes(seen).last() == Some(&0));
    wish(&studio, Wish::SoundOnly);
    studio.until("one sees nothing", |figures| figures.layers == [0, 0, 1, 1]);
    let before = ada.seen().video().len();
    camera.host.send(Sent { is_video: false, seq: 7, time: 960, payload: vec![0x78, 1] });
    camera.until("the sound goes on", &ada, |seen| seen.packets.iter().any(|packet| !packet.is_video));
    assert_eq!(ada.seen().video().len(), before);
    // It goes on asking: its page was given another connection.
    studio.stage.tell(Command::Subscribe(Line(1)));
    let (again, answer) = RtcClient::viewer(&studio.offer(1), 0);
    studio.stage.tell(Command::Answer { line: Line(1), answer });
    camera.until("it is there", &again, |seen| seen.is_connected);
    studio.until("the one before is gone", |figures| figures.layers == [0, 0, 1, 1] && figures.viewers == 2);
    for _ in 0..30 {
        camera.picture();
    }
    assert_eq!(again.seen().video(), []);
    wish(&studio, Wish::Auto);
    camera.until("a picture", &again, |seen| sizes(seen).last() == Some(&2));
    assert_eq!(sizes(&bob.seen()), [1, 2], "nothing changed for the other");
}

#[test]
fn an_offer_says_whether_there_are_sizes() {
    let layers = |studio: &mut Studio, line: u64| {
        studio.stage.tell(Command::Subscribe(Line(line)));
        match studio.notice() {
            Notice::Offer { layers, .. } => layers,
            other => panic!("{other:?}"),
        }
    };
    let mut studio = Studio::open();
    assert!(!layers(&mut studio, 1));
    let _host = studio.host();
    assert!(!layers(&mut studio, 2));
    let _camera = Camera::new(&mut studio);
    assert!(layers(&mut studio, 3));
}
