//! A viewer's way to the picture, step by step.

mod returning;

use super::*;

fn look(frames: u32) -> Look {
    Look { frames, is_watched: true, is_held: false, is_sound_only: false }
}

/// Ticks four times a second from one time to another with this number of frames; the orders with their times.
fn wait(viewing: &mut Viewing, from_ms: u32, to_ms: u32, frames: u32) -> Vec<(u32, Order)> {
    let tick = |at_ms: u32| viewing.tick(look(frames), f64::from(at_ms), 0.0).into_iter().map(move |order| (at_ms, order)).collect::<Vec<_>>();
    (from_ms..=to_ms).step_by(250).flat_map(tick).collect()
}

fn playing() -> Viewing {
    let mut viewing = Viewing::new();
    assert_eq!(viewing.opened(), [Order::Register]);
    viewing.host_available(0.0);
    viewing.offered(50.0);
    viewing.peer_state(PeerState::Connected, 100.0);
    viewing.tick(look(1), 200.0, 0.0);
    assert_eq!(viewing.playback(200.0), Playback::Playing);
    viewing
}

#[test]
fn nobody_on_air_is_waited_for_without_a_word() {
    let mut viewing = Viewing::new();
    viewing.opened();
    assert!(wait(&mut viewing, 0, 60_000, 0).is_empty());
    assert_eq!(viewing.playback(60_000.0), Playback::Waiting);
}

#[test]
fn an_offer_that_does_not_come_is_asked_for_after_three_seconds_and_again() {
    let mut viewing = Viewing::new();
    viewing.opened();
    viewing.host_available(0.0);
    assert_eq!(wait(&mut viewing, 0, 6_500, 0), [(3_000, Order::Ask), (6_000, Order::Ask)]);
    assert_eq!(viewing.playback(7_000.0), Playback::Connecting);
}

#[test]
fn whoever_has_a_picture_or_is_about_to_wants_no_other() {
    let mut viewing = Viewing::new();
    viewing.opened();
    assert!(viewing.host_available(0.0) && viewing.host_available(100.0));
    viewing.offered(200.0);
    assert!(!viewing.host_available(300.0));
    let mut viewing = playing();
    assert!(!viewing.host_available(300.0));
    assert_eq!(wait(&mut viewing, 500, 3_000, 1).len(), 1);
    assert!(viewing.host_available(3_100.0), "it stands still");
    viewing.ended();
    assert!(!viewing.host_available(3_200.0));
}

#[test]
fn a_connection_that_is_quiet_for_two_seconds_is_asked_for_again() {
    let mut viewing = playing();
    viewing.peer_state(PeerState::Disconnected, 1_000.0);
    let mut orders = Vec::new();
    for at_ms in (1_000..=3_500).step_by(250) {
        orders.extend(viewing.tick(look(at_ms), f64::from(at_ms), 0.0).into_iter().map(|order| (at_ms, order)));
    }
    assert_eq!(orders, [(3_250, Order::Ask)]);
    assert_eq!(viewing.playback(3_500.0), Playback::Reconnecting);
}

#[test]
fn one_that_comes_back_in_time_is_left_alone() {
    let mut viewing = playing();
    viewing.peer_state(PeerState::Disconnected, 1_000.0);
    viewing.tick(look(2), 1_500.0, 0.0);
    viewing.peer_state(PeerState::Connected, 2_000.0);
    assert!(viewing.tick(look(3), 4_000.0, 0.0).is_empty());
    assert_eq!(viewing.playback(4_000.0), Playback::Playing);
}

#[test]
fn a_frozen_picture_shows_within_three_seconds_and_is_asked_for_again() {
    let mut viewing = playing();
    assert_eq!(wait(&mut viewing, 250, 2_750, 1), []);
    assert_eq!(viewing.playback(3_000.0), Playback::Reconnecting);
    assert_eq!(wait(&mut viewing, 3_000, 5_000, 1), [(3_000, Order::Ask)]);
}

#[test]
fn a_picture_nobody_looks_at_does_not_count_as_frozen() {
    let mut viewing = playing();
    for at_ms in 0..60_u32 {
        assert!(viewing.tick(Look { is_watched: false, ..look(1) }, f64::from(at_ms) * 1_000.0, 0.0).is_empty());
    }
    assert_eq!(viewing.playback(60_000.0), Playback::Playing);
}

#[test]
fn who_only_listens_misses_no_picture_and_gets_it_again_when_they_wish() {
    let mut viewing = playing();
    let listen = |viewing: &mut Viewing, from_ms: u32, to_ms: u32| {
        let tick = |at_ms: u32| viewing.tick(Look { is_sound_only: true, ..look(1) }, f64::from(at_ms), 0.0);
        (from_ms..=to_ms).step_by(250).flat_map(tick).collect::<Vec<_>>()
    };
    assert_eq!(listen(&mut viewing, 250, 60_000), []);
    assert_eq!(viewing.playback(60_000.0), Playback::Playing);
    // The connection is what there is to be lost, and what is enough.
    viewing.peer_state(PeerState::Disconnected, 60_000.0);
    assert_eq!(listen(&mut viewing, 60_250, 62_250), [Order::Ask]);
    viewing.offered(62_500.0);
    viewing.peer_state(PeerState::Connected, 63_000.0);
    assert_eq!(listen(&mut viewing, 63_250, 70_000), []);
    assert_eq!(viewing.playback(70_000.0), Playback::Playing);
    // The picture is expected from now on, as ever.
    assert_eq!(wait(&mut viewing, 70_250, 72_250, 1), []);
    assert_eq!(wait(&mut viewing, 72_500, 74_000, 1).len(), 1);
}

#[test]
fn a_host_that_vanishes_shows_within_two_seconds_and_is_not_asked_while_away() {
    let mut viewing = playing();
    viewing.host_online(false);
    assert!(wait(&mut viewing, 250, 1_500, 1).is_empty());
    assert_eq!(viewing.playback(1_500.0), Playback::Reconnecting);
    assert!(wait(&mut viewing, 1_750, 20_000, 1).is_empty());
    viewing.host_available(20_000.0);
    viewing.offered(20_100.0);
    viewing.peer_state(PeerState::Connected, 20_200.0);
    viewing.first_frame(20_300.0);
    assert_eq!(viewing.playback(20_300.0), Playback::Playing);
}

#[test]
fn a_picture_goes_on_while_the_hub_is_away() {
    let mut viewing = playing();
    viewing.socket_lost();
    for frames in 2..40 {
        assert!(viewing.tick(look(frames), f64::from(frames) * 250.0, 0.0).is_empty());
    }
    assert_eq!(viewing.opened(), [Order::Register]);
    viewing.host_available(10_000.0);
    assert_eq!(viewing.playback(10_000.0), Playback::Playing);
}

#[test]
fn a_blocked_network_is_named_after_ten_seconds_and_tries_go_on() {
    let mut viewing = Viewing::new();
    viewing.opened();
    viewing.host_available(0.0);
    viewing.offered(0.0);
    assert_eq!(wait(&mut viewing, 0, 11_000, 0), [(10_250, Order::Ask)]);
    assert!(matches!(viewing.playback(11_000.0), Playback::Failed(_)));
    viewing.offered(11_000.0);
    viewing.peer_state(PeerState::Connected, 11_500.0);
    viewing.first_frame(11_600.0);
    assert_eq!(viewing.playback(11_600.0), Playback::Playing);
}

#[test]
fn the_end_drops_the_picture_and_nothing_is_asked_after_it() {
    let mut viewing = playing();
    assert_eq!(viewing.ended(), [Order::Drop]);
    viewing.host_available(1_000.0);
    viewing.offered(1_000.0);
    assert!(wait(&mut viewing, 0, 20_000, 1).is_empty());
    assert_eq!((viewing.playback(20_000.0), viewing.opened()), (Playback::Ended, Vec::new()));
}

#[test]
fn another_offer_while_it_plays_is_no_interruption() {
    let mut viewing = playing();
    viewing.offered(1_000.0);
    assert_eq!(viewing.playback(1_100.0), Playback::Playing);
    viewing.peer_state(PeerState::Connected, 1_200.0);
    assert!(viewing.tick(look(2), 1_250.0, 0.0).is_empty());
    viewing.offered(2_000.0);
    assert_eq!(wait(&mut viewing, 2_000, 7_000, 2), [(4_750, Order::Ask)]);
}

#[test]
fn a_tap_is_asked_for_and_then_it_plays() {
    let mut viewing = playing();
    viewing.tap_needed(true);
    assert!(wait(&mut viewing, 250, 20_000, 1).is_empty());
    assert_eq!(viewing.playback(20_000.0), Playback::NeedsTap);
    viewing.tap_needed(false);
    assert_eq!(viewing.playback(20_000.0), Playback::Playing);
}

#[test]
fn a_picture_that_the_browser_holds_is_asked_to_go_on_until_it_wants_a_tap() {
    let mut viewing = playing();
    let held = |viewing: &mut Viewing, at_ms: u32| viewing.tick(Look { is_watched: false, is_held: true, ..look(1) }, f64::from(at_ms), 0.0);
    let asked: Vec<u32> = (1_000..=4_000).step_by(250).filter(|at_ms| held(&mut viewing, *at_ms) == [Order::Play]).collect();
    assert_eq!(asked, [2_000, 3_000, 4_000]);
    viewing.tap_needed(true);
    assert!(held(&mut viewing, 6_000).is_empty());
    assert_eq!(viewing.playback(6_000.0), Playback::NeedsTap);
    viewing.tap_needed(false);
    assert!(held(&mut viewing, 6_250).is_empty(), "it may just be on its way");
    viewing.tick(look(2), 6_500.0, 0.0);
    assert!(held(&mut viewing, 7_250).is_empty());
}
