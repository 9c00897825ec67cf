//! VP9 out of RTP (RFC 9628). A picture may be of several frames, one for each size in which it can be seen (spatial layers):
//! all of them are kept, as one superframe (VP9, annex B), of which a decoder shows the largest.

use super::{
    Codec,
    bits::Bits,
    picture::{End, Setup},
};

/// Of one picture (4.2).
const MOST_LAYERS: usize = 8;
/// The most pictures that one refers to (4.2).
const MOST_REFERENCES: usize = 3;
/// A superframe's index begins and ends with this, the width of its numbers (four bytes) and how many there are.
const INDEX: u8 = 0b110 << 5 | 3 << 3;

type Size = (u16, u16);

/// The picture that comes.
#[derive(Debug, Default)]
pub struct Unit {
    /// Where in it the frame of each layer begins.
    layers: Vec<usize>,
    /// The number of the last of them.
    highest: usize,
    /// How large each layer is, where the stream says it.
    sizes: Vec<Size>,
}

impl Unit {
    /// The next packet is of another picture.
    pub fn begin(&mut self) {
        self.layers.clear();
        self.sizes.clear();
        self.highest = 0;
    }

    /// Adds what a packet brings. `None` where it does not fit to those before it.
    pub fn take(&mut self, payload: &[u8], picture: &mut Vec<u8>) -> Option<()> {
        let head = Descriptor::read(payload)?;
        if head.begins {
            let is_next = self.layers.is_empty() || head.layer > self.highest;
            if !is_next || self.layers.len() >= MOST_LAYERS {
                return None;
            }
            self.layers.push(picture.len());
            self.highest = head.layer;
        } else if self.layers.is_empty() || head.layer != self.highest {
            return None;
        }
        if !head.sizes.is_empty() {
            self.sizes = head.sizes;
        }
        let rest = payload.get(head.length..).filter(|rest| !rest.is_empty())?;
        picture.extend_from_slice(rest);
        Some(())
    }

    /// The picture has come: what it is.
    pub fn end(&self, picture: &mut Vec<u8>) -> End {
        let Some(key) = Frame::read(picture) else { return End::Torn };
        if self.layers.len() > 1 {
            let Some(index) = self.index(picture.len()) else { return End::Torn };
            picture.extend(index);
        }
        let setup = |own: Size| {
            // The frame that stands for itself is the smallest; the others of its picture are made from it.
            let told = self.sizes.get(self.highest).filter(|(width, height)| self.layers.len() > 1 && *width > 0 && *height > 0);
            let (width, height) = told.copied().unwrap_or(own);
            Setup { codec: Codec::Vp9, width, height, private: Vec::new() }
        };
        End::Whole(match key {
            Frame::Key(own) => Some(setup(own)),
            Frame::Other => None,
        })
    }

    // How long each frame is (annex B.3).
    fn index(&self, length: usize) -> Option<Vec<u8>> {
        let mark = INDEX | u8::try_from(self.layers.len() - 1).ok()?;
        let mut index = vec![mark];
        for (number, from) in self.layers.iter().enumerate() {
            let to = self.layers.get(number + 1).copied().unwrap_or(length);
            index.extend(u32::try_from(to.checked_sub(*from)?).ok()?.to_le_bytes());
        }
        index.push(mark);
        Some(index)
    }
}

/// What stands in front of the bytes of a frame (4.2).
#[derive(Debug, PartialEq, Eq)]
struct Descriptor {
    length: usize,
    /// A frame begins.
    begins: bool,
    layer: usize,
    sizes: Vec<Size>,
}

impl Descriptor {
    fn read(payload: &[u8]) -> Option<Self> {
        let mut rest = payload;
        let mut byte = || {
            let (first, behind) = rest.split_first()?;
            rest = behind;
            Some(*first)
        };
        let first = byte()?;
        let is_flexible = first & 0x10 != 0;
        if first & 0x80 != 0 && byte()? & 0x80 != 0 {
            byte()?;
        }
        let mut layer = 0;
        if first & 0x20 != 0 {
            layer = usize::from(byte()? >> 1 & 0x07);
            if !is_flexible {
                byte()?;
            }
        }
        if is_flexible && first & 0x40 != 0 {
            let mut count = 1;
            while byte()? & 0x01 != 0 {
                count += 1;
                if count > MOST_REFERENCES {
                    return None;
                }
            }
        }
        let mut sizes = Vec::new();
        if first & 0x02 != 0 {
            let head = byte()?;
            if head & 0x10 != 0 {
                for _ in 0..=head >> 5 {
                    let mut side = || Some(u16::from_be_bytes([byte()?, byte()?]));
                    sizes.push((side()?, side()?));
                }
            }
            if head & 0x08 != 0 {
                for _ in 0..byte()? {
                    for _ in 0..byte()? >> 2 & 0x03 {
                        byte()?;
                    }
                }
            }
        }
        Some(Self { length: payload.len() - rest.len(), begins: first & 0x08 != 0, layer, sizes })
    }
}

/// What a frame's head says (VP9, 6.2).
#[derive(Debug, PartialEq, Eq)]
enum Frame {
    Key(Size),
    Other,
}

impl Frame {
    // `None` for what is no frame, or says that it stands for itself and does not tell its size.
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut bits = Bits::new(bytes);
        if bits.fixed(2)? != 2 {
            return None;
        }
        let profile = bits.bit()? | bits.bit()? << 1;
        if profile == 3 && bits.is_set()? {
            return None;
        }
        // An earlier picture is shown again, or this one needs others.
        if bits.is_set()? || bits.is_set()? {
            return Some(Self::Other);
        }
        // Whether it is shown, and what it does about losses.
        bits.fixed(2)?;
        if bits.fixed(24)? != 0x0049_8342 {
            return None;
        }
        if profile >= 2 {
            bits.bit()?;
        }
        let has_parts = profile == 1 || profile == 3;
        if bits.fixed(3)? == 7 {
            // RGB.
            if !has_parts {
                return None;
            }
            bits.bit()?;
        } else {
            bits.fixed(if has_parts { 4 } else { 1 })?;
        }
        let (width, height) = (bits.fixed(16)? + 1, bits.fixed(16)? + 1);
        Some(Self::Key((u16::try_from(width).ok()?, u16::try_from(height).ok()?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_of_all_forms_are_passed_over() {
        for (bytes, expected) in [
            (&[0x08, 9][..], Some((1, true, 0))),
            (&[0x04, 9], Some((1, false, 0))),
            // Numbers of 7 and of 15 bits.
            (&[0x88, 0x11, 9], Some((2, true, 0))),
            (&[0x88, 0x91, 0x22, 9], Some((3, true, 0))),
            // Layers: with a count of the lowest where pictures refer as announced, without where they say it.
            (&[0xa8, 0x91, 0x22, 0x24, 0x07, 9], Some((5, true, 2))),
            (&[0xf8, 0x91, 0x22, 0x24, 0x03, 0x05, 0x02, 9], Some((7, true, 2))),
            (&[0xf8, 0x91, 0x22, 0x24, 0x03, 0x05, 0x03, 0x02, 9], None),
            (&[], None),
            (&[0x88], None),
            (&[0xa8, 0x91, 0x22, 0x24], None),
            (&[0x0a, 0x18], None),
        ] {
            let found = Descriptor::read(bytes).map(|head| (head.length, head.begins, head.layer));
            assert_eq!(found, expected, "{bytes:x?}");
        }
        // What the layers are like: two sizes, and pictures that refer to one and to two.
        let told = [0x8a, 0x11, 0x38, 0x02, 0x80, 0x01, 0x68, 0x05, 0x00, 0x02, 0xd0, 2, 0x04, 1, 0x08, 1, 2, 0x82];
        let head = Descriptor::read(&told).unwrap();
        assert_eq!((head.length, head.sizes), (told.len() - 1, vec![(640, 360), (1280, 720)]));
        assert_eq!(Descriptor::read(&told[..11]), None);
    }

    #[test]
    fn the_head_of_a_frame_says_whether_it_stands_for_itself_and_how_large_it_is() {
        // 320x180 of each profile; the sizes begin within a byte.
        let key = |bits: &str| {
            let bits = format!("{bits}{:016b}{:016b}0000000", 319, 179);
            bits.as_bytes().chunks_exact(8).map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap()).collect::<Vec<_>>()
        };
        let sync = "010010011000001101000010";
        let of = |head: &str, colours: &str| Frame::read(&key(&format!("{head}{sync}{colours}")));
        let size = Some(Frame::Key((320, 180)));
        assert_eq!(of("10000010", "0010"), size);
        assert_eq!(of("10100010", "0010110"), size, "profile 1");
        assert_eq!(of("10010010", "00010"), size, "profile 2");
        assert_eq!(of("101100010", "00010110"), size, "profile 3");
        assert_eq!(of("10100010", "1110"), size, "RGB");
        assert_eq!(of("10000010", "111"), None, "RGB that cannot be");
        assert_eq!(of("10000110", "0010"), Some(Frame::Other));
        assert_eq!(of("10001010", "0010"), Some(Frame::Other), "one that is shown again");
        assert_eq!(of("11000010", "0010"), None, "no frame");
        assert_eq!(Frame::read(&key("100000100100100110000011010000110010")), None, "its start code is another");
        assert_eq!(Frame::read(&[0x82, 0x49, 0x83, 0x42, 0x20, 0x13]), None);
    }
}
