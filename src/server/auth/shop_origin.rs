//! The address under which people reach this shop, for links that leave it: calendars, cards of shared pages.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{header, request::Parts},
};

use crate::server::config::{Config, origin::Origin};

/// `PUBLIC_URL`, else what the request was sent to, where that can be believed: a trusted proxy says so, the settings name
/// it, or it is an address that nobody outside can use. `None` otherwise: a name in a header is anybody's to write.
pub fn of(config: &Config, request: &Parts) -> Option<String> {
    if let Some(known) = &config.public_url {
        return Some(known.as_str().to_owned());
    }
    let text = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
    let peer = request.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    let from_proxy = peer.is_some_and(|peer| config.trusted_proxies.contains(&peer));
    let host = text("x-forwarded-host").filter(|_| from_proxy).or_else(|| text(header::HOST.as_str()))?;
    let scheme = if from_proxy && text("x-forwarded-proto") == Some("https") { "https" } else { "http" };
    let asked = Origin::parse(&format!("{scheme}://{host}"))?;
    let is_believed = from_proxy || config.allowed_origins.contains(&asked) || is_nearby(host);
    is_believed.then(|| asked.as_str().to_owned())
}

// This machine, or an address of a private network (RFC 1918, RFC 4193).
fn is_nearby(host: &str) -> bool {
    let bare = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    match bare.parse::<IpAddr>() {
        Ok(IpAddr::V4(v4)) => v4.is_loopback() || v4.is_private() || v4.is_link_local(),
        Ok(IpAddr::V6(v6)) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
        Err(_) => bare.eq_ignore_ascii_case("localhost"),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;
    use crate::server::config::Settings;

    fn origin(settings: Settings, peer: [u8; 4], headers: &[(&str, &str)]) -> Option<String> {
        let config = Config::read(settings).unwrap();
        let request = headers.iter().fold(Request::builder(), |request, (name, value)| request.header(*name, *value));
        let mut parts = request.body(()).unwrap().into_parts().0;
        parts.extensions.insert(ConnectInfo(SocketAddr::from((peer, 5000))));
        of(&config, &parts)
    }

    #[test]
    fn a_name_in_a_header_is_believed_only_where_nobody_outside_could_write_it() {
        let outside = [203, 0, 113, 7];
        let by_default = |host: &str| origin(Settings::default(), outside, &[("host", host), ("x-forwarded-host", "evil.example")]);
        for host in ["evil.example", "localhost.evil.example", "8.8.8.8", "[2001:db8::1]:80", "127.0.0.1@evil.example", ""] {
            assert_eq!(by_default(host), None, "{host}");
        }
        assert_eq!(by_default("localhost:3000").as_deref(), Some("http://localhost:3000"));
        assert_eq!(by_default("192.168.1.7:3000").as_deref(), Some("http://192.168.1.7:3000"));
        assert_eq!(by_default("[::1]:3000").as_deref(), Some("http://[::1]:3000"));

        let public = || Settings { public_url: Some("https://shop.example".into()), ..Settings::default() };
        assert_eq!(origin(public(), outside, &[("host", "evil.example")]).as_deref(), Some("https://shop.example"));
        let listed = Settings { allowed_origins: Some("http://shop.example".into()), ..Settings::default() };
        assert_eq!(origin(listed, outside, &[("host", "shop.example")]).as_deref(), Some("http://shop.example"));
        let behind = || Settings { trusted_proxies: Some("10.0.0.2".into()), ..Settings::default() };
        let forwarded = [("host", "inner"), ("x-forwarded-host", "shop.example"), ("x-forwarded-proto", "https")];
        assert_eq!(origin(behind(), [10, 0, 0, 2], &forwarded).as_deref(), Some("https://shop.example"));
        assert_eq!(origin(behind(), outside, &forwarded), None);
    }
}
