//! Datagrams that are to be sent. Over UDP: side by side in one buffer, so that the kernel takes many for one receiver at once.
//! Over TCP: each for itself, with its length in front.

use std::{
    net::{IpAddr, SocketAddr},
    ops::Range,
};

use str0m::net::Protocol;

use super::transport::Transport;

/// What waits at most: a key frame for a full house. Beyond that packets are lost, as in any network that is too slow.
const MAX_BYTES: usize = 32 * 1024 * 1024;
/// Datagrams that the kernel takes in one call.
const MAX_SEGMENTS: usize = 32;
/// Bytes that it takes in one call: the longest datagram with its headers.
const MAX_CALL_BYTES: usize = 60_000;

#[derive(Debug, Clone)]
struct Datagram {
    from: IpAddr,
    to: SocketAddr,
    bytes: Range<usize>,
}

/// Datagrams from one of our addresses to one receiver, all of the same length but for the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Burst<'a> {
    pub from: IpAddr,
    pub to: SocketAddr,
    pub bytes: &'a [u8],
    pub segment_bytes: usize,
    pub datagrams: usize,
}

/// What is to be done with a TCP connection.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    /// To be sent to this address: a datagram with its length in front (RFC 4571, 2).
    Datagram(SocketAddr, Vec<u8>),
    /// It is not needed any more.
    End(SocketAddr),
}

/// See the module.
#[derive(Debug, Default)]
pub struct Outgoing {
    buffer: Vec<u8>,
    datagrams: Vec<Datagram>,
    /// So many of them are sent.
    sent: usize,
    pieces: Vec<Piece>,
    piece_bytes: usize,
    /// Lost since there was no room.
    pub dropped: u64,
}

impl Outgoing {
    /// Puts one at the end.
    pub fn push(&mut self, from: IpAddr, to: Transport, datagram: &[u8]) {
        match to.protocol {
            Protocol::Udp => self.push_udp(from, to.address, datagram),
            _ => self.push_tcp(to.address, datagram),
        }
    }

    // What there is of it is fetched after every round.
    fn push_tcp(&mut self, to: SocketAddr, datagram: &[u8]) {
        let Ok(length) = u16::try_from(datagram.len()) else { return };
        if self.piece_bytes + datagram.len() > MAX_BYTES {
            self.dropped += 1;
            return;
        }
        self.piece_bytes += datagram.len();
        let mut framed = Vec::with_capacity(2 + datagram.len());
        framed.extend_from_slice(&length.to_be_bytes());
        framed.extend_from_slice(datagram);
        self.pieces.push(Piece::Datagram(to, framed));
    }

    /// A TCP connection is not needed any more, once what was put here for it is sent.
    pub fn end(&mut self, address: SocketAddr) {
        self.pieces.push(Piece::End(address));
    }

    /// What is to be done with TCP connections, in this order.
    pub fn take_pieces(&mut self) -> Vec<Piece> {
        self.piece_bytes = 0;
        std::mem::take(&mut self.pieces)
    }

    fn push_udp(&mut self, from: IpAddr, to: SocketAddr, datagram: &[u8]) {
        if self.buffer.len() + datagram.len() > MAX_BYTES {
            self.dropped += 1;
            return;
        }
        let start = self.buffer.len();
        self.buffer.extend_from_slice(datagram);
        self.datagrams.push(Datagram { from, to, bytes: start..self.buffer.len() });
    }

    /// Whether all is sent that goes over UDP.
    pub fn is_empty(&self) -> bool {
        self.waiting() == 0
    }

    /// Datagrams that are still to be sent over UDP.
    pub fn waiting(&self) -> usize {
        self.datagrams.len() - self.sent
    }

    /// What is to be sent next over UDP.
    pub fn next(&self) -> Option<Burst<'_>> {
        let waiting = &self.datagrams[self.sent..];
        let first = waiting.first()?;
        let (mut end, mut datagrams) = (first.bytes.end, 1);
        for datagram in waiting.iter().skip(1).take(MAX_SEGMENTS - 1) {
            let is_like = (datagram.from, datagram.to) == (first.from, first.to) && datagram.bytes.len() <= first.bytes.len();
            if !is_like || datagram.bytes.end - first.bytes.start > MAX_CALL_BYTES {
                break;
            }
            (end, datagrams) = (datagram.bytes.end, datagrams + 1);
            // A shorter one can only be the last.
            if datagram.bytes.len() < first.bytes.len() {
                break;
            }
        }
        Some(Burst { from: first.from, to: first.to, bytes: &self.buffer[first.bytes.start..end], segment_bytes: first.bytes.len(), datagrams })
    }

    /// So many were sent.
    pub fn sent(&mut self, datagrams: usize) {
        self.sent = (self.sent + datagrams).min(self.datagrams.len());
        if self.is_empty() {
            self.buffer.clear();
            self.datagrams.clear();
            self.sent = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn at(port: u16) -> Transport {
        Transport::udp(SocketAddr::from(([192, 0, 2, 1], port)))
    }

    fn bursts(mut outgoing: Outgoing) -> Vec<(u16, usize, usize, usize)> {
        let mut bursts = Vec::new();
        while let Some(burst) = outgoing.next() {
            bursts.push((burst.to.port(), burst.bytes.len(), burst.segment_bytes, burst.datagrams));
            let datagrams = burst.datagrams;
            outgoing.sent(datagrams);
        }
        assert!(outgoing.is_empty() && outgoing.buffer.is_empty());
        bursts
    }

    #[test]
    fn what_goes_to_one_receiver_in_one_length_goes_at_once() {
        let mut outgoing = Outgoing::default();
        for (port, length) in [(1, 100), (1, 100), (1, 40), (1, 40), (2, 40), (1, 40), (1, 50)] {
            outgoing.push(HERE, at(port), &vec![0; length]);
        }
        outgoing.push(IpAddr::from([192, 0, 2, 9]), at(1), &[0; 40]);
        assert_eq!(bursts(outgoing), [(1, 240, 100, 3), (1, 40, 40, 1), (2, 40, 40, 1), (1, 40, 40, 1), (1, 50, 50, 1), (1, 40, 40, 1)]);
    }

    #[test]
    fn over_tcp_each_has_its_length_in_front() {
        let (mut outgoing, to) = (Outgoing::default(), Transport::tcp(at(1).address));
        outgoing.push(HERE, to, &[7; 3]);
        outgoing.push(HERE, at(1), &[8; 3]);
        outgoing.push(HERE, to, &[9; 0x102]);
        outgoing.push(HERE, to, &[9; 0x1_0000]);
        outgoing.end(to.address);
        let framed = |length: [u8; 2], byte, count| Piece::Datagram(to.address, [&length[..], &vec![byte; count]].concat());
        assert_eq!(outgoing.take_pieces(), [framed([0, 3], 7, 3), framed([1, 2], 9, 0x102), Piece::End(to.address)]);
        assert_eq!(outgoing.take_pieces(), []);
        assert_eq!(bursts(outgoing), [(1, 3, 3, 1)]);
    }

    #[test]
    fn a_call_has_its_limits_and_so_has_what_waits() {
        let mut outgoing = Outgoing::default();
        for _ in 0..100 {
            outgoing.push(HERE, at(1), &[0; 100]);
        }
        assert_eq!(bursts(outgoing).iter().map(|burst| burst.3).collect::<Vec<_>>(), [32, 32, 32, 4]);
        let mut outgoing = Outgoing::default();
        for _ in 0..60 {
            outgoing.push(HERE, at(1), &[0; 1400]);
        }
        assert!(bursts(outgoing).iter().all(|burst| burst.1 <= MAX_CALL_BYTES));
        let mut outgoing = Outgoing::default();
        for _ in 0..30_000 {
            outgoing.push(HERE, at(1), &[0; 1400]);
        }
        assert!(outgoing.dropped > 0 && outgoing.buffer.len() <= MAX_BYTES);
    }
}
