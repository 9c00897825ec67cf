//! What a replay shows beside its film: the shelf at its second, and the talk in its time.

use std::time::Duration;

use serde_json::json;
use wrencos::{
    domain::{id::SessionId, replay::shelf_at, time::Timestamp},
    server::{
        auth::caller::{Caller, Visit},
        clock::Clock,
        db::recordings::Finished,
        service::replays,
    },
};

use crate::support::{Client, TestApp};

/// A visitor who is not signed in.
pub fn somebody() -> Caller {
    let address = std::net::IpAddr::from([192, 0, 2, 1]);
    Caller { session: SessionId("somebody".into()), visit: Visit::Returning, address, user: None, claims: None }
}

async fn product(admin: &Client, name: &str) -> String {
    let (status, body) = admin.post("/products", json!({"name": name, "price": 1200, "stock": 3})).await;
    assert_eq!(status, 201, "{body}");
    body["product"]["_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_shelf_and_the_talk_are_found_where_the_film_shows_them() {
    let start = Timestamp::from_millis(1_800_000_000_000);
    let clock = Clock::manual(start);
    let app = TestApp::builder().clock(clock.clone()).start().await;
    let admin = app.admin().await;
    let (soap, brush) = (product(&admin, "Soap").await, product(&admin, "Brush").await);
    let (_, body) = admin.post("/livestreams", json!({"title": "Then and now"})).await;
    let show = body["livestream"]["_id"].as_str().unwrap().to_owned();
    let id = show.parse().unwrap();
    let at = |seconds: i64| clock.set(start.plus_millis(seconds * 1000));
    let pin = async |product: &str| admin.post(&format!("/livestreams/{show}/pin-product"), json!({"productId": product})).await;
    // The room tells of a change after it answered: what is next must not overtake it in the log.
    let settled = async |changes: usize| {
        while app.state.db.shelf_changes(id).await.unwrap().len() < changes {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    at(10);
    pin(&soap).await;
    settled(1).await;
    at(20);
    admin.post(&format!("/livestreams/{show}/chat"), json!({"message": "At twenty"})).await;
    at(40);
    pin(&brush).await;
    settled(2).await;
    admin.put(&format!("/livestreams/{show}/pinned-products/order"), json!({"productIds": [brush, soap]})).await;
    settled(3).await;
    at(50);
    admin.delete(&format!("/livestreams/{show}/pin-product/{soap}")).await;
    settled(4).await;
    admin.post(&format!("/livestreams/{show}/chat"), json!({"message": "At fifty"})).await;
    at(60);
    admin.post(&format!("/livestreams/{show}/stop"), json!({})).await;
    // What it costs is what it costs today.
    admin.put(&format!("/products/{soap}"), json!({"name": "Soap", "price": 900, "stock": 1})).await;

    let shelves = async || {
        let replay = replays::replay(&app.state, &somebody(), id).await.unwrap();
        let shelf = |seconds: u64| shelf_at(&replay.moments, seconds * 1000).iter().map(ToString::to_string).collect::<Vec<_>>();
        let found: Vec<_> = [9, 10, 39, 40, 49, 50].map(shelf).into();
        (found, replay)
    };
    // A film that was uploaded by hand begins with the show.
    let (found, replay) = shelves().await;
    assert_eq!(
        found,
        [vec![], vec![soap.clone()], vec![soap.clone()], vec![brush.clone(), soap.clone()], vec![brush.clone(), soap.clone()], vec![brush.clone()]]
    );
    assert_eq!((replay.products[0].price, replay.duration_ms), (900, 0));
    let said = async |at_ms: u64| {
        let chat = replays::chat(&app.state, &somebody(), id, at_ms).await.unwrap();
        assert!(chat.covers(at_ms));
        chat.lines.into_iter().map(|line| (line.at_ms, line.message.message)).collect::<Vec<_>>()
    };
    assert_eq!(said(0).await, [(20_000, "At twenty".into()), (50_000, "At fifty".into())]);

    // A film with a gap: five seconds in, ten of film, then from the 45th second on.
    let parts =
        serde_json::from_value(json!([{"showMs": 5_000, "atMs": 0, "durationMs": 10_000}, {"showMs": 45_000, "atMs": 10_000, "durationMs": 15_000}])).unwrap();
    let film = Finished { video_url: "/uploads/livestreams/film.webm".into(), bytes: 1, duration_ms: 25_000, parts };
    app.state.db.finish_recording(id, &film, start).await.unwrap();
    let update = serde_json::from_value(json!({"videoUrl": film.video_url})).unwrap();
    app.state.db.update_livestream(id, &update, start).await.unwrap();
    let (_, replay) = shelves().await;
    assert_eq!(replay.moments.iter().map(|moment| moment.at_ms).collect::<Vec<_>>(), [5_000, 10_000, 10_000, 15_000]);
    assert_eq!((replay.duration_ms, said(12_000).await[0].0), (25_000, 10_000));
}

#[tokio::test]
async fn a_long_talk_comes_in_windows_that_leave_nothing_out() {
    let start = Timestamp::from_millis(1_800_000_000_000);
    let clock = Clock::manual(start);
    let app = TestApp::builder().clock(clock.clone()).start().await;
    let admin = app.admin().await;
    let (_, body) = admin.post("/livestreams", json!({"title": "Talk"})).await;
    let show = body["livestream"]["_id"].as_str().unwrap().to_owned();
    let id = show.parse().unwrap();
    let mut said = Vec::new();
    for number in 0..400_u64 {
        clock.set(start.plus_millis(number as i64 * 1_000));
        let (status, body) = admin.post(&format!("/livestreams/{show}/chat"), json!({"message": format!("m{number}")})).await;
        assert_eq!(status, 201, "{body}");
        said.push(format!("m{number}"));
    }
    let mut heard: Vec<String> = Vec::new();
    let mut at_ms = 0;
    loop {
        let chat = replays::chat(&app.state, &somebody(), id, at_ms).await.unwrap();
        assert!(chat.covers(at_ms) && chat.lines.is_sorted_by_key(|line| line.message.seq));
        let until = chat.until_ms.unwrap_or(u64::MAX);
        heard.extend(chat.lines.iter().filter(|line| (at_ms..until).contains(&line.at_ms)).map(|line| line.message.message.clone()));
        let Some(until) = chat.until_ms else { break };
        assert!(until > at_ms);
        at_ms = until;
    }
    assert_eq!(heard, said);
    // Somebody who jumps into the middle sees what was said just before.
    let middle = replays::chat(&app.state, &somebody(), id, 300_500).await.unwrap();
    let before = middle.lines.iter().filter(|line| line.at_ms <= 300_500).count();
    assert!(before >= 50 && middle.lines.iter().any(|line| line.message.message == "m300"), "{before}");
}
