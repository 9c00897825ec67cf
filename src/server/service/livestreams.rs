//! Shows: created, started, watched, stopped, deleted. What is live moves through the show's room; this is the only
//! place that puts record, room, hearts and shelf together.

use crate::{
    domain::{
        chat::HISTORY,
        id::{LivestreamId, SessionId},
        livestream::{Livestream, LivestreamPage, LivestreamStatus, LivestreamUpdate, NewLivestream, ShowPlan, check_schedule},
    },
    error::AppError,
    server::{
        auth::caller::{Admin, Caller, Visit},
        db::{
            cancellations::CancelledShow,
            livestreams::{Figures, Hidden, LivestreamQuery, LivestreamRecord},
            new_id,
            views::View,
        },
        hub::room::{Answer, Ask},
        service::{page::Page, products::searched, uploads},
        state::AppState,
    },
};

/// Likers that an admin is shown.
const LIKERS_SHOWN: usize = 1000;

/// Shows, newest first: all for an admin, live and scheduled ones for others. Lists carry no messages.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn list(state: &AppState, caller: &Caller, status: Option<LivestreamStatus>, page: Page) -> Result<LivestreamPage, AppError> {
    let open = [LivestreamStatus::Live, LivestreamStatus::Scheduled];
    let all = [LivestreamStatus::Live, LivestreamStatus::Scheduled, LivestreamStatus::Ended];
    let visible: &[LivestreamStatus] = if caller.is_admin() { &all } else { &open };
    let statuses = visible.iter().copied().filter(|visible| status.is_none_or(|wanted| wanted == *visible)).collect();
    paged(state, caller, statuses, None, page).await
}

/// Ended shows, newest first: all, or those with a text in their title or description. Lists carry no messages.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn past(state: &AppState, caller: &Caller, search: Option<String>, page: Page) -> Result<LivestreamPage, AppError> {
    paged(state, caller, vec![LivestreamStatus::Ended], searched(search), page).await
}

async fn paged(state: &AppState, caller: &Caller, statuses: Vec<LivestreamStatus>, search: Option<String>, page: Page) -> Result<LivestreamPage, AppError> {
    let hidden = if caller.is_admin() { Hidden::Listed } else { Hidden::LeftOut };
    let (records, total) = state.db.list_livestreams(&LivestreamQuery { statuses, hidden, search, limit: page.limit, skip: page.skip }).await?;
    Ok(LivestreamPage { livestreams: views(state, caller, &records).await?, total })
}

/// The live shows, newest first, with their last messages.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn active(state: &AppState, caller: &Caller) -> Result<Vec<Livestream>, AppError> {
    let records = state.db.live_livestreams().await?;
    let mut livestreams = views(state, caller, &records).await?;
    for livestream in &mut livestreams {
        livestream.chat_messages = state.db.chat_messages(livestream.id, None, HISTORY as u32).await?.messages;
        livestream.chat_rules = state.db.chat_rules(livestream.id).await?;
    }
    Ok(livestreams)
}

/// One show, with its last messages.
///
/// # Errors
/// NotFound if there is no such show, or none that the caller may see.
pub async fn get(state: &AppState, caller: &Caller, id: LivestreamId) -> Result<Livestream, AppError> {
    let record = visible(state, caller, id).await?;
    detail(state, caller, &record).await
}

/// Creates a show: live at once, or scheduled if it has a time.
///
/// # Errors
/// Invalid for fields that cannot be accepted; Malformed with the code `livestream_active` while as many shows are live as may be.
pub async fn create(state: &AppState, admin: &Admin, caller: &Caller, input: NewLivestream) -> Result<Livestream, AppError> {
    let input = input.checked()?;
    let now = state.clock.now();
    let scheduled = input.scheduled_at.is_some();
    if let Some(at) = input.scheduled_at {
        check_schedule(at, now)?;
    }
    let record = LivestreamRecord {
        id: LivestreamId::from_bytes(new_id()),
        title: input.title,
        description: input.description,
        created_by: admin.user().id,
        status: if scheduled { LivestreamStatus::Scheduled } else { LivestreamStatus::Live },
        scheduled_at: input.scheduled_at,
        start_time: (!scheduled).then_some(now),
        end_time: None,
        video_url: String::new(),
        thumbnail_url: String::new(),
        quality: input.quality,
        is_recorded: false,
        view_count: 0,
        peak_viewers: 0,
        engaged: 0,
        on_air: false,
        revision: 0,
        withheld: false,
        created_at: now,
        updated_at: now,
    };
    state.db.insert_livestream(&record, state.config.max_active_shows).await?;
    if !scheduled {
        // The room writes the start down and tells everyone; whoever reads this answer finds it done.
        state.hub.ask(record.id, Ask::Flush).await?;
    }
    detail(state, caller, &record).await
}

/// Plans a show as a host's form says it, or changes a plan that there is.
///
/// # Errors
/// Invalid for fields that cannot be accepted; NotFound; Conflict `not_scheduled` where the show has begun.
pub async fn plan(state: &AppState, admin: &Admin, caller: &Caller, id: Option<LivestreamId>, plan: ShowPlan) -> Result<Livestream, AppError> {
    let existing = match id {
        Some(id) => Some(record(state, id).await?),
        None => None,
    };
    if existing.as_ref().is_some_and(|show| show.status != LivestreamStatus::Scheduled) {
        return Err(AppError::conflict("This show has begun: its plan is history.").coded("not_scheduled"));
    }
    // All that is wrong with the form is said at once.
    let (at, title) = (plan.time(), NewLivestream { title: plan.title, description: plan.description, ..NewLivestream::default() }.checked());
    let (at, texts) = match (at, title) {
        (Ok(at), Ok(texts)) => (at, texts),
        (Err(mut wrong), Err(more)) => {
            more.names().for_each(|field| wrong.add(field, more.get(field).unwrap_or_default()));
            return Err(wrong.into());
        }
        (Err(wrong), _) | (_, Err(wrong)) => return Err(wrong.into()),
    };
    let poster = plan.poster.trim().to_owned();
    let update = LivestreamUpdate {
        title: Some(texts.title.clone()),
        description: Some(texts.description.clone()),
        scheduled_at: Some(at),
        thumbnail_url: Some(poster.clone()).filter(|poster| !poster.is_empty()),
        ..LivestreamUpdate::default()
    };
    let Some(existing) = existing else {
        // What is wrong with the picture is found before there is a show.
        update.clone().checked()?;
        let show = create(state, admin, caller, NewLivestream { scheduled_at: Some(at), ..texts }).await?;
        let picture = LivestreamUpdate { thumbnail_url: update.thumbnail_url, ..LivestreamUpdate::default() };
        return if picture.thumbnail_url.is_some() { self::update(state, admin, caller, show.id, picture).await } else { Ok(show) };
    };
    // Calendars hear only of what changed.
    let changed = LivestreamUpdate {
        title: update.title.filter(|title| *title != existing.title),
        description: update.description.filter(|text| *text != existing.description),
        scheduled_at: update.scheduled_at.filter(|at| Some(*at) != existing.scheduled_at),
        ..update
    };
    self::update(state, admin, caller, existing.id, changed).await
}

/// Changes what is given of a show.
///
/// # Errors
/// Invalid for fields that cannot be accepted, NotFound if there is no such show.
pub async fn update(state: &AppState, _: &Admin, caller: &Caller, id: LivestreamId, update: LivestreamUpdate) -> Result<Livestream, AppError> {
    let update = update.checked()?;
    if let Some(at) = update.scheduled_at {
        check_schedule(at, state.clock.now())?;
    }
    let record = state.db.update_livestream(id, &update, state.clock.now()).await?.ok_or_else(|| AppError::not_found("livestream"))?;
    if let Some(room) = state.hub.open_room(id) {
        room.ask(Ask::Updated(Box::new(record.clone()))).await?;
    }
    detail(state, caller, &record).await
}

/// Makes a scheduled show live. A live one stays so.
///
/// # Errors
/// NotFound; Conflict `show_ended`; Malformed `livestream_active` while as many shows are live as may be.
pub async fn start(state: &AppState, _: &Admin, caller: &Caller, id: LivestreamId) -> Result<Livestream, AppError> {
    moved(state, caller, id, Ask::Start).await
}

/// Ends a live show. An ended one stays so.
///
/// # Errors
/// NotFound; Conflict `not_live` where it has not begun.
pub async fn stop(state: &AppState, _: &Admin, caller: &Caller, id: LivestreamId) -> Result<Livestream, AppError> {
    moved(state, caller, id, Ask::Stop).await
}

async fn moved(state: &AppState, caller: &Caller, id: LivestreamId, ask: Ask) -> Result<Livestream, AppError> {
    let room = state.hub.room(id).await?;
    let Answer::Show(record) = room.ask(ask).await? else { return Err(AppError::internal("a room's answer")) };
    room.ask(Ask::Flush).await?;
    detail(state, caller, &record).await
}

/// What a deletion came to.
#[derive(Debug)]
pub enum Deleted {
    /// It was live: ended, and kept.
    Stopped(Box<Livestream>),
    /// It is gone, with all that was said in it.
    Gone,
}

/// Deletes a show; a live one is stopped instead.
///
/// # Errors
/// NotFound if there is no such show.
pub async fn delete(state: &AppState, admin: &Admin, caller: &Caller, id: LivestreamId) -> Result<Deleted, AppError> {
    let record = record(state, id).await?;
    if record.status == LivestreamStatus::Live {
        return Ok(Deleted::Stopped(Box::new(stop(state, admin, caller, id).await?)));
    }
    if let (LivestreamStatus::Scheduled, Some(scheduled_at)) = (record.status, record.scheduled_at) {
        // Written down first: a plan that is gone without a word would stay in people's calendars. While the show exists it is not read.
        let revision = record.revision.saturating_add(1);
        state.db.save_cancellation(&CancelledShow { id, title: record.title, scheduled_at, revision, cancelled_at: state.clock.now() }).await?;
    }
    let cut = state.db.replay(id).await?.cut;
    if !state.db.delete_livestream(id).await? {
        return Err(AppError::conflict("This show has just begun."));
    }
    let films = cut.into_iter().flat_map(|cut| [cut.url, cut.whole_url]);
    uploads::discard(state, [record.video_url, record.thumbnail_url].into_iter().chain(films)).await;
    let _ = tokio::fs::remove_dir_all(state.storage.captions(id)).await;
    state.hub.forget(id).await;
    state.db.delete_events(id).await?;
    state.db.delete_chat_rules(id).await?;
    state.db.delete_sanctions(id).await?;
    state.db.delete_likes(id).await?;
    state.db.delete_shelf(id).await?;
    state.db.delete_views(id).await?;
    state.db.delete_presence(id).await?;
    state.db.delete_interest(id).await?;
    state.db.delete_recording(id).await?;
    Ok(Deleted::Gone)
}

/// Ends the live shows whose broadcaster is gone, and gives them.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn cleanup(state: &AppState, admin: &Admin, caller: &Caller) -> Result<Vec<Livestream>, AppError> {
    let mut cleaned = Vec::new();
    for record in state.db.live_livestreams().await? {
        let Answer::Figures { on_air, .. } = state.hub.ask(record.id, Ask::Figures { person: String::new() }).await? else { continue };
        // A host who has only just pressed the button is on the way, not gone.
        let fresh = record.start_time.is_some_and(|start| state.clock.now().millis_since(start) < state.config.host_grace_ms);
        if !on_air && (record.on_air || !fresh) {
            cleaned.push(stop(state, admin, caller, record.id).await?);
        }
    }
    Ok(cleaned)
}

/// Counts a visitor as a viewer of a show, once; gives how many there were so far.
///
/// # Errors
/// NotFound if there is no such show.
pub async fn view(state: &AppState, caller: &Caller, id: LivestreamId) -> Result<u64, AppError> {
    state.throttles.guest(caller)?;
    let record = visible(state, caller, id).await?;
    match state.db.add_view(id, &steady_session(state, caller), state.clock.now()).await? {
        View::Repeated => Ok(record.view_count),
        View::First => {
            let count = state.db.count_view(id).await?.ok_or_else(|| AppError::not_found("livestream"))?;
            if let Some(room) = state.hub.open_room(id) {
                room.ask(Ask::Viewed(count)).await?;
            }
            Ok(count)
        }
    }
}

/// The session of a caller. Whoever brings none is a visitor by their network, or each of their requests would count.
pub(super) fn steady_session(state: &AppState, caller: &Caller) -> SessionId {
    match caller.visit {
        Visit::Returning => caller.session.clone(),
        Visit::New => state.sessions.scoped(caller.address, "without a session"),
    }
}

/// The one who likes and speaks: the account, else the steady session.
pub(super) fn steady_person(state: &AppState, caller: &Caller) -> String {
    Caller { session: steady_session(state, caller), ..caller.clone() }.person()
}

/// By what mutes and bans know a caller with their steady session.
pub(super) fn steady_marks(state: &AppState, caller: &Caller) -> Vec<String> {
    Caller { session: steady_session(state, caller), ..caller.clone() }.marks(&state.sessions)
}

/// The stored show, if the caller may see it: what is kept from customers is there for admins alone.
pub(super) async fn visible(state: &AppState, caller: &Caller, id: LivestreamId) -> Result<LivestreamRecord, AppError> {
    let record = record(state, id).await?;
    if record.is_hidden() && !caller.is_admin() { Err(AppError::not_found("livestream")) } else { Ok(record) }
}

/// Refuses who may not see a show. Asks nobody about one that is live.
pub(super) async fn expect_visible(state: &AppState, caller: &Caller, id: LivestreamId) -> Result<(), AppError> {
    let is_open = caller.is_admin() || state.hub.open_room(id).is_some_and(|room| room.facts().is_live());
    if is_open { Ok(()) } else { visible(state, caller, id).await.map(drop) }
}

/// The stored show.
pub(super) async fn record(state: &AppState, id: LivestreamId) -> Result<LivestreamRecord, AppError> {
    state.db.livestream(id).await?.ok_or_else(|| AppError::not_found("livestream"))
}

async fn detail(state: &AppState, caller: &Caller, record: &LivestreamRecord) -> Result<Livestream, AppError> {
    let mut livestream = views(state, caller, std::slice::from_ref(record)).await?.pop().ok_or_else(|| AppError::not_found("livestream"))?;
    livestream.chat_messages = state.db.chat_messages(record.id, None, HISTORY as u32).await?.messages;
    livestream.chat_rules = state.db.chat_rules(record.id).await?;
    if caller.is_admin() {
        let likers = state.db.likers(record.id).await?;
        livestream.liked_by = likers.iter().take(LIKERS_SHOWN).map(|person| shown(person)).collect();
    }
    Ok(livestream)
}

// An account by its id; a session by so little of it that it tells guests apart and is of no other use.
fn shown(person: &str) -> String {
    match person.split_once(':') {
        Some(("u", id)) => id.to_owned(),
        Some((_, session)) => format!("guest-{}", session.chars().take(8).collect::<String>()),
        None => person.to_owned(),
    }
}

async fn views(state: &AppState, caller: &Caller, records: &[LivestreamRecord]) -> Result<Vec<Livestream>, AppError> {
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<LivestreamId> = records.iter().map(|record| record.id).collect();
    let shows: Vec<_> = records.iter().map(|record| (record.id, record.status)).collect();
    let mut shelves = state.db.shelves(&shows).await?;
    let person = steady_person(state, caller);
    let likes = state.db.like_counts(&ids, &person).await?;
    let mine = shown(&person);
    let view = |record: &LivestreamRecord| {
        let room = state.hub.open_room(record.id).map(|room| room.facts().figures()).unwrap_or_default();
        let (count, liked) = likes.get(&record.id).copied().unwrap_or_default();
        let mut livestream = record.view(&Figures { likes: count, ..room }, Vec::new(), shelves.remove(&record.id).unwrap_or_default());
        livestream.liked = liked;
        livestream.liked_by = if liked { vec![mine.clone()] } else { Vec::new() };
        livestream
    };
    Ok(records.iter().map(view).collect())
}
