//! A database that dies or changes hands while people talk: nothing that was confirmed is lost, nothing is said twice.

use std::{collections::BTreeMap, path::Path, process::Command, time::Duration};

use futures::{SinkExt, StreamExt};
use mongodb::bson::{Document, doc};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use wrencos::server::db::local::LocalMongo;

use crate::support::{SocketClient, TestApp};

/// Longer than a database needs to come back on a busy machine.
const OUTAGE: Duration = Duration::from_secs(90);
const SPEAKERS: usize = 6;
const LINES: usize = 8;

/// Says line after line, half a second apart, and gives what the server said of each: its place in the log.
async fn speak(mut client: SocketClient, name: String) -> BTreeMap<String, (u64, String)> {
    let mut heard = BTreeMap::new();
    let mut said = 0;
    let mut beat = tokio::time::interval(Duration::from_millis(500));
    while heard.len() < LINES {
        tokio::select! {
            _ = beat.tick(), if said < LINES => {
                let frame = json!({"type": "chat_message", "message": format!("{name} {said}"), "clientId": format!("{name}-{said}")});
                client.stream.send(Message::Text(frame.to_string().into())).await.unwrap();
                said += 1;
            }
            frame = client.stream.next() => {
                let Some(Ok(Message::Text(text))) = frame else { continue };
                let frame: Value = serde_json::from_str(&text).unwrap();
                assert_ne!(frame["type"], "error", "nothing is refused: {frame}");
                let Some(mark) = frame["clientId"].as_str().filter(|mark| mark.starts_with(&format!("{name}-"))) else { continue };
                let told = (frame["seq"].as_u64().unwrap(), frame["id"].as_str().unwrap().to_owned());
                assert!(heard.insert(mark.to_owned(), told).is_none(), "{mark} was told twice");
            }
        }
    }
    heard
}

/// People talk while `disturb` does its worst; then the log is what they were told.
async fn talk_through(disturb: impl AsyncFnOnce(&LocalMongo, &Path)) {
    let folder = tempfile::tempdir().unwrap();
    let mongo = LocalMongo::start(folder.path()).await.unwrap();
    let app = TestApp::builder().database(mongo.uri()).start().await;
    let admin = app.admin().await;
    let show = super::live_show(&admin).await;
    let mut host = SocketClient::host(&app, admin.token(), &show, "host").await;
    let mut viewer = SocketClient::viewer(&app, "ada", &show).await;
    viewer.send(json!({"type": "webrtc_register", "peerId": "ada-1", "userType": "customer"})).await;
    host.until("webrtc_new_customer").await;
    let mut speakers = tokio::task::JoinSet::new();
    for number in 0..SPEAKERS {
        let name = format!("speaker-{number}");
        speakers.spawn(speak(SocketClient::viewer(&app, &name, &show).await, name));
    }
    tokio::time::sleep(Duration::from_millis(1200)).await;
    disturb(&mongo, folder.path()).await;
    // The picture needs no database: peers find each other all the while.
    host.send(json!({"type": "webrtc_offer", "to": "ada-1", "offer": {"type": "offer", "sdp": "v=0"}})).await;
    viewer.until("webrtc_offer").await;
    viewer.send(json!({"type": "webrtc_answer", "answer": {"type": "answer", "sdp": "v=0"}})).await;
    host.until("webrtc_answer").await;

    let told = tokio::time::timeout(OUTAGE, speakers.join_all()).await.expect("everything is confirmed once the database is back");
    let mut told: Vec<_> = told.into_iter().flatten().map(|(mark, (seq, id))| (seq, id, mark)).collect();
    told.sort();
    let (status, body) = app.guest().get(&format!("/livestreams/{show}/chat?limit=100")).await;
    assert_eq!(status, 200, "{body}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let stored: Vec<_> =
        body["messages"].as_array().unwrap().iter().map(|line| (line["seq"].as_u64().unwrap(), text(&line["id"]), text(&line["clientId"]))).collect();
    assert_eq!(stored.len(), SPEAKERS * LINES);
    assert_eq!(stored, told, "stored once, in the places that were told");
    drop(app);
    mongo.stop().await;
}

#[tokio::test]
async fn a_database_that_is_killed_in_the_middle_of_a_talk_loses_and_doubles_nothing() {
    talk_through(async |_, folder| {
        let pid = std::fs::read_to_string(folder.join("mongod.lock")).unwrap();
        assert!(Command::new("kill").args(["-KILL", pid.trim()]).status().unwrap().success());
    })
    .await;
}

#[tokio::test]
async fn a_primary_that_steps_down_in_the_middle_of_a_talk_loses_and_doubles_nothing() {
    talk_through(async |mongo, _| {
        let client = mongodb::Client::with_uri_str(mongo.uri()).await.unwrap();
        let admin = client.database("admin");
        admin.run_command(doc! { "replSetStepDown": 2, "secondaryCatchUpPeriodSecs": 0, "force": true }).await.unwrap();
        let hello: Document = admin.run_command(doc! { "hello": 1 }).await.unwrap();
        assert!(!hello.get_bool("isWritablePrimary").unwrap(), "nobody is in charge: {hello}");
    })
    .await;
}
