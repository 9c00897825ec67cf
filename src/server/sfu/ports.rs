//! Where browsers reach the media server: the port in every family of addresses that the machine has, bound before the
//! thread starts, and the addresses that go with it. Nothing is received or sent here.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
};

use socket2::{Domain, Protocol, Socket, Type};

/// What the kernel is asked to keep for us in each direction while the thread is busy. It gives what its limits allow.
const KERNEL_BYTES: usize = 8 * 1024 * 1024;
/// Ports that are tried where any will do: one that is free in IPv4 may be taken in IPv6.
const TRIES: u32 = 16;

/// The bound port, which no runtime drives yet.
pub struct Ports {
    pub number: u16,
    pub udp_v4: UdpSocket,
    /// `None` on a machine without IPv6.
    pub udp_v6: Option<UdpSocket>,
}

impl Ports {
    /// Binds a port, the same in both families; 0: any that is free. IPv6 is left out where the machine has none.
    ///
    /// # Errors
    /// The port is taken, or may not be had.
    pub fn bind(port: u16, families: Families) -> io::Result<Self> {
        let mut tries = 0;
        loop {
            let udp_v4 = udp(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)))?;
            let number = udp_v4.local_addr()?.port();
            let udp_v6 = match families {
                Families::Both => if_there_is_any(udp(SocketAddr::from((Ipv6Addr::UNSPECIFIED, number)))),
                Families::V4 => Ok(None),
            };
            tries += 1;
            match udp_v6 {
                Ok(udp_v6) => return Ok(Self { number, udp_v4, udp_v6 }),
                Err(_) if port == 0 && tries < TRIES => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// The families of addresses in which the port is wanted.
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

fn udp(address: SocketAddr) -> io::Result<UdpSocket> {
    let raw = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        // Each family has a socket of its own: one for both would see IPv4 in a disguise (RFC 3493, 3.7).
        raw.set_only_v6(true)?;
    }
    // Whatever the kernel does not give is given up without a word: it is not needed, only welcome.
    let _ = raw.set_recv_buffer_size(KERNEL_BYTES);
    let _ = raw.set_send_buffer_size(KERNEL_BYTES);
    raw.set_nonblocking(true)?;
    raw.bind(&address.into())?;
    Ok(raw.into())
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
pub fn bindable(told: &[SocketAddr]) -> Vec<IpAddr> {
    told.iter().map(SocketAddr::ip).filter(|ip| UdpSocket::bind((*ip, 0)).is_ok()).collect()
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
        assert!(Ports::bind(0, Families::V4).unwrap().udp_v6.is_none());
        let taken = Ports::bind(0, Families::V4).unwrap();
        assert!(Ports::bind(taken.number, Families::V4).is_err());
    }

    #[test]
    fn both_families_have_the_same_port() {
        let ports = Ports::bind(0, Families::Both).unwrap();
        let v6 = ports.udp_v6.expect("this machine has no IPv6, which this test needs");
        assert_eq!((v6.local_addr().unwrap().port(), ports.udp_v4.local_addr().unwrap().port()), (ports.number, ports.number));
        assert!(Ports::bind(ports.number, Families::Both).is_err());
        // It is IPv6's alone: IPv4 beside it belongs to the other socket.
        drop(ports.udp_v4);
        assert_eq!(Ports::bind(ports.number, Families::V4).unwrap().number, ports.number);
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
        let at: Vec<SocketAddr> = own.iter().map(|ip| SocketAddr::new(*ip, 9)).collect();
        assert_eq!(bindable(&at), own);
        assert_eq!(bindable(&[SocketAddr::from(([203, 0, 113, 7], 9))]), [] as [IpAddr; 0]);
    }
}
