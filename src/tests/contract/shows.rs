//! Rows of the contract about shows that no other test tells.

use serde_json::{Value, json};

use crate::support::{Client, SocketClient, TestApp};

async fn show(admin: &Client, body: Value) -> String {
    let (status, body) = admin.post("/livestreams", body).await;
    assert_eq!(status, 201, "{body}");
    body["livestream"]["_id"].as_str().unwrap().to_owned()
}

async fn product(admin: &Client, name: &str) -> String {
    let (_, body) = admin.post("/products", json!({"name": name, "price": 1900, "stock": 5})).await;
    body["product"]["_id"].as_str().unwrap().to_owned()
}

fn ids(shelf: &Value) -> Vec<&str> {
    shelf["pinnedProducts"].as_array().unwrap().iter().map(|pin| pin["productId"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn lists_show_what_their_reader_may_see_in_pages() {
    let app = TestApp::start().await;
    let (admin, customer, guest) = (app.admin().await, app.customer().await, app.guest());
    let ended = show(&admin, json!({"title": "Yesterday"})).await;
    admin.post(&format!("/livestreams/{ended}/stop"), json!({})).await;
    let later = show(&admin, json!({"title": "Later", "scheduledAt": "2030-01-01T18:00:00Z"})).await;
    let live = show(&admin, json!({"title": "Now"})).await;
    let listed = |body: &Value| body["livestreams"].as_array().unwrap().iter().map(|show| show["_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    for (client, path, expected, total) in [
        (&guest, "/livestreams", vec![&live, &later], 2),
        (&customer, "/livestreams?status=ended", vec![], 0),
        (&customer, "/livestreams?status=live", vec![&live], 1),
        (&admin, "/api/livestreams", vec![&live, &later, &ended], 3),
        (&admin, "/livestreams?limit=1&skip=1", vec![&later], 3),
        (&guest, "/livestreams/past", vec![&ended], 1),
        (&guest, "/livestreams/past?search=%20yesterDAY", vec![&ended], 1),
        (&guest, "/livestreams/past?search=yester.*", vec![], 0),
        (&guest, "/livestreams/past?search=now", vec![], 0),
    ] {
        let (status, body) = client.get(path).await;
        assert_eq!(status, 200, "{path}");
        assert_eq!((listed(&body).iter().collect::<Vec<_>>(), &body["total"]), (expected, &json!(total)), "{path}");
    }
    assert_eq!(guest.get("/livestreams?status=deleted").await.0, 422);
    let (_, active) = guest.get("/livestreams/active").await;
    assert_eq!((&active["livestream"]["_id"], listed(&active)), (&json!(live), vec![live]));
}

#[tokio::test]
async fn products_come_and_go_by_every_path() {
    let app = TestApp::start().await;
    let (admin, guest) = (app.admin().await, app.guest());
    let show = show(&admin, json!({"title": "Now"})).await;
    let (balm, serum, soap) = (product(&admin, "Balm").await, product(&admin, "Serum").await, product(&admin, "Soap").await);
    let at = |path: &str| format!("/livestreams/{show}/{path}");
    for _ in 0..2 {
        let (_, shelf) = admin.post(&at("pin-product"), json!({"productId": balm})).await;
        assert_eq!(ids(&shelf), [&balm], "a product is on a shelf once");
    }
    let (_, shelf) = admin.post(&at("products"), json!({"productIds": [serum, balm, soap]})).await;
    assert_eq!(ids(&shelf), [&balm, &serum, &soap]);
    let (_, shelf) = admin.post(&format!("/api{}", at("products")), json!({"productId": serum})).await;
    assert_eq!(ids(&shelf), [&balm, &serum, &soap]);
    let (_, shelf) = admin.put(&at("pinned-products/order"), json!({"productIds": [soap, balm, serum]})).await;
    assert_eq!(ids(&shelf), [&soap, &balm, &serum]);
    assert_eq!(ids(&guest.get(&at("pinned-products")).await.1), [&soap, &balm, &serum]);
    for _ in 0..2 {
        let (_, shelf) = admin.delete(&at(&format!("pin-product/{balm}"))).await;
        assert_eq!(ids(&shelf), [&soap, &serum]);
        let (_, shelf) = admin.post(&at("unpin-product"), json!({"productId": soap})).await;
        assert_eq!(ids(&shelf), [&serum]);
        // Back, so that both ways off the shelf are tried from the same shelf twice.
        let (_, shelf) = admin.post(&at("products"), json!({"productIds": [soap, balm]})).await;
        assert_eq!(ids(&shelf), [&serum, &soap, &balm]);
        admin.put(&at("pinned-products/order"), json!({"productIds": [soap, balm, serum]})).await;
    }
    assert_eq!(admin.post(&at("pin-product"), json!({})).await.0, 422, "no product is named");
    assert_eq!(admin.post(&at("pin-product"), json!({"productId": show})).await.0, 404);
    admin.post(&at("stop"), json!({})).await;
    assert_eq!(ids(&guest.get(&at("pinned-products")).await.1), Vec::<&str>::new(), "the live shelf empties at the end");
    assert_eq!(admin.post(&at("pin-product"), json!({"productId": balm})).await.1["code"], "show_ended");
}

#[tokio::test]
async fn blocked_words_are_read_as_they_are_kept() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    assert_eq!(admin.get("/chat/blocked-words").await.1, json!({"blockedWords": []}));
    let kept = json!({"blockedWords": ["scam", "cheap*"]});
    assert_eq!(admin.put("/chat/blocked-words", json!({"blockedWords": [" scam ", "", "SCAM", "cheap*"]})).await.1, kept);
    assert_eq!(admin.get("/api/chat/blocked-words").await.1, kept);
    for wrong in [json!(["!"]), json!(["a*"]), json!(["x".repeat(61)]), json!(vec!["scam"; 1001])] {
        let (status, body) = admin.put("/chat/blocked-words", json!({ "blockedWords": wrong })).await;
        assert_eq!((status.as_u16(), body["fields"]["blockedWords"].is_string()), (422, true), "{body}");
    }
    assert_eq!(admin.get("/chat/blocked-words").await.1, kept, "what was refused changed nothing");
}

#[tokio::test]
async fn cleanup_ends_the_shows_whose_host_is_gone() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let show = show(&admin, json!({"title": "Now"})).await;
    let host = SocketClient::host(&app, admin.token(), &show, "host").await;
    let (_, body) = admin.post("/livestreams/cleanup", json!({})).await;
    assert_eq!(body, json!({"cleaned": 0, "livestreams": []}), "a host is on air");
    let mut viewer = SocketClient::viewer(&app, "ada", &show).await;
    drop(host);
    viewer.until_that("the host is away", |frame| frame["broadcasterOnline"] == false).await;
    let (_, body) = admin.post("/api/livestreams/cleanup", json!({})).await;
    assert_eq!((&body["cleaned"], &body["livestreams"][0]["_id"], &body["livestreams"][0]["status"]), (&json!(1), &json!(show), &json!("ended")));
    viewer.until("stream_stopped").await;
    assert_eq!(admin.post("/livestreams/cleanup", json!({})).await.1["cleaned"], 0);
}

#[tokio::test]
async fn who_liked_is_told_to_admins_alone() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let show = show(&admin, json!({"title": "Now"})).await;
    let (cleo, customer) = app.customer_named("Cleo").await;
    let (_, other) = app.customer_named("Bob").await;
    let path = format!("/livestreams/{show}/like");
    assert_eq!(customer.post(&path, json!({})).await.1, json!({"likes": 1, "liked": true}));
    assert_eq!(customer.post(&path, json!({"liked": true})).await.1, json!({"likes": 1, "liked": true}));
    for (client, liked, liked_by) in [(&customer, true, json!([cleo.id])), (&other, false, json!([])), (&admin, false, json!([cleo.id]))] {
        let (_, body) = client.get(&format!("/livestreams/{show}")).await;
        assert_eq!((&body["livestream"]["liked"], &body["livestream"]["likedBy"]), (&json!(liked), &liked_by));
    }
    assert_eq!(customer.post(&path, json!({})).await.1, json!({"likes": 0, "liked": false}));
}

#[tokio::test]
async fn turn_credentials_are_the_visitors_own_and_end() {
    let change = |settings: &mut wrencos::server::config::Settings| {
        settings.ice_servers = Some(r#"[{"urls":"stun:stun.example.com:3478"}]"#.into());
        settings.turn_urls = Some("turn:turn.example.com:3478".into());
        settings.turn_secret = Some("a secret that the TURN server has too".into());
    };
    let app = TestApp::builder().settings(change).start().await;
    let mut seen = Vec::new();
    for guest in [app.guest(), app.guest()] {
        let (status, body) = guest.get("/ice-servers").await;
        assert_eq!((status.as_u16(), &body["iceServers"][0]), (200, &json!({"urls": ["stun:stun.example.com:3478"]})));
        let turn = &body["iceServers"][1];
        let (expiry, visitor) = turn["username"].as_str().unwrap().split_once(':').unwrap();
        let left = expiry.parse::<i64>().unwrap() - app.state.clock.now().millis() / 1000;
        assert!((11 * 3600..=12 * 3600).contains(&left), "{left}");
        assert!(turn["credential"].as_str().is_some_and(|credential| credential.len() == 28), "{turn}");
        seen.push(visitor.to_owned());
    }
    assert_ne!(seen[0], seen[1]);
}
