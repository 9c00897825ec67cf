//! A WebRTC client without a browser, on a thread and a port of its own: what it sends is known to the bit, and so is
//! what it gets.

mod end;
mod network;
mod seen;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, mpsc},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use str0m::{
    Event, Input, Output, Rtc,
    bwe::Bitrate,
    change::SdpPendingOffer,
    format::Codec,
    media::{Direction, KeyframeRequestKind, MediaKind, Mid},
    net::Receive,
};

use self::{end::Sending, network::Wire};
pub use self::{
    end::{Sent, vp8},
    network::{Network, connect, framed},
    seen::Seen,
};

/// The longest that a test waits for something to happen.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Datagrams that are remembered.
const RECORDED: usize = 20;

enum Wish {
    Send(Sent, Option<&'static str>, Instant),
    Estimate(u64),
    Lose(u32),
    Key,
    Raw(Vec<u8>, SocketAddr),
    Restart(mpsc::Sender<String>),
    Accept(String),
    Hold,
    GoOn,
    StopReading,
    Connect(Network),
}

/// See the module.
pub struct RtcClient {
    wishes: mpsc::Sender<Wish>,
    seen: Arc<Mutex<Seen>>,
    thread: Option<JoinHandle<()>>,
}

impl RtcClient {
    /// A host, with the offer of its picture and sound.
    pub fn host() -> (Self, String) {
        Self::host_by(Network::V4, &[])
    }

    /// The same, with the picture in several sizes.
    pub fn host_in(sizes: &[&str]) -> (Self, String) {
        Self::host_by(Network::V4, sizes)
    }

    /// The same, with a picture that is encoded like this.
    pub fn host_of(codec: Codec) -> (Self, String) {
        let (wire, mut rtc) = Network::V4.open();
        let (offer, pending, mut sending) = end::offer(&mut rtc, &[]);
        sending.codec = codec;
        (Self::run(wire, rtc, Some(pending), Some(sending), 0), offer)
    }

    /// The same, where it has no other network.
    pub fn host_by(network: Network, sizes: &[&str]) -> (Self, String) {
        let (wire, mut rtc) = network.open();
        let (offer, pending, sending) = end::offer(&mut rtc, sizes);
        (Self::run(wire, rtc, Some(pending), Some(sending), 0), offer)
    }

    /// A viewer, with its answer to an offer. So many percent of what comes to it is lost.
    pub fn viewer(offer: &str, lost_percent: u32) -> (Self, String) {
        Self::viewer_by(Network::V4, offer, lost_percent)
    }

    /// The same, where it has no other network.
    pub fn viewer_by(network: Network, offer: &str, lost_percent: u32) -> (Self, String) {
        let (wire, mut rtc) = network.open();
        let answer = end::answer(&mut rtc, offer);
        (Self::run(wire, rtc, None, None, lost_percent), answer)
    }

    /// A viewer that offers to take picture and sound, and waits for the answer.
    pub fn player() -> (Self, String) {
        let (wire, mut rtc) = Network::V4.open();
        let (offer, pending) = wish(&mut rtc);
        (Self::run(wire, rtc, Some(pending), None, 0), offer)
    }

    fn run(wire: Wire, rtc: Rtc, pending: Option<SdpPendingOffer>, sending: Option<Sending>, lost_percent: u32) -> Self {
        let (wishes, granted) = mpsc::channel();
        let (seen, port) = (Arc::<Mutex<Seen>>::default(), wire.address().port());
        let client = Client {
            wire,
            rtc,
            pending,
            sending,
            video: None,
            is_held: false,
            is_deaf: false,
            chance: u64::from(port) << 32 | 1,
            lost_percent,
            seen: seen.clone(),
        };
        let thread = thread::spawn(move || client.run(&granted));
        Self { wishes, seen, thread: Some(thread) }
    }

    /// Takes the answer to the offer of a host or a player.
    pub fn accept(&self, answer: &str) {
        self.wishes.send(Wish::Accept(answer.to_owned())).unwrap();
    }

    /// A new offer on the same connection, over another path.
    pub fn restart(&self) -> String {
        let (reply, offer) = mpsc::channel();
        self.wishes.send(Wish::Restart(reply)).unwrap();
        offer.recv_timeout(PATIENCE).unwrap()
    }

    /// Sends a media packet.
    pub fn send(&self, packet: Sent) {
        self.send_taken(packet, Instant::now());
    }

    /// Sends a media packet that was taken at this time.
    pub fn send_taken(&self, packet: Sent, taken: Instant) {
        self.wishes.send(Wish::Send(packet, None, taken)).unwrap();
    }

    /// Sends a packet of the picture in this size.
    pub fn send_in(&self, size: &'static str, packet: Sent) {
        self.wishes.send(Wish::Send(packet, Some(size), Instant::now())).unwrap();
    }

    /// Says that it can receive so many bits a second.
    pub fn estimate(&self, bps: u64) {
        self.wishes.send(Wish::Estimate(bps)).unwrap();
    }

    /// So many percent of what comes to it is lost from now on.
    pub fn lose(&self, percent: u32) {
        self.wishes.send(Wish::Lose(percent)).unwrap();
    }

    /// Sends these bytes as they are, from the address of this client.
    pub fn send_raw(&self, datagram: Vec<u8>, to: SocketAddr) {
        self.wishes.send(Wish::Raw(datagram, to)).unwrap();
    }

    /// Neither reads nor sends anything until it is to go on.
    pub fn hold(&self) {
        self.wishes.send(Wish::Hold).unwrap();
    }

    /// See [`hold`](Self::hold).
    pub fn go_on(&self) {
        self.wishes.send(Wish::GoOn).unwrap();
    }

    /// Goes on sending, and never reads again.
    pub fn stop_reading(&self) {
        self.wishes.send(Wish::StopReading).unwrap();
    }

    /// Gives up its network for another, or for another connection in the same, without a word.
    pub fn connect_anew(&self, network: Network) {
        self.wishes.send(Wish::Connect(network)).unwrap();
    }

    /// Asks for a key frame.
    pub fn ask_for_key(&self) {
        self.wishes.send(Wish::Key).unwrap();
    }

    /// The last datagrams that it sent.
    pub fn recorded(&self) -> Vec<Vec<u8>> {
        self.seen.lock().unwrap().sent.iter().cloned().collect()
    }

    /// What it has seen by now.
    pub fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }

    /// What it has seen once that is so.
    #[track_caller]
    pub fn until(&self, what: &str, is_so: impl Fn(&Seen) -> bool) -> Seen {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let seen = self.seen();
            if is_so(&seen) {
                return seen;
            }
            assert!(Instant::now() < deadline, "never: {what}; connected {}, over {}, {} packets", seen.is_connected, seen.is_over, seen.packets.len());
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for RtcClient {
    // The thread ends when nobody wishes anything any more, without a good-bye: as a browser that crashed.
    fn drop(&mut self) {
        (self.wishes, _) = mpsc::channel();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A player's offer to take picture and sound.
fn wish(rtc: &mut Rtc) -> (String, SdpPendingOffer) {
    let mut change = rtc.sdp_api();
    for kind in [MediaKind::Audio, MediaKind::Video] {
        change.add_media(kind, Direction::RecvOnly, None, None, None);
    }
    let (offer, pending) = change.apply().unwrap();
    (offer.to_sdp_string(), pending)
}

struct Client {
    wire: Wire,
    rtc: Rtc,
    pending: Option<SdpPendingOffer>,
    /// Of a host.
    sending: Option<Sending>,
    /// Where a viewer's picture comes in.
    video: Option<Mid>,
    is_held: bool,
    is_deaf: bool,
    chance: u64,
    lost_percent: u32,
    seen: Arc<Mutex<Seen>>,
}

impl Client {
    fn run(mut self, wishes: &mpsc::Receiver<Wish>) {
        let mut buffer = vec![0; 2048];
        let mut due = Instant::now();
        loop {
            loop {
                match wishes.try_recv() {
                    Ok(wish) => {
                        self.grant(wish);
                        if !self.is_held {
                            due = self.drain();
                        }
                    }
                    Err(mpsc::TryRecvError::Empty) => break,
                    Err(mpsc::TryRecvError::Disconnected) => return,
                }
            }
            if self.is_held {
                thread::sleep(Duration::from_millis(1));
                continue;
            }
            let wait = due.saturating_duration_since(Instant::now()).clamp(Duration::from_micros(500), Duration::from_millis(1));
            if self.is_deaf {
                thread::sleep(wait);
            } else if let Some((length, source)) = self.wire.receive(&mut buffer, wait)
                && !self.loses()
                && let Ok(receive) = Receive::new(self.wire.protocol(), source, self.wire.address(), &buffer[..length])
            {
                let _ = self.rtc.handle_input(Input::Receive(Instant::now(), receive));
            }
            let _ = self.rtc.handle_input(Input::Timeout(Instant::now()));
            due = self.drain();
        }
    }

    // Only once it is connected: what is tested is the loss of media.
    fn loses(&mut self) -> bool {
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut seen = self.seen.lock().unwrap();
        let is_lost = seen.is_connected && self.chance >> 33 & 0xffff < u64::from(self.lost_percent) * 0x1_0000 / 100;
        seen.lost += u64::from(is_lost);
        is_lost
    }

    fn grant(&mut self, wish: Wish) {
        match wish {
            Wish::Send(packet, size, taken) => {
                end::write(&mut self.rtc, self.sending.unwrap(), size, packet, taken);
                let _ = self.rtc.handle_input(Input::Timeout(Instant::now()));
            }
            Wish::Key => {
                let mid = self.video.expect("a picture has come");
                self.rtc.direct_api().stream_rx_by_mid(mid, None).unwrap().request_keyframe(KeyframeRequestKind::Pli);
                let _ = self.rtc.handle_input(Input::Timeout(Instant::now()));
            }
            Wish::Estimate(bps) => {
                let mid = self.video.expect("a picture has come");
                self.rtc.direct_api().stream_rx_by_mid(mid, None).unwrap().request_remb(Bitrate::bps(bps));
                let _ = self.rtc.handle_input(Input::Timeout(Instant::now()));
            }
            Wish::Lose(percent) => self.lost_percent = percent,
            Wish::Raw(bytes, to) => self.wire.send_raw(&bytes, to),
            Wish::Hold => self.is_held = true,
            Wish::GoOn => self.is_held = false,
            Wish::StopReading => self.is_deaf = true,
            Wish::Connect(network) => {
                self.wire = network.wire();
                self.rtc.add_local_candidate(end::candidate(self.wire.address(), self.wire.protocol()));
            }
            Wish::Restart(reply) => {
                let mut change = self.rtc.sdp_api();
                change.ice_restart(true);
                let (offer, pending) = change.apply().unwrap();
                self.pending = Some(pending);
                reply.send(offer.to_sdp_string()).unwrap();
            }
            Wish::Accept(answer) => end::accept(&mut self.rtc, self.pending.take().unwrap(), &answer),
        }
    }

    fn drain(&mut self) -> Instant {
        loop {
            match self.rtc.poll_output() {
                Ok(Output::Timeout(due)) => return due,
                Ok(Output::Transmit(transmit)) => {
                    // What is meant to leave by a network that it has no more is lost.
                    if transmit.source == self.wire.address() {
                        self.wire.send(&transmit.contents, transmit.destination);
                    }
                    let mut seen = self.seen.lock().unwrap();
                    seen.sent.push_back(transmit.contents.to_vec());
                    if seen.sent.len() > RECORDED {
                        seen.sent.pop_front();
                    }
                }
                Ok(Output::Event(event)) => self.event(event),
                Err(_) => {
                    self.seen.lock().unwrap().is_over = true;
                    return Instant::now() + Duration::from_secs(1);
                }
            }
        }
    }

    fn event(&mut self, event: Event) {
        let mut seen = self.seen.lock().unwrap();
        match event {
            Event::Connected => seen.is_connected = true,
            Event::Closed => seen.is_over = true,
            Event::MediaAdded(added) if added.kind.is_video() => self.video = Some(added.mid),
            Event::KeyframeRequest(request) => {
                seen.key_requests.push(Instant::now());
                seen.key_sizes.extend(request.rid.map(|size| size.to_string()));
            }
            Event::RtpPacket(packet) => {
                let mid = self.rtc.direct_api().stream_rx(&packet.header.ssrc).map(|stream| stream.mid());
                if let Some(info) = packet.last_sender_info {
                    let kind = if mid == self.video { "picture" } else { "sound" };
                    seen.reports.insert(kind, (info.ntp_time, (info.rtp_time.numer() & 0xffff_ffff) as u32));
                }
                let delays = packet.header.ext_vals.play_delay_min.zip(packet.header.ext_vals.play_delay_max);
                seen.playout = delays.map(|(min, max)| (min.into(), max.into())).or(seen.playout);
                let sent = Sent { is_video: mid == self.video, seq: *packet.seq_no, time: packet.header.timestamp, payload: packet.payload.to_vec() };
                seen.packets.push(sent);
            }
            _ => {}
        }
    }
}
