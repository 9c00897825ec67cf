//! A live show over plain HTTP: what there is of it, its bytes as they come, and who gets none.

use std::time::Duration;

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use wrencos::{domain::time::Timestamp, server::clock::Clock};

use crate::support::{Client, TestApp, client::read, machine};

/// Two seconds that Chromium recorded.
const RECORDED: &[u8] = include_bytes!("../fixtures/chromium.webm");
const CLUSTER: [u8; 4] = [0x1f, 0x43, 0xb6, 0x75];

async fn live_show(admin: &Client) -> String {
    let (status, body) = admin.post("/livestreams", json!({"title": "Running"})).await;
    assert_eq!(status, 201, "{body}");
    body["livestream"]["_id"].as_str().unwrap().to_owned()
}

async fn put(admin: &Client, show: &str, query: &str, number: usize, bytes: &[u8]) {
    let path = format!("/livestreams/{show}/recording/chunks/{number}?{query}");
    let (status, body) = read(admin.request(Method::PUT, &path).body(bytes.to_vec())).await;
    assert_eq!(status, 200, "{body}");
}

async fn reel(client: &Client, show: &str, since: u64) -> Value {
    let (status, body) = client.get(&format!("/livestreams/{show}/live?since={since}")).await;
    assert_eq!(status, 200, "{body}");
    body["reel"].clone()
}

async fn bytes(client: &Client, path: &str) -> Vec<u8> {
    let response = client.request(Method::GET, path).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    response.bytes().await.unwrap().to_vec()
}

#[tokio::test]
async fn a_running_show_is_read_as_it_grows_and_from_any_place() {
    let start = Timestamp::from_millis(1_800_000_000_000);
    let clock = Clock::manual(start);
    let app = TestApp::builder().clock(clock.clone()).start().await;
    let admin = app.admin().await;
    let show = live_show(&admin).await;
    let guest = app.guest();
    assert_eq!(reel(&guest, &show, 0).await, json!({"nowMs": 0, "parts": [], "places": [], "next": 0}), "nothing is recorded yet");

    // The recorder began four seconds into the show; its pieces end anywhere.
    clock.set(start.plus_millis(5_000));
    let mut known = 0;
    let mut places = Vec::new();
    for (number, piece) in RECORDED.chunks(9_001).enumerate() {
        put(&admin, &show, "recorder=a&ageMs=1000", number, piece).await;
        let now = reel(&guest, &show, places.len() as u64).await;
        places.extend(now["places"].as_array().unwrap().clone());
        assert_eq!(now["next"], places.len());
        if let Some(part) = now["parts"].get(0) {
            let bytes = part["bytes"].as_u64().unwrap();
            assert!(bytes >= known && bytes <= ((number + 1) * 9_001) as u64, "it only grows, and never further than what came");
            known = bytes;
        }
    }
    let whole = reel(&guest, &show, 0).await;
    let part = &whole["parts"][0];
    assert_eq!((&whole["places"], &whole["nowMs"]), (&json!(places), &json!(5_000)));
    assert_eq!((part["bytes"].as_u64().unwrap(), &part["showMs"]), (RECORDED.len() as u64, &json!(4_000)));
    assert!(["video/webm;codecs=\"vp8,opus\"", "video/webm;codecs=\"opus,vp8\""].contains(&part["mime"].as_str().unwrap()), "{part}");
    assert!((5_500..7_000).contains(&part["endMs"].as_u64().unwrap()), "{part}");
    assert!(!places.is_empty());

    // Head and a place are enough for a player; each is what was recorded.
    let path = format!("/livestreams/{show}/live/0");
    let head = part["headBytes"].as_u64().unwrap();
    assert_eq!(bytes(&guest, &format!("{path}?to={head}")).await, RECORDED[..head as usize]);
    for place in &places {
        let (at, show_ms) = (place["at"].as_u64().unwrap(), place["showMs"].as_u64().unwrap());
        assert!((4_000..7_000).contains(&show_ms), "{place}");
        assert_eq!(RECORDED[at as usize..][..4], CLUSTER);
        assert_eq!(bytes(&guest, &format!("/api{path}?from={at}")).await, RECORDED[at as usize..]);
    }
    for (from, to) in [(0, 1), (9_000, 9_002), (17_000, RECORDED.len())] {
        assert_eq!(bytes(&guest, &format!("{path}?from={from}&to={to}")).await, RECORDED[from..to], "over the seams of pieces");
    }

    // A reel that nobody had asked for yet is the same one; a host who loads the page again begins another part.
    let again = live_on_second(&app, &admin, &show).await;
    assert_eq!(again["parts"].as_array().unwrap().len(), 2);
    assert_eq!((&again["parts"][0], again["parts"][1]["part"].as_u64(), again["parts"][1]["showMs"].as_u64()), (part, Some(1), Some(9_500)));
    assert_eq!(again["places"].as_array().unwrap().len(), 2 * places.len());
    assert!(again["places"].as_array().unwrap().iter().skip(places.len()).all(|place| place["part"] == 1 && place["showMs"].as_u64() >= Some(9_500)));
    assert_eq!(bytes(&guest, &format!("/livestreams/{show}/live/1")).await, RECORDED);
}

// The host's second recorder, read by a server that has just begun.
async fn live_on_second(app: &TestApp, admin: &Client, show: &str) -> Value {
    app.state.clock.set(Timestamp::from_millis(1_800_000_010_000));
    for (number, piece) in RECORDED.chunks(20_000).enumerate() {
        put(admin, show, "recorder=b&ageMs=500", number, piece).await;
    }
    let grown = reel(&app.guest(), show, 0).await;
    app.state.reels.forget(show.parse().unwrap());
    let read_anew = reel(&app.guest(), show, 0).await;
    assert_eq!(read_anew, grown, "however it was read");
    grown
}

#[tokio::test]
async fn bytes_that_were_given_are_kept_and_those_that_are_not_there_are_refused() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let show = live_show(&admin).await;
    put(&admin, &show, "", 0, RECORDED).await;
    let guest = app.guest();
    let path = format!("/livestreams/{show}/live/0");
    let end = RECORDED.len();
    let given = guest.request(Method::GET, &format!("{path}?from=10&to=400")).send().await.unwrap();
    let headers = given.headers().clone();
    assert_eq!(headers[header::CACHE_CONTROL], "private, max-age=31536000, immutable");
    assert_eq!((&headers[header::CONTENT_TYPE], &headers[header::CONTENT_LENGTH]), (&"video/webm".parse().unwrap(), &"390".parse().unwrap()));
    assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert!(headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("sandbox"));
    let tag = headers[header::ETAG].clone();
    let known = guest.request(Method::GET, &format!("{path}?from=10&to=400")).header(header::IF_NONE_MATCH, &tag).send().await.unwrap();
    assert_eq!(known.status(), StatusCode::NOT_MODIFIED);
    assert!(known.bytes().await.unwrap().is_empty());
    let other = guest.request(Method::GET, &format!("{path}?from=10&to=401")).header(header::IF_NONE_MATCH, &tag).send().await.unwrap();
    assert_eq!(other.status(), StatusCode::OK, "other bytes have another validator");
    let open = guest.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(open.headers()[header::CACHE_CONTROL], "private, no-cache", "without an end it grows");
    let head = guest.request(Method::HEAD, &format!("{path}?to=100")).send().await.unwrap();
    assert_eq!((head.status(), &head.headers()[header::CONTENT_LENGTH]), (StatusCode::OK, &"100".parse().unwrap()));

    let (_, waiting) = admin.post("/livestreams", json!({"title": "Later", "scheduledAt": "2030-01-01T00:00:00Z"})).await;
    let later = waiting["livestream"]["_id"].as_str().unwrap().to_owned();
    let nobody = "65f0c1d2e3a4b5968778695a";
    for (path, status, code) in [
        (format!("{path}?from={end}"), 416, "no_such_bytes"),
        (format!("{path}?from=0&to={}", end + 1), 416, "no_such_bytes"),
        (format!("{path}?from=5&to=5"), 416, "no_such_bytes"),
        (format!("{path}?from=5&to=2"), 416, "no_such_bytes"),
        (format!("{path}?from=18446744073709551615&to=18446744073709551615"), 416, "no_such_bytes"),
        (format!("{path}?from=-1"), 422, "invalid"),
        (format!("{path}?to=1e3"), 422, "invalid"),
        (format!("/livestreams/{show}/live/1"), 404, "not_found"),
        (format!("/livestreams/{show}/live/4294967295"), 404, "not_found"),
        (format!("/livestreams/{show}/live/-1"), 400, "malformed"),
        (format!("/livestreams/{show}/live/..%2f0"), 400, "malformed"),
        (format!("/livestreams/{nobody}/live/0"), 404, "not_found"),
        (format!("/livestreams/{nobody}/live"), 404, "not_found"),
        ("/livestreams/x/live".to_owned(), 400, "malformed"),
        (format!("/livestreams/{show}/live?since=-1"), 422, "invalid"),
        (format!("/livestreams/{later}/live"), 409, "not_live"),
        (format!("/livestreams/{later}/live/0"), 409, "not_live"),
    ] {
        let (found, body) = guest.get(&path).await;
        assert_eq!((found.as_u16(), body["code"].as_str().unwrap_or_default()), (status, code), "{path}: {body}");
    }
    assert_eq!(reel(&guest, &show, 4_294_967_295).await["places"], json!([]), "who knows more than there is learns nothing");
    assert_eq!(guest.post(&path, json!({})).await.0, 405);

    admin.post(&format!("/livestreams/{show}/stop"), json!({})).await;
    for path in [format!("/livestreams/{show}/live"), path] {
        let (status, body) = guest.get(&path).await;
        assert_eq!((status.as_u16(), body["code"].as_str()), (410, Some("show_ended")), "{path}");
    }
}

#[tokio::test]
async fn what_is_no_recording_is_never_given_out_and_a_film_that_is_made_takes_its_place() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let show = live_show(&admin).await;
    put(&admin, &show, "recorder=page", 0, b"<html><script>alert(1)</script>").await;
    put(&admin, &show, "recorder=mp4", 0, b"\0\0\0\x18ftypiso5\0\0\0\0iso5iso6mp41").await;
    // What follows the last whole cluster is no part of it, for good.
    put(&admin, &show, "recorder=torn", 0, &[RECORDED, b"<html>"].concat()).await;
    put(&admin, &show, "recorder=torn", 1, b"<script>").await;
    let guest = app.guest();
    let now = reel(&guest, &show, 0).await;
    let parts = now["parts"].as_array().unwrap();
    assert_eq!((parts.len(), &parts[0]["part"], &parts[0]["bytes"]), (1, &json!(2), &json!(RECORDED.len())), "{now}");
    for part in [0, 1] {
        assert_eq!(guest.get(&format!("/livestreams/{show}/live/{part}")).await.0, 404);
    }
    assert_eq!(bytes(&guest, &format!("/livestreams/{show}/live/2")).await, RECORDED);

    // A host may close the recording in the middle of the show.
    assert_eq!(admin.post(&format!("/livestreams/{show}/recording/finish"), json!({})).await.1["recording"]["state"], "ready");
    assert_eq!(reel(&guest, &show, 0).await["parts"], json!([]));
    assert_eq!(guest.get(&format!("/livestreams/{show}/live/2")).await.0, 404);
}

#[tokio::test]
async fn who_is_banned_reads_no_reel() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let show = live_show(&admin).await;
    put(&admin, &show, "", 0, RECORDED).await;
    let (user, customer) = app.customer_named("Cleo").await;
    let paths = [format!("/livestreams/{show}/live"), format!("/livestreams/{show}/live/0")];
    assert_eq!(customer.get(&paths[0]).await.0, 200);
    assert_eq!(admin.post("/chat/bans", json!({"userId": user.id})).await.0, 201);
    for path in &paths {
        let (status, body) = customer.get(path).await;
        assert_eq!((status.as_u16(), body["code"].as_str()), (403, Some("banned")), "{path}");
    }
    assert_eq!(app.guest().get(&paths[0]).await.0, 200, "and nobody else is meant");
    assert_eq!(admin.get(&paths[0]).await.0, 200);
}

fn element(id: &[u8], body: &[u8]) -> Vec<u8> {
    [id, &(body.len() as u64 | 1 << 56).to_be_bytes(), body].concat()
}

/// A recording of so many clusters of a mebibyte, each a second and with a picture that stands for itself.
fn large(clusters: u32) -> Vec<Vec<u8>> {
    let head = element(&[0x1a, 0x45, 0xdf, 0xa3], &element(&[0x42, 0x82], b"webm"));
    let track = [element(&[0xd7], &[1]), element(&[0x83], &[1]), element(&[0x86], b"V_VP8")].concat();
    let tracks = element(&[0x16, 0x54, 0xae, 0x6b], &element(&[0xae], &track));
    let segment = [0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    let cluster = |number: u32| {
        let block = element(&[0xa3], &[&[0x81, 0, 0, 0x80][..], &vec![7; 1024 * 1024]].concat());
        element(&CLUSTER, &[element(&[0xe7], &(number * 1000).to_be_bytes()), block].concat())
    };
    (0..clusters).map(|number| if number == 0 { [&head[..], &segment, &tracks, &cluster(0)].concat() } else { cluster(number) }).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_who_read_a_reel_slowly_cost_little_memory_and_hold_up_nobody() {
    const READERS: usize = 500;
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let show = live_show(&admin).await;
    for (number, piece) in large(24).iter().enumerate() {
        put(&admin, &show, "", number, piece).await;
    }
    let part = reel(&app.guest(), &show, 0).await["parts"][0].clone();
    let size = part["bytes"].as_u64().unwrap();
    assert!(size > 24 * 1024 * 1024, "{part}");
    let before_kib = machine::resident_kib();
    // Each asks for all of it, 12 GB together, and reads no more than the first bytes.
    let mut readers = Vec::new();
    for _ in 0..READERS {
        let mut socket = TcpStream::connect(app.addr).await.unwrap();
        socket.write_all(format!("GET /livestreams/{show}/live/0 HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).await.unwrap();
        readers.push(socket);
    }
    for socket in &mut readers {
        let mut first = [0; 15];
        tokio::time::timeout(Duration::from_secs(60), socket.read_exact(&mut first)).await.unwrap().unwrap();
        assert_eq!(&first, b"HTTP/1.1 200 OK");
    }
    // Others are served meanwhile, and the recording goes on.
    let guest = app.guest();
    let last = bytes(&guest, &format!("/livestreams/{show}/live/0?from={}", size - 500)).await;
    assert_eq!(last, [7; 500]);
    put(&admin, &show, "", 24, &large(25)[24]).await;
    assert!(reel(&guest, &show, 0).await["parts"][0]["bytes"].as_u64().unwrap() > size);
    let grown_kib = machine::resident_kib().saturating_sub(before_kib);
    println!("{READERS} readers who stand still: {} MiB", grown_kib / 1024);
    assert!(grown_kib < 160 * 1024, "{grown_kib} KiB for {READERS} readers");
}
