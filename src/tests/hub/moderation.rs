//! Order in the chat over real sockets and routes: what is deleted is gone everywhere, who is muted or banned stays so.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use wrencos::protocol::close;

use super::{live_show, on_stage};
use crate::support::{Client, SocketClient, TestApp, client::read};

/// Says something over REST; its id.
pub(super) async fn said(client: &Client, show: &str, text: &str) -> String {
    let (status, body) = client.post(&format!("/livestreams/{show}/chat"), json!({"message": text})).await;
    assert_eq!(status, 201, "{body}");
    body["chatMessage"]["id"].as_str().unwrap().to_owned()
}

/// The code of a refusal, or what was said.
pub(super) async fn say_code(client: &Client, show: &str, text: &str) -> (u16, String) {
    let (status, body) = client.post(&format!("/livestreams/{show}/chat"), json!({"message": text})).await;
    (status.as_u16(), body["code"].as_str().unwrap_or("said").to_owned())
}

pub(super) async fn texts(app: &TestApp, show: &str) -> Vec<String> {
    let (_, page) = app.guest().get(&format!("/livestreams/{show}/chat")).await;
    page["messages"].as_array().unwrap().iter().map(|message| message["message"].as_str().unwrap().to_owned()).collect()
}

/// A session as the server signed it, for clients without cookies.
async fn signed_session(app: &TestApp) -> String {
    let mut socket = SocketClient::connect(app).await;
    socket.send(json!({"type": "register"})).await;
    socket.until("registered").await["sessionId"].as_str().unwrap().to_owned()
}

pub(super) async fn closed_with(socket: &mut SocketClient) -> (u16, String) {
    loop {
        match socket.try_next().await {
            Ok(_) => {}
            Err(close) => {
                let close = close.expect("a close with a code");
                return (u16::from(close.code), close.reason.to_string());
            }
        }
    }
}

#[tokio::test]
async fn a_deleted_message_is_gone_from_screens_history_and_pages_and_stays_gone() {
    let (app, admin, show) = on_stage().await;
    let mut viewer = SocketClient::viewer(&app, "ada", &show).await;
    let mut gone = SocketClient::connect(&app).await;
    gone.send(json!({"type": "register", "streamId": show})).await;
    viewer.send(json!({"type": "chat_message", "message": "rude words", "clientId": "mark"})).await;
    let rude = viewer.until("chat_message").await;
    let seen = gone.until("chat_message").await["seq"].clone();
    drop(gone);
    said(&admin, &show, "kind words").await;

    let path = format!("/livestreams/{show}/chat/{}", rude["id"].as_str().unwrap());
    for (client, expected) in [(app.guest(), 401), (app.customer().await, 403)] {
        assert_eq!(client.delete(&path).await.0.as_u16(), expected);
    }
    let (status, body) = admin.delete(&path).await;
    assert_eq!((status, &body["deleted"], &body["id"]), (StatusCode::OK, &json!(true), &rude["id"]));
    let frame = viewer.until("chat_message_deleted").await;
    assert_eq!((&frame["id"], &frame["seq"], &frame["streamId"]), (&rude["id"], &body["seq"], &json!(show)));
    assert!(frame["at"].is_string());
    // Twice is once.
    assert_eq!(admin.delete(&format!("/api{path}")).await.1["seq"], body["seq"]);

    assert_eq!(texts(&app, &show).await, ["kind words"]);
    let (_, detail) = app.guest().get(&format!("/livestreams/{show}")).await;
    assert_eq!(detail["livestream"]["chatMessages"].as_array().unwrap().len(), 1);
    // Who was away learns of it, before and after the room is read from the database again.
    {
        let mut back = SocketClient::connect(&app).await;
        back.send(json!({"type": "register", "streamId": show, "since": seen})).await;
        let history = back.until("chat_history").await;
        assert_eq!((&history["recovered"], &history["deleted"]), (&json!(true), &json!([rude["id"]])), "{history}");
        assert_eq!(history["messages"].as_array().unwrap().len(), 1);
        app.state.hub.crash_room(show.parse().unwrap()).await;
        // Only an open room answers.
        assert_eq!(said(&admin, &show, "after the fault").await.len(), 24);
        let second = texts(&app, &show).await;
        let newest: Value = app.guest().get(&format!("/livestreams/{show}/chat")).await.1["messages"][second.len() - 1]["id"].clone();
        admin.delete(&format!("/livestreams/{show}/chat/{}", newest.as_str().unwrap())).await;
        let mut again = SocketClient::connect(&app).await;
        again.send(json!({"type": "register", "streamId": show, "since": seen})).await;
        assert_eq!(again.until("chat_history").await["deleted"][0], rude["id"]);
    }
    // Its author says it again under the same mark, as after a lost answer: it does not come back.
    viewer.send(json!({"type": "chat_message", "message": "rude words", "clientId": "mark"})).await;
    let refused = viewer.until_that("a refusal", |frame| frame["clientId"] == "mark" && frame["type"] == "error").await;
    assert_eq!(refused["code"], "message_deleted");
    // A show that is over can still be cleaned.
    let kind = app.guest().get(&format!("/livestreams/{show}/chat")).await.1["messages"][0]["id"].clone();
    admin.post(&format!("/livestreams/{show}/stop"), json!({})).await;
    let (status, _) = admin.delete(&format!("/livestreams/{show}/chat/{}", kind.as_str().unwrap())).await;
    assert_eq!((status, texts(&app, &show).await), (StatusCode::OK, Vec::<String>::new()));
}

#[tokio::test]
async fn a_ban_holds_in_a_new_tab_under_a_new_name_and_is_lifted() {
    let (app, admin, show) = on_stage().await;
    let session = signed_session(&app).await;
    let tab = async || {
        let mut socket = SocketClient::connect(&app).await;
        socket.send(json!({"type": "register", "sessionId": session, "streamId": show})).await;
        socket
    };
    let mut one = tab().await;
    one.until("pinned_products_updated").await;
    one.send(json!({"type": "chat_message", "message": "spam", "username": "Spammer"})).await;
    let spam = one.until("chat_message").await;
    let mut two = tab().await;
    two.until("pinned_products_updated").await;

    let (status, body) = admin.post(&format!("/livestreams/{show}/moderation/bans"), json!({"messageId": spam["id"], "minutes": 60, "reason": "spam"})).await;
    assert_eq!((status, &body["sanction"]["name"], &body["sanction"]["kind"]), (StatusCode::CREATED, &json!("Spammer"), &json!("ban")), "{body}");
    assert!(body["sanction"].get("marks").is_none(), "nobody's session is told");
    for socket in [&mut one, &mut two] {
        assert_eq!(closed_with(socket).await, (close::BANNED, "You are banned from this show for 60 minutes.".to_owned()));
    }
    assert_eq!(closed_with(&mut tab().await).await.0, close::BANNED);
    // Over REST as well, whatever they call themselves; and their heart does not count.
    for (path, body) in [("chat", json!({"message": "me again", "username": "Somebody else"})), ("like", json!({"liked": true}))] {
        let request = app.guest().request(Method::POST, &format!("/livestreams/{show}/{path}")).header("x-session-id", &session).json(&body);
        let (status, body) = read(request).await;
        assert_eq!((status.as_u16(), body["code"].as_str()), (403, Some("banned")), "{path}");
    }
    // The others are here, and another show does not know of it.
    said(&app.guest(), &show, "hello").await;

    let (_, list) = admin.get(&format!("/livestreams/{show}/moderation/sanctions")).await;
    assert_eq!((&list["total"], &list["sanctions"][0]["reason"]), (&json!(1), &json!("spam")));
    let id = list["sanctions"][0]["_id"].as_str().unwrap();
    let (status, _) = admin.delete(&format!("/livestreams/{show}/moderation/sanctions/{id}")).await;
    assert_eq!(status, 200);
    assert_eq!(admin.delete(&format!("/livestreams/{show}/moderation/sanctions/{id}")).await.0, 404);
    tab().await.until("pinned_products_updated").await;
}

#[tokio::test]
async fn a_ban_from_the_shop_holds_in_the_next_show_for_account_and_session() {
    let (app, admin, show) = on_stage().await;
    let (user, customer) = app.customer_named("Cleo").await;
    let spam = said(&customer, &show, "spam").await;
    let (status, _) = admin.post(&format!("/livestreams/{show}/moderation/bans"), json!({"messageId": spam, "scope": "shop"})).await;
    assert_eq!(status, 201);
    admin.post(&format!("/livestreams/{show}/stop"), json!({})).await;
    let next = live_show(&admin).await;
    assert_eq!(say_code(&customer, &next, "again").await, (403, "banned".into()));
    let mut socket = SocketClient::connect_as(&app, customer.token()).await;
    socket.send(json!({"type": "register", "streamId": next})).await;
    assert_eq!(closed_with(&mut socket).await.0, close::BANNED);
    let (_, people) = admin.get("/chat/people?search=cleo").await;
    assert_eq!((&people["total"], &people["people"][0]["_id"]), (&json!(1), &json!(user.id)));
    let ban = people["people"][0]["ban"]["_id"].as_str().unwrap().to_owned();
    assert_eq!(admin.delete(&format!("/chat/sanctions/{ban}")).await.0, 200);
    assert_eq!(say_code(&customer, &next, "again").await, (201, "said".into()));
    // And by account, from the list of people.
    assert_eq!(admin.post("/chat/bans", json!({"userId": user.id})).await.0, 201);
    assert_eq!(say_code(&customer, &next, "again").await, (403, "banned".into()));
}

#[tokio::test]
async fn a_ban_reaches_the_network_only_where_it_is_meant_to() {
    let app = TestApp::builder().settings(|settings| settings.trusted_proxies = Some("127.0.0.1".into())).start().await;
    let admin = app.admin().await;
    let show = live_show(&admin).await;
    let path = format!("/livestreams/{show}/chat");
    // Each is a new visitor without anything, at this address.
    let say = async |address: &str| {
        let request = app.guest().request(Method::POST, &path).header("x-forwarded-for", address).header("x-session-id", signed_session(&app).await);
        let (status, body) = read(request.json(&json!({"message": "hello"}))).await;
        (status.as_u16(), body["chatMessage"]["id"].as_str().unwrap_or_default().to_owned())
    };
    let (_, first) = say("203.0.113.7").await;
    let bans = format!("/livestreams/{show}/moderation/bans");
    admin.post(&bans, json!({"messageId": first})).await;
    assert_eq!(say("203.0.113.7").await.0, 201, "a new session of the same network is another guest");
    let (_, body) = admin.post(&bans, json!({"messageId": first, "network": true})).await;
    assert_eq!(body["sanction"]["network"], true);
    assert_eq!((say("203.0.113.7").await.0, say("203.0.113.8").await.0), (403, 201));
    // An account at the same address is somebody of its own.
    let customer = app.customer().await;
    let request = customer.request(Method::POST, &path).header("x-forwarded-for", "203.0.113.7").json(&json!({"message": "hello"}));
    assert_eq!(read(request).await.0, 201);
}

#[tokio::test]
async fn a_mute_lets_watch_and_like_but_not_speak() {
    let (app, admin, show) = on_stage().await;
    let (_, customer) = app.customer_named("Cleo").await;
    let mut socket = SocketClient::connect_as(&app, customer.token()).await;
    socket.send(json!({"type": "register", "streamId": show})).await;
    socket.send(json!({"type": "chat_message", "message": "noise"})).await;
    let noise = socket.until("chat_message").await;
    let mutes = format!("/livestreams/{show}/moderation/mutes");
    assert_eq!(admin.post(&mutes, json!({"messageId": noise["id"], "minutes": 5})).await.0, 201);
    let told = socket.until("error").await;
    assert_eq!((&told["code"], &told["message"], &told["retryAfter"]), (&json!("muted"), &json!("You are muted for 5 minutes."), &json!(300)));
    socket.send(json!({"type": "chat_message", "message": "more", "clientId": "c"})).await;
    let refused = socket.until("error").await;
    assert_eq!((&refused["code"], &refused["clientId"], &refused["re"]), (&json!("muted"), &json!("c"), &json!("chat_message")));
    let (status, body) = customer.post(&format!("/livestreams/{show}/chat"), json!({"message": "more"})).await;
    assert_eq!((status.as_u16(), &body["code"]), (403, &json!("muted")));
    assert_eq!(customer.post(&format!("/livestreams/{show}/like"), json!({"liked": true})).await.1["liked"], true);
    assert_eq!(texts(&app, &show).await, ["noise"]);
}

#[tokio::test]
async fn rules_are_in_force_and_told_when_their_change_is_answered() {
    let (app, admin, show) = on_stage().await;
    let mut viewer = SocketClient::viewer(&app, "ada", &show).await;
    let path = format!("/livestreams/{show}/chat/rules");
    let (_, body) = app.guest().get(&path).await;
    assert_eq!(body["chatRules"], json!({"slowModeSeconds": 0, "linksAllowed": true, "registeredOnly": false, "announcement": null}));
    let change = json!({"linksAllowed": false, "announcement": "<b>Two for one</b>"});
    assert_eq!(app.customer().await.put(&path, change.clone()).await.0, 403);
    let (status, body) = admin.put(&path, change).await;
    assert_eq!((status, &body["chatRules"]["announcement"], &body["chatRules"]["linksAllowed"]), (StatusCode::OK, &json!("<b>Two for one</b>"), &json!(false)));
    let told = viewer.until_that("the rules", |frame| frame["chatRules"].is_object()).await;
    assert_eq!(told["chatRules"], body["chatRules"]);
    // Late joiners, and the page.
    let mut late = SocketClient::connect(&app).await;
    late.send(json!({"type": "register", "streamId": show})).await;
    assert_eq!(late.until("stream_update").await["chatRules"], body["chatRules"]);
    assert_eq!(app.guest().get(&format!("/livestreams/{show}")).await.1["livestream"]["chatRules"], body["chatRules"]);

    let guest = app.guest();
    assert_eq!(say_code(&guest, &show, "go to evil.com").await, (422, "links_not_allowed".into()));
    assert_eq!(say_code(&admin, &show, "our shop.example.com/sale").await.0, 201);
    assert_eq!(admin.put("/chat/blocked-words", json!({"blockedWords": ["scam", "scam", " "]})).await.1, json!({"blockedWords": ["scam"]}));
    assert_eq!(say_code(&guest, &show, "S\u{200b}C4M").await, (422, "blocked_words".into()));
    admin.put(&path, json!({"registeredOnly": true})).await;
    assert_eq!(say_code(&guest, &show, "hello").await, (401, "sign_in_to_chat".into()));
    let (_, customer) = app.customer_named("Cleo").await;
    admin.put(&path, json!({"slowModeSeconds": 600})).await;
    assert_eq!(say_code(&customer, &show, "hello").await.0, 201);
    let again = customer.request(Method::POST, &format!("/livestreams/{show}/chat")).json(&json!({"message": "again"})).send().await.unwrap();
    assert_eq!(again.status(), 429);
    let wait: u64 = again.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=600).contains(&wait), "{wait}");
    assert_eq!(again.json::<Value>().await.unwrap()["code"], "slow_mode");
    // The rest stays as it was.
    assert_eq!(app.guest().get(&path).await.1["chatRules"]["linksAllowed"], false);
}
