//! A host who comes back: viewers keep their connections, and their browsers see one sender that never stopped.

use std::time::Duration;

use wrencos::server::sfu::{Command, Line, Notice};

use super::{Camera, Studio, contents};
use crate::support::rtc::RtcClient;

const PACE: Duration = Duration::from_millis(10);

#[test]
fn a_host_who_reloads_goes_on_over_the_viewers_connections() {
    let mut studio = Studio::open();
    let viewers: Vec<RtcClient> = {
        let host = studio.host();
        let viewers = (1..=2).map(|line| studio.viewer(line, 0)).collect();
        studio.until("both are there", |figures| figures.viewers == 2);
        let mut camera = Camera::new(30_000);
        camera.picture(&host, true);
        camera.run(&host, 20, PACE);
        viewers
    };
    for viewer in &viewers {
        viewer.until("the first picture", |seen| seen.video().len() >= 63);
    }
    let host = studio.host();
    host.until("it is asked for a picture", |seen| !seen.key_requests.is_empty());
    let mut camera = Camera::new(9);
    let mut sent = camera.picture(&host, true);
    sent.extend(camera.run(&host, 20, PACE));
    for viewer in &viewers {
        let seen = viewer.until("the second picture", |seen| seen.video().len() >= 63 + sent.len());
        let video = seen.video();
        assert_eq!(contents(&seen.pictures()[63..]), contents(&sent));
        assert!(video.windows(2).all(|pair| pair[1].seq == pair[0].seq + 1), "numbers go on");
        assert!(video.windows(2).all(|pair| pair[1].time.wrapping_sub(pair[0].time) < 90_000 * 20), "and so does time");
        let ids: Vec<u16> = video.iter().map(|packet| u16::from_be_bytes([packet.payload[2] & 0x7f, packet.payload[3]])).collect();
        assert!(ids.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) & 0x7fff <= 1), "pictures are counted on: {ids:?}");
        assert!(!seen.is_over);
    }
    assert!(studio.says_nothing_more(), "no viewer was offered anything");
    studio.until("the first connection is gone", |figures| (figures.hosts, figures.connections) == (1, 3));
}

#[test]
fn the_former_picture_goes_on_until_the_next_one_begins() {
    let mut studio = Studio::open();
    let old = studio.host();
    let viewer = studio.viewer(1, 0);
    studio.until("it is there", |figures| figures.viewers == 1);
    let mut camera = Camera::new(1);
    camera.picture(&old, true);
    let (new, offer) = RtcClient::host();
    let answer = studio.publish(offer);
    camera.picture(&old, false);
    viewer.until("the old one shows on", |seen| seen.video().len() >= 6);
    new.accept(&answer);
    new.until("the new one is connected", |seen| seen.is_connected);
    old.until("the old one is told that it is over", |seen| seen.is_over);
    let mut camera = Camera::new(700);
    let sent = [camera.picture(&new, true), camera.picture(&new, false)].concat();
    let seen = viewer.until("the new one shows", |seen| seen.video().len() >= 12);
    assert_eq!(contents(&seen.pictures()[6..]), contents(&sent));
}

#[test]
fn another_path_of_the_same_host_changes_nothing_for_viewers() {
    let mut studio = Studio::open();
    let host = studio.host();
    let viewer = studio.viewer(1, 0);
    studio.until("it is there", |figures| figures.viewers == 1);
    let mut camera = Camera::new(1);
    camera.picture(&host, true);
    let offer = host.restart();
    host.accept(&studio.publish(offer));
    let sent = camera.run(&host, 100, PACE).len();
    let seen = viewer.until("it goes on", |seen| seen.video().len() >= 3 + sent);
    assert!(seen.video().windows(2).all(|pair| pair[1].seq == pair[0].seq + 1));
    let figures = studio.until("nothing is new", |figures| figures.forwarded >= 3 + sent as u64);
    assert_eq!((figures.hosts, figures.connections), (1, 2));
}

#[test]
fn a_host_who_falls_silent_is_asked_anew_and_one_who_never_spoke_is_not() {
    let mut studio = Studio::open();
    let host = studio.host();
    let _viewer = studio.viewer(1, 0);
    studio.until("it is there", |figures| figures.viewers == 1);
    std::thread::sleep(Duration::from_millis(3_500));
    assert!(studio.says_nothing_more(), "who has no camera sends nothing");
    Camera::new(1).picture(&host, true);
    assert_eq!(studio.notice(), Notice::Silent);
    drop(host);
    // The browser behind it is gone without a word; after a while the network says so.
    studio.until("its connection is given up", |figures| figures.hosts == 0);
    studio.stage.tell(Command::Close(Line(1)));
    studio.until("and the viewer's", |figures| figures.connections == 0);
}
