//! A show from one shop to another: what plays there, what stays behind, and that no archive does any harm.

pub mod hostile;

use std::{
    collections::HashMap,
    io::Cursor,
    path::{Path, PathBuf},
    time::Duration,
};

use image::{DynamicImage, ImageFormat};
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use wrencos::{
    domain::{
        id::{LivestreamId, ProductId},
        replay::{ReplayLine, ShelfChange},
        time::Timestamp,
    },
    server::{
        clock::Clock,
        service::{replays, replays::archive},
    },
};

use super::replays::somebody;
use crate::support::{Client, TestApp, client::read};

/// Two seconds that Chromium recorded.
const RECORDED: &[u8] = include_bytes!("../fixtures/chromium.webm");
const VTT: &str = "WEBVTT\n\n00:00.500 --> 00:01.500\nGood evening\n";

fn picture() -> Vec<u8> {
    let mut bytes = Vec::new();
    DynamicImage::new_rgb8(64, 36).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

async fn product(admin: &Client, name: &str, input: Value) -> String {
    let mut body = json!({ "name": name, "price": 1200, "stock": 3 });
    body.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
    let (status, body) = admin.post("/products", body).await;
    assert_eq!(status, 201, "{body}");
    body["product"]["_id"].as_str().unwrap().to_owned()
}

fn files_in(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { files_in(&path) } else { 1 }).sum()
}

/// A show of a minute with all that one can have, in a shop with a clock of its own.
async fn full_show(app: &TestApp, admin: &Client, clock: &Clock, start: Timestamp) -> String {
    let form = Form::new().part("image", Part::bytes(picture()).file_name("soap.png"));
    let (_, uploaded) = read(admin.request(Method::POST, "/uploads/product-image").multipart(form)).await;
    let soap = product(admin, "Soap", json!({ "images": [uploaded["url"]], "sku": "S-1", "description": "Slow" })).await;
    let brush = product(admin, "Brush", json!({})).await;
    let (status, body) = admin.post("/livestreams", json!({"title": "Then and there", "description": "Two\nlines"})).await;
    assert_eq!(status, 201, "{body}");
    let show = body["livestream"]["_id"].as_str().unwrap().to_owned();
    let id: LivestreamId = show.parse().unwrap();
    let at = |seconds: i64| clock.set(start.plus_millis(seconds * 1000));
    let settled = async |changes: usize| {
        while app.state.db.shelf_changes(id).await.unwrap().len() < changes {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let record = async |recorder: &str| {
        let path = format!("/livestreams/{show}/recording/chunks/0?recorder={recorder}");
        assert_eq!(read(admin.request(Method::PUT, &path).body(RECORDED)).await.0, 200);
    };
    let pin = async |product: &str| admin.post(&format!("/livestreams/{show}/pin-product"), json!({ "productId": product })).await;
    at(5);
    record("a").await;
    pin(&soap).await;
    settled(1).await;
    at(6);
    let (status, _) = app.guest().post(&format!("/livestreams/{show}/chat"), json!({"message": "How much?", "username": "Ada", "clientId": "mark-1"})).await;
    assert_eq!(status, 201);
    let (_, gone) = app.customer_named("Rude").await.1.post(&format!("/livestreams/{show}/chat"), json!({"message": "Unspeakable"})).await;
    admin.post(&format!("/livestreams/{show}/chat"), json!({"message": "Twelve"})).await;
    let gone = gone["chatMessage"]["id"].as_str().unwrap().to_owned();
    let (status, body) = admin.delete(&format!("/livestreams/{show}/chat/{gone}")).await;
    assert_eq!(status, 200, "{body}");
    at(20);
    record("b").await;
    pin(&brush).await;
    settled(2).await;
    admin.put(&format!("/livestreams/{show}/pinned-products/order"), json!({ "productIds": [brush, soap] })).await;
    settled(3).await;
    at(21);
    admin.delete(&format!("/livestreams/{show}/pin-product/{soap}")).await;
    settled(4).await;
    app.customer_named("Grace").await.1.post(&format!("/livestreams/{show}/chat"), json!({"message": "I take it"})).await;
    app.guest().post(&format!("/livestreams/{show}/view"), json!({})).await;
    at(60);
    admin.post(&format!("/livestreams/{show}/stop"), json!({})).await;
    let (_, body) = admin.post(&format!("/livestreams/{show}/recording/finish"), json!({})).await;
    assert_eq!(body["recording"]["state"], "ready", "{body}");
    let captions = format!("/livestreams/{show}/captions?language=en&label=English");
    assert_eq!(read(admin.request(Method::POST, &captions).header("content-type", "text/vtt").body(VTT)).await.0, 201);
    let form = Form::new().part("thumbnail", Part::bytes(picture()).file_name("poster.png"));
    assert_eq!(read(admin.request(Method::POST, &format!("/livestreams/{show}/upload")).multipart(form)).await.0, 201);
    show
}

/// What customers see of a replay, with products by their names and the film by its bytes.
#[derive(Debug, PartialEq)]
struct Seen {
    moments: Vec<(u64, String, Vec<String>)>,
    products: Vec<String>,
    lines: Vec<(u64, String, String, bool, Timestamp)>,
    duration_ms: u64,
    captions: Vec<(String, String)>,
    film: Vec<u8>,
    facts: Value,
}

async fn seen(app: &TestApp, id: &str) -> Seen {
    let guest = app.guest();
    let show: LivestreamId = id.parse().unwrap();
    let replay = replays::replay(&app.state, &somebody(), show).await.unwrap();
    let names: HashMap<ProductId, String> = replay.products.iter().map(|product| (product.id, product.name.clone())).collect();
    let moment = |change: &ShelfChange| match change {
        ShelfChange::Pin(product) => ("pin".to_owned(), vec![names[product].clone()]),
        ShelfChange::Unpin(product) => ("unpin".to_owned(), vec![names[product].clone()]),
        ShelfChange::Order(order) => ("order".to_owned(), order.iter().map(|product| names[product].clone()).collect()),
    };
    let chat = replays::chat(&app.state, &somebody(), show, 0).await.unwrap();
    assert_eq!(chat.until_ms, None);
    let line = |line: ReplayLine| (line.at_ms, line.message.username, line.message.message, line.message.is_admin, line.message.timestamp);
    let mut captions = Vec::new();
    for track in &replay.captions {
        let text = guest.request(Method::GET, &track.url).send().await.unwrap().text().await.unwrap();
        captions.push((track.label.clone(), text));
    }
    let (_, body) = guest.get(&format!("/livestreams/{id}")).await;
    let livestream = &body["livestream"];
    let film = guest.request(Method::GET, livestream["videoUrl"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(film.status(), 200);
    let poster = guest.request(Method::GET, livestream["thumbnailUrl"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(poster.status(), 200);
    let facts = ["title", "description", "status", "startTime", "endTime", "duration", "isRecorded", "published", "viewCount", "peakViewers"];
    Seen {
        moments: replay.moments.iter().map(|at| (at.at_ms, moment(&at.change))).map(|(at, (kind, names))| (at, kind, names)).collect(),
        products: replay.products.iter().map(|product| product.name.clone()).collect(),
        lines: chat.lines.into_iter().map(line).collect(),
        duration_ms: replay.duration_ms,
        captions,
        film: film.bytes().await.unwrap().to_vec(),
        facts: facts.iter().map(|fact| (fact.to_string(), livestream[*fact].clone())).collect(),
    }
}

async fn exported(app: &TestApp, admin: &Client, id: &str) -> (PathBuf, Vec<u8>) {
    let answer = admin.request(Method::GET, &format!("/livestreams/{id}/export")).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()), (200, "application/x-tar"));
    assert!(answer.headers()["content-disposition"].to_str().unwrap().contains(&format!("show-{id}.tar")));
    let length: usize = answer.headers()["content-length"].to_str().unwrap().parse().unwrap();
    let bytes = answer.bytes().await.unwrap().to_vec();
    assert_eq!(bytes.len(), length);
    assert_eq!(files_in(&app.state.storage.incoming()), 0, "the log that was written for it is gone");
    let path = app.data.path().join(format!("{id}-{length}.tar"));
    std::fs::write(&path, &bytes).unwrap();
    (path, bytes)
}

#[tokio::test]
async fn a_show_plays_in_another_shop_as_it_played_in_its_own() {
    let start = Timestamp::from_millis(1_800_000_000_000);
    let clock = Clock::manual(start);
    let here = TestApp::builder().clock(clock.clone()).start().await;
    let admin = here.admin().await;
    let show = full_show(&here, &admin, &clock, start).await;
    let (whole, bytes) = exported(&here, &admin, &show).await;
    // Nothing of people but the names they spoke under.
    let text = String::from_utf8_lossy(&bytes);
    for hidden in ["Unspeakable", "Rude", "@example.com", "mark-1", "author", &show] {
        assert!(!text.contains(hidden), "{hidden}");
    }

    let there = TestApp::start().await;
    let other_admin = there.admin().await;
    let brush = product(&other_admin, "Brush", json!({ "stock": 9 })).await;
    let imported = archive::import(&there.state, &whole, &CancellationToken::new()).await.unwrap();
    assert_eq!((imported.messages, imported.new_products, imported.known_products), (3, 1, 1));
    assert_eq!(seen(&there, &imported.id.to_string()).await, seen(&here, &show).await);
    assert_eq!(files_in(&there.state.storage.incoming()), 0);

    // What was here is used, and what was not is for the shop to look at.
    let (_, products) = other_admin.get("/products").await;
    let found = |name: &str| products["products"].as_array().unwrap().iter().filter(|product| product["name"] == name).cloned().collect::<Vec<_>>();
    assert_eq!((found("Brush").len(), &found("Brush")[0]["_id"], &found("Brush")[0]["stock"]), (1, &json!(brush), &json!(9)));
    let soap = &found("Soap")[0];
    assert_eq!((&soap["stock"], &soap["active"], &soap["sku"], &soap["description"]), (&json!(0), &json!(false), &json!("S-1"), &json!("Slow")));
    assert_eq!(there.guest().request(Method::GET, soap["images"][0].as_str().unwrap()).send().await.unwrap().status(), 200);
    assert_eq!(there.guest().get("/products").await.1["total"], 1, "nothing more is for sale");

    // Again: another show, the same products.
    let again = archive::import(&there.state, &whole, &CancellationToken::new()).await.unwrap();
    assert_eq!((again.id == imported.id, again.new_products, again.known_products), (false, 0, 2));

    // Of a film that is cut, only what is shown leaves; and nothing of what its host took out.
    let (_, desk) = admin.get(&format!("/livestreams/{show}/replay")).await;
    let brush_seq = desk["replay"]["moments"][1]["seq"].clone();
    let edit = json!({ "cut": { "startMs": 1_500, "endMs": 3_200 }, "moments": [{ "seq": brush_seq, "atMs": 2_500 }] });
    let (status, body) = admin.put(&format!("/livestreams/{show}/replay"), edit).await;
    assert_eq!(status, 200, "{body}");
    let (cut, cut_bytes) = exported(&here, &admin, &show).await;
    assert!(cut_bytes.len() < bytes.len());
    let imported = archive::import(&there.state, &cut, &CancellationToken::new()).await.unwrap();
    assert_eq!(seen(&there, &imported.id.to_string()).await, seen(&here, &show).await);

    // Kept from customers there, kept from customers here.
    admin.put(&format!("/livestreams/{show}/replay"), json!({"published": false})).await;
    let (hidden, _) = exported(&here, &admin, &show).await;
    let imported = archive::import(&there.state, &hidden, &CancellationToken::new()).await.unwrap();
    assert_eq!(there.guest().get(&format!("/livestreams/{}", imported.id)).await.0, 404);
    assert_eq!(other_admin.get(&format!("/livestreams/{}", imported.id)).await.0, 200);
}

#[tokio::test]
async fn only_a_show_that_is_over_leaves_and_only_for_admins() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (_, body) = admin.post("/livestreams", json!({"title": "Now"})).await;
    let id = body["livestream"]["_id"].as_str().unwrap().to_owned();
    let path = format!("/livestreams/{id}/export");
    let (status, body) = admin.get(&path).await;
    assert_eq!((status.as_u16(), &body["code"]), (409, &json!("not_ended")));
    let chunk = format!("/livestreams/{id}/recording/chunks/0?recorder=a");
    assert_eq!(read(admin.request(Method::PUT, &chunk).body(RECORDED)).await.0, 200);
    admin.post(&format!("/livestreams/{id}/stop"), json!({})).await;
    let (status, body) = admin.get(&path).await;
    assert_eq!((status.as_u16(), &body["code"]), (409, &json!("film_unfinished")));
    admin.post(&format!("/livestreams/{id}/recording/finish"), json!({})).await;
    for (client, expected) in [(app.guest(), 401), (app.customer().await, 403), (app.moderator().await, 403)] {
        assert_eq!(client.get(&path).await.0, expected);
    }
    let (archive, _) = exported(&app, &admin, &id).await;
    let film = admin.get(&format!("/livestreams/{id}")).await.1["livestream"]["videoUrl"].as_str().unwrap().to_owned();
    std::fs::remove_file(app.state.storage.upload(&film).unwrap()).unwrap();
    assert_eq!(admin.get(&path).await.1["code"], "no_film");
    assert_eq!(admin.get("/livestreams/69a48768105b1ce9027d4401/export").await.0, 404);

    // A show without a word, a product or a picture is one all the same; what takes too much room is none.
    let small = TestApp::builder().settings(|settings| settings.recordings_quota_mib = Some("1".into())).start().await;
    assert_eq!(archive::import(&small.state, &archive, &CancellationToken::new()).await.unwrap().messages, 0);
    let mut refusal = None;
    for _ in 0..42 {
        refusal = refusal.or(archive::import(&small.state, &archive, &CancellationToken::new()).await.err());
    }
    assert_eq!(refusal.unwrap().code, "recording_quota");
}
