//! The media server over real sockets, with clients that count every packet.

mod attacks;
mod clocks;
mod forwarding;
mod networks;
mod playout;
mod returning;
mod sizes;
mod streams;

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use tokio::sync::mpsc;
use wrencos::server::{
    config::media::{Media, SfuConfig, TcpPort},
    sfu::{Command, Figures, Line, Notice, Sfu, Stage},
};

use crate::support::rtc::{Network, PATIENCE, RtcClient, Sent, vp8};

/// A media server with the room of one show.
struct Studio {
    sfu: Sfu,
    stage: Stage,
    notices: mpsc::Receiver<Notice>,
    offers: u64,
}

impl Studio {
    fn open() -> Self {
        Self::with_room_for(100)
    }

    fn with_room_for(max_viewers: u32) -> Self {
        Self::of(&[[127, 0, 0, 1].into()], max_viewers, TcpPort::SameAsUdp)
    }

    /// At these addresses.
    fn at(public_ips: &[IpAddr]) -> Self {
        Self::of(public_ips, 100, TcpPort::SameAsUdp)
    }

    fn without_tcp() -> Self {
        Self::of(&[[127, 0, 0, 1].into()], 100, TcpPort::Off)
    }

    fn of(public_ips: &[IpAddr], max_viewers: u32, tcp_port: TcpPort) -> Self {
        let config = SfuConfig { udp_port: 0, tcp_port, public_ips: public_ips.to_vec(), max_viewers, simulcast: false };
        let sfu = Sfu::open(&Media::Server(config)).unwrap().unwrap();
        let (stage, notices) = sfu.stage();
        Self { sfu, stage, notices, offers: 0 }
    }

    /// The next notice. None comes that a test does not expect.
    #[track_caller]
    fn notice(&mut self) -> Notice {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.notices.try_recv() {
                // What many tests are not about.
                Ok(Notice::Picture | Notice::Joined(_)) => {}
                Ok(notice) => return notice,
                Err(mpsc::error::TryRecvError::Disconnected) => panic!("the media server is gone"),
                Err(mpsc::error::TryRecvError::Empty) => assert!(Instant::now() < deadline, "no notice"),
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn publish(&mut self, offer: String) -> String {
        self.offers += 1;
        self.stage.tell(Command::Publish { number: self.offers, offer });
        match self.notice() {
            Notice::Answer { number, answer } if number == self.offers => answer,
            other => panic!("{other:?}"),
        }
    }

    /// A host that is connected.
    fn host(&mut self) -> RtcClient {
        self.host_in(Network::V4)
    }

    /// The same, where it has no other network.
    fn host_in(&mut self, network: Network) -> RtcClient {
        let (host, offer) = RtcClient::host_by(network, &[]);
        host.accept(&self.publish(offer));
        host.until("the host is connected", |seen| seen.is_connected);
        host
    }

    fn offer(&mut self, line: u64) -> String {
        self.stage.tell(Command::Subscribe(Line(line)));
        match self.notice() {
            Notice::Offer { line: Line(of), offer, .. } if of == line => offer,
            other => panic!("{other:?}"),
        }
    }

    /// A viewer that is connected.
    fn viewer(&mut self, line: u64, lost_percent: u32) -> RtcClient {
        let (viewer, answer) = RtcClient::viewer(&self.offer(line), lost_percent);
        self.connected(line, viewer, answer)
    }

    /// The same, where it has no other network.
    fn viewer_in(&mut self, line: u64, network: Network) -> RtcClient {
        let (viewer, answer) = RtcClient::viewer_by(network, &self.offer(line), 0);
        self.connected(line, viewer, answer)
    }

    fn connected(&self, line: u64, viewer: RtcClient, answer: String) -> RtcClient {
        self.stage.tell(Command::Answer { line: Line(line), answer });
        viewer.until("the viewer is connected", |seen| seen.is_connected);
        viewer
    }

    /// The figures once that is so.
    #[track_caller]
    fn until(&self, what: &str, is_so: impl Fn(&Figures) -> bool) -> Figures {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let figures = self.sfu.figures();
            if is_so(&figures) {
                return figures;
            }
            assert!(Instant::now() < deadline, "never: {what}; {figures:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn says_nothing_more(&mut self) -> bool {
        std::iter::from_fn(|| self.notices.try_recv().ok()).all(|notice| matches!(notice, Notice::Picture | Notice::Joined(_)))
    }
}

/// A camera: pictures of three packets each, every one different.
struct Camera {
    seq: u64,
    picture: u16,
    time: u32,
}

impl Camera {
    fn new(seq: u64) -> Self {
        Self { seq, picture: u16::try_from(seq % 0x7fff).unwrap(), time: u32::try_from(seq).unwrap() }
    }

    fn picture(&mut self, host: &RtcClient, is_key: bool) -> Vec<Vec<u8>> {
        self.picture = (self.picture + 1) & 0x7fff;
        self.time = self.time.wrapping_add(3000);
        (0..3_u8).map(|part| self.packet(host, part, is_key)).collect()
    }

    fn packet(&mut self, host: &RtcClient, part: u8, is_key: bool) -> Vec<u8> {
        self.seq += 1;
        let mut payload = vp8(self.picture, part, is_key).to_vec();
        payload.push(part);
        payload.extend(self.seq.to_be_bytes());
        payload.resize(200 + usize::from(part) * 300, part);
        host.send(Sent { is_video: true, seq: self.seq, time: self.time, payload: payload.clone() });
        payload
    }

    /// Shows for a while, with key frames where the host is asked for them.
    fn run(&mut self, host: &RtcClient, pictures: u32, pace: Duration) -> Vec<Vec<u8>> {
        let mut sent = Vec::new();
        let mut served = host.seen().key_requests.len();
        for _ in 0..pictures {
            let asked = host.seen().key_requests.len();
            sent.extend(self.picture(host, asked > served));
            served = asked;
            std::thread::sleep(pace);
        }
        sent
    }
}

/// The packets without what may be different: VP8's number of the picture.
fn contents(payloads: &[Vec<u8>]) -> Vec<&[u8]> {
    payloads.iter().map(|payload| &payload[4..]).collect()
}
