//! Frames of the contract that no other test tells.

use serde_json::json;

use crate::support::{Client, SocketClient, TestApp};

async fn on_air() -> (TestApp, Client, String, SocketClient, SocketClient) {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (_, body) = admin.post("/livestreams", json!({"title": "Now"})).await;
    let show = body["livestream"]["_id"].as_str().unwrap().to_owned();
    let host = SocketClient::host(&app, admin.token(), &show, "host").await;
    let viewer = SocketClient::viewer(&app, "ada", &show).await;
    (app, admin, show, host, viewer)
}

#[tokio::test]
async fn a_host_stops_by_either_name_and_once() {
    for kind in ["stop_stream", "stream_stopped"] {
        let (app, _, show, mut host, mut viewer) = on_air().await;
        for _ in 0..2 {
            host.send(json!({"type": kind, "streamId": show})).await;
        }
        let stopped = viewer.until("stream_stopped").await;
        assert_eq!((&stopped["reason"], &stopped["streamData"]["isActive"], &stopped["streamId"]), (&json!("stopped"), &json!(false), &json!(show)), "{kind}");
        let more = viewer.all_until_now().await;
        assert!(more.iter().all(|frame| frame["type"] != "stream_stopped"), "{kind}: {more:?}");
        assert_eq!(app.guest().get("/livestreams/active").await.1["livestreams"], json!([]), "{kind}");
    }
}

#[tokio::test]
async fn a_hint_about_the_shelf_makes_the_server_read_its_own() {
    let (app, admin, show, mut host, mut viewer) = on_air().await;
    let (_, body) = admin.post("/products", json!({"name": "Balm", "price": 1900, "stock": 5})).await;
    let product = body["product"]["_id"].as_str().unwrap().to_owned();
    // Behind the room's back, as another server of the same shop would.
    app.state.db.pin(show.parse().unwrap(), product.parse().unwrap(), app.state.clock.now()).await.unwrap();
    host.send(json!({"type": "pinned_products_updated", "streamId": show, "pinnedProducts": [{"productId": show}]})).await;
    let told = viewer.until("pinned_products_updated").await;
    assert_eq!(told["pinnedProducts"].as_array().unwrap().len(), 1);
    assert_eq!((&told["pinnedProducts"][0]["productId"], &told["pinnedProducts"][0]["product"]["name"]), (&json!(product), &json!("Balm")));
}

#[tokio::test]
async fn every_name_of_the_start_brings_the_host_on_air_once() {
    for kind in ["start_stream", "stream_started", "webrtc_broadcast_start"] {
        let app = TestApp::start().await;
        let admin = app.admin().await;
        let (_, body) = admin.post("/livestreams", json!({"title": "Now"})).await;
        let show = body["livestream"]["_id"].as_str().unwrap();
        let mut viewer = SocketClient::viewer(&app, "ada", show).await;
        let mut host = SocketClient::connect(&app).await;
        host.send(json!({"type": "register_admin", "token": admin.token(), "streamId": show})).await;
        host.until("pinned_products_updated").await;
        for _ in 0..2 {
            host.send(json!({"type": kind, "streamId": show, "peerId": "host"})).await;
        }
        assert_eq!(viewer.until("webrtc_broadcaster_available").await["peerId"], "host", "{kind}");
        let more = viewer.all_until_now().await;
        assert!(more.iter().all(|frame| frame["type"] != "webrtc_broadcaster_available"), "{kind}: {more:?}");
    }
}

#[tokio::test]
async fn the_end_of_candidates_crosses_too() {
    let (_app, _, _, mut host, mut viewer) = on_air().await;
    viewer.send(json!({"type": "webrtc_register", "peerId": "ada-1", "userType": "customer"})).await;
    host.until("webrtc_new_customer").await;
    host.send(json!({"type": "webrtc_offer", "to": "ada-1", "offer": {"type": "offer", "sdp": "v=0"}})).await;
    viewer.until("webrtc_offer").await;
    viewer.send(json!({"type": "webrtc_ice_candidate", "to": "host", "candidate": null})).await;
    let last = host.until("webrtc_ice_candidate").await;
    assert_eq!((&last["from"], &last["candidate"]), (&json!("ada-1"), &json!(null)));
}
