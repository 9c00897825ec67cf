//! What people say and like: signed by the server, stored before it is seen, in one order for all.

use serde_json::json;

use super::on_stage;
use crate::support::{SocketClient, client::read};

#[tokio::test]
async fn names_and_roles_are_the_servers() {
    let (app, admin, show) = on_stage().await;
    let (_, customer) = app.customer_named("Cleo").await;
    let mut host = SocketClient::host(&app, admin.token(), &show, "host").await;
    let mut guest = SocketClient::viewer(&app, "guest", &show).await;
    let mut signed_in = SocketClient::connect_as(&app, customer.token()).await;
    signed_in.send(json!({"type": "register", "streamId": show})).await;
    for (client, said) in [
        (&mut guest, json!({"message": {"id": 1, "username": "Ada", "message": " hi  there ", "isAdmin": true}, "isAdmin": true, "clientId": "c-1"})),
        (&mut signed_in, json!({"message": "hello", "username": "Host"})),
        (&mut host, json!({"message": "welcome", "streamId": show})),
    ] {
        let mut frame = said;
        frame["type"] = json!("chat_message");
        let text = frame["message"].as_str().unwrap_or("hi there").to_owned();
        client.send(frame).await;
        let heard = client.until_that("its own message", |heard| heard["type"] == "chat_message" && heard["message"] == text).await;
        assert_eq!(heard["streamId"], show);
    }
    let mut late = SocketClient::connect(&app).await;
    late.send(json!({"type": "register", "sessionId": "late"})).await;
    let history = late.until("chat_history").await;
    let said: Vec<_> = history["messages"].as_array().unwrap().iter().map(|m| (m["username"].clone(), m["message"].clone(), m["isAdmin"].clone())).collect();
    assert_eq!(
        said,
        [(json!("Ada"), json!("hi there"), json!(false)), (json!("Cleo"), json!("hello"), json!(false)), (json!("Host"), json!("welcome"), json!(true))]
    );
    assert_eq!(history["messages"][0]["clientId"], "c-1");
    let (_, page) = app.guest().get(&format!("/livestreams/{show}/chat?limit=2")).await;
    assert_eq!((page["messages"].as_array().unwrap().len(), &page["hasMore"]), (2, &json!(true)));
    let before = page["messages"][0]["seq"].clone();
    let (_, page) = app.guest().get(&format!("/livestreams/{show}/chat?before={before}")).await;
    assert_eq!((&page["messages"][0]["message"], &page["hasMore"]), (&json!("hi there"), &json!(false)));
}

#[tokio::test]
async fn a_repeated_message_is_stored_once_and_acknowledged_twice() {
    let (app, admin, show) = on_stage().await;
    let mut host = SocketClient::host(&app, admin.token(), &show, "host").await;
    let mut guest = SocketClient::viewer(&app, "guest", &show).await;
    let said = json!({"type": "chat_message", "message": "once", "clientId": "m-1"});
    guest.send(said.clone()).await;
    let first = guest.until("chat_message").await;
    drop(guest);
    let mut again = SocketClient::viewer(&app, "guest", &show).await;
    again.send(said.clone()).await;
    let second = again.until("chat_message").await;
    assert_eq!((&first["id"], &first["seq"]), (&second["id"], &second["seq"]));
    // Also when the room has forgotten the mark and only the database knows it.
    app.state.hub.crash_room(show.parse().unwrap()).await;
    again.until("chat_history").await;
    again.send(said).await;
    assert_eq!(again.until("chat_message").await["id"], first["id"]);
    // Another's mark of the same name is another message.
    host.send(json!({"type": "chat_message", "message": "mine", "clientId": "m-1"})).await;
    host.until_that("its own", |frame| frame["message"] == "mine").await;
    let (_, page) = app.guest().get(&format!("/livestreams/{show}/chat")).await;
    assert_eq!(page["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn coming_back_gives_exactly_what_was_missed() {
    let (app, admin, show) = on_stage().await;
    for text in ["one", "two", "three"] {
        let (status, _) = admin.post(&format!("/livestreams/{show}/chat"), json!({"message": text})).await;
        assert_eq!(status, 201);
    }
    let (_, page) = app.guest().get(&format!("/livestreams/{show}/chat")).await;
    let seqs: Vec<i64> = page["messages"].as_array().unwrap().iter().map(|message| message["seq"].as_i64().unwrap()).collect();
    for (since, recovered, expected) in [
        (json!(seqs[0]), true, vec!["two", "three"]),
        (json!(seqs[2]), true, vec![]),
        (json!(0), true, vec!["one", "two", "three"]),
        (json!(seqs[2] + 1), false, vec!["one", "two", "three"]),
        (json!(-1), false, vec!["one", "two", "three"]),
        (json!(i64::MAX), false, vec!["one", "two", "three"]),
        (json!(null), false, vec!["one", "two", "three"]),
    ] {
        let mut client = SocketClient::connect(&app).await;
        client.send(json!({"type": "register", "streamId": show, "since": since})).await;
        let history = client.until("chat_history").await;
        let texts: Vec<_> = history["messages"].as_array().unwrap().iter().map(|message| message["message"].as_str().unwrap()).collect();
        assert_eq!((history["recovered"].as_bool().unwrap(), texts), (recovered, expected), "since {since}");
    }
}

#[tokio::test]
async fn a_heart_is_one_per_person_on_all_their_tabs() {
    let (app, admin, show) = on_stage().await;
    let mut host = SocketClient::host(&app, admin.token(), &show, "host").await;
    let mut tabs = [SocketClient::viewer(&app, "ada", &show).await, SocketClient::viewer(&app, "ada", &show).await];
    tabs[0].send(json!({"type": "toggle_like"})).await;
    for tab in &mut tabs {
        let own = tab.until_that("its own heart", |frame| frame["liked"] == true).await;
        assert_eq!((&own["likedBy"], &own["likes"]), (&json!(["ada"]), &json!(1)));
    }
    let told = host.until_that("a heart", |frame| frame["likes"] == 1).await;
    assert_eq!((told.get("likedBy"), told.get("liked")), (None, None), "nobody learns who it was");
    tabs[1].send(json!({"type": "toggle_like", "streamId": show})).await;
    let own = tabs[0].until_that("no heart", |frame| frame["liked"] == false).await;
    assert_eq!((&own["likedBy"], &own["likes"]), (&json!([]), &json!(0)));
}

#[tokio::test]
async fn a_thousand_toggles_of_one_person_end_as_the_last_answer_says() {
    let (app, _, show) = on_stage().await;
    let (_, customer) = app.customer_named("Cleo").await;
    let path = format!("/livestreams/{show}/like");
    let toggles = (0..1000).map(|_| async { customer.post(&path, json!({})).await.1 });
    let answers = futures::future::join_all(toggles).await;
    assert!(answers.iter().all(|answer| answer["likes"] == if answer["liked"] == true { 1 } else { 0 }));
    assert_eq!(answers.iter().filter(|answer| answer["liked"] == true).count(), 500);
    let (_, body) = customer.get(&format!("/livestreams/{show}")).await;
    assert_eq!((&body["livestream"]["likes"], &body["livestream"]["liked"]), (&json!(0), &json!(false)));
    let (_, set) = customer.post(&path, json!({"liked": true})).await;
    let (_, again) = customer.post(&path, json!({"liked": true})).await;
    assert_eq!((&set, &again), (&json!({"likes": 1, "liked": true}), &json!({"likes": 1, "liked": true})));
}

#[tokio::test]
async fn chat_has_a_pace_and_an_end() {
    let (app, admin, show) = on_stage().await;
    let mut guest = SocketClient::viewer(&app, "fast", &show).await;
    for at in 0..11 {
        guest.send(json!({"type": "chat_message", "message": format!("{at}"), "clientId": format!("c{at}")})).await;
    }
    let error = guest.until("error").await;
    assert_eq!((&error["code"], &error["clientId"], &error["re"]), (&json!("rate_limited"), &json!("c10"), &json!("chat_message")));
    admin.post(&format!("/livestreams/{show}/stop"), json!({"likes": 9999, "maxViewers": 9999})).await;
    guest.until("stream_stopped").await;
    guest.send(json!({"type": "chat_message", "message": "late", "clientId": "late"})).await;
    assert_eq!(guest.until("error").await["code"], "not_live");
    let (_, body) = app.guest().get(&format!("/livestreams/{show}")).await;
    let ended = &body["livestream"];
    assert_eq!((&ended["likes"], &ended["maxViewers"], &ended["isActive"], &ended["viewerCount"]), (&json!(0), &json!(1), &json!(false), &json!(0)));
}

#[tokio::test]
async fn a_client_without_cookies_is_told_from_its_neighbours_by_its_signed_session() {
    let (app, _, show) = on_stage().await;
    let path = format!("/livestreams/{show}/like");
    let mut told = Vec::new();
    for _ in 0..2 {
        let mut socket = SocketClient::connect(&app).await;
        socket.send(json!({"type": "register", "streamId": show})).await;
        told.push(socket.until("registered").await["sessionId"].as_str().unwrap().to_owned());
    }
    let forged = format!("{}.{}", "0".repeat(32), "0".repeat(64));
    let mut likes = Vec::new();
    // The last two bring nothing that we signed: they are one, by their network.
    for session in [&told[0], &told[1], &told[0], &forged, "phone"] {
        let request = app.guest().request(reqwest::Method::POST, &path).header("x-session-id", session).json(&json!({"liked": true}));
        likes.push(read(request).await.1["likes"].as_u64().unwrap());
    }
    assert_eq!(likes, [1, 2, 2, 3, 3]);
}
