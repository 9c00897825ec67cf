//! What a picture in several sizes needs of a connection: their names at the host's end, and at the viewer's a word about
//! what its network carries.

use str0m::{
    RtcConfig,
    format::CodecConfig,
    media::Rid,
    rtp::{Extension, ExtensionMap},
};

use super::Peer;
use crate::server::sfu::core::LAYERS;

impl Peer {
    /// Whether a host sends its picture in several sizes.
    pub fn has_layers(&self) -> bool {
        self.rids.len() > 1
    }
}

/// A number that the library's own list leaves free.
const PLAYOUT_DELAY: u8 = 5;

/// A viewer's browser is to tell what it can receive (REMB, which needs the time of sending), not when each packet came: the
/// library would make an estimate of that only together with a queue that lets packets out one by one at its own pace, each
/// with a round through the whole connection. And it is to be told how to play.
pub(super) fn for_viewers(mut config: RtcConfig) -> RtcConfig {
    let mut params = config.codec_config().params().to_vec();
    params.iter_mut().for_each(|params| params.set_fb_transport_cc(false));
    *config.codec_config() = CodecConfig::new_from_payload_params(params);
    let mut extensions = ExtensionMap::empty();
    for (id, extension) in ExtensionMap::standard().iter().filter(|(_, extension)| **extension != Extension::TransportSequenceNumber) {
        extensions.set(id, extension.clone());
    }
    extensions.set(PLAYOUT_DELAY, Extension::PlayoutDelay);
    config.set_extension_map(extensions)
}

/// The first name that a page of ours gives: the smallest.
const OURS: &str = "q";

/// The names of the sizes in which an offer sends its picture (RFC 8853, 5.1), the smallest first. Pages of ours name them so;
/// encoders name first what they prefer (5.2), which is the largest.
pub(super) fn sizes(sdp: &str) -> Vec<Rid> {
    let list = sdp.lines().find_map(|line| line.strip_prefix("a=simulcast:")?.split_once("send ")).map_or("", |(_, list)| list);
    let list = list.split_whitespace().next().unwrap_or_default();
    // Of alternatives the first is sent; one that is paused may begin.
    let first = |names: &str| names.split(',').next().unwrap_or_default().trim_start_matches('~').to_owned();
    let mut names: Vec<String> = list.split(';').map(first).filter(|name| !name.is_empty()).take(LAYERS).collect();
    if names.first().is_some_and(|name| name != OURS) {
        names.reverse();
    }
    names.iter().map(|name| Rid::from(name.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sizes_of_a_picture_are_named_in_the_offer() {
        let of = |line: &str| sizes(&format!("v=0\r\nm=video 9 RTP/SAVPF 96\r\n{line}\r\n"));
        assert_eq!(of("a=simulcast:send q;h;f"), ["q", "h", "f"].map(Rid::from));
        assert_eq!(of("a=simulcast:send ~lo,alt;hi recv x"), ["hi", "lo"].map(Rid::from));
        assert_eq!(of("a=simulcast:send 0;1;2"), ["2", "1", "0"].map(Rid::from));
        assert_eq!(of("a=simulcast:recv x send q;h"), ["q", "h"].map(Rid::from));
        assert_eq!(of("a=simulcast:send a;b;c;d").len(), LAYERS);
        assert_eq!((of("a=simulcast:recv q;h"), of("a=rid:q send")), (vec![], vec![]));
    }
}
