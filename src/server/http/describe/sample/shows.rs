//! Shows, what is said in them, what stands on their shelves, what is kept of them, and what they came to.

use super::{at, chat_rules, host_id, message_id, product, product_id, show_id, user_id};
use crate::domain::{
    analytics::{Analytics, ProductFigures, Revenue, TimelinePoint, Viewers, WatchSeconds},
    chat::ChatMessage,
    like::LikeState,
    livestream::{Livestream, LivestreamPage, LivestreamStatus, LivestreamUpdate, NewLivestream, Quality},
    money::Currency,
    pin::PinnedProduct,
    recording::{Recording, RecordingPart, RecordingState},
    reel::{Reel, ReelPart, ReelPlace},
};

/// A chat message.
pub fn chat_message() -> ChatMessage {
    ChatMessage {
        id: message_id(),
        seq: 42,
        username: "Lena".into(),
        message: "Is it vegan?".into(),
        timestamp: at(754),
        is_admin: false,
        is_moderator: true,
        client_id: Some("m-17".into()),
    }
}

/// A product on the shelf.
pub fn pinned_product() -> PinnedProduct {
    PinnedProduct { product_id: product_id(), product: product(), pinned_at: at(60), display_order: 0, is_active: true }
}

/// A live show, as Lena sees it.
pub fn livestream() -> Livestream {
    Livestream {
        id: show_id(),
        title: "Spring colours".into(),
        description: "Six new shades, tried on live.".into(),
        created_by: host_id(),
        status: LivestreamStatus::Live,
        is_active: true,
        scheduled_at: Some(at(0)),
        start_time: Some(at(2)),
        end_time: None,
        duration: 754,
        stream_url: String::new(),
        video_url: String::new(),
        thumbnail_url: "/uploads/thumbnails/0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f.webp".into(),
        quality: Quality::Hd720,
        is_recorded: false,
        published: true,
        view_count: 120,
        total_viewers: 120,
        max_viewers: 48,
        peak_viewers: 48,
        viewer_count: 31,
        likes: 17,
        liked_by: vec![user_id().to_string()],
        liked: true,
        engagement_rate: 0.25,
        chat_messages: vec![chat_message()],
        pinned_products: vec![pinned_product()],
        pinned_product_ids: vec![product_id()],
        chat_rules: chat_rules(),
        created_at: at(-86_400),
        updated_at: at(754),
    }
}

/// A page of shows.
pub fn livestream_page() -> LivestreamPage {
    LivestreamPage { livestreams: vec![livestream()], total: 1 }
}

/// What a host enters for a show that is to come.
pub fn new_livestream() -> NewLivestream {
    let show = livestream();
    NewLivestream { title: show.title, description: show.description, quality: show.quality, scheduled_at: Some(at(86_400)) }
}

/// What a host changes of a show.
pub fn livestream_update() -> LivestreamUpdate {
    let show = livestream();
    LivestreamUpdate {
        title: Some(show.title),
        description: Some(show.description),
        quality: Some(Quality::Hd1080),
        scheduled_at: Some(at(90_000)),
        video_url: Some("/uploads/livestreams/7b6a5c4d3e2f1a0b9c8d7e6f5a4b3c2d.webm".into()),
        thumbnail_url: Some(show.thumbnail_url),
        is_recorded: Some(true),
    }
}

/// A heart that was given.
pub fn like_state() -> LikeState {
    LikeState { likes: 17, liked: true }
}

/// A recording whose film is made.
pub fn recording() -> Recording {
    Recording {
        state: RecordingState::Ready,
        enabled: true,
        next: 0,
        bytes: 231_735_296,
        duration_ms: 752_000,
        parts: vec![RecordingPart { show_ms: 2000, at_ms: 0, duration_ms: 752_000 }],
        video_url: "/uploads/livestreams/7b6a5c4d3e2f1a0b9c8d7e6f5a4b3c2d.webm".into(),
    }
}

/// What the show came to.
pub fn analytics() -> Analytics {
    let timeline =
        vec![TimelinePoint { t: at(2), viewers: 31, likes: 6, chats: 9, orders: 0 }, TimelinePoint { t: at(62), viewers: 48, likes: 11, chats: 14, orders: 1 }];
    let figures = ProductFigures {
        product_id: product_id(),
        name: product().name,
        pinned_seconds: 694,
        clicks: 21,
        added_to_cart: 5,
        orders: 1,
        units: 2,
        revenue: 3800,
    };
    Analytics {
        viewers: Viewers { now: 31, peak: 48, unique: 112, total: 120 },
        watch_seconds: WatchSeconds { average: 341, total: 38_192 },
        likes: 17,
        chat_messages: 23,
        chatters: 12,
        engagement_rate: 0.25,
        timeline,
        products: vec![figures],
        revenue: 3800,
        currency: Currency::USD,
        other_revenue: vec![Revenue { amount: 29_900, currency: Currency::parse("SEK").unwrap_or_default() }],
    }
}

/// What can be watched late of a live show.
pub fn reel() -> Reel {
    Reel {
        now_ms: 754_310,
        parts: vec![ReelPart {
            part: 0,
            mime: "video/webm;codecs=\"opus,vp8\"".into(),
            show_ms: 1_200,
            media_ms: 7,
            end_ms: 753_040,
            head_bytes: 233,
            bytes: 234_881_024,
        }],
        places: vec![ReelPlace { part: 0, show_ms: 751_240, at: 234_520_881 }],
        next: 376,
    }
}
