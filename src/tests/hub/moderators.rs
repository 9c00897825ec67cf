//! Who may keep order, for how long, and what that is not.

use reqwest::Method;
use serde_json::json;
use wrencos::{domain::time::Timestamp, protocol::close, server::clock::Clock};

use super::{
    live_show,
    moderation::{closed_with, said, say_code, texts},
    on_stage,
};
use crate::support::{Client, SocketClient, TestApp, client::read};

#[tokio::test]
async fn what_is_wrong_or_not_theirs_is_refused_and_changes_nothing() {
    let (app, admin, show) = on_stage().await;
    let (staff, other_admin) = app.admin_named("Second").await;
    let hosts = said(&other_admin, &show, "from the host").await;
    let guests = said(&app.guest(), &show, "from a guest").await;
    let base = format!("/livestreams/{show}/moderation");
    let missing = "0".repeat(24);
    for (path, body, status, code) in [
        ("mutes", json!({"messageId": guests}), 422, "invalid"),
        ("mutes", json!({"messageId": guests, "minutes": 0}), 422, "invalid"),
        ("mutes", json!({"messageId": guests, "minutes": 1e9}), 422, "invalid"),
        ("mutes", json!({"messageId": {"$gt": ""}, "minutes": 5}), 422, "invalid"),
        ("bans", json!({"messageId": guests, "role": "admin"}), 422, "invalid"),
        ("bans", json!({"messageId": guests, "scope": "world"}), 422, "invalid"),
        ("bans", json!({"messageId": guests, "reason": format!("z{}", "\u{301}".repeat(50))}), 422, "invalid"),
        ("bans", json!({}), 422, "invalid"),
        ("bans", json!({"messageId": missing}), 404, "not_found"),
        ("bans", json!({"userId": missing}), 404, "not_found"),
        ("bans", json!({"messageId": hosts}), 403, "is_staff"),
        ("bans", json!({"userId": staff.id}), 403, "is_staff"),
    ] {
        let (got, answer) = admin.post(&format!("{base}/{path}"), body.clone()).await;
        assert_eq!((got.as_u16(), answer["code"].as_str()), (status, Some(code)), "{path} {body}: {answer}");
    }
    for (method, path) in [
        (Method::DELETE, format!("/livestreams/{show}/chat/{missing}")),
        (Method::DELETE, format!("{base}/sanctions/{missing}")),
        (Method::DELETE, format!("/chat/sanctions/{missing}")),
        (Method::GET, format!("/livestreams/{missing}/chat/rules")),
        (Method::GET, format!("/livestreams/{missing}/moderation/sanctions")),
        (Method::DELETE, format!("/chat/invitations/{missing}")),
        (Method::DELETE, format!("/chat/moderators/{missing}")),
    ] {
        assert_eq!(read(admin.request(method.clone(), &path)).await.0, 404, "{method} {path}");
        let malformed = path.replace(&missing, "nonsense");
        assert_eq!(read(admin.request(method.clone(), &malformed)).await.0, 400, "{method} {malformed}");
        if !path.ends_with("/rules") {
            assert_eq!(read(app.guest().request(method.clone(), &path)).await.0, 401, "{method} {path}");
            assert_eq!(read(app.customer().await.request(method, &path)).await.0, 403, "{path}");
        }
    }
    // A message of another show is none of this one.
    admin.post(&format!("/livestreams/{show}/stop"), json!({})).await;
    let next = live_show(&admin).await;
    assert_eq!(admin.delete(&format!("/livestreams/{next}/chat/{guests}")).await.0, 404);
    assert_eq!(texts(&app, &show).await.len(), 2);
    assert_eq!(admin.get("/chat/sanctions").await.1["total"], 0);
}

#[tokio::test]
async fn a_moderator_keeps_order_and_does_nothing_else() {
    let (app, admin, show) = on_stage().await;
    let mo = app.moderator().await;
    let guests = said(&app.guest(), &show, "from a guest").await;
    let hosts = said(&admin, &show, "from the host").await;
    assert_eq!(said(&mo, &show, "from the moderator").await.len(), 24);
    let (_, page) = app.guest().get(&format!("/livestreams/{show}/chat")).await;
    let marked: Vec<bool> = page["messages"].as_array().unwrap().iter().map(|message| message["isModerator"] == true).collect();
    assert_eq!(marked, [false, false, true]);

    let base = format!("/livestreams/{show}");
    assert_eq!(mo.delete(&format!("{base}/chat/{hosts}")).await.0, 403, "what the host said is the host's");
    assert_eq!(mo.post(&format!("{base}/moderation/bans"), json!({"messageId": guests, "scope": "shop"})).await.0, 403);
    assert_eq!(mo.post(&format!("{base}/moderation/mutes"), json!({"messageId": guests, "minutes": 5})).await.0, 201);
    assert_eq!(mo.delete(&format!("{base}/chat/{guests}")).await.0, 200);
    assert_eq!(mo.put(&format!("{base}/chat/rules"), json!({"slowModeSeconds": 30})).await.0, 200);
    // None of it binds those who keep order.
    for text in ["one evil.com", "two"] {
        said(&mo, &show, text).await;
    }
    let id = "1".repeat(24);
    for (method, path, body) in [
        (Method::GET, "/chat/people".to_owned(), json!({})),
        (Method::GET, "/chat/audit".to_owned(), json!({})),
        (Method::GET, "/chat/sanctions".to_owned(), json!({})),
        (Method::GET, "/chat/blocked-words".to_owned(), json!({})),
        (Method::PUT, "/chat/blocked-words".to_owned(), json!({"blockedWords": []})),
        (Method::POST, "/chat/bans".to_owned(), json!({"userId": id})),
        (Method::POST, "/chat/invitations".to_owned(), json!({})),
        (Method::GET, "/chat/invitations".to_owned(), json!({})),
        (Method::DELETE, format!("/chat/moderators/{id}"), json!({})),
        (Method::POST, "/livestreams".to_owned(), json!({"title": "Mine"})),
        (Method::PUT, base.clone(), json!({"title": "Mine"})),
        (Method::POST, format!("{base}/start"), json!({})),
        (Method::POST, format!("{base}/stop"), json!({})),
        (Method::DELETE, base.clone(), json!({})),
        (Method::POST, format!("{base}/pin-product"), json!({"productId": id})),
        (Method::POST, "/products".to_owned(), json!({"name": "Mine", "price": 1, "stock": 1})),
    ] {
        let (status, body) = read(mo.request(method.clone(), &format!("/api{path}")).json(&body)).await;
        assert_eq!(status, 403, "{method} {path}: {body}");
    }
    // Other people's orders are none of theirs: not even that there are any.
    assert_eq!(mo.get("/orders").await.1["total"], 0);
    assert_eq!(mo.put(&format!("/orders/{id}/status"), json!({"status": "paid"})).await.0, 404);
    let mut socket = SocketClient::connect_as(&app, mo.token()).await;
    socket.send(json!({"type": "register_admin", "streamId": show})).await;
    assert_eq!(socket.until("error").await["code"], "unauthorized");
    socket.send(json!({"type": "register", "streamId": show})).await;
    socket.until("pinned_products_updated").await;
    socket.send(json!({"type": "stop_stream", "streamId": show})).await;
    assert_eq!(socket.until("error").await["code"], "unauthorized");

    let (_, log) = admin.get("/chat/audit?limit=4").await;
    let entries: Vec<_> =
        log["entries"].as_array().unwrap().iter().map(|entry| (entry["action"].as_str().unwrap(), entry["actor"].as_str().unwrap())).collect();
    assert_eq!(entries, [("rules_changed", "Mo"), ("message_deleted", "Mo"), ("muted", "Mo"), ("moderator_joined", "Mo")]);
    assert_eq!((&log["entries"][1]["subject"], &log["entries"][1]["detail"]), (&json!("Guest"), &json!("from a guest")));
    assert_eq!(admin.get("/chat/audit?limit=2&skip=4").await.1["entries"][0]["action"], "invitation_created");
}

#[tokio::test]
async fn an_invitation_makes_one_moderator_and_the_role_is_taken_at_once() {
    let (app, admin, show) = on_stage().await;
    let (_, made) = admin.post("/chat/invitations", json!({"hours": 2})).await;
    assert_eq!(made["path"], json!(format!("/moderate/join?code={}", made["code"].as_str().unwrap())));
    let accept = json!({"code": made["code"]});
    assert_eq!(app.guest().post("/chat/invitations/accept", accept.clone()).await.0, 401);
    assert_eq!(admin.post("/chat/invitations/accept", accept.clone()).await.1["code"], "is_admin");
    let (user, first) = app.customer_named("First").await;
    let mut socket = SocketClient::connect_as(&app, first.token()).await;
    socket.send(json!({"type": "register", "streamId": show})).await;
    socket.until("pinned_products_updated").await;
    // However many come at the same moment, one has it.
    let others = futures::future::join_all((0..4).map(|_| app.customer())).await;
    let (_, joined) = first.post("/chat/invitations/accept", accept.clone()).await;
    assert_eq!(joined["user"]["role"], "moderator");
    for other in &others {
        assert_eq!(other.post("/chat/invitations/accept", accept.clone()).await.1["code"], "no_such_invitation");
    }
    assert_eq!(first.get("/auth/me").await.0, 401, "the old role's token holds no more");
    assert_eq!(closed_with(&mut socket).await.0, close::SIGNED_OUT);
    let first = Client::new(app.addr, Some(joined["token"].as_str().unwrap().to_owned()));
    assert_eq!(first.post("/chat/invitations/accept", accept.clone()).await.1["user"]["role"], "moderator", "opened again, it is no harm");
    assert_eq!(admin.get("/chat/people?role=moderator").await.1["people"][0]["_id"], json!(user.id));

    assert_eq!(admin.delete(&format!("/chat/moderators/{}", user.id)).await.0, 200);
    let rules = format!("/livestreams/{show}/chat/rules");
    assert_eq!(first.put(&rules, json!({"slowModeSeconds": 5})).await.0, 401);
    assert_eq!(admin.get("/chat/people?role=moderator").await.1["total"], 0);
    // The link is no way back, and one that was taken back or is over is no way in.
    let account = app.state.db.account(user.id).await.unwrap().unwrap();
    let again = Client::new(app.addr, Some(app.state.tokens.issue(user.id, account.token_version, app.state.clock.now()).token));
    assert_eq!(again.put(&rules, json!({"slowModeSeconds": 5})).await.0, 403);
    assert_eq!(again.post("/chat/invitations/accept", accept).await.0, 404);
    let (_, made) = admin.post("/chat/invitations", json!({})).await;
    let id = made["invitation"]["_id"].as_str().unwrap();
    assert_eq!(admin.get("/chat/invitations").await.1["invitations"][0]["_id"], json!(id));
    assert_eq!(admin.delete(&format!("/chat/invitations/{id}")).await.0, 200);
    for code in [made["code"].clone(), json!(""), json!("x".repeat(32)), json!("../../etc/passwd")] {
        assert_eq!(again.post("/chat/invitations/accept", json!({"code": code})).await.0, 404, "{code}");
    }
    for hours in [0, 169] {
        assert_eq!(admin.post("/chat/invitations", json!({"hours": hours})).await.0, 422);
    }
}

#[tokio::test]
async fn sanctions_and_invitations_end_by_the_clock() {
    let clock = Clock::manual(Timestamp::from_millis(1_900_000_000_000));
    let app = TestApp::builder().clock(clock.clone()).start().await;
    let admin = app.admin().await;
    let show = live_show(&admin).await;
    let (_, customer) = app.customer_named("Cleo").await;
    let noise = said(&customer, &show, "noise").await;
    let (_, made) = admin.post("/chat/invitations", json!({"hours": 1})).await;
    for (path, minutes) in [("mutes", 10), ("bans", 5)] {
        let (status, body) = admin.post(&format!("/livestreams/{show}/moderation/{path}"), json!({"messageId": noise, "minutes": minutes})).await;
        assert_eq!(status, 201, "{body}");
    }
    let at = |minutes: i64| clock.set(Timestamp::from_millis(1_900_000_000_000 + minutes * 60_000));
    for (minutes, expected) in [(4, (403, "banned")), (5, (403, "muted")), (9, (403, "muted")), (10, (201, "said"))] {
        at(minutes);
        let (status, code) = say_code(&customer, &show, "hello").await;
        assert_eq!((status, code.as_str()), expected, "after {minutes} minutes");
    }
    assert_eq!(admin.get("/chat/sanctions").await.1["total"], 0);
    at(60);
    assert_eq!(customer.post("/chat/invitations/accept", json!({"code": made["code"]})).await.0, 404);
}
