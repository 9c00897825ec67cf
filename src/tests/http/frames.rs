//! The small pictures of a film: made by themselves, of the film that is shown, for whoever may see it, and gone with it.

use reqwest::{Method, StatusCode, header};
use serde_json::json;
use wrencos::server::service::replays;

use super::{
    desk::{edit, ended_show, fetch},
    replays::somebody,
};
use crate::support::{Client, TestApp, client::read};

/// What is there once it is.
async fn made(client: &Client, path: &str) -> Vec<u8> {
    let there = async {
        loop {
            match fetch(client, path).await {
                (StatusCode::OK, body) => break body,
                (status, _) => assert_eq!(status, StatusCode::NOT_FOUND),
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), there).await.expect("a sheet is made")
}

fn sheets(app: &TestApp) -> usize {
    std::fs::read_dir(app.data.path().join("frames")).map_or(0, Iterator::count)
}

#[tokio::test]
async fn a_film_has_small_pictures_for_who_may_see_it() {
    let app = TestApp::start().await;
    let (admin, guest) = (app.admin().await, app.guest());
    let id = ended_show(&admin, 3).await;
    let (list, sheet) = (format!("/livestreams/{id}/frames.vtt"), format!("/livestreams/{id}/frames.jpg"));
    let text = String::from_utf8(made(&guest, &list).await).unwrap();
    let replay = replays::replay(&app.state, &somebody(), id.parse().unwrap()).await.unwrap();
    let frames = replay.frames.unwrap();
    assert_eq!(frames.url, sheet);
    let grid = frames.grid;
    assert_eq!((grid.every_ms, u64::from(grid.count), grid.tile_width_px, grid.tile_height_px), (2_000, replay.duration_ms.div_ceil(2_000), 160, 90));
    let cue = |number: u32| format!("\n00:00:0{}.000 --> 00:00:0{}.000\nframes.jpg#xywh={},0,160,90\n", number * 2, number * 2 + 2, number * 160);
    assert_eq!(text, format!("WEBVTT\n{}", (0..grid.count).map(cue).collect::<String>()));
    let answer = guest.request(Method::GET, &sheet).send().await.unwrap();
    let seen = |name| answer.headers().get(name).map(|value: &header::HeaderValue| value.to_str().unwrap().to_owned());
    assert_eq!((seen(header::CONTENT_TYPE), seen(header::CACHE_CONTROL)), (Some("image/jpeg".into()), Some("no-cache".into())));
    let tag = seen(header::ETAG).unwrap();
    let picture = image::load_from_memory(&answer.bytes().await.unwrap()).unwrap().to_rgb8();
    assert_eq!(picture.dimensions(), (160 * grid.count, 90));
    for number in 0..grid.count {
        let tile = image::imageops::crop_imm(&picture, number * 160, 0, 160, 90).to_image();
        assert!(tile.pixels().any(|pixel| pixel != tile.get_pixel(0, 0)), "there is something to see at {number}");
    }
    assert_eq!(guest.request(Method::GET, &sheet).header("If-None-Match", &tag).send().await.unwrap().status(), StatusCode::NOT_MODIFIED);
    assert!(guest.request(Method::GET, &list).send().await.unwrap().headers().contains_key(header::ETAG));

    // Kept from customers with the show.
    edit(&admin, &id, json!({"published": false})).await;
    for path in [&list, &sheet] {
        assert_eq!((fetch(&guest, path).await.0, fetch(&admin, path).await.0), (StatusCode::NOT_FOUND, StatusCode::OK), "{path}");
    }
    // Those of a stretch are its own, and nothing is left of a film that is gone.
    edit(&admin, &id, json!({"published": true, "cut": {"startMs": 0, "endMs": 2_500}})).await;
    let text = String::from_utf8(made(&guest, &list).await).unwrap();
    assert_eq!((text.matches("xywh").count(), sheets(&app)), (2, 4));
    edit(&admin, &id, json!({"cut": {}})).await;
    assert_eq!(sheets(&app), 2);
    assert_eq!(admin.delete(&format!("/livestreams/{id}")).await.0, 200);
    assert_eq!(sheets(&app), 0);
}

#[tokio::test]
async fn a_film_without_pictures_of_its_own_has_none_and_is_looked_at_once() {
    let app = TestApp::start().await;
    let (admin, guest) = (app.admin().await, app.guest());
    let id = ended_show(&admin, 0).await;
    let list = format!("/livestreams/{id}/frames.vtt");
    assert_eq!(fetch(&guest, &list).await.0, StatusCode::NOT_FOUND, "there is no film");
    let folder = app.state.storage.uploads().join("livestreams");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("film.mp4"), b"ftyp").unwrap();
    let (status, body) = read(admin.request(Method::PUT, &format!("/livestreams/{id}")).json(&json!({"videoUrl": "/uploads/livestreams/film.mp4"}))).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(fetch(&guest, &list).await.0, StatusCode::NOT_FOUND);
    let known = async {
        while app.state.storage.frame_grid("/uploads/livestreams/film.mp4").is_none() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), known).await.expect("it is known that there is none");
    assert_eq!((fetch(&guest, &list).await.0, sheets(&app)), (StatusCode::NOT_FOUND, 1));
    assert_eq!(fetch(&guest, &format!("/livestreams/{}/frames.jpg", "0".repeat(24))).await.0, StatusCode::NOT_FOUND);
    assert_eq!(fetch(&guest, "/livestreams/x/frames.jpg").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_sheet_that_could_not_be_kept_is_not_drawn_for_everybody_who_looks() {
    let app = TestApp::start().await;
    let (admin, guest) = (app.admin().await, app.guest());
    let id = ended_show(&admin, 0).await;
    let (film, list) = ("/uploads/livestreams/film.mp4", format!("/livestreams/{id}/frames.vtt"));
    let folder = app.state.storage.uploads().join("livestreams");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("film.mp4"), b"ftyp").unwrap();
    // Something in the way stands for a disk that takes nothing.
    let frames = app.data.path().join("frames");
    std::fs::write(&frames, b"in the way").unwrap();
    let (status, body) = read(admin.request(Method::PUT, &format!("/livestreams/{id}")).json(&json!({"videoUrl": film}))).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(fetch(&guest, &list).await.0, StatusCode::NOT_FOUND);
    let failed = async {
        while !app.state.storage.is_sheet_resting(film) {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), failed).await.expect("the failure is remembered");
    std::fs::remove_file(&frames).unwrap();
    for _ in 0..3 {
        assert_eq!(fetch(&guest, &list).await.0, StatusCode::NOT_FOUND);
        assert!(app.state.storage.start_sheet(film).is_none(), "nobody begins");
    }
    drop(app.state.storage.turn_to_draw().await);
    assert_eq!(sheets(&app), 0);
}
