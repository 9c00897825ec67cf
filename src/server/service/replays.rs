//! What a replay shows beside its film: the shelf as it was, with today's products, and the talk in its time.

use crate::{
    domain::{
        id::{LivestreamId, ProductId},
        recording::{self, RecordingPart},
        replay::{Moment, Replay, ReplayChat, ReplayLine, ShelfChange},
        time::Timestamp,
    },
    error::AppError,
    server::{db::livestreams::LivestreamRecord, service::livestreams::record, state::AppState},
};

/// Places of the log before and after the one that is asked for.
const BEFORE: u64 = 60;
const AFTER: u64 = 200;

/// The shelf of a show as its film goes on. Products that do not exist any more are left out.
///
/// # Errors
/// NotFound if there is no such show.
pub async fn replay(state: &AppState, id: LivestreamId) -> Result<Replay, AppError> {
    let show = record(state, id).await?;
    let film = Film::of(state, &show).await?;
    let mut changes = state.db.shelf_changes(id).await?;
    if changes.is_empty() {
        // A show from before there was a log: what was left on its shelf, when it was put there.
        let shelf = state.db.shelf(id, show.status).await?;
        changes = shelf.iter().map(|pin| (pin.pinned_at, ShelfChange::Pin(pin.product_id))).collect();
    }
    let mut ids: Vec<ProductId> = Vec::new();
    for (_, change) in &changes {
        if let ShelfChange::Pin(product) = change
            && !ids.contains(product)
        {
            ids.push(*product);
        }
    }
    let mut found = state.db.products_by_ids(&ids).await?;
    let products: Vec<_> = ids.iter().filter_map(|id| found.remove(id)).collect();
    let is_known = |id: &ProductId| products.iter().any(|product| product.id == *id);
    let moment = |(at, change): (Timestamp, ShelfChange)| {
        let change = match change {
            ShelfChange::Pin(id) | ShelfChange::Unpin(id) if !is_known(&id) => return None,
            ShelfChange::Order(order) => ShelfChange::Order(order.into_iter().filter(is_known).collect()),
            change => change,
        };
        Some(Moment { at_ms: film.place(at), change })
    };
    let moments = changes.into_iter().filter_map(moment).collect();
    Ok(Replay { duration_ms: film.duration_ms, moments, products })
}

/// What was said around a place in the film.
///
/// # Errors
/// NotFound if there is no such show.
pub async fn chat(state: &AppState, id: LivestreamId, at_ms: u64) -> Result<ReplayChat, AppError> {
    let show = record(state, id).await?;
    let film = Film::of(state, &show).await?;
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

/// The film of a show against its clock.
struct Film {
    start: Timestamp,
    duration_ms: u64,
    parts: Vec<RecordingPart>,
}

impl Film {
    async fn of(state: &AppState, show: &LivestreamRecord) -> Result<Self, AppError> {
        let finished = state.db.recording(show.id).await?.finished;
        // A film that was uploaded by hand is taken to begin with the show.
        let own = finished.filter(|finished| !finished.video_url.is_empty() && finished.video_url == show.video_url).unwrap_or_default();
        Ok(Self { start: show.start_time.unwrap_or(show.created_at), duration_ms: own.duration_ms, parts: own.parts })
    }

    fn place(&self, at: Timestamp) -> u64 {
        recording::film_ms(&self.parts, at.millis_since(self.start))
    }

    fn time(&self, at_ms: u64) -> Timestamp {
        self.start.plus_millis(i64::try_from(recording::show_ms(&self.parts, at_ms)).unwrap_or(i64::MAX / 4))
    }
}
