//! Watching a live show late: what to fetch, what to put into the player and take out of it, when to jump, and when the
//! live picture takes over again. Pure: what was found and the time in, orders out. Times of the show are milliseconds from
//! its start; the player's own time is the same.
//!
//! Knows no player and no network, and fetches nothing before somebody goes back or needs it.

use crate::domain::reel::{MOST_PLACES, Reel, ReelPart, ReelPlace};

/// How often the reel is looked at: while it is played near its end, while there is no hurry, and while nobody watches it.
const ASK_SOON_MS: f64 = 1_000.0;
const ASK_LATER_MS: f64 = 5_000.0;
const ASK_IDLE_MS: f64 = 10_000.0;
/// How much is held before and behind what is seen.
const AHEAD_MS: u64 = 20_000;
const BEHIND_MS: u64 = 60_000;
/// A player that says it is full is given less, down to this.
const LEAST_MS: u64 = 4_000;
/// What is taken out of the player at least, or it would be asked every moment.
const EVICT_MS: u64 = 10_000;
/// Bytes that are fetched at once.
const LOAD_BYTES: u64 = 512 * 1024;
/// At the edge: how far behind the last frame to begin, and from where on to hurry or to jump. Pieces come once a second,
/// so that less would stumble.
const EDGE_MS: u64 = 1_500;
const EDGE_HURRY_MS: u64 = 2_800;
const EDGE_JUMP_MS: u64 = 6_000;
const HURRY: f64 = 1.08;
/// A place this near to the end of what is held counts as the end.
const NEAR_MS: u64 = 150;
/// A picture that has not moved for so long waits for data.
const STILL_MS: f64 = 1_200.0;
/// Without a live picture for so long, the reel takes its place; before that it is looked whether it can.
const PATIENCE_MS: f64 = 6_000.0;
const DOUBT_MS: f64 = 2_000.0;
const DOUBT_LONG_MS: f64 = 20_000.0;
/// A reel that ends further back than this does not stand for the live picture: its host does not record just now. A host
/// whose network is slow sends it late.
const FRESH_MS: u64 = 30_000;
/// What is to be seen and not recorded yet is waited for so long.
const SOON_MS: f64 = 4_000.0;
/// After a failure, so long until the next try.
const AGAIN_MS: f64 = 1_500.0;

/// What has to be done. [`Load`](Self::Load), [`Begin`](Self::Begin) and [`Remove`](Self::Remove) take time: one of them at
/// a time, until [`Rewinding::done`].
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Order {
    /// Ask what there is, with places from the `since`th on.
    Ask {
        since: u32,
    },
    /// Open a player, if there is none, that plays this.
    Open {
        mime: String,
    },
    /// Put the head of a part into the player, and its time zero at `offset_ms` of the show. `afresh`: instead of all that is held.
    Begin {
        part: u32,
        mime: String,
        offset_ms: f64,
        head_bytes: u64,
        afresh: bool,
    },
    /// Put these bytes of a part into the player.
    Load {
        part: u32,
        from: u64,
        to: u64,
    },
    /// Take this stretch out of the player.
    Remove {
        until_ms: u64,
    },
    /// Give up what is fetched; `done` follows all the same.
    Cancel,
    Seek {
        to_ms: u64,
    },
    Rate(f64),
    Play,
    Pause,
    /// Close the player: the live picture is seen again.
    Close,
}

/// What became of an order that took time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    /// It was given up.
    Cancelled,
    /// The player holds as much as it can.
    Full,
    /// Nothing came, or not what was asked for.
    Failed,
}

/// What a look at the player finds.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Look {
    /// Where it stands in the show.
    pub at_ms: u64,
    /// What it holds, in order.
    pub held: Vec<(u64, u64)>,
    pub is_paused: bool,
    /// There is a picture at this place.
    pub has_frame: bool,
    /// It is open, and takes orders.
    pub is_open: bool,
}

/// How the viewer's own live connection does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Line {
    /// Moving pictures.
    pub is_playing: bool,
    /// For how long there should be some and are none.
    pub missing_ms: f64,
}

/// What the viewer wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Want {
    /// The live picture.
    Live,
    /// The reel as near to live as it comes, since there is no live picture.
    Edge,
    Play,
    Pause,
}

/// What is on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stage {
    /// The live picture, or the wait for it.
    #[default]
    Live,
    /// The reel is being fetched: the live picture is seen until it is there.
    Opening,
    Playing,
    Paused,
    /// It waits for data.
    Stalled,
}

/// The stretch of a part that is put into the player.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    part: u32,
    next: u64,
}

/// The order that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Busy {
    Begin,
    /// Of these bytes and on.
    Load(u64),
    Remove,
}

/// The state of one viewer.
#[derive(Debug, Clone)]
pub(super) struct Rewinding {
    parts: Vec<ReelPart>,
    /// By the time of the show.
    places: Vec<ReelPlace>,
    known: u32,
    /// The show's clock against the page's.
    clock_ms: Option<f64>,
    can_play: bool,
    /// The question that is under way.
    asked: Option<u32>,
    asked_at_ms: f64,
    want: Want,
    /// Where to go, and since when that is wanted.
    target: Option<(u64, f64)>,
    run: Option<Run>,
    busy: Option<Busy>,
    again_at_ms: f64,
    /// The player took no more: room is made at once.
    is_full: bool,
    ahead_ms: u64,
    behind_ms: u64,
    rate: f64,
    at_ms: u64,
    moved_at_ms: f64,
    has_frame: bool,
    /// Set with the first frame, until the live picture is seen again.
    is_covering: bool,
}

impl Rewinding {
    /// At the beginning: the live picture, and nothing known of a reel.
    pub fn new() -> Self {
        Self {
            parts: Vec::new(),
            places: Vec::new(),
            known: 0,
            clock_ms: None,
            can_play: false,
            asked: None,
            asked_at_ms: f64::MIN,
            want: Want::Live,
            target: None,
            run: None,
            busy: None,
            again_at_ms: 0.0,
            is_full: false,
            ahead_ms: AHEAD_MS,
            behind_ms: BEHIND_MS,
            rate: 1.0,
            at_ms: 0,
            moved_at_ms: 0.0,
            has_frame: false,
            is_covering: false,
        }
    }

    /// What there is of the reel. `can_play` knows what this browser plays.
    pub fn told(&mut self, reel: Reel, can_play: impl Fn(&str) -> bool, now_ms: f64) {
        let asked = self.asked.take();
        self.clock_ms = Some(reel.now_ms as f64 - now_ms);
        let is_another = reel.next < self.known || reel.parts.len() < self.parts.len();
        self.parts = reel.parts.into_iter().filter(|part| can_play(&part.mime)).collect();
        self.can_play = !self.parts.is_empty();
        if is_another {
            // The server has begun anew, or the recording is closed: what we know of it is of no use.
            self.forget(now_ms);
        } else if self.is_on() && asked == Some(self.known) {
            if reel.places.len() >= MOST_PLACES {
                self.asked_at_ms = f64::MIN;
            }
            self.known = reel.next;
            self.places.extend(reel.places);
            self.places.sort_by_key(|place| place.show_ms);
        }
    }

    fn forget(&mut self, now_ms: f64) {
        self.known = 0;
        self.places.clear();
        if self.run.take().is_some() {
            self.target.get_or_insert((self.at_ms, now_ms));
        }
    }

    /// Nothing was told, or that there is none.
    pub fn not_told(&mut self) {
        self.asked = None;
    }

    /// An order that took time is over.
    pub fn done(&mut self, outcome: Outcome, now_ms: f64) {
        let busy = self.busy.take();
        if let (Some(Busy::Load(from)), Some(run), true) = (busy, &mut self.run, outcome != Outcome::Done) {
            run.next = from;
        }
        match outcome {
            Outcome::Done => {}
            Outcome::Cancelled if busy != Some(Busy::Begin) => {}
            Outcome::Full if busy != Some(Busy::Begin) => {
                self.ahead_ms = (self.ahead_ms / 2).max(LEAST_MS);
                self.behind_ms = (self.behind_ms / 2).max(LEAST_MS);
                self.is_full = true;
            }
            Outcome::Failed | Outcome::Cancelled | Outcome::Full => {
                // From the head again, at the same place: whatever went wrong is behind us then.
                self.target.get_or_insert((self.at_ms, now_ms));
                self.run = None;
                if outcome == Outcome::Failed {
                    self.again_at_ms = now_ms + AGAIN_MS;
                }
            }
        }
    }

    /// The player broke: a new one is opened.
    pub fn broken(&mut self, now_ms: f64) {
        self.done(Outcome::Failed, now_ms);
    }

    /// The viewer goes to a place of the show.
    pub fn seek(&mut self, to_ms: u64, now_ms: f64) {
        self.go(if self.want == Want::Pause { Want::Pause } else { Want::Play }, to_ms, now_ms);
    }

    fn go(&mut self, want: Want, to_ms: u64, now_ms: f64) {
        if !self.is_on() {
            self.asked_at_ms = f64::MIN;
        }
        self.want = want;
        self.target = Some((to_ms, now_ms));
    }

    /// The viewer wants it to stand still.
    pub fn pause(&mut self, now_ms: f64) {
        if self.is_on() {
            self.want = Want::Pause;
        } else {
            self.go(Want::Pause, self.clock(now_ms), now_ms);
        }
    }

    /// The viewer wants it to go on.
    pub fn play(&mut self) {
        if self.want == Want::Pause {
            self.want = Want::Play;
        }
    }

    /// The viewer wants to see what happens now.
    pub fn back_to_live(&mut self, line: Line, now_ms: f64) {
        if line.is_playing {
            self.want = Want::Live;
        } else {
            self.follow(now_ms);
        }
    }

    /// The show is over, or left: nothing more is played.
    pub fn end(&mut self) -> Vec<Order> {
        let was_open = self.is_on();
        *self = Self { asked: self.asked, ..Self::new() };
        if was_open { vec![Order::Close] } else { Vec::new() }
    }

    fn follow(&mut self, now_ms: f64) {
        self.go(Want::Edge, self.end_ms().saturating_sub(EDGE_MS), now_ms);
    }

    fn part(&self, number: u32) -> Option<&ReelPart> {
        self.parts.iter().find(|part| part.part == number)
    }

    fn end_ms(&self) -> u64 {
        self.parts.iter().map(|part| part.end_ms).max().unwrap_or(0)
    }

    fn clock(&self, now_ms: f64) -> u64 {
        (now_ms + self.clock_ms.unwrap_or(0.0)).max(0.0) as u64
    }

    /// Whether the reel is watched, or about to be.
    pub fn is_on(&self) -> bool {
        self.want != Want::Live
    }

    /// Whether the reel is watched because there is no live picture, rather than of choice.
    pub fn is_instead(&self) -> bool {
        self.want == Want::Edge
    }

    /// Whether one can go back.
    pub fn is_offered(&self) -> bool {
        self.can_play
    }

    /// Where the reel begins.
    pub fn begins_ms(&self) -> u64 {
        self.parts.iter().map(|part| part.show_ms).min().unwrap_or(0)
    }

    /// What happens in the show now, by the server's clock.
    pub fn edge_ms(&self, now_ms: f64) -> u64 {
        self.clock(now_ms)
    }

    /// What is seen: where it stands, or is about to.
    pub fn at_ms(&self) -> u64 {
        self.target.map_or(self.at_ms, |(target_ms, _)| target_ms)
    }

    /// Whether the reel's picture is to cover the live one.
    pub fn is_covering(&self) -> bool {
        self.is_covering
    }

    /// Whether the viewer wants it to stand still.
    pub fn is_paused(&self) -> bool {
        self.want == Want::Pause
    }

    /// What is on the screen.
    pub fn stage(&self, now_ms: f64) -> Stage {
        match self.want {
            Want::Live => Stage::Live,
            _ if !self.is_covering => Stage::Opening,
            Want::Pause if self.has_frame => Stage::Paused,
            _ if now_ms - self.moved_at_ms < STILL_MS => Stage::Playing,
            _ => Stage::Stalled,
        }
    }
}

mod steps;

#[cfg(test)]
mod tests;
