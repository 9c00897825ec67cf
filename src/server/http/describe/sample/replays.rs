//! A show that is over, in the hands of its host.

use super::{product, product_id, show_id, shows::recording};
use crate::domain::{
    captions::Captions,
    edit::{Cut, DeskMoment, MomentEdit, ReplayDesk, ReplayUpdate},
    id::CaptionsId,
};

/// Of captions.
pub fn captions_id() -> CaptionsId {
    CaptionsId::from_bytes([0x65, 0xf0, 0xc1, 0xd2, 0xe3, 0xa4, 0xb5, 0x96, 0x87, 0x78, 0x69, 0x61])
}

/// A replay that was cut.
pub fn replay_desk() -> ReplayDesk {
    let captions =
        Captions { id: captions_id(), language: "en".into(), label: "English".into(), url: format!("/livestreams/{}/captions/{}", show_id(), captions_id()) };
    let moment = DeskMoment { seq: 7, product_id: product_id(), name: product().name, was_ms: 58_000, at_ms: 61_000, removed: false };
    ReplayDesk {
        stream_id: show_id(),
        published: true,
        video_url: "/uploads/livestreams/1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f.webm".into(),
        whole_url: recording().video_url,
        whole_ms: 752_000,
        can_cut: true,
        cut: Cut { start_ms: 12_500, end_ms: Some(740_000) },
        shown_from_ms: 12_000,
        shown_ms: 728_000,
        cutting: false,
        moments: vec![moment],
        captions: vec![captions],
    }
}

/// What a host changes of it.
pub fn replay_update() -> ReplayUpdate {
    ReplayUpdate { published: Some(true), cut: Some(replay_desk().cut), moments: Some(vec![MomentEdit { seq: 7, at_ms: Some(61_000) }]) }
}
