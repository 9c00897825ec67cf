//! Networks that carry much or little, as browsers tell of them.

use super::*;

/// What a viewer's browser says once a second: its estimate grows by a twelfth, up to one and a half of what came, and falls to
/// 85 % of what came where that is less than what was sent.
struct Browser {
    limit_bps: u64,
    estimate: Option<u64>,
}

impl Browser {
    fn behind(limit_bps: u64) -> Self {
        Self { limit_bps, estimate: None }
    }

    /// The sizes that came in so many seconds, each change once.
    fn watch(&mut self, host: &mut Host, seconds: u32) -> Vec<usize> {
        let mut seen = Vec::new();
        for _ in 0..seconds {
            let got: Vec<Got> = (0..10).flat_map(|_| host.picture()).collect();
            let sent: u64 = got.iter().map(|(.., packet)| packet.bytes as u64 * 8).sum();
            let came = sent.min(self.limit_bps);
            let before = self.estimate.unwrap_or(came);
            let estimate = if sent > self.limit_bps { before.min(came * 85 / 100) } else { before.max((before + before / 12).min(came * 3 / 2 + 10_000)) };
            self.estimate = Some(estimate);
            host.says(Report::Estimate(estimate));
            seen.extend(got.iter().map(|(index, ..)| *index));
        }
        seen.dedup();
        seen
    }
}

/// A viewer who has been seeing the whole of a picture for a while, of a calm one if nothing else is said.
fn settled() -> (Host, Browser) {
    settled_to(CALM)
}

fn settled_to(bytes: [usize; 3]) -> (Host, Browser) {
    let (mut host, mut browser) = (joined_to(bytes), Browser::behind(10_000_000));
    assert_eq!(browser.watch(&mut host, 20).last(), Some(&2));
    assert_eq!(browser.watch(&mut host, 10), [2]);
    (host, browser)
}

#[test]
fn a_size_that_its_host_leaves_out_for_a_while_is_seen_again_as_soon_as_it_comes() {
    let (mut host, _) = settled();
    host.is_off[2] = true;
    let mut seen = host.run(1);
    // Less came, so the browser expects less: first of nothing at all, and then of the middle size.
    for (seconds, estimate) in [(0, 250_000), (1, 200_000), (1, 420_000), (1, 420_000), (1, 415_000), (1, 420_000)] {
        seen.extend(host.run(seconds));
        host.says(Report::Estimate(estimate));
    }
    seen.dedup();
    assert_eq!(seen, [1], "the next that comes, and no less");
    host.is_off[2] = false;
    assert_eq!(host.run(1).last(), Some(&2));
    // A key frame comes at once, and not evenly: what it does to an estimate is soon over.
    let mut estimate = 280_000;
    for _ in 0..20 {
        host.says(Report::Estimate(estimate));
        assert_eq!(host.run(1), [2], "an estimate that grows has not been too low");
        estimate += estimate / 12;
    }
}

#[test]
fn a_size_that_its_host_left_out_is_not_tried_where_the_network_became_poor_meanwhile() {
    let (mut host, _) = settled();
    host.is_off[2] = true;
    host.run(4);
    host.says(Report::Lost(0.3));
    assert_eq!(host.run(1).last(), Some(&0));
    host.is_off[2] = false;
    assert_eq!(host.run(4), [0]);
}

#[test]
fn a_size_of_which_little_comes_for_a_while_is_not_left() {
    let (mut host, _) = settled();
    host.bytes[2] = CALM[2] / 6;
    for estimate in [500_000, 300_000, 150_000, 140_000, 135_000, 150_000] {
        assert_eq!(host.run(1), [2]);
        host.says(Report::Estimate(estimate));
    }
    host.bytes[2] = CALM[2];
    for estimate in [150_000, 165_000, 180_000, 195_000, 210_000, 230_000, 250_000, 275_000] {
        assert_eq!(host.run(1), [2], "{estimate}");
        host.says(Report::Estimate(estimate));
    }
}

#[test]
fn a_network_that_becomes_poor_gets_less_within_two_seconds_and_all_again_when_it_is_good() {
    let (mut host, mut browser) = settled();
    browser.limit_bps = 200_000;
    browser.watch(&mut host, 1);
    assert_eq!(browser.watch(&mut host, 1).last(), Some(&0), "the middle is too much, too");
    let mut tries = 0;
    for _ in 0..60 {
        let seen = browser.watch(&mut host, 1);
        assert!(!seen.contains(&2), "nothing speaks for the largest");
        tries += usize::from(seen.ends_with(&[1]) && seen.len() > 1);
    }
    assert!((1..=4).contains(&tries), "{tries}: seldom, and ever more so");
    browser.limit_bps = 10_000_000;
    let after = (1..90).find(|_| browser.watch(&mut host, 1).last() == Some(&2));
    assert!(after.is_some(), "never whole again");
}

#[test]
fn a_network_that_carries_the_middle_keeps_it() {
    for (bytes, limit_bps) in [(CALM, 450_000), (SIZES, 1_000_000)] {
        let (mut host, mut browser) = settled_to(bytes);
        browser.limit_bps = limit_bps;
        browser.watch(&mut host, 2);
        let seen: Vec<usize> = (0..30).flat_map(|_| browser.watch(&mut host, 1)).collect();
        assert!(!seen.contains(&0), "{seen:?}");
        let tries: Vec<usize> = seen.chunk_by(|one, other| one == other).filter(|run| run[0] == 2).map(<[usize]>::len).collect();
        assert!(tries.iter().all(|seconds| *seconds <= 3), "too much is seen within three seconds: {seen:?}");
    }
}

#[test]
fn a_size_that_takes_little_for_a_moment_does_not_fit() {
    let (mut host, _) = settled();
    host.says(Report::Estimate(900_000));
    host.bytes[1] = CALM[0];
    host.run(4);
    host.says(Report::Estimate(200_000));
    assert_eq!(host.run(1).last(), Some(&0));
}

#[test]
fn the_first_estimate_is_no_fall_and_one_that_stays_low_is_believed() {
    let mut host = joined_to(CALM);
    let mut seconds = 0;
    while host.run(1).last() != Some(&0) {
        host.says(Report::Estimate(170_000));
        seconds += 1;
        assert!(seconds < 12, "it is never believed");
    }
    assert!(seconds >= 4, "after {seconds} seconds");
    let mut host = joined_to(CALM);
    let mut estimate = 170_000;
    for _ in 0..20 {
        assert!(!host.run(1).contains(&0));
        host.says(Report::Estimate(estimate));
        estimate += estimate / 12;
    }
    let mut host = joined_to(CALM);
    assert_eq!(host.run(8).last(), Some(&2));
    host.says(Report::Estimate(300_000));
    assert_eq!(host.run(2), [2], "browsers begin low");
}

#[test]
fn a_scene_in_which_nothing_moves_says_nothing_of_the_next() {
    let mut host = joined();
    for _ in 0..5 {
        host.says(Report::Estimate(620_000));
        assert_eq!(host.run(1), [1]);
    }
    host.bytes = [300, 600, 1_250];
    for _ in 0..10 {
        host.says(Report::Estimate(620_000));
        assert_eq!(host.run(1), [1], "it is far more than this takes, and too little for what may come");
    }
    assert!((0..60).any(|_| host.run(1).contains(&2)), "a show of slides is no scene");
}
