//! What is written in an archive: `show.json`, and the lines of `log.jsonl`. Reading trusts nothing: what is unknown is refused,
//! and everything that people wrote passes the rules of a form again.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        captions::{CaptionsInput, MAX_TRACKS},
        livestream::Quality,
        money::Currency,
        pin::MAX_PINS,
        product::{MAX_IMAGES, ProductInput},
        recording::RecordingPart,
        time::Timestamp,
        validate,
    },
    error::{AppError, ErrorKind},
};

/// The file that comes first, and the one with the talk.
pub const SHOW: &str = "show.json";
pub const LOG: &str = "log.jsonl";
/// The most bytes of `show.json`, of the log, and of one of its lines.
pub const MAX_SHOW_BYTES: u64 = 32 * 1024 * 1024;
pub const MAX_LOG_BYTES: u64 = 1024 * 1024 * 1024;
pub const MAX_LINE_BYTES: usize = 64 * 1024;

const FORMAT: &str = "wrencos-show";
const VERSION: u32 = 1;
/// More of them than any show has.
const MAX_PRODUCTS: usize = 5_000;
const MAX_PARTS: usize = 10_000;
/// The longest texts, in characters: shows that came from another system have longer ones than are taken today.
const MAX_TITLE: usize = 200;
const MAX_DESCRIPTION: usize = 4_000;
const MAX_SAID: usize = 4_000;
/// The longest name of an account, in characters.
const MAX_SPEAKER: usize = 60;
/// Ten years in milliseconds: a time in a film beyond it is no time.
const MAX_MS: u64 = 10 * 366 * 86_400_000;
/// A number of people that no show reaches.
const MAX_PEOPLE: u64 = 1_000_000_000;

/// `show.json`. Products are named by their place in the list.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShowForm {
    pub format: String,
    pub version: u32,
    pub title: String,
    pub description: String,
    pub quality: Quality,
    /// Whether customers found the replay.
    pub published: bool,
    pub start_time: Timestamp,
    pub end_time: Timestamp,
    /// The two numbers that a replay tells.
    pub viewers: u64,
    pub peak_viewers: u64,
    pub film: Option<FilmForm>,
    pub poster: Option<String>,
    pub captions: Vec<CaptionsForm>,
    pub products: Vec<ProductForm>,
    /// What was left on the shelf, in order.
    pub shelf: Vec<ShelfForm>,
}

/// The film as customers see it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FilmForm {
    pub file: String,
    pub duration_ms: u64,
    pub parts: Vec<RecordingPart>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CaptionsForm {
    pub file: String,
    pub language: String,
    pub label: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProductForm {
    pub name: String,
    pub description: String,
    pub price: i64,
    pub currency: Currency,
    pub sku: String,
    pub pictures: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ShelfForm {
    pub product: usize,
    pub pinned_at: Timestamp,
}

/// A line of `log.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub enum Line {
    Chat {
        at: Timestamp,
        name: String,
        text: String,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        host: bool,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        moderator: bool,
    },
    Pin {
        at: Timestamp,
        product: usize,
    },
    Unpin {
        at: Timestamp,
        product: usize,
    },
    Order {
        at: Timestamp,
        products: Vec<usize>,
    },
}

impl ShowForm {
    /// The marks of this form, for a new one.
    pub fn marks() -> (String, u32) {
        (FORMAT.to_owned(), VERSION)
    }

    /// Reads and checks `show.json`.
    ///
    /// # Errors
    /// Unsupported with the code `archive_version` for what a later version wrote, else Invalid with `damaged_archive`.
    pub fn read(json: &[u8]) -> Result<Self, AppError> {
        #[derive(Deserialize)]
        struct Marks {
            format: String,
            version: u32,
        }
        let marks: Marks = serde_json::from_slice(json).map_err(|error| damaged(&format!("{SHOW}: {error}")))?;
        if marks.format != FORMAT {
            return Err(damaged(&format!("{SHOW} describes no show")));
        }
        if marks.version != VERSION {
            let sentence = format!("This archive has version {}; this program reads version {VERSION}.", marks.version);
            return Err(AppError::new(ErrorKind::Unsupported, sentence).coded("archive_version"));
        }
        serde_json::from_slice::<Self>(json).map_err(|error| damaged(&format!("{SHOW}: {error}")))?.checked()
    }

    fn checked(mut self) -> Result<Self, AppError> {
        let unfit = |sentence: String| damaged(&format!("{SHOW}: {sentence}"));
        self.title = validate::line(&self.title, 1, MAX_TITLE).map_err(unfit)?;
        self.description = validate::paragraph(&self.description, 0, MAX_DESCRIPTION).map_err(unfit)?;
        expect(self.end_time >= self.start_time, "the show ends before it begins")?;
        expect(self.viewers.max(self.peak_viewers) <= MAX_PEOPLE, "nobody has so many viewers")?;
        expect(self.captions.len() <= MAX_TRACKS, "there are too many captions")?;
        expect(self.products.len() <= MAX_PRODUCTS && self.shelf.len() <= MAX_PINS, "there are too many products")?;
        expect(self.shelf.iter().all(|pin| pin.product < self.products.len()), "the shelf has a product that is not there")?;
        if let Some(film) = &self.film {
            film.expect_possible()?;
        }
        for captions in &mut self.captions {
            let input = CaptionsInput { language: std::mem::take(&mut captions.language), label: std::mem::take(&mut captions.label) }.checked()?;
            (captions.language, captions.label) = (input.language, input.label);
        }
        self.products = self.products.into_iter().map(ProductForm::checked).collect::<Result<_, _>>()?;
        let mut names = HashSet::from([SHOW, LOG]);
        expect(self.files().all(|name| is_file_name(name) && names.insert(name)), "a file has a name that no file of an archive has, or two have one")?;
        Ok(self)
    }

    /// The files that belong to it, beside the log.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        let film = self.film.iter().map(|film| film.file.as_str());
        let captions = self.captions.iter().map(|captions| captions.file.as_str());
        film.chain(self.poster.as_deref()).chain(captions).chain(self.pictures())
    }

    fn pictures(&self) -> impl Iterator<Item = &str> {
        self.products.iter().flat_map(|product| &product.pictures).map(String::as_str)
    }
}

impl FilmForm {
    // Times are added and taken away from each other: none may be so large that this goes wrong.
    fn expect_possible(&self) -> Result<(), AppError> {
        let is_time = |part: &RecordingPart| [part.show_ms, part.at_ms, part.duration_ms].into_iter().all(|ms| ms <= MAX_MS);
        let in_order = self.parts.is_sorted_by_key(|part| part.at_ms) && self.parts.is_sorted_by_key(|part| part.show_ms);
        expect(self.duration_ms <= MAX_MS && self.parts.len() <= MAX_PARTS && in_order && self.parts.iter().all(is_time), "the film has impossible times")
    }
}

impl ProductForm {
    fn checked(self) -> Result<Self, AppError> {
        expect(self.pictures.len() <= MAX_IMAGES, "a product has too many pictures")?;
        let input = ProductInput {
            name: Some(self.name),
            description: Some(self.description),
            price: Some(self.price),
            sku: Some(self.sku),
            ..ProductInput::default()
        };
        let input = input.checked_new()?;
        Ok(Self { name: input.name.unwrap_or_default(), description: input.description.unwrap_or_default(), sku: input.sku.unwrap_or_default(), ..self })
    }
}

impl Line {
    /// Reads and checks a line.
    ///
    /// # Errors
    /// Invalid with the code `damaged_archive`.
    pub fn read(json: &[u8], products: usize) -> Result<Self, AppError> {
        let line: Self = serde_json::from_slice(json).map_err(|error| damaged(&format!("{LOG}: {error}")))?;
        line.checked(products)
    }

    /// The same with texts cleaned, where `products` is how many the show has.
    ///
    /// # Errors
    /// Invalid with the code `damaged_archive`.
    pub fn checked(self, products: usize) -> Result<Self, AppError> {
        let unfit = |sentence: String| damaged(&format!("a message cannot be accepted: {sentence}"));
        match self {
            Self::Chat { at, name, text, host, moderator } => {
                let name = validate::line(&name, 1, MAX_SPEAKER).map_err(unfit)?;
                let text = validate::paragraph(&text, 1, MAX_SAID).map_err(unfit)?;
                Ok(Self::Chat { at, name, text, host, moderator })
            }
            Self::Pin { product, .. } | Self::Unpin { product, .. } => {
                expect(product < products, "the log has a product that is not there")?;
                Ok(self)
            }
            Self::Order { products: ref order, .. } => {
                expect(order.len() <= MAX_PINS && order.iter().all(|product| *product < products), "the log has an impossible order")?;
                Ok(self)
            }
        }
    }
}

/// What is wrong with an archive, for the person who brought it.
pub fn damaged(what: &str) -> AppError {
    AppError::new(ErrorKind::Invalid, format!("This archive is damaged: {what}.")).coded("damaged_archive")
}

fn expect(is_so: bool, or_else: &str) -> Result<(), AppError> {
    if is_so { Ok(()) } else { Err(damaged(or_else)) }
}

// A name is a key to find an entry by and never becomes a path on a disk; it is held to what an archive of ours has all the same.
fn is_file_name(name: &str) -> bool {
    let is_part = |part: &str| {
        part.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric) && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    name.len() <= 100 && name.split('/').count() <= 2 && name.split('/').all(is_part)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn show() -> Value {
        json!({
            "format": "wrencos-show", "version": 1, "title": "Spring", "description": "", "quality": "720p", "published": true,
            "startTime": "2026-01-01T10:00:00Z", "endTime": "2026-01-01T11:00:00Z", "viewers": 3, "peakViewers": 2,
            "film": { "file": "film.webm", "durationMs": 10, "parts": [{ "showMs": 0, "atMs": 0, "durationMs": 10 }] },
            "poster": "poster.jpg", "captions": [{ "file": "captions/0.vtt", "language": "en", "label": "English" }],
            "products": [{ "name": "Soap", "description": "", "price": 1200, "currency": "USD", "sku": "", "pictures": ["pictures/0.jpg"] }],
            "shelf": [{ "product": 0, "pinnedAt": "2026-01-01T10:10:00Z" }],
        })
    }

    fn refused(pointer: &str, value: Value) -> AppError {
        let mut wrong = show();
        match wrong.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => wrong[pointer.trim_start_matches('/')] = value,
        }
        ShowForm::read(wrong.to_string().as_bytes()).expect_err(pointer)
    }

    #[test]
    fn a_show_is_read_as_it_was_written() {
        let read = ShowForm::read(show().to_string().as_bytes()).unwrap();
        assert_eq!(read.files().collect::<Vec<_>>(), ["film.webm", "poster.jpg", "captions/0.vtt", "pictures/0.jpg"]);
        assert_eq!(serde_json::to_value(&read).unwrap()["film"], show()["film"]);
    }

    #[test]
    fn what_no_archive_of_ours_says_is_refused() {
        assert_eq!(refused("/version", json!(2)).code, "archive_version");
        for (pointer, value) in [
            ("/format", json!("zip")),
            ("/role", json!("admin")),
            ("/title", json!("")),
            ("/title", json!({ "$gt": "" })),
            ("/endTime", json!("2025-01-01T10:00:00Z")),
            ("/viewers", json!(u64::MAX)),
            ("/viewers", json!(-1)),
            ("/film/durationMs", json!(u64::MAX)),
            ("/film/parts/0/showMs", json!(u64::MAX)),
            ("/film/file", json!("../../film.webm")),
            ("/film/file", json!("/etc/passwd")),
            ("/film/file", json!("log.jsonl")),
            ("/film/file", json!("a/b/c")),
            ("/poster", json!("film.webm")),
            ("/poster", json!(".htaccess")),
            ("/captions/0/language", json!("<script>")),
            ("/products/0/price", json!(-1)),
            ("/products/0/price", json!(1.5)),
            ("/products/0/stock", json!(5)),
            ("/products/0/pictures/0", json!("C:\\x")),
            ("/shelf/0/product", json!(1)),
        ] {
            assert_eq!(refused(pointer, value.clone()).kind, ErrorKind::Invalid, "{pointer} {value}");
        }
        for text in ["", "{", "[]", "null", &"[".repeat(100_000)] {
            assert!(ShowForm::read(text.as_bytes()).is_err(), "{}", &text[..text.len().min(20)]);
        }
    }

    #[test]
    fn a_line_of_the_log_is_one_of_ours() {
        let read = |line: Value| Line::read(line.to_string().as_bytes(), 2);
        let at = "2026-01-01T10:00:00Z";
        assert!(read(json!({ "kind": "chat", "at": at, "name": "Ada", "text": "Hi" })).is_ok());
        assert!(read(json!({ "kind": "order", "at": at, "products": [1, 0] })).is_ok());
        for wrong in [
            json!({ "kind": "chat", "at": at, "name": "", "text": "Hi" }),
            json!({ "kind": "chat", "at": at, "name": "Ada", "text": "" }),
            json!({ "kind": "chat", "at": at, "name": "Ada", "text": "x".repeat(4001) }),
            json!({ "kind": "chat", "at": at, "name": "Ada", "text": "Hi", "session": "s" }),
            json!({ "kind": "chat", "at": 5, "name": "Ada", "text": "Hi" }),
            json!({ "kind": "pin", "at": at, "product": 2 }),
            json!({ "kind": "order", "at": at, "products": [0, 2] }),
            json!({ "kind": "stop", "at": at }),
        ] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
