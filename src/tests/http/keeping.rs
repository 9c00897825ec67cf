//! For how long films are kept: what the settings ask for is removed, written down, and nothing else.

use reqwest::Method;
use serde_json::json;
use wrencos::{
    domain::time::Timestamp,
    server::{clock::Clock, service::recordings::keeping},
};

use crate::support::{Client, TestApp, client::read};

/// Two seconds that Chromium recorded.
const RECORDED: &[u8] = include_bytes!("../fixtures/chromium.webm");

async fn show(admin: &Client, title: &str) -> String {
    let (status, body) = admin.post("/livestreams", json!({ "title": title })).await;
    assert_eq!(status, 201, "{body}");
    body["livestream"]["_id"].as_str().unwrap().to_owned()
}

async fn record(admin: &Client, id: &str, recorders: u32) {
    for recorder in 0..recorders {
        let path = format!("/livestreams/{id}/recording/chunks/0?recorder=r{recorder}");
        assert_eq!(read(admin.request(Method::PUT, &path).body(RECORDED)).await.0, 200);
    }
}

async fn film(admin: &Client, title: &str) -> (String, String) {
    let id = show(admin, title).await;
    record(admin, &id, 8).await;
    admin.post(&format!("/livestreams/{id}/stop"), json!({})).await;
    let (_, body) = admin.post(&format!("/livestreams/{id}/recording/finish"), json!({})).await;
    (id, body["recording"]["videoUrl"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn films_go_when_they_are_old_and_everything_else_stays() {
    let start = Timestamp::from_millis(1_800_000_000_000);
    let clock = Clock::manual(start);
    let settings = |settings: &mut wrencos::server::config::Settings| settings.keeping.recordings_retention_days = Some("30".into());
    let app = TestApp::builder().clock(clock.clone()).settings(settings).start().await;
    let admin = app.admin().await;
    let (old, old_film) = film(&admin, "Old").await;
    admin.put(&format!("/livestreams/{old}/replay"), json!({"cut": {"startMs": 0, "endMs": 5_000}})).await;
    // Its film is not made: what it has is not a film that could be old.
    let unfinished = show(&admin, "Unfinished").await;
    record(&admin, &unfinished, 1).await;
    admin.post(&format!("/livestreams/{unfinished}/stop"), json!({})).await;
    clock.set(start.plus_millis(10 * 86_400_000));
    // Nobody stays signed in for so long.
    let admin = app.admin().await;
    let (new, new_film) = film(&admin, "New").await;
    let live = show(&admin, "Live").await;
    record(&admin, &live, 1).await;

    assert_eq!(keeping::tend_once(&app.state).await.unwrap(), []);
    clock.set(start.plus_millis(30 * 86_400_000));
    let admin = app.admin().await;
    assert_eq!(keeping::tend_once(&app.state).await.unwrap(), [old.parse().unwrap()]);
    let guest = app.guest();
    for (path, status) in [(&old_film, 404), (&new_film, 200)] {
        assert_eq!(guest.request(Method::GET, path).send().await.unwrap().status(), status);
    }
    assert_eq!(std::fs::read_dir(app.state.storage.uploads().join("livestreams")).unwrap().count(), 1, "the cut went, too");
    let (_, body) = guest.get(&format!("/livestreams/{old}")).await;
    assert_eq!((&body["livestream"]["videoUrl"], &body["livestream"]["isRecorded"], &body["livestream"]["title"]), (&json!(""), &json!(false), &json!("Old")));
    let (_, body) = guest.get(&format!("/livestreams/{new}")).await;
    assert_eq!(body["livestream"]["videoUrl"], json!(new_film));
    for id in [&unfinished, &live] {
        assert_eq!(admin.get(&format!("/livestreams/{id}/recording")).await.1["recording"]["state"], "open");
    }
    assert_eq!(admin.get(&format!("/livestreams/{old}/recording")).await.1["recording"]["videoUrl"], "");
    let (_, audit) = admin.get("/chat/audit").await;
    let entry = &audit["entries"][0];
    assert_eq!((&entry["action"], &entry["streamId"], audit["total"].as_u64()), (&json!("film_removed"), &json!(old), Some(1)), "{audit}");
    assert!(entry["detail"].as_str().unwrap().starts_with("Old, "), "{entry}");
    assert_eq!(keeping::tend_once(&app.state).await.unwrap(), [], "once");
}

#[tokio::test]
async fn the_oldest_films_make_room_for_new_ones() {
    let settings = |settings: &mut wrencos::server::config::Settings| {
        settings.recordings_quota_mib = Some("1".into());
        settings.keeping.recordings_make_room = true;
    };
    let app = TestApp::builder().settings(settings).start().await;
    let admin = app.admin().await;
    let mut shows = Vec::new();
    for number in 0..4 {
        shows.push(film(&admin, &format!("Show {number}")).await.0);
        assert_eq!(keeping::tend_once(&app.state).await.unwrap(), [], "there is room");
    }
    let live = show(&admin, "Live").await;
    record(&admin, &live, 5).await;
    let gone = keeping::tend_once(&app.state).await.unwrap();
    let expected: Vec<_> = shows[..gone.len()].iter().map(|id| id.parse().unwrap()).collect();
    assert_eq!(gone, expected, "the oldest");
    assert!((1..4).contains(&gone.len()), "{gone:?}");
    let sizes = app.state.storage.sizes();
    assert!(sizes.films + sizes.recordings <= 1_048_576 / 10 * 9 + 10, "{sizes:?}");
    assert_eq!(admin.get(&format!("/livestreams/{live}/recording")).await.1["recording"]["state"], "open");
}

#[tokio::test]
async fn nothing_goes_unless_the_settings_say_so() {
    let app = TestApp::builder().settings(|settings| settings.recordings_quota_mib = Some("1".into())).start().await;
    let admin = app.admin().await;
    let (id, url) = film(&admin, "Kept").await;
    assert_eq!(keeping::tend_once(&app.state).await.unwrap(), []);
    assert_eq!(admin.get(&format!("/livestreams/{id}")).await.1["livestream"]["videoUrl"], json!(url));
    let report = keeping::report(&app.state, &admin_of(&app).await).await.unwrap();
    assert_eq!((report.films.len(), report.films[0].bytes, report.recordings_bytes), (1, report.films_bytes, 0));
    assert_eq!((report.limits.quota_bytes, report.limits.make_room), (Some(1_048_576), false));
}

async fn admin_of(app: &TestApp) -> wrencos::server::auth::caller::Admin {
    let (user, _) = app.admin_named("Host").await;
    let caller = wrencos::server::auth::caller::Caller { user: Some(user), ..super::replays::somebody() };
    caller.admin().unwrap()
}
