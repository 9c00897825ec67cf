//! Shows whose camera is an encoder are recorded by the server itself.

use std::time::Duration;

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use tokio::task::block_in_place;

use str0m::format::Codec;

use super::{
    encoders::{go_on_air, go_on_air_with, ingest},
    media_server::{on_stage, publish},
};
use crate::support::{
    Client,
    rtc::{RtcClient, Sent, vp8},
};

/// A camera for so many seconds: 25 pictures of 640x360 and 50 sounds in each. The first second has none that stands
/// for itself.
fn film(host: &RtcClient, seconds: u64) {
    film_of(host, seconds, |frame, part, is_key| {
        let size: &[u8] = if is_key && part == 0 { &[0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01] } else { &[] };
        [&vp8(frame as u16, part, is_key)[..], size].concat()
    });
}

/// The same, with this in front of both parts of each picture.
fn film_of(host: &RtcClient, seconds: u64, front: impl Fn(u64, u8, bool) -> Vec<u8>) {
    for frame in 1..=25 + seconds * 25 {
        let is_key = frame.is_multiple_of(25);
        for part in 0..2 {
            let payload = [front(frame, part, is_key), vec![8 + part; 700]].concat();
            host.send(Sent { is_video: true, seq: frame * 2 + u64::from(part), time: frame as u32 * 3600, payload });
        }
        for half in 0..2 {
            let seq = frame * 2 + half;
            host.send(Sent { is_video: false, seq, time: seq as u32 * 960, payload: vec![0x78, 1, 2] });
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

async fn recording(admin: &Client, show: &str) -> Value {
    admin.get(&format!("/livestreams/{show}/recording")).await.1["recording"].clone()
}

async fn stop(admin: &Client, show: &str) {
    let (status, body) = admin.post(&format!("/livestreams/{show}/stop"), json!({})).await;
    assert_eq!(status, StatusCode::OK, "{body}");
}

/// What is known of a recording once its film is made.
async fn filmed(admin: &Client, show: &str) -> Value {
    for _ in 0..200 {
        let found = recording(admin, show).await;
        if found["state"] == "ready" {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the film is never made: {}", recording(admin, show).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_show_of_an_encoder_becomes_a_film() {
    let (app, admin, show) = on_stage().await;
    let guest = app.guest();
    let (path, key) = ingest(&admin, &show).await;
    let (encoder, _) = go_on_air(&guest, &path, &key).await;
    block_in_place(|| film(&encoder, 3));
    assert!(!encoder.seen().key_requests.is_empty(), "it waited for a picture that stands for itself");

    // It comes again, as after a lost network: the film goes on with what it sends then.
    drop(encoder);
    let (encoder, _) = go_on_air(&guest, &path, &key).await;
    block_in_place(|| film(&encoder, 2));
    assert_eq!(recording(&admin, &show).await["state"], "open", "it is kept while the show runs");
    stop(&admin, &show).await;
    let found = filmed(&admin, &show).await;
    let parts = found["parts"].as_array().unwrap();
    assert_eq!(parts.len(), 2, "{found}");
    for (part, expected_ms) in parts.iter().zip([3000, 2000]) {
        let duration_ms = part["durationMs"].as_u64().unwrap();
        assert!((expected_ms - 100..expected_ms + 100).contains(&duration_ms), "{found}");
    }
    // Between the two it connected anew and had no picture for a second.
    let apart_ms = parts[1]["showMs"].as_u64().unwrap() - parts[0]["showMs"].as_u64().unwrap();
    assert!((3900..15_000).contains(&apart_ms), "{found}");
    let film = app.guest().request(Method::GET, found["videoUrl"].as_str().unwrap()).send().await.unwrap();
    assert_eq!((film.status(), film.headers()[header::CONTENT_TYPE].to_str().unwrap()), (StatusCode::OK, "video/webm"));
    let bytes = film.bytes().await.unwrap();
    assert_eq!(bytes.windows(700).filter(|window| window.iter().all(|byte| *byte == 9)).count(), 5 * 25, "every picture with its last packet");
}

/// The film of an encoder that sends pictures of this kind for two seconds.
async fn filmed_of(codec: Codec, front: impl Fn(u64, u8, bool) -> Vec<u8>) -> Vec<u8> {
    let (app, admin, show) = on_stage().await;
    let (path, key) = ingest(&admin, &show).await;
    let (encoder, _) = go_on_air_with(RtcClient::host_of(codec), &app.guest(), &path, &key).await;
    block_in_place(|| film_of(&encoder, 2, front));
    assert!(!encoder.seen().key_requests.is_empty(), "it waited for a picture that stands for itself");
    stop(&admin, &show).await;
    let found = filmed(&admin, &show).await;
    let duration_ms = found["durationMs"].as_u64().unwrap();
    assert!((1900..2100).contains(&duration_ms), "{found}");
    let film = app.guest().request(Method::GET, found["videoUrl"].as_str().unwrap()).send().await.unwrap();
    assert_eq!((film.status(), film.headers()[header::CONTENT_TYPE].to_str().unwrap()), (StatusCode::OK, "video/webm"));
    let bytes = film.bytes().await.unwrap().to_vec();
    assert_eq!(bytes.windows(700).filter(|window| window.iter().all(|byte| *byte == 9)).count(), 2 * 25, "every picture with its last packet");
    assert!(has(&bytes, b"\xb0\x82\x02\x80\xba\x82\x01\x68"), "640x360");
    bytes
}

fn has(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_show_in_vp9_becomes_a_film() {
    let film = filmed_of(Codec::Vp9, |frame, part, is_key| {
        let flags = if part == 0 { 0x88 } else { 0x84 } | if is_key { 0 } else { 0x40 };
        let head: &[u8] = match (part, is_key) {
            (0, true) => &[0x82, 0x49, 0x83, 0x42, 0x20, 0x27, 0xf0, 0x16, 0x70],
            (0, false) => &[0x86],
            _ => &[],
        };
        [&[flags, frame as u8 & 0x7f][..], head].concat()
    });
    assert!(has(&film.await, b"\x86\x85V_VP9"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_show_in_av1_becomes_a_film() {
    let sequence = [0x00, 0x00, 0x00, 0x25, 0x4a, 0x7f, 0x59, 0xc0, 0x27, 0x98, 0x04];
    let film = filmed_of(Codec::Av1, |_, part, is_key| match (part, is_key) {
        (0, true) => [&[0x68, 12, 0x08][..], &sequence, &[0x30, 0x10]].concat(),
        (0, false) => vec![0x50, 0x30, 0x30],
        _ => vec![0x90],
    });
    let record = [&[0x81, 0x04, 0x0c, 0x00, 0x0a, 11][..], &sequence].concat();
    let bytes = film.await;
    assert!(has(&bytes, b"\x86\x85V_AV1") && has(&bytes, &record));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_records_no_page_and_nothing_that_is_not_wanted() {
    let (app, admin, show) = on_stage().await;
    let (_socket, host, _) = publish(&app, admin.token(), &show, "studio").await;
    block_in_place(|| film(&host, 2));
    stop(&admin, &show).await;

    let other = super::live_show(&admin).await;
    admin.put(&format!("/livestreams/{other}/recording"), json!({"enabled": false})).await;
    let (path, key) = ingest(&admin, &other).await;
    let (encoder, _) = go_on_air(&app.guest(), &path, &key).await;
    block_in_place(|| film(&encoder, 2));
    assert!(encoder.seen().key_requests.is_empty(), "nobody waits for a picture");
    stop(&admin, &other).await;
    app.state.tapes.ended(other.parse().unwrap()).await;
    for show in [show, other] {
        assert_eq!(recording(&admin, &show).await["state"], "none");
    }
}
