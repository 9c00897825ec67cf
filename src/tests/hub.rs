//! The hub over real sockets, each file a behaviour.

mod chat;
mod encoders;
mod external;
mod external_whip;
mod faults;
mod hostile;
mod joining;
mod media_server;
mod moderation;
mod moderators;
mod orders;
mod players;
mod scripted;
mod signaling;
mod tapes;

use serde_json::{Value, json};

use crate::support::{Client, TestApp};

/// A live show of this admin.
async fn live_show(admin: &Client) -> String {
    let (status, body) = admin.post("/livestreams", json!({"title": "Spring colours"})).await;
    assert_eq!(status, 201, "{body}");
    body["livestream"]["_id"].as_str().unwrap().to_owned()
}

/// A product of this admin.
async fn product(admin: &Client, name: &str) -> String {
    let (status, body) = admin.post("/products", json!({"name": name, "price": 1900, "stock": 5})).await;
    assert_eq!(status, 201, "{body}");
    body["product"]["_id"].as_str().unwrap().to_owned()
}

/// A server with an admin and a live show.
async fn on_stage() -> (TestApp, Client, String) {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let show = live_show(&admin).await;
    (app, admin, show)
}

fn types(frames: &[Value]) -> Vec<&str> {
    frames.iter().map(|frame| frame["type"].as_str().unwrap()).collect()
}
