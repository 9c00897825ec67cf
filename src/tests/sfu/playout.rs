//! Browsers are told how to play the picture, by what they say of their network.

use std::time::{Duration, Instant};

use super::{Camera, Studio};
use crate::support::rtc::{PATIENCE, RtcClient, Seen};

/// That of the camera's clock.
const PACE: Duration = Duration::from_nanos(33_333_333);

/// Shows until a viewer is told this.
#[track_caller]
fn until(camera: &mut Camera, host: &RtcClient, viewer: &RtcClient, what: &str, is_so: impl Fn(&Seen) -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so(&viewer.seen()) {
        assert!(Instant::now() < deadline, "never: {what}; {:?}", viewer.seen().playout);
        camera.run(host, 10, PACE);
    }
}

#[test]
fn a_browser_shows_pictures_promptly_until_some_are_lost() {
    let mut studio = Studio::open();
    let host = studio.host();
    let (viewer, other) = (studio.viewer(1, 0), studio.viewer(2, 0));
    let mut camera = Camera::new(1);
    camera.picture(&host, true);
    let promptly = Some((Duration::from_millis(20), Duration::from_millis(20)));
    let evenly = Some((Duration::ZERO, Duration::from_secs(10)));
    assert_eq!(viewer.until("the picture", |seen| !seen.video().is_empty()).playout, promptly);
    viewer.lose(20);
    until(&mut camera, &host, &viewer, "evenly", |seen| seen.playout == evenly);
    assert_eq!(other.seen().playout, promptly, "its own network goes on as it did");
    viewer.lose(0);
    until(&mut camera, &host, &viewer, "promptly again", |seen| seen.playout == promptly);
}
