//! The part of a viewer that watches late: it asks for the reel, puts its pieces into a player over the live picture, and
//! shows how far behind that is. It comes as a chunk of its own, after the first picture, since most never need it.
//!
//! The viewer's live connection stays as it is meanwhile: coming back is at once, and its host never notices.

use leptos::prelude::*;

use super::{Watch, viewer::Event};
use crate::{
    browser::{
        download::{Download, Got},
        page, player,
        reel::{self, Begun, ReelEvent, ReelPlayer, Refusal, Seen},
    },
    domain::{id::LivestreamId, reel::Reel},
    live::{
        inbox::Post,
        rewind::{Line, Look, Order, Outcome, Rewinding, Stage},
        state::set,
    },
};

/// Answers that take longer are given up.
const PATIENCE_MS: u32 = 10_000;

/// Where a viewer stands against the live picture. Milliseconds from the start of the show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LateView {
    /// Whether one can go back.
    pub is_offered: bool,
    pub stage: Stage,
    /// Whether the viewer wants it to stand still.
    pub is_paused: bool,
    /// Whether it stands for a live picture that does not come through.
    pub is_instead: bool,
    /// Whether the live picture is covered.
    pub covers: bool,
    /// Where one can go back to, what happens now, and what is seen.
    pub from_ms: u64,
    pub edge_ms: u64,
    pub at_ms: u64,
}

impl LateView {
    /// Whether something else than the live picture is seen, or about to be.
    pub fn is_late(&self) -> bool {
        self.stage != Stage::Live
    }

    /// How far behind that is.
    pub fn behind_ms(&self) -> u64 {
        self.edge_ms.saturating_sub(self.at_ms)
    }
}

/// What the viewer wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    Pause,
    Play,
    Seek(u64),
    Back,
}

/// What happens to it. The number is that of the player it belongs to.
pub(super) enum LateEvent {
    Told(Got),
    Bytes(u32, Got),
    Player(u32, ReelEvent),
}

/// What the viewer's task sees of it.
pub(super) trait Late {
    fn event(&mut self, event: LateEvent, line: Line);
    fn wish(&mut self, wish: Wish, line: Line);
    fn tick(&mut self, line: Line);
    /// The show is over.
    fn end(&mut self);
}

/// Its code could not be fetched; it is tried again later.
#[derive(Debug)]
pub(super) struct Absent;

impl From<leptos::wasm_split::SplitLoaderError> for Absent {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self
    }
}

/// Fetches the code, and makes one. Not by `lazy`, which takes the page down where the code cannot be fetched.
#[leptos::wasm_split::wasm_split(rewind, wasm_split_path = ::leptos::wasm_split, fallible)]
pub(super) fn open(watch: Watch, show: LivestreamId, post: Post<Event>) -> Result<Box<dyn Late>, Absent> {
    Ok(Box::new(Task {
        watch,
        show,
        post,
        rewinding: Rewinding::new(),
        asking: None,
        player: None,
        players: 0,
        step: Step::None,
        expected: 0,
        is_frozen: false,
        is_over: false,
    }))
}

/// What is under way in the player.
enum Step {
    None,
    /// What it held is dropped; then the head of this part is fetched.
    Emptying {
        part: u32,
        head_bytes: u64,
    },
    Fetching(#[expect(dead_code, reason = "dropping it breaks it off")] Download),
    /// Something is put in or taken out.
    Working,
}

struct Task {
    watch: Watch,
    show: LivestreamId,
    post: Post<Event>,
    rewinding: Rewinding,
    asking: Option<Download>,
    player: Option<ReelPlayer>,
    players: u32,
    step: Step,
    /// Bytes of what is fetched.
    expected: u64,
    /// The live picture stands still until the reel covers it.
    is_frozen: bool,
    /// The show is over, as far as we know: nothing is asked.
    is_over: bool,
}

impl Task {
    fn path(&self, rest: &str) -> String {
        format!("/api/livestreams/{}/live{rest}", self.show)
    }

    fn look(&self) -> Look {
        let Some(player) = &self.player else { return Look::default() };
        Look { at_ms: player.at_ms(), held: player.held(), is_paused: player.element().paused(), has_frame: player.has_frame(), is_open: player.is_open() }
    }

    fn turn(&mut self, line: Line) {
        let now_ms = page::now_ms();
        let orders = self.rewinding.tick(&self.look(), line, now_ms);
        for order in orders {
            self.follow(order);
        }
        self.show();
    }

    fn follow(&mut self, order: Order) {
        match order {
            Order::Ask { since } => {
                let post = self.post.clone();
                let tell = move |got| post.send(Event::Late(LateEvent::Told(got)));
                self.asking = Download::get(&self.path(&format!("?since={since}")), PATIENCE_MS, tell);
                if self.asking.is_none() {
                    self.rewinding.not_told();
                }
            }
            Order::Open { .. } => self.open_player(),
            Order::Begin { part, mime, offset_ms, head_bytes, afresh } => match self.player.as_mut().map(|player| player.begin(&mime, offset_ms, afresh)) {
                Some(Ok(Begun::Ready)) => self.fetch(part, 0, head_bytes),
                Some(Ok(Begun::Emptying)) => self.step = Step::Emptying { part, head_bytes },
                Some(Err(_)) | None => self.broken(),
            },
            Order::Load { part, from, to } => self.fetch(part, from, to),
            Order::Remove { until_ms } => match self.player.as_ref().map(|player| player.drop_until(until_ms)) {
                Some(Ok(())) => self.step = Step::Working,
                _ => self.broken(),
            },
            // What the player works on is over in a moment, and cannot be taken back.
            Order::Cancel => {
                if matches!(self.step, Step::Fetching(_)) {
                    self.done(Outcome::Cancelled);
                }
            }
            Order::Seek { to_ms } => self.with_player(|player| player.seek(to_ms)),
            Order::Rate(rate) => self.with_player(|player| player.set_rate(rate)),
            Order::Play => self.with_player(ReelPlayer::play),
            Order::Pause => self.with_player(ReelPlayer::pause),
            Order::Close => self.close(),
        }
    }

    fn with_player(&self, run: impl FnOnce(&ReelPlayer)) {
        if let Some(player) = &self.player {
            run(player);
        }
    }

    fn open_player(&mut self) {
        if self.player.is_some() {
            return;
        }
        let Some(covered) = self.watch.element() else { return };
        self.players = self.players.wrapping_add(1);
        let (post, number) = (self.post.clone(), self.players);
        self.player = ReelPlayer::open(&covered, move |event| post.send(Event::Late(LateEvent::Player(number, event)))).ok();
    }

    fn fetch(&mut self, part: u32, from: u64, to: u64) {
        let (post, number) = (self.post.clone(), self.players);
        let tell = move |got| post.send(Event::Late(LateEvent::Bytes(number, got)));
        self.expected = to.saturating_sub(from);
        match Download::get(&self.path(&format!("/{part}?from={from}&to={to}")), PATIENCE_MS, tell) {
            Some(download) => self.step = Step::Fetching(download),
            None => self.done(Outcome::Failed),
        }
    }

    fn done(&mut self, outcome: Outcome) {
        self.step = Step::None;
        self.rewinding.done(outcome, page::now_ms());
    }

    fn broken(&mut self) {
        self.drop_player();
        self.rewinding.broken(page::now_ms());
    }

    // What it still tells belongs to nobody.
    fn drop_player(&mut self) {
        (self.player, self.step) = (None, Step::None);
        self.players = self.players.wrapping_add(1);
    }

    fn close(&mut self) {
        self.drop_player();
        self.thaw();
    }

    // The live picture goes on, seen or not: what stands still counts as lost.
    fn thaw(&mut self) {
        if std::mem::take(&mut self.is_frozen)
            && let Some(video) = self.watch.element()
        {
            wasm_bindgen_futures::spawn_local(async move {
                let _ = player::play(video).await;
            });
        }
    }

    fn show(&mut self) {
        let now_ms = page::now_ms();
        let rewinding = &self.rewinding;
        let covers = rewinding.is_covering();
        let is_muted = self.watch.muted.try_get_untracked().unwrap_or(true);
        let covered = self.watch.element();
        if let (Some(player), Some(covered)) = (&self.player, &covered) {
            player.cover(covered);
            player.show(if covers { Seen::Reel } else { Seen::Covered });
            let is_silent = is_muted || !covers;
            if player.element().muted() != is_silent {
                player.element().set_muted(is_silent);
            }
        }
        // Of two pictures one sounds.
        if let Some(covered) = covered.filter(|covered| covered.muted() != (is_muted || covers)) {
            covered.set_muted(is_muted || covers);
        }
        let (stage, edge_ms) = (rewinding.stage(now_ms), rewinding.edge_ms(now_ms));
        let view = LateView {
            is_offered: rewinding.is_offered(),
            stage,
            is_paused: rewinding.is_paused(),
            is_instead: rewinding.is_instead(),
            covers,
            from_ms: rewinding.begins_ms(),
            // By the second: nobody reads more, and each change draws.
            edge_ms: if stage == Stage::Live { edge_ms / 1000 * 1000 } else { edge_ms },
            at_ms: if stage == Stage::Live { edge_ms / 1000 * 1000 } else { rewinding.at_ms() },
        };
        set(self.watch.late, view);
        if covers {
            self.thaw();
        }
    }
}

impl Late for Task {
    fn event(&mut self, event: LateEvent, line: Line) {
        if self.is_over {
            return;
        }
        match event {
            LateEvent::Told(got) => {
                self.asking = None;
                #[derive(serde::Deserialize)]
                struct Answer {
                    reel: Reel,
                }
                match got.text().and_then(|text| serde_json::from_str::<Answer>(&text).ok()) {
                    Some(answer) => self.rewinding.told(answer.reel, reel::can_play, page::now_ms()),
                    None => self.rewinding.not_told(),
                }
            }
            LateEvent::Bytes(number, got) if number == self.players && matches!(self.step, Step::Fetching(_)) => {
                let is_whole = got.status == 200 && u64::from(got.body.length()) == self.expected;
                match self.player.as_ref().filter(|_| is_whole).map(|player| player.put(&got.body)) {
                    Some(Ok(())) => self.step = Step::Working,
                    Some(Err(Refusal::Full)) => self.done(Outcome::Full),
                    Some(Err(Refusal::Broken)) => self.broken(),
                    None => self.done(Outcome::Failed),
                }
            }
            LateEvent::Player(number, event) if number == self.players => match (event, &self.step) {
                (ReelEvent::Broken, _) => self.broken(),
                (ReelEvent::Updated, Step::Emptying { part, head_bytes }) => self.fetch(*part, 0, *head_bytes),
                (ReelEvent::Updated, Step::Working) => self.done(Outcome::Done),
                (ReelEvent::Opened | ReelEvent::Updated, _) => {}
            },
            LateEvent::Bytes(..) | LateEvent::Player(..) => return,
        }
        self.turn(line);
    }

    fn wish(&mut self, wish: Wish, line: Line) {
        if self.is_over {
            return;
        }
        let now_ms = page::now_ms();
        match wish {
            Wish::Pause => {
                if !self.rewinding.is_on()
                    && let Some(video) = self.watch.element()
                {
                    // At once; the reel covers it in a moment.
                    let _ = video.pause();
                    self.is_frozen = true;
                }
                self.rewinding.pause(now_ms);
            }
            Wish::Play if self.rewinding.is_covering() => self.rewinding.play(),
            // What was held for a moment was never left.
            Wish::Play => self.rewinding.back_to_live(line, now_ms),
            Wish::Seek(to_ms) => self.rewinding.seek(to_ms, now_ms),
            Wish::Back => self.rewinding.back_to_live(line, now_ms),
        }
        self.turn(line);
    }

    fn tick(&mut self, line: Line) {
        self.is_over = false;
        self.turn(line);
    }

    fn end(&mut self) {
        for order in self.rewinding.end() {
            self.follow(order);
        }
        (self.asking, self.is_over) = (None, true);
        self.show();
    }
}
