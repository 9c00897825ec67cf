//! Which connection a datagram belongs to. All share one port: a connectivity check names its connection and proves it,
//! and from then on its sender's transport address does.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use super::transport::Transport;

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

/// An address that nobody is at any more, though something is still sent there.
#[derive(Debug)]
struct Left {
    by: PeerKey,
    instead: Option<Transport>,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Demux {
    names: HashMap<String, PeerKey>,
    addresses: HashMap<Transport, Held>,
    left: HashMap<Transport, Left>,
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
    pub fn at(&self, address: Transport) -> Option<PeerKey> {
        self.addresses.get(&address).map(|held| held.by)
    }

    /// A check from this address was proven by the secret of its connection. False if the address is another's.
    pub fn proven(&mut self, address: Transport, peer: PeerKey, now: Instant) -> bool {
        let is_new = match self.addresses.get(&address) {
            Some(held) if held.by == peer => false,
            Some(held) if now.saturating_duration_since(held.proven_at) < HELD => return false,
            _ => true,
        };
        if is_new && self.addresses.values().filter(|held| held.by == peer).count() >= ADDRESSES {
            return false;
        }
        if is_new {
            self.left.remove(&address);
            let former = self.left.iter_mut().filter(|(other, left)| left.by == peer && other.protocol == address.protocol);
            former.for_each(|(_, left)| left.instead = Some(address));
        }
        self.addresses.insert(address, Held { by: peer, proven_at: now });
        true
    }

    /// Nobody is at this address any more.
    pub fn forget(&mut self, address: Transport) {
        let Some(Held { by, .. }) = self.addresses.remove(&address) else { return };
        let others = self.addresses.iter().filter(|(other, held)| held.by == by && other.protocol == address.protocol);
        let instead = others.max_by_key(|(_, held)| held.proven_at).map(|(other, _)| *other);
        self.left.values_mut().filter(|left| left.instead == Some(address)).for_each(|left| left.instead = instead);
        if self.left.values().filter(|left| left.by == by).count() < ADDRESSES {
            self.left.insert(address, Left { by, instead });
        }
    }

    /// Where the connection that was at this address is now. Its library goes on sending there until it misses the checks.
    pub fn instead_of(&self, address: Transport) -> Option<Transport> {
        self.left.get(&address)?.instead
    }

    /// A connection is gone. Gives the addresses that were its own.
    pub fn remove(&mut self, peer: PeerKey) -> Vec<Transport> {
        self.names.retain(|_, known| *known != peer);
        self.left.retain(|_, left| left.by != peer);
        self.addresses.extract_if(|_, held| held.by == peer).map(|(address, _)| address).collect()
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
    use std::net::SocketAddr;

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
    fn who_left_an_address_is_found_at_the_next() {
        let (mut demux, zero) = (Demux::default(), Instant::now());
        let at = |port| Transport::tcp(SocketAddr::from(([192, 0, 2, 1], port)));
        let mut second = 0;
        let mut prove = |demux: &mut Demux, port, peer| {
            second += 1;
            assert!(demux.proven(at(port), PeerKey(peer), zero + Duration::from_secs(second)));
        };
        prove(&mut demux, 1, 1);
        prove(&mut demux, 9, 2);
        demux.proven(Transport::udp(at(1).address), PeerKey(1), zero);
        assert_eq!(demux.instead_of(at(1)), None);
        demux.forget(at(1));
        assert_eq!(demux.instead_of(at(1)), None, "nowhere yet: neither at another's, nor over another protocol");
        prove(&mut demux, 2, 1);
        prove(&mut demux, 3, 1);
        demux.proven(Transport::udp(at(4).address), PeerKey(1), zero);
        assert_eq!(demux.instead_of(at(1)), Some(at(3)), "over the protocol that it went over");
        demux.forget(at(3));
        assert_eq!((demux.instead_of(at(1)), demux.instead_of(at(3))), (Some(at(2)), Some(at(2))));
        prove(&mut demux, 1, 2);
        assert_eq!(demux.instead_of(at(1)), None, "it is somebody's again");
        for port in 100..200 {
            prove(&mut demux, port, 1);
            demux.forget(at(port));
        }
        assert_eq!(demux.left.len(), ADDRESSES);
        demux.remove(PeerKey(1));
        assert_eq!((demux.left.len(), demux.instead_of(at(3))), (0, None));
    }

    #[test]
    fn an_address_belongs_to_whoever_proved_it_until_it_is_silent() {
        let (mut demux, zero) = (Demux::default(), Instant::now());
        let at = |port| Transport::udp(SocketAddr::from(([192, 0, 2, 1], port)));
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
        let over_tcp = Transport::tcp(at(1).address);
        assert_eq!(demux.at(over_tcp), None, "the same numbers over another protocol are somebody else");
        assert!(demux.proven(over_tcp, PeerKey(4), after(19)));
        demux.forget(over_tcp);
        assert_eq!((demux.at(over_tcp), demux.at(at(1))), (None, Some(PeerKey(2))));
        for port in 0..100 {
            demux.proven(at(1_000 + port), PeerKey(3), zero);
        }
        assert_eq!((0..100).filter(|port| demux.at(at(1_000 + port)).is_some()).count(), ADDRESSES);
        assert_eq!((demux.remove(PeerKey(3)).len(), demux.remove(PeerKey(1)).len()), (ADDRESSES, 0));
        assert_eq!((demux.addresses.len(), demux.names.len()), (1, 0));
    }
}
