//! A viewer's connection to a broadcaster, and what tells one from another.

use web_sys::MediaStream;

use crate::{browser::peer::Peer, domain::id::PeerId};

/// A connection to a broadcaster.
pub(super) struct Line {
    pub number: u32,
    pub peer: Peer,
    pub host: PeerId,
    /// The broadcaster's own number of its end (`o=` of its description): the same means the same connection.
    pub origin: String,
    pub stream: Option<MediaStream>,
}

/// The id of a description's origin line (RFC 8866, 5.2): fixed for the life of one end of a connection.
pub(super) fn origin(sdp: &str) -> &str {
    let line = sdp.lines().find_map(|line| line.strip_prefix("o=")).unwrap_or_default();
    line.split_whitespace().nth(1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn the_origin_is_read_from_a_description() {
        assert_eq!(origin("v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\n"), "4611731400430051336");
        assert_eq!([origin(""), origin("o=-")], ["", ""]);
    }
}
