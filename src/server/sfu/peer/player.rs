//! The end of a viewer that offers: it is answered at once, and sent what it asks for.

use std::time::Instant;

use str0m::media::{MediaKind, Mid};

use super::{End, Ends, Peer, PeerKey, STREAM};

impl Peer {
    /// The end that takes a viewer's offer. `None` where it asks for nothing that we send.
    pub fn player(key: PeerKey, ends: &Ends, offer: &str, now: Instant) -> Option<(Self, String)> {
        let mut peer = Self::new(key, ends.connection(End::Viewer, now)?, now);
        // Nothing is taken of a viewer, whatever it offers to send.
        let answer = in_one_stream(peer.accept(&offer.replace("a=sendrecv", "a=recvonly"))?);
        // The library tells them only once it is connected; a viewer that asks for nothing is refused before.
        for (kind, mid) in sections(&answer).filter(|(_, mid)| peer.rtc.media(*mid).is_some_and(|media| media.direction().is_sending())) {
            let place = if kind.is_audio() { &mut peer.audio } else { &mut peer.video };
            place.get_or_insert(mid);
        }
        peer.audio.or(peer.video)?;
        peer.keep_for_repetition();
        Some((peer, answer))
    }
}

/// The library makes a stream of each track in an answer, and players keep together what is in one (RFC 8830, 2).
fn in_one_stream(answer: String) -> String {
    let of_track = |line: &str| Some(line.strip_prefix("a=msid:")?.split_once(' ')?.0.to_owned());
    let streams: Vec<String> = answer.lines().filter_map(of_track).collect();
    streams.iter().fold(answer, |answer, stream| answer.replace(stream, STREAM))
}

/// The sections of a description: what each carries, and what it is called (RFC 8829, 5.2.1).
fn sections(sdp: &str) -> impl Iterator<Item = (MediaKind, Mid)> {
    let mut kind = None;
    sdp.lines().filter_map(move |line| {
        match line.strip_prefix("m=").and_then(|media| media.split(' ').next()) {
            Some("audio") => kind = Some(MediaKind::Audio),
            Some("video") => kind = Some(MediaKind::Video),
            Some(_) => kind = None,
            None => {}
        }
        Some((kind?, Mid::from(line.strip_prefix("a=mid:")?.trim())))
    })
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use str0m::{RtcConfig, media::Direction};

    use super::*;
    use crate::server::sfu::transport::Transport;

    #[test]
    fn a_player_gets_what_it_asks_for_and_nothing_is_taken_of_it() {
        let ends = Ends::new(vec![Transport::udp(SocketAddr::from(([127, 0, 0, 1], 9)))]);
        let offer = |audio, video| {
            let mut rtc = RtcConfig::new().set_crypto_provider(ends.crypto.clone()).build(Instant::now());
            let mut change = rtc.sdp_api();
            change.add_media(MediaKind::Audio, audio, None, None, None);
            change.add_media(MediaKind::Video, video, None, None, None);
            change.apply().unwrap().0.to_sdp_string()
        };
        let play = |offer: &str| Peer::player(PeerKey(1), &ends, offer, Instant::now());
        for (audio, video, sent) in [
            (Direction::RecvOnly, Direction::RecvOnly, (true, true)),
            (Direction::SendRecv, Direction::RecvOnly, (true, true)),
            (Direction::SendOnly, Direction::RecvOnly, (false, true)),
            (Direction::RecvOnly, Direction::Inactive, (true, false)),
        ] {
            let (player, answer) = play(&offer(audio, video)).unwrap();
            assert_eq!((player.audio.is_some(), player.video.is_some()), sent, "{answer}");
            assert!(!answer.contains("a=sendrecv"), "{answer}");
            let tracks: Vec<&str> = answer.lines().filter_map(|line| line.strip_prefix("a=msid:wrencos ")).collect();
            assert_eq!((answer.matches("a=msid:").count(), tracks.len()), (2, 2), "all in one stream: {answer}");
            assert_ne!(tracks[0], tracks[1], "{answer}");
        }
        assert!(play(&offer(Direction::SendOnly, Direction::Inactive)).is_none());
        assert!(play("v=0").is_none());
    }
}
