//! What the first bytes of a media packet say: whether a picture begins that needs no other, and its number. Nothing
//! else of a payload is ever looked at.

use str0m::{
    format::{Codec, PayloadParams},
    rtp::{RtpPacket, Vp8Descriptor, Vp8Patch},
};

use super::core::Picture;

/// A packet of a host, with all that is needed to pass it on.
pub struct Media {
    /// Its codec, with all parameters.
    pub params: PayloadParams,
    pub look: Look,
    pub packet: Box<RtpPacket>,
}

/// What a payload says.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    pub starts_key: bool,
    pub picture: Option<Picture>,
    descriptor: Option<Vp8Descriptor>,
}

impl Look {
    /// Reads it. What cannot be read is an ordinary packet: the viewer's decoder will judge it.
    pub fn at(codec: Codec, payload: &[u8]) -> Self {
        if codec == Codec::Vp8 {
            return Self::at_vp8(payload);
        }
        let starts_key = match codec {
            Codec::H264 => h264_starts_key(payload),
            Codec::Vp9 => vp9_starts_key(payload),
            Codec::Av1 => av1_starts_key(payload),
            _ => false,
        };
        Self { starts_key, picture: None, descriptor: None }
    }

    /// Of sound: there is nothing to read in it.
    pub const fn none() -> Self {
        Self { starts_key: false, picture: None, descriptor: None }
    }

    fn at_vp8(payload: &[u8]) -> Self {
        let descriptor = Vp8Descriptor::parse(payload).ok();
        let starts_key = descriptor.is_some_and(|descriptor| descriptor.starts_keyframe(payload));
        let picture = descriptor.and_then(|descriptor| Some(Picture { id: descriptor.picture_id()?, layer_zero: descriptor.tl0_pic_idx() }));
        Self { starts_key, picture, descriptor }
    }

    /// The change of the payload that gives it this number.
    pub fn renumbered(&self, picture: Picture) -> Option<Vp8Patch> {
        let descriptor = self.descriptor?;
        let patch = |id| {
            let patch = descriptor.patch().picture_id(id);
            picture.layer_zero.map_or(patch, |layer_zero| patch.tl0_pic_idx(layer_zero)).build().ok()
        };
        // A number that was written in 7 bits goes on in 7.
        patch(picture.id).or_else(|| patch(picture.id & 0x7f))
    }
}

// RFC 6184: a parameter set or an IDR slice, alone, first in an aggregate, or the first of its fragments.
fn h264_starts_key(payload: &[u8]) -> bool {
    let begins = |nal: u8| matches!(nal & 0x1f, 5 | 7);
    match payload {
        [first, ..] if first & 0x1f == 24 => payload.get(3).is_some_and(|nal| begins(*nal)),
        [first, header, ..] if first & 0x1f == 28 => header & 0x80 != 0 && begins(*header),
        [first, ..] => begins(*first),
        [] => false,
    }
}

// RFC 9628: not predicted from another picture, at the beginning of a frame, in the lowest spatial layer.
fn vp9_starts_key(payload: &[u8]) -> bool {
    let Some(first) = payload.first() else { return false };
    let (has_id, is_predicted, has_layers, begins) = (first & 0x80 != 0, first & 0x40 != 0, first & 0x20 != 0, first & 0x08 != 0);
    let id_bytes = match (has_id, payload.get(1)) {
        (false, _) => 0,
        (true, Some(id)) if id & 0x80 != 0 => 2,
        (true, _) => 1,
    };
    let is_lowest = !has_layers || payload.get(1 + id_bytes).is_some_and(|layers| layers & 0x0e == 0);
    !is_predicted && begins && is_lowest
}

// AV1's RTP format, 4.4: the bit that says that a coded video sequence begins.
fn av1_starts_key(payload: &[u8]) -> bool {
    payload.first().is_some_and(|first| first & 0x08 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_key_frame_is_told_from_everything_else() {
        for (codec, payload, is_key) in [
            // VP8: the beginning of a partition, with the key bit of the frame's header.
            (Codec::Vp8, &[0x10, 0x00, 1, 2][..], true),
            (Codec::Vp8, &[0x10, 0x01, 1, 2], false),
            (Codec::Vp8, &[0x00, 0x00, 1, 2], false),
            (Codec::Vp8, &[0x90, 0x80, 0x81, 0x02, 0x00, 1], true),
            (Codec::Vp8, &[], false),
            (Codec::H264, &[0x67, 1], true),
            (Codec::H264, &[0x65, 1], true),
            (Codec::H264, &[0x41, 1], false),
            (Codec::H264, &[0x78, 0, 9, 0x67], true),
            (Codec::H264, &[0x18, 0, 9, 0x41], false),
            (Codec::H264, &[0x7c, 0x85, 1], true),
            (Codec::H264, &[0x7c, 0x05, 1], false),
            (Codec::H264, &[0x78, 0], false),
            (Codec::H264, &[], false),
            (Codec::Vp9, &[0x08, 1], true),
            (Codec::Vp9, &[0x48, 1], false),
            (Codec::Vp9, &[0x00, 1], false),
            (Codec::Vp9, &[0xa8, 0x81, 2, 0x00], true),
            (Codec::Vp9, &[0xa8, 0x81, 2, 0x02], false),
            (Codec::Vp9, &[0xa8], false),
            (Codec::Av1, &[0x18], true),
            (Codec::Av1, &[0x10], false),
            (Codec::Opus, &[0x78, 1], false),
        ] {
            assert_eq!(Look::at(codec, payload).starts_key, is_key, "{codec:?} {payload:x?}");
        }
    }

    #[test]
    fn the_number_of_a_picture_is_read_and_written_in_its_own_width() {
        let wide = Look::at(Codec::Vp8, &[0x90, 0xe0, 0x81, 0x02, 9, 0, 0x00, 1]);
        assert_eq!(wide.picture, Some(Picture { id: 0x0102, layer_zero: Some(9) }));
        assert!(wide.renumbered(Picture { id: 0x7fff, layer_zero: Some(1) }).is_some());
        let narrow = Look::at(Codec::Vp8, &[0x90, 0x80, 0x05, 0x00, 1]);
        assert_eq!(narrow.picture, Some(Picture { id: 5, layer_zero: None }));
        assert!(narrow.renumbered(Picture { id: 0x0102, layer_zero: None }).is_some());
        assert_eq!(Look::at(Codec::Vp8, &[0x10, 0x00, 1, 2]).picture, None);
    }
}
