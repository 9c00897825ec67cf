//! One end of a media connection ([WebRTC 4](https://www.w3.org/TR/webrtc/#rtcpeerconnection-interface)).
//!
//! Owns the connection and its listeners: dropped, it is silent first, then closed. Operations are futures that do not
//! borrow the peer; where it is dropped meanwhile they never finish, so nobody may hold anything precious across them.

use std::{cell::RefCell, future::Future, rc::Rc};

use js_sys::{Array, Map};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    MediaStream, MediaStreamTrack, RtcConfiguration, RtcIceCandidateInit, RtcIceServer, RtcOfferOptions, RtcPeerConnection, RtcPeerConnectionIceEvent,
    RtcRtpParameters, RtcRtpSender, RtcRtpTransceiver, RtcRtpTransceiverDirection, RtcRtpTransceiverInit, RtcSdpType, RtcSessionDescriptionInit, RtcTrackEvent,
};

use super::{
    candidates::CandidateQueue,
    error::MediaError,
    head_start::EarlyPeer,
    js,
    listener::EventListener,
    page,
    sizes::{NAMES, SizeSent, Sizes, sizes_of},
    stats::Sample,
};
use crate::protocol::signal::{IceCandidate, IceServer, SessionDescription};

/// Where a connection stands, ICE and DTLS together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerState {
    New,
    Connecting,
    Connected,
    /// Nothing heard for a while; it may come back by itself.
    Disconnected,
    /// It will not come back without an ICE restart.
    Failed,
    Closed,
}

impl PeerState {
    /// The name of the platform for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Disconnected => "disconnected",
            Self::Failed => "failed",
            Self::Closed => "closed",
        }
    }

    fn named(name: &str) -> Self {
        match name {
            "connecting" => Self::Connecting,
            "connected" => Self::Connected,
            "disconnected" => Self::Disconnected,
            "failed" => Self::Failed,
            "closed" => Self::Closed,
            _ => Self::New,
        }
    }
}

/// What a peer tells.
#[derive(Debug, Clone)]
pub enum PeerEvent {
    /// One of our addresses, for the other side.
    Candidate(IceCandidate),
    State(PeerState),
    /// The other side sends this.
    Stream(MediaStream),
}

/// Whether an offer keeps the path through the network or looks for a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IcePath {
    Keep,
    Restart,
}

/// One connection.
#[derive(Debug)]
pub struct Peer {
    raw: RtcPeerConnection,
    remote: Rc<RefCell<CandidateQueue>>,
    listeners: Vec<EventListener>,
}

impl Peer {
    /// A connection that has not begun.
    ///
    /// # Errors
    /// A browser without WebRTC, or a server address that it cannot read.
    pub fn new(ice_servers: &[IceServer], tell: impl Fn(PeerEvent) + Clone + 'static) -> Result<Self, MediaError> {
        Ok(Self::listen(RtcPeerConnection::new_with_configuration(&configuration(ice_servers))?, tell))
    }

    /// Goes on with a connection whose offer was taken already.
    pub fn take_over(early: EarlyPeer, tell: impl Fn(PeerEvent) + Clone + 'static) -> Self {
        let peer = Self::listen(early.raw, tell);
        let (raw, remote) = (peer.raw.clone(), peer.remote.clone());
        wasm_bindgen_futures::spawn_local(async move {
            if JsFuture::from(early.described).await.is_ok() {
                add_all(&raw, remote.borrow_mut().open());
            }
        });
        peer
    }

    fn listen(raw: RtcPeerConnection, tell: impl Fn(PeerEvent) + Clone + 'static) -> Self {
        let (candidate, state, stream) = (tell.clone(), tell.clone(), tell);
        let whole: RefCell<Option<MediaStream>> = RefCell::default();
        let connection = raw.clone();
        let listeners = vec![
            EventListener::new::<RtcPeerConnectionIceEvent>(&raw, "icecandidate", move |event| {
                // Null ends the candidates; the other side needs no word about it, checks simply run out.
                if let Some(found) = event.candidate().filter(|found| !found.candidate().is_empty()) {
                    candidate(PeerEvent::Candidate(IceCandidate {
                        candidate: found.candidate(),
                        sdp_mid: found.sdp_mid(),
                        sdp_m_line_index: found.sdp_m_line_index(),
                        username_fragment: js::text(&found, "usernameFragment"),
                    }));
                }
            }),
            EventListener::new::<web_sys::Event>(&raw, "connectionstatechange", move |_| state(PeerEvent::State(state_of(&connection)))),
            EventListener::new::<RtcTrackEvent>(&raw, "track", move |event| {
                // An end that names no stream, or one for each track, means all of it to be one.
                let named = event.streams().get(0).dyn_into::<MediaStream>().ok();
                let known = whole.borrow().clone();
                let Some(found) = known.or_else(|| named.clone()).or_else(|| MediaStream::new().ok()) else { return };
                if named.as_ref() != Some(&found) {
                    found.add_track(&event.track());
                }
                whole.replace(Some(found.clone()));
                stream(PeerEvent::Stream(found));
            }),
        ];
        Self { raw, remote: Rc::default(), listeners }
    }

    /// Where it stands now.
    pub fn state(&self) -> PeerState {
        state_of(&self.raw)
    }

    /// Adds something to send; without a track, the place for one. Call before the offer.
    pub fn send(&self, kind: TrackKind, sizes: Sizes, track: Option<&MediaStreamTrack>, stream: &MediaStream) -> Sending {
        let init = RtcRtpTransceiverInit::new();
        if kind == TrackKind::Video && sizes == Sizes::Three {
            js::set(&init, "sendEncodings", encodings_of(track));
        }
        init.set_direction(RtcRtpTransceiverDirection::Sendonly);
        init.set_streams(&Array::of1(stream));
        let transceiver = match track {
            Some(track) => self.raw.add_transceiver_with_media_stream_track_and_init(track, &init),
            None => self.raw.add_transceiver_with_str_and_init(kind.name(), &init),
        };
        if kind == TrackKind::Video {
            prefer_vp8(&transceiver);
        }
        Sending { raw: transceiver.sender() }
    }

    /// Our offer, already set as the local description.
    pub fn offer(&self, path: IcePath) -> impl Future<Output = Result<SessionDescription, MediaError>> + use<> {
        let raw = self.raw.clone();
        async move {
            let options = RtcOfferOptions::new();
            options.set_ice_restart(path == IcePath::Restart);
            let offer = JsFuture::from(raw.create_offer_with_rtc_offer_options(&options)).await?;
            set_local(&raw, offer).await
        }
    }

    /// Our offer to take picture and sound of whoever answers it, already set as the local description.
    pub fn offer_to_receive(&self) -> impl Future<Output = Result<SessionDescription, MediaError>> + use<> {
        for kind in [TrackKind::Audio, TrackKind::Video] {
            let init = RtcRtpTransceiverInit::new();
            init.set_direction(RtcRtpTransceiverDirection::Recvonly);
            self.raw.add_transceiver_with_str_and_init(kind.name(), &init);
        }
        self.offer(IcePath::Keep)
    }

    /// Takes an offer and gives our answer, already set as the local description.
    pub fn answer(&self, offer: &SessionDescription) -> impl Future<Output = Result<SessionDescription, MediaError>> + use<> {
        let (raw, remote) = (self.raw.clone(), self.remote.clone());
        let offer = description(RtcSdpType::Offer, &offer.sdp);
        async move {
            JsFuture::from(raw.set_remote_description(&offer)).await?;
            add_all(&raw, remote.borrow_mut().open());
            let answer = JsFuture::from(raw.create_answer()).await?;
            set_local(&raw, answer).await
        }
    }

    /// Takes the answer to our offer.
    pub fn accept(&self, answer: &SessionDescription) -> impl Future<Output = Result<(), MediaError>> + use<> {
        let (raw, remote) = (self.raw.clone(), self.remote.clone());
        let answer = description(RtcSdpType::Answer, &answer.sdp);
        async move {
            JsFuture::from(raw.set_remote_description(&answer)).await?;
            add_all(&raw, remote.borrow_mut().open());
            Ok(())
        }
    }

    /// Takes an address of the other side, now or once its description is here.
    pub fn add_candidate(&self, candidate: IceCandidate) {
        if let Some(candidate) = self.remote.borrow_mut().push(candidate) {
            add_all(&self.raw, vec![candidate]);
        }
    }

    /// The counters now; `None` where the connection is gone.
    pub fn sample(&self) -> impl Future<Output = Option<Sample>> + use<> {
        let raw = self.raw.clone();
        async move {
            let report = JsFuture::from(raw.get_stats()).await.ok()?;
            let mut sample = Sample { at_ms: page::now_ms(), ..Sample::default() };
            // A report is a read-only map: it has the `forEach` of one.
            report.unchecked_ref::<Map>().for_each(&mut |entry, _| {
                let is_chosen =
                    js::get(&entry, "nominated").is_some_and(|value| value.is_truthy()) && js::text(&entry, "state").as_deref() == Some("succeeded");
                if let Some(entry_type) = js::text(&entry, "type") {
                    sample.add(&entry_type, js::text(&entry, "kind").as_deref(), is_chosen, |name| js::number(&entry, name));
                }
            });
            Some(sample)
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.listeners.clear();
        self.raw.close();
    }
}

/// Video or sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackKind {
    Video,
    Audio,
}

impl TrackKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Audio => "audio",
        }
    }
}

/// A place in a connection that sends one track.
#[derive(Debug)]
pub struct Sending {
    raw: RtcRtpSender,
}

impl Sending {
    /// Sends another track from the next frame on, or nothing. The other side notices no change of the connection.
    pub fn replace(&self, track: Option<&MediaStreamTrack>) -> impl Future<Output = ()> + use<> {
        let done = self.raw.replace_track(track);
        // It is refused only once the connection is closed, where it does not matter.
        async move {
            let _ = JsFuture::from(done).await;
        }
    }

    /// Caps the bit rate of each size, the smallest first, and says what to give up when bandwidth or processor run short:
    /// frames, not size. Left alone, Chromium sends a 720p camera at 270 to 540 lines, where no label on a product can be read.
    /// Of several sizes it sends those that the picture of this moment has room for: to be called again with another track.
    pub fn limit(&self, max_kbps: &'static [u32]) -> impl Future<Output = ()> + use<> {
        let sender = self.raw.clone();
        async move {
            let parameters: RtcRtpParameters = sender.get_parameters();
            js::set(&parameters, "degradationPreference", "maintain-resolution");
            let encodings: Vec<JsValue> = parameters.get_encodings().unwrap_or_default().iter().collect();
            if let (Ok(max_kbps), true) = (<[u32; 3]>::try_from(max_kbps), encodings.len() == NAMES.len()) {
                let sent = sizes_of(sender.track().as_ref().and_then(pixels), max_kbps);
                encodings.iter().zip(sent).for_each(|(encoding, size)| describe(encoding, size));
            }
            // A browser that sends fewer sizes sends the largest.
            let fewer = encodings.iter().rev().filter(|_| encodings.len() < NAMES.len());
            for (encoding, max_kbps) in fewer.zip(max_kbps.iter().rev()) {
                js::set(encoding, "maxBitrate", max_kbps.saturating_mul(1000));
            }
            // A browser that does not know the preference refuses; it still sends.
            let _ = JsFuture::from(sender.set_parameters_with_parameters(&parameters)).await;
        }
    }
}

// What leaves first when the network or the processor of the host are weak is the largest: browsers see to that themselves.
fn encodings_of(track: Option<&MediaStreamTrack>) -> Array {
    let sent = sizes_of(track.and_then(pixels), [0; 3]);
    NAMES
        .into_iter()
        .zip(sent)
        .map(|(rid, size)| {
            let encoding = js_sys::Object::new();
            js::set(&encoding, "rid", rid);
            describe(&encoding, size);
            JsValue::from(encoding)
        })
        .collect()
}

fn describe(encoding: &JsValue, size: SizeSent) {
    js::set(encoding, "active", size.is_active);
    js::set(encoding, "scaleResolutionDownBy", size.scale_down_by);
    if size.max_kbps > 0 {
        js::set(encoding, "maxBitrate", size.max_kbps.saturating_mul(1000));
    }
}

/// Width and height of what a track shows, as far as the browser says.
fn pixels(track: &MediaStreamTrack) -> Option<(u32, u32)> {
    let settings = track.get_settings();
    let side = |name| js::number(&settings, name).filter(|side| *side >= 1.0).map(|side| side as u32);
    side("width").zip(side("height"))
}

fn configuration(ice_servers: &[IceServer]) -> RtcConfiguration {
    let servers = Array::new();
    for server in ice_servers {
        let entry = RtcIceServer::new();
        entry.set_urls(&server.urls.iter().map(|url| JsValue::from_str(url)).collect::<Array>());
        if let Some(username) = &server.username {
            entry.set_username(username);
        }
        if let Some(credential) = &server.credential {
            entry.set_credential(credential);
        }
        servers.push(&entry);
    }
    let configuration = RtcConfiguration::new();
    configuration.set_ice_servers(&servers);
    // One transport for video and sound: half the candidates, half the time.
    js::set(&configuration, "bundlePolicy", "max-bundle");
    configuration
}

fn state_of(raw: &RtcPeerConnection) -> PeerState {
    js::text(raw, "connectionState").map_or(PeerState::New, |name| PeerState::named(&name))
}

fn description(kind: RtcSdpType, sdp: &str) -> RtcSessionDescriptionInit {
    let init = RtcSessionDescriptionInit::new(kind);
    init.set_sdp(sdp);
    init
}

async fn set_local(raw: &RtcPeerConnection, made: JsValue) -> Result<SessionDescription, MediaError> {
    let made: RtcSessionDescriptionInit = made.unchecked_into();
    let kind = js::text(&made, "type").unwrap_or_default();
    let sdp = made.get_sdp().unwrap_or_default();
    JsFuture::from(raw.set_local_description(&made)).await?;
    Ok(SessionDescription { kind, sdp })
}

fn add_all(raw: &RtcPeerConnection, candidates: Vec<IceCandidate>) {
    for candidate in candidates {
        let init = RtcIceCandidateInit::new(&candidate.candidate);
        init.set_sdp_mid(candidate.sdp_mid.as_deref());
        init.set_sdp_m_line_index(candidate.sdp_m_line_index);
        if let Some(fragment) = &candidate.username_fragment {
            js::set(&init, "usernameFragment", fragment.as_str());
        }
        let added = raw.add_ice_candidate_with_opt_rtc_ice_candidate_init(Some(&init));
        // One that cannot be read is one path less, not an error: others may do.
        wasm_bindgen_futures::spawn_local(async move {
            let _ = JsFuture::from(added).await;
        });
    }
}

// VP8 is the codec that every browser has in both directions, and the cheapest to encode once per viewer.
fn prefer_vp8(transceiver: &RtcRtpTransceiver) {
    let codecs = js::get(&js_sys::global(), "RTCRtpSender")
        .and_then(|class| js::call(&class, "getCapabilities", &["video".into()]))
        .and_then(|capabilities| js::get(&capabilities, "codecs"));
    let Some(codecs) = codecs.and_then(|codecs| codecs.dyn_into::<Array>().ok()) else { return };
    let is_vp8 = |codec: &JsValue| js::text(codec, "mimeType").is_some_and(|name| name.eq_ignore_ascii_case("video/vp8"));
    let (first, rest): (Vec<_>, Vec<_>) = codecs.iter().partition(is_vp8);
    if !first.is_empty() {
        let ordered: Array = first.into_iter().chain(rest).collect();
        js::call(transceiver, "setCodecPreferences", &[ordered.into()]);
    }
}
