//! AV1 out of RTP (the payload format of AOM, 1.0), as it stands in a file (AV1 in Matroska): what belongs to one time (a
//! temporal unit) is its parts (OBUs), each with its length; and what a decoder must know first in a record of its own.
//! A picture in several sizes stays as it came: decoders show the largest.

use super::{
    Codec,
    bits::Bits,
    picture::{End, MOST_BYTES, Setup},
};

/// Kinds of parts (AV1, 6.2.2).
const SEQUENCE: u8 = 1;
const DELIMITER: u8 = 2;
const HEADER: u8 = 3;
const FRAME: u8 = 6;
const TILE_LIST: u8 = 8;
const PADDING: u8 = 15;
/// In the head of a part: it has a second byte, and its length stands behind that.
const IS_LONG: u8 = 0x04;
const HAS_LENGTH: u8 = 0x02;
/// A sequence's parameters are some dozen bytes.
const MOST_SEQUENCE_BYTES: usize = 1024;

/// The picture that comes, and what its stream said of all of them.
#[derive(Debug, Default)]
pub struct Unit {
    sequence: Option<Sequence>,
    fragment: Option<Vec<u8>>,
    has_sequence: bool,
    has_frame: bool,
    is_key: bool,
}

impl Unit {
    /// The next packet is of another picture.
    pub fn begin(&mut self) {
        (self.fragment, self.has_sequence, self.has_frame, self.is_key) = (None, false, false, false);
    }

    /// Adds what a packet brings (4.3, 4.4). `None` where it does not fit to those before it.
    pub fn take(&mut self, payload: &[u8], picture: &mut Vec<u8>) -> Option<()> {
        let (head, mut rest) = payload.split_first().filter(|(_, rest)| !rest.is_empty())?;
        let (goes_on, stays_open, count) = (head & 0x80 != 0, head & 0x40 != 0, usize::from(head >> 4 & 0x03));
        if goes_on != self.fragment.is_some() {
            return None;
        }
        let mut number = 0;
        while !rest.is_empty() {
            number += 1;
            let bare = count != 0 && number >= count;
            let bytes = if bare { std::mem::take(&mut rest) } else { sized(&mut rest)? };
            let mut part = self.fragment.take().unwrap_or_default();
            part.extend_from_slice(bytes);
            if !rest.is_empty() || !stays_open {
                self.part(&part, picture)?;
            } else if part.len() <= MOST_BYTES {
                self.fragment = Some(part);
            } else {
                return None;
            }
        }
        (count == 0 || number == count).then_some(())
    }

    fn part(&mut self, part: &[u8], picture: &mut Vec<u8>) -> Option<()> {
        let head = *part.first()?;
        let long = usize::from(head & IS_LONG != 0);
        let mut body = part.get(1 + long..).filter(|_| head & 0x80 == 0)?;
        if head & HAS_LENGTH != 0 {
            body = sized(&mut body)?;
        }
        match head >> 3 & 0x0f {
            // What has no place in a file.
            DELIMITER | TILE_LIST | PADDING => return Some(()),
            SEQUENCE => {
                let read = Sequence::read(body)?;
                self.has_sequence = true;
                if self.sequence.as_ref() != Some(&read) {
                    self.sequence = Some(read);
                }
            }
            HEADER | FRAME if !self.has_frame => {
                self.has_frame = true;
                // It shows an earlier picture, kind, whether it is shown (5.9.2). Those of a still begin otherwise.
                let first = *body.first()?;
                self.is_key = self.sequence.as_ref().is_some_and(|sequence| sequence.is_still) || first & 0xf0 == 0x10;
            }
            _ => {}
        }
        picture.push(head | HAS_LENGTH);
        picture.extend_from_slice(part.get(1..1 + long)?);
        picture.extend(length(body.len()));
        picture.extend_from_slice(body);
        Some(())
    }

    /// The picture has come: what it is.
    pub fn end(&self, picture: &mut Vec<u8>) -> End {
        if self.fragment.is_some() {
            return End::Torn;
        }
        if !self.has_frame {
            return End::Nothing;
        }
        let sequence = self.sequence.as_ref().filter(|_| self.is_key);
        if let Some(sequence) = sequence.filter(|_| !self.has_sequence) {
            // Whoever begins to play here needs it.
            picture.splice(0..0, sequence.part());
        }
        End::Whole(sequence.map(|sequence| Setup { codec: Codec::Av1, width: sequence.width, height: sequence.height, private: sequence.record() }))
    }
}

// The bytes behind a length (AV1, 4.10.5), which are taken away.
fn sized<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let mut length = 0_usize;
    for place in 0..8 {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        length |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            let (sized, rest) = bytes.split_at_checked(length)?;
            *bytes = rest;
            return Some(sized);
        }
    }
    None
}

fn length(mut of: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (of & 0x7f) as u8;
        of >>= 7;
        if of == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// A sequence's parameters (AV1, 5.5), as far as a file's head says them again.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sequence {
    bytes: Vec<u8>,
    width: u16,
    height: u16,
    is_still: bool,
    profile: u8,
    level: u8,
    /// The second byte of the record that is not level and profile: tier, depth and form of colours.
    form: u8,
}

impl Sequence {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut bits = Bits::new(Some(bytes).filter(|bytes| bytes.len() <= MOST_SEQUENCE_BYTES)?);
        let profile = bits.fixed(3).filter(|profile| *profile <= 2)?;
        bits.bit()?;
        let is_still = bits.is_set()?;
        let (level, tier) = if is_still { (bits.fixed(5)?, 0) } else { levels(&mut bits)? };
        let (across, down) = (bits.fixed(4)? + 1, bits.fixed(4)? + 1);
        let (width, height) = (bits.fixed(across)? + 1, bits.fixed(down)? + 1);
        if !is_still && bits.is_set()? {
            bits.fixed(7)?;
        }
        bits.fixed(3)?;
        if !is_still {
            skip_tools(&mut bits)?;
        }
        bits.fixed(3)?;
        let form = tier << 7 | colours(&mut bits, profile)?;
        Some(Self {
            bytes: bytes.to_vec(),
            width: u16::try_from(width).ok()?,
            height: u16::try_from(height).ok()?,
            is_still,
            profile: u8::try_from(profile).ok()?,
            level: u8::try_from(level).ok()?,
            form: u8::try_from(form).ok()?,
        })
    }

    // As a part of a picture.
    fn part(&self) -> Vec<u8> {
        [&[SEQUENCE << 3 | HAS_LENGTH][..], &length(self.bytes.len()), &self.bytes].concat()
    }

    // AV1 in ISOBMFF, 2.3.3.
    fn record(&self) -> Vec<u8> {
        [&[0x81, self.profile << 5 | self.level, self.form, 0][..], &self.part()].concat()
    }
}

// Times and the levels of all ways to decode it: level and tier of the first.
fn levels(bits: &mut Bits<'_>) -> Option<(u32, u32)> {
    let mut delay_bits = None;
    if bits.is_set()? {
        bits.fixed(32)?;
        bits.fixed(32)?;
        if bits.is_set()? {
            bits.number()?;
        }
        if bits.is_set()? {
            delay_bits = Some(bits.fixed(5)? + 1);
            bits.fixed(32)?;
            bits.fixed(10)?;
        }
    }
    let has_display_delay = bits.is_set()?;
    let mut first = None;
    for _ in 0..=bits.fixed(5)? {
        bits.fixed(12)?;
        let level = bits.fixed(5)?;
        let tier = if level > 7 { bits.bit()? } else { 0 };
        first.get_or_insert((level, tier));
        if let Some(delay_bits) = delay_bits
            && bits.is_set()?
        {
            bits.fixed(delay_bits)?;
            bits.fixed(delay_bits)?;
            bits.bit()?;
        }
        if has_display_delay && bits.is_set()? {
            bits.fixed(4)?;
        }
    }
    first
}

// What encoders may make use of.
fn skip_tools(bits: &mut Bits<'_>) -> Option<()> {
    bits.fixed(4)?;
    let has_order = bits.is_set()?;
    if has_order {
        bits.fixed(2)?;
    }
    let is_for_screens = bits.is_set()? || bits.is_set()?;
    if is_for_screens && !bits.is_set()? {
        bits.bit()?;
    }
    if has_order {
        bits.fixed(3)?;
    }
    Some(())
}

// Depth and form of colours, as the record has them (AV1, 5.5.2).
fn colours(bits: &mut Bits<'_>, profile: u32) -> Option<u32> {
    let is_deep = bits.bit()?;
    let is_deeper = if profile == 2 && is_deep == 1 { bits.bit()? } else { 0 };
    let is_grey = if profile == 1 { 0 } else { bits.bit()? };
    let described = if bits.is_set()? { Some(bits.fixed(24)?) } else { None };
    let halves = if is_grey == 1 {
        0b1100
    } else if described == Some(0x01_0d_00) {
        // RGB: sRGB over the primaries of BT.709, as it is.
        0
    } else {
        bits.bit()?;
        let (across, down) = match profile {
            0 => (1, 1),
            1 => (0, 0),
            _ if is_deeper == 1 => {
                let across = bits.bit()?;
                (across, if across == 1 { bits.bit()? } else { 0 })
            }
            _ => (1, 0),
        };
        let place = if across + down == 2 { bits.fixed(2)? } else { 0 };
        across << 3 | down << 2 | place
    };
    Some(is_deep << 6 | is_deeper << 5 | is_grey << 4 | halves)
}
