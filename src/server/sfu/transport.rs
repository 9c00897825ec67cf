//! Transport addresses (RFC 8445, 4): an address, a port and a protocol. The same numbers are somebody else over another
//! protocol.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use str0m::{
    Candidate,
    net::{Protocol, TcpType},
};

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Transport {
    pub protocol: Protocol,
    pub address: SocketAddr,
}

impl Transport {
    pub fn udp(address: SocketAddr) -> Self {
        Self { protocol: Protocol::Udp, address }
    }

    pub fn tcp(address: SocketAddr) -> Self {
        Self { protocol: Protocol::Tcp, address }
    }

    /// As browsers are told it. Over TCP they connect, and we listen (RFC 6544, 4.5); the library gives UDP the higher
    /// priority (RFC 6544, 4.2), so TCP carries only what finds no other way. `None` where it is no address to be told.
    pub fn candidate(self) -> Option<Candidate> {
        match self.protocol {
            Protocol::Udp => Candidate::builder().udp().host(self.address).build().ok(),
            _ => Candidate::builder().tcp().host(self.address).tcptype(TcpType::Passive).build().ok(),
        }
    }
}

/// The network that one customer of a provider usually has: the address itself for IPv4, the /64 for IPv6.
pub fn network_of(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}
