//! Recording what the media server receives, for shows whose camera is no page. What comes goes the way of a page's recorder,
//! into the same journal and the same film. The show never waits for it: what cannot be kept is a hole in the film.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    sync::{
        mpsc::{self, error::TrySendError},
        watch,
    },
    time::{MissedTickBehavior, interval, sleep},
};

use super::{
    chunks::{self, NewChunk, Taking},
    film, off_thread,
};
use crate::{
    domain::{id::LivestreamId, livestream::LivestreamStatus},
    error::ErrorKind,
    server::{
        media::tape::{Codec, Packet, Piece, Tape},
        service::livestreams::record,
        sfu::{self, Copied, Tap},
        state::AppState,
    },
};

/// Pieces that may wait for the disk.
const PIECES: usize = 16;
/// How often time passes where no packet comes.
const TICK: Duration = Duration::from_millis(250);
/// How often it is looked up whether the show is to be recorded.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// A host is not asked for a key frame more often: each one is many times as large as another picture.
const ASK_EVERY: Duration = Duration::from_secs(2);
/// A piece that the database or the disk fails at is tried so often, after this time.
const TRIES: u32 = 5;
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// Where there is no room for more, room is looked for only after this time: each try costs the host a key frame.
const NO_ROOM: Duration = Duration::from_secs(30);

/// The recorders that run, by show, and what was kept of those shows.
#[derive(Debug, Default)]
pub struct Tapes {
    running: watch::Sender<HashMap<LivestreamId, usize>>,
    kept_bytes: Mutex<HashMap<LivestreamId, u64>>,
}

impl Tapes {
    /// Waits until no recorder of a show runs.
    pub async fn ended(&self, show: LivestreamId) {
        // The sender lives as long as this.
        let _ = self.running.subscribe().wait_for(|running| !running.contains_key(&show)).await;
    }

    /// Nothing more is kept of a show.
    pub fn forget(&self, show: LivestreamId) {
        self.kept().remove(&show);
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<LivestreamId, u64>> {
        self.kept_bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts a recorder for as long as it lives.
struct Running {
    state: AppState,
    show: LivestreamId,
}

impl Running {
    fn new(state: &AppState, show: LivestreamId) -> Self {
        state.tapes.running.send_modify(|running| *running.entry(show).or_default() += 1);
        Self { state: state.clone(), show }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.state.tapes.running.send_modify(|running| {
            if let Some(count) = running.get_mut(&self.show) {
                *count -= 1;
                if *count == 0 {
                    running.remove(&self.show);
                }
            }
        });
    }
}

/// What the two halves of a recorder know of each other.
#[derive(Debug, Default)]
struct Shared {
    is_wanted: AtomicBool,
    /// Something could not be kept.
    has_hole: AtomicBool,
}

/// Records what comes over the newest connection of a show's host until that ends, wherever the show is to be recorded. Has
/// the film made if the show is over then, and nobody else recorded of it: a page may still have something to send.
pub fn begin(state: &AppState, show: LivestreamId) {
    let Some(room) = state.hub.open_room(show) else { return };
    let Some(tap) = room.tap().cloned() else { return };
    // At once: what is listened to is the newest connection of this moment.
    let copies = tap.listen();
    let running = Running::new(state, show);
    let state = state.clone();
    tokio::spawn(async move {
        let (pieces, kept) = mpsc::channel(PIECES);
        let (shared, began) = (Arc::<Shared>::default(), Instant::now());
        let keeper = Keeper {
            state: state.clone(),
            show,
            recorder: format!("server-{:016x}", rand::random::<u64>()),
            next: 0,
            shared: shared.clone(),
            began,
            rests_until: None,
        };
        tokio::join!(listen(show, tap, copies, pieces, &shared, began), keeper.keep(kept));
        drop(running);
        let is_over = record(&state, show).await.is_ok_and(|show| show.status == LivestreamStatus::Ended);
        if is_over
            && is_all_ours(&state, show).await
            && let Err(error) = film::request(&state, show).await
        {
            tracing::warn!(stream.id = %show, %error, "a film was not asked for; it is made when nothing more comes");
        }
    });
}

async fn is_all_ours(state: &AppState, show: LivestreamId) -> bool {
    let kept_bytes = state.tapes.kept().get(&show).copied();
    let storage = state.storage.clone();
    let progress = off_thread(move || storage.recording_progress(show, "")).await.ok().flatten();
    kept_bytes.is_some() && kept_bytes == progress.map(|progress| progress.bytes)
}

fn ms_since(began: Instant, at: Instant) -> u64 {
    u64::try_from(at.saturating_duration_since(began).as_millis()).unwrap_or(u64::MAX)
}

fn packet(copied: Copied, began: Instant) -> Result<Packet, sfu::Codec> {
    let codec = match copied.codec {
        sfu::Codec::Opus => Codec::Opus,
        sfu::Codec::Vp8 => Codec::Vp8,
        sfu::Codec::Vp9 => Codec::Vp9,
        sfu::Codec::H264 => Codec::H264,
        sfu::Codec::Av1 => Codec::Av1,
        other => return Err(other),
    };
    Ok(Packet {
        codec,
        stream: copied.stream,
        seq: copied.seq,
        time: copied.time,
        is_last: copied.is_last,
        at_ms: ms_since(began, copied.at),
        payload: copied.payload,
    })
}

// Makes pieces of packets. Waits for nobody, so that packets do not.
async fn listen(show: LivestreamId, tap: Tap, mut copies: mpsc::Receiver<Copied>, pieces: mpsc::Sender<Piece>, shared: &Shared, began: Instant) {
    let mut tape = Tape::default();
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut asked_at: Option<Instant> = None;
    let mut foreign = None;
    loop {
        let is_wanted = shared.is_wanted.load(Ordering::Relaxed);
        if !is_wanted || shared.has_hole.swap(false, Ordering::Relaxed) {
            tape.restart();
        }
        let made = tokio::select! {
            copied = copies.recv() => match copied.map(|copied| packet(copied, began)) {
                None => break,
                Some(Ok(packet)) if is_wanted => tape.take(packet),
                Some(Ok(_)) => Vec::new(),
                Some(Err(codec)) => {
                    if foreign.replace(codec) != Some(codec) {
                        tracing::warn!(stream.id = %show, ?codec, "this show is not recorded: pictures of this kind are not, VP8, VP9, H.264 and AV1 are");
                    }
                    Vec::new()
                }
            },
            _ = tick.tick() => tape.pass(ms_since(began, Instant::now())),
        };
        for piece in made {
            match pieces.try_send(piece) {
                Ok(()) => {}
                Err(TrySendError::Full(_)) => {
                    tape.restart();
                    tracing::warn!(stream.id = %show, "the disk is behind: something is missing in a recording");
                    break;
                }
                // The film is made, or the show is gone.
                Err(TrySendError::Closed(_)) => return,
            }
        }
        let now = Instant::now();
        let may_ask = asked_at.is_none_or(|at| now.saturating_duration_since(at) >= ASK_EVERY);
        if may_ask && is_wanted && foreign.is_none() && tape.wants_key(ms_since(began, now)) {
            asked_at = Some(now);
            tap.ask_for_key();
        }
    }
    for piece in tape.finish() {
        if pieces.send(piece).await.is_err() {
            return;
        }
    }
}

/// What became of a piece.
enum Kept {
    Yes,
    No,
    /// Nothing more is taken.
    Over,
}

/// Hands pieces to those who take chunks.
struct Keeper {
    state: AppState,
    show: LivestreamId,
    recorder: String,
    next: u32,
    shared: Arc<Shared>,
    began: Instant,
    /// Nothing is tried before.
    rests_until: Option<Instant>,
}

impl Keeper {
    async fn keep(mut self, mut pieces: mpsc::Receiver<Piece>) {
        let mut look = interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // After one that is missing the next must be the start of a file.
        let mut is_torn = false;
        loop {
            tokio::select! {
                biased;
                _ = look.tick() => self.look().await,
                piece = pieces.recv() => {
                    let Some(piece) = piece else { return };
                    is_torn &= !piece.begins;
                    if is_torn {
                        continue;
                    }
                    match self.store(piece).await {
                        Kept::Yes => {}
                        Kept::No => {
                            is_torn = true;
                            self.shared.has_hole.store(true, Ordering::Relaxed);
                        }
                        Kept::Over => return,
                    }
                }
            }
        }
    }

    // While the database is away what was known holds.
    async fn look(&self) {
        if let Ok(known) = self.state.db.recording(self.show).await {
            let rests = self.rests_until.is_some_and(|until| Instant::now() < until);
            self.shared.is_wanted.store(known.enabled && known.finished.is_none() && !rests, Ordering::Relaxed);
        }
    }

    async fn store(&mut self, piece: Piece) -> Kept {
        let bytes = bytes::Bytes::from(piece.bytes);
        for _ in 0..TRIES {
            let age_ms = Some(ms_since(self.began, Instant::now()).saturating_sub(piece.began_ms));
            let chunk = NewChunk { recorder: self.recorder.clone(), number: self.next, age_ms, bytes: bytes.clone() };
            let error = match chunks::take(&self.state, self.show, chunk).await {
                Ok(Taking::Stored { next }) => {
                    self.next = next;
                    *self.state.tapes.kept().entry(self.show).or_default() += bytes.len() as u64;
                    return Kept::Yes;
                }
                Ok(Taking::Refused { error, next }) => {
                    self.next = next;
                    error
                }
                Err(error) => error,
            };
            match error.kind {
                ErrorKind::Gone | ErrorKind::NotFound => return Kept::Over,
                ErrorKind::Unavailable | ErrorKind::Internal => sleep(TRY_AGAIN).await,
                ErrorKind::TooLarge | ErrorKind::StorageFull => {
                    tracing::warn!(stream.id = %self.show, %error, "this show is not recorded for now; it goes on");
                    self.rests_until = Some(Instant::now() + NO_ROOM);
                    self.shared.is_wanted.store(false, Ordering::Relaxed);
                    return Kept::No;
                }
                _ => {
                    tracing::warn!(stream.id = %self.show, %error, "something is missing in a recording; the show goes on");
                    return Kept::No;
                }
            }
        }
        tracing::warn!(stream.id = %self.show, "something is missing in a recording: neither disk nor database take it");
        Kept::No
    }
}
