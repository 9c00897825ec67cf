//! The one UDP port, in IPv4 and in IPv6: many datagrams with one call of the kernel, in both directions.

use std::{
    io::{self, IoSliceMut},
    net::{IpAddr, SocketAddr},
};

use quinn_udp::{BATCH_SIZE, RecvMeta, Transmit, UdpSocketState};
use tokio::{io::Interest, net::UdpSocket};

use super::{
    outgoing::{Burst, Outgoing},
    ports::bindable,
};

/// The largest datagram that WebRTC sends, with room to spare; several of them come in one buffer.
const DATAGRAM_BYTES: usize = 2048;

/// See the module.
pub struct Sockets {
    v4: Socket,
    v6: Option<Socket>,
    /// Addresses that datagrams can be sent from.
    own: Vec<IpAddr>,
}

struct Socket {
    socket: UdpSocket,
    state: UdpSocketState,
    buffers: Vec<Vec<u8>>,
    metas: Vec<RecvMeta>,
}

impl Sockets {
    /// Drives a bound port on the present runtime. Browsers are told these addresses.
    pub fn new(v4: std::net::UdpSocket, v6: Option<std::net::UdpSocket>, told: &[IpAddr]) -> io::Result<Self> {
        Ok(Self { v4: Socket::new(v4)?, v6: v6.map(Socket::new).transpose()?, own: bindable(told) })
    }

    /// Until something came.
    pub async fn readable(&self) -> io::Result<()> {
        match &self.v6 {
            None => self.v4.socket.readable().await,
            Some(v6) => tokio::select! {
                readable = self.v4.socket.readable() => readable,
                readable = v6.socket.readable() => readable,
            },
        }
    }

    /// Until there is room again for what is next.
    pub async fn writable(&self, outgoing: &Outgoing) -> io::Result<()> {
        match outgoing.next().and_then(|burst| self.towards(burst.to)) {
            Some(socket) => socket.socket.writable().await,
            None => Ok(()),
        }
    }

    /// Hands over what came: the bytes, whence, and to which of our addresses. False where there was nothing.
    pub fn receive(&mut self, mut take: impl FnMut(&[u8], SocketAddr, Option<IpAddr>)) -> bool {
        let v4 = self.v4.receive(&mut take);
        let v6 = self.v6.as_mut().is_some_and(|v6| v6.receive(&mut take));
        v4 || v6
    }

    /// Sends what there is room for; the rest stays. Gives the datagrams and bytes that went.
    pub fn send(&self, outgoing: &mut Outgoing) -> (u64, u64) {
        let (mut datagrams, mut bytes) = (0, 0);
        while let Some(burst) = outgoing.next() {
            // Who is asked at one of several addresses answers from that one, or is not recognised. Something that translates
            // does this by itself.
            let from = Some(burst.from).filter(|from| self.own.contains(from) && from.is_ipv6() == burst.to.is_ipv6());
            let sent = self.towards(burst.to).map(|socket| socket.send(&burst, from));
            if sent.as_ref().is_some_and(|sent| sent.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)) {
                break;
            }
            // Whatever else is wrong is wrong with this receiver: its packets are lost, as packets may be.
            let (count, length) = (burst.datagrams, burst.bytes.len());
            if sent.is_some_and(|sent| sent.is_ok()) {
                (datagrams, bytes) = (datagrams + count as u64, bytes + length as u64);
            }
            outgoing.sent(count);
        }
        (datagrams, bytes)
    }

    fn towards(&self, to: SocketAddr) -> Option<&Socket> {
        if to.is_ipv6() { self.v6.as_ref() } else { Some(&self.v4) }
    }
}

impl Socket {
    fn new(socket: std::net::UdpSocket) -> io::Result<Self> {
        let socket = UdpSocket::from_std(socket)?;
        let state = UdpSocketState::new((&socket).into())?;
        let buffers = (0..BATCH_SIZE).map(|_| vec![0; DATAGRAM_BYTES * state.gro_segments()]).collect();
        Ok(Self { socket, state, buffers, metas: vec![RecvMeta::default(); BATCH_SIZE] })
    }

    fn receive(&mut self, take: &mut impl FnMut(&[u8], SocketAddr, Option<IpAddr>)) -> bool {
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

    fn send(&self, burst: &Burst<'_>, from: Option<IpAddr>) -> io::Result<()> {
        let segment_size = (burst.datagrams > 1).then_some(burst.segment_bytes);
        let transmit = Transmit { destination: burst.to, ecn: None, contents: burst.bytes, segment_size, src_ip: from };
        self.socket.try_io(Interest::WRITABLE, || self.state.try_send((&self.socket).into(), &transmit))
    }
}

#[cfg(test)]
mod tests {
    use std::{net::Ipv6Addr, time::Duration};

    use crate::server::config::media::TcpPort;

    use super::{
        super::{
            ports::{Families, Ports},
            transport::Transport,
        },
        *,
    };

    #[tokio::test]
    async fn answers_come_from_the_address_that_was_asked() {
        let ports = Ports::bind(0, TcpPort::Off, Families::Both).unwrap();
        let told = [IpAddr::from([127, 0, 0, 1]), IpAddr::from([127, 0, 0, 2]), IpAddr::from(Ipv6Addr::LOCALHOST)];
        let mut sockets = Sockets::new(ports.udp_v4, ports.udp_v6, &told).unwrap();
        for here in told.map(|ip| SocketAddr::new(ip, ports.udp)) {
            let loopback = if here.is_ipv6() { "::1" } else { "127.0.0.1" };
            let asking =
                std::net::UdpSocket::bind((loopback, 0)).unwrap_or_else(|error| panic!("this machine has no {loopback}, which this test needs: {error}"));
            asking.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            asking.send_to(b"?", here).unwrap();
            let mut came = Vec::new();
            while came.is_empty() {
                sockets.readable().await.unwrap();
                sockets.receive(|datagram, source, to| came.push((datagram.to_vec(), source, to)));
            }
            assert_eq!(came, [(b"?".to_vec(), asking.local_addr().unwrap(), Some(here.ip()))]);
            let mut outgoing = Outgoing::default();
            outgoing.push(here.ip(), Transport::udp(came[0].1), b"!");
            while !outgoing.is_empty() {
                sockets.writable(&outgoing).await.unwrap();
                sockets.send(&mut outgoing);
            }
            assert_eq!(asking.recv_from(&mut [0; 9]).unwrap(), (1, here));
        }
    }
}
