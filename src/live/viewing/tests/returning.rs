//! A host who comes back through a media server: the viewer's own connection was never gone.

use super::*;

#[test]
fn a_host_who_comes_back_behind_the_same_connection_needs_no_offer() {
    let mut viewing = playing();
    viewing.host_online(false);
    assert!(wait(&mut viewing, 250, 2_000, 1).is_empty());
    viewing.host_available(2_100.0);
    assert_eq!(viewing.playback(2_100.0), Playback::Reconnecting);
    assert!((2_250..=6_000).step_by(250).all(|at_ms| wait(&mut viewing, at_ms, at_ms, at_ms).is_empty()));
    assert_eq!(viewing.playback(6_000.0), Playback::Playing);
}
