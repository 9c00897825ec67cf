//! The numbers of a show: counted from its log, its stays, its hearts and its orders, each time somebody asks. Nothing is
//! counted beforehand, so that no counter can differ from what happened.

mod csv;
mod tally;

use std::{collections::HashMap, time::Duration};

use futures::TryStreamExt;

pub use self::csv::Table;
use self::tally::{Known, Tally};
use crate::{
    domain::{
        analytics::{Analytics, ShowReport, Viewers},
        id::{LivestreamId, ProductId},
        livestream::LivestreamStatus,
    },
    error::AppError,
    server::{auth::caller::Admin, hub::room::Ask, service::livestreams, state::AppState},
};

/// How long a room is waited for that has yet to write something down. What is late is in the next answer.
const FRESH: Duration = Duration::from_secs(2);

/// The numbers of a show.
///
/// # Errors
/// NotFound if there is no such show, Unavailable when the database is away.
pub async fn get(state: &AppState, admin: &Admin, id: LivestreamId) -> Result<Analytics, AppError> {
    Ok(report(state, admin, id).await?.analytics)
}

/// The numbers of a show as a table for spreadsheets.
///
/// # Errors
/// As [`get`].
pub async fn table(state: &AppState, admin: &Admin, id: LivestreamId, table: Table) -> Result<String, AppError> {
    Ok(csv::write(&report(state, admin, id).await?, table))
}

/// The numbers of a show, with what a page around them needs.
///
/// # Errors
/// As [`get`].
pub async fn report(state: &AppState, _: &Admin, id: LivestreamId) -> Result<ShowReport, AppError> {
    let room = state.hub.open_room(id);
    if let Some(room) = &room {
        let _ = tokio::time::timeout(FRESH, room.ask(Ask::Flush)).await;
    }
    let record = livestreams::record(state, id).await?;
    let figures = room.map(|room| room.facts().figures()).unwrap_or_default();
    let Some(start) = record.start_time else {
        let viewers = Viewers { total: record.view_count, ..Viewers::default() };
        let analytics = Analytics { viewers, ..Analytics::default() };
        return Ok(ShowReport { id, title: record.title, status: record.status, start: None, length_seconds: 0, part_seconds: 0, pins: Vec::new(), analytics });
    };
    let live = record.status == LivestreamStatus::Live;
    let end = record.end_time.unwrap_or_else(|| state.clock.now());
    let mut tally = Tally::new(start, end);
    let mut marks = std::pin::pin!(state.db.log_marks(id).await?);
    while let Some(mark) = marks.try_next().await? {
        tally.mark(mark);
    }
    let (stays, hearts, orders, interest, shelf) =
        tokio::try_join!(state.db.watched(id), state.db.hearts(id), state.db.orders_of_show(id), state.db.interest(id), state.db.shelf(id, record.status),)?;
    tally.stays(stays);
    hearts.into_iter().for_each(|(person, at)| tally.heart(person, at));
    orders.iter().for_each(|order| tally.order(order));
    interest.into_iter().for_each(|interested| tally.interest(interested));
    shelf.iter().for_each(|pin| tally.shelved(pin.product_id, pin.pinned_at));
    let wanted: Vec<ProductId> = tally.products().collect();
    let products = state.db.products_by_ids(&wanted).await?;
    let names: HashMap<ProductId, String> = products.into_iter().map(|(id, product)| (id, product.name)).collect();
    let known = Known { now: if live { figures.viewers } else { 0 }, peak: record.peak_viewers.max(figures.peak), views: record.view_count };
    let counted = tally.finish(&known, &names);
    Ok(ShowReport {
        id,
        title: record.title,
        status: record.status,
        start: Some(start),
        length_seconds: counted.length_seconds,
        part_seconds: counted.part_seconds,
        pins: counted.pins,
        analytics: counted.analytics,
    })
}
