//! Values of documents that nobody checked: under one of several names, as one of several types.

use mongodb::bson::{Bson, Document, oid::ObjectId};

use super::Unreadable;
use crate::domain::time::Timestamp;

/// The first of these fields that is there and not null.
fn first<'a>(document: &'a Document, names: &[&str]) -> Option<&'a Bson> {
    names.iter().filter_map(|name| document.get(name)).find(|value| !matches!(value, Bson::Null | Bson::Undefined))
}

/// A text. Numbers and ids count as what they look like.
pub fn text(document: &Document, names: &[&str]) -> Option<String> {
    match first(document, names)? {
        Bson::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Bson::Int32(number) => Some(number.to_string()),
        Bson::Int64(number) => Some(number.to_string()),
        Bson::ObjectId(id) => Some(id.to_hex()),
        _ => None,
    }
}

/// A number, which some wrote as text.
pub fn number(document: &Document, names: &[&str]) -> Option<f64> {
    let number = match first(document, names)? {
        Bson::Int32(number) => f64::from(*number),
        Bson::Int64(number) => *number as f64,
        Bson::Double(number) => *number,
        Bson::Decimal128(number) => number.to_string().parse().ok()?,
        Bson::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

/// A count: whole, and never below zero.
pub fn count(document: &Document, names: &[&str]) -> Option<u64> {
    number(document, names).map(|number| number.max(0.0).floor() as u64)
}

/// A point in time: a date, a text in RFC 3339, or milliseconds.
pub fn time(document: &Document, names: &[&str]) -> Option<Timestamp> {
    // Years 0 to 9999: what lies outside was never a date.
    let sane = |millis: i64| (-62_167_219_200_000..253_402_300_800_000).contains(&millis).then(|| Timestamp::from_millis(millis));
    match first(document, names)? {
        Bson::DateTime(at) => sane(at.timestamp_millis()),
        Bson::String(text) => text.trim().parse().ok(),
        Bson::Int64(millis) => sane(*millis),
        Bson::Double(millis) if millis.is_finite() => sane(*millis as i64),
        _ => None,
    }
}

/// Yes or no.
pub fn flag(document: &Document, names: &[&str]) -> Option<bool> {
    match first(document, names)? {
        Bson::Boolean(flag) => Some(*flag),
        Bson::Int32(number) => Some(*number != 0),
        Bson::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The bytes of an id: an id, its text, or a document that has one.
pub fn id(value: &Bson) -> Option<[u8; 12]> {
    match value {
        Bson::ObjectId(id) => Some(id.bytes()),
        Bson::String(text) => ObjectId::parse_str(text.trim()).ok().map(|id| id.bytes()),
        Bson::Document(document) => document.get("_id").filter(|inner| !matches!(inner, Bson::Document(_))).and_then(id),
        _ => None,
    }
}

/// The bytes of an id in a field.
pub fn id_in(document: &Document, names: &[&str]) -> Option<[u8; 12]> {
    id(first(document, names)?)
}

/// The id of a document of its own.
pub fn own_id(document: &Document) -> Result<[u8; 12], Unreadable> {
    let shown = document.get("_id").map(|id| id.to_string().chars().take(60).collect()).unwrap_or_default();
    id_in(document, &["_id"]).ok_or(Unreadable { id: shown, why: "its _id is no ObjectId" })
}

/// When a document was made, by its own id.
pub fn made_at(id: [u8; 12]) -> Timestamp {
    Timestamp::from_millis(ObjectId::from_bytes(id).timestamp().timestamp_millis())
}

/// A document in a field.
pub fn part<'a>(document: &'a Document, names: &[&str]) -> Option<&'a Document> {
    first(document, names)?.as_document()
}

/// The entries of a list; nothing for what is no list.
pub fn list<'a>(document: &'a Document, name: &str) -> &'a [Bson] {
    document.get_array(name).map(Vec::as_slice).unwrap_or_default()
}

/// A path to a file of the shop, out of a path or a whole address.
pub fn path(text: &str) -> Option<String> {
    let at = text.find("uploads/")?;
    let path = format!("/{}", text[at..].split(['?', '#']).next().unwrap_or_default());
    crate::domain::product::is_issued_path(&path).then_some(path)
}

#[cfg(test)]
mod tests {
    use mongodb::bson::{DateTime, doc};

    use super::*;

    #[test]
    fn values_are_read_whatever_they_were_written_as() {
        let id_text = "65f0c1d2e3a4b5968778695a";
        let oid = ObjectId::parse_str(id_text).unwrap();
        let document = doc! {
            "a": " text ", "b": 12, "c": 19.99, "d": "7.5", "e": Bson::Null, "f": f64::NAN, "g": DateTime::from_millis(1000), "h": "2024-05-01T10:00:00Z",
            "i": oid, "j": { "_id": oid }, "k": true, "l": ["x"], "m": "true", "n": 1e300, "o": i64::MAX, "p": "",
        };
        assert_eq!([text(&document, &["e", "a"]), text(&document, &["b"]), text(&document, &["p"])], [Some("text".into()), Some("12".into()), None]);
        assert_eq!([number(&document, &["c"]), number(&document, &["d"]), number(&document, &["f"])], [Some(19.99), Some(7.5), None]);
        assert_eq!(count(&doc! { "n": -3 }, &["n"]), Some(0));
        assert_eq!([time(&document, &["g"]).map(|at| at.millis()), time(&document, &["h"]).map(|at| at.millis())], [Some(1000), Some(1_714_557_600_000)]);
        assert_eq!([time(&document, &["o"]), time(&document, &["n"]), time(&document, &["l"])], [None, None, None]);
        for field in ["i", "j"] {
            assert_eq!(id_in(&document, &[field]), Some(oid.bytes()), "{field}");
        }
        assert_eq!((id_in(&doc! { "x": id_text }, &["x"]), id_in(&document, &["a"])), (Some(oid.bytes()), None));
        assert_eq!([flag(&document, &["k"]), flag(&document, &["m"]), flag(&document, &["a"])], [Some(true), Some(true), None]);
        assert_eq!(list(&document, "a"), [] as [Bson; 0]);
    }

    #[test]
    fn only_files_of_a_shop_are_kept() {
        assert_eq!(path("http://old.example/uploads/livestreams/a.webm?x=1").as_deref(), Some("/uploads/livestreams/a.webm"));
        assert_eq!(path("uploads/a.jpg").as_deref(), Some("/uploads/a.jpg"));
        for other in ["https://cdn.example/a.jpg", "uploads/../../etc/passwd", "uploads/", ""] {
            assert_eq!(path(other), None, "{other}");
        }
    }
}
