//! One media connection of this server: the host's, which it receives, or a viewer's, which it sends to. Wraps str0m, which
//! does ICE, DTLS, SRTP and repetitions; the server is an ICE-lite end (RFC 8445, 2.5): it answers checks and sends none,
//! so that no address that anybody names is ever spoken to before it has spoken.

mod description;
mod forward;
mod layers;
mod player;

use std::{
    net::{IpAddr, SocketAddr},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

use str0m::{
    Event, IceConnectionState, Input, Output, Rtc, RtcConfig,
    bwe::BweKind,
    change::{SdpAnswer, SdpOffer, SdpPendingOffer},
    crypto::{CryptoProvider, dtls::DtlsCert},
    format::PayloadParams,
    media::{Direction, KeyframeRequestKind, MediaKind, Mid, Pt, Rid},
    net::Receive,
    rtp::RtpPacket,
};

pub use self::description::{bounded, identity, name};
use self::layers::{for_viewers, sizes};
use super::{
    core::{Kind, Layer},
    demux::PeerKey,
    outgoing::Outgoing,
    transport::Transport,
};

/// Packets of the picture that are kept to be sent again: two seconds of a full stream.
const KEPT_PACKETS: usize = 1024;
const KEPT_FOR: Duration = Duration::from_secs(2);
/// The share of a viewer's bytes that may be repetitions; beyond that its network has no room for the picture anyway.
const REPEATED_SHARE: f32 = 0.3;
/// How often a connection counts what it lost.
const COUNT_EVERY: Duration = Duration::from_secs(1);
/// How often a viewer is told how the clocks of picture and sound go together. What it is told before the first packet is not
/// true (the library knows no time then), and it takes three more until that is forgotten.
const REPORT_EVERY: Duration = Duration::from_secs(1);
/// The label that keeps picture and sound together at the viewer.
const STREAM: &str = "wrencos";

/// What all connections have in common.
pub struct Ends {
    /// Where browsers reach us.
    pub addresses: Vec<Transport>,
    crypto: Arc<CryptoProvider>,
    /// One for all: who we are does not change between connections, and making one takes a while.
    certificate: Option<DtlsCert>,
}

impl Ends {
    /// Makes the certificate.
    pub fn new(addresses: Vec<Transport>) -> Self {
        let crypto = Arc::new(str0m::crypto::from_feature_flags());
        let certificate = crypto.dtls_provider.generate_certificate();
        Self { addresses, crypto, certificate }
    }

    /// The address that browsers were told of the one at which a datagram came in. Behind something that translates that is
    /// another; then it is one of the sender's family, so that nothing pairs addresses that cannot meet.
    pub fn reached(&self, here: Option<IpAddr>, source: Transport) -> Option<SocketAddr> {
        let told = || self.addresses.iter().filter(|told| told.protocol == source.protocol).map(|told| told.address);
        let is_alike = |address: &SocketAddr| address.is_ipv6() == source.address.is_ipv6();
        told().find(|address| Some(address.ip()) == here).or_else(|| told().find(is_alike)).or_else(|| told().next())
    }

    fn connection(&self, end: End, now: Instant) -> Option<Rtc> {
        // What browsers have in common; what the host encodes is decided by its own order.
        let config = RtcConfig::new().clear_codecs().enable_opus(true, false).enable_vp8(true).enable_h264(true).enable_vp9(true).enable_av1(true);
        let config = if end == End::Viewer { for_viewers(config).set_rtcp_report_interval_audio(REPORT_EVERY) } else { config };
        let config = config.set_rtp_mode(true).set_ice_lite(true).set_stats_interval(Some(COUNT_EVERY)).set_crypto_provider(self.crypto.clone());
        let config = match &self.certificate {
            Some(certificate) => config.set_dtls_cert(certificate.clone()),
            None => config,
        };
        let mut rtc = config.build(now);
        for address in &self.addresses {
            rtc.add_local_candidate(address.candidate()?)?;
        }
        Some(rtc)
    }
}

/// Which end of a show is behind a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Host,
    Viewer,
}

/// What happened to a connection.
pub enum Happened {
    Connected,
    /// It is over.
    Gone,
    Packet(Box<RtpPacket>),
    /// The other end cannot go on without a key frame.
    KeyWished,
    /// What the other end says of the packets of the picture since the last word.
    Counted(Counted),
    /// Bits a second that the other end believes it can receive.
    Estimated(u64),
}

/// What a viewer's browser says of the packets of the picture, where it said anything.
pub struct Counted {
    /// Asked for again.
    pub repeated: u64,
    /// The share that it lost.
    pub lost: Option<f32>,
    /// By how much they come earlier or later than they were taken, smoothed.
    pub jitter: Option<Duration>,
}

/// One connection.
pub struct Peer {
    pub key: PeerKey,
    rtc: Rtc,
    /// When it wants to be driven again.
    pub due: Instant,
    pub made_at: Instant,
    /// Of the other end's description: the same means that it is the same connection.
    pub identity: String,
    pub is_connected: bool,
    pending: Option<SdpPendingOffer>,
    audio: Option<Mid>,
    video: Option<Mid>,
    /// What the payload types of the host's present connection are here.
    types: Vec<(Pt, Option<Pt>)>,
    /// The sizes in which a host offers its picture, the smallest first; none where it offers one.
    rids: Vec<Rid>,
    repeated: u64,
}

impl Peer {
    /// The end that takes a host's offer.
    pub fn publisher(key: PeerKey, ends: &Ends, offer: &str, now: Instant) -> Option<(Self, String)> {
        let mut peer = Self::new(key, ends.connection(End::Host, now)?, now);
        let answer = peer.accept(offer)?;
        Some((peer, answer))
    }

    /// The end that offers to a viewer.
    pub fn viewer(key: PeerKey, ends: &Ends, now: Instant) -> Option<(Self, String)> {
        let mut peer = Self::new(key, ends.connection(End::Viewer, now)?, now);
        let mut change = peer.rtc.sdp_api();
        let label = || Some(STREAM.to_owned());
        let audio = change.add_media(MediaKind::Audio, Direction::SendOnly, label(), None, None);
        let video = change.add_media(MediaKind::Video, Direction::SendOnly, label(), None, None);
        let (offer, pending) = change.apply()?;
        (peer.audio, peer.video, peer.pending) = (Some(audio), Some(video), Some(pending));
        Some((peer, offer.to_sdp_string()))
    }

    fn new(key: PeerKey, rtc: Rtc, now: Instant) -> Self {
        let (identity, types, rids) = (String::new(), Vec::new(), Vec::new());
        Self { key, rtc, due: now, made_at: now, identity, is_connected: false, pending: None, audio: None, video: None, types, rids, repeated: 0 }
    }

    /// Takes an offer, the first or a later one on the same connection.
    pub fn accept(&mut self, offer: &str) -> Option<String> {
        (self.identity, self.rids) = (identity(offer), sizes(offer));
        let offer = bounded(offer)?;
        guarded(|| {
            let offer = SdpOffer::from_sdp_string(&offer).ok()?;
            Some(self.rtc.sdp_api().accept_offer(offer).ok()?.to_sdp_string())
        })?
    }

    /// Takes the answer to our offer. False if it cannot be used.
    pub fn answered(&mut self, answer: &str) -> bool {
        let Some(pending) = self.pending.take() else { return false };
        let Some(answer) = bounded(answer) else { return false };
        let taken = guarded(|| {
            let answer = SdpAnswer::from_sdp_string(&answer).ok()?;
            self.rtc.sdp_api().accept_answer(pending, answer).ok()?;
            self.keep_for_repetition();
            Some(())
        });
        taken.flatten().is_some()
    }

    fn keep_for_repetition(&mut self) {
        let mut direct = self.rtc.direct_api();
        if let Some(stream) = self.video.and_then(|mid| direct.stream_tx_by_mid(mid, None)) {
            stream.set_rtx_cache(KEPT_PACKETS, KEPT_FOR, Some(REPEATED_SHARE));
        }
    }

    /// Whether a connectivity check is proven to be of the other end.
    pub fn proves(&self, input: &Input<'_>) -> bool {
        self.rtc.accepts(input)
    }

    /// Takes a datagram of the other end.
    pub fn feed(&mut self, input: Input<'_>) {
        // What cannot be decrypted or read is dropped: its sender's address may be forged, so it ends nothing.
        if guarded(|| self.rtc.handle_input(input).is_ok()).is_none() {
            self.rtc.disconnect();
        }
    }

    /// Lets time pass.
    pub fn tick(&mut self, now: Instant) {
        self.feed(Input::Timeout(now));
    }

    /// Says good-bye to the other end.
    pub fn close(&mut self) {
        if guarded(|| self.rtc.close().is_ok()) != Some(true) {
            self.rtc.disconnect();
        }
    }

    /// Collects what is to be sent, and what happened.
    pub fn drain(&mut self, out: &mut Outgoing, mut tell: impl FnMut(Happened)) {
        let drained = guarded(|| {
            loop {
                match self.rtc.poll_output() {
                    Ok(Output::Timeout(at)) => {
                        self.due = at;
                        return self.rtc.is_alive();
                    }
                    Ok(Output::Transmit(transmit)) => {
                        let to = Transport { protocol: transmit.proto, address: transmit.destination };
                        out.push(transmit.source.ip(), to, &transmit.contents);
                    }
                    Ok(Output::Event(event)) => {
                        if let Some(happened) = self.event(event) {
                            tell(happened);
                        }
                    }
                    Err(_) => return false,
                }
            }
        });
        if drained != Some(true) {
            tell(Happened::Gone);
        }
    }

    fn event(&mut self, event: Event) -> Option<Happened> {
        match event {
            Event::Connected => {
                self.is_connected = true;
                Some(Happened::Connected)
            }
            Event::IceConnectionStateChange(IceConnectionState::Disconnected) | Event::Closed => Some(Happened::Gone),
            // The first of each kind; a host sends one.
            Event::MediaAdded(added) if self.pending.is_none() => {
                let place = if added.kind.is_audio() { &mut self.audio } else { &mut self.video };
                place.get_or_insert(added.mid);
                None
            }
            Event::RtpPacket(packet) => Some(Happened::Packet(Box::new(packet))),
            Event::KeyframeRequest(_) => Some(Happened::KeyWished),
            Event::EgressBitrateEstimate(BweKind::Remb { estimate, .. }) => Some(Happened::Estimated(estimate.as_u64())),
            Event::MediaEgressStats(stats) if Some(stats.mid) == self.video => {
                let repeated = stats.nacks.saturating_sub(self.repeated);
                self.repeated = stats.nacks;
                // What was said last stays there until something else is.
                let jitter = stats.remote.filter(|_| stats.loss.is_some()).map(|remote| ticks(remote.jitter));
                Some(Happened::Counted(Counted { repeated, lost: stats.loss, jitter }))
            }
            _ => None,
        }
    }

    /// What a packet of the host is: its kind, its size among those of the picture, and its codec with all parameters. `None`
    /// where it belongs to nothing.
    pub fn recognise(&mut self, packet: &RtpPacket) -> Option<(Kind, Layer, PayloadParams)> {
        let (mid, rid) = self.rtc.direct_api().stream_rx(&packet.header.ssrc).map(|stream| (stream.mid(), stream.rid()))?;
        let kind = if Some(mid) == self.video {
            Kind::Video
        } else if Some(mid) == self.audio {
            Kind::Audio
        } else {
            return None;
        };
        let params = self.rtc.codec_config().params().iter().find(|params| params.pt() == packet.header.payload_type)?;
        let layer = match rid {
            Some(rid) if !self.rids.is_empty() => Layer::at(self.rids.iter().position(|known| *known == rid)?)?,
            _ => Layer::SMALLEST,
        };
        Some((kind, layer, *params))
    }

    /// Asks the host for a key frame in this size.
    pub fn request_key(&mut self, layer: Layer) {
        let Some(mid) = self.video else { return };
        let rid = self.rids.get(layer.index()).copied();
        if let Some(stream) = self.rtc.direct_api().stream_rx_by_mid(mid, rid) {
            stream.request_keyframe(KeyframeRequestKind::Pli);
        }
    }
}

/// A datagram as str0m takes it. `None` where it is none of WebRTC's.
pub fn received<'a>(datagram: &'a [u8], source: Transport, destination: SocketAddr, now: Instant) -> Option<Input<'a>> {
    guarded(|| Receive::new(source.protocol, source.address, destination, datagram).ok()).flatten().map(|receive| Input::Receive(now, receive))
}

// Of the clock of every picture (RFC 3551, 5).
fn ticks(count: u32) -> Duration {
    Duration::from_secs(1) * count / 90_000
}

// A fault in the library costs the one connection that met it, never the thread that carries all of them.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_is_taken_for_what_browsers_were_told() {
        let at = |text: &str| text.parse::<SocketAddr>().unwrap();
        let udp = |text: &str| Transport::udp(at(text));
        let (four, other, six) = (at("203.0.113.7:9"), at("127.0.0.1:9"), at("[2001:db8::7]:9"));
        let tcp = at("203.0.113.7:443");
        let ends = Ends::new(vec![Transport::udp(four), Transport::tcp(tcp), Transport::udp(other), Transport::udp(six)]);
        assert_eq!(ends.reached(Some(other.ip()), udp("127.0.0.1:5")), Some(other));
        assert_eq!(ends.reached(Some(at("10.0.0.2:9").ip()), udp("192.0.2.1:5")), Some(four), "translated");
        assert_eq!(ends.reached(Some(four.ip()), Transport::tcp(at("192.0.2.1:5"))), Some(tcp));
        assert_eq!(ends.reached(None, udp("[2001:db8::1]:5")), Some(six));
        assert_eq!(
            Ends::new(vec![Transport::udp(six)]).reached(Some(at("10.0.0.2:9").ip()), udp("192.0.2.1:5")),
            Some(six),
            "translated from one family to the other"
        );
    }

    #[test]
    fn what_is_no_description_makes_no_connection() {
        let ends = Ends::new(vec![Transport::udp(SocketAddr::from(([127, 0, 0, 1], 9)))]);
        for offer in ["", "v=0", "v=0\r\no=- 1 1 IN IP4 0\r\ns=-\r\nt=0 0\r\n", "\u{0}\u{1}", &"m=audio 9 RTP/SAVPF 111\r\n".repeat(9)] {
            assert!(Peer::publisher(PeerKey(1), &ends, offer, Instant::now()).is_none(), "{offer:?}");
        }
        let (mut viewer, offer) = Peer::viewer(PeerKey(2), &ends, Instant::now()).unwrap();
        assert!(offer.contains("a=ice-lite") && offer.contains("127.0.0.1 9 typ host"), "{offer}");
        assert!(!viewer.answered("v=0"));
        assert!(!viewer.answered(&offer), "an offer is answered once");
    }
}
