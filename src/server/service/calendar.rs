//! Shows as calendars: one, or all of them, those that were cancelled among them.

use std::collections::BTreeSet;

use crate::{
    domain::{
        calendar::{CalendarEvent, Standing, calendar},
        id::LivestreamId,
        livestream::LivestreamStatus,
        time::Timestamp,
    },
    error::AppError,
    server::{
        db::{
            cancellations::CancelledShow,
            livestreams::{Hidden, LivestreamQuery, LivestreamRecord},
        },
        state::AppState,
    },
};

/// The shows of a feed.
const SHOWS_IN_FEED: u32 = 200;
/// How long a show is expected to be, in milliseconds: nobody says so when planning it.
const EXPECTED_MS: i64 = 3_600_000;
/// What the feed is called in people's calendars.
const NAME: &str = "Live shows";

/// The calendar of one show. `origin` is the shop's address, where it is known.
///
/// # Errors
/// NotFound if there is no such show and no memory of its cancellation.
pub async fn of_show(state: &AppState, origin: Option<&str>, id: LivestreamId) -> Result<String, AppError> {
    let event = match state.db.livestream(id).await? {
        Some(show) if show.is_hidden() => return Err(AppError::not_found("livestream")),
        Some(show) => of_record(&show, origin),
        None => of_cancelled(&state.db.cancellation(id).await?.ok_or_else(|| AppError::not_found("livestream"))?),
    };
    Ok(calendar(&event.title.clone(), &[event]))
}

/// The feed of all shows, the next ones and the newest past ones.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn of_all(state: &AppState, origin: Option<&str>) -> Result<String, AppError> {
    let statuses = vec![LivestreamStatus::Scheduled, LivestreamStatus::Live, LivestreamStatus::Ended];
    let (shows, _) = state.db.list_livestreams(&LivestreamQuery { statuses, hidden: Hidden::LeftOut, search: None, limit: SHOWS_IN_FEED, skip: 0 }).await?;
    let there: BTreeSet<LivestreamId> = shows.iter().map(|show| show.id).collect();
    let cancelled = state.db.cancellations(SHOWS_IN_FEED).await?;
    let cancelled = cancelled.iter().filter(|show| !there.contains(&show.id)).map(of_cancelled);
    let mut events: Vec<CalendarEvent> = shows.iter().map(|show| of_record(show, origin)).chain(cancelled).collect();
    events.sort_by(|one, other| (one.starts, &one.uid).cmp(&(other.starts, &other.uid)));
    Ok(calendar(NAME, &events))
}

fn of_record(show: &LivestreamRecord, origin: Option<&str>) -> CalendarEvent {
    let starts = show.scheduled_at.or(show.start_time).unwrap_or(show.created_at);
    let page = if show.status == LivestreamStatus::Ended { "replays" } else { "live" };
    CalendarEvent {
        uid: uid(show.id),
        sequence: show.revision,
        standing: Standing::Confirmed,
        starts,
        ends: end(starts),
        changed: show.updated_at,
        title: show.title.clone(),
        description: show.description.clone(),
        url: origin.map(|origin| format!("{origin}/{page}/{}", show.id)),
    }
}

fn of_cancelled(show: &CancelledShow) -> CalendarEvent {
    CalendarEvent {
        uid: uid(show.id),
        sequence: show.revision,
        standing: Standing::Cancelled,
        starts: show.scheduled_at,
        ends: end(show.scheduled_at),
        changed: show.cancelled_at,
        title: show.title.clone(),
        description: String::new(),
        url: None,
    }
}

// Without the address of the shop: an event stays itself when the shop moves.
fn uid(id: LivestreamId) -> String {
    format!("{id}@wrencos")
}

fn end(starts: Timestamp) -> Timestamp {
    starts.plus_millis(EXPECTED_MS)
}
