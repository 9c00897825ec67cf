//! What an origin is (RFC 6454): scheme, host and port of a page.

/// A web origin in its normal form, such as `https://shop.example` or `http://127.0.0.1:3000`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The origin written as browsers write it, or with capitals or a default port; `None` with a path, user or anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        let (scheme, authority) = lower.split_once("://")?;
        let default_port = match scheme {
            "http" => ":80",
            "https" => ":443",
            _ => return None,
        };
        let authority = authority.strip_suffix(default_port).unwrap_or(authority);
        is_authority(authority).then(|| Self(format!("{scheme}://{authority}")))
    }

    /// Whether pages of this origin come over TLS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }

    /// As text, without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

// A host name, IPv4 address or bracketed IPv6 address, with or without a port.
fn is_authority(text: &str) -> bool {
    let (host, rest) = match text.strip_prefix('[') {
        Some(inner) => match inner.split_once(']') {
            Some((address, rest)) if address.parse::<std::net::Ipv6Addr>().is_ok() => ("v6", rest),
            _ => return false,
        },
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let port_fits = rest.is_empty() || rest.strip_prefix(':').is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok());
    port_fits && !host.is_empty() && host.len() <= 253 && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_have_one_form() {
        let text = |text| Origin::parse(text).map(|origin| origin.as_str().to_owned());
        assert_eq!(text("HTTPS://Shop.Example:443").as_deref(), Some("https://shop.example"));
        assert_eq!(text("http://[::1]:3000").as_deref(), Some("http://[::1]:3000"));
        for wrong in
            ["", "null", "*", "shop.example", "https://", "https://a/", "https://a/b", "https://u@a", "https://a:x", "ftp://a", "https://[zz]", "https://a b"]
        {
            assert_eq!(text(wrong), None, "{wrong}");
        }
    }
}
