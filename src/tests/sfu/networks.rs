//! Networks of one kind only: whoever has no other is served as everybody is.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Camera, Studio};
use crate::support::rtc::Network;

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

/// Shows from one network to others, and sees every packet arrive.
#[track_caller]
fn shows(studio: &mut Studio, host: Network, viewers: &[Network]) {
    let host = studio.host_in(host);
    let viewers: Vec<_> = (1..).zip(viewers).map(|(line, network)| studio.viewer_in(line, *network)).collect();
    studio.until("all are there", |figures| figures.viewers == viewers.len() as u64);
    let mut camera = Camera::new(1);
    host.until("a viewer's wish comes back to it", |seen| !seen.key_requests.is_empty());
    let sent: Vec<_> = (0..30).flat_map(|picture| camera.picture(&host, picture == 0)).collect();
    for viewer in &viewers {
        let seen = viewer.until("everything came", |seen| seen.video().len() >= sent.len());
        assert_eq!(seen.pictures(), sent);
    }
}

#[test]
fn who_has_only_ipv6_is_served() {
    let mut studio = Studio::at(&[V6]);
    shows(&mut studio, Network::V6, &[Network::V6]);
}

#[test]
fn who_has_only_tcp_hosts_and_watches() {
    let mut studio = Studio::at(&[V4]);
    let tcp = Network::Tcp(studio.sfu.tcp_addresses()[0]);
    shows(&mut studio, tcp, &[tcp, Network::V4, tcp]);
    let figures = studio.until("it is counted", |figures| figures.streams == 3 && figures.hosts == 1);
    assert_eq!((figures.connections, figures.dropped), (4, 0));
    let mut studio = Studio::at(&[V4]);
    let tcp = Network::Tcp(studio.sfu.tcp_addresses()[0]);
    shows(&mut studio, Network::V4, &[tcp]);
    let mut studio = Studio::at(&[V6]);
    let tcp = Network::Tcp(studio.sfu.tcp_addresses()[0]);
    shows(&mut studio, tcp, &[tcp]);
}

#[test]
fn tcp_is_offered_after_udp_on_the_same_port_and_not_where_it_is_off() {
    let candidates = |offer: &str| -> Vec<Vec<String>> {
        let lines = offer.lines().filter_map(|line| line.strip_prefix("a=candidate:"));
        let mut candidates: Vec<Vec<String>> = lines.map(|line| line.split(' ').map(str::to_owned).collect()).collect();
        candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate[3].parse::<u32>().unwrap()));
        candidates.dedup();
        candidates
    };
    let mut studio = Studio::at(&[V4, V6]);
    let found = candidates(&studio.offer(1));
    let order: Vec<_> = found.iter().map(|candidate| (candidate[2].as_str(), candidate[4].as_str())).collect();
    assert_eq!(order, [("udp", "::1"), ("udp", "127.0.0.1"), ("tcp", "::1"), ("tcp", "127.0.0.1")]);
    let port = studio.sfu.addresses()[0].port().to_string();
    assert!(found.iter().all(|candidate| candidate[5] == port), "one number for the firewall");
    assert!(found[2..].iter().all(|candidate| candidate.windows(2).any(|pair| pair == ["tcptype", "passive"])), "browsers connect, we listen");
    let mut studio = Studio::without_tcp();
    assert_eq!(studio.sfu.tcp_addresses(), []);
    assert!(candidates(&studio.offer(1)).iter().all(|candidate| candidate[2] == "udp"));
}

#[test]
fn both_families_meet_in_one_show() {
    let mut studio = Studio::at(&[V4, V6]);
    shows(&mut studio, Network::V4, &[Network::V6, Network::V4]);
    let addresses = studio.sfu.addresses();
    assert_eq!(addresses.iter().map(std::net::SocketAddr::ip).collect::<Vec<_>>(), [V4, V6]);
    assert_eq!(addresses[0].port(), addresses[1].port(), "one hole in the firewall");
}
