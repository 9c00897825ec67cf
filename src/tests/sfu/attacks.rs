//! What comes to an open UDP port, and from viewers who mean no good: dropped or limited, and nobody else notices.

use std::{
    net::{SocketAddr, UdpSocket},
    time::{Duration, Instant},
};

use wrencos::server::sfu::{Command, Line, Notice};

use super::{Camera, Studio};
use crate::support::rtc::RtcClient;

/// The same bytes each time, different each place.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[1]
    };
    (0..length).map(|_| next()).collect()
}

/// A binding request that names this connection, with a password that is wrong.
pub(super) fn forged_check(name: &str) -> Vec<u8> {
    let name = format!("{name}:evil");
    let mut attributes = vec![0, 6];
    attributes.extend(u16::try_from(name.len()).unwrap().to_be_bytes());
    attributes.extend(name.as_bytes());
    attributes.resize(attributes.len().next_multiple_of(4), 0);
    attributes.extend([0, 8, 0, 20]);
    attributes.extend([7; 20]);
    let mut check = vec![0, 1];
    check.extend(u16::try_from(attributes.len()).unwrap().to_be_bytes());
    check.extend([0x21, 0x12, 0xa4, 0x42]);
    check.extend([9; 12]);
    check.extend(attributes);
    check
}

#[test]
fn garbage_from_anywhere_is_dropped_and_the_picture_goes_on() {
    let mut studio = Studio::open();
    let host = studio.host();
    let offer = studio.offer(1);
    let name = offer.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).unwrap().to_owned();
    let (viewer, answer) = RtcClient::viewer(&offer, 0);
    studio.stage.tell(Command::Answer { line: Line(1), answer });
    viewer.until("the viewer is connected", |seen| seen.is_connected);
    studio.until("it is there", |figures| figures.viewers == 1);
    let server: SocketAddr = studio.sfu.addresses()[0];
    let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut camera = Camera::new(1);
    let mut sent = camera.picture(&host, true);
    for seed in 0..300_u64 {
        let mut datagram = noise(seed, 1 + usize::try_from(seed * 7 % 1400).unwrap());
        // By its first byte a datagram is taken for a check, a handshake, or media.
        datagram[0] = [0, 1, 22, 63, 0x80, 0x90, 0xff, 64][usize::try_from(seed % 8).unwrap()];
        stranger.send_to(&datagram, server).unwrap();
        stranger.send_to(&forged_check(&name), server).unwrap();
        // As if they came from those who are connected.
        viewer.send_raw(datagram.clone(), server);
        viewer.send_raw(forged_check(&name), server);
        host.send_raw(datagram, server);
        if seed % 10 == 0 {
            sent.extend(camera.picture(&host, false));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let seen = viewer.until("all of the picture", |seen| seen.video().len() >= sent.len());
    assert_eq!(seen.pictures(), sent);
    assert!(!seen.is_over && !host.seen().is_over);
    let figures = studio.until("it is counted", |figures| figures.strange >= 600);
    assert_eq!((figures.viewers, figures.hosts, figures.connections), (1, 1, 2));
}

#[test]
fn what_was_recorded_on_the_way_and_is_sent_again_goes_nowhere() {
    let mut studio = Studio::open();
    let host = studio.host();
    let viewer = studio.viewer(1, 0);
    studio.until("it is there", |figures| figures.viewers == 1);
    let mut camera = Camera::new(1);
    let sent = camera.picture(&host, true);
    viewer.until("the picture", |seen| seen.video().len() >= sent.len());
    let before = viewer.seen().packets.len();
    // The host's own bytes, from the host's own address.
    for datagram in host.recorded() {
        host.send_raw(datagram, studio.sfu.addresses()[0]);
    }
    let more = camera.picture(&host, false);
    let seen = viewer.until("what follows", |seen| seen.video().len() >= sent.len() + more.len());
    assert_eq!(seen.packets.len(), before + more.len(), "and nothing came twice");
}

#[test]
fn a_flood_of_requests_for_key_frames_reaches_the_host_as_one_a_second() {
    let mut studio = Studio::open();
    let host = studio.host();
    let (flooding, other) = (studio.viewer(1, 0), studio.viewer(2, 0));
    studio.until("both are there", |figures| figures.viewers == 2);
    let mut camera = Camera::new(1);
    camera.picture(&host, true);
    flooding.until("the picture", |seen| seen.video().len() >= 3);
    let (began, before) = (Instant::now(), host.seen().key_requests.len());
    let mut served = before;
    let mut pictures = 1;
    while began.elapsed() < Duration::from_secs(3) {
        flooding.ask_for_key();
        let asked = host.seen().key_requests.len();
        camera.picture(&host, asked > served);
        (served, pictures) = (asked, pictures + 1);
        std::thread::sleep(Duration::from_millis(10));
    }
    let asked = host.seen().key_requests[before..].to_vec();
    assert!((2..=4).contains(&asked.len()), "{} requests in three seconds", asked.len());
    assert!(asked.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_millis(450)));
    other.until("the other viewer saw all of it", |seen| seen.video().len() >= pictures * 3);
}

#[test]
fn who_cannot_prove_the_certificate_of_the_description_gets_nothing() {
    let mut studio = Studio::open();
    let host = studio.host();
    let (viewer, answer) = RtcClient::viewer(&studio.offer(1), 0);
    let at = answer.find("a=fingerprint:sha-256 ").unwrap() + "a=fingerprint:sha-256 ".len();
    let other = if &answer[at..at + 2] == "00" { "11" } else { "00" };
    let answer = format!("{}{other}{}", &answer[..at], &answer[at + 2..]);
    studio.stage.tell(Command::Answer { line: Line(1), answer });
    let mut camera = Camera::new(1);
    for _ in 0..50 {
        camera.picture(&host, true);
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!((viewer.seen().packets.len(), studio.sfu.figures().viewers), (0, 0));
}

#[test]
fn an_offer_or_answer_that_is_none_is_refused_and_costs_nothing() {
    let mut studio = Studio::open();
    let (_client, offer) = RtcClient::host();
    let long = format!("{offer}{}", "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n".repeat(1000));
    for (number, offer) in ["", "v=0", "not SDP at all", &offer[..offer.len() / 2], &offer.replace("a=fingerprint", "a=nothing"), &long].into_iter().enumerate()
    {
        let number = number as u64;
        studio.stage.tell(Command::Publish { number, offer: offer.to_owned() });
        assert_eq!(studio.notice(), Notice::Unusable { number }, "{offer:.40}");
    }
    studio.offer(1);
    studio.stage.tell(Command::Answer { line: Line(1), answer: "v=0".into() });
    // For that offer there is no second try.
    studio.until("its connection is gone", |figures| figures.connections == 0);
    studio.stage.tell(Command::Answer { line: Line(1), answer: "v=0".into() });
    studio.viewer(1, 0);
}
