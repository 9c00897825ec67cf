//! Where a request comes from, and how addresses are grouped for limits.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::HeaderMap;

/// The address of the client: the peer of the connection, unless that is a proxy we trust. Then the last address in
/// `X-Forwarded-For` that is not such a proxy itself; what a client wrote further left is never believed.
pub fn client_address(peer: IpAddr, trusted: &[IpAddr], headers: &HeaderMap) -> IpAddr {
    let peer = peer.to_canonical();
    if !trusted.contains(&peer) {
        return peer;
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
    forwarded
        .rsplit(',')
        .map_while(|part| part.trim().parse::<IpAddr>().ok())
        .map(|address| address.to_canonical())
        .find(|address| !trusted.contains(address))
        .unwrap_or(peer)
}

/// The network that one customer of a provider usually has: the address itself for IPv4, the /64 for IPv6.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let headers = |value: &'static str| HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), value.parse().unwrap())]);
        let trusted = [address("10.0.0.2"), address("10.0.0.3")];
        for (peer, forwarded, expected) in [
            ("203.0.113.7", "1.1.1.1", "203.0.113.7"),
            ("10.0.0.2", "1.1.1.1", "1.1.1.1"),
            ("10.0.0.2", "6.6.6.6, 1.1.1.1, 10.0.0.3", "1.1.1.1"),
            ("10.0.0.2", "6.6.6.6, nonsense", "10.0.0.2"),
            ("::ffff:10.0.0.2", "2001:db8::1", "2001:db8::1"),
        ] {
            assert_eq!(client_address(address(peer), &trusted, &headers(forwarded)), address(expected), "{peer} {forwarded}");
        }
        assert_eq!(network(address("2001:db8:1:2:3:4:5:6")), address("2001:db8:1:2::"));
        assert_eq!(network(address("::ffff:192.0.2.1")), address("192.0.2.1"));
    }
}
