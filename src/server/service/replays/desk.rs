//! A replay in the hands of its host: publishing it, cutting its film, moving or leaving out the moments of its products.

use std::{fs::File, io::BufWriter, time::Duration};

use super::{Film, captions, changes};
use crate::{
    domain::{
        edit::{Cut, DeskMoment, KeptEdit, LoggedChange, MomentEdit, ReplayDesk, ReplayUpdate, check_edits},
        id::{LivestreamId, ProductId},
        livestream::LivestreamStatus,
        recording,
        replay::ShelfChange,
        validate::Fields,
    },
    error::AppError,
    server::{
        auth::caller::Admin,
        db::{
            livestreams::LivestreamRecord,
            replays::{CutRecord, ReplayRecord},
        },
        hub::room::Ask,
        media::{self, Fault, Stretch},
        service::{livestreams::record, recordings::off_thread, uploads},
        state::AppState,
        storage::{Storage, video, write_error},
    },
};

/// How long somebody who asks for a cut is kept waiting for it.
const PATIENCE: Duration = Duration::from_secs(20);

/// A replay as its host sees it.
///
/// # Errors
/// NotFound if there is no such show, Conflict `not_ended` before its end.
pub async fn desk(state: &AppState, _: &Admin, id: LivestreamId) -> Result<ReplayDesk, AppError> {
    let show = ended(state, id).await?;
    let kept = state.db.replay(id).await?;
    let film = Film::of(state, &show, &kept).await?;
    let all = changes(state, &show, &film).await?;
    let pins: Vec<_> = all.iter().filter_map(|logged| if let ShelfChange::Pin(product) = logged.change { Some((logged, product)) } else { None }).collect();
    let ids: Vec<_> = pins.iter().map(|(_, product)| *product).collect();
    let products = state.db.products_by_ids(&ids).await?;
    let place = |show_ms: u64| recording::film_ms(&film.whole_parts, show_ms);
    let moment = |(logged, product_id): &(&LoggedChange, ProductId)| {
        let edit = kept.edits.iter().find(|edit| edit.seq == logged.seq);
        Some(DeskMoment {
            seq: logged.seq,
            product_id: *product_id,
            name: products.get(product_id)?.name.clone(),
            was_ms: place(logged.show_ms),
            at_ms: place(edit.and_then(|edit| edit.show_ms).unwrap_or(logged.show_ms)),
            removed: edit.is_some_and(|edit| edit.show_ms.is_none()),
        })
    };
    let cut = current_cut(&show, &kept);
    let whole_url = cut.map_or_else(|| show.video_url.clone(), |cut| cut.whole_url.clone());
    Ok(ReplayDesk {
        stream_id: id,
        published: !show.withheld,
        can_cut: can_cut(state, &whole_url).await,
        whole_url,
        video_url: show.video_url.clone(),
        whole_ms: film.whole_ms,
        cut: cut.map(|cut| cut.asked).unwrap_or_default(),
        shown_from_ms: cut.map_or(0, |cut| cut.from_ms),
        shown_ms: film.duration_ms,
        cutting: state.storage.is_cutting(id),
        moments: pins.iter().filter_map(moment).collect(),
        captions: captions::of(id, &kept),
    })
}

// MP4 can be cut where it is in fragments, which only the film itself says.
async fn can_cut(state: &AppState, whole_url: &str) -> bool {
    let Some(path) = state.storage.upload(whole_url).filter(|_| whole_url.ends_with(video::Container::Mp4.extension())) else {
        return whole_url.ends_with(video::Container::Webm.extension());
    };
    // A film that is gone, or cannot be read, says so when it is to be cut.
    off_thread(move || Ok(File::open(path).and_then(|mut film| media::can_cut(&mut film)).unwrap_or(false))).await.unwrap_or(false)
}

/// Changes what is given of a replay. A cut that takes long goes on when this returns, and the answer says so.
///
/// # Errors
/// NotFound; Conflict `not_ended`, `cutting` while another cut is made, `no_film` where there is nothing to cut;
/// Invalid for what cannot be accepted, Unsupported for a film that cannot be cut, StorageFull. What is wrong changes nothing.
pub async fn edit(state: &AppState, admin: &Admin, id: LivestreamId, update: ReplayUpdate) -> Result<ReplayDesk, AppError> {
    let show = ended(state, id).await?;
    let cut = update.cut.map(Cut::checked).transpose()?;
    let moments = match update.moments {
        Some(moments) => Some(checked_moments(state, &show, moments).await?),
        None => None,
    };
    if let Some(cut) = cut {
        let right = state.storage.start_cutting(id).ok_or_else(|| AppError::conflict("This film is being cut already.").coded("cutting"))?;
        // The film is cut whether or not somebody waits for it.
        let making = state.clone();
        let cutting = tokio::spawn(async move {
            let done = change_cut(&making, id, cut).await;
            drop(right);
            // Whoever asked may not wait for the answer any more.
            done.inspect_err(|error| tracing::warn!(stream.id = %id, %error, "a film was not cut"))
        });
        match tokio::time::timeout(PATIENCE, cutting).await {
            Ok(Ok(Err(error))) => return Err(error),
            Ok(Err(_)) => return Err(AppError::internal(&crate::server::telemetry::reference())),
            Ok(Ok(Ok(()))) | Err(_) => {}
        }
    }
    if let Some(moments) = moments {
        state.db.edit_moments(id, &moments).await?;
    }
    if let Some(published) = update.published
        && let Some(record) = state.db.publish_replay(id, published, state.clock.now()).await?
    {
        told(state, record).await?;
    }
    desk(state, admin, id).await
}

/// The stored show, if it is over.
///
/// # Errors
/// NotFound if there is no such show, Conflict `not_ended` before its end.
pub(super) async fn ended(state: &AppState, id: LivestreamId) -> Result<LivestreamRecord, AppError> {
    let show = record(state, id).await?;
    if show.status == LivestreamStatus::Ended { Ok(show) } else { Err(AppError::conflict("This show is not over yet.").coded("not_ended")) }
}

fn current_cut<'a>(show: &LivestreamRecord, kept: &'a ReplayRecord) -> Option<&'a CutRecord> {
    kept.cut.as_ref().filter(|cut| cut.url == show.video_url)
}

async fn told(state: &AppState, record: LivestreamRecord) -> Result<(), AppError> {
    if let Some(room) = state.hub.open_room(record.id) {
        room.ask(Ask::Updated(Box::new(record))).await?;
    }
    Ok(())
}

async fn checked_moments(state: &AppState, show: &LivestreamRecord, moments: Vec<MomentEdit>) -> Result<Vec<KeptEdit>, AppError> {
    let film = Film::of(state, show, &state.db.replay(show.id).await?).await?;
    let place = |at_ms| recording::show_ms(&film.whole_parts, at_ms);
    let edits: Vec<KeptEdit> = moments.into_iter().map(|edit| KeptEdit { seq: edit.seq, show_ms: edit.at_ms.map(place) }).collect();
    check_edits(&changes(state, show, &film).await?, &edits)?;
    Ok(edits)
}

// Cuts first and stores afterwards, in one step: a server that dies in between leaves the film as it was.
async fn change_cut(state: &AppState, id: LivestreamId, asked: Cut) -> Result<(), AppError> {
    let _turn = state.storage.turn_to_make().await;
    let show = ended(state, id).await?;
    let kept = state.db.replay(id).await?;
    let before = current_cut(&show, &kept).cloned();
    let whole_url = before.as_ref().map_or_else(|| show.video_url.clone(), |cut| cut.whole_url.clone());
    if whole_url.is_empty() {
        return Err(AppError::conflict("This show has no film.").coded("no_film"));
    }
    let now = state.clock.now();
    let changed = if asked.is_whole() {
        state.db.cut_replay(id, &show.video_url, Err(&whole_url), now).await?
    } else {
        let (storage, from) = (state.storage.clone(), whole_url.clone());
        let (url, stretch) = off_thread(move || cut_film(&storage, &from, asked)).await?;
        let cut = CutRecord { url, whole_url, asked, from_ms: stretch.from_ms, duration_ms: stretch.duration_ms };
        let changed = state.db.cut_replay(id, &show.video_url, Ok(&cut), now).await;
        if !matches!(changed, Ok(Some(_))) {
            remove(state, cut.url.clone()).await;
        }
        tracing::info!(stream.id = %id, from_ms = cut.from_ms, duration_ms = cut.duration_ms, "a film was cut");
        changed?
    };
    let record = changed.ok_or_else(|| AppError::conflict("Another film was put here meanwhile.").coded("cutting"))?;
    told(state, record).await?;
    if let Some(before) = before {
        remove(state, before.url).await;
    }
    Ok(())
}

async fn remove(state: &AppState, url: String) {
    let storage = state.storage.clone();
    let _ = tokio::task::spawn_blocking(move || storage.remove_upload(&url)).await;
}

// Blocks for as long as it takes to read the film and to write the stretch.
fn cut_film(storage: &Storage, whole_url: &str, asked: Cut) -> Result<(String, Stretch), AppError> {
    let missing = || AppError::conflict("The film of this show is not there any more.").coded("no_film");
    let path = storage.upload(whole_url).ok_or_else(missing)?;
    let mut film = File::open(path).map_err(|_| missing())?;
    let bytes = film.metadata().map_err(|error| write_error(&error))?.len();
    storage.expect_room(bytes)?;
    let (incoming, file) = storage.create_incoming()?;
    let until_ms = asked.end_ms.unwrap_or(u64::MAX);
    let stretch = media::cut(&mut film, asked.start_ms, until_ms, BufWriter::with_capacity(256 * 1024, file)).map_err(|fault| match fault {
        Fault::Empty => Fields::one("cut", "There is nothing to see between the start and the end.").into(),
        Fault::Foreign => {
            AppError::new(crate::error::ErrorKind::Unsupported, "WebM can be cut, and MP4 in fragments, as browsers record it. This film is neither.")
        }
        Fault::Io(error) => write_error(&error),
    })?;
    let container = video::identify(incoming.path())?;
    let stored = uploads::keep(storage, incoming, "livestreams", container.extension())?;
    Ok((stored.url, stretch))
}
