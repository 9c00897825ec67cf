//! Where browsers reach the media server: its ports in every family of addresses that the machine has, bound before the
//! thread starts, and the addresses that go with it. Nothing is received or sent here.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, UdpSocket},
};

use socket2::{Domain, Protocol, Socket, Type};

use crate::server::config::{ConfigError, media::TcpPort};

/// What the kernel is asked to keep for us in each direction while the thread is busy. It gives what its limits allow.
const KERNEL_BYTES: usize = 8 * 1024 * 1024;
/// TCP connections that the kernel keeps until they are accepted. It gives what its limits allow.
const BACKLOG: i32 = 1024;
/// Ports that are tried where any will do: one that is free in one family, or for one protocol, may be taken in another.
const TRIES: u32 = 16;

/// The bound ports, which no runtime drives yet.
pub struct Ports {
    pub udp: u16,
    pub udp_v4: UdpSocket,
    /// `None` on a machine without IPv6.
    pub udp_v6: Option<UdpSocket>,
    /// `None` where TCP is off.
    pub tcp: Option<u16>,
    pub listeners: Vec<TcpListener>,
}

impl Ports {
    /// Binds a port for UDP and one for TCP, each the same in both families; 0: any that is free. IPv6 is left out where the
    /// machine has none.
    ///
    /// # Errors
    /// A port is taken, or may not be had.
    pub fn bind(udp: u16, tcp: TcpPort, families: Families) -> Result<Self, ConfigError> {
        let is_any = udp == 0 || tcp == TcpPort::Number(0);
        let mut tries = 1;
        loop {
            match Self::attempt(udp, tcp, families) {
                Err(_) if is_any && tries < TRIES => tries += 1,
                bound => return bound,
            }
        }
    }

    fn attempt(udp: u16, tcp: TcpPort, families: Families) -> Result<Self, ConfigError> {
        let taken = |error| cannot_be_had("SFU_UDP_PORT", "UDP", udp, error);
        let (udp_v4, udp, udp_v6) = both(udp, families, udp_socket, |socket| socket.local_addr()).map_err(taken)?;
        let tcp = match tcp {
            TcpPort::Off => return Ok(Self { udp, udp_v4, udp_v6, tcp: None, listeners: Vec::new() }),
            TcpPort::SameAsUdp => udp,
            TcpPort::Number(number) => number,
        };
        let taken = |error| cannot_be_had("SFU_TCP_PORT", "TCP", tcp, error);
        let (v4, tcp, v6) = both(tcp, families, tcp_listener, |listener| listener.local_addr()).map_err(taken)?;
        Ok(Self { udp, udp_v4, udp_v6, tcp: Some(tcp), listeners: std::iter::once(v4).chain(v6).collect() })
    }
}

fn cannot_be_had(setting: &'static str, protocol: &str, port: u16, error: io::Error) -> ConfigError {
    ConfigError::new(setting, format!("{protocol} port {port} cannot be had ({error})"), "Choose another, and let it through the firewall.")
}

// A port in IPv4, its number, and the same in IPv6 where that is wanted and there.
fn both<T>(
    port: u16,
    families: Families,
    bind: impl Fn(SocketAddr) -> io::Result<T>,
    address: impl Fn(&T) -> io::Result<SocketAddr>,
) -> io::Result<(T, u16, Option<T>)> {
    let v4 = bind(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)))?;
    let number = address(&v4)?.port();
    let v6 = match families {
        Families::Both => if_there_is_any(bind(SocketAddr::from((Ipv6Addr::UNSPECIFIED, number))))?,
        Families::V4 => None,
    };
    Ok((v4, number, v6))
}

/// The families of addresses in which ports are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Families {
    V4,
    Both,
}

impl Families {
    /// Those that browsers are told of. IPv4 is always among them: what was sent to an IPv6 address may come out of a
    /// translation as IPv4.
    pub fn of(told: &[IpAddr]) -> Self {
        if told.iter().any(IpAddr::is_ipv6) { Self::Both } else { Self::V4 }
    }
}

fn unbound(address: SocketAddr, kind: Type, protocol: Protocol) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), kind, Some(protocol))?;
    if address.is_ipv6() {
        // Each family has a socket of its own: one for both would see IPv4 in a disguise (RFC 3493, 3.7).
        socket.set_only_v6(true)?;
    }
    socket.set_nonblocking(true)?;
    Ok(socket)
}

fn udp_socket(address: SocketAddr) -> io::Result<UdpSocket> {
    let socket = unbound(address, Type::DGRAM, Protocol::UDP)?;
    // Whatever the kernel does not give is given up without a word: it is not needed, only welcome.
    let _ = socket.set_recv_buffer_size(KERNEL_BYTES);
    let _ = socket.set_send_buffer_size(KERNEL_BYTES);
    socket.bind(&address.into())?;
    Ok(socket.into())
}

fn tcp_listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = unbound(address, Type::STREAM, Protocol::TCP)?;
    // Connections of a server that ran a moment ago do not keep its successor from the port.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

// A machine without IPv6 says so in several ways; a port that cannot be had on one that has it is as bad as in IPv4.
fn if_there_is_any<T>(bound: io::Result<T>) -> io::Result<Option<T>> {
    match bound {
        Ok(bound) => Ok(Some(bound)),
        Err(error) if matches!(error.kind(), io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied) => Err(error),
        Err(_) => Ok(None),
    }
}

/// The addresses of this machine that browsers may reach: those by which packets leave, in each family, and for browsers on
/// this machine the loopback, which need not be there twice.
pub fn own_addresses() -> Vec<IpAddr> {
    // Addresses that nobody has (RFC 5737, 3; RFC 3849, 2).
    let elsewhere = [IpAddr::from(Ipv4Addr::new(192, 0, 2, 1)), IpAddr::from(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))];
    let outside = elsewhere.into_iter().filter_map(|there| leaves_by(there).ok()).filter(is_seen_from_outside);
    outside.chain([IpAddr::from(Ipv4Addr::LOCALHOST)]).collect()
}

// Connecting a datagram socket sends nothing; it only asks the kernel for the way there.
fn leaves_by(there: IpAddr) -> io::Result<IpAddr> {
    let any = if there.is_ipv6() { IpAddr::from(Ipv6Addr::UNSPECIFIED) } else { IpAddr::from(Ipv4Addr::UNSPECIFIED) };
    let probe = UdpSocket::bind((any, 0))?;
    probe.connect((there, 9))?;
    Ok(probe.local_addr()?.ip())
}

// An address of the link alone says nothing without the name of an interface, which candidates do not carry (RFC 8445, 5.1.1.1).
fn is_seen_from_outside(ip: &IpAddr) -> bool {
    let is_of_link = match ip {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    !is_of_link && !ip.is_loopback() && !ip.is_unspecified()
}

/// Those of these addresses that are the machine's own, and not of something in front of it that translates.
pub fn bindable(told: &[IpAddr]) -> Vec<IpAddr> {
    told.iter().copied().filter(|ip| UdpSocket::bind((*ip, 0)).is_ok()).collect()
}

#[cfg(test)]
mod tests {
    use rustix::io::Errno;

    use super::*;

    #[test]
    fn a_machine_without_ipv6_has_the_port_in_ipv4_alone_and_a_port_that_is_taken_is_an_error() {
        let of = |errno: Errno| if_there_is_any::<()>(Err(errno.into()));
        for none in [Errno::AFNOSUPPORT, Errno::ADDRNOTAVAIL, Errno::PROTONOSUPPORT] {
            assert!(matches!(of(none), Ok(None)), "{none:?}");
        }
        for wrong in [Errno::ADDRINUSE, Errno::ACCESS] {
            assert!(of(wrong).is_err(), "{wrong:?}");
        }
        assert!(Ports::bind(0, TcpPort::Off, Families::V4).unwrap().udp_v6.is_none());
        let taken = Ports::bind(0, TcpPort::SameAsUdp, Families::V4).unwrap();
        let refused = |udp, tcp| Ports::bind(udp, tcp, Families::V4).err().map(|error| error.setting);
        assert_eq!(refused(taken.udp, TcpPort::Off), Some("SFU_UDP_PORT"));
        assert_eq!((refused(0, TcpPort::Number(0)), refused(0, TcpPort::Off)), (None, None));
        let (udp, tcp) = (taken.udp, taken.tcp.unwrap());
        drop((taken.udp_v4, taken.udp_v6));
        assert_eq!(refused(udp, TcpPort::Number(tcp)), Some("SFU_TCP_PORT"));
        drop(taken.listeners);
        assert_eq!(refused(udp, TcpPort::SameAsUdp), None);
    }

    #[test]
    fn both_families_and_both_protocols_have_the_same_port() {
        let ports = Ports::bind(0, TcpPort::SameAsUdp, Families::Both).unwrap();
        let v6 = ports.udp_v6.expect("this machine has no IPv6, which this test needs");
        let number = Some(ports.udp);
        assert_eq!([&ports.udp_v4, &v6].map(|socket| socket.local_addr().ok().map(|address| address.port())), [number; 2]);
        assert_eq!(ports.listeners.iter().map(|listener| listener.local_addr().ok().map(|address| address.port())).collect::<Vec<_>>(), [number; 2]);
        assert_eq!(ports.tcp, number);
        assert!(Ports::bind(ports.udp, TcpPort::Off, Families::Both).is_err());
        // It is IPv6's alone: IPv4 beside it belongs to the other socket.
        drop(ports.udp_v4);
        assert_eq!(Ports::bind(ports.udp, TcpPort::Off, Families::V4).unwrap().tcp, None);
        assert_eq!(Families::of(&[[127, 0, 0, 1].into()]), Families::V4);
        assert_eq!(Families::of(&[[127, 0, 0, 1].into(), Ipv6Addr::LOCALHOST.into()]), Families::Both);
    }

    #[test]
    fn browsers_are_told_addresses_that_lead_here_from_elsewhere() {
        for (ip, is_told) in [
            ("203.0.113.7", true),
            ("10.0.0.1", true),
            ("2001:db8::7", true),
            ("fd00::2", true),
            ("fe80::1", false),
            ("169.254.0.1", false),
            ("::1", false),
            ("127.0.0.1", false),
            ("::", false),
            ("0.0.0.0", false),
        ] {
            assert_eq!(is_seen_from_outside(&ip.parse().unwrap()), is_told, "{ip}");
        }
        let own = own_addresses();
        assert_eq!(own.iter().filter(|ip| ip.is_loopback()).collect::<Vec<_>>(), [&IpAddr::from(Ipv4Addr::LOCALHOST)], "for browsers on this machine");
        assert_eq!(bindable(&own), own);
        assert_eq!(bindable(&[[203, 0, 113, 7].into()]), [] as [IpAddr; 0]);
    }
}
