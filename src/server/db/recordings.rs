//! Collection `recordings`: whether a show is to be recorded, and what its film is made of. One document per show.

use mongodb::bson::{DateTime, Document, doc, oid::ObjectId};
use serde::{Deserialize, Serialize};

use super::{Db, DbError, date, livestreams::oid};
use crate::domain::{id::LivestreamId, recording::RecordingPart, time::Timestamp};

const COLLECTION: &str = "recordings";

/// What is stored of a recording. The chunks themselves lie on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingRecord {
    /// Whether the studio is to record.
    pub enabled: bool,
    /// Set once the film is made, or once it is known that there is none.
    pub finished: Option<Finished>,
}

/// What became of the chunks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Finished {
    /// Where the film is; empty where nothing could be played.
    pub video_url: String,
    pub bytes: u64,
    pub duration_ms: u64,
    pub parts: Vec<RecordingPart>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    #[serde(rename = "_id")]
    id: ObjectId,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default)]
    finished_at: Option<DateTime>,
    #[serde(default)]
    video_url: String,
    #[serde(default)]
    bytes: i64,
    #[serde(default)]
    duration_ms: i64,
    #[serde(default)]
    parts: Vec<StoredPart>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredPart {
    show_ms: i64,
    at_ms: i64,
    duration_ms: i64,
}

fn yes() -> bool {
    true
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl From<Stored> for RecordingRecord {
    fn from(stored: Stored) -> Self {
        let part = |part: StoredPart| RecordingPart { show_ms: unsigned(part.show_ms), at_ms: unsigned(part.at_ms), duration_ms: unsigned(part.duration_ms) };
        let finished = stored.finished_at.map(|_| Finished {
            video_url: stored.video_url,
            bytes: unsigned(stored.bytes),
            duration_ms: unsigned(stored.duration_ms),
            parts: stored.parts.into_iter().map(part).collect(),
        });
        Self { enabled: stored.enabled, finished }
    }
}

impl Db {
    /// What is known of a show's recording; a show without one is to be recorded.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn recording(&self, id: LivestreamId) -> Result<RecordingRecord, DbError> {
        let found = self.collection::<Stored>(COLLECTION).find_one(doc! { "_id": oid(id) }).await?;
        Ok(found.map_or(RecordingRecord { enabled: true, finished: None }, RecordingRecord::from))
    }

    /// Says whether the studio is to record a show.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn set_recording(&self, id: LivestreamId, enabled: bool) -> Result<(), DbError> {
        let collection = self.collection::<Document>(COLLECTION);
        collection.update_one(doc! { "_id": oid(id) }, doc! { "$set": { "enabled": enabled } }).upsert(true).await?;
        Ok(())
    }

    /// Writes down what became of a recording.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn finish_recording(&self, id: LivestreamId, finished: &Finished, now: Timestamp) -> Result<(), DbError> {
        let part = |part: &RecordingPart| doc! { "showMs": signed(part.show_ms), "atMs": signed(part.at_ms), "durationMs": signed(part.duration_ms) };
        let set = doc! {
            "finishedAt": date(now),
            "videoUrl": &finished.video_url,
            "bytes": signed(finished.bytes),
            "durationMs": signed(finished.duration_ms),
            "parts": finished.parts.iter().map(part).collect::<Vec<_>>(),
        };
        self.collection::<Document>(COLLECTION).update_one(doc! { "_id": oid(id) }, doc! { "$set": set }).upsert(true).await?;
        Ok(())
    }

    /// Forgets where the film of a recording is. It stays finished, so that nothing more is taken for it.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn forget_film(&self, id: LivestreamId) -> Result<(), DbError> {
        let change = doc! { "$set": { "videoUrl": "", "bytes": 0_i64 } };
        self.collection::<Document>(COLLECTION).update_one(doc! { "_id": oid(id) }, change).await?;
        Ok(())
    }

    /// Removes what is known of a show's recording.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn delete_recording(&self, id: LivestreamId) -> Result<(), DbError> {
        self.collection::<Document>(COLLECTION).delete_one(doc! { "_id": oid(id) }).await?;
        Ok(())
    }
}
