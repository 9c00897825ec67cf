//! Which connection a datagram belongs to. All share one port: a connectivity check names its connection and proves it,
//! and from then on its sender's address does.

use std::{
    collections::HashMap,
    net::SocketAddr,
    time::{Duration, Instant},
};

/// An address that was heard this recently is not given to another connection: a sender's address can be forged, and
/// would otherwise lead the host's packets astray.
const HELD: Duration = Duration::from_secs(10);
/// Addresses of one connection: those of several networks, and again after a change.
const ADDRESSES: usize = 16;
/// The longest name of a connection that is looked at; ours are shorter.
const MAX_NAME: usize = 64;

/// One media connection of this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerKey(pub u64);

#[derive(Debug)]
struct Held {
    by: PeerKey,
    proven_at: Instant,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Demux {
    names: HashMap<String, PeerKey>,
    addresses: HashMap<SocketAddr, Held>,
}

impl Demux {
    /// A connection is to be known by this name (its ICE user fragment).
    pub fn name(&mut self, name: &str, peer: PeerKey) {
        self.names.insert(name.to_owned(), peer);
    }

    /// The connection that a connectivity check names. Not proven yet.
    pub fn named(&self, datagram: &[u8]) -> Option<PeerKey> {
        self.names.get(stun_receiver(datagram)?).copied()
    }

    /// The connection that was proven to be at this address.
    pub fn at(&self, address: SocketAddr) -> Option<PeerKey> {
        self.addresses.get(&address).map(|held| held.by)
    }

    /// A check from this address was proven by the secret of its connection. False if the address is another's.
    pub fn proven(&mut self, address: SocketAddr, peer: PeerKey, now: Instant) -> bool {
        let is_new = match self.addresses.get(&address) {
            Some(held) if held.by == peer => false,
            Some(held) if now.saturating_duration_since(held.proven_at) < HELD => return false,
            _ => true,
        };
        if is_new && self.addresses.values().filter(|held| held.by == peer).count() >= ADDRESSES {
            return false;
        }
        self.addresses.insert(address, Held { by: peer, proven_at: now });
        true
    }

    /// A connection is gone.
    pub fn remove(&mut self, peer: PeerKey) {
        self.names.retain(|_, known| *known != peer);
        self.addresses.retain(|_, held| held.by != peer);
    }
}

/// Whether a datagram is a connectivity check (RFC 7983, 7).
pub fn is_stun(datagram: &[u8]) -> bool {
    datagram.first().is_some_and(|first| *first < 4)
}

/// The receiver's part of the user name of a STUN binding request (RFC 8489, 14; RFC 8445, 7.2.2).
fn stun_receiver(datagram: &[u8]) -> Option<&str> {
    const BINDING_REQUEST: [u8; 2] = [0, 1];
    const USERNAME: u16 = 6;
    if !datagram.starts_with(&BINDING_REQUEST) {
        return None;
    }
    let mut rest = datagram.get(20..)?;
    loop {
        let (head, body) = rest.split_at_checked(4)?;
        let (kind, length) = (u16::from_be_bytes([head[0], head[1]]), usize::from(u16::from_be_bytes([head[2], head[3]])));
        if kind == USERNAME {
            let name = std::str::from_utf8(body.get(..length)?).ok()?.split(':').next()?;
            return (name.len() <= MAX_NAME).then_some(name);
        }
        // Values are filled up to four bytes.
        rest = body.get(length.next_multiple_of(4)..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut datagram = vec![0; 20];
        datagram[1] = 1;
        for (kind, value) in attributes {
            datagram.extend(kind.to_be_bytes());
            datagram.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
            datagram.extend(*value);
            datagram.resize(datagram.len().next_multiple_of(4), 0);
        }
        datagram
    }

    #[test]
    fn a_check_names_its_receiver_and_garbage_names_nobody() {
        assert_eq!(stun_receiver(&check(&[(0x24, &[1, 2, 3, 4]), (0x8022, b"chrome"), (6, b"wren:tit")])), Some("wren"));
        assert_eq!(stun_receiver(&check(&[(6, b"wren")])), Some("wren"));
        assert_eq!(stun_receiver(&check(&[(6, &[b'a'; 65])])), None, "too long");
        assert_eq!(stun_receiver(&check(&[(6, &[0xff, 0xfe])])), None);
        assert_eq!(stun_receiver(&check(&[(0x24, &[1, 2, 3, 4])])), None);
        let whole = check(&[(0x24, &[1, 2, 3, 4]), (6, b"wren:tit")]);
        for cut in 0..whole.len() - 1 {
            stun_receiver(&whole[..cut]);
        }
        let mut lying = check(&[(6, b"wren:tit")]);
        (lying[22], lying[23]) = (0xff, 0xff);
        assert_eq!(stun_receiver(&lying), None, "longer than the datagram");
        let mut response = whole.clone();
        response[0] = 1;
        assert_eq!(stun_receiver(&response), None, "we ask nothing, so nobody answers us");
    }

    #[test]
    fn an_address_belongs_to_whoever_proved_it_until_it_is_silent() {
        let (mut demux, zero) = (Demux::default(), Instant::now());
        let at = |port| SocketAddr::from(([192, 0, 2, 1], port));
        let after = |seconds| zero + Duration::from_secs(seconds);
        demux.name("wren", PeerKey(1));
        assert_eq!((demux.named(&check(&[(6, b"wren:tit")])), demux.named(&check(&[(6, b"tit:wren")]))), (Some(PeerKey(1)), None));
        assert_eq!(demux.at(at(1)), None);
        assert!(demux.proven(at(1), PeerKey(1), zero));
        assert!(!demux.proven(at(1), PeerKey(2), after(9)), "an address that is in use cannot be taken");
        assert!(demux.proven(at(1), PeerKey(1), after(9)));
        assert!(!demux.proven(at(1), PeerKey(2), after(18)));
        assert!(demux.proven(at(1), PeerKey(2), after(19)));
        assert_eq!(demux.at(at(1)), Some(PeerKey(2)));
        for port in 0..100 {
            demux.proven(at(1_000 + port), PeerKey(3), zero);
        }
        assert_eq!((0..100).filter(|port| demux.at(at(1_000 + port)).is_some()).count(), ADDRESSES);
        demux.remove(PeerKey(3));
        demux.remove(PeerKey(1));
        assert_eq!((demux.addresses.len(), demux.names.len()), (1, 0));
    }
}
