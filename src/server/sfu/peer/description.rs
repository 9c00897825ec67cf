//! What is read in session descriptions as text, before the library sees them or beside it.

/// Sections of a session description that are looked at: picture, sound, and room for what clients add.
const MAX_SECTIONS: usize = 8;

/// A description that is safe to read: few sections, and no addresses, since none is ever used.
pub fn bounded(sdp: &str) -> Option<String> {
    if sdp.lines().filter(|line| line.starts_with("m=")).count() > MAX_SECTIONS {
        return None;
    }
    let is_kept = |line: &&str| !line.starts_with("a=candidate:") && !line.starts_with("a=end-of-candidates");
    Some(sdp.lines().filter(is_kept).flat_map(|line| [line, "\r\n"]).collect())
}

/// What is fixed for the life of one end of a connection: its session (RFC 8866, 5.2), and its certificate, since there are
/// encoders that give every session the same number. Empty where a description names none.
pub fn identity(sdp: &str) -> String {
    let value = |start: &str| sdp.lines().find_map(|line| line.strip_prefix(start)).unwrap_or_default();
    let session = value("o=").split_whitespace().nth(1).unwrap_or_default();
    if session.is_empty() { String::new() } else { format!("{session} {}", value("a=fingerprint:").trim().to_ascii_lowercase()) }
}

/// The name by which checks address us (RFC 8839, 5.4), from a description of ours.
pub fn name(sdp: &str) -> Option<&str> {
    sdp.lines().find_map(|line| line.strip_prefix("a=ice-ufrag:")).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_loses_its_addresses_and_may_not_be_endless() {
        let sdp = "v=0\r\no=- 46 2 IN IP4 127.0.0.1\r\nm=audio 9 RTP/SAVPF 111\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\na=ice-ufrag:abcd\r\na=end-of-candidates\r\n";
        assert_eq!(bounded(sdp).unwrap(), "v=0\r\no=- 46 2 IN IP4 127.0.0.1\r\nm=audio 9 RTP/SAVPF 111\r\na=ice-ufrag:abcd\r\n");
        assert_eq!((identity(sdp).as_str(), name(sdp)), ("46 ", Some("abcd")));
        assert_eq!((identity("").as_str(), name("v=0")), ("", None));
        let of = |fingerprint: &str| identity(&format!("o=- 46 2 IN IP4 127.0.0.1\r\na=fingerprint:{fingerprint}\r\n"));
        assert_eq!(of("sha-256 AB:CD"), of("sha-256 ab:cd"));
        assert_ne!(of("sha-256 AB:CD"), of("sha-256 AB:CE"));
        assert_eq!(bounded(&"m=video 9 RTP/SAVPF 96\r\n".repeat(MAX_SECTIONS + 1)), None);
    }
}
