//! One end of a WebRTC connection, without a thread or a socket: what the clients of tests and of the bench have in common.

use std::{net::SocketAddr, sync::Arc, time::Instant};

use str0m::{
    Candidate, Rtc,
    change::{SdpAnswer, SdpOffer, SdpPendingOffer},
    format::Codec,
    media::{Direction, MediaKind, Mid, Rid, Simulcast, SimulcastLayer},
    net::{Protocol, TcpType},
    rtp::{Extension, ExtensionMap, RtpWrite},
};

/// A media packet, as sent or received.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sent {
    pub is_video: bool,
    /// Counted on over the wrap.
    pub seq: u64,
    pub time: u32,
    pub payload: Vec<u8>,
}

/// Sound and picture of a host.
#[derive(Debug, Clone, Copy)]
pub struct Sending {
    audio: Mid,
    video: Mid,
    /// Of the picture; VP8 unless it is set.
    pub codec: Codec,
}

/// An end that is reached at this address over this protocol; over TCP it is the one that connects.
pub fn at(address: SocketAddr, protocol: Protocol) -> Rtc {
    let crypto = Arc::new(str0m::crypto::from_feature_flags());
    let mut extensions = ExtensionMap::standard();
    extensions.set(5, Extension::PlayoutDelay);
    let config = Rtc::builder().set_rtp_mode(true).set_crypto_provider(crypto).set_extension_map(extensions);
    let mut rtc = config.build(Instant::now());
    rtc.add_local_candidate(candidate(address, protocol));
    rtc
}

/// Its address as a candidate.
pub fn candidate(address: SocketAddr, protocol: Protocol) -> Candidate {
    match protocol {
        Protocol::Udp => Candidate::builder().udp().host(address).build(),
        _ => Candidate::builder().tcp().host(address).tcptype(TcpType::Active).build(),
    }
    .unwrap()
}

/// A host's offer of its picture and sound, the picture in the sizes of these names; in one where there are none.
pub fn offer(rtc: &mut Rtc, sizes: &[&str]) -> (String, SdpPendingOffer, Sending) {
    let mut simulcast = Simulcast::new();
    for size in sizes {
        simulcast.add_send_layer(SimulcastLayer::new(size));
    }
    let mut change = rtc.sdp_api();
    let label = || Some("camera".to_owned());
    let audio = change.add_media(MediaKind::Audio, Direction::SendOnly, label(), None, None);
    let video = change.add_media(MediaKind::Video, Direction::SendOnly, label(), None, (!sizes.is_empty()).then_some(simulcast));
    let (offer, pending) = change.apply().unwrap();
    (offer.to_sdp_string(), pending, Sending { audio, video, codec: Codec::Vp8 })
}

/// Takes the answer to an offer.
pub fn accept(rtc: &mut Rtc, pending: SdpPendingOffer, answer: &str) {
    rtc.sdp_api().accept_answer(pending, SdpAnswer::from_sdp_string(answer).unwrap()).unwrap();
}

/// A viewer's answer to an offer.
pub fn answer(rtc: &mut Rtc, offer: &str) -> String {
    rtc.sdp_api().accept_offer(SdpOffer::from_sdp_string(offer).unwrap()).unwrap().to_sdp_string()
}

/// Puts a host's packet on its way, which was taken at this time; it leaves when the end is driven next.
pub fn write(rtc: &mut Rtc, sending: Sending, size: Option<&str>, packet: Sent, taken: Instant) {
    let (mid, codec) = if packet.is_video { (sending.video, sending.codec) } else { (sending.audio, Codec::Opus) };
    let pt = rtc.codec_config().params().iter().find(|params| params.spec().codec == codec).unwrap().pt();
    let write = RtpWrite::new(pt, packet.seq.into(), packet.time, taken, packet.payload).nackable(packet.is_video);
    rtc.direct_api().stream_tx_by_mid(mid, size.map(Rid::from)).unwrap().write_rtp(write);
}

/// What a packet of a picture begins with: VP8's descriptor with a 15-bit number (RFC 7741), and of the frame's header the
/// bit that says whether it is a key frame. The number may be another one at the viewer.
pub fn vp8(picture: u16, part: u8, is_key: bool) -> [u8; 5] {
    let begins = if part == 0 { 0x10 } else { 0 };
    let [high, low] = picture.to_be_bytes();
    [0x80 | begins, 0x80, 0x80 | high, low, u8::from(!is_key)]
}
