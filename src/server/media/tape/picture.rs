//! Pictures, put together from their packets: VP8 (RFC 7741) here, others in `h264`, `vp9` and `av1`. One that is not whole is
//! no picture, and neither is one that needs it.

use super::{Codec, Packet, av1, h264, vp9};

/// A larger picture is none.
pub const MOST_BYTES: usize = 2 * 1024 * 1024;

/// What a decoder must know before the first picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    pub codec: Codec,
    pub width: u16,
    pub height: u16,
    /// Of H.264 and AV1: their configuration (ISO/IEC 14496-15; AV1 in ISOBMFF, 2.3).
    pub private: Vec<u8>,
}

/// A frame, as its packets told it.
#[derive(Debug)]
pub struct Whole {
    /// In units of the codec's clock.
    pub time: u32,
    pub at_ms: u64,
    /// Where it stands for itself.
    pub setup: Option<Setup>,
    pub bytes: Vec<u8>,
}

/// What the packets of one time came to.
#[derive(Debug)]
pub enum End {
    /// A picture; with what a decoder must know where it stands for itself.
    Whole(Option<Setup>),
    /// Something that is no picture, and needed by none that is not told of it.
    Nothing,
    /// Less than a picture.
    Torn,
}

/// A picture of which packets come.
#[derive(Debug)]
struct Open {
    codec: Codec,
    time: u32,
    at_ms: u64,
    bytes: Vec<u8>,
    is_torn: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Pictures {
    open: Option<Open>,
    h264: h264::Unit,
    vp9: vp9::Unit,
    av1: av1::Unit,
    /// Nothing is missing since a picture that stood for itself.
    follows: bool,
}

impl Pictures {
    pub fn needs_key(&self) -> bool {
        !self.follows
    }

    /// Packets are missing.
    pub fn gap(&mut self) {
        self.open = None;
        self.begin();
        self.follows = false;
    }

    /// Takes the next packet, and gives the pictures that end with it or ended before it.
    pub fn take(&mut self, packet: &Packet, mut give: impl FnMut(Whole)) {
        // Filling, which is sent to find out how much a network carries.
        if packet.payload.is_empty() {
            return;
        }
        if self.open.as_ref().is_some_and(|open| open.time != packet.time) {
            self.close().into_iter().for_each(&mut give);
        }
        if self.open.is_none() {
            self.begin();
        }
        let open = self.open.get_or_insert_with(|| Open { codec: packet.codec, time: packet.time, at_ms: packet.at_ms, bytes: Vec::new(), is_torn: false });
        let is_taken = match packet.codec {
            Codec::H264 => self.h264.take(&packet.payload, &mut open.bytes),
            Codec::Vp9 => self.vp9.take(&packet.payload, &mut open.bytes),
            Codec::Av1 => self.av1.take(&packet.payload, &mut open.bytes),
            _ => vp8(&packet.payload, &mut open.bytes),
        };
        open.is_torn |= is_taken.is_none() || open.bytes.len() > MOST_BYTES;
        if open.is_torn {
            open.bytes.clear();
        }
        if packet.is_last {
            self.close().into_iter().for_each(give);
        }
    }

    // The next packet is of another picture.
    fn begin(&mut self) {
        self.h264.begin();
        self.vp9.begin();
        self.av1.begin();
    }

    fn close(&mut self) -> Option<Whole> {
        let Open { codec, time, at_ms, mut bytes, is_torn } = self.open.take()?;
        let end = match codec {
            _ if is_torn => End::Torn,
            Codec::H264 => self.h264.end(),
            Codec::Vp9 => self.vp9.end(&mut bytes),
            Codec::Av1 => self.av1.end(&mut bytes),
            _ => vp8_end(&bytes),
        };
        let setup = match end {
            End::Whole(setup) => setup,
            End::Nothing => return None,
            End::Torn => {
                self.follows = false;
                return None;
            }
        };
        self.follows |= setup.is_some();
        self.follows.then_some(Whole { time, at_ms, setup, bytes })
    }
}

// Adds what stands behind the descriptor (RFC 7741, 4.2). The first packet must be the beginning of a picture.
fn vp8(payload: &[u8], picture: &mut Vec<u8>) -> Option<()> {
    let first = *payload.first()?;
    if picture.is_empty() && (first & 0x10 == 0 || first & 0x07 != 0) {
        return None;
    }
    let mut length = 1;
    if first & 0x80 != 0 {
        let more = *payload.get(1)?;
        length += 1;
        if more & 0x80 != 0 {
            length += if payload.get(length)? & 0x80 != 0 { 2 } else { 1 };
        }
        length += usize::from(more & 0x40 != 0) + usize::from(more & 0x30 != 0);
    }
    let rest = payload.get(length..).filter(|rest| !rest.is_empty())?;
    picture.extend_from_slice(rest);
    Some(())
}

// A picture that says that it stands for itself must tell its size.
fn vp8_end(picture: &[u8]) -> End {
    match vp8_setup(picture) {
        None if picture.first().is_none_or(|first| first & 0x01 == 0) => End::Torn,
        setup => End::Whole(setup),
    }
}

// What the head of a key frame says (RFC 6386, 9.1).
fn vp8_setup(picture: &[u8]) -> Option<Setup> {
    let [first, _, _, 0x9d, 0x01, 0x2a, w_low, w_high, h_low, h_high, ..] = *picture else { return None };
    // Above the sizes stand factors for a display, which nobody uses.
    let (width, height) = (u16::from_le_bytes([w_low, w_high]) & 0x3fff, u16::from_le_bytes([h_low, h_high]) & 0x3fff);
    (first & 0x01 == 0 && width > 0 && height > 0).then(|| Setup { codec: Codec::Vp8, width, height, private: Vec::new() })
}
