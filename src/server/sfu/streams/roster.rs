//! Who is connected over TCP, and who may be: without a socket or a clock. Whoever has not proven yet whom they are for
//! gives way, the oldest first, so that silence keeps nobody out who has something to say.

use std::{
    collections::{HashMap, VecDeque},
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use crate::server::sfu::transport::network_of;

/// A connection that has not proven by then whom it is for is closed. Browsers send their first check as soon as it is there.
const PROVE: Duration = Duration::from_secs(5);
/// One that is silent for so long is closed. Browsers ask every few seconds whether they may go on sending (RFC 7675, 5.1).
const SILENT: Duration = Duration::from_secs(30);
/// Connections that may be without a proof at the same time, in all and of one network.
const UNPROVEN: usize = 256;
const UNPROVEN_OF_NETWORK: usize = 32;
/// Connections for each viewer: a browser tries one for each pair of networks, and keeps some of them in reserve.
const OF_VIEWER: usize = 4;
/// And for hosts, and for those who come while others leave.
const BESIDES: usize = 64;

/// What becomes of somebody who connects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    Admitted,
    /// Admitted; this one is to be closed for it, and is forgotten already.
    InPlaceOf(SocketAddr),
    Refused,
}

#[derive(Debug)]
struct Entry {
    network: IpAddr,
    came_at: Instant,
    heard_at: Instant,
    is_proven: bool,
}

/// See the module.
#[derive(Debug)]
pub struct Roster {
    limit: usize,
    entries: HashMap<SocketAddr, Entry>,
    networks: HashMap<IpAddr, usize>,
    /// Those without a proof, the oldest first.
    unproven: VecDeque<SocketAddr>,
}

impl Roster {
    pub fn new(max_viewers: usize) -> Self {
        Self { limit: OF_VIEWER * max_viewers + BESIDES, entries: HashMap::new(), networks: HashMap::new(), unproven: VecDeque::new() }
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Somebody has connected. No network gets more than half of what there is.
    pub fn admit(&mut self, from: SocketAddr, now: Instant) -> Admission {
        if self.entries.contains_key(&from) {
            return Admission::Refused;
        }
        let network = network_of(from.ip());
        let is_of_network = |address: &&SocketAddr| network_of(address.ip()) == network;
        let of_network = self.networks.get(&network).copied().unwrap_or(0);
        let admission = if of_network >= self.limit / 2 || self.unproven.iter().filter(is_of_network).count() >= UNPROVEN_OF_NETWORK {
            self.unproven.iter().find(is_of_network).map_or(Admission::Refused, |oldest| Admission::InPlaceOf(*oldest))
        } else if self.entries.len() >= self.limit || self.unproven.len() >= UNPROVEN {
            self.unproven.front().map_or(Admission::Refused, |oldest| Admission::InPlaceOf(*oldest))
        } else {
            Admission::Admitted
        };
        if let Admission::InPlaceOf(former) = admission {
            self.remove(former);
        }
        if admission != Admission::Refused {
            self.entries.insert(from, Entry { network, came_at: now, heard_at: now, is_proven: false });
            *self.networks.entry(network).or_default() += 1;
            self.unproven.push_back(from);
        }
        admission
    }

    /// A whole datagram came over it, for a connection that it belongs to, or for none. False where it is to be closed: whoever
    /// begins with anything but the proof does not speak as browsers do.
    pub fn heard(&mut self, from: SocketAddr, is_for_somebody: bool, now: Instant) -> bool {
        let Some(entry) = self.entries.get_mut(&from) else { return false };
        entry.heard_at = now;
        if !entry.is_proven && is_for_somebody {
            entry.is_proven = true;
            self.unproven.retain(|address| *address != from);
        }
        entry.is_proven
    }

    /// Those whose time is over.
    pub fn overdue(&self, now: Instant) -> Vec<SocketAddr> {
        let is_overdue = |entry: &Entry| {
            let (since, patience) = if entry.is_proven { (entry.heard_at, SILENT) } else { (entry.came_at, PROVE) };
            now.saturating_duration_since(since) >= patience
        };
        self.entries.iter().filter(|(_, entry)| is_overdue(entry)).map(|(address, _)| *address).collect()
    }

    /// A connection is closed.
    pub fn remove(&mut self, address: SocketAddr) {
        let Some(entry) = self.entries.remove(&address) else { return };
        self.unproven.retain(|other| *other != address);
        if let Some(count) = self.networks.get_mut(&entry.network) {
            *count -= 1;
            if *count == 0 {
                self.networks.remove(&entry.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(network: u8, port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, network], port))
    }

    #[test]
    fn who_proves_nothing_gives_way_to_those_of_the_same_network_first() {
        let (mut roster, now) = (Roster::new(100), Instant::now());
        let flooded = u16::try_from(UNPROVEN_OF_NETWORK).unwrap();
        assert_eq!(roster.admit(at(2, 1), now), Admission::Admitted);
        for port in 0..flooded {
            assert_eq!(roster.admit(at(1, port), now), Admission::Admitted);
        }
        assert_eq!(roster.admit(at(1, 0), now), Admission::Refused, "it is there already");
        assert_eq!(roster.admit(at(1, flooded), now), Admission::InPlaceOf(at(1, 0)), "the network that floods, though another is older");
        assert!(roster.heard(at(1, 1), true, now));
        assert_eq!(roster.admit(at(1, flooded + 1), now), Admission::Admitted, "who has proven it counts no more");
        assert_eq!(roster.admit(at(1, flooded + 2), now), Admission::InPlaceOf(at(1, 2)));
        assert_eq!((roster.len(), roster.unproven.len()), (usize::from(flooded) + 2, usize::from(flooded) + 1));
    }

    #[test]
    fn many_networks_have_a_limit_together_and_one_has_half_of_it() {
        let (mut roster, now) = (Roster::new(1), Instant::now());
        let limit = OF_VIEWER + BESIDES;
        let mut admit_proven = |network: u8, port: usize| {
            let address = at(network, u16::try_from(port).unwrap());
            let admission = roster.admit(address, now);
            if admission != Admission::Refused {
                roster.heard(address, true, now);
            }
            admission
        };
        for port in 0..limit / 2 {
            assert_eq!(admit_proven(1, port), Admission::Admitted);
        }
        assert_eq!(admit_proven(1, limit), Admission::Refused, "all of its half have proven it");
        for port in 0..limit / 2 {
            assert_eq!(admit_proven(2, port), Admission::Admitted);
        }
        assert_eq!(admit_proven(3, 1), Admission::Refused);
        roster.remove(at(1, 0));
        assert_eq!(roster.admit(at(3, 1), now), Admission::Admitted);
        assert_eq!(roster.admit(at(4, 1), now), Admission::InPlaceOf(at(3, 1)), "who has not proven anything makes room");
        for network in [1, 2] {
            for port in 0..limit / 2 {
                roster.remove(at(network, u16::try_from(port).unwrap()));
            }
        }
        roster.remove(at(4, 1));
        assert_eq!((roster.len(), roster.networks.len(), roster.unproven.len()), (0, 0, 0));
        let mut roster = Roster::new(1_000);
        for network in 0..u8::try_from(UNPROVEN / UNPROVEN_OF_NETWORK).unwrap() {
            for port in 0..u16::try_from(UNPROVEN_OF_NETWORK).unwrap() {
                assert_eq!(roster.admit(at(network, port), now), Admission::Admitted);
            }
        }
        assert_eq!(roster.admit(at(99, 1), now), Admission::InPlaceOf(at(0, 0)), "so many, of however many networks");
        let six = |host: u16| SocketAddr::from(([0x2001, 0xdb8, 0, 7, 0, 0, 0, host], 9));
        assert_eq!(network_of(six(1).ip()), network_of(six(2).ip()), "a customer has many addresses");
    }

    #[test]
    fn silence_ends_a_connection_sooner_before_the_proof_than_after_it() {
        let (mut roster, zero) = (Roster::new(1), Instant::now());
        let after = |seconds| zero + Duration::from_secs(seconds);
        roster.admit(at(1, 1), zero);
        roster.admit(at(1, 2), zero);
        assert!(!roster.heard(at(1, 1), false, after(4)), "what is no proof is the end");
        assert!(roster.heard(at(1, 2), true, after(4)));
        assert!(roster.heard(at(1, 2), false, after(4)), "later on something may be lost on its way");
        assert!(!roster.heard(at(1, 3), true, after(4)), "nobody");
        assert_eq!(roster.overdue(after(4)), []);
        assert_eq!(roster.overdue(after(5)), [at(1, 1)], "what it said was none");
        roster.remove(at(1, 1));
        assert_eq!(roster.overdue(after(33)), []);
        assert_eq!(roster.overdue(after(34)), [at(1, 2)]);
    }
}
