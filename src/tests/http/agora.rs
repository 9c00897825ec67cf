//! Tokens for Agora: who gets which, in which form, and what is said where the shop has no Agora app.

use serde_json::json;
use wrencos::{domain::time::Timestamp, server::clock::Clock};

use crate::support::TestApp;

const APP: &str = "0123456789abcdef0123456789abcdef";
const PATH: &str = "/livestreams/agora/token";

async fn with_agora() -> TestApp {
    let settings = |settings: &mut wrencos::server::config::Settings| {
        settings.agora_app_id = Some(APP.into());
        settings.agora_app_certificate = Some("fedcba9876543210fedcba9876543210".into());
    };
    let now = Timestamp::from_millis(1_800_000_000_000);
    TestApp::builder().clock(Clock::manual(now)).settings(settings).start().await
}

#[tokio::test]
async fn anyone_watches_and_only_admins_publish() {
    let app = with_agora().await;
    let (admin, customer, guest) = (app.admin().await, app.customer().await, app.guest());
    let (status, body) = guest.post(PATH, json!({"channelName": "livestream_1", "role": "audience"})).await;
    assert_eq!(status, 200, "{body}");
    assert!(body["token"].as_str().unwrap().starts_with(&format!("006{APP}")));
    let expected = json!({
        "token": body["token"], "appId": APP, "channelName": "livestream_1", "uid": 0, "role": "audience", "expiresAt": "2027-01-16T08:00:00.000Z",
    });
    assert_eq!(body, expected);
    for (client, role, granted) in [
        (&guest, json!("publisher"), Err(401)),
        (&customer, json!("publisher"), Err(403)),
        (&customer, json!("host"), Err(403)),
        (&customer, json!("subscriber"), Ok("audience")),
        (&customer, json!(null), Ok("audience")),
        (&admin, json!("audience"), Ok("audience")),
        (&admin, json!("broadcaster"), Ok("publisher")),
        (&admin, json!(null), Ok("publisher")),
    ] {
        let (status, body) = client.post("/api/livestreams/agora/token", json!({"channelName": "livestream_1", "role": role, "uid": 7})).await;
        match granted {
            Ok(granted) => assert_eq!((status.as_u16(), &body["role"], &body["uid"]), (200, &json!(granted), &json!(7)), "{role}"),
            Err(refused) => assert_eq!(status.as_u16(), refused, "{role}"),
        }
    }
    let (_, seven) = guest.post(&format!("{PATH}?version=007"), json!({"channelName": "livestream_1"})).await;
    assert!(seven["token"].as_str().unwrap().starts_with("007eJx"), "{seven}");
}

#[tokio::test]
async fn what_agora_would_not_take_is_refused() {
    let app = with_agora().await;
    let guest = app.guest();
    for body in [
        json!({}),
        json!({"channelName": ""}),
        json!({"channelName": "x".repeat(64)}),
        json!({"channelName": "é"}),
        json!({"channelName": "a/b"}),
        json!({"channelName": {"$gt": ""}}),
        json!({"channelName": "a", "uid": -1}),
        json!({"channelName": "a", "uid": 4_294_967_296_u64}),
        json!({"channelName": "a", "role": "root"}),
    ] {
        let (status, answer) = guest.post(PATH, body.clone()).await;
        assert_eq!((status.as_u16(), answer["fields"].is_object()), (422, true), "{body}: {answer}");
    }
    assert_eq!(guest.post(&format!("{PATH}?version=008"), json!({"channelName": "a"})).await.0, 422);
}

#[tokio::test]
async fn a_shop_without_agora_says_so() {
    let app = TestApp::start().await;
    for body in [json!({}), json!({"channelName": "livestream_1", "role": "audience"})] {
        let (status, body) = app.guest().post(PATH, body).await;
        assert_eq!((status.as_u16(), &body["code"]), (503, &json!("agora_not_configured")));
    }
}
