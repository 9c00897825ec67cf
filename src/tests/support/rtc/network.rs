//! What a client without a browser is connected by: one socket, in the network that a test gives it.

use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream, UdpSocket},
    time::Duration,
};

use socket2::{Domain, Socket, Type};
use str0m::{Rtc, net::Protocol};

use super::end;

/// What the kernel keeps for a client of TCP that does not read: little, so that the other end notices soon.
const KERNEL_BYTES: usize = 16 * 1024;

/// The only network that a client has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    V4,
    V6,
    /// One that lets nothing through but TCP, to this address.
    Tcp(SocketAddr),
}

/// The socket of a client.
pub enum Wire {
    Udp(UdpSocket),
    Tcp(Framed),
}

/// A TCP connection with what came and is no whole datagram yet (RFC 4571, 2).
pub struct Framed {
    stream: TcpStream,
    came: Vec<u8>,
}

impl Network {
    /// A socket there, and an end that knows of no other.
    pub fn open(self) -> (Wire, Rtc) {
        let wire = self.wire();
        let rtc = end::at(wire.address(), wire.protocol());
        (wire, rtc)
    }

    /// A socket there.
    pub fn wire(self) -> Wire {
        match self {
            Self::V4 => Wire::Udp(loopback("127.0.0.1:0")),
            Self::V6 => Wire::Udp(loopback("[::1]:0")),
            Self::Tcp(server) => {
                Wire::Tcp(Framed { stream: connect(server).unwrap_or_else(|error| panic!("{server} cannot be reached: {error}")), came: Vec::new() })
            }
        }
    }
}

fn loopback(address: &str) -> UdpSocket {
    UdpSocket::bind(address).unwrap_or_else(|error| panic!("this machine has no {address}, which this test needs: {error}"))
}

/// A TCP connection that little is kept for.
pub fn connect(server: SocketAddr) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(server), Type::STREAM, None)?;
    socket.set_recv_buffer_size(KERNEL_BYTES)?;
    socket.connect(&server.into())?;
    socket.set_tcp_nodelay(true)?;
    Ok(socket.into())
}

impl Wire {
    pub fn protocol(&self) -> Protocol {
        match self {
            Self::Udp(_) => Protocol::Udp,
            Self::Tcp(_) => Protocol::Tcp,
        }
    }

    pub fn address(&self) -> SocketAddr {
        match self {
            Self::Udp(socket) => socket.local_addr(),
            Self::Tcp(framed) => framed.stream.local_addr(),
        }
        .unwrap()
    }

    /// The next datagram, if one comes in time: its length, and whence it came.
    pub fn receive(&mut self, buffer: &mut [u8], wait: Duration) -> Option<(usize, SocketAddr)> {
        match self {
            Self::Udp(socket) => {
                socket.set_read_timeout(Some(wait)).unwrap();
                socket.recv_from(buffer).ok()
            }
            Self::Tcp(framed) => framed.receive(buffer, wait),
        }
    }

    /// Sends a datagram; it may be lost.
    pub fn send(&mut self, datagram: &[u8], to: SocketAddr) {
        match self {
            Self::Udp(_) => self.send_raw(datagram, to),
            Self::Tcp(_) => self.send_raw(&framed(datagram), to),
        }
    }

    /// Sends these bytes as they are.
    pub fn send_raw(&mut self, bytes: &[u8], to: SocketAddr) {
        let _ = match self {
            Self::Udp(socket) => socket.send_to(bytes, to).map(|_| ()),
            Self::Tcp(framed) => framed.stream.write_all(bytes),
        };
    }
}

/// A datagram with its length in front.
pub fn framed(datagram: &[u8]) -> Vec<u8> {
    [&u16::try_from(datagram.len()).unwrap().to_be_bytes(), datagram].concat()
}

impl Framed {
    fn receive(&mut self, buffer: &mut [u8], wait: Duration) -> Option<(usize, SocketAddr)> {
        if let Some(length) = self.next(buffer) {
            return Some((length, self.stream.peer_addr().ok()?));
        }
        self.stream.set_read_timeout(Some(wait)).unwrap();
        let mut more = [0; 4096];
        match self.stream.read(&mut more) {
            // An end that is over comes at once, each time.
            Ok(0) => std::thread::sleep(wait),
            Ok(count) => self.came.extend(&more[..count]),
            Err(_) => {}
        }
        Some((self.next(buffer)?, self.stream.peer_addr().ok()?))
    }

    fn next(&mut self, buffer: &mut [u8]) -> Option<usize> {
        let length = usize::from(u16::from_be_bytes([*self.came.first()?, *self.came.get(1)?]));
        buffer[..length].copy_from_slice(self.came.get(2..2 + length)?);
        self.came.drain(..2 + length);
        Some(length)
    }
}
