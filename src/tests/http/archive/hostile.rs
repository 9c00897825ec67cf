//! Archives that nobody of ours wrote: refused whole, whatever is wrong with them.

use std::path::Path;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use wrencos::{
    error::{AppError, ErrorKind},
    server::service::replays::archive,
};

use super::{RECORDED, VTT, files_in, picture};
use crate::support::TestApp;

/// An entry of an archive that nobody of ours wrote.
struct Entry {
    name: &'static str,
    kind: tar::EntryType,
    declared: u64,
    bytes: Vec<u8>,
}

fn file(name: &'static str, bytes: impl Into<Vec<u8>>) -> Entry {
    let bytes = bytes.into();
    Entry { name, kind: tar::EntryType::Regular, declared: bytes.len() as u64, bytes }
}

fn tar_of(entries: Vec<Entry>) -> Vec<u8> {
    let mut archive = Vec::new();
    for entry in entries {
        let mut header = tar::Header::new_gnu();
        // Past what the library itself lets through.
        header.as_gnu_mut().unwrap().name[..entry.name.len()].copy_from_slice(entry.name.as_bytes());
        header.set_entry_type(entry.kind);
        if entry.kind.is_symlink() {
            header.set_link_name("/etc/passwd").unwrap();
        }
        header.set_size(entry.declared);
        header.set_mode(0o644);
        header.set_cksum();
        archive.extend_from_slice(header.as_bytes());
        archive.extend_from_slice(&entry.bytes);
        archive.resize(archive.len().next_multiple_of(512), 0);
    }
    archive.extend_from_slice(&[0; 1024]);
    archive
}

fn show_json() -> Value {
    json!({
        "format": "wrencos-show", "version": 1, "title": "Brought", "description": "", "quality": "720p", "published": true,
        "startTime": "2026-01-01T10:00:00Z", "endTime": "2026-01-01T11:00:00Z", "viewers": 1, "peakViewers": 1,
        "film": { "file": "film.webm", "durationMs": 2000, "parts": [] }, "poster": "poster.png", "captions": [{ "file": "captions/0.vtt", "language": "en", "label": "en" }],
        "products": [
            { "name": "Soap", "description": "", "price": 1, "currency": "USD", "sku": "", "pictures": ["pictures/1.png"] },
            { "name": "Brush", "description": "", "price": 1, "currency": "USD", "sku": "", "pictures": ["pictures/2.png"] },
        ],
        "shelf": [],
    })
}

const LOG: &str = "{\"kind\":\"pin\",\"at\":\"2026-01-01T10:00:01Z\",\"product\":0}\n";

fn good() -> Vec<Entry> {
    vec![
        file("show.json", show_json().to_string()),
        file("log.jsonl", LOG),
        file("film.webm", RECORDED),
        file("poster.png", picture()),
        file("captions/0.vtt", VTT),
        file("pictures/1.png", picture()),
        file("pictures/2.png", picture()),
    ]
}

/// An archive whose film is all gaps: as large as it says, and no room on the disk.
pub fn large(path: &Path, film_bytes: u64) {
    let entries = good().into_iter().take(2).chain([Entry { declared: film_bytes, ..file("film.webm", []) }]);
    let bytes = tar_of(entries.collect());
    // Without the end, which comes after the film.
    let bytes = &bytes[..bytes.len() - 1024];
    std::fs::write(path, bytes).unwrap();
    std::fs::File::options().append(true).open(path).unwrap().set_len(bytes.len() as u64 + film_bytes).unwrap();
}

/// An archive as it should be.
pub fn whole() -> Vec<u8> {
    tar_of(good())
}

#[tokio::test]
async fn an_archive_that_is_not_right_leaves_nothing_behind() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let path = app.data.path().join("brought.tar");
    let outside = app.data.path().join("x");
    let refused = async |name: &str, bytes: Vec<u8>| -> AppError {
        std::fs::write(&path, bytes).unwrap();
        archive::import(&app.state, &path, &CancellationToken::new()).await.expect_err(name)
    };
    let with = |place: usize, entry: Entry| {
        let mut entries = good();
        entries[place] = entry;
        tar_of(entries)
    };
    let more = |entry: Entry| {
        let mut entries = good();
        entries.insert(2, entry);
        tar_of(entries)
    };
    let of_kind = |kind: tar::EntryType| Entry { name: "film.webm", kind, declared: 0, bytes: Vec::new() };
    let told = |change: &dyn Fn(&mut Value)| {
        let mut show = show_json();
        change(&mut show);
        with(0, file("show.json", show.to_string()))
    };
    let whole = whole();
    let film_at = whole.windows(4).position(|bytes| bytes == [0x1a, 0x45, 0xdf, 0xa3]).unwrap();
    let mut flipped = whole.clone();
    flipped[film_at - 512] ^= 1;
    let long_line = format!("{{\"kind\":\"chat\",\"at\":\"2026-01-01T10:00:01Z\",\"name\":\"a\",\"text\":\"{}\"}}\n", "x".repeat(70_000));
    for (name, bytes, code) in [
        ("nothing", Vec::new(), "damaged_archive"),
        ("no archive", b"MZ".repeat(2000), "damaged_archive"),
        ("a film", RECORDED.to_vec(), "damaged_archive"),
        ("a way out", more(file("../../x", "x")), "damaged_archive"),
        ("a way out by the root", more(file("/tmp/x", "x")), "damaged_archive"),
        ("a way out, named", told(&|show| show["poster"] = json!("../../x")), "damaged_archive"),
        ("a symbolic link", with(2, of_kind(tar::EntryType::Symlink)), "damaged_archive"),
        ("a hard link", with(2, of_kind(tar::EntryType::Link)), "damaged_archive"),
        ("a folder", with(2, of_kind(tar::EntryType::Directory)), "damaged_archive"),
        ("a device", with(2, of_kind(tar::EntryType::Char)), "damaged_archive"),
        ("a sparse file", with(2, of_kind(tar::EntryType::GNUSparse)), "damaged_archive"),
        ("a name that is an entry", more(Entry { kind: tar::EntryType::GNULongName, ..file("././@LongLink", "../../x") }), "damaged_archive"),
        ("attributes", more(Entry { kind: tar::EntryType::XHeader, ..file("pax", "19 path=../../../x\n") }), "damaged_archive"),
        ("two gigabytes that are not there", with(2, Entry { declared: 2 << 30, ..file("film.webm", RECORDED) }), "damaged_archive"),
        ("more than a film may have", with(2, Entry { declared: 5 << 40, ..file("film.webm", RECORDED) }), "too_large"),
        ("more than there is", with(3, Entry { declared: u64::MAX, ..file("poster.png", picture()) }), "damaged_archive"),
        ("a show of a gigabyte", with(0, Entry { declared: 1 << 30, ..file("show.json", "{}") }), "too_large"),
        ("cut off in the film", whole[..film_at + 5_000].to_vec(), "damaged_archive"),
        ("cut off between files", whole[..film_at - 512].to_vec(), "damaged_archive"),
        ("a head that was changed", flipped, "damaged_archive"),
        ("a file twice", more(file("film.webm", RECORDED)), "damaged_archive"),
        ("a file too many", more(file("more.webm", RECORDED)), "damaged_archive"),
        ("the show in the middle", with(0, file("log.jsonl", LOG)), "damaged_archive"),
        ("a later version", told(&|show| show["version"] = json!(2)), "archive_version"),
        ("no JSON", with(0, file("show.json", "{\"format\":")), "damaged_archive"),
        ("deep JSON", with(0, file("show.json", "[".repeat(100_000))), "damaged_archive"),
        ("a role", told(&|show| show["role"] = json!("admin")), "damaged_archive"),
        ("an operator", told(&|show| show["title"] = json!({"$gt": ""})), "damaged_archive"),
        ("a price below nothing", told(&|show| show["products"][0]["price"] = json!(-5)), "invalid"),
        ("times that overflow", told(&|show| show["film"]["durationMs"] = json!(u64::MAX)), "damaged_archive"),
        ("a log with a product that is not there", with(1, file("log.jsonl", LOG.replace(":0}", ":9}"))), "damaged_archive"),
        ("a log without an end", with(1, file("log.jsonl", LOG.trim_end())), "damaged_archive"),
        ("a line without measure", with(1, file("log.jsonl", long_line)), "damaged_archive"),
        ("a log with an author", with(1, file("log.jsonl", LOG.replace("\"product\"", "\"author\":\"u:1\",\"product\""))), "damaged_archive"),
        ("a page as a film", with(2, file("film.webm", "<!doctype html><script>alert(1)</script>")), "unsupported"),
        ("the head of a film", with(2, file("film.webm", &RECORDED[..100])), "damaged_video"),
        ("a program as a poster", with(3, file("poster.png", "\x7fELF".repeat(100))), "unsupported"),
        ("captions that are none", with(4, file("captions/0.vtt", "WEBVTT\n\nlater --> never\nx\n")), "damaged_archive"),
        ("half a picture, after a product that is whole", with(6, file("pictures/2.png", &picture()[..60])), "damaged_picture"),
    ] {
        let error = refused(name, bytes).await;
        assert_eq!(error.code, code, "{name}: {}", error.message);
        assert!(![ErrorKind::Internal, ErrorKind::Unavailable].contains(&error.kind), "{name}: {}", error.message);
        let left = files_in(&app.state.storage.uploads()) + files_in(&app.state.storage.incoming()) + files_in(&app.data.path().join("captions"));
        assert_eq!(left, 0, "{name}");
        assert!(!outside.exists() && !Path::new("/tmp/x").exists(), "{name}");
        assert_eq!(admin.get("/products").await.1["total"], 0, "{name}");
        assert_eq!(admin.get("/livestreams").await.1["total"], 0, "{name}");
    }
    // The same, as it should be.
    std::fs::write(&path, whole).unwrap();
    let imported = archive::import(&app.state, &path, &CancellationToken::new()).await.unwrap();
    assert_eq!((imported.title.as_str(), imported.new_products), ("Brought", 2));
}
