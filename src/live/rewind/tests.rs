//! A recorder, a player and a viewer, all pretended: seconds of a show in microseconds.
//! It is longer than 400 lines because the pretended show, which all tests share, stands before them.

use proptest::prelude::*;

use super::*;

const MIME: &str = "video/webm;codecs=\"vp8,opus\"";
const LIVE: Line = Line { is_playing: true, missing_ms: 0.0 };
const HEAD: u64 = 200;
/// Bytes of a second, and milliseconds between places.
const SECOND: u64 = 300_000;
const PLACES_MS: u64 = 2_000;

fn part(number: u32, show_ms: u64, length_ms: u64) -> ReelPart {
    let bytes = HEAD + length_ms / 1_000 * SECOND;
    ReelPart { part: number, mime: MIME.into(), show_ms, media_ms: 0, end_ms: show_ms + length_ms, head_bytes: HEAD, bytes }
}

fn places(part: &ReelPart) -> Vec<ReelPlace> {
    let at = |ms: u64| ReelPlace { part: part.part, show_ms: part.show_ms + ms, at: HEAD + ms / 1_000 * SECOND };
    (0..part.end_ms - part.show_ms).step_by(PLACES_MS as usize).map(at).collect()
}

/// The show, the player, and how long things take.
struct World {
    now_ms: f64,
    rewinding: Rewinding,
    parts: Vec<ReelPart>,
    line: Line,
    look: Look,
    rate: f64,
    /// The order under way, and when it is done.
    under_way: Option<(Order, f64)>,
    asked: Option<(u32, f64)>,
    offset_ms: u64,
    most_held_ms: u64,
    /// A player that takes no more than this.
    quota_ms: u64,
    /// Answers and bytes take so long.
    slow_ms: f64,
    orders: Vec<Order>,
    is_host_away: bool,
    fails: u32,
    loaded_bytes: u64,
}

impl World {
    /// Forty seconds into a show whose recorder began after two.
    fn new() -> Self {
        Self {
            now_ms: 1_000.0,
            rewinding: Rewinding::new(),
            parts: vec![part(0, 2_000, 38_000)],
            line: LIVE,
            look: Look::default(),
            rate: 1.0,
            under_way: None,
            asked: None,
            offset_ms: 0,
            most_held_ms: 0,
            quota_ms: u64::MAX,
            slow_ms: 60.0,
            orders: Vec::new(),
            is_host_away: false,
            fails: 0,
            loaded_bytes: 0,
        }
    }

    fn show_ms(&self) -> u64 {
        self.now_ms as u64 + 39_000
    }

    fn held_ms(&self) -> u64 {
        self.look.held.iter().map(|(from, to)| to - from).sum()
    }

    /// A quarter of a second.
    fn step(&mut self) {
        self.now_ms += 250.0;
        self.record();
        self.play();
        if let Some((since, at_ms)) = self.asked.filter(|(_, at_ms)| *at_ms <= self.now_ms) {
            self.asked = None;
            let mut all: Vec<ReelPlace> = self.parts.iter().flat_map(places).collect();
            let next = all.len() as u32;
            let new = all.split_off((since as usize).min(all.len()));
            let reel = Reel { now_ms: self.show_ms() - (self.now_ms - at_ms) as u64, parts: self.parts.clone(), places: new, next };
            self.rewinding.told(reel, |mime| mime == MIME, self.now_ms);
        }
        if let Some((order, _)) = self.under_way.clone().filter(|(_, at_ms)| *at_ms <= self.now_ms) {
            self.under_way = None;
            let outcome = self.finish(&order);
            self.rewinding.done(outcome, self.now_ms);
        }
        for order in self.rewinding.tick(&self.look, self.line, self.now_ms) {
            self.follow(order);
        }
        self.most_held_ms = self.most_held_ms.max(self.held_ms());
    }

    fn run(&mut self, seconds: u32) {
        for _ in 0..seconds * 4 {
            self.step();
        }
    }

    // A piece a second, as it is whole.
    fn record(&mut self) {
        let until_ms = self.show_ms();
        if let Some(last) = self.parts.last_mut().filter(|_| !self.is_host_away) {
            while last.end_ms + 1_500 <= until_ms {
                last.end_ms += 1_000;
                last.bytes += SECOND;
            }
        }
    }

    fn play(&mut self) {
        let here = self.look.held.iter().find(|(from, to)| *from <= self.look.at_ms && self.look.at_ms < *to);
        self.look.has_frame = here.is_some();
        if let (Some((_, to)), false) = (here, self.look.is_paused) {
            self.look.at_ms = (self.look.at_ms + (250.0 * self.rate) as u64).min(*to);
        }
    }

    fn follow(&mut self, order: Order) {
        self.orders.push(order.clone());
        match order {
            Order::Ask { since } => {
                assert!(self.asked.is_none(), "one question at a time");
                self.asked = Some((since, self.now_ms + self.slow_ms));
            }
            Order::Open { .. } if !self.look.is_open => self.look = Look { is_open: true, is_paused: true, ..Look::default() },
            Order::Open { .. } => {}
            Order::Begin { .. } | Order::Load { .. } | Order::Remove { .. } => {
                assert!(self.under_way.is_none(), "one thing at a time");
                self.under_way = Some((order, self.now_ms + self.slow_ms));
            }
            Order::Cancel => {
                if let Some((order @ (Order::Load { .. } | Order::Begin { .. }), _)) = self.under_way.take() {
                    let _ = order;
                    self.rewinding.done(Outcome::Cancelled, self.now_ms);
                }
            }
            Order::Seek { to_ms } => self.look.at_ms = to_ms,
            Order::Rate(rate) => self.rate = rate,
            Order::Play => self.look.is_paused = false,
            Order::Pause => self.look.is_paused = true,
            Order::Close => (self.look, self.under_way, self.rate) = (Look::default(), None, 1.0),
        }
    }

    fn finish(&mut self, order: &Order) -> Outcome {
        if self.fails > 0 {
            self.fails -= 1;
            return Outcome::Failed;
        }
        match order {
            Order::Begin { offset_ms, afresh, head_bytes, .. } => {
                assert_eq!(*head_bytes, HEAD);
                if *afresh {
                    self.look.held.clear();
                }
                self.offset_ms = *offset_ms as u64;
            }
            Order::Load { from, to, .. } => {
                let ms = |bytes: u64| self.offset_ms + (bytes - HEAD) * 1_000 / SECOND;
                let (from_ms, to_ms) = (ms(*from), ms(*to));
                if self.held_ms() + (to_ms - from_ms) > self.quota_ms {
                    return Outcome::Full;
                }
                self.loaded_bytes += to - from;
                self.look.held.push((from_ms, to_ms));
                self.look.held.sort_unstable();
                let mut joined: Vec<(u64, u64)> = Vec::new();
                for (from, to) in std::mem::take(&mut self.look.held) {
                    match joined.last_mut() {
                        Some(last) if from <= last.1 => last.1 = last.1.max(to),
                        _ => joined.push((from, to)),
                    }
                }
                self.look.held = joined;
            }
            Order::Remove { until_ms } => {
                let cut = |(from, to): &(u64, u64)| (*to > *until_ms).then_some(((*from).max(*until_ms), *to));
                self.look.held = self.look.held.iter().filter_map(cut).collect();
            }
            other => panic!("{other:?} takes no time"),
        }
        Outcome::Done
    }

    fn stage(&self) -> Stage {
        self.rewinding.stage(self.now_ms)
    }

    fn behind_ms(&self) -> u64 {
        self.rewinding.edge_ms(self.now_ms).saturating_sub(self.rewinding.at_ms())
    }

    fn seek(&mut self, to_ms: u64) {
        self.rewinding.seek(to_ms, self.now_ms);
    }

    fn back_to_live(&mut self) {
        self.rewinding.back_to_live(self.line, self.now_ms);
    }
}

#[test]
fn who_watches_live_learns_that_one_can_go_back_and_fetches_nothing() {
    let mut world = World::new();
    world.run(120);
    assert!(world.rewinding.is_offered());
    assert_eq!(world.orders, [Order::Ask { since: u32::MAX }], "one question, without places, is all it costs");
    assert_eq!((world.stage(), world.rewinding.begins_ms()), (Stage::Live, 2_000));
    assert!(world.rewinding.edge_ms(world.now_ms).abs_diff(world.show_ms()) < 300);
}

#[test]
fn a_reel_that_this_browser_cannot_play_is_not_offered_and_not_used() {
    let mut world = World::new();
    world.parts[0].mime = "video/x-matroska;codecs=\"avc1\"".into();
    world.line = Line { is_playing: false, missing_ms: 60_000.0 };
    world.run(30);
    assert!(!world.rewinding.is_offered() && !world.rewinding.is_on());
    assert!(world.orders.iter().all(|order| matches!(order, Order::Ask { .. })));
}

#[test]
fn going_back_shows_that_moment_and_plays_on_from_it() {
    let mut world = World::new();
    world.run(2);
    world.seek(21_300);
    world.run(2);
    assert_eq!(world.stage(), Stage::Playing);
    assert!((21_300..23_000).contains(&world.rewinding.at_ms()), "{}", world.rewinding.at_ms());
    let first = world.orders.iter().find_map(|order| if let Order::Load { from, .. } = order { Some(*from) } else { None });
    assert_eq!(first, Some(HEAD + 18 * SECOND), "from the place before it: twenty seconds into the show are eighteen into the part");
    world.run(20);
    let at = world.rewinding.at_ms();
    assert!((40_300..43_000).contains(&at), "{at}");
    assert_eq!((world.stage(), world.line), (Stage::Playing, LIVE), "the live picture is not touched");
    assert!((18_000..23_000).contains(&world.behind_ms()), "{}", world.behind_ms());

    // A moment that is held is shown at once, without fetching it again.
    let loads = world.loaded_bytes;
    world.seek(30_000);
    world.step();
    assert_eq!(world.look.at_ms, 30_000);
    world.run(1);
    assert!(world.loaded_bytes - loads <= 2 * LOAD_BYTES);
    world.back_to_live();
    world.step();
    assert_eq!((world.stage(), world.orders.last()), (Stage::Live, Some(&Order::Close)));
    let orders = world.orders.len();
    world.run(10);
    assert_eq!(world.orders.len(), orders, "and nothing goes on behind it");
}

#[test]
fn who_pauses_goes_on_where_they_paused() {
    let mut world = World::new();
    world.run(2);
    let paused_at = world.show_ms();
    world.rewinding.pause(world.now_ms);
    world.step();
    assert!(world.rewinding.is_paused());
    world.run(4);
    assert_eq!(world.stage(), Stage::Paused);
    assert!(world.rewinding.at_ms().abs_diff(paused_at) < 400, "what was not recorded yet was waited for: {} {paused_at}", world.rewinding.at_ms());
    let at = world.rewinding.at_ms();
    world.run(60);
    assert_eq!(world.rewinding.at_ms(), at);
    assert!(world.held_ms() <= AHEAD_MS + 4_000, "who stands still fetches no more than is soon needed");
    world.rewinding.play();
    world.run(2);
    assert_eq!(world.stage(), Stage::Playing);
    assert!((at + 1_000..at + 2_500).contains(&world.rewinding.at_ms()));
}

#[test]
fn an_hour_of_going_on_holds_no_more_than_a_bound_and_little_more_is_asked_than_needed() {
    let mut world = World::new();
    world.run(2);
    world.seek(5_000);
    world.run(3_600);
    assert_eq!(world.stage(), Stage::Playing);
    assert!((3_590_000..3_606_000).contains(&world.rewinding.at_ms()), "{}", world.rewinding.at_ms());
    assert!(world.most_held_ms < BEHIND_MS + EVICT_MS + AHEAD_MS + 5_000, "{}", world.most_held_ms);
    let asks = world.orders.iter().filter(|order| matches!(order, Order::Ask { .. })).count();
    assert!(asks < 4_000, "{asks}");
}

#[test]
fn a_player_that_is_full_gets_less_and_plays_on() {
    let mut world = World::new();
    world.quota_ms = 14_000;
    world.run(2);
    world.seek(5_000);
    world.run(120);
    assert_eq!(world.stage(), Stage::Playing);
    assert!((118_000..126_000).contains(&world.rewinding.at_ms()), "{}", world.rewinding.at_ms());
    assert!(world.most_held_ms <= 14_000);
}

#[test]
fn what_nobody_recorded_is_passed_over() {
    let mut world = World::new();
    // The host's page was loaded again: nothing for five seconds.
    world.parts = vec![part(0, 2_000, 18_000), part(1, 25_000, 15_000)];
    world.run(2);
    world.seek(15_000);
    world.run(4);
    assert!(world.rewinding.at_ms() < 20_000);
    world.run(3);
    assert_eq!(world.stage(), Stage::Playing);
    assert!((25_000..29_000).contains(&world.rewinding.at_ms()), "{}", world.rewinding.at_ms());
    world.seek(22_000);
    world.run(2);
    assert!((25_000..27_000).contains(&world.rewinding.at_ms()), "a moment that was not recorded is the next one that was");
    // And back over the seam.
    world.seek(3_000);
    world.run(2);
    assert!((3_000..5_000).contains(&world.rewinding.at_ms()));
    world.seek(0);
    world.run(2);
    assert!((2_000..4_000).contains(&world.rewinding.at_ms()), "before the recorder ran is where it began");
}

#[test]
fn without_a_live_picture_the_reel_takes_its_place_after_six_seconds_and_gives_it_back() {
    let mut world = World::new();
    let missing = |world: &mut World, seconds: u32| {
        for _ in 0..seconds * 4 {
            world.line = Line { is_playing: false, missing_ms: world.line.missing_ms + 250.0 };
            world.step();
        }
    };
    missing(&mut world, 5);
    assert_eq!(world.stage(), Stage::Live, "a slow network is given its time");
    missing(&mut world, 4);
    assert_eq!(world.stage(), Stage::Playing);
    assert!(world.rewinding.is_instead() && world.rewinding.is_covering());
    missing(&mut world, 60);
    assert_eq!(world.stage(), Stage::Playing);
    assert!((1_500..5_500).contains(&world.behind_ms()), "{}", world.behind_ms());
    world.line = LIVE;
    world.step();
    assert_eq!((world.stage(), world.orders.last()), (Stage::Live, Some(&Order::Close)));
}

#[test]
fn who_goes_back_by_choice_is_not_pulled_forward_when_the_live_picture_comes() {
    let mut world = World::new();
    world.line = Line { is_playing: false, missing_ms: 9_000.0 };
    world.run(4);
    assert!(world.rewinding.is_instead());
    world.seek(10_000);
    world.run(2);
    world.line = LIVE;
    world.run(2);
    assert_eq!(world.stage(), Stage::Playing);
    assert!(world.rewinding.at_ms() < 16_000 && !world.rewinding.is_instead());
    world.line = Line { is_playing: false, missing_ms: 9_000.0 };
    world.back_to_live();
    world.run(2);
    assert!(world.rewinding.is_instead() && world.behind_ms() < 6_000);
}

#[test]
fn a_host_who_is_away_is_no_reason_to_show_what_was() {
    let mut world = World::new();
    world.is_host_away = true;
    world.run(40);
    world.line = Line { is_playing: false, missing_ms: 9_000.0 };
    world.run(20);
    assert_eq!(world.stage(), Stage::Live);
    world.is_host_away = false;
    world.run(4);
    assert_eq!(world.stage(), Stage::Playing);
}

#[test]
fn a_failure_is_tried_again_at_the_same_place() {
    let mut world = World::new();
    world.run(2);
    world.seek(20_000);
    world.run(3);
    let before = world.rewinding.at_ms();
    world.fails = 3;
    world.run(12);
    assert_eq!(world.stage(), Stage::Playing);
    assert!((before..before + 13_000).contains(&world.rewinding.at_ms()), "{before} {}", world.rewinding.at_ms());
    world.rewinding.broken(world.now_ms);
    world.under_way = None;
    world.look = Look::default();
    world.run(5);
    assert_eq!(world.stage(), Stage::Playing);
}

#[test]
fn a_slow_network_is_waited_for_and_a_jump_does_not_wait_for_what_it_leaves() {
    let mut world = World::new();
    world.slow_ms = 3_000.0;
    world.run(8);
    world.seek(5_000);
    world.run(8);
    world.seek(30_000);
    world.step();
    world.step();
    assert!(matches!(world.under_way, Some((Order::Begin { .. }, _))), "{:?}", world.under_way);
    world.run(12);
    assert!((30_000..45_000).contains(&world.rewinding.at_ms()));
}

#[test]
fn who_changes_their_mind_while_another_moment_is_being_opened_sees_the_one_they_chose() {
    let mut world = World::new();
    world.run(4);
    world.seek(4_000);
    world.run(3);
    // It throws out what is held, and the player still says that it holds it.
    world.slow_ms = 501.0;
    world.seek(30_000);
    world.step();
    assert!(matches!(world.under_way, Some((Order::Begin { .. }, _))), "{:?}", world.under_way);
    world.seek(6_000);
    world.run(8);
    assert!((6_000..15_000).contains(&world.rewinding.at_ms()), "{}", world.rewinding.at_ms());
}

#[test]
fn a_server_that_begins_anew_is_followed() {
    let mut world = World::new();
    world.run(2);
    world.seek(20_000);
    world.run(3);
    world.parts = vec![part(0, 30_000, 6_000)];
    world.run(8);
    assert_eq!(world.stage(), Stage::Playing);
    assert!(world.rewinding.at_ms() >= 30_000);
}

#[test]
fn the_end_closes_the_player_once() {
    let mut world = World::new();
    world.run(2);
    assert_eq!(world.rewinding.end(), []);
    world.seek(20_000);
    world.run(2);
    assert_eq!(world.rewinding.end(), [Order::Close]);
    assert_eq!((world.rewinding.end(), world.rewinding.is_on()), (Vec::new(), false));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn whatever_a_viewer_does_the_moment_they_chose_is_played_or_waited_for(
        doings in prop::collection::vec((0_u8..6, 0_u64..80_000, 1_u32..16), 1..25),
        slow_ms in 0_u32..2_500,
        quota_ms in 12_000_u64..90_000,
        gap: bool,
    ) {
        let mut world = World::new();
        (world.slow_ms, world.quota_ms) = (f64::from(slow_ms), quota_ms);
        if gap {
            world.parts = vec![part(0, 2_000, 18_000), part(1, 25_000, 15_000)];
        }
        world.run(4);
        for (what, to_ms, quarters) in doings {
            match what {
                0 | 1 => world.seek(to_ms),
                2 => world.rewinding.pause(world.now_ms),
                3 => world.rewinding.play(),
                4 => world.back_to_live(),
                _ => world.line = if world.line.is_playing { Line { is_playing: false, missing_ms: 7_000.0 } } else { LIVE },
            }
            for _ in 0..quarters {
                world.step();
            }
        }
        // In the end a moment is chosen: it comes.
        world.line = LIVE;
        world.rewinding.play();
        world.seek(12_000);
        world.run(25);
        // A network that is barely fast enough may make them wait just now.
        prop_assert!(matches!(world.stage(), Stage::Playing | Stage::Stalled), "{:?}", world.stage());
        let at = world.rewinding.at_ms();
        prop_assert!((12_000..46_000).contains(&at), "{}", at);
        prop_assert!(world.most_held_ms <= (BEHIND_MS + EVICT_MS + 2 * AHEAD_MS).min(quota_ms.max(1)) + 1_000, "{}", world.most_held_ms);
        world.back_to_live();
        world.step();
        prop_assert_eq!(world.stage(), Stage::Live);
    }
}
