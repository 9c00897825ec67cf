//! A replay in the hands of its host: published or not, cut, with products moved, and with captions. What customers get of it.

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use wrencos::{
    domain::{replay::shelf_at, time::Timestamp},
    server::{clock::Clock, service::replays},
};

use super::replays::somebody;
use crate::support::{Client, SocketClient, TestApp, client::read};

/// Two seconds that Chromium recorded.
const RECORDED: &[u8] = include_bytes!("../fixtures/chromium.webm");
/// Five seconds of MP4 in fragments, as Safari records.
const FRAGMENTS: &[u8] = include_bytes!("../fixtures/fragments.mp4");
const VTT: &str = "WEBVTT\n\nSTYLE\n::cue { color: red }\n\n00:00.500 --> 00:01.500\nGood <i>evening</i>\n\n00:02.500 --> 00:03.500\nThis is soap\n";

pub async fn ended_show(admin: &Client, recordings: usize) -> String {
    ended_show_of(admin, &vec![RECORDED; recordings]).await
}

async fn ended_show_of(admin: &Client, recordings: &[&'static [u8]]) -> String {
    let (status, body) = admin.post("/livestreams", json!({"title": "Kept"})).await;
    assert_eq!(status, 201, "{body}");
    let id = body["livestream"]["_id"].as_str().unwrap().to_owned();
    for (recorder, recorded) in recordings.iter().enumerate() {
        let path = format!("/livestreams/{id}/recording/chunks/0?recorder=r{recorder}");
        assert_eq!(read(admin.request(Method::PUT, &path).body(*recorded)).await.0, 200);
    }
    admin.post(&format!("/livestreams/{id}/chat"), json!({"message": "Between us"})).await;
    admin.post(&format!("/livestreams/{id}/stop"), json!({})).await;
    let (_, body) = admin.post(&format!("/livestreams/{id}/recording/finish"), json!({})).await;
    assert_eq!(body["recording"]["state"], if recordings.is_empty() { "none" } else { "ready" }, "{body}");
    id
}

pub async fn fetch(client: &Client, path: &str) -> (StatusCode, Vec<u8>) {
    let answer = client.request(Method::GET, path).send().await.unwrap();
    (answer.status(), answer.bytes().await.unwrap().to_vec())
}

pub async fn edit(admin: &Client, id: &str, update: Value) -> Value {
    let (status, body) = admin.put(&format!("/livestreams/{id}/replay"), update).await;
    assert_eq!(status, 200, "{body}");
    body["replay"].clone()
}

fn films(app: &TestApp) -> usize {
    std::fs::read_dir(app.state.storage.uploads().join("livestreams")).map_or(0, Iterator::count)
}

#[tokio::test]
async fn a_replay_that_is_not_public_is_found_by_admins_alone() {
    let app = TestApp::start().await;
    let (admin, customer, guest) = (app.admin().await, app.customer().await, app.guest());
    let (hidden, other) = (ended_show(&admin, 1).await, ended_show(&admin, 0).await);
    let film = admin.get(&format!("/livestreams/{hidden}")).await.1["livestream"]["videoUrl"].as_str().unwrap().to_owned();
    let captions = format!("/livestreams/{hidden}/captions?language=en");
    let (status, body) = read(admin.request(Method::POST, &captions).header("content-type", "text/vtt").body(VTT)).await;
    assert_eq!(status, 201, "{body}");
    let captions = body["captions"][0]["url"].as_str().unwrap().to_owned();
    assert_eq!(fetch(&guest, &film).await.0, 200);
    let mut seated = SocketClient::viewer(&app, "ada", &hidden).await;
    assert_eq!(edit(&admin, &hidden, json!({"published": false})).await["published"], false);
    seated.send(json!({"type": "register", "streamId": hidden})).await;
    assert_eq!(seated.until("error").await["code"], "not_found", "who sat there before hears no more of it");

    for client in [&guest, &customer] {
        for path in ["", "/chat", "/chat/rules", "/pinned-products", "/calendar.ics"] {
            assert_eq!(fetch(client, &format!("/livestreams/{hidden}{path}")).await.0, 404, "{path}");
        }
        for (path, body) in [("/view", json!({})), ("/like", json!({})), ("/chat", json!({"message": "Hello?"})), ("/clicks", json!({"productId": hidden}))] {
            assert_eq!(client.post(&format!("/livestreams/{hidden}{path}"), body).await.0, 404, "{path}");
        }
        let (_, past) = client.get("/livestreams/past").await;
        assert_eq!((past["livestreams"].as_array().unwrap().len(), &past["livestreams"][0]["_id"], &past["total"]), (1, &json!(other), &json!(1)));
        for path in [&film, &captions, &format!("/replays/{hidden}"), &format!("/uploads{film}"), &format!("/api/uploads{film}"), &format!("/uploads/{film}")] {
            let (status, text) = fetch(client, path).await;
            assert_eq!(status, 404, "{path}");
            assert!(!String::from_utf8_lossy(&text).contains("Kept") && !String::from_utf8_lossy(&text).contains("Between us"), "{path}");
        }
        let (_, calendar) = fetch(client, "/livestreams/calendar.ics").await;
        assert!(!String::from_utf8(calendar).unwrap().contains(&hidden));
        let (_, home) = fetch(client, "/").await;
        assert!(!String::from_utf8(home).unwrap().contains(&hidden));
    }
    let mut socket = SocketClient::connect(&app).await;
    socket.send(json!({"type": "register", "streamId": hidden})).await;
    assert_eq!(socket.until("error").await["code"], "not_found");
    assert!(replays::replay(&app.state, &somebody(), hidden.parse().unwrap()).await.is_err());

    assert_eq!(admin.get(&format!("/livestreams/{hidden}")).await.1["livestream"]["published"], false);
    assert_eq!((fetch(&admin, &film).await.0, fetch(&admin, &captions).await.0), (StatusCode::OK, StatusCode::OK));
    assert_eq!(admin.get("/livestreams/past").await.1["total"], 2);
    edit(&admin, &hidden, json!({"published": true})).await;
    assert_eq!((fetch(&guest, &film).await.0, guest.get(&format!("/livestreams/{hidden}")).await.0), (StatusCode::OK, StatusCode::OK));
}

#[tokio::test]
async fn a_film_is_cut_and_made_whole_again_and_nobody_gets_what_was_cut_off() {
    let app = TestApp::start().await;
    let (admin, guest) = (app.admin().await, app.guest());
    let id = ended_show(&admin, 3).await;
    let desk = edit(&admin, &id, json!({})).await;
    let whole = desk["wholeUrl"].as_str().unwrap().to_owned();
    let length = desk["wholeMs"].as_u64().unwrap();
    assert_eq!(
        (&desk["videoUrl"], &desk["canCut"], &desk["shownMs"], &desk["cut"]),
        (&json!(whole), &json!(true), &json!(length), &json!({"startMs": 0, "endMs": null}))
    );
    let second = length / 3;
    let captions = format!("/livestreams/{id}/captions?language=en&label=English");
    read(admin.request(Method::POST, &captions).header("content-type", "text/vtt").body(VTT)).await;

    let cut = edit(&admin, &id, json!({"cut": {"startMs": second + 20, "endMs": length}})).await;
    assert_eq!((cut["shownFromMs"].as_u64().unwrap(), cut["shownMs"].as_u64().unwrap()), (second, length - second), "{cut}");
    let shown = cut["videoUrl"].as_str().unwrap().to_owned();
    assert_ne!(shown, whole);
    let (_, show) = guest.get(&format!("/livestreams/{id}")).await;
    assert_eq!(show["livestream"]["videoUrl"], json!(shown));
    assert_eq!((fetch(&guest, &shown).await.0, fetch(&guest, &whole).await.0), (StatusCode::OK, StatusCode::NOT_FOUND), "what was cut off is not public");
    assert_eq!(fetch(&guest, &format!("/uploads{whole}")).await.0, 404, "under no other address either");
    assert_eq!((fetch(&admin, &whole).await.0, films(&app)), (StatusCode::OK, 2));
    let seen = replays::replay(&app.state, &somebody(), id.parse().unwrap()).await.unwrap();
    assert_eq!(seen.duration_ms, length - second);
    // Captions go along with the film.
    let text = String::from_utf8(fetch(&guest, &seen.captions[0].url).await.1).unwrap();
    let first = 2_500 - second;
    assert_eq!(text, format!("WEBVTT\n\n00:00:00.{first:03} --> 00:00:01.{first:03}\nThis is soap\n"));

    // Another cut takes the place of the first; what is wrong changes nothing.
    let again = edit(&admin, &id, json!({"cut": {"startMs": 0, "endMs": second + 1}})).await;
    assert_eq!((again["shownFromMs"].as_u64(), again["shownMs"].as_u64(), films(&app)), (Some(0), Some(second + 1), 2));
    assert_eq!(fetch(&guest, &shown).await.0, 404, "the first cut is gone");
    let path = format!("/livestreams/{id}/replay");
    for (cut, status) in [
        (json!({"startMs": 2_000, "endMs": 2_500}), 422),
        (json!({"startMs": -1}), 422),
        (json!({"startMs": 9_000_000, "endMs": 9_100_000, "x": 1}), 422),
        (json!("all"), 422),
    ] {
        assert_eq!(admin.put(&path, json!({ "cut": cut })).await.0, status, "{cut}");
    }
    assert_eq!(admin.get(&path).await.1["replay"], again);
    let back = edit(&admin, &id, json!({"cut": {}})).await;
    assert_eq!((&back["videoUrl"], &back["cut"], films(&app)), (&json!(whole), &desk["cut"], 1));
    assert_eq!(fetch(&guest, &whole).await.0, 200);

    // Nothing is left of a show that is deleted.
    edit(&admin, &id, json!({"cut": {"startMs": 0, "endMs": 1_500}})).await;
    assert_eq!(admin.delete(&format!("/livestreams/{id}")).await.0, 200);
    assert_eq!((films(&app), app.state.storage.captions(id.parse().unwrap()).exists()), (0, false));
}

#[tokio::test]
async fn what_safari_recorded_before_and_after_a_reload_is_one_film_that_can_be_cut() {
    let app = TestApp::start().await;
    let (admin, guest) = (app.admin().await, app.guest());
    let id = ended_show_of(&admin, &[FRAGMENTS, FRAGMENTS]).await;
    let desk = edit(&admin, &id, json!({})).await;
    let whole = desk["wholeUrl"].as_str().unwrap().to_owned();
    assert!(whole.ends_with(".mp4"));
    assert_eq!((&desk["canCut"], desk["wholeMs"].as_u64()), (&json!(true), Some(10_042)));
    let (_, body) = admin.get(&format!("/livestreams/{id}/recording")).await;
    let parts: Vec<_> = body["recording"]["parts"].as_array().unwrap().iter().map(|part| (part["atMs"].as_u64(), part["durationMs"].as_u64())).collect();
    assert_eq!(parts, [(Some(0), Some(5_021)), (Some(5_021), Some(5_021))]);

    let cut = edit(&admin, &id, json!({"cut": {"startMs": 5_500, "endMs": 7_000}})).await;
    let (from_ms, length_ms) = (cut["shownFromMs"].as_u64().unwrap(), cut["shownMs"].as_u64().unwrap());
    assert!((5_000..=5_021).contains(&from_ms) && (1_979..3_000).contains(&length_ms), "{cut}");
    let shown = cut["videoUrl"].as_str().unwrap();
    assert!(shown.ends_with(".mp4") && fetch(&guest, shown).await.1.starts_with(b"\0\0\0"));
    assert_eq!(fetch(&guest, &whole).await.0, 404, "what was cut off is not public");
    assert_eq!(edit(&admin, &id, json!({"cut": {}})).await["videoUrl"], json!(whole));
}

#[tokio::test]
async fn only_a_show_that_is_over_and_has_a_film_can_be_cut() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (_, live) = admin.post("/livestreams", json!({"title": "Now"})).await;
    let live = live["livestream"]["_id"].as_str().unwrap().to_owned();
    assert_eq!(admin.get(&format!("/livestreams/{live}/replay")).await.1["code"], "not_ended");
    assert_eq!(admin.put(&format!("/livestreams/{live}/replay"), json!({"published": false})).await.1["code"], "not_ended");
    admin.post(&format!("/livestreams/{live}/stop"), json!({})).await;
    let (status, body) = admin.put(&format!("/livestreams/{live}/replay"), json!({"cut": {"startMs": 500}})).await;
    assert_eq!((status.as_u16(), &body["code"]), (409, &json!("no_film")));
    // A film that cannot be cut, and one that is there no more.
    let mut mp4 = Vec::new();
    for (name, body) in [(b"ftyp", vec![0; 16]), (b"moov", vec![0; 90]), (b"moof", vec![1; 30]), (b"mdat", vec![7; 300])] {
        mp4.extend([&(body.len() as u32 + 8).to_be_bytes()[..], name, &body].concat());
    }
    let folder = app.state.storage.uploads().join("livestreams");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("film.mp4"), mp4).unwrap();
    for (file, status, code) in [("film.mp4", 415, "unsupported"), ("gone.webm", 409, "no_film")] {
        admin.put(&format!("/livestreams/{live}"), json!({"videoUrl": format!("/uploads/livestreams/{file}")})).await;
        assert_eq!(admin.get(&format!("/livestreams/{live}/replay")).await.1["replay"]["canCut"], json!(file == "gone.webm"), "{file}");
        let (found, body) = admin.put(&format!("/livestreams/{live}/replay"), json!({"cut": {"startMs": 500}})).await;
        assert_eq!((found.as_u16(), body["code"].as_str().unwrap()), (status, code), "{file}: {body}");
    }
    assert_eq!(admin.get(&format!("/livestreams/{live}/replay")).await.1["replay"]["cutting"], false);
}

#[tokio::test]
async fn a_product_comes_up_where_its_host_wants_it() {
    let start = Timestamp::from_millis(1_800_000_000_000);
    let clock = Clock::manual(start);
    let app = TestApp::builder().clock(clock.clone()).start().await;
    let admin = app.admin().await;
    let mut products = Vec::new();
    for name in ["Soap", "Brush"] {
        let (_, body) = admin.post("/products", json!({"name": name, "price": 1200, "stock": 3})).await;
        products.push(body["product"]["_id"].as_str().unwrap().to_owned());
    }
    let (_, body) = admin.post("/livestreams", json!({"title": "Late"})).await;
    let show = body["livestream"]["_id"].as_str().unwrap().to_owned();
    let id = show.parse().unwrap();
    for (number, (second, product)) in [10, 20].into_iter().zip(&products).enumerate() {
        clock.set(start.plus_millis(second * 1000));
        admin.post(&format!("/livestreams/{show}/pin-product"), json!({"productId": product})).await;
        while app.state.db.shelf_changes(id).await.unwrap().len() <= number {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
    clock.set(start.plus_millis(60_000));
    admin.post(&format!("/livestreams/{show}/stop"), json!({})).await;
    let desk = edit(&admin, &show, json!({})).await;
    let moments = desk["moments"].as_array().unwrap();
    assert_eq!(
        moments.iter().map(|moment| (moment["name"].as_str().unwrap(), moment["atMs"].as_u64().unwrap())).collect::<Vec<_>>(),
        [("Soap", 10_000), ("Brush", 20_000)]
    );
    let (soap, brush) = (moments[0]["seq"].as_u64().unwrap(), moments[1]["seq"].as_u64().unwrap());

    let edited = edit(&admin, &show, json!({"moments": [{"seq": soap, "atMs": 4_000}, {"seq": brush}]})).await;
    assert_eq!(
        (&edited["moments"][0]["atMs"], &edited["moments"][0]["wasMs"], &edited["moments"][1]["removed"]),
        (&json!(4_000), &json!(10_000), &json!(true))
    );
    let seen = replays::replay(&app.state, &somebody(), id).await.unwrap();
    assert_eq!(seen.moments.iter().map(|moment| moment.at_ms).collect::<Vec<_>>(), [4_000]);
    assert_eq!(seen.products.iter().map(|product| product.name.as_str()).collect::<Vec<_>>(), ["Soap"], "what was left out was not shown");
    assert_eq!(shelf_at(&seen.moments, 4_000).len(), 1);

    for wrong in [json!([{"seq": soap + 1000, "atMs": 1}]), json!([{"seq": soap}, {"seq": soap}]), json!([{"seq": soap, "at": 1}]), json!({"seq": soap})] {
        assert_eq!(admin.put(&format!("/livestreams/{show}/replay"), json!({ "moments": wrong })).await.0, 422, "{wrong}");
    }
    assert_eq!(edit(&admin, &show, json!({})).await, edited, "what was refused changed nothing");
    assert_eq!(edit(&admin, &show, json!({"moments": []})).await["moments"], desk["moments"], "as it was");
}

#[tokio::test]
async fn captions_are_read_before_they_are_kept_and_given_out_as_text() {
    let app = TestApp::start().await;
    let (admin, guest) = (app.admin().await, app.guest());
    let id = ended_show(&admin, 0).await;
    let path = format!("/livestreams/{id}/captions");
    let send = async |query: &str, kind: &str, body: Vec<u8>| {
        read(admin.request(Method::POST, &format!("{path}{query}")).header("content-type", kind).body(body)).await
    };
    let folder = app.state.storage.captions(id.parse().unwrap());
    let page = b"<html><script>alert(1)</script>".to_vec();
    let (ok, large) = (VTT.as_bytes().to_vec(), [VTT.as_bytes(), &vec![b'x'; 2 * 1024 * 1024]].concat());
    for (name, query, kind, body, status) in [
        ("no language", "", "text/vtt", &ok, 422),
        ("no such language", "?language=en%22%3E", "text/vtt", &ok, 422),
        ("a long label", &format!("?language=en&label={}", "x".repeat(61)), "text/vtt", &ok, 422),
        ("a page", "?language=en", "text/vtt", &page, 422),
        ("a page that says so", "?language=en", "text/html", &page, 415),
        ("nothing", "?language=en", "text/vtt", &vec![], 422),
        ("too large", "?language=en", "text/vtt", &large, 413),
    ] {
        let (found, body) = send(query, kind, body.clone()).await;
        assert_eq!(found.as_u16(), status, "{name}: {body}");
        assert!(!folder.exists() && std::fs::read_dir(app.state.storage.incoming()).map_or(0, Iterator::count) == 0, "{name} leaves nothing");
    }
    let (_, body) = send("?language=en", "text/vtt", b"WEBVTT\n\n00:03.000 --> 00:02.000\nx".to_vec()).await;
    assert!(body["fields"]["captions"].as_str().unwrap().starts_with("Line 3:"), "{body}");
    for (client, expected) in [(app.guest(), 401), (app.customer().await, 403)] {
        let form = client.request(Method::POST, &format!("{path}?language=en")).header("content-type", "text/vtt").body(ok.clone());
        assert_eq!(read(form).await.0, expected);
    }

    let (status, body) = send("?language=pt-BR&label=Portugu%C3%AAs", "text/vtt; charset=utf-8", ok.clone()).await;
    assert_eq!((status.as_u16(), &body["captions"][0]["label"], &body["captions"][0]["language"]), (201, &json!("Português"), &json!("pt-BR")));
    let url = body["captions"][0]["url"].as_str().unwrap().to_owned();
    let answer = guest.request(Method::GET, &url).send().await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!((header("content-type"), header("x-content-type-options")), ("text/vtt; charset=utf-8".into(), "nosniff".into()));
    assert!(header("content-security-policy").contains("sandbox"));
    let tag = header("etag");
    assert_eq!(answer.text().await.unwrap(), "WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nGood <i>evening</i>\n\n00:00:02.500 --> 00:00:03.500\nThis is soap\n");
    let again = guest.request(Method::GET, &url).header(header::IF_NONE_MATCH, tag).send().await.unwrap();
    assert_eq!((again.status().as_u16(), again.bytes().await.unwrap().len()), (304, 0));

    for number in 1..20 {
        assert_eq!(send("?language=en", "text/vtt", ok.clone()).await.0, 201, "{number}");
    }
    assert_eq!(send("?language=en", "text/vtt", ok.clone()).await.1["code"], "too_many_captions");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 20, "what was refused left nothing");
    assert_eq!(app.customer().await.delete(&url).await.0, 403);
    let (status, body) = admin.delete(&url).await;
    assert_eq!((status.as_u16(), body["captions"].as_array().unwrap().len()), (200, 19));
    assert_eq!((admin.delete(&url).await.0, fetch(&guest, &url).await.0), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
}

#[tokio::test]
async fn the_forms_of_the_desk_work_without_script() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let id = ended_show(&admin, 1).await;
    let plain = |path: &str| admin.request(Method::POST, path).header(header::ACCEPT, "text/html").header(header::REFERER, format!("http://{}/back", app.addr));
    let fields = [("id", id.as_str()), ("title", " A better name "), ("description", "Two\nlines")];
    let answer = plain("/fn/rename_livestream").form(&fields).send().await.unwrap();
    let back = answer.headers()[header::LOCATION].to_str().unwrap();
    assert!(answer.status() == 302 && back.trim_end_matches('?').ends_with("/back"), "{back}");
    let form = reqwest::multipart::Form::new().text("id", id.clone()).text("language", "en").text("label", "");
    let file = reqwest::multipart::Part::bytes(VTT.as_bytes()).file_name("../../evil.html").mime_str("text/html").unwrap();
    let answer = plain("/fn/add_captions").multipart(form.part("captions", file)).send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers()[header::LOCATION].to_str().unwrap()), (302, &*format!("/admin/replays/{id}")));
    let (_, show) = admin.get(&format!("/livestreams/{id}")).await;
    assert_eq!((&show["livestream"]["title"], &show["livestream"]["description"]), (&json!("A better name"), &json!("Two\nlines")));
    let desk = edit(&admin, &id, json!({})).await;
    assert_eq!((&desk["captions"][0]["label"], desk["captions"].as_array().unwrap().len()), (&json!("en"), 1));
    let (status, page) = fetch(&admin, &format!("/admin/replays/{id}")).await;
    let page = String::from_utf8(page).unwrap();
    assert!(status == 200 && page.contains("A better name") && page.contains("name=\"title\"") && page.contains("action=\"/fn/add_captions\""));
}
