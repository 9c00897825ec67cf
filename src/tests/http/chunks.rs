//! Recordings while they are made: chunks as they come, what is refused, and the film in the end.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use wrencos::server::service::recordings::film;

use crate::support::{Client, TestApp, client::read};

/// Two seconds that Chromium recorded.
const RECORDED: &[u8] = include_bytes!("../fixtures/chromium.webm");

async fn live_show(admin: &Client) -> String {
    let (status, body) = admin.post("/livestreams", json!({"title": "On tape"})).await;
    assert_eq!(status, 201, "{body}");
    body["livestream"]["_id"].as_str().unwrap().to_owned()
}

async fn put(client: &Client, path: &str, bytes: &[u8]) -> (StatusCode, Value) {
    read(client.request(Method::PUT, path).body(bytes.to_vec())).await
}

/// Sends a whole recording in pieces of this size.
async fn record(client: &Client, show: &str, recorder: &str, bytes: &[u8], size: usize) {
    for (number, piece) in bytes.chunks(size).enumerate() {
        let (status, body) = put(client, &format!("/livestreams/{show}/recording/chunks/{number}?recorder={recorder}"), piece).await;
        assert_eq!((status.as_u16(), &body["next"]), (200, &json!(number + 1)), "{body}");
    }
}

#[tokio::test]
async fn a_number_is_acknowledged_once_and_again_and_everything_else_is_refused() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let show = live_show(&admin).await;
    let (_, waiting) = admin.post("/livestreams", json!({"title": "Later", "scheduledAt": "2030-01-01T00:00:00Z"})).await;
    let later = waiting["livestream"]["_id"].as_str().unwrap().to_owned();
    let at = |n: u32| format!("/livestreams/{show}/recording/chunks/{n}");
    for (name, path, bytes, status, code, next) in [
        ("early", at(1), &b"one"[..], 409, "chunk_out_of_order", json!(0)),
        ("first", at(0), b"zero", 200, "", json!(1)),
        ("twice", at(0), b"zero", 200, "", json!(1)),
        ("another", at(0), b"ZERO", 409, "chunk_differs", json!(1)),
        ("gap", at(2), b"two", 409, "chunk_out_of_order", json!(1)),
        ("second", format!("/api{}", at(1)), b"one", 200, "", json!(2)),
        ("old", at(0), b"zero", 200, "", json!(2)),
        ("another recorder", format!("{}?recorder=tab-2&ageMs=500", at(0)), b"x", 200, "", json!(1)),
        ("a recorder's name", format!("{}?recorder=../x", at(0)), b"x", 422, "invalid", Value::Null),
        ("nothing", at(2), b"", 422, "invalid", Value::Null),
        ("no number", format!("/livestreams/{show}/recording/chunks/x"), b"x", 400, "malformed", Value::Null),
        ("minus one", format!("/livestreams/{show}/recording/chunks/-1"), b"x", 400, "malformed", Value::Null),
        ("no age", format!("{}?ageMs=x", at(2)), b"x", 422, "invalid", Value::Null),
        ("no such show", "/livestreams/65f0c1d2e3a4b5968778695a/recording/chunks/0".into(), b"x", 404, "not_found", Value::Null),
        ("before the show", format!("/livestreams/{later}/recording/chunks/0"), b"x", 409, "not_live", Value::Null),
    ] {
        let (found, body) = put(&admin, &path, bytes).await;
        assert_eq!((found.as_u16(), body["code"].as_str().unwrap_or_default(), &body["next"]), (status, code, &next), "{name}: {body}");
    }
    let large = vec![7; 4 * 1024 * 1024 + 1];
    assert_eq!(put(&admin, &at(2), &large).await.0, 413);
    let streamed = reqwest::Body::wrap_stream(futures::stream::iter([Ok::<_, std::io::Error>(large)]));
    assert_eq!(read(admin.request(Method::PUT, &at(2)).body(streamed)).await.0, 413, "without a declared length");
    let digest = |bytes: &[u8]| format!("sha-256=:{}:", BASE64_STANDARD.encode(Sha256::digest(bytes)));
    let digested = |digest: String| read(admin.request(Method::PUT, &at(2)).header("content-digest", digest).body("two"));
    let (status, body) = digested(digest(b"Two")).await;
    assert_eq!((status.as_u16(), &body["code"]), (422, &json!("digest_mismatch")));
    assert_eq!(digested(digest(b"two")).await.0, 200);

    let status_path = format!("/livestreams/{show}/recording");
    let finish_path = format!("{status_path}/finish");
    for (client, expected) in [(app.guest(), 401), (app.customer().await, 403)] {
        assert_eq!(put(&client, &at(3), b"x").await.0, expected);
        assert_eq!(client.get(&status_path).await.0, expected);
        assert_eq!(client.put(&status_path, json!({"enabled": false})).await.0, expected);
        assert_eq!(client.post(&finish_path, json!({})).await.0, expected);
    }
    let (_, body) = admin.get(&status_path).await;
    assert_eq!(body["recording"], json!({"state": "open", "enabled": true, "next": 3, "bytes": 11, "durationMs": 0, "parts": [], "videoUrl": ""}));
    assert_eq!(admin.get(&format!("{status_path}?recorder=tab-2")).await.1["recording"]["next"], 1);
    assert_eq!(admin.put(&status_path, json!({"enabled": false})).await.1["recording"]["enabled"], false);
}

#[tokio::test]
async fn the_film_of_a_show_can_be_sought_in_and_is_made_once() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let show = live_show(&admin).await;
    // The host's tab is loaded again in the middle: the first recorder is cut off, a second begins.
    record(&admin, &show, "first", &RECORDED[..RECORDED.len() - 500], 7_000).await;
    record(&admin, &show, "second", RECORDED, 100_000).await;
    admin.post(&format!("/livestreams/{show}/stop"), json!({})).await;
    let path = format!("/livestreams/{show}/recording");
    let (status, body) = admin.post(&format!("{path}/finish"), json!({})).await;
    let recording = &body["recording"];
    assert_eq!((status.as_u16(), &recording["state"]), (200, &json!("ready")), "{body}");
    let (duration, parts) = (recording["durationMs"].as_u64().unwrap(), recording["parts"].as_array().unwrap());
    assert_eq!(parts.len(), 2);
    assert_eq!(parts[1]["atMs"], parts[0]["durationMs"], "one goes on where the other ended");
    assert!((3_000..6_000).contains(&duration), "{duration}");

    let (_, read) = app.guest().get(&format!("/livestreams/{show}")).await;
    let url = read["livestream"]["videoUrl"].as_str().unwrap();
    assert_eq!((url, &read["livestream"]["isRecorded"]), (recording["videoUrl"].as_str().unwrap(), &json!(true)));
    let film = app.guest().request(Method::GET, url).send().await.unwrap();
    assert_eq!((film.status().as_u16(), film.headers()[header::CONTENT_TYPE].to_str().unwrap()), (200, "video/webm"));
    let film = film.bytes().await.unwrap();
    let written = (duration as f64).to_be_bytes();
    assert!(film.windows(11).take(2_000).any(|window| window[..3] == [0x44, 0x89, 0x88] && window[3..] == written), "the length stands in its head");
    let seeks = |wanted: &[u8]| film.windows(wanted.len()).take(4_000).any(|window| window == wanted);
    assert!(seeks(&[0x1c, 0x53, 0xbb, 0x6b]), "the index stands in front");

    assert_eq!(admin.post(&format!("{path}/finish"), json!({})).await.1, body, "asked again, it is the same film");
    film::tend_once(&app.state, Duration::ZERO).await;
    assert_eq!(admin.get(&path).await.1["recording"]["videoUrl"], json!(url));
    assert!(app.state.storage.waiting_recordings().is_empty(), "its chunks are gone");
    let (status, body) = put(&admin, &format!("{path}/chunks/99?recorder=second"), b"late").await;
    assert_eq!((status.as_u16(), &body["code"]), (410, &json!("recording_finished")));
    assert_eq!(std::fs::read_dir(app.state.storage.incoming()).map_or(0, Iterator::count), 0);
}

#[tokio::test]
async fn a_show_that_nobody_finishes_gets_its_film_and_a_deleted_one_leaves_nothing() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let show = live_show(&admin).await;
    record(&admin, &show, "", RECORDED, 20_000).await;
    film::tend_once(&app.state, Duration::ZERO).await;
    assert_eq!(admin.get(&format!("/livestreams/{show}/recording")).await.1["recording"]["state"], "open", "a show that goes on is not cut short");
    admin.post(&format!("/livestreams/{show}/stop"), json!({})).await;
    film::tend_once(&app.state, Duration::from_secs(3600)).await;
    assert_eq!(admin.get(&format!("/livestreams/{show}/recording")).await.1["recording"]["state"], "open", "a last chunk may still be on its way");
    film::tend_once(&app.state, Duration::ZERO).await;
    assert_eq!(admin.get(&format!("/livestreams/{show}/recording")).await.1["recording"]["state"], "ready");

    // What cannot be played ends, too, and is not tried for ever.
    let other = live_show(&admin).await;
    assert_eq!(put(&admin, &format!("/livestreams/{other}/recording/chunks/0"), b"<html>").await.0, 200);
    admin.post(&format!("/livestreams/{other}/stop"), json!({})).await;
    let (_, body) = admin.post(&format!("/livestreams/{other}/recording/finish"), json!({})).await;
    assert_eq!((&body["recording"]["state"], &body["recording"]["videoUrl"]), (&json!("failed"), &json!("")));
    assert_eq!(admin.get(&format!("/livestreams/{other}")).await.1["livestream"]["isRecorded"], false);

    let third = live_show(&admin).await;
    record(&admin, &third, "", RECORDED, 50_000).await;
    admin.post(&format!("/livestreams/{third}/stop"), json!({})).await;
    assert_eq!(admin.delete(&format!("/livestreams/{third}")).await.0, 200);
    film::tend_once(&app.state, Duration::from_secs(3600)).await;
    assert!(app.state.storage.waiting_recordings().is_empty());
    let (_, body) = admin.post(&format!("/livestreams/{third}/recording/finish"), json!({})).await;
    assert_eq!(body["code"], "not_found");
}

#[tokio::test]
async fn recordings_take_no_more_room_than_they_may_and_the_show_goes_on() {
    let app = TestApp::builder().settings(|settings| settings.recordings_quota_mib = Some("1".into())).start().await;
    let admin = app.admin().await;
    let show = live_show(&admin).await;
    let path = |n: u32| format!("/livestreams/{show}/recording/chunks/{n}");
    assert_eq!(put(&admin, &path(0), &vec![1; 900_000]).await.0, 200);
    let (status, body) = put(&admin, &path(1), &vec![2; 900_000]).await;
    assert_eq!((status.as_u16(), &body["code"]), (413, &json!("recording_quota")));
    assert_eq!(put(&admin, &path(0), &vec![1; 900_000]).await.0, 200, "what is there is acknowledged again");
    assert_eq!(put(&admin, &path(1), &[2; 1_000]).await.0, 200, "what still fits is taken");
    let (status, _) = admin.post(&format!("/livestreams/{show}/chat"), json!({"message": "We go on"})).await;
    assert_eq!(status, 201);
    assert_eq!(admin.get("/readyz").await.1["status"], "ready");
}

#[tokio::test]
async fn chunks_that_come_at_the_same_time_are_stored_once() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let show = live_show(&admin).await;
    for number in 0..5 {
        let path = format!("/livestreams/{show}/recording/chunks/{number}");
        let bytes = vec![number as u8; 10_000];
        let answers = futures::future::join_all((0..8).map(|_| put(&admin, &path, &bytes))).await;
        for (status, body) in answers {
            assert!(status == 200 || status == 429, "{status} {body}");
        }
        assert_eq!(put(&admin, &path, &bytes).await.1["next"], number + 1);
    }
    assert_eq!(admin.get(&format!("/livestreams/{show}/recording")).await.1["recording"]["bytes"], 50_000);
}
