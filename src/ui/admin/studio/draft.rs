//! The show that does not exist yet.

use crate::domain::{
    id::{LivestreamId, UserId},
    livestream::{Livestream, LivestreamStatus, Quality},
    moderation::ChatRules,
    time::Timestamp,
};

/// An empty show, from which the studio's signals take their neutral values. It is never sent anywhere.
pub fn draft() -> Livestream {
    let never = Timestamp::default();
    Livestream {
        id: LivestreamId::from_bytes([0; 12]),
        title: String::new(),
        description: String::new(),
        created_by: UserId::from_bytes([0; 12]),
        status: LivestreamStatus::Scheduled,
        is_active: false,
        scheduled_at: None,
        start_time: None,
        end_time: None,
        duration: 0,
        stream_url: String::new(),
        video_url: String::new(),
        thumbnail_url: String::new(),
        quality: Quality::default(),
        is_recorded: false,
        published: true,
        view_count: 0,
        total_viewers: 0,
        max_viewers: 0,
        peak_viewers: 0,
        viewer_count: 0,
        likes: 0,
        liked_by: Vec::new(),
        liked: false,
        engagement_rate: 0.0,
        chat_messages: Vec::new(),
        chat_rules: ChatRules::default(),
        pinned_products: Vec::new(),
        pinned_product_ids: Vec::new(),
        created_at: never,
        updated_at: never,
    }
}
