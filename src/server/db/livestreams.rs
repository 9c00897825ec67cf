//! Collection `livestreams`: the record of each show. What is said, liked, pinned and viewed lives in collections of its own.

mod stored;

pub(super) use self::stored::Stored;
use self::stored::{signed, unsigned};
use super::{Db, DbError, date, index, indexes::Wanted, readable, search::contains};
use crate::domain::{
    chat::ChatMessage,
    id::{LivestreamId, UserId},
    livestream::{Livestream, LivestreamStatus, LivestreamUpdate, Quality, engagement_rate},
    moderation::ChatRules,
    pin::PinnedProduct,
    time::Timestamp,
};
use mongodb::{
    IndexModel,
    bson::{Document, RawDocumentBuf, doc, oid::ObjectId},
    options::{IndexOptions, ReturnDocument},
};

const COLLECTION: &str = "livestreams";

/// The indexes of shows. A live show holds one of `MAX_ACTIVE_SHOWS` slots, and no two hold the same: that is what
/// makes one of a thousand simultaneous starts win.
pub fn indexes() -> Vec<Wanted> {
    let slot = IndexOptions::builder().unique(true).partial_filter_expression(doc! { "liveSlot": { "$exists": true } }).build();
    vec![
        (COLLECTION, IndexModel::builder().keys(doc! { "liveSlot": 1 }).options(slot).build()),
        (COLLECTION, index(doc! { "status": 1, "createdAt": -1, "_id": -1 })),
        // Few shows are kept from customers; every file that is fetched is looked for among theirs.
        (COLLECTION, partial(doc! { "withheld": 1 }, doc! { "withheld": true })),
        (COLLECTION, partial(doc! { "replay.cut.wholeUrl": 1 }, doc! { "replay.cut.wholeUrl": { "$exists": true } })),
    ]
}

fn partial(keys: Document, filter: Document) -> IndexModel {
    IndexModel::builder().keys(keys).options(IndexOptions::builder().partial_filter_expression(filter).build()).build()
}

/// A show as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct LivestreamRecord {
    pub id: LivestreamId,
    pub title: String,
    pub description: String,
    pub created_by: UserId,
    pub status: LivestreamStatus,
    pub scheduled_at: Option<Timestamp>,
    pub start_time: Option<Timestamp>,
    pub end_time: Option<Timestamp>,
    pub video_url: String,
    pub thumbnail_url: String,
    pub quality: Quality,
    pub is_recorded: bool,
    pub view_count: u64,
    pub peak_viewers: u64,
    /// People who liked or spoke, counted at the end.
    pub engaged: u64,
    /// Whether somebody was on air in this show while it was live.
    pub on_air: bool,
    /// How often what calendars say of the show has changed.
    pub revision: u32,
    /// Whether its replay is kept from customers.
    pub withheld: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// What changes too often to be stored with the show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    pub viewers: u64,
    pub likes: u64,
    /// People who liked or spoke.
    pub engaged: u64,
    /// The most viewers at once.
    pub peak: u64,
}

impl LivestreamRecord {
    /// Whether customers are to find no trace of it: it is over, and its replay is not published.
    pub fn is_hidden(&self) -> bool {
        self.withheld && self.status == LivestreamStatus::Ended
    }

    /// The show as clients see it. Who liked it is for the caller to add.
    pub fn view(&self, figures: &Figures, chat_messages: Vec<ChatMessage>, pinned_products: Vec<PinnedProduct>) -> Livestream {
        let live = self.status == LivestreamStatus::Live;
        let peak = figures.peak.max(self.peak_viewers);
        Livestream {
            id: self.id,
            title: self.title.clone(),
            description: self.description.clone(),
            created_by: self.created_by,
            status: self.status,
            is_active: live,
            scheduled_at: self.scheduled_at,
            start_time: self.start_time,
            end_time: self.end_time,
            duration: self.end_time.zip(self.start_time).map_or(0, |(end, start)| end.seconds_since(start)),
            stream_url: format!("/live/{}", self.id),
            video_url: self.video_url.clone(),
            thumbnail_url: self.thumbnail_url.clone(),
            quality: self.quality,
            is_recorded: self.is_recorded,
            published: !self.withheld,
            view_count: self.view_count,
            total_viewers: self.view_count,
            max_viewers: peak,
            peak_viewers: peak,
            viewer_count: if live { figures.viewers } else { 0 },
            likes: figures.likes,
            liked_by: Vec::new(),
            liked: false,
            // Who watched is who was counted as a view, or at least as many as watched at once.
            engagement_rate: engagement_rate(figures.engaged.max(self.engaged), self.view_count.max(peak)),
            chat_messages,
            // Kept beside the show; whoever shows one show alone fills it in.
            chat_rules: ChatRules::default(),
            pinned_product_ids: pinned_products.iter().map(|pin| pin.product_id).collect(),
            pinned_products,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// Whether a list names the ended shows that are kept from customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    Listed,
    LeftOut,
}

/// Which shows to list.
#[derive(Debug, Clone)]
pub struct LivestreamQuery {
    pub statuses: Vec<LivestreamStatus>,
    pub hidden: Hidden,
    /// A text that their title or description has.
    pub search: Option<String>,
    pub limit: u32,
    pub skip: u64,
}

/// Why a show did not become live.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("every slot is taken by a live show")]
    NoSlot,
    #[error("the show has ended or does not exist")]
    NotScheduled,
    #[error(transparent)]
    Db(#[from] DbError),
}

fn status_name(status: LivestreamStatus) -> &'static str {
    match status {
        LivestreamStatus::Scheduled => "scheduled",
        LivestreamStatus::Live => "live",
        LivestreamStatus::Ended => "ended",
    }
}

pub(super) fn oid(id: LivestreamId) -> ObjectId {
    ObjectId::from_bytes(id.bytes())
}

impl Db {
    /// Stores a new show. A live one takes a free slot of `max_active`.
    ///
    /// # Errors
    /// `NoSlot` where every slot is taken.
    pub async fn insert_livestream(&self, record: &LivestreamRecord, max_active: u32) -> Result<(), StartError> {
        let collection = self.collection::<Stored>(COLLECTION);
        let mut stored = Stored::from(record);
        if record.status != LivestreamStatus::Live {
            collection.insert_one(stored).await.map_err(DbError::from)?;
            return Ok(());
        }
        for slot in 0..max_active {
            stored.live_slot = i32::try_from(slot).ok();
            match collection.insert_one(&stored).await.map_err(DbError::from) {
                Ok(_) => return Ok(()),
                Err(DbError::Duplicate) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StartError::NoSlot)
    }

    /// Makes a scheduled show live. One that is live already is given as it is.
    ///
    /// # Errors
    /// `NoSlot` where every slot is taken, `NotScheduled` where the show ended or does not exist.
    pub async fn start_livestream(&self, id: LivestreamId, now: Timestamp, max_active: u32) -> Result<LivestreamRecord, StartError> {
        let collection = self.collection::<Stored>(COLLECTION);
        for slot in 0..max_active {
            let set =
                doc! { "$set": { "status": "live", "startTime": date(now), "updatedAt": date(now), "liveSlot": i32::try_from(slot).unwrap_or(i32::MAX) } };
            let filter = doc! { "_id": oid(id), "status": "scheduled" };
            match collection.find_one_and_update(filter, set).return_document(ReturnDocument::After).await.map_err(DbError::from) {
                Ok(Some(stored)) => return Ok(stored.into()),
                Ok(None) => {
                    return match self.livestream(id).await? {
                        Some(record) if record.status == LivestreamStatus::Live => Ok(record),
                        _ => Err(StartError::NotScheduled),
                    };
                }
                Err(DbError::Duplicate) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StartError::NoSlot)
    }

    /// Ends a live show and frees its slot. One that is not live is given as it is; `None` if there is none.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn stop_livestream(&self, id: LivestreamId, reason: &str, engaged: u64, peak: u64, now: Timestamp) -> Result<Option<LivestreamRecord>, DbError> {
        let update = doc! {
            "$set": { "status": "ended", "endTime": date(now), "updatedAt": date(now), "endReason": reason, "engaged": signed(engaged) },
            "$max": { "peakViewers": signed(peak) },
            "$unset": { "liveSlot": "" },
        };
        let filter = doc! { "_id": oid(id), "status": "live" };
        let stopped = self.collection::<Stored>(COLLECTION).find_one_and_update(filter, update).return_document(ReturnDocument::After).await?;
        match stopped {
            Some(stored) => Ok(Some(stored.into())),
            None => self.livestream(id).await,
        }
    }

    /// A show.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn livestream(&self, id: LivestreamId) -> Result<Option<LivestreamRecord>, DbError> {
        Ok(self.collection::<Stored>(COLLECTION).find_one(doc! { "_id": oid(id) }).await?.map(LivestreamRecord::from))
    }

    /// A page of shows, newest first, and how many there are in all.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_livestreams(&self, query: &LivestreamQuery) -> Result<(Vec<LivestreamRecord>, u64), DbError> {
        let names: Vec<&str> = query.statuses.iter().copied().map(status_name).collect();
        let mut filter = doc! { "status": { "$in": names } };
        if query.hidden == Hidden::LeftOut {
            filter.insert("$nor", [doc! { "status": "ended", "withheld": true }]);
        }
        if let Some(search) = &query.search {
            filter.insert("$or", [doc! { "title": contains(search) }, doc! { "description": contains(search) }]);
        }
        let collection = self.collection::<RawDocumentBuf>(COLLECTION);
        let total = collection.count_documents(filter.clone()).await?;
        let page = collection.find(filter).sort(doc! { "createdAt": -1, "_id": -1 }).skip(query.skip).limit(i64::from(query.limit)).await?;
        let found: Vec<Stored> = readable(page).await?;
        Ok((found.into_iter().map(LivestreamRecord::from).collect(), total))
    }

    /// All live shows, the newest first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn live_livestreams(&self) -> Result<Vec<LivestreamRecord>, DbError> {
        let found = self.collection::<RawDocumentBuf>(COLLECTION).find(doc! { "status": "live" }).sort(doc! { "startTime": -1, "_id": -1 }).await?;
        let found: Vec<Stored> = readable(found).await?;
        Ok(found.into_iter().map(LivestreamRecord::from).collect())
    }

    /// Replaces what is given, and gives the show as it is then; `None` if there is none.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn update_livestream(&self, id: LivestreamId, update: &LivestreamUpdate, now: Timestamp) -> Result<Option<LivestreamRecord>, DbError> {
        let mut set = doc! { "updatedAt": date(now) };
        let texts = [("title", &update.title), ("description", &update.description), ("videoUrl", &update.video_url), ("thumbnailUrl", &update.thumbnail_url)];
        for (field, text) in texts {
            if let Some(text) = text {
                set.insert(field, text);
            }
        }
        if let Some(quality) = update.quality {
            set.insert("quality", quality.name());
        }
        if let Some(at) = update.scheduled_at {
            set.insert("scheduledAt", date(at));
        }
        if let Some(is_recorded) = update.is_recorded {
            set.insert("isRecorded", is_recorded);
        }
        let is_new_to_calendars = update.title.is_some() || update.description.is_some() || update.scheduled_at.is_some();
        let change = doc! { "$set": set, "$inc": { "revision": i32::from(is_new_to_calendars) } };
        let collection = self.collection::<Stored>(COLLECTION);
        let updated = collection.find_one_and_update(doc! { "_id": oid(id) }, change).return_document(ReturnDocument::After).await?;
        Ok(updated.map(LivestreamRecord::from))
    }

    /// Removes a show that is not live. False if there is none such.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn delete_livestream(&self, id: LivestreamId) -> Result<bool, DbError> {
        let filter = doc! { "_id": oid(id), "status": { "$ne": "live" } };
        Ok(self.collection::<Document>(COLLECTION).delete_one(filter).await?.deleted_count > 0)
    }

    /// Raises the highest number of viewers, if this is higher.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn save_peak(&self, id: LivestreamId, peak: u64) -> Result<(), DbError> {
        self.collection::<Document>(COLLECTION).update_one(doc! { "_id": oid(id) }, doc! { "$max": { "peakViewers": signed(peak) } }).await?;
        Ok(())
    }

    /// Writes down that somebody was on air.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn save_on_air(&self, id: LivestreamId) -> Result<(), DbError> {
        self.collection::<Document>(COLLECTION).update_one(doc! { "_id": oid(id) }, doc! { "$set": { "onAir": true } }).await?;
        Ok(())
    }

    /// Counts one more view, and gives how many there are; `None` if there is no such show.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn count_view(&self, id: LivestreamId) -> Result<Option<u64>, DbError> {
        let collection = self.collection::<Stored>(COLLECTION);
        let counted = collection.find_one_and_update(doc! { "_id": oid(id) }, doc! { "$inc": { "viewCount": 1_i64 } }).return_document(ReturnDocument::After);
        Ok(counted.await?.map(|stored| unsigned(stored.view_count)))
    }
}
