//! A packet of the host on its way to a viewer: under other numbers, as what the viewer's browser calls its codec, with what
//! belongs to the picture and nothing else of the host's connection.

use str0m::{
    format::PayloadParams,
    media::{MediaTime, Mid, Pt},
    rtp::{ExtensionValues, RtpWrite},
};

use super::Peer;
use crate::server::sfu::{
    core::{Kind, Packet, Playout, Rewritten},
    payload::Media,
};

/// For how long a browser may hold a picture back at least and at most, in hundredths of a second: what is enough that motion
/// is even where the network is; and what browsers do of their own accord.
const PROMPTLY: (u64, u64) = (2, 2);
const EVENLY: (u64, u64) = (0, 1000);

impl Peer {
    /// The host's payload types may mean something else from now on.
    pub fn forget_types(&mut self) {
        self.types.clear();
    }

    /// Sends a packet of the host on, under these numbers. Nothing where the viewer's browser cannot decode it.
    pub fn send(&mut self, facts: &Packet, Media { params, look, packet }: &Media, rewritten: Rewritten) -> bool {
        let kind = facts.kind;
        let Some(pt) = self.payload_type(kind, params) else { return false };
        let mid = self.mid(kind);
        let mut direct = self.rtc.direct_api();
        let Some(stream) = mid.and_then(|mid| direct.stream_tx_by_mid(mid, None)) else { return false };
        let write = RtpWrite::new(pt, rewritten.seq.into(), rewritten.time, facts.at, packet.payload.clone());
        let write = write.marker(packet.header.marker).nackable(kind == Kind::Video).ext_vals(extensions(&packet.header.ext_vals, rewritten.playout));
        let write = match rewritten.picture.and_then(|picture| look.renumbered(picture)) {
            Some(patch) => write.vp8_patch(patch),
            None => write,
        };
        stream.write_rtp(write);
        true
    }

    fn mid(&self, kind: Kind) -> Option<Mid> {
        match kind {
            Kind::Audio => self.audio,
            Kind::Video => self.video,
        }
    }

    fn payload_type(&mut self, kind: Kind, params: &PayloadParams) -> Option<Pt> {
        if let Some((_, known)) = self.types.iter().find(|(pt, _)| *pt == params.pt()) {
            return *known;
        }
        let taken = self.rtc.media(self.mid(kind)?)?.remote_pts();
        let own = self.rtc.codec_config().params().iter().filter(|own| taken.contains(&own.pt()));
        let found = own.clone().find(|own| own.spec() == params.spec()).or_else(|| own.clone().find(|own| is_alike(own, params))).map(PayloadParams::pt);
        self.types.push((params.pt(), found));
        found
    }
}

// What the picture looks like belongs to it; everything else of the host's connection is made anew for the viewer's.
fn extensions(values: &ExtensionValues, playout: Option<Playout>) -> ExtensionValues {
    let delays = playout.map(|playout| match playout {
        Playout::Promptly => PROMPTLY,
        Playout::Evenly => EVENLY,
    });
    ExtensionValues {
        play_delay_min: delays.map(|(min, _)| MediaTime::from_hundredths(min)),
        play_delay_max: delays.map(|(_, max)| MediaTime::from_hundredths(max)),
        audio_level: values.audio_level,
        voice_activity: values.voice_activity,
        video_orientation: values.video_orientation,
        ..ExtensionValues::default()
    }
}

// Whether what one encodes the other decodes, though they describe it otherwise.
fn is_alike(one: &PayloadParams, other: &PayloadParams) -> bool {
    let (one, other) = (one.spec(), other.spec());
    let profile = |level_id: Option<u32>| level_id.map(|id| id >> 8);
    one.codec == other.codec
        && one.format.packetization_mode.unwrap_or(0) == other.format.packetization_mode.unwrap_or(0)
        && profile(one.format.profile_level_id) == profile(other.format.profile_level_id)
        && one.format.profile_id.unwrap_or(0) == other.format.profile_id.unwrap_or(0)
}
