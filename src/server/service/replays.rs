//! What a replay shows beside its film: the shelf as it was, with today's products, and the talk in its time.

pub mod archive;
pub mod captions;
pub mod desk;
pub mod frames;

use crate::{
    domain::{
        edit::{LoggedChange, edited},
        id::{LivestreamId, ProductId},
        recording::{self, RecordingPart},
        replay::{Moment, Replay, ReplayChat, ReplayLine, ShelfChange, begun},
        time::Timestamp,
    },
    error::AppError,
    server::{
        auth::caller::Caller,
        db::{livestreams::LivestreamRecord, replays::ReplayRecord},
        service::livestreams::visible,
        state::AppState,
    },
};

/// Places of the log before and after the one that is asked for.
const BEFORE: u64 = 60;
const AFTER: u64 = 200;

/// The shelf of a show as its film goes on, as its host wants it shown. Products that do not exist any more are left out.
///
/// # Errors
/// NotFound if there is no such show, or none that the caller may see.
pub async fn replay(state: &AppState, caller: &Caller, id: LivestreamId) -> Result<Replay, AppError> {
    let show = visible(state, caller, id).await?;
    let kept = state.db.replay(id).await?;
    let film = Film::of(state, &show, &kept).await?;
    let replay = shown_beside(state, &show, &kept, &film).await?;
    Ok(Replay { frames: frames::of(state, &show).await?, ..replay })
}

// What customers see of a show beside this film of it.
async fn shown_beside(state: &AppState, show: &LivestreamRecord, kept: &ReplayRecord, film: &Film) -> Result<Replay, AppError> {
    let id = show.id;
    let all = changes(state, show, film).await?;
    // What was on the shelf without a word of it in the log has no moment, and was shown all the same.
    let silent: Vec<ProductId> = state.db.shelf(id, show.status).await?.iter().map(|pin| pin.product_id).filter(|pin| !pinned(&all).contains(pin)).collect();
    let changes = edited(all, &kept.edits);
    let mut ids = pinned(&changes);
    ids.extend(silent);
    let mut found = state.db.products_by_ids(&ids).await?;
    let products: Vec<_> = ids.iter().filter_map(|id| found.remove(id)).collect();
    let is_known = |id: &ProductId| products.iter().any(|product| product.id == *id);
    let moment = |logged: LoggedChange| {
        let change = match logged.change {
            ShelfChange::Pin(id) | ShelfChange::Unpin(id) if !is_known(&id) => return None,
            ShelfChange::Order(order) => ShelfChange::Order(order.into_iter().filter(is_known).collect()),
            change => change,
        };
        Some(Moment { at_ms: recording::film_ms(&film.parts, logged.show_ms), change })
    };
    let is_shown = |logged: &LoggedChange| !(film.is_cut && recording::is_after(&film.parts, logged.show_ms));
    let moments = changes.into_iter().filter(is_shown).filter_map(moment).collect();
    let moments = if film.is_cut { begun(moments) } else { moments };
    Ok(Replay { duration_ms: film.duration_ms, moments, products, captions: captions::of(id, kept), frames: None })
}

/// What was said around a place in the film.
///
/// # Errors
/// NotFound if there is no such show, or none that the caller may see.
pub async fn chat(state: &AppState, caller: &Caller, id: LivestreamId, at_ms: u64) -> Result<ReplayChat, AppError> {
    let show = visible(state, caller, id).await?;
    let film = Film::of(state, &show, &state.db.replay(id).await?).await?;
    let seq = state.db.seq_at(id, film.time(at_ms)).await?;
    let last = seq.saturating_add(AFTER);
    let limit = u32::try_from(BEFORE + AFTER).unwrap_or(u32::MAX);
    let page = state.db.chat_messages(id, Some(last.saturating_add(1)), limit).await?;
    let until_ms = state.db.next_event_at(id, last).await?.map(|at| film.place(at));
    let lines: Vec<_> = page.messages.into_iter().map(|message| ReplayLine { at_ms: film.place(message.timestamp), message }).collect();
    let from_ms = lines.first().filter(|_| page.has_more).map_or(0, |line| line.at_ms.min(at_ms));
    // A window ends behind what was asked for, however many events share its second: else it would be asked for again and again.
    Ok(ReplayChat { from_ms, until_ms: until_ms.map(|until| until.max(at_ms.saturating_add(1))), lines })
}

// The products that came up, each once.
fn pinned(changes: &[LoggedChange]) -> Vec<ProductId> {
    let mut ids = Vec::new();
    for change in changes {
        if let ShelfChange::Pin(product) = change.change
            && !ids.contains(&product)
        {
            ids.push(product);
        }
    }
    ids
}

// How the shelf changed. A show from before there was a log has what was left on its shelf, when it was put there.
async fn changes(state: &AppState, show: &LivestreamRecord, film: &Film) -> Result<Vec<LoggedChange>, AppError> {
    let logged = |(seq, at, change): (u64, Timestamp, ShelfChange)| LoggedChange { seq, show_ms: at.millis_since(film.start), change };
    let changes = state.db.shelf_changes(show.id).await?;
    if !changes.is_empty() {
        return Ok(changes.into_iter().map(logged).collect());
    }
    let shelf = state.db.shelf(show.id, show.status).await?;
    Ok((1..).zip(&shelf).map(|(seq, pin)| logged((seq, pin.pinned_at, ShelfChange::Pin(pin.product_id)))).collect())
}

/// The film of a show against its clock.
struct Film {
    start: Timestamp,
    duration_ms: u64,
    parts: Vec<RecordingPart>,
    is_cut: bool,
    /// The same of the whole film, where a stretch of it is shown.
    whole_ms: u64,
    whole_parts: Vec<RecordingPart>,
}

impl Film {
    async fn of(state: &AppState, show: &LivestreamRecord, kept: &ReplayRecord) -> Result<Self, AppError> {
        let cut = kept.cut.as_ref().filter(|cut| cut.url == show.video_url);
        let whole_url = cut.map_or(&show.video_url, |cut| &cut.whole_url);
        let finished = state.db.recording(show.id).await?.finished;
        // A film that was uploaded by hand is taken to begin with the show.
        let own = finished.filter(|finished| !finished.video_url.is_empty() && finished.video_url == *whole_url).unwrap_or_default();
        let parts = cut.map_or_else(|| own.parts.clone(), |cut| recording::cut_parts(&own.parts, cut.from_ms, cut.duration_ms));
        Ok(Self {
            start: show.start_time.unwrap_or(show.created_at),
            duration_ms: cut.map_or(own.duration_ms, |cut| cut.duration_ms),
            parts,
            is_cut: cut.is_some(),
            whole_ms: own.duration_ms,
            whole_parts: own.parts,
        })
    }

    fn place(&self, at: Timestamp) -> u64 {
        recording::film_ms(&self.parts, at.millis_since(self.start))
    }

    fn time(&self, at_ms: u64) -> Timestamp {
        self.start.plus_millis(i64::try_from(recording::show_ms(&self.parts, at_ms)).unwrap_or(i64::MAX / 4))
    }
}
