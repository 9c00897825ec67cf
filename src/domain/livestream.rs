//! Shows: scheduled, live, ended.

use serde::{Deserialize, Serialize};

use super::{
    chat::ChatMessage,
    id::{LivestreamId, ProductId, UserId},
    moderation::ChatRules,
    pin::PinnedProduct,
    product::is_issued_path,
    time::Timestamp,
    validate::{self, Fields},
};

/// Where a show stands. It only ever moves forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LivestreamStatus {
    Scheduled,
    Live,
    Ended,
}

/// The picture's size that the host asks the camera for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
pub enum Quality {
    #[default]
    #[serde(rename = "720p")]
    Hd720,
    #[serde(rename = "1080p")]
    Hd1080,
}

impl Quality {
    /// Width and height in pixels.
    pub const fn size_px(self) -> (u32, u32) {
        match self {
            Self::Hd720 => (1280, 720),
            Self::Hd1080 => (1920, 1080),
        }
    }

    /// Its name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hd720 => "720p",
            Self::Hd1080 => "1080p",
        }
    }
}

/// A show as clients see it. `view_count` equals `total_viewers` and `max_viewers` equals `peak_viewers`: both
/// names are relied upon. `viewer_count` is who watches now. `duration` is in whole seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Livestream {
    #[serde(rename = "_id")]
    pub id: LivestreamId,
    pub title: String,
    pub description: String,
    pub created_by: UserId,
    pub status: LivestreamStatus,
    pub is_active: bool,
    pub scheduled_at: Option<Timestamp>,
    pub start_time: Option<Timestamp>,
    pub end_time: Option<Timestamp>,
    pub duration: u64,
    pub stream_url: String,
    pub video_url: String,
    pub thumbnail_url: String,
    pub quality: Quality,
    pub is_recorded: bool,
    /// Whether customers find the replay once the show is over.
    #[serde(default = "yes")]
    pub published: bool,
    pub view_count: u64,
    pub total_viewers: u64,
    pub max_viewers: u64,
    pub peak_viewers: u64,
    pub viewer_count: u64,
    pub likes: u64,
    pub liked_by: Vec<String>,
    pub liked: bool,
    pub engagement_rate: f64,
    pub chat_messages: Vec<ChatMessage>,
    /// What the show asks of those who chat; in lists the defaults.
    #[serde(default)]
    pub chat_rules: ChatRules,
    pub pinned_products: Vec<PinnedProduct>,
    pub pinned_product_ids: Vec<ProductId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

fn yes() -> bool {
    true
}

/// Some shows, and how many there are in all.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LivestreamPage {
    pub livestreams: Vec<Livestream>,
    pub total: u64,
}

/// What a host enters to create a show. With `scheduled_at` it waits; without, it is live at once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewLivestream {
    pub title: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub quality: Quality,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_at: Option<Timestamp>,
}

impl NewLivestream {
    /// The same with texts cleaned, or what is wrong, per field.
    pub fn checked(mut self) -> Result<Self, Fields> {
        let mut fields = Fields::default();
        self.title = fields.take("title", validate::line(&self.title, 1, 120));
        self.description = fields.take("description", validate::paragraph(&self.description, 0, 2000));
        fields.finish(self)
    }
}

/// A plan as the host's form sends it: the time as the host's own clock shows it, and how far that clock is east of UTC then.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ShowPlan {
    pub title: String,
    pub description: String,
    /// As `2026-01-31T18:30`.
    pub at: String,
    pub offset_minutes: i32,
    /// Path of the picture; empty for none.
    pub poster: String,
}

impl ShowPlan {
    /// The time that is meant.
    ///
    /// # Errors
    /// A sentence about the field `scheduledAt`.
    pub fn time(&self) -> Result<Timestamp, Fields> {
        Timestamp::from_local(self.at.trim(), self.offset_minutes).ok_or_else(|| Fields::one("scheduledAt", "Choose a day and a time."))
    }
}

/// How far ahead a show can be planned, in milliseconds: ten years.
pub const MAX_AHEAD_MS: i64 = 10 * 366 * 86_400_000;
/// A time that passed so long ago while a form was filled in still counts.
const JUST_NOW_MS: i64 = 60_000;

/// Whether a show can be planned for this time.
///
/// # Errors
/// A sentence about the field `scheduledAt`.
pub fn check_schedule(at: Timestamp, now: Timestamp) -> Result<(), Fields> {
    let ahead_ms = at.millis().saturating_sub(now.millis());
    if ahead_ms < -JUST_NOW_MS {
        return Err(Fields::one("scheduledAt", "Choose a time that is still to come."));
    }
    if ahead_ms >= MAX_AHEAD_MS {
        return Err(Fields::one("scheduledAt", "Choose a time within the next ten years."));
    }
    Ok(())
}

/// What a host may change of a show; what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LivestreamUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality: Option<Quality>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduled_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_recorded: Option<bool>,
}

impl LivestreamUpdate {
    /// The same with texts cleaned and paths in the form this server hands out, or what is wrong, per field.
    pub fn checked(mut self) -> Result<Self, Fields> {
        let mut fields = Fields::default();
        self.title = self.title.map(|title| fields.take("title", validate::line(&title, 1, 120)));
        self.description = self.description.map(|text| fields.take("description", validate::paragraph(&text, 0, 2000)));
        for (field, path) in [("videoUrl", &mut self.video_url), ("thumbnailUrl", &mut self.thumbnail_url)] {
            if let Some(path) = path {
                // The replaced system's web client sends the path without its leading slash.
                if path.starts_with("uploads/") {
                    path.insert(0, '/');
                }
                if !is_issued_path(path) {
                    fields.add(field, "Files are uploaded here first.");
                }
            }
        }
        fields.finish(self)
    }
}

/// People who liked, chatted or ordered among all who watched: 0 to 1.
pub fn engagement_rate(engaged: u64, unique_viewers: u64) -> f64 {
    if unique_viewers == 0 { 0.0 } else { (engaged as f64 / unique_viewers as f64).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_takes_only_files_of_this_server() {
        let update = |path: &str| LivestreamUpdate { video_url: Some(path.into()), ..Default::default() }.checked();
        assert_eq!(update("uploads/livestreams/a.webm").unwrap().video_url.as_deref(), Some("/uploads/livestreams/a.webm"));
        assert!(update("https://evil.example/a.webm").is_err() && update("/etc/passwd").is_err());
    }

    #[test]
    fn an_update_refuses_fields_that_are_not_its_own() {
        for body in [r#"{"likes":9999}"#, r#"{"isActive":false}"#, r#"{"viewCount":1}"#, r#"{"title.x":1}"#] {
            assert!(serde_json::from_str::<LivestreamUpdate>(body).is_err(), "{body}");
        }
    }

    #[test]
    fn a_plan_lies_ahead_but_not_out_of_sight() {
        let now = Timestamp::from_millis(1_800_000_000_000);
        let fits = |ahead_ms: i64| check_schedule(now.plus_millis(ahead_ms), now).is_ok();
        assert!(fits(0) && fits(-60_000) && fits(86_400_000) && fits(MAX_AHEAD_MS - 1));
        assert!(!fits(-60_001) && !fits(MAX_AHEAD_MS) && !fits(i64::MIN / 2));
    }

    #[test]
    fn engagement_is_a_share() {
        assert_eq!([engagement_rate(0, 0), engagement_rate(1, 4), engagement_rate(9, 4)], [0.0, 0.25, 1.0]);
    }
}
