//! H.264 out of RTP (RFC 6184), as it stands in a file (ISO/IEC 14496-15): each part of a picture behind its length, and what
//! a decoder must know first in a record of its own.

use super::{
    Codec,
    bits::Bits,
    picture::{End, Setup},
};

const SLICE: u8 = 1;
const SLICE_OF_KEY: u8 = 5;
const SEQUENCE: u8 = 7;
const PICTURES: u8 = 8;
const DELIMITER: u8 = 9;
const FILLER: u8 = 12;
const SEVERAL: u8 = 24;
const FRAGMENT: u8 = 28;
/// Sets of parameters that are kept, and the most bytes of one.
const MOST_SETS: usize = 8;
const MOST_SET_BYTES: usize = 1024;

/// The picture that comes, and what its stream said of all of them.
#[derive(Debug, Default)]
pub struct Unit {
    sequence: Option<Sequence>,
    pictures: Vec<Vec<u8>>,
    fragment: Option<Vec<u8>>,
    has_slice: bool,
    is_key: bool,
}

impl Unit {
    /// The next packet is of another picture.
    pub fn begin(&mut self) {
        (self.fragment, self.has_slice, self.is_key) = (None, false, false);
    }

    /// Adds what a packet brings. `None` where it does not fit to those before it.
    pub fn take(&mut self, payload: &[u8], picture: &mut Vec<u8>) -> Option<()> {
        let first = *payload.first()?;
        match (first & 0x1f, self.fragment.take()) {
            (FRAGMENT, fragment) => {
                let (head, rest) = (*payload.get(1)?, payload.get(2..)?);
                let mut part = match (head & 0x80 != 0, fragment) {
                    (true, None) => vec![first & 0xe0 | head & 0x1f],
                    (false, Some(part)) => part,
                    _ => return None,
                };
                part.extend_from_slice(rest);
                if head & 0x40 != 0 {
                    return self.part(&part, picture);
                }
                self.fragment = (part.len() <= super::picture::MOST_BYTES).then_some(part);
                self.fragment.as_ref().map(|_| ())
            }
            (_, Some(_)) => None,
            (SEVERAL, None) => {
                let mut rest = payload.get(1..)?;
                while let [high, low, behind @ ..] = rest {
                    let (part, after) = behind.split_at_checked(usize::from(u16::from_be_bytes([*high, *low])))?;
                    self.part(part, picture)?;
                    rest = after;
                }
                Some(())
            }
            (1..=23, None) => self.part(payload, picture),
            _ => None,
        }
    }

    fn part(&mut self, part: &[u8], picture: &mut Vec<u8>) -> Option<()> {
        match *part.first()? & 0x1f {
            SEQUENCE => {
                let read = Sequence::read(part)?;
                if self.sequence.as_ref() != Some(&read) {
                    self.pictures.clear();
                    self.sequence = Some(read);
                }
            }
            PICTURES => {
                if !self.pictures.iter().any(|known| known == part) && self.pictures.len() < MOST_SETS && part.len() <= MOST_SET_BYTES {
                    self.pictures.push(part.to_vec());
                }
            }
            DELIMITER | FILLER => {}
            kind => {
                if (SLICE..=SLICE_OF_KEY).contains(&kind) {
                    // The first slice begins with the picture's first block: the number 0 is a single bit.
                    if !std::mem::replace(&mut self.has_slice, true) && part.get(1)? & 0x80 == 0 {
                        return None;
                    }
                    self.is_key |= kind == SLICE_OF_KEY;
                }
                picture.extend_from_slice(&u32::try_from(part.len()).ok()?.to_be_bytes());
                picture.extend_from_slice(part);
            }
        }
        Some(())
    }

    /// The picture has come: what it is.
    pub fn end(&self) -> End {
        if self.fragment.is_some() {
            return End::Torn;
        }
        // What only prepares for pictures to come is none.
        if self.has_slice { End::Whole(self.setup()) } else { End::Nothing }
    }

    // What a decoder must know, where this picture stands for itself.
    fn setup(&self) -> Option<Setup> {
        let sequence = self.sequence.as_ref().filter(|_| self.is_key && !self.pictures.is_empty())?;
        let (width, height) = (sequence.width, sequence.height);
        Some(Setup { codec: Codec::H264, width, height, private: sequence.record(&self.pictures)? })
    }
}

/// A sequence's parameters (H.264, 7.3.2.1.1), as far as a file's head says them again.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sequence {
    bytes: Vec<u8>,
    width: u16,
    height: u16,
    /// Of profiles that have it: form and depth of colours.
    colours: Option<[u8; 3]>,
}

impl Sequence {
    fn read(bytes: &[u8]) -> Option<Self> {
        let plain = plain(bytes.get(1..).filter(|body| body.len() <= MOST_SET_BYTES)?);
        let mut bits = Bits::new(plain.get(3..)?);
        bits.number()?;
        let mut colours = None;
        let mut form = 1;
        if matches!(*plain.first()?, 100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128 | 138 | 139 | 134 | 135) {
            form = bits.number().filter(|form| *form <= 3)?;
            if form == 3 {
                bits.bit()?;
            }
            let depths = [bits.number().filter(|depth| *depth <= 6)?, bits.number().filter(|depth| *depth <= 6)?];
            colours = Some([u8::try_from(form).ok()?, u8::try_from(depths[0]).ok()?, u8::try_from(depths[1]).ok()?]);
            bits.bit()?;
            if bits.bit()? == 1 {
                for list in 0..if form == 3 { 12 } else { 8 } {
                    if bits.bit()? == 1 {
                        skip_scaling(&mut bits, if list < 6 { 16 } else { 64 })?;
                    }
                }
            }
        }
        bits.number()?;
        match bits.number()? {
            0 => {
                bits.number()?;
            }
            1 => {
                bits.bit()?;
                bits.number()?;
                bits.number()?;
                for _ in 0..bits.number().filter(|count| *count <= 255)? {
                    bits.number()?;
                }
            }
            _ => {}
        }
        bits.number()?;
        bits.bit()?;
        let (across, down) = (bits.number()?, bits.number()?);
        let fields = 2 - bits.bit()?;
        if fields == 2 {
            bits.bit()?;
        }
        bits.bit()?;
        let cut = if bits.bit()? == 1 { [bits.number()?, bits.number()?, bits.number()?, bits.number()?] } else { [0; 4] };
        let unit_across = if form == 1 || form == 2 { 2 } else { 1 };
        let unit_down = if form == 1 { 2 } else { 1 } * fields;
        let size = |blocks: u32, cut: [u32; 2], unit: u32| {
            let whole = blocks.checked_add(1)?.checked_mul(16)?;
            let cut = cut[0].checked_add(cut[1])?.checked_mul(unit)?;
            u16::try_from(whole.checked_sub(cut)?).ok().filter(|size| *size > 0)
        };
        let (width, height) =
            (size(across, [cut[0], cut[1]], unit_across)?, size(down.checked_add(1)?.checked_mul(fields)?.checked_sub(1)?, [cut[2], cut[3]], unit_down)?);
        Some(Self { bytes: bytes.to_vec(), width, height, colours })
    }

    // ISO/IEC 14496-15, 5.3.3.1.
    fn record(&self, pictures: &[Vec<u8>]) -> Option<Vec<u8>> {
        let sized = |set: &[u8]| Some([&u16::try_from(set.len()).ok()?.to_be_bytes()[..], set].concat());
        let mut record = [&[1][..], self.bytes.get(1..4)?, &[0xff, 0xe1]].concat();
        record.extend(sized(&self.bytes)?);
        record.push(u8::try_from(pictures.len()).ok()?);
        for set in pictures {
            record.extend(sized(set)?);
        }
        // Those of the basic profiles end here.
        if let Some([form, luma, chroma]) = self.colours.filter(|_| matches!(self.bytes.get(1), Some(100 | 110 | 122 | 144))) {
            record.extend([0xfc | form, 0xf8 | luma, 0xf8 | chroma, 0]);
        }
        Some(record)
    }
}

// Without the bytes that keep a start code from appearing (7.4.1).
fn plain(bytes: &[u8]) -> Vec<u8> {
    let mut zeros = 0;
    let is_kept = |byte: &u8| {
        let is_kept = !(zeros >= 2 && *byte == 3);
        zeros = if *byte == 0 { zeros + 1 } else { 0 };
        is_kept
    };
    bytes.iter().copied().filter(is_kept).collect()
}

// 7.3.2.1.1.1.
fn skip_scaling(bits: &mut Bits<'_>, count: u32) -> Option<()> {
    let mut last = 8;
    for _ in 0..count {
        let next = (last + bits.signed()?).rem_euclid(256);
        if next == 0 {
            break;
        }
        last = next;
    }
    Some(())
}
