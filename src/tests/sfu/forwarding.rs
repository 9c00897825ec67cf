//! What goes to viewers: every packet, as it was, in its order.

use std::time::{Duration, Instant};

use wrencos::server::sfu::{Command, Line, Notice};

use super::{Camera, Studio, contents};
use crate::support::rtc::{RtcClient, Sent};

const PACE: Duration = Duration::from_millis(10);

#[test]
fn three_viewers_get_every_packet_as_it_was_and_in_order() {
    let mut studio = Studio::open();
    let host = studio.host();
    let viewers: Vec<RtcClient> = (1..=3).map(|line| studio.viewer(line, 0)).collect();
    studio.until("all three are there", |figures| figures.viewers == 3);
    let mut camera = Camera::new(65_400);
    let mut sent = camera.picture(&host, true);
    sent.extend(camera.run(&host, 100, PACE));
    for seq in 0..50 {
        host.send(Sent { is_video: false, seq: 40_000 + seq, time: u32::try_from(seq).unwrap() * 960, payload: vec![0x78, u8::try_from(seq).unwrap()] });
        std::thread::sleep(Duration::from_millis(2));
    }
    for viewer in &viewers {
        let seen = viewer.until("everything came", |seen| seen.packets.len() >= sent.len() + 50);
        let video = seen.video();
        assert_eq!(seen.pictures(), sent, "over the wrap of the wire's numbers");
        assert!(video.windows(2).all(|pair| pair[1].seq == pair[0].seq + 1), "without a gap");
        let sounds: Vec<&Sent> = seen.packets.iter().filter(|packet| !packet.is_video).collect();
        assert_eq!((sounds.len(), sounds[0].payload.as_slice(), sounds[49].payload.as_slice()), (50, &[0x78, 0][..], &[0x78, 49][..]));
        assert!(sounds.windows(2).all(|pair| (pair[1].seq, pair[1].time) == (pair[0].seq + 1, pair[0].time + 960)));
    }
    assert!(studio.says_nothing_more());
    let figures = studio.until("it is counted", |figures| figures.forwarded >= 3 * (sent.len() as u64 + 50));
    assert_eq!((figures.viewers, figures.hosts, figures.undecodable, figures.dropped), (3, 1, 0, 0));
}

#[test]
fn who_joins_later_begins_with_a_key_frame_that_the_host_is_asked_for() {
    let mut studio = Studio::open();
    let host = studio.host();
    let first = studio.viewer(1, 0);
    let mut camera = Camera::new(100);
    host.until("the first viewer's wish", |seen| !seen.key_requests.is_empty());
    camera.picture(&host, true);
    // Longer than a key frame is of use to somebody who comes.
    camera.run(&host, 60, PACE);
    let asked = host.seen().key_requests.len();
    let late = studio.viewer(2, 0);
    // Without a key frame it is sent nothing of the picture.
    for _ in 0..10 {
        camera.picture(&host, false);
        std::thread::sleep(PACE);
    }
    host.until("the second viewer's wish", |seen| seen.key_requests.len() > asked);
    assert_eq!(late.seen().video(), []);
    let key = camera.picture(&host, true);
    let sent = camera.run(&host, 5, PACE);
    let seen = late.until("the picture", |seen| seen.video().len() >= key.len() + sent.len());
    assert_eq!(contents(&seen.pictures()), contents(&[key, sent].concat()));
    let seen = first.until("the first goes on", |seen| seen.video().len() >= 57 * 3);
    assert!(seen.video().windows(2).all(|pair| pair[1].seq == pair[0].seq + 1), "nothing changed for who was there");
}

#[test]
fn who_joins_soon_after_a_key_frame_sees_what_the_others_see_without_another() {
    let mut studio = Studio::open();
    let host = studio.host();
    let first = studio.viewer(1, 0);
    let mut camera = Camera::new(65_500);
    // On a slow machine somebody comes too late for this, and the host is asked.
    for line in 2..40 {
        let asked = host.seen().key_requests.len();
        let sent = [camera.picture(&host, true), camera.picture(&host, false), camera.picture(&host, false)].concat();
        first.until("they came", |seen| seen.pictures().ends_with(&sent));
        let late = studio.viewer(line, 0);
        let seen = late.until("a picture, or somebody asks", |seen| seen.video().len() >= sent.len() || host.seen().key_requests.len() > asked);
        if host.seen().key_requests.len() > asked {
            continue;
        }
        assert_eq!(contents(&seen.pictures()), contents(&sent));
        let video = seen.video();
        assert!(video.windows(2).all(|pair| pair[1].seq == pair[0].seq + 1), "without a gap");
        let times: Vec<u32> = video.iter().map(|packet| packet.time - video[0].time).collect();
        assert_eq!(times, [0, 0, 0, 90, 90, 90, 180, 180, 180], "all of it is of now");
        let next = camera.picture(&host, false);
        let seen = late.until("the next one", |seen| seen.video().len() >= sent.len() + next.len());
        assert_eq!(seen.video()[9].time - seen.video()[8].time, 3000, "and from there on as it comes");
        return;
    }
    panic!("nobody came within half a second");
}

#[test]
fn five_percent_loss_is_healed() {
    let mut studio = Studio::open();
    let host = studio.host();
    let viewer = studio.viewer(1, 5);
    studio.until("it is there", |figures| figures.viewers == 1);
    let mut camera = Camera::new(1);
    let mut sent = camera.picture(&host, true);
    sent.extend(camera.run(&host, 300, PACE));
    // What is lost at the very end shows with what follows it.
    let tail = camera.run(&host, 30, PACE).len();
    let seen = viewer.until("everything came in the end", |seen| {
        let pictures = seen.pictures();
        // The first packets may be lost themselves: then nobody knows that there was anything before.
        let from = sent.iter().position(|payload| Some(payload) == pictures.first()).unwrap_or(sent.len());
        from < 10 && pictures.len() >= sent.len() - from && pictures[..sent.len() - from] == sent[from..]
    });
    assert!(seen.lost >= 20, "{} lost of {}", seen.lost, sent.len() + tail);
    studio.until("it is counted", |figures| figures.repeated > 0);
}

#[test]
fn a_viewer_that_goes_on_asking_gets_a_new_connection_and_the_old_plays_until_it_is_there() {
    let mut studio = Studio::open();
    let host = studio.host();
    let old = studio.viewer(1, 0);
    studio.until("it is there", |figures| figures.viewers == 1);
    let mut camera = Camera::new(1);
    camera.picture(&host, true);
    old.until("the picture", |seen| seen.video().len() >= 3);
    // The first time it is given a key frame: its connection works, as far as can be seen from here.
    studio.stage.tell(Command::Subscribe(Line(1)));
    let (new, answer) = RtcClient::viewer(&studio.offer(1), 0);
    camera.picture(&host, true);
    let before = old.until("it plays on", |seen| seen.video().len() >= 6).video().len();
    studio.stage.tell(Command::Answer { line: Line(1), answer });
    new.until("the new one is connected", |seen| seen.is_connected);
    studio.until("there is one", |figures| figures.viewers == 1 && figures.connections == 2);
    camera.picture(&host, true);
    new.until("it has the picture", |seen| seen.video().len() >= 3);
    assert!(old.until("the old is told that it is over", |seen| seen.is_over).video().len() <= before + 3);
}

#[test]
fn who_has_a_connection_is_not_offered_another_by_the_hosts_return() {
    let mut studio = Studio::open();
    let _host = studio.host();
    let _viewer = studio.viewer(1, 0);
    studio.stage.tell(Command::Check(Line(1)));
    studio.stage.tell(Command::Check(Line(2)));
    assert!(matches!(studio.notice(), Notice::Offer { line: Line(2), .. }));
    assert!(studio.says_nothing_more());
}

#[test]
fn a_viewer_who_leaves_frees_its_place_and_who_finds_none_is_refused() {
    let mut studio = Studio::with_room_for(2);
    let _host = studio.host();
    let (one, _two) = (studio.viewer(1, 0), studio.viewer(2, 0));
    studio.stage.tell(Command::Subscribe(Line(3)));
    assert_eq!(studio.notice(), Notice::Full(Line(3)));
    studio.stage.tell(Command::Close(Line(1)));
    one.until("it is told", |seen| seen.is_over);
    let three = studio.viewer(3, 0);
    let figures = studio.until("its place is free", |figures| figures.viewers == 2 && figures.connections == 3);
    assert_eq!(figures.refused, 1);
    studio.stage.tell(Command::Move { from: Line(3), to: Line(4) });
    studio.stage.tell(Command::Close(Line(3)));
    studio.stage.tell(Command::Subscribe(Line(5)));
    assert_eq!(studio.notice(), Notice::Full(Line(5)), "it only sits elsewhere");
    studio.stage.tell(Command::End);
    three.until("the show is over", |seen| seen.is_over);
    studio.until("nothing is left", |figures| figures.connections == 0);
}

#[test]
fn rooms_share_the_port_and_nothing_else() {
    let mut one = Studio::open();
    let (stage, notices) = one.sfu.stage();
    let mut two = Studio { sfu: one.sfu.clone(), stage, notices, offers: 0 };
    let (host, other) = (one.host(), two.host());
    let (viewer, stranger) = (one.viewer(1, 0), two.viewer(1, 0));
    one.until("both are there", |figures| figures.viewers == 2);
    let mut camera = Camera::new(1);
    camera.picture(&host, true);
    viewer.until("the picture", |seen| seen.video().len() >= 3);
    drop(two.stage);
    other.until("its room is gone", |seen| seen.is_over);
    let began = Instant::now();
    stranger.until("its room is gone", |seen| seen.is_over);
    camera.picture(&host, false);
    viewer.until("the other show goes on", |seen| seen.video().len() >= 6);
    assert_eq!(stranger.seen().video(), [], "{:?}", began.elapsed());
}
