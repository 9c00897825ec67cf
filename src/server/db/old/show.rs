//! Shows of the old system, and what was said in them.

use mongodb::bson::{Bson, Document};

use super::{Read, Unreadable, read};
use crate::domain::{
    chat::{GUEST, MAX_NAME},
    id::{LivestreamId, ProductId, UserId},
    livestream::Quality,
    time::Timestamp,
};

/// Under which name the number of messages is added to a show.
pub(super) const MESSAGE_COUNT: &str = "wrencosMessageCount";
/// The longest message that is kept, in characters: what the old system allowed.
const MAX_TEXT: usize = 2000;

/// A show. Whatever it was, it is over.
#[derive(Debug, Clone, PartialEq)]
pub struct OldShow {
    pub id: LivestreamId,
    pub title: String,
    pub description: String,
    pub created_by: UserId,
    pub start: Timestamp,
    pub end: Timestamp,
    /// Whether it was live when it was read.
    pub was_live: bool,
    pub video_url: String,
    pub thumbnail_url: String,
    pub quality: Quality,
    pub view_count: u64,
    pub peak_viewers: u64,
    /// The number beside the list of hearts.
    pub likes: u64,
    /// Who gave a heart, as this shop calls people.
    pub liked_by: Vec<String>,
    /// What was on the shelf, in its order, each product once.
    pub pins: Vec<(ProductId, Timestamp)>,
    pub message_count: u64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldMessage {
    pub username: String,
    pub text: String,
    pub at: Option<Timestamp>,
    pub by_host: bool,
}

pub(super) fn read(document: &Document) -> Read<OldShow> {
    let id = read::own_id(document)?;
    let time = |names: &[&str]| read::time(document, names);
    let made_at = time(&["createdAt"]).unwrap_or_else(|| read::made_at(id));
    let start = time(&["startTime", "startedAt"]).unwrap_or(made_at);
    let lasted = read::number(document, &["duration"]).filter(|seconds| *seconds > 0.0).map(|seconds| start.plus_millis((seconds * 1000.0) as i64));
    let updated = time(&["updatedAt"]);
    let end = time(&["endTime", "endedAt"]).or(lasted).or(updated).unwrap_or(start).max(start);
    let count = |names: &[&str]| read::count(document, names).unwrap_or(0);
    let file = |names: &[&str]| read::text(document, names).and_then(|text| read::path(&text)).unwrap_or_default();
    let mut liked_by: Vec<String> = read::list(document, "likedBy").iter().filter_map(person).collect();
    liked_by.sort();
    liked_by.dedup();
    Ok(OldShow {
        id: LivestreamId::from_bytes(id),
        title: read::text(document, &["title"]).unwrap_or_else(|| "A show without a title".to_owned()).chars().take(200).collect(),
        description: read::text(document, &["description"]).unwrap_or_default().chars().take(4000).collect(),
        created_by: UserId::from_bytes(read::id_in(document, &["createdBy", "userId"]).unwrap_or_default()),
        start,
        end,
        was_live: read::flag(document, &["isActive"]).unwrap_or(false),
        video_url: file(&["videoUrl"]),
        thumbnail_url: file(&["thumbnailUrl"]),
        quality: if read::text(document, &["quality"]).as_deref() == Some("1080p") { Quality::Hd1080 } else { Quality::Hd720 },
        view_count: count(&["viewCount", "totalViewers"]),
        peak_viewers: count(&["maxViewers", "peakViewers"]),
        likes: count(&["likes"]),
        liked_by,
        pins: pins(document, start),
        message_count: count(&[MESSAGE_COUNT]),
        created_at: made_at,
        updated_at: updated.unwrap_or(end),
    })
}

// An account, or a visitor of whom only a name is left.
fn person(entry: &Bson) -> Option<String> {
    if let Some(id) = read::id(entry) {
        return Some(format!("u:{}", UserId::from_bytes(id)));
    }
    match entry {
        Bson::String(name) if !name.trim().is_empty() => Some(format!("n:{}", name.trim().chars().take(100).collect::<String>())),
        Bson::Document(entry) => read::id_in(entry, &["userId", "user"]).map(|id| format!("u:{}", UserId::from_bytes(id))),
        _ => None,
    }
}

// A list of ids, or of entries with an order. What was taken off the shelf stayed in the list as inactive.
fn pins(document: &Document, start: Timestamp) -> Vec<(ProductId, Timestamp)> {
    let mut found: Vec<(f64, [u8; 12], Timestamp, bool)> = Vec::new();
    for (place, entry) in read::list(document, "pinnedProducts").iter().enumerate() {
        let pin = match entry {
            Bson::Document(pin) => {
                let Some(id) = read::id_in(pin, &["productId", "product", "_id"]) else { continue };
                let order = read::number(pin, &["displayOrder", "order"]).unwrap_or(place as f64);
                (order, id, read::time(pin, &["pinnedAt"]).unwrap_or(start), read::flag(pin, &["isActive"]).unwrap_or(true))
            }
            other => match read::id(other) {
                Some(id) => (place as f64, id, start, true),
                None => continue,
            },
        };
        if !found.iter().any(|(_, id, ..)| *id == pin.1) {
            found.push(pin);
        }
    }
    // At the end of a show some wrote all of them as inactive.
    let any_active = found.iter().any(|(.., active)| *active);
    found.retain(|(.., active)| *active || !any_active);
    found.sort_by(|a, b| a.0.total_cmp(&b.0));
    found.into_iter().map(|(_, id, at, _)| (ProductId::from_bytes(id), at)).collect()
}

pub(super) fn message(document: &Document) -> (u64, Read<OldMessage>) {
    let place = document.get_i64("place").ok().and_then(|place| u64::try_from(place).ok()).unwrap_or(0);
    let refuse = |why| Unreadable { id: format!("message {place}"), why };
    let Some(entry) = read::part(document, &["chatMessages"]) else { return (place, Err(refuse("it is no message"))) };
    // Some clients sent the whole message as an object.
    let inner = read::part(entry, &["message"]);
    let text = inner.and_then(|inner| read::text(inner, &["message", "text"])).or_else(|| read::text(entry, &["message", "text"]));
    let visible = |text: &str, most: usize| text.chars().filter(|c| !c.is_control() || c.is_whitespace()).take(most).collect::<String>();
    let Some(text) = text.map(|text| visible(&text, MAX_TEXT)).filter(|text| !text.trim().is_empty()) else { return (place, Err(refuse("it is empty"))) };
    let name = read::text(entry, &["username", "user", "name"]).or_else(|| inner.and_then(|inner| read::text(inner, &["username"])));
    let message = OldMessage {
        username: name.map_or_else(|| GUEST.to_owned(), |name| visible(&name, MAX_NAME)),
        text,
        at: read::time(entry, &["timestamp", "createdAt", "time"]),
        by_host: read::flag(entry, &["isAdmin"]).unwrap_or(false),
    };
    (place, Ok(message))
}

#[cfg(test)]
mod tests {
    use mongodb::bson::{DateTime, doc, oid::ObjectId};

    use super::*;

    fn oid(last: u8) -> ObjectId {
        ObjectId::from_bytes([0x65, 0xf0, 0xc1, 0xd2, 0, 0, 0, 0, 0, 0, 0, last])
    }

    #[test]
    fn both_shapes_of_a_shelf_are_read() {
        let ids = |show: OldShow| show.pins.iter().map(|(id, _)| id.bytes()[11]).collect::<Vec<_>>();
        let plain = read(&doc! { "_id": oid(1), "pinnedProducts": [oid(5), oid(4), oid(5), "nonsense", 7] }).unwrap();
        assert_eq!(ids(plain), [5, 4]);
        let pin =
            |id: u8, order: i32, active: bool| doc! { "productId": oid(id), "displayOrder": order, "isActive": active, "pinnedAt": DateTime::from_millis(5) };
        let ordered =
            read(&doc! { "_id": oid(1), "pinnedProducts": [pin(5, 2, true), pin(4, 1, true), pin(3, 0, false), doc! { "productId": Bson::Null }] }).unwrap();
        assert_eq!(ids(ordered), [4, 5]);
        let over = read(&doc! { "_id": oid(1), "pinnedProducts": [pin(5, 1, false), pin(4, 0, false)] }).unwrap();
        assert_eq!(ids(over), [4, 5]);
        assert_eq!(ids(read(&doc! { "_id": oid(1), "pinnedProducts": "none" }).unwrap()), [] as [u8; 0]);
    }

    #[test]
    fn a_show_with_little_in_it_is_still_a_show() {
        let show = read(&doc! { "_id": oid(1) }).unwrap();
        assert_eq!((show.start, show.end, show.was_live), (show.created_at, show.created_at, false));
        let show =
            read(&doc! { "_id": oid(1), "startTime": DateTime::from_millis(10_000), "duration": "90", "maxViewers": 3.0, "viewCount": "12", "likes": -1 })
                .unwrap();
        assert_eq!((show.end.millis(), show.peak_viewers, show.view_count, show.likes), (100_000, 3, 12, 0));
        let show = read(&doc! { "_id": oid(1), "startTime": DateTime::from_millis(10_000), "endTime": DateTime::from_millis(5) }).unwrap();
        assert_eq!(show.end, show.start);
        assert_eq!(read(&doc! { "_id": 7 }).unwrap_err().why, "its _id is no ObjectId");
        let liked = read(&doc! { "_id": oid(1), "likedBy": [oid(9), oid(9).to_hex(), "session-1", Bson::Null, { "userId": oid(8) }] }).unwrap();
        assert_eq!(liked.liked_by.len(), 3, "{:?}", liked.liked_by);
    }

    #[test]
    fn messages_of_every_shape_are_read() {
        let of = |entry: Bson| message(&doc! { "place": 3_i64, "chatMessages": entry }).1.map(|message| (message.username, message.text, message.by_host));
        assert_eq!(of(doc! { "username": "Ada", "message": "Hi", "isAdmin": true }.into()), Ok(("Ada".into(), "Hi".into(), true)));
        assert_eq!(of(doc! { "message": { "text": "Hi", "username": "Bea" } }.into()), Ok(("Bea".into(), "Hi".into(), false)));
        assert_eq!(of(doc! { "text": "Hi\u{0}\u{7}" }.into()), Ok((GUEST.into(), "Hi".into(), false)));
        for nothing in [doc! { "message": "  " }.into(), doc! {}.into(), Bson::Int32(3), Bson::Null, doc! { "message": ["x"] }.into()] {
            assert!(of(nothing.clone()).is_err(), "{nothing}");
        }
    }
}
