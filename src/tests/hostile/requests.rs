//! Requests that no honest client sends: every id, every query, names of files, numbers, texts that want to be markup.

use reqwest::{Method, header};
use serde_json::{Value, json};

use crate::support::{SocketClient, TestApp, client::read, described::OPENAPI, machine};

/// Every path with a parameter, and its methods.
fn paths_with_ids() -> Vec<(Method, &'static str)> {
    let paths = OPENAPI["paths"].as_object().unwrap().iter();
    let with_ids = paths.filter(|(path, _)| path.contains('{') && path.as_str() != "/uploads/{path}");
    with_ids
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys().filter_map(|name| Method::from_bytes(name.to_uppercase().as_bytes()).ok());
            methods.filter(|method| [Method::GET, Method::POST, Method::PUT, Method::DELETE].contains(method)).map(move |method| (method, path.as_str()))
        })
        .collect()
}

fn with_id(path: &str, id: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { id } else { part }).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn no_id_makes_a_route_stumble() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let long = "a".repeat(10_000);
    let ids = ["1", "zzzzzzzzzzzzzzzzzzzzzzzz", "000000000000000000000000", "65F0C1D2E3A4B5968778695A", "%00", "%ff", "..%2f..%2fjwt_secret", "$ne", &long];
    for (method, path) in paths_with_ids() {
        for id in ids {
            let request = admin.request(method.clone(), &with_id(path, id));
            let request = if method == Method::GET { request } else { request.json(&json!({})) };
            let response = request.send().await.unwrap();
            let status = response.status().as_u16();
            let body = response.text().await.unwrap();
            assert!(status < 500 && status != 403, "{method} {path} with {id:.30}: {status} {body}");
            // What is malformed is found nowhere; what is well formed and unknown may be refused for its body first.
            assert!(status >= 400, "{method} {path} with {id:.30}: {status} {body}");
        }
    }
}

#[tokio::test]
async fn operators_of_the_database_are_only_text() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    assert_eq!(admin.post("/products", json!({"name": "Balm", "price": 100})).await.0, 201);
    for query in [
        "search[$ne]=x",
        "search=%7B%22%24gt%22%3A%22%22%7D",
        "search=.*",
        "search=(a%2B)%2B%24",
        "search=a%00b",
        "search=%5C",
        "search=%C3%82%F3%B8%B2%B7%00%7F%E2%80%AE",
        "limit[$gt]=0",
        "limit=-1",
        "limit=1e9",
        "page=NaN",
        "$where=1",
    ] {
        for path in ["/products", "/livestreams", "/livestreams/past"] {
            let (status, body) = app.guest().get(&format!("{path}?{query}")).await;
            assert!(status == 200 || status == 422, "{path}?{query}: {status} {body}");
        }
    }
    let (_, found) = app.guest().get("/products?search=.*").await;
    assert_eq!(found["total"], 0, "a search looks for what was typed");
    for body in [
        json!({"email": {"$gt": ""}, "password": {"$gt": ""}}),
        json!({"email": "a@b.c", "password": {"$ne": ""}}),
        json!({"email": ["a@b.c"], "password": "x"}),
    ] {
        let (status, answer) = app.guest().post("/auth/login", body.clone()).await;
        assert_eq!(status, 422, "{body}: {answer}");
    }
    for (field, value) in [("$set", json!({"price": 0})), ("price.$", json!(0)), ("images.0", json!("/x")), ("_id", json!("000000000000000000000000"))] {
        let mut body = json!({"name": "x", "price": 1});
        body[field] = value;
        let (status, answer) = admin.post("/products", body).await;
        assert_eq!(status, 422, "{field}: {answer}");
    }
}

#[tokio::test]
async fn numbers_that_are_none_are_refused() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let digits = "9".repeat(60_000);
    let endless = "9".repeat(10 * 1024 * 1024);
    for (price, expected) in [
        (digits.as_str(), "400 422"),
        (endless.as_str(), "413"),
        ("1e999999999", "400 422"),
        ("9007199254740993", "422"),
        ("18446744073709551616", "422"),
        ("-1", "422"),
        ("0.5", "422"),
        ("NaN", "400"),
        ("null", "422"),
        ("true", "422"),
        ("1,\"__proto__\":{\"role\":\"admin\"}", "422"),
        ("1,\"constructor\":{\"prototype\":{}}", "422"),
    ] {
        let body = format!("{{\"name\":\"x\",\"price\":{price}}}");
        let request = admin.request(Method::POST, "/products").header(header::CONTENT_TYPE, "application/json").body(body);
        let Ok(response) = request.send().await else {
            // A body that large may be cut off before the answer is read.
            assert_eq!(expected, "413", "{price:.30}");
            continue;
        };
        assert!(expected.contains(response.status().as_str()), "{price:.30}: {}", response.status());
    }
    assert_eq!(app.guest().get("/products").await.1["total"], 0);
}

#[tokio::test]
async fn what_people_say_is_never_markup_on_a_page() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let show = super::live_show(&admin).await;
    let page = async || {
        let response = app.guest().request(Method::GET, &format!("/live/{show}")).send().await.unwrap();
        assert_eq!(response.status(), 200);
        response.text().await.unwrap()
    };
    let elements = |html: &str| ["<script", "<img", "<svg", "<iframe", "<a ", "<style"].map(|element| html.matches(element).count());
    // One harmless line, so that the chat is there in both.
    assert_eq!(admin.post(&format!("/livestreams/{show}/chat"), json!({"message": "hello"})).await.0, 201);
    let before = elements(&page().await);
    let texts = [
        "<script>alert(1)</script>",
        "</script><script>alert(1)</script>",
        "--><img src=x onerror=alert(1)>",
        "<svg onload=alert(1)>",
        "<iframe src=javascript:alert(1)>",
        "{{7*7}} ${7*7} #{7*7}",
        "<a href=\"javascript:alert(1)\">x</a>",
        "</div></main><style>*{display:none}</style>",
    ];
    for text in texts {
        let (status, body) = admin.post(&format!("/livestreams/{show}/chat"), json!({"message": text})).await;
        assert_eq!((status.as_u16(), &body["chatMessage"]["message"]), (201, &json!(text)), "kept as it was typed: {body}");
    }
    let html = page().await;
    assert!(html.contains("{{7*7}}"), "the chat is on the page");
    assert_eq!(elements(&html), before, "no new element: {html}");
    for text in texts.iter().filter(|text| text.contains('<')) {
        assert!(!html.contains(text), "{text} stands in the page as it was typed");
    }
}

#[tokio::test]
async fn no_name_of_a_file_reaches_the_disk() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let mut png = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(8, 8).write_to(&mut png, image::ImageFormat::Png).unwrap();
    let long = format!("{}.png", "n".repeat(4096));
    let names = ["../../x.png", "..%2f..%2fx.png", "C:\\x.png", "nul\0.png", &long, ".htaccess", "..", "CON", "a\nb.png", "x.php;.png", "\u{202e}gnp.exe"];
    for name in names {
        let mut body = format!("--x\r\nContent-Disposition: form-data; name=\"image\"; filename=\"{name}\"\r\n\r\n").into_bytes();
        body.extend_from_slice(png.get_ref());
        body.extend_from_slice(b"\r\n--x--\r\n");
        let request = admin.request(Method::POST, "/uploads/product-image").header(header::CONTENT_TYPE, "multipart/form-data; boundary=x").body(body);
        let (status, answer) = read(request).await;
        match status.as_u16() {
            201 => assert!(wrencos::domain::product::is_issued_path(answer["url"].as_str().unwrap()), "{name:.30}: {answer}"),
            // A header that is no header, or one that is too long.
            400 => assert!(name.contains(['\0', '\n']) || name.len() > 1000, "{name:.30}: {answer}"),
            other => panic!("{name:.30}: {other} {answer}"),
        }
    }
    let mut folders = vec![app.state.storage.uploads()];
    let mut found = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            if entry.path().is_dir() {
                folders.push(entry.path());
            } else {
                found += 1;
                let stem = name.strip_suffix(".jpg").unwrap_or_else(|| panic!("{name}"));
                assert!(stem.len() >= 16 && stem.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-'), "{name} is of our making");
            }
        }
    }
    assert!(found >= 5, "{found} pictures were kept");
}

#[tokio::test]
async fn many_ranges_at_once_cost_no_more_than_the_file() {
    let app = TestApp::start().await;
    let folder = app.state.storage.uploads().join("livestreams");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("film.webm"), vec![7; 100_000]).unwrap();
    let thousand = format!("bytes={}", (0..1000).map(|at| format!("{at}-99999")).collect::<Vec<_>>().join(","));
    for range in [
        thousand.as_str(),
        "bytes=0-0,2-2",
        "bytes=--1",
        "bytes=-0",
        "bytes=a-b",
        "bytes=",
        "lines=1-2",
        "bytes=0-18446744073709551616",
        "bytes=99999999999999999999-",
    ] {
        let response = app.guest().request(Method::GET, "/uploads/livestreams/film.webm").header(header::RANGE, range).send().await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.bytes().await.unwrap().len();
        assert!([200, 206, 416].contains(&status) && bytes <= 100_000, "{range:.40}: {status}, {bytes} bytes");
    }
}

#[tokio::test]
async fn hundreds_who_sign_in_at_once_take_turns_and_the_chat_goes_on() {
    let app = TestApp::builder().settings(|settings| settings.trusted_proxies = Some("127.0.0.1".into())).start().await;
    let admin = app.admin().await;
    let show = super::live_show(&admin).await;
    let mut host = SocketClient::host(&app, admin.token(), &show, "host").await;
    let before = machine::resident_kib();
    let guest = app.guest();
    let attempts = (0..300).map(|number| {
        let from = format!("198.51.{}.{}", number / 200, number % 200);
        let request = guest.request(Method::POST, "/auth/login").header("x-forwarded-for", from);
        let body = json!({"email": format!("person{number}@example.com"), "password": "wrong horse"});
        async move { request.json(&body).send().await.unwrap().status().as_u16() }
    });
    let attempts = futures::future::join_all(attempts);
    let talk = async {
        for at in 0..5 {
            let text = format!("{at}");
            host.send(json!({"type": "chat_message", "message": text})).await;
            host.until_that("its own", |frame| frame["type"] == "chat_message" && frame["message"] == text).await;
        }
    };
    let mut attempts = std::pin::pin!(attempts);
    tokio::select! {
        biased;
        _ = &mut attempts => panic!("three hundred hashes were quicker than five messages"),
        () = talk => {}
    }
    assert!(attempts.await.iter().all(|status| *status == 401));
    // Each hash takes 19 MiB; three hundred at once would be more than five GiB. What is left is three hundred connections.
    let cores = std::thread::available_parallelism().unwrap().get() as u64;
    let grown = machine::most_resident_kib().saturating_sub(before);
    assert!(grown < (cores * 64 + 384) * 1024, "{grown} KiB more");
}

#[tokio::test]
async fn a_document_that_is_damaged_does_not_take_the_others_with_it() {
    use mongodb::bson::{Document, doc, oid::ObjectId};
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (_, body) = admin.post("/products", json!({"name": "Balm", "price": 100})).await;
    let whole = body["product"]["_id"].as_str().unwrap().to_owned();
    let show = super::live_show(&admin).await;
    let client = mongodb::Client::with_uri_str(&app.uri).await.unwrap();
    let database = client.default_database().unwrap();
    let add = async |collection: &str, document: Document| {
        database.collection::<Document>(collection).insert_one(&document).await.unwrap();
        document.get_object_id("_id").unwrap().to_hex()
    };
    // Nothing but what must be there, and more than we know.
    let bare = add("products", doc! { "_id": ObjectId::new(), "name": "Old balm", "__v": 3, "seller": { "$oid": "x" } }).await;
    let broken = add("products", doc! { "_id": ObjectId::new(), "name": 7, "price": "free" }).await;
    let old_show = add("livestreams", doc! { "_id": ObjectId::new(), "status": "ended", "__v": 1, "agoraChannel": "x" }).await;
    let broken_show = add("livestreams", doc! { "_id": ObjectId::new(), "status": "live", "title": ["no", "text"] }).await;
    let broken_past = add("livestreams", doc! { "_id": ObjectId::new(), "status": "ended", "title": 7 }).await;
    let ids = |body: &Value, list: &str| body[list].as_array().unwrap().iter().map(|item| item["_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();

    let (status, body) = app.guest().get("/products").await;
    let listed = ids(&body, "products");
    assert!(status == 200 && listed.contains(&whole) && listed.contains(&bare) && !listed.contains(&broken), "{status} {body}");
    assert_eq!(app.guest().get(&format!("/products/{bare}")).await.1["product"]["name"], "Old balm");
    for (path, has) in [("/livestreams", &show), ("/livestreams/past", &old_show)] {
        let (status, body) = app.guest().get(path).await;
        let listed = ids(&body, "livestreams");
        assert!(status == 200 && listed.contains(has) && !listed.contains(&broken_show) && !listed.contains(&broken_past), "{path}: {status} {body}");
    }
    assert_eq!(app.guest().get(&format!("/livestreams/{old_show}")).await.0, 200);
    // Asked for itself it is a fault of ours, with a reference; and a server starts over it.
    let (status, body) = app.guest().get(&format!("/products/{broken}")).await;
    assert_eq!((status.as_u16(), &body["code"]), (500, &json!("internal")), "{body}");
    let next = TestApp::builder().database(app.uri.clone()).start().await;
    assert_eq!(next.guest().get("/livestreams/active").await.1["livestream"]["_id"], json!(show));
}
