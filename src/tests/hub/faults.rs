//! Servers, rooms and databases that fail while a show is live.

use serde_json::json;

use super::{on_stage, types};
use crate::support::{SocketClient, TestApp};

#[tokio::test]
async fn a_room_that_panics_comes_back_with_everyone_in_it() {
    let (app, admin, show) = on_stage().await;
    let mut host = SocketClient::host(&app, admin.token(), &show, "host").await;
    let mut viewer = SocketClient::viewer(&app, "ada", &show).await;
    viewer.send(json!({"type": "webrtc_register", "peerId": "ada-1", "userType": "customer"})).await;
    viewer.until("webrtc_broadcaster_available").await;
    viewer.send(json!({"type": "chat_message", "message": "before"})).await;
    viewer.until("chat_message").await;
    app.state.hub.crash_room(show.parse().unwrap()).await;
    let history = viewer.until("chat_history").await;
    assert_eq!((&history["recovered"], &history["messages"][0]["message"]), (&json!(false), &json!("before")));
    viewer.until("webrtc_broadcaster_available").await;
    host.until_that("the viewer is announced again", |frame| frame["peerId"] == "ada-1").await;
    viewer.send(json!({"type": "chat_message", "message": "after"})).await;
    let after = host.until_that("the message", |frame| frame["message"] == "after").await;
    assert!(after["seq"].as_u64() > history["seq"].as_u64());
}

#[tokio::test]
async fn a_room_that_comes_back_repeats_no_refused_start() {
    let (app, admin, show) = on_stage().await;
    // Before the host, so that it is seated again first.
    let mut rival = SocketClient::connect_as(&app, app.admin().await.token()).await;
    rival.send(json!({"type": "register_admin", "streamId": show})).await;
    rival.until("pinned_products_updated").await;
    let mut host = SocketClient::host(&app, admin.token(), &show, "host").await;
    rival.send(json!({"type": "webrtc_broadcast_start", "peerId": "rival"})).await;
    assert_eq!(rival.until("error").await["code"], "broadcaster_conflict");
    app.state.hub.crash_room(show.parse().unwrap()).await;
    for screen in [&mut rival, &mut host] {
        screen.until("pinned_products_updated").await;
        let heard = screen.all_until_now().await;
        assert!(heard.iter().all(|frame| frame["type"] != "error"), "{heard:?}");
    }
    let mut viewer = SocketClient::viewer(&app, "ada", &show).await;
    viewer.send(json!({"type": "webrtc_register", "peerId": "ada-1", "userType": "customer"})).await;
    assert_eq!(viewer.until("webrtc_broadcaster_available").await["peerId"], "host");
}

#[tokio::test]
async fn a_server_that_dies_costs_nothing_that_was_seen() {
    let (app, admin, show) = on_stage().await;
    let _host = SocketClient::host(&app, admin.token(), &show, "host").await;
    let mut viewer = SocketClient::viewer(&app, "ada", &show).await;
    viewer.send(json!({"type": "toggle_like"})).await;
    viewer.until_that("liked", |frame| frame["liked"] == true).await;
    let mut seen = Vec::new();
    for at in 0..5 {
        viewer.send(json!({"type": "chat_message", "message": format!("{at}"), "clientId": format!("c{at}")})).await;
        seen.push(viewer.until("chat_message").await);
    }
    // A second server over the same database, which learns nothing from the first: as after a kill.
    let next = TestApp::builder().database(app.uri.clone()).start().await;
    let mut back = SocketClient::connect(&next).await;
    back.send(json!({"type": "register", "sessionId": "ada", "since": seen[2]["seq"]})).await;
    let update = back.until("stream_update").await;
    assert_eq!((&update["isActive"], &update["likes"], &update["liked"], &update["broadcasterOnline"]), (&json!(true), &json!(1), &json!(true), &json!(false)));
    let history = back.until("chat_history").await;
    let ids: Vec<_> = history["messages"].as_array().unwrap().iter().map(|message| &message["id"]).collect();
    assert_eq!((&history["recovered"], ids), (&json!(true), vec![&seen[3]["id"], &seen[4]["id"]]));
    back.send(json!({"type": "chat_message", "message": "4", "clientId": "c4"})).await;
    assert_eq!(back.until("chat_message").await["id"], seen[4]["id"], "what was stored is not stored again");
    let _host = SocketClient::host(&next, admin.token(), &show, "host-2").await;
    assert_eq!(back.until("webrtc_broadcaster_available").await["peerId"], "host-2");
}

#[tokio::test]
async fn a_stopping_server_says_when_to_come_back() {
    let (mut app, _, show) = on_stage().await;
    let mut clients = Vec::new();
    for at in 0..10 {
        clients.push(SocketClient::viewer(&app, &format!("viewer-{at}"), &show).await);
    }
    let hub = app.state.hub.clone();
    let url = app.ws_url();
    let stopping = tokio::spawn(async move { hub.shutdown().await });
    let mut hints = Vec::new();
    for client in &mut clients {
        let close = loop {
            if let Err(close) = client.try_next().await {
                break close.expect("a goodbye");
            }
        };
        assert_eq!(u16::from(close.code), 1012);
        hints.push(serde_json::from_str::<serde_json::Value>(&close.reason).unwrap()["reconnectMs"].as_u64().unwrap());
    }
    assert!(hints.iter().all(|hint| *hint < 5000) && hints.iter().max() > hints.iter().min());
    let refused = SocketClient::open(&url, &[]).await.err().expect("no new sockets");
    let tokio_tungstenite::tungstenite::Error::Http(response) = refused else { panic!("{refused}") };
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
    drop(clients);
    stopping.await.unwrap();
    app.stop().await;
}

#[tokio::test]
async fn a_shelf_is_one_order_for_all_and_empties_at_the_end() {
    let (app, admin, show) = on_stage().await;
    let mut viewer = SocketClient::viewer(&app, "ada", &show).await;
    let mut products = Vec::new();
    for name in ["Balm", "Serum", "Soap"] {
        products.push(super::product(&admin, name).await);
    }
    let pin = |product: String| {
        let (admin, show) = (admin.clone(), show.clone());
        async move { admin.post(&format!("/livestreams/{show}/pin-product"), json!({"productId": product})).await.0 }
    };
    let statuses = futures::future::join_all(products.iter().cloned().map(pin)).await;
    assert!(statuses.iter().all(|status| status.is_success()));
    let full = viewer.until_that("three products", |frame| frame["pinnedProducts"].as_array().is_some_and(|pins| pins.len() == 3)).await;
    let orders: Vec<_> = full["pinnedProducts"].as_array().unwrap().iter().map(|pin| pin["displayOrder"].as_u64().unwrap()).collect();
    assert_eq!(orders, [0, 1, 2]);
    // Pinned at the same time, they may stand in any order: the new one is the other way round than what is there.
    let products: Vec<_> = full["pinnedProducts"].as_array().unwrap().iter().rev().map(|pin| pin["productId"].as_str().unwrap().to_owned()).collect();
    let path = format!("/livestreams/{show}/pinned-products/order");
    assert_eq!(admin.put(&path, json!({"productIds": products})).await.0, 200);
    let first = |frame: &serde_json::Value| frame["pinnedProducts"][0]["productId"].clone();
    viewer.until_that("the new order", |frame| first(frame) == products[0]).await;
    let (status, body) = admin.put(&path, json!({"productIds": &products[..2]})).await;
    assert_eq!((status.as_u16(), body["pinnedProducts"].as_array().unwrap().len()), (409, 3));
    admin.put(&format!("/products/{}", products[0]), json!({"price": 100})).await;
    viewer.until_that("the new price", |frame| frame["pinnedProducts"][0]["product"]["price"] == 100).await;
    admin.delete(&format!("/livestreams/{show}/pin-product/{}", products[0])).await;
    viewer.until_that("two products", |frame| frame["pinnedProducts"].as_array().is_some_and(|pins| pins.len() == 2)).await;
    admin.post(&format!("/livestreams/{show}/stop"), json!({})).await;
    let frames = [viewer.until("pinned_products_updated").await, viewer.until("stream_stopped").await];
    assert_eq!((types(&frames), &frames[0]["pinnedProducts"]), (vec!["pinned_products_updated", "stream_stopped"], &json!([])));
    let (_, body) = app.guest().get(&format!("/livestreams/{show}")).await;
    let kept = body["livestream"]["pinnedProducts"].as_array().unwrap();
    assert!(kept.len() == 2 && kept.iter().all(|pin| pin["isActive"] == false));
}
