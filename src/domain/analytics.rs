//! What a show came to, in numbers for its host. The counting is the server's; here are only the shapes.

use serde::{Deserialize, Serialize};

use super::{
    id::{LivestreamId, ProductId},
    livestream::LivestreamStatus,
    money::Currency,
    time::Timestamp,
};

/// The numbers of a show.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Analytics {
    pub viewers: Viewers,
    pub watch_seconds: WatchSeconds,
    /// People whose heart the show has.
    pub likes: u64,
    pub chat_messages: u64,
    /// People who spoke, the host included.
    pub chatters: u64,
    /// People of the audience who liked, spoke or ordered ÷ unique viewers, 0 to 1.
    pub engagement_rate: f64,
    /// The show in equal parts, from its start to its end. Every heart, message and order stands in exactly one of them.
    pub timeline: Vec<TimelinePoint>,
    /// Products that were held up, looked at, put into a cart or ordered in the show; those that earned most come first.
    pub products: Vec<ProductFigures>,
    /// What was ordered in the show and not cancelled, in minor units of `currency`.
    pub revenue: i64,
    /// The currency of most orders.
    pub currency: Currency,
    /// What was ordered in other currencies. Absent on the wire where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_revenue: Vec<Revenue>,
}

/// An amount in minor units of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revenue {
    pub amount: i64,
    pub currency: Currency,
}

/// Who watched. A viewer is a session, never a tab, and never a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Viewers {
    /// Watching at this moment; 0 unless the show is live.
    pub now: u64,
    /// The most at once.
    pub peak: u64,
    /// Different sessions that watched it live.
    pub unique: u64,
    /// All who opened it, its replay included.
    pub total: u64,
}

/// How long it was watched live, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WatchSeconds {
    /// By one viewer.
    pub average: u64,
    /// By all of them together.
    pub total: u64,
}

/// One part of the show, which begins at `t`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelinePoint {
    pub t: Timestamp,
    /// The most who watched at once in this part.
    pub viewers: u64,
    /// Hearts given in this part and not taken back since.
    pub likes: u64,
    pub chats: u64,
    pub orders: u64,
}

/// What one product came to. `revenue` is in minor units of the show's currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProductFigures {
    pub product_id: ProductId,
    pub name: String,
    /// Seconds of the show for which it was on the shelf.
    pub pinned_seconds: u64,
    /// People who opened it from the show.
    pub clicks: u64,
    /// People who put it into their cart in the show.
    pub added_to_cart: u64,
    pub orders: u64,
    pub units: u64,
    pub revenue: i64,
}

/// The numbers with what a page around them needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShowReport {
    pub id: LivestreamId,
    pub title: String,
    pub status: LivestreamStatus,
    /// When it began, if it has.
    pub start: Option<Timestamp>,
    /// Seconds from its start to its end, or to now.
    pub length_seconds: u64,
    /// How long one part of the timeline is.
    pub part_seconds: u64,
    /// When which product was on the shelf, in order.
    pub pins: Vec<PinSpan>,
    pub analytics: Analytics,
}

/// A product on the shelf, from one second of the show to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PinSpan {
    pub product_id: ProductId,
    pub name: String,
    pub from_second: u64,
    pub to_second: u64,
}
