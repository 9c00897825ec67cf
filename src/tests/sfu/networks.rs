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
fn both_families_meet_in_one_show() {
    let mut studio = Studio::at(&[V4, V6]);
    shows(&mut studio, Network::V4, &[Network::V6, Network::V4]);
    let addresses = studio.sfu.addresses();
    assert_eq!(addresses.iter().map(std::net::SocketAddr::ip).collect::<Vec<_>>(), [V4, V6]);
    assert_eq!(addresses[0].port(), addresses[1].port(), "one hole in the firewall");
}
