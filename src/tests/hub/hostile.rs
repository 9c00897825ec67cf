//! Sockets that misbehave.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::json;
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use wrencos::{
    domain::{time::Timestamp, user::Role},
    server::{auth::token::TOKEN_SECONDS, clock::Clock, service::accounts},
};

use super::on_stage;
use crate::support::{SocketClient, TestApp};

#[tokio::test]
async fn what_cannot_be_read_closes_with_its_code() {
    let (app, _, show) = on_stage().await;
    let text = |bytes: Vec<u8>| Message::Frame(Frame::message(bytes, OpCode::Data(Data::Text), true));
    for (name, message, code) in [
        ("a large frame", Message::Text("x".repeat(64 * 1024 + 1).into()), 1009),
        ("a binary frame", Message::Binary(vec![1, 2, 3].into()), 1003),
        ("invalid UTF-8", text(vec![b'{', 0xff, b'}']), 1007),
    ] {
        let mut client = SocketClient::viewer(&app, "ada", &show).await;
        client.stream.send(message).await.unwrap();
        assert_eq!(client.close_code().await, Some(code), "{name}");
    }
}

#[tokio::test]
async fn wrong_frames_are_answered_until_patience_is_spent() {
    let (app, _, show) = on_stage().await;
    let mut client = SocketClient::viewer(&app, "ada", &show).await;
    let wrong = [
        ("{", "malformed_frame"),
        ("[]", "malformed_frame"),
        (r#"{"type":1}"#, "malformed_frame"),
        (r#"{"type":"nonsense"}"#, "unknown_type"),
        (r#"{"type":"chat_message"}"#, "invalid_frame"),
        (r#"{"type":"chat_message","message":null}"#, "invalid_frame"),
        (r#"{"type":"register","since":"1"}"#, "invalid_frame"),
        (r#"{"type":"register","since":9007199254740993.5}"#, "invalid_frame"),
        (r#"{"type":"register","streamId":"zz"}"#, "invalid_frame"),
        (r#"{"type":"webrtc_register","peerId":"","userType":"customer"}"#, "invalid_frame"),
        (r#"{"type":"webrtc_quality","quality":"4k"}"#, "invalid_frame"),
        (r#"{"type":"chat_message","message":" "}"#, "invalid"),
    ];
    for (text, code) in wrong {
        client.send_text(text).await;
        assert_eq!(client.until("error").await["code"], code, "{text}");
    }
    for _ in 0..20 {
        let _ = client.stream.send(Message::Text("{".into())).await;
    }
    assert_eq!(client.close_code().await, Some(1008));
}

#[tokio::test]
async fn a_flood_is_limited_and_not_stored() {
    let (app, admin, show) = on_stage().await;
    let mut host = SocketClient::host(&app, admin.token(), &show, "host").await;
    let mut flood = SocketClient::viewer(&app, "flood", &show).await;
    for at in 0..500 {
        let said = json!({"type": "chat_message", "message": format!("{at}")});
        if flood.stream.send(Message::Text(said.to_string().into())).await.is_err() {
            break;
        }
    }
    // The peer may be gone before its goodbye is read: then there is no code, but there is an end.
    assert!(matches!(flood.close_code().await, Some(1008) | None));
    host.send(json!({"type": "chat_message", "message": "calm again"})).await;
    host.until_that("its own", |frame| frame["message"] == "calm again").await;
    let (_, page) = app.guest().get(&format!("/livestreams/{show}/chat")).await;
    assert!(page["messages"].as_array().unwrap().len() <= 12, "{}", page["messages"]);
}

#[tokio::test]
async fn who_does_not_read_is_sent_away_and_the_others_hear_all() {
    let (app, admin, show) = on_stage().await;
    let mut host = SocketClient::host(&app, admin.token(), &show, "host").await;
    let _deaf = SocketClient::viewer(&app, "deaf", &show).await;
    host.until_that("one viewer", |frame| frame["viewerCount"] == 1).await;
    // Titles are small and text is not: the kernel's buffers fill with messages of two thousand bytes.
    let text = "\u{1f338}".repeat(500);
    let gone = async {
        loop {
            for _ in 0..50 {
                let (status, _) = admin.post(&format!("/livestreams/{show}/chat"), json!({"message": text})).await;
                assert_eq!(status, 201);
            }
            let (_, body) = app.guest().get(&format!("/livestreams/{show}")).await;
            if body["livestream"]["viewerCount"] == 0 {
                return;
            }
        }
    };
    let listening = async {
        let mut last = 0;
        loop {
            let frame = host.next().await;
            if frame["type"] == "chat_message" {
                let seq = frame["seq"].as_u64().unwrap();
                assert!(last == 0 || seq == last + 1, "nothing is lost for those who read");
                last = seq;
            }
        }
    };
    tokio::select! {
        result = tokio::time::timeout(Duration::from_secs(60), gone) => result.expect("the deaf one goes"),
        () = listening => {}
    }
}

#[tokio::test]
async fn who_does_not_answer_pings_is_gone_within_thirty_seconds() {
    let (app, admin, show) = on_stage().await;
    let mut host = SocketClient::host(&app, admin.token(), &show, "host").await;
    // A client that is not polled answers no ping.
    let _silent = SocketClient::viewer(&app, "silent", &show).await;
    host.until_that("one viewer", |frame| frame["viewerCount"] == 1).await;
    let gone = async {
        loop {
            // Polled, so that this one answers its pings.
            if let Some(Ok(Message::Text(text))) = host.stream.next().await
                && text.contains(r#""viewerCount":0"#)
            {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(33), gone).await.expect("gone within ping and timeout");
}

#[tokio::test]
async fn a_visitor_has_so_many_sockets_and_no_more() {
    let app = TestApp::builder()
        .settings(|settings| {
            settings.max_sockets_per_visitor = Some("2".into());
            settings.max_sockets_per_address = Some("4".into());
        })
        .start()
        .await;
    let mut kept = Vec::new();
    for expected in [None, None, Some(4429)] {
        let mut client = SocketClient::connect(&app).await;
        client.send(json!({"type": "register", "sessionId": "ada"})).await;
        match expected {
            None => assert_eq!(client.next().await["type"], "registered"),
            code => assert_eq!(client.close_code().await, code),
        }
        kept.push(client);
    }
    kept.pop();
    let mut refused = None;
    for _ in 0..50 {
        match SocketClient::open(&app.ws_url(), &[]).await {
            Ok(client) => kept.push(client),
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => {
                refused = Some(response);
                break;
            }
            Err(error) => panic!("{error}"),
        }
    }
    let refused = refused.expect("an address has a cap");
    assert_eq!(refused.status(), 429);
    assert!(refused.headers().contains_key("retry-after") && kept.len() <= 4);
}

#[tokio::test]
async fn foreign_pages_may_not_open_sockets() {
    let (app, ..) = on_stage().await;
    let addr = app.addr;
    for origin in ["https://evil.example", "null", &format!("http://{addr}.evil.example"), "http://127.0.0.1:1"] {
        let refused = SocketClient::open(&app.ws_url(), &[("origin", origin)]).await.err().expect(origin);
        assert!(matches!(&refused, tokio_tungstenite::tungstenite::Error::Http(response) if response.status() == 403), "{origin}: {refused}");
    }
    SocketClient::open(&app.ws_url(), &[("origin", &format!("http://{addr}"))]).await.unwrap();
}

#[tokio::test]
async fn signing_out_closes_the_sockets_of_that_token() {
    let (app, admin, show) = on_stage().await;
    let (_, customer) = app.customer_named("Cleo").await;
    let mut by_header = SocketClient::connect_as(&app, customer.token()).await;
    let mut by_frame = SocketClient::connect(&app).await;
    by_frame.send(json!({"type": "register", "streamId": show, "token": customer.token()})).await;
    by_frame.until("pinned_products_updated").await;
    let mut other = SocketClient::host(&app, admin.token(), &show, "host").await;
    assert!(customer.post("/auth/logout", json!({})).await.0.is_success());
    assert_eq!((by_header.close_code().await, by_frame.close_code().await), (Some(4401), Some(4401)));
    other.all_until_now().await;
}

#[tokio::test]
async fn a_socket_ends_with_its_token() {
    let start = Timestamp::from_millis(1_800_000_000_000);
    let clock = Clock::manual(start);
    let app = TestApp::builder().clock(clock.clone()).start().await;
    let (_, admin) = app.admin_named("Host").await;
    let show = super::live_show(&admin).await;
    let (user, client) = app.admin_named("Demoted").await;
    let (_, customer) = app.customer_named("Cleo").await;
    let mut demoted = SocketClient::host(&app, client.token(), &show, "host").await;
    accounts::set_role(&app.state, user.id, Role::Customer).await.unwrap();
    assert_eq!(demoted.close_code().await, Some(4401), "the role changed");
    // Its last second: from here on it is proven again within one.
    clock.set(start.plus_millis(TOKEN_SECONDS * 1000 - 1000));
    let mut expires = SocketClient::connect_as(&app, customer.token()).await;
    expires.send(json!({"type": "register", "streamId": show})).await;
    expires.until("pinned_products_updated").await;
    clock.set(start.plus_millis(TOKEN_SECONDS * 1000));
    assert_eq!(expires.close_code().await, Some(4401), "expired");
}

#[tokio::test]
async fn a_socket_is_one_person_however_often_it_registers() {
    let (app, _, show) = on_stage().await;
    let mut many = SocketClient::connect(&app).await;
    for (name, liked) in [("ada", true), ("bob", false), ("cleo", true)] {
        many.send(json!({"type": "register", "sessionId": name, "streamId": show})).await;
        assert_eq!(many.until("registered").await["sessionId"], name, "a name that a client gave itself is echoed");
        many.until("pinned_products_updated").await;
        many.send(json!({"type": "toggle_like"})).await;
        let own = many.until_that("its heart", |frame| frame["liked"].is_boolean()).await;
        assert_eq!((&own["liked"], &own["likes"]), (&json!(liked), &json!(u8::from(liked))), "{name}");
    }
}

#[tokio::test]
async fn guests_of_one_network_share_a_pace_and_accounts_do_not() {
    let app = TestApp::builder().settings(|settings| settings.trusted_proxies = Some("127.0.0.1".into())).start().await;
    let admin = app.admin().await;
    let show = super::live_show(&admin).await;
    let path = format!("/livestreams/{show}/like");
    let like = async |client: &crate::support::Client, from: &str| {
        client.request(reqwest::Method::POST, &path).header("x-forwarded-for", from).json(&json!({"liked": true})).send().await.unwrap().status().as_u16()
    };
    let guest = app.guest();
    let statuses = futures::future::join_all((0..400).map(|_| like(&guest, "198.51.100.7"))).await;
    assert!((200..400).contains(&statuses.iter().filter(|status| **status == 200).count()), "{statuses:?}: a burst, and what comes free meanwhile");
    assert_eq!((like(&guest, "198.51.100.8").await, like(&admin, "198.51.100.7").await), (200, 200));
    let mut socket = SocketClient::open(&app.ws_url(), &[("x-forwarded-for", "198.51.100.7")]).await.unwrap();
    socket.send(json!({"type": "register", "sessionId": "ada", "streamId": show})).await;
    socket.until("pinned_products_updated").await;
    futures::future::join_all((0..50).map(|_| like(&guest, "198.51.100.7"))).await;
    for _ in 0..35 {
        socket.send(json!({"type": "toggle_like"})).await;
    }
    assert_eq!(socket.until("error").await["code"], "rate_limited");
}
