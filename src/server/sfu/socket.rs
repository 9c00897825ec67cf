//! The one UDP port: many datagrams with one call of the kernel, in both directions.

use std::{
    io::{self, IoSliceMut},
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSocketState};
use socket2::{Domain, Protocol, Socket as Raw, Type};
use tokio::{io::Interest, net::UdpSocket};

use super::outgoing::Outgoing;

/// What the kernel is asked to keep for us in each direction while the thread is busy. It gives what its limits allow.
const KERNEL_BYTES: usize = 8 * 1024 * 1024;
/// The largest datagram that WebRTC sends, with room to spare; several of them come in one buffer.
const DATAGRAM_BYTES: usize = 2048;

/// See the module.
pub struct Socket {
    socket: UdpSocket,
    state: UdpSocketState,
    buffers: Vec<Vec<u8>>,
    metas: Vec<RecvMeta>,
}

/// A bound port that no runtime drives yet.
pub fn bind(port: u16) -> io::Result<std::net::UdpSocket> {
    let raw = Raw::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    // Whatever the kernel does not give is given up without a word: it is not needed, only welcome.
    let _ = raw.set_recv_buffer_size(KERNEL_BYTES);
    let _ = raw.set_send_buffer_size(KERNEL_BYTES);
    raw.set_nonblocking(true)?;
    raw.bind(&SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)).into())?;
    Ok(raw.into())
}

/// The addresses of this machine that browsers may reach: the loopback, and that by which packets leave.
pub fn own_addresses() -> Vec<IpAddr> {
    // Connecting a datagram socket sends nothing; it only asks the kernel for the way there (TEST-NET-1, RFC 5737).
    let leaves_by = std::net::UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).and_then(|probe| {
        probe.connect((Ipv4Addr::new(192, 0, 2, 1), 9))?;
        probe.local_addr()
    });
    let outside = leaves_by.ok().map(|address| address.ip()).filter(|ip| !ip.is_loopback() && !ip.is_unspecified());
    outside.into_iter().chain([IpAddr::from(Ipv4Addr::LOCALHOST)]).collect()
}

impl Socket {
    /// Drives a bound port on the present runtime.
    pub fn new(socket: std::net::UdpSocket) -> io::Result<Self> {
        let socket = UdpSocket::from_std(socket)?;
        let state = UdpSocketState::new((&socket).into())?;
        let buffers = (0..BATCH_SIZE).map(|_| vec![0; DATAGRAM_BYTES * state.gro_segments()]).collect();
        Ok(Self { socket, state, buffers, metas: vec![RecvMeta::default(); BATCH_SIZE] })
    }

    /// Until something came.
    pub async fn readable(&self) -> io::Result<()> {
        self.socket.readable().await
    }

    /// Until there is room again.
    pub async fn writable(&self) -> io::Result<()> {
        self.socket.writable().await
    }

    /// Hands over what came: the bytes, whence, and to which of our addresses. False where there was nothing.
    pub fn receive(&mut self, mut take: impl FnMut(&[u8], SocketAddr, Option<IpAddr>)) -> bool {
        let mut slices: Vec<IoSliceMut<'_>> = self.buffers.iter_mut().map(|buffer| IoSliceMut::new(buffer)).collect();
        let (socket, state, metas) = (&self.socket, &self.state, &mut self.metas);
        // An error of one datagram (a port that is closed on the other side) says nothing about the next.
        let Ok(count) = socket.try_io(Interest::READABLE, || state.recv(socket.into(), &mut slices, metas)) else { return false };
        for (meta, slice) in self.metas.iter().zip(&slices).take(count) {
            for datagram in slice[..meta.len].chunks(meta.stride.max(1)) {
                take(datagram, meta.addr, meta.dst_ip);
            }
        }
        count > 0
    }

    /// Sends what there is room for; the rest stays. Gives the datagrams and bytes that went.
    pub fn send(&self, outgoing: &mut Outgoing) -> (u64, u64) {
        let (mut datagrams, mut bytes) = (0, 0);
        while let Some(burst) = outgoing.next() {
            let transmit = Transmit {
                destination: burst.to,
                ecn: None,
                contents: burst.bytes,
                segment_size: (burst.datagrams > 1).then_some(burst.segment_bytes),
                src_ip: None,
            };
            let sent = self.socket.try_io(Interest::WRITABLE, || self.state.try_send((&self.socket).into(), &transmit));
            if sent.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock) {
                break;
            }
            // Whatever else is wrong is wrong with this receiver: its packets are lost, as packets may be.
            let (count, length) = (burst.datagrams, burst.bytes.len());
            if sent.is_ok() {
                (datagrams, bytes) = (datagrams + count as u64, bytes + length as u64);
            }
            outgoing.sent(count);
        }
        (datagrams, bytes)
    }
}
