//! What the list of tracks says of each: kind, codec, and what its decoder must know.

use crate::server::media::ebml;

const TRACK_ENTRY: u32 = 0xae;
const TRACK_NUMBER: u32 = 0xd7;
const TRACK_TYPE: u32 = 0x83;
const CODEC: u32 = 0x86;
const CODEC_PRIVATE: u32 = 0x63a2;
const VIDEO: u64 = 1;

/// Codecs of pictures.
pub const VP8: &[u8] = b"V_VP8";
pub const VP9: &[u8] = b"V_VP9";
pub const AVC: &[u8] = b"V_MPEG4/ISO/AVC";
pub const AV1: &[u8] = b"V_AV1";

/// A track, as far as joining needs to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    pub number: u8,
    pub kind: u64,
    codec: Vec<u8>,
    private: Vec<u8>,
}

impl Track {
    pub fn is_video(&self) -> bool {
        self.kind == VIDEO
    }

    /// The codec as browsers name it (RFC 6381).
    pub fn codec_name(&self) -> Option<String> {
        Some(match (self.codec.as_slice(), self.private.as_slice()) {
            (VP8, _) => "vp8".to_owned(),
            (VP9, _) => "vp9".to_owned(),
            // Profile, what it keeps to, and level stand in front of the decoder's settings (ISO/IEC 14496-15).
            (AVC, [_, profile, compatible, level, ..]) => format!("avc1.{profile:02x}{compatible:02x}{level:02x}"),
            // Profile and level, tier and depth of colours (AV1 in ISOBMFF, 2.3 and 5).
            (AV1, [_, level, form, ..]) => {
                let tier = if form & 0x80 == 0 { 'M' } else { 'H' };
                let depth = if form & 0x40 == 0 { 8 } else { 10 + u8::from(form & 0x20 != 0) * 2 };
                format!("av01.{}.{:02}{tier}.{depth:02}", level >> 5, level & 0x1f)
            }
            (b"A_OPUS", _) => "opus".to_owned(),
            (b"A_VORBIS", _) => "vorbis".to_owned(),
            _ => return None,
        })
    }

    /// Whether a decoder that was set up for one goes on with the other.
    pub fn fits(&self, other: &Self) -> bool {
        (self.kind, &self.codec) == (other.kind, &other.codec) && goes_on(&self.codec, &self.private, &other.private)
    }
}

/// Whether a decoder of this codec that was set up by one record goes on with pictures of the other. Those of AV1 that stand for
/// themselves say everything again, so that size and level may change; profile, depth and form of colours may not.
pub fn goes_on(codec: &[u8], record: &[u8], other: &[u8]) -> bool {
    match (codec, record, other) {
        (AV1, [_, level, form, ..], [_, other_level, other_form, ..]) => (level >> 5, form & 0x7f) == (other_level >> 5, other_form & 0x7f),
        _ => record == other,
    }
}

/// The tracks in the body of their list, without those that cannot be read and those that are called as another is.
pub fn read_tracks(body: &[u8]) -> Vec<Track> {
    let entries = ebml::children(body).filter(|(id, _)| *id == TRACK_ENTRY);
    let track = |(_, entry): (u32, &[u8])| {
        let field = |wanted: u32| ebml::children(entry).find(|(id, _)| *id == wanted).map(|(_, body)| body);
        let number = ebml::unsigned(field(TRACK_NUMBER)?).filter(|number| (1..0x7f).contains(number))?;
        Some(Track {
            number: u8::try_from(number).ok()?,
            kind: ebml::unsigned(field(TRACK_TYPE)?)?,
            codec: field(CODEC).unwrap_or_default().to_vec(),
            private: field(CODEC_PRIVATE).unwrap_or_default().to_vec(),
        })
    };
    let mut tracks: Vec<Track> = Vec::new();
    for track in entries.filter_map(track) {
        if !tracks.iter().any(|other| other.number == track.number) {
            tracks.push(track);
        }
    }
    tracks
}
