//! What an origin is (RFC 6454): scheme, host and port of a page.

use std::net::Ipv6Addr;

/// A web origin in its normal form, such as `https://shop.example` or `http://127.0.0.1:3000`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The origin written as browsers write it, or with capitals or a default port; `None` with a path, user or anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        let (scheme, authority) = lower.split_once("://")?;
        let default_port = match scheme {
            "http" => 80,
            "https" => 443,
            _ => return None,
        };
        let (host, port) = authority_parts(authority)?;
        let port = port.filter(|port| *port != default_port).map(|port| format!(":{port}")).unwrap_or_default();
        Some(Self(format!("{scheme}://{host}{port}")))
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

// A host name, IPv4 address or bracketed IPv6 address in its normal form, and the port where there is one.
fn authority_parts(text: &str) -> Option<(String, Option<u16>)> {
    let (host, rest) = match text.strip_prefix('[') {
        Some(inner) => {
            let (address, rest) = inner.split_once(']')?;
            (format!("[{}]", address.parse::<Ipv6Addr>().ok()?), rest)
        }
        None => {
            let (host, rest) = text.split_at(text.find(':').unwrap_or(text.len()));
            let fits = !host.is_empty() && host.len() <= 253 && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
            (fits.then(|| host.to_owned())?, rest)
        }
    };
    if rest.is_empty() {
        return Some((host, None));
    }
    let port = rest.strip_prefix(':').filter(|port| port.bytes().all(|byte| byte.is_ascii_digit()))?;
    Some((host, Some(port.parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_have_one_form() {
        let text = |text| Origin::parse(text).map(|origin| origin.as_str().to_owned());
        assert_eq!(text("HTTPS://Shop.Example:443").as_deref(), Some("https://shop.example"));
        assert_eq!(text("http://shop.example:0443").as_deref(), Some("http://shop.example:443"));
        assert_eq!(text("https://[0:0::0001]:443").as_deref(), Some("https://[::1]"));
        assert_eq!(text("http://[::1]:3000").as_deref(), Some("http://[::1]:3000"));
        for wrong in [
            "",
            "null",
            "*",
            "shop.example",
            "https://",
            "https://a/",
            "https://a/b",
            "https://u@a",
            "https://a:x",
            "http://a:",
            "http://a:80:80",
            "http://a:65536",
            "ftp://a",
            "https://[zz]",
            "https://a b",
        ] {
            assert_eq!(text(wrong), None, "{wrong}");
        }
    }
}
