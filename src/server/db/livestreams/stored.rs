//! A show's document, and nothing but its shape.

use mongodb::bson::{DateTime, oid::ObjectId};
use serde::{Deserialize, Serialize};

use super::{LivestreamRecord, oid};
use crate::domain::{
    id::{LivestreamId, UserId},
    livestream::{LivestreamStatus, Quality},
    time::Timestamp,
};

// Reading is tolerant: documents written by other systems may lack what is not essential.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::server::db) struct Stored {
    #[serde(rename = "_id")]
    pub id: ObjectId,
    #[serde(default)]
    title: String,
    #[serde(default)]
    description: String,
    #[serde(default = "nobody")]
    created_by: ObjectId,
    #[serde(default = "ended")]
    status: LivestreamStatus,
    #[serde(default)]
    scheduled_at: Option<DateTime>,
    #[serde(default)]
    start_time: Option<DateTime>,
    #[serde(default)]
    end_time: Option<DateTime>,
    #[serde(default)]
    video_url: String,
    #[serde(default)]
    thumbnail_url: String,
    #[serde(default)]
    quality: Quality,
    #[serde(default)]
    is_recorded: bool,
    #[serde(default)]
    pub view_count: i64,
    #[serde(default)]
    peak_viewers: i64,
    #[serde(default)]
    engaged: i64,
    #[serde(default)]
    on_air: bool,
    #[serde(default)]
    revision: i32,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    withheld: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live_slot: Option<i32>,
    #[serde(default = "epoch")]
    created_at: DateTime,
    #[serde(default = "epoch")]
    updated_at: DateTime,
}

fn nobody() -> ObjectId {
    ObjectId::from_bytes([0; 12])
}

fn ended() -> LivestreamStatus {
    LivestreamStatus::Ended
}

fn epoch() -> DateTime {
    DateTime::from_millis(0)
}

fn timestamp(at: DateTime) -> Timestamp {
    Timestamp::from_millis(at.timestamp_millis())
}

fn datetime(at: Timestamp) -> DateTime {
    DateTime::from_millis(at.millis())
}

pub(super) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl From<Stored> for LivestreamRecord {
    fn from(stored: Stored) -> Self {
        Self {
            id: LivestreamId::from_bytes(stored.id.bytes()),
            title: stored.title,
            description: stored.description,
            created_by: UserId::from_bytes(stored.created_by.bytes()),
            status: stored.status,
            scheduled_at: stored.scheduled_at.map(timestamp),
            start_time: stored.start_time.map(timestamp),
            end_time: stored.end_time.map(timestamp),
            video_url: stored.video_url,
            thumbnail_url: stored.thumbnail_url,
            quality: stored.quality,
            is_recorded: stored.is_recorded,
            view_count: unsigned(stored.view_count),
            peak_viewers: unsigned(stored.peak_viewers),
            engaged: unsigned(stored.engaged),
            on_air: stored.on_air,
            revision: u32::try_from(stored.revision).unwrap_or(0),
            withheld: stored.withheld,
            created_at: timestamp(stored.created_at),
            updated_at: timestamp(stored.updated_at),
        }
    }
}

impl From<&LivestreamRecord> for Stored {
    fn from(record: &LivestreamRecord) -> Self {
        Self {
            id: oid(record.id),
            title: record.title.clone(),
            description: record.description.clone(),
            created_by: ObjectId::from_bytes(record.created_by.bytes()),
            status: record.status,
            scheduled_at: record.scheduled_at.map(datetime),
            start_time: record.start_time.map(datetime),
            end_time: record.end_time.map(datetime),
            video_url: record.video_url.clone(),
            thumbnail_url: record.thumbnail_url.clone(),
            quality: record.quality,
            is_recorded: record.is_recorded,
            view_count: signed(record.view_count),
            peak_viewers: signed(record.peak_viewers),
            engaged: signed(record.engaged),
            on_air: record.on_air,
            revision: i32::try_from(record.revision).unwrap_or(i32::MAX),
            withheld: record.withheld,
            live_slot: None,
            created_at: datetime(record.created_at),
            updated_at: datetime(record.updated_at),
        }
    }
}
