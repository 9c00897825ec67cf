//! What a client without a browser is connected by: one socket, in the network that a test gives it.

use std::{
    net::{SocketAddr, UdpSocket},
    time::Duration,
};

use str0m::{Rtc, net::Protocol};

use super::end;

/// The only network that a client has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    V4,
    V6,
}

/// The socket of a client.
pub struct Wire {
    socket: UdpSocket,
}

impl Network {
    /// A socket there, and an end that knows of no other.
    pub fn open(self) -> (Wire, Rtc) {
        let loopback = if self == Self::V4 { "127.0.0.1:0" } else { "[::1]:0" };
        let socket = UdpSocket::bind(loopback).unwrap_or_else(|error| panic!("this machine has no {loopback}, which this test needs: {error}"));
        let rtc = end::at(socket.local_addr().unwrap());
        (Wire { socket }, rtc)
    }
}

impl Wire {
    pub fn protocol(&self) -> Protocol {
        Protocol::Udp
    }

    pub fn address(&self) -> SocketAddr {
        self.socket.local_addr().unwrap()
    }

    /// The next datagram, if one comes in time: its length, and whence it came.
    pub fn receive(&mut self, buffer: &mut [u8], wait: Duration) -> Option<(usize, SocketAddr)> {
        self.socket.set_read_timeout(Some(wait)).unwrap();
        self.socket.recv_from(buffer).ok()
    }

    /// Sends a datagram; it may be lost.
    pub fn send(&mut self, datagram: &[u8], to: SocketAddr) {
        let _ = self.socket.send_to(datagram, to);
    }
}
