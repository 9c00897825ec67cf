//! Recordings and pictures of shows: what is taken, by whom, what it does to the show, and that nothing is left behind.

use std::{io::Cursor, path::Path};

use image::{DynamicImage, ImageFormat};
use reqwest::{
    Method, StatusCode, header,
    multipart::{Form, Part},
};
use serde_json::{Value, json};

use crate::support::{Client, TestApp, client::read};

fn element(id: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    [id, &(body.len() as u64 | 1 << 56).to_be_bytes(), &body].concat()
}

/// The smallest WebM with a picture's track and a block of this many bytes.
fn webm(block_bytes: usize) -> Vec<u8> {
    let head = element(&[0x1a, 0x45, 0xdf, 0xa3], &[&element(&[0x42, 0x82], &[b"webm"])]);
    let tracks = element(&[0x16, 0x54, 0xae, 0x6b], &[&element(&[0xae], &[&element(&[0x83], &[&[1]])])]);
    let cluster = element(&[0x1f, 0x43, 0xb6, 0x75], &[&element(&[0xa3], &[&vec![7; block_bytes]])]);
    [head, element(&[0x18, 0x53, 0x80, 0x67], &[&tracks, &cluster])].concat()
}

fn picture() -> Vec<u8> {
    let mut bytes = Vec::new();
    DynamicImage::new_rgb8(640, 360).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
    bytes
}

fn file(bytes: Vec<u8>) -> Part {
    Part::bytes(bytes).file_name("../../evil.html").mime_str("text/html").unwrap()
}

async fn send(client: &Client, path: &str, form: Form) -> (StatusCode, Value) {
    read(client.request(Method::POST, path).multipart(form)).await
}

fn files_in(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { files_in(&path) } else { 1 }).sum()
}

fn files(app: &TestApp) -> usize {
    files_in(&app.state.storage.uploads()) + files_in(&app.state.storage.incoming())
}

async fn show(admin: &Client) -> String {
    let (status, body) = admin.post("/livestreams", json!({"title": "Recorded", "scheduledAt": "2030-01-01T00:00:00Z"})).await;
    assert_eq!(status, 201, "{body}");
    body["livestream"]["_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_recording_and_its_picture_belong_to_the_show() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let id = show(&admin).await;
    let video = webm(300_000);
    let (status, body) = send(&admin, &format!("/livestreams/{id}/upload"), Form::new().part("video", file(video.clone()))).await;
    assert_eq!(status, 201, "{body}");
    let url = body["videoUrl"].as_str().unwrap();
    assert_eq!((url, &body["url"]), (&*format!("/uploads/livestreams/{}", body["filename"].as_str().unwrap()), &body["videoUrl"]));
    assert!(url.ends_with(".webm") && !url.contains("evil"));
    let part = app.guest().request(Method::GET, url).header(header::RANGE, "bytes=-4").send().await.unwrap();
    assert_eq!((part.status().as_u16(), part.headers()[header::CONTENT_TYPE].to_str().unwrap()), (206, "video/webm"));
    assert_eq!(part.bytes().await.unwrap(), video[video.len() - 4..]);
    let (_, read) = admin.get(&format!("/livestreams/{id}")).await;
    assert_eq!((&read["livestream"]["videoUrl"], &read["livestream"]["isRecorded"]), (&json!(url), &json!(true)));

    // The id stands before or behind the file, and the show's path takes pictures too.
    let before = Form::new().text("livestreamId", id.clone()).part("thumbnail", file(picture()));
    let behind = Form::new().part("thumbnail", file(picture())).text("livestreamId", id.clone());
    let direct = Form::new().part("thumbnail", file(picture()));
    for (path, form) in [("/uploads/thumbnail", before), ("/api/uploads/thumbnail", behind), (&*format!("/livestreams/{id}/upload"), direct)] {
        let (status, body) = send(&admin, path, form).await;
        assert_eq!((status.as_u16(), &body["url"]), (201, &body["thumbnailUrl"]), "{body}");
        let (_, read) = admin.get(&format!("/livestreams/{id}")).await;
        assert_eq!(read["livestream"]["thumbnailUrl"], body["thumbnailUrl"]);
    }
    let (_, loose) = send(&admin, "/uploads/livestream-video", Form::new().part("video", file(webm(9)))).await;
    assert_ne!(loose["videoUrl"], json!(url));
    assert_eq!(admin.get(&format!("/livestreams/{id}")).await.1["livestream"]["videoUrl"], json!(url), "a file without a show changes none");
    assert_eq!(files_in(&app.state.storage.incoming()), 0);
}

#[tokio::test]
async fn a_picture_that_the_studio_takes_never_replaces_one_that_was_chosen() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let waiting = show(&admin).await;
    let (_, body) = admin.post("/livestreams", json!({"title": "Bare"})).await;
    let live = body["livestream"]["_id"].as_str().unwrap().to_owned();
    let path = "/fn/keep_early_picture";
    let form = |id: &str, bytes: Vec<u8>| Form::new().text("id", id.to_owned()).part("picture", file(bytes));
    let send = async |client: &Client, form: Form| client.request(Method::POST, path).multipart(form).send().await.unwrap().status().as_u16();
    let url = async || admin.get(&format!("/livestreams/{live}")).await.1["livestream"]["thumbnailUrl"].as_str().unwrap().to_owned();
    for (name, client, form, expected) in [
        ("a guest", app.guest(), form(&live, picture()), 401),
        ("a customer", app.customer().await, form(&live, picture()), 403),
        ("a page", admin.clone(), form(&live, b"<html>".to_vec()), 415),
        ("a show that is not live", admin.clone(), form(&waiting, picture()), 409),
        ("no show", admin.clone(), Form::new().part("picture", file(picture())), 400),
        ("no id", admin.clone(), form("x", picture()), 400),
    ] {
        assert_eq!((send(&client, form).await, url().await, files(&app)), (expected, String::new(), 0), "{name}");
    }
    assert_eq!(send(&admin, form(&live, picture())).await, 200);
    let early = url().await;
    assert!(early.starts_with("/uploads/thumbnails/"), "{early}");
    assert_eq!((send(&admin, form(&live, picture())).await, url().await, files(&app)), (200, early.clone(), 1), "once");
    let (_, chosen) = super::recordings::send(&admin, &format!("/livestreams/{live}/upload"), Form::new().part("thumbnail", file(picture()))).await;
    assert_eq!((send(&admin, form(&live, picture())).await, url().await), (200, chosen["url"].as_str().unwrap().to_owned()));
}

#[tokio::test]
async fn what_is_not_taken_leaves_nothing() {
    let settings = |settings: &mut wrencos::server::config::Settings| settings.max_video_mib = Some("1".into());
    let app = TestApp::builder().settings(settings).start().await;
    let admin = app.admin().await;
    let id = show(&admin).await;
    let (video, thumbnail, by_show) = ("/uploads/livestream-video", "/uploads/thumbnail", format!("/livestreams/{id}/upload"));
    let mut cut = picture();
    cut.truncate(cut.len() / 2);
    for (name, path, form, expected) in [
        ("html", video, Form::new().part("video", file(b"<html>".to_vec())), 415),
        ("nothing", video, Form::new().part("video", file(vec![])), 415),
        ("head only", video, Form::new().part("video", file(webm(9)[..20].to_vec())), 415),
        ("a picture", video, Form::new().part("video", file(picture())), 415),
        ("a video", thumbnail, Form::new().part("thumbnail", file(webm(9))), 415),
        ("half a picture", thumbnail, Form::new().part("thumbnail", file(cut)), 422),
        ("too large", &by_show, Form::new().part("video", file(webm(1024 * 1024))), 413),
        ("far too large", video, Form::new().part("video", file(webm(2 * 1024 * 1024))), 413),
        ("no file", video, Form::new().text("livestreamId", id.clone()), 400),
        ("another field", video, Form::new().text("file", "x"), 400),
        ("two files", video, Form::new().part("video", file(webm(9))).part("video", file(webm(9))), 400),
        ("no id", video, Form::new().part("video", file(webm(9))).text("livestreamId", "x"), 422),
        ("a long id", video, Form::new().part("video", file(webm(9))).text("livestreamId", "x".repeat(300)), 413),
        ("no such show", video, Form::new().part("video", file(webm(9))).text("livestreamId", "65f0c1d2e3a4b5968778695a"), 404),
        ("no such path", "/livestreams/65f0c1d2e3a4b5968778695a/upload", Form::new().part("video", file(webm(9))), 404),
    ] {
        let (status, body) = send(&admin, path, form).await;
        assert_eq!((status.as_u16(), body["code"].is_string()), (expected, true), "{name}: {body}");
        assert_eq!(files(&app), 0, "{name}");
    }
    assert_eq!(admin.post(video, json!({})).await.0, 415);
    for path in [video, thumbnail, &by_show] {
        let form = || Form::new().part("video", file(webm(9)));
        assert_eq!(send(&app.guest(), path, form()).await.0, 401, "{path}");
        assert_eq!(send(&app.customer().await, path, form()).await.0, 403, "{path}");
    }
    let (_, read) = admin.get(&format!("/livestreams/{id}")).await;
    assert_eq!((&read["livestream"]["videoUrl"], &read["livestream"]["isRecorded"], files(&app)), (&json!(""), &json!(false), 0));
}

#[tokio::test]
async fn a_recording_that_breaks_off_leaves_nothing() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let pieces = futures::stream::iter([Ok(webm(70_000)), Err(std::io::Error::other("gone"))]);
    let form = Form::new().part("video", Part::stream(reqwest::Body::wrap_stream(pieces)).file_name("x.webm"));
    assert!(admin.request(Method::POST, "/uploads/livestream-video").multipart(form).send().await.is_err());
    // The server learns of it a moment later; until then the file may be there.
    for _ in 0..200 {
        if files(&app) == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(files(&app), 0);
}
