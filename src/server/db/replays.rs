//! What a host decided about a show that is over, kept with the show (collection `livestreams`, part `replay`): whether it is
//! public, which stretch of the film is shown, when products come up in it, and its captions. One document, so that a show
//! and what belongs to its replay come and go together.

use mongodb::bson::{DateTime, Document, RawDocumentBuf, doc, oid::ObjectId};
use mongodb::options::ReturnDocument;
use serde::{Deserialize, Serialize};

use super::{
    Db, DbError, date,
    livestreams::{LivestreamRecord, Stored, oid},
    readable,
};
use crate::domain::{
    edit::{Cut, KeptEdit},
    id::{CaptionsId, LivestreamId},
    time::Timestamp,
};

const COLLECTION: &str = "livestreams";

/// What is kept of a replay.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReplayRecord {
    pub cut: Option<CutRecord>,
    pub edits: Vec<KeptEdit>,
    pub captions: Vec<CaptionsRecord>,
}

/// A stretch that is shown in place of the whole film. It holds as long as the show's film is `url`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutRecord {
    /// The film that was cut out.
    pub url: String,
    /// The whole film, which stays.
    pub whole_url: String,
    pub asked: Cut,
    /// Where in the whole film it begins, and how long it is.
    pub from_ms: u64,
    pub duration_ms: u64,
}

/// A file of captions. Its times count in the whole film.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptionsRecord {
    pub id: CaptionsId,
    pub language: String,
    pub label: String,
}

/// A film of a show that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilmRecord {
    pub id: LivestreamId,
    pub title: String,
    /// When the show ended.
    pub at: Timestamp,
    pub video_url: String,
    /// The whole film, where a stretch of it is shown.
    pub whole_url: Option<String>,
}

impl FilmRecord {
    /// Its files.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        [Some(self.video_url.as_str()), self.whole_url.as_deref()].into_iter().flatten()
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredFilm {
    #[serde(rename = "_id")]
    id: ObjectId,
    #[serde(default)]
    title: String,
    #[serde(default)]
    end_time: Option<DateTime>,
    created_at: DateTime,
    video_url: String,
    #[serde(default)]
    replay: StoredReplay,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct StoredReplay {
    cut: Option<StoredCut>,
    moments: Vec<StoredMoment>,
    captions: Vec<StoredCaptions>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredCut {
    url: String,
    whole_url: String,
    start_ms: i64,
    #[serde(default)]
    end_ms: Option<i64>,
    from_ms: i64,
    duration_ms: i64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredMoment {
    seq: i64,
    #[serde(default)]
    show_ms: Option<i64>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredCaptions {
    #[serde(rename = "_id")]
    id: ObjectId,
    #[serde(default)]
    language: String,
    #[serde(default)]
    label: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Projected {
    replay: StoredReplay,
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl From<StoredReplay> for ReplayRecord {
    fn from(stored: StoredReplay) -> Self {
        let cut = |cut: StoredCut| CutRecord {
            url: cut.url,
            whole_url: cut.whole_url,
            asked: Cut { start_ms: unsigned(cut.start_ms), end_ms: cut.end_ms.map(unsigned) },
            from_ms: unsigned(cut.from_ms),
            duration_ms: unsigned(cut.duration_ms),
        };
        let edit = |edit: StoredMoment| KeptEdit { seq: unsigned(edit.seq), show_ms: edit.show_ms.map(unsigned) };
        let captions =
            |captions: StoredCaptions| CaptionsRecord { id: CaptionsId::from_bytes(captions.id.bytes()), language: captions.language, label: captions.label };
        Self { cut: stored.cut.map(cut), edits: stored.moments.into_iter().map(edit).collect(), captions: stored.captions.into_iter().map(captions).collect() }
    }
}

impl Db {
    /// What is kept of a show's replay; nothing where nothing was decided.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn replay(&self, id: LivestreamId) -> Result<ReplayRecord, DbError> {
        let found = self.collection::<Projected>(COLLECTION).find_one(doc! { "_id": oid(id) }).projection(doc! { "replay": 1 }).await?;
        Ok(found.unwrap_or_default().replay.into())
    }

    /// Says whether customers find a show once it is over, and gives it; `None` if there is none.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn publish_replay(&self, id: LivestreamId, published: bool, now: Timestamp) -> Result<Option<LivestreamRecord>, DbError> {
        self.change_replay(id, doc! {}, doc! { "$set": { "withheld": !published, "updatedAt": date(now) } }).await
    }

    /// Shows another film in place of the one at `shown`: a stretch of the whole, or the whole again. `None`, and nothing is
    /// changed, where another film is shown by now.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn cut_replay(&self, id: LivestreamId, shown: &str, film: Result<&CutRecord, &str>, now: Timestamp) -> Result<Option<LivestreamRecord>, DbError> {
        let change = match film {
            Ok(cut) => {
                let stored = doc! {
                    "url": &cut.url,
                    "wholeUrl": &cut.whole_url,
                    "startMs": signed(cut.asked.start_ms),
                    "endMs": cut.asked.end_ms.map(signed),
                    "fromMs": signed(cut.from_ms),
                    "durationMs": signed(cut.duration_ms),
                };
                doc! { "$set": { "replay.cut": stored, "videoUrl": &cut.url, "updatedAt": date(now) } }
            }
            Err(whole_url) => doc! { "$set": { "videoUrl": whole_url, "updatedAt": date(now) }, "$unset": { "replay.cut": "" } },
        };
        self.change_replay(id, doc! { "videoUrl": shown }, change).await
    }

    /// Keeps what was decided about the moments of a show's products, in place of what was before.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn edit_moments(&self, id: LivestreamId, edits: &[KeptEdit]) -> Result<(), DbError> {
        let edits: Vec<Document> = edits.iter().map(|edit| doc! { "seq": signed(edit.seq), "showMs": edit.show_ms.map(signed) }).collect();
        self.change_replay(id, doc! {}, doc! { "$set": { "replay.moments": edits } }).await.map(drop)
    }

    /// Adds captions to a show that has fewer than `most`. False where it has as many, or there is no such show.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn add_captions(&self, id: LivestreamId, captions: &CaptionsRecord, most: usize) -> Result<bool, DbError> {
        let stored = doc! { "_id": ObjectId::from_bytes(captions.id.bytes()), "language": &captions.language, "label": &captions.label };
        let room = doc! { format!("replay.captions.{}", most.saturating_sub(1)): { "$exists": false } };
        Ok(self.change_replay(id, room, doc! { "$push": { "replay.captions": stored } }).await?.is_some())
    }

    /// Takes captions away. False where there are none of this id.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn remove_captions(&self, id: LivestreamId, captions: CaptionsId) -> Result<bool, DbError> {
        let captions = ObjectId::from_bytes(captions.bytes());
        let change = doc! { "$pull": { "replay.captions": { "_id": captions } } };
        Ok(self.change_replay(id, doc! { "replay.captions._id": captions }, change).await?.is_some())
    }

    /// The films of shows that are over, the oldest first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn films(&self) -> Result<Vec<FilmRecord>, DbError> {
        let filter = doc! { "status": "ended", "videoUrl": { "$gt": "" } };
        let fields = doc! { "title": 1, "endTime": 1, "createdAt": 1, "videoUrl": 1, "replay.cut": 1 };
        let found = self.collection::<RawDocumentBuf>(COLLECTION).find(filter).projection(fields).sort(doc! { "endTime": 1, "_id": 1 }).await?;
        let film = |stored: StoredFilm| FilmRecord {
            id: LivestreamId::from_bytes(stored.id.bytes()),
            title: stored.title,
            at: Timestamp::from_millis(stored.end_time.unwrap_or(stored.created_at).timestamp_millis()),
            whole_url: stored.replay.cut.filter(|cut| cut.url == stored.video_url).map(|cut| cut.whole_url),
            video_url: stored.video_url,
        };
        Ok(readable(found).await?.into_iter().map(film).collect())
    }

    /// Forgets the film of a show that is over, with its captions, and gives the show; `None` where it has another by now.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn remove_film(&self, id: LivestreamId, video_url: &str, now: Timestamp) -> Result<Option<LivestreamRecord>, DbError> {
        let change = doc! {
            "$set": { "videoUrl": "", "isRecorded": false, "updatedAt": date(now) },
            "$unset": { "replay.cut": "", "replay.captions": "" },
        };
        self.change_replay(id, doc! { "status": "ended", "videoUrl": video_url }, change).await
    }

    /// Whether a file is not for customers: the film or the picture of a show that is kept from them, or the whole of a film
    /// of which a stretch is shown.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn is_withheld(&self, path: &str) -> Result<bool, DbError> {
        let hidden = doc! { "withheld": true, "status": "ended", "$or": [{ "videoUrl": path }, { "thumbnailUrl": path }] };
        let cut_off = doc! { "replay.cut.wholeUrl": path, "videoUrl": { "$ne": path } };
        let filter = doc! { "$or": [cut_off, hidden] };
        Ok(self.collection::<Document>(COLLECTION).find_one(filter).projection(doc! { "_id": 1 }).await?.is_some())
    }

    /// Gives a show that has none a picture, and gives the show; `None` where it has one by now, or there is no such show.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn give_picture(&self, id: LivestreamId, url: &str, now: Timestamp) -> Result<Option<LivestreamRecord>, DbError> {
        self.change_replay(id, doc! { "thumbnailUrl": "" }, doc! { "$set": { "thumbnailUrl": url, "updatedAt": date(now) } }).await
    }

    /// Gives a show that has no film one, and gives the show; `None` where it has one by now, or there is no such show.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn give_film(&self, id: LivestreamId, url: &str, now: Timestamp) -> Result<Option<LivestreamRecord>, DbError> {
        let change = doc! { "$set": { "videoUrl": url, "isRecorded": true, "updatedAt": date(now) } };
        self.change_replay(id, doc! { "videoUrl": { "$in": ["", null] } }, change).await
    }

    /// Whether any show names this file as its own.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn names_file(&self, path: &str) -> Result<bool, DbError> {
        let filter = doc! { "$or": [{ "videoUrl": path }, { "thumbnailUrl": path }, { "replay.cut.wholeUrl": path }] };
        Ok(self.collection::<Document>(COLLECTION).find_one(filter).projection(doc! { "_id": 1 }).await?.is_some())
    }

    async fn change_replay(&self, id: LivestreamId, mut filter: Document, change: Document) -> Result<Option<LivestreamRecord>, DbError> {
        filter.insert("_id", oid(id));
        let changed = self.collection::<Stored>(COLLECTION).find_one_and_update(filter, change).return_document(ReturnDocument::After).await?;
        Ok(changed.map(LivestreamRecord::from))
    }
}
