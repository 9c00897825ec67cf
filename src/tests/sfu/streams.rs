//! What comes to an open TCP port: strangers who say nothing, half of something or nonsense, and viewers whose network takes
//! less than the picture. Each costs a bounded amount, and nobody else notices.

use std::{
    collections::VecDeque,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use wrencos::server::sfu::{Command, Line};

use super::{Camera, Studio, attacks::forged_check, contents};
use crate::support::rtc::{Network, PATIENCE, connect, framed};

/// A stranger is given so much time to prove whom it is for.
const PROVE: Duration = Duration::from_secs(5);

fn server(studio: &Studio) -> SocketAddr {
    studio.sfu.tcp_addresses()[0]
}

/// How long it took until the server closed the connection. It says nothing before.
#[track_caller]
fn closed_after(stream: &mut TcpStream, began: Instant) -> Duration {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    match stream.read(&mut [0; 99]) {
        Ok(0) => {}
        // What it had not read yet makes its good-bye a harsh one.
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {}
        other => panic!("{other:?}"),
    }
    began.elapsed()
}

#[test]
fn who_says_nothing_or_half_of_something_is_closed_after_a_while() {
    let studio = Studio::open();
    let began = Instant::now();
    let mut streams: Vec<TcpStream> = (0..5).map(|_| connect(server(&studio)).unwrap()).collect();
    let nothing: &[u8] = &[];
    let half_of_a_length: &[u8] = &[0];
    let half_of_a_check: &[u8] = &[0, 100, 0, 1, 0, 80, 0x21, 0x12, 0xa4, 0x42];
    let empty: &[u8] = &[0; 64];
    for (stream, said) in streams.iter_mut().zip([nothing, half_of_a_length, half_of_a_check, empty]) {
        stream.write_all(said).unwrap();
    }
    // One says a little again and again, and is never done.
    let mut slow = streams.pop().unwrap();
    slow.write_all(&[4, 0]).unwrap();
    let mut speaking = slow.try_clone().unwrap();
    let speaker = thread::spawn(move || {
        while speaking.write_all(&[0]).is_ok() {
            thread::sleep(Duration::from_millis(100));
        }
    });
    streams.push(slow);
    studio.until("all are there", |figures| figures.streams == 5);
    for stream in &mut streams {
        let took = closed_after(stream, began);
        assert!((PROVE..PROVE * 2).contains(&took), "{took:?}");
    }
    speaker.join().unwrap();
    let figures = studio.until("they are gone", |figures| figures.streams == 0);
    assert_eq!(figures.connections, 0);
}

#[test]
fn who_begins_with_anything_but_a_proof_is_closed_at_once() {
    let mut studio = Studio::open();
    let offer = studio.offer(1);
    let name = offer.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).unwrap();
    let mut response = forged_check(name);
    response[0] = 1;
    for (what, said) in [
        ("longer than any datagram", vec![0xff, 0xff]),
        ("noise", framed(&[9; 50])),
        ("HTTP", b"GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n".to_vec()),
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".iter().copied().chain([7; 600]).collect()),
        ("media before the proof", framed(&[0x80; 200])),
        ("nobody's check", framed(&forged_check("nobody"))),
        ("a check without the secret", framed(&forged_check(name))),
        ("an answer that nobody asked for", framed(&response)),
    ] {
        let mut stream = connect(server(&studio)).unwrap();
        let began = Instant::now();
        stream.write_all(&said).unwrap();
        let took = closed_after(&mut stream, began);
        assert!(took < PROVE - Duration::from_secs(1), "{what}: {took:?}");
    }
    studio.until("they are gone, and the viewer is still waited for", |figures| (figures.streams, figures.connections) == (0, 1));
}

#[test]
fn who_has_proven_it_and_then_breaks_the_frame_is_closed_and_the_others_go_on() {
    let mut studio = Studio::open();
    let network = Network::Tcp(server(&studio));
    let host = studio.host_in(network);
    let (broken, other) = (studio.viewer_in(1, network), studio.viewer_in(2, network));
    studio.until("all are there", |figures| figures.streams == 3);
    broken.send_raw(vec![0xff; 3000], server(&studio));
    studio.until("it is closed", |figures| figures.streams == 2);
    let mut camera = Camera::new(1);
    let sent = camera.picture(&host, true);
    let seen = other.until("the picture", |seen| seen.video().len() >= sent.len());
    assert_eq!(seen.pictures(), sent);
    studio.stage.tell(Command::Close(Line(2)));
    other.until("it is told", |seen| seen.is_over);
    studio.until("and its connection closed", |figures| figures.streams == 1);
}

#[test]
fn who_connects_again_goes_on_at_once() {
    let mut studio = Studio::open();
    let network = Network::Tcp(server(&studio));
    let host = studio.host();
    let viewer = studio.viewer_in(1, network);
    studio.until("both are there", |figures| figures.viewers == 1 && figures.streams == 1);
    let mut camera = Camera::new(1);
    let sent = camera.picture(&host, true);
    viewer.until("the picture", |seen| seen.video().len() >= sent.len());
    let (before, began) = (viewer.seen().video().len(), Instant::now());
    viewer.connect_anew(network);
    while viewer.seen().video().len() < before + 30 {
        camera.picture(&host, false);
        thread::sleep(Duration::from_millis(20));
        // The library misses the former address after fifteen seconds only.
        assert!(began.elapsed() < Duration::from_secs(10), "{} packets", viewer.seen().video().len());
    }
    let figures = studio.until("the former one is gone", |figures| figures.streams == 1);
    assert_eq!((figures.viewers, figures.connections), (1, 2));
}

#[test]
fn thousands_of_connections_keep_nobody_out() {
    let mut studio = Studio::with_room_for(10);
    let (server, mut open) = (server(&studio), VecDeque::new());
    for _ in 0..3_000 {
        open.push_back(connect(server).unwrap());
        // Handles of this process, not of the server.
        if open.len() > 300 {
            open.pop_front();
        }
    }
    studio.until("so many of one network are waited for", |figures| figures.streams == 32);
    let network = Network::Tcp(server);
    let (host, viewer) = (studio.host_in(network), studio.viewer_in(1, network));
    let figures = studio.until("they are there", |figures| figures.viewers == 1);
    assert!(figures.streams <= 34, "{figures:?}");
    let mut camera = Camera::new(1);
    let sent = camera.picture(&host, true);
    assert_eq!(viewer.until("the picture", |seen| seen.video().len() >= sent.len()).pictures(), sent);
    drop(open);
    studio.until("only they are left", |figures| figures.streams == 2);
}

#[test]
fn a_viewer_that_never_reads_again_is_closed_though_it_goes_on_asking() {
    let mut studio = Studio::open();
    let network = Network::Tcp(server(&studio));
    let host = studio.host();
    let (stuck, other) = (studio.viewer_in(1, network), studio.viewer_in(2, network));
    studio.until("both are there", |figures| figures.viewers == 2 && figures.streams == 2);
    let mut camera = Camera::new(1);
    camera.picture(&host, true);
    stuck.stop_reading();
    let began = Instant::now();
    while studio.sfu.figures().streams == 2 {
        camera.run(&host, 20, Duration::from_millis(5));
        assert!(began.elapsed() < PATIENCE, "it is still there");
    }
    let (before, began) = (other.seen().video().len(), Instant::now());
    while other.seen().video().len() == before {
        camera.run(&host, 5, Duration::from_millis(5));
        assert!(began.elapsed() < PATIENCE, "the other goes on");
    }
}

#[test]
fn a_viewer_that_does_not_read_loses_packets_and_nobody_else_waits() {
    let mut studio = Studio::open();
    let network = Network::Tcp(server(&studio));
    let host = studio.host_in(network);
    let (stuck, other) = (studio.viewer_in(1, network), studio.viewer_in(2, network));
    studio.until("both are there", |figures| figures.viewers == 2);
    let mut camera = Camera::new(1);
    let mut sent = camera.picture(&host, true);
    stuck.until("the picture", |seen| seen.video().len() >= sent.len());
    stuck.hold();
    let began = Instant::now();
    // More than the outbox and the kernel take for it.
    let mut dropped = 0;
    while dropped == 0 {
        sent.extend(camera.run(&host, 20, Duration::from_millis(5)));
        dropped = studio.sfu.figures().dropped;
        assert!(began.elapsed() < PATIENCE, "after {} packets", sent.len());
    }
    let seen = other.until("the other has all of it", |seen| seen.video().len() >= sent.len());
    assert_eq!(contents(&seen.pictures()), contents(&sent));
    stuck.go_on();
    // What was kept for it comes, and then the present: its frames are whole, and its connection is the same.
    let began = Instant::now();
    let seen = loop {
        sent.extend(camera.picture(&host, true));
        thread::sleep(Duration::from_millis(50));
        let seen = stuck.seen();
        if seen.pictures().last() == sent.last() {
            break seen;
        }
        assert!(began.elapsed() < PATIENCE, "it never goes on; {} of {} packets", seen.packets.len(), sent.len());
    };
    assert!(seen.pictures().iter().all(|payload| sent.contains(payload)), "whatever came is what was sent");
    assert!(!seen.is_over);
    let figures = studio.sfu.figures();
    assert_eq!((figures.viewers, figures.streams, figures.hosts), (2, 3, 1));
}
