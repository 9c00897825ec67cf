//! The reel of a live show for those who watch it late, or whose network lets nothing else through: what there is, and its
//! bytes. Nothing is read or kept for a show that nobody watches in this way.

use std::{
    collections::HashMap,
    io::{self, Read},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use bytes::Bytes;
use futures::{Stream, stream};

use super::chunks::off_thread;
use crate::{
    domain::{
        id::LivestreamId,
        livestream::LivestreamStatus,
        reel::{MOST_PLACES, Reel, ReelPart, ReelPlace},
        time::Timestamp,
    },
    error::{AppError, ErrorKind},
    server::{
        auth::caller::Caller,
        hub::room::{Answer, Ask},
        media::{self, reel::Walk},
        service::livestreams::{record, steady_marks},
        state::AppState,
        storage::{Storage, journal::SessionReader, write_error},
    },
};

/// The code of a refusal: there are no such bytes, or not yet.
pub const NO_SUCH_BYTES: &str = "no_such_bytes";

/// Bytes of one reader that are in memory at a time.
const AT_ONCE_BYTES: usize = 64 * 1024;

/// The reels that somebody asked for.
#[derive(Debug, Default)]
pub struct Reels(Mutex<HashMap<LivestreamId, Arc<Growing>>>);

/// A reel as it grows. Whoever reads it never waits for a disk: `shown` is only held to look at it.
#[derive(Debug, Default)]
struct Growing {
    making: Mutex<Making>,
    shown: RwLock<Shown>,
}

#[derive(Debug, Default)]
struct Making {
    /// Chunks that were read.
    chunks: usize,
    parts: Vec<MadePart>,
    /// Of each recorder, the part that it writes now.
    writes: HashMap<[u8; 16], usize>,
}

#[derive(Debug)]
struct MadePart {
    reader: SessionReader,
    walk: Walk,
    began: Timestamp,
}

#[derive(Debug, Default)]
struct Shown {
    /// Of the journal, so that a validator never fits another one.
    name: String,
    parts: Vec<Option<ShownPart>>,
    places: Vec<Place>,
}

#[derive(Debug, Clone)]
struct ShownPart {
    facts: Facts,
    reader: Arc<SessionReader>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Facts {
    mime: String,
    began: Timestamp,
    first_ms: u64,
    length_ms: u64,
    head_bytes: u64,
    bytes: u64,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    part: u32,
    began: Timestamp,
    ms: u64,
    at: u64,
}

// A panic in between leaves a reel that is short, not one that is wrong.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Reels {
    fn known(&self, show: LivestreamId) -> Option<Arc<Growing>> {
        lock(&self.0).get(&show).cloned()
    }

    /// A show's recording is another thing now, or gone.
    pub fn forget(&self, show: LivestreamId) {
        lock(&self.0).remove(&show);
    }
}

impl Growing {
    // Reads the chunks that are new. Blocks.
    fn grow(&self, storage: &Storage, show: LivestreamId) -> Result<(), AppError> {
        let mut making = lock(&self.making);
        let Some((name, empty, new)) = storage.recorded_since(show, making.chunks)? else { return Ok(()) };
        let failed = |error: io::Error| write_error(&error);
        for chunk in &new {
            let starts = media::starts_session(&empty.first_bytes(chunk).map_err(failed)?);
            let part = match making.writes.get(&chunk.recorder) {
                Some(part) if !starts => *part,
                _ => {
                    making.parts.push(MadePart { reader: empty.clone(), walk: Walk::default(), began: chunk.began });
                    making.parts.len() - 1
                }
            };
            making.writes.insert(chunk.recorder, part);
            making.parts[part].reader.push(chunk);
            making.chunks += 1;
        }
        let mut places = Vec::new();
        let mut changed = Vec::new();
        for (number, part) in (0..).zip(&mut making.parts) {
            let before = part.walk.bytes();
            let found = part.walk.go_on(&mut part.reader).map_err(failed)?;
            places.extend(found.into_iter().map(|place| Place { part: number, began: part.began, ms: place.ms, at: place.at }));
            if part.walk.bytes() > before {
                changed.push((number, part.shown()));
            }
        }
        let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
        shown.name = name;
        shown.parts.resize(making.parts.len(), None);
        for (number, part) in changed {
            shown.parts[number as usize] = part;
        }
        shown.places.extend(places);
        Ok(())
    }
}

impl MadePart {
    fn shown(&self) -> Option<ShownPart> {
        let (mime, head_bytes) = (self.walk.mime()?, self.walk.head_bytes()?);
        let (first_ms, length_ms, bytes) = (self.walk.first_ms(), self.walk.length_ms(), self.walk.bytes());
        let facts = Facts { mime, began: self.began, first_ms, length_ms, head_bytes, bytes };
        Some(ShownPart { facts, reader: Arc::new(self.reader.clone()) })
    }
}

/// More of a show was recorded: whoever watches its reel finds it there.
pub(super) async fn grown(state: &AppState, id: LivestreamId) {
    let Some(reel) = state.reels.known(id) else { return };
    let storage = state.storage.clone();
    if let Err(error) = off_thread(move || reel.grow(&storage, id)).await {
        tracing::warn!(stream.id = %id, %error, "a reel is not up to date");
    }
}

// When the show began, for those who may watch it.
async fn admitted(state: &AppState, caller: &Caller, id: LivestreamId) -> Result<Timestamp, AppError> {
    // A room that is not open is no reason to open one for a show that is over.
    if state.hub.open_room(id).is_none() {
        match record(state, id).await?.status {
            LivestreamStatus::Scheduled => return Err(AppError::conflict("This show has not begun.").coded("not_live")),
            LivestreamStatus::Ended => {
                state.reels.forget(id);
                return Err(AppError::new(ErrorKind::Gone, "This show is over.").coded("show_ended"));
            }
            LivestreamStatus::Live => {}
        }
    }
    let marks = if caller.moderates() { Vec::new() } else { steady_marks(state, caller) };
    match state.hub.ask(id, Ask::Watch { marks }).await? {
        Answer::Watching { since } => Ok(since),
        _ => Err(AppError::internal("a room's answer")),
    }
}

async fn opened(state: &AppState, id: LivestreamId) -> Result<Arc<Growing>, AppError> {
    if let Some(reel) = state.reels.known(id) {
        return Ok(reel);
    }
    // In the list first: what is recorded while it is read is read by whoever stored it.
    let reel = lock(&state.reels.0).entry(id).or_default().clone();
    let (storage, growing) = (state.storage.clone(), reel.clone());
    off_thread(move || growing.grow(&storage, id)).await?;
    Ok(reel)
}

/// What there is of a live show, with the places from the `since`th on.
///
/// # Errors
/// NotFound if there is no such show, Conflict `not_live` before it, Gone `show_ended` after it, Forbidden `banned`.
pub async fn reel(state: &AppState, caller: &Caller, id: LivestreamId, since: u32) -> Result<Reel, AppError> {
    let start = admitted(state, caller, id).await?;
    let now_ms = state.clock.now().millis_since(start);
    let reel = opened(state, id).await?;
    let shown = reel.shown.read().unwrap_or_else(PoisonError::into_inner);
    let part = |(number, part): (u32, &Option<ShownPart>)| {
        let Facts { mime, began, first_ms, length_ms, head_bytes, bytes } = part.as_ref()?.facts.clone();
        let show_ms = began.millis_since(start);
        Some(ReelPart { part: number, mime, show_ms, media_ms: first_ms, end_ms: show_ms + length_ms, head_bytes, bytes })
    };
    let place = |place: &Place| ReelPlace { part: place.part, show_ms: place.began.millis_since(start) + place.ms, at: place.at };
    let from = (since as usize).min(shown.places.len());
    let places: Vec<_> = shown.places[from..].iter().take(MOST_PLACES).map(place).collect();
    let next = u32::try_from(from + places.len()).unwrap_or(u32::MAX);
    Ok(Reel { now_ms, parts: (0..).zip(&shown.parts).filter_map(part).collect(), places, next })
}

/// Some bytes of a reel, which never change.
#[derive(Debug)]
pub struct Stretch {
    reader: SessionReader,
    pub size: u64,
    /// Strong: names journal, part and place.
    pub tag: String,
}

/// The bytes of a part from `from` up to `to`, or up to all there are.
///
/// # Errors
/// As [`reel`]; NotFound if there is no such part; Invalid `no_such_bytes` for what is not there, or not yet.
pub async fn stretch(state: &AppState, caller: &Caller, id: LivestreamId, part: u32, from: u64, to: Option<u64>) -> Result<Stretch, AppError> {
    admitted(state, caller, id).await?;
    let reel = opened(state, id).await?;
    let (name, part_shown) = {
        let shown = reel.shown.read().unwrap_or_else(PoisonError::into_inner);
        (shown.name.clone(), shown.parts.get(part as usize).cloned().flatten())
    };
    let part_shown = part_shown.ok_or_else(|| AppError::not_found("part of the recording"))?;
    let to = to.unwrap_or(part_shown.facts.bytes);
    if from >= to || to > part_shown.facts.bytes {
        return Err(AppError::new(ErrorKind::Invalid, format!("There are {} bytes of this part.", part_shown.facts.bytes)).coded(NO_SUCH_BYTES));
    }
    Ok(Stretch { reader: part_shown.reader.range(from, to), size: to - from, tag: format!("\"{name}-{part}-{from}-{to}\"") })
}

impl Stretch {
    /// The bytes, read as they are wanted.
    pub fn bytes(self) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        stream::try_unfold(self.reader, |mut reader| async move {
            let read = move || {
                let mut buffer = vec![0; AT_ONCE_BYTES];
                let count = reader.read(&mut buffer)?;
                buffer.truncate(count);
                Ok::<_, io::Error>((Bytes::from(buffer), reader))
            };
            let (bytes, reader) = tokio::task::spawn_blocking(read).await.map_err(io::Error::other)??;
            Ok((!bytes.is_empty()).then_some((bytes, reader)))
        })
    }
}
