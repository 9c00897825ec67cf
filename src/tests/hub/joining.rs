//! Coming in, being counted, going; the lobby.

use serde_json::{Value, json};

use super::{live_show, on_stage, types};
use crate::support::{SocketClient, TestApp};

#[tokio::test]
async fn the_order_on_joining_is_the_contracts() {
    let (app, admin, show) = on_stage().await;
    let _host = SocketClient::host(&app, admin.token(), &show, "host-1").await;
    let mut viewer = SocketClient::connect(&app).await;
    viewer.send(json!({"type": "register", "sessionId": "phone-1"})).await;
    let mut frames = Vec::new();
    for _ in 0..5 {
        frames.push(viewer.next().await);
    }
    assert_eq!(types(&frames), ["registered", "stream_update", "chat_history", "pinned_products_updated", "webrtc_broadcaster_available"]);
    assert_eq!((&frames[0]["sessionId"], &frames[0]["protocol"], &frames[0]["streamId"]), (&json!("phone-1"), &json!(1), &json!(show)));
    let update = &frames[1];
    for (field, value) in [
        ("isActive", json!(true)),
        ("title", json!("Spring colours")),
        ("viewerCount", json!(1)),
        ("likes", json!(0)),
        ("liked", json!(false)),
        ("likedBy", json!([])),
        ("broadcasterOnline", json!(true)),
    ] {
        assert_eq!(update[field], value, "{field}");
    }
    assert_eq!((&frames[2]["messages"], &frames[2]["chatMessages"]), (&json!([]), &json!([])));
    assert_eq!(frames[4]["peerId"], "host-1");
    assert!(frames[1..].iter().all(|frame| frame["streamId"] == show));
}

#[tokio::test]
async fn a_viewer_is_a_session_not_a_tab_and_a_host_is_none() {
    let (app, admin, show) = on_stage().await;
    let mut host = SocketClient::host(&app, admin.token(), &show, "host").await;
    let first = SocketClient::viewer(&app, "ada", &show).await;
    let second = SocketClient::viewer(&app, "ada", &show).await;
    let mut other = SocketClient::viewer(&app, "bob", &show).await;
    host.until_that("two viewers", |frame| frame["viewerCount"] == 2).await;
    drop(first);
    other.send(json!({"type": "chat_message", "message": "still two", "username": "Bob"})).await;
    host.until("chat_message").await;
    let (_, body) = app.guest().get(&format!("/livestreams/{show}")).await;
    assert_eq!((&body["livestream"]["viewerCount"], &body["livestream"]["peakViewers"]), (&json!(2), &json!(2)));
    drop(second);
    host.until_that("one viewer", |frame| frame["viewerCount"] == 1).await;
}

#[tokio::test]
async fn who_waits_in_the_lobby_is_seated_when_a_show_starts() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let mut viewer = SocketClient::connect(&app).await;
    viewer.send(json!({"type": "register", "sessionId": "early"})).await;
    assert_eq!(viewer.next().await["type"], "registered");
    let nothing = viewer.next().await;
    assert_eq!((&nothing["streamId"], &nothing["isActive"], &nothing["viewerCount"]), (&Value::Null, &json!(false), &json!(0)));
    viewer.send(json!({"type": "chat_message", "message": "hello?"})).await;
    assert_eq!(viewer.next().await["code"], "not_live");
    viewer.send(json!({"type": "webrtc_register", "peerId": "early-peer", "userType": "customer"})).await;

    let show = live_show(&admin).await;
    let started = viewer.next().await;
    assert_eq!((&started["type"], &started["streamId"], &started["streamData"]["_id"]), (&json!("stream_started"), &json!(show), &json!(show)));
    let frames = [viewer.next().await, viewer.next().await, viewer.next().await];
    assert_eq!(types(&frames), ["stream_update", "chat_history", "pinned_products_updated"]);
    // The peer it had registered is known to the host who comes on air.
    let mut host = SocketClient::connect(&app).await;
    host.send(json!({"type": "register_admin", "token": admin.token()})).await;
    assert_eq!(host.next().await["type"], "admin_registered");
    host.send(json!({"type": "webrtc_register", "peerId": "host", "userType": "admin"})).await;
    assert_eq!(host.until("webrtc_new_customer").await["peerId"], "early-peer");

    // The show ends and another starts: who follows hops, hearing each start once.
    admin.post(&format!("/livestreams/{show}/stop"), json!({})).await;
    let stopped = viewer.until("stream_stopped").await;
    assert_eq!((&stopped["reason"], &stopped["streamId"]), (&json!("stopped"), &json!(show)));
    let next = live_show(&admin).await;
    assert_eq!(viewer.until("stream_started").await["streamId"], next);
    assert!(!types(&viewer.all_until_now().await).contains(&"stream_started"));
}

#[tokio::test]
async fn a_scheduled_show_starts_once_for_everyone() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (_, body) = admin.post("/livestreams", json!({"title": "Later", "scheduledAt": "2030-01-01T18:00:00Z"})).await;
    let show = body["livestream"]["_id"].as_str().unwrap().to_owned();
    assert_eq!(body["livestream"]["status"], "scheduled");
    let mut viewer = SocketClient::viewer(&app, "waiting", &show).await;
    let mut host = SocketClient::connect(&app).await;
    host.send(json!({"type": "register_admin", "token": admin.token()})).await;
    host.until("stream_update").await;
    for kind in ["start_stream", "stream_started", "webrtc_broadcast_start"] {
        host.send(json!({"type": kind, "streamData": {"_id": show}, "peerId": "host"})).await;
    }
    let started = viewer.until("stream_started").await;
    assert_eq!(started["streamData"]["isActive"], true);
    let available = viewer.until("webrtc_broadcaster_available").await;
    assert_eq!(available["peerId"], "host");
    admin.post(&format!("/livestreams/{show}/start"), json!({})).await;
    assert!(!types(&viewer.all_until_now().await).contains(&"stream_started"));
}

#[tokio::test]
async fn a_show_that_does_not_exist_is_not_found() {
    let (app, ..) = on_stage().await;
    let mut viewer = SocketClient::connect(&app).await;
    viewer.send(json!({"type": "register", "streamId": "000000000000000000000000"})).await;
    let error = viewer.next().await;
    assert_eq!((&error["code"], &error["re"]), (&json!("not_found"), &json!("register")));
}

#[tokio::test]
async fn the_root_takes_upgrades_too_and_a_token_in_the_address_counts() {
    let (app, admin, _) = on_stage().await;
    let url = format!("ws://{}/?token={}", app.addr, admin.token());
    let mut host = SocketClient::open(&url, &[]).await.unwrap();
    host.send(json!({"type": "register_admin"})).await;
    assert_eq!(host.next().await["type"], "admin_registered");
}
