//! Registration, signing in and out, and every way to pretend.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use wrencos::{
    domain::{id::UserId, time::Timestamp, user::Role},
    server::{auth::token::TOKEN_SECONDS, clock::Clock, service::accounts},
};

use crate::support::{Client, TestApp, app::PASSWORD, client::read};

fn registration(email: &str) -> Value {
    json!({"email": email, "password": PASSWORD, "name": "Ada"})
}

fn id_of(body: &Value) -> UserId {
    body["user"]["_id"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn the_first_account_is_the_admin_however_many_register_at_once() {
    let app = TestApp::start().await;
    let guest = app.guest();
    let attempts = (0..8).map(|number| {
        let guest = guest.clone();
        async move { guest.post("/auth/register", registration(&format!("person{number}@example.com"))).await }
    });
    let answers = futures::future::join_all(attempts).await;
    assert!(answers.iter().all(|(status, _)| *status == StatusCode::CREATED), "{answers:?}");
    let admins = answers.iter().filter(|(_, body)| body["user"]["role"] == "admin").count();
    assert_eq!(admins, 1, "exactly one admin");
}

#[tokio::test]
async fn an_account_signs_in_by_header_and_by_cookie_and_out_for_good() {
    let app = TestApp::start().await;
    let browser = app.guest();
    let response = browser.request(Method::POST, "/api/auth/register").json(&registration(" Ada@Example.com ")).send().await.unwrap();
    let cookies: Vec<_> = response.headers().get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap().to_owned()).collect();
    let token_cookie = cookies.iter().find(|cookie| cookie.starts_with("wrencos_token=")).unwrap();
    assert!(token_cookie.contains("HttpOnly") && token_cookie.contains("SameSite=Lax") && token_cookie.contains("Path=/"), "{token_cookie}");
    assert!(!token_cookie.contains("Secure"), "plain HTTP here: {token_cookie}");
    assert!(cookies.iter().any(|cookie| cookie.starts_with("wrencos_session=") && cookie.contains("HttpOnly")));
    let body: Value = response.json().await.unwrap();
    assert!(body["user"].get("passwordHash").is_none() && body["user"].get("tokenVersion").is_none());
    assert_eq!(body["user"]["email"], "ada@example.com");
    let bearer = Client::new(app.addr, Some(body["token"].as_str().unwrap().to_owned()));
    for who in [&browser, &bearer] {
        assert_eq!(who.get("/auth/me").await.1["user"]["email"], "ada@example.com");
    }
    let (status, body) = browser.post("/auth/login", json!({"email": "ADA@example.com", "password": PASSWORD})).await;
    assert_eq!((status, body["user"]["name"].as_str()), (StatusCode::OK, Some("Ada")));
    let second = Client::new(app.addr, Some(body["token"].as_str().unwrap().to_owned()));
    assert_eq!(bearer.post("/auth/logout", json!({})).await.0, StatusCode::OK);
    assert_eq!(bearer.get("/auth/me").await.0, StatusCode::UNAUTHORIZED, "signed out");
    assert_eq!(second.get("/auth/me").await.0, StatusCode::OK, "another session of the same account goes on");
    assert_eq!(browser.post("/auth/logout", json!({})).await.0, StatusCode::OK);
    assert_eq!(browser.get("/auth/me").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(app.guest().get("/auth/me").await.1["code"], "unauthorized");
}

#[tokio::test]
async fn over_tls_cookies_never_travel_without_it() {
    let app = TestApp::builder().settings(|settings| settings.public_url = Some("https://shop.example".into())).start().await;
    let response = app.guest().request(Method::POST, "/auth/register").json(&registration("ada@example.com")).send().await.unwrap();
    let cookies: Vec<_> = response.headers().get_all(header::SET_COOKIE).iter().collect();
    assert_eq!(cookies.len(), 2);
    assert!(cookies.iter().all(|cookie| cookie.to_str().unwrap().contains("Secure")), "{cookies:?}");
}

#[tokio::test]
async fn a_registration_names_what_is_wrong() {
    let app = TestApp::start().await;
    let guest = app.guest();
    let (status, body) = guest.post("/auth/register", json!({"email": "nobody", "password": "short", "name": " "})).await;
    assert_eq!((status, body["code"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("invalid")));
    let fields: Vec<_> = body["fields"].as_object().unwrap().keys().collect();
    assert_eq!(fields, ["email", "name", "password"]);
    assert_eq!(guest.post("/auth/register", registration("ada@example.com")).await.0, StatusCode::CREATED);
    let (status, body) = guest.post("/auth/register", registration("Ada@Example.com")).await;
    assert_eq!((status, body["code"].as_str()), (StatusCode::CONFLICT, Some("email_taken")));
    for (body, field) in [
        (json!({"email": {"$gt": ""}, "password": PASSWORD, "name": "x"}), "email"),
        (json!({"email": "a@b.c", "password": ["x"], "name": "x"}), "password"),
        (json!({"email": "a@b.c", "password": PASSWORD}), "name"),
        (json!({"email": "a@b.c", "password": "x".repeat(129), "name": "x"}), "password"),
        (json!({"email": "a@b.c", "password": "nul\u{0}inside-it", "name": "x"}), "password"),
        (json!({"email": "a@b.c", "password": PASSWORD, "name": format!("z{}", "\u{301}".repeat(4000))}), "name"),
    ] {
        let (status, answer) = guest.post("/auth/register", body.clone()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body} {answer}");
        assert!(answer["fields"].get(field).is_some(), "{answer}");
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused_in_one_shape() {
    let app = TestApp::start().await;
    let guest = app.guest();
    let post =
        |content_type: &'static str, body: Vec<u8>| read(guest.request(Method::POST, "/auth/login").header(header::CONTENT_TYPE, content_type).body(body));
    let json = "application/json";
    for (name, request, expected) in [
        ("half an object", post(json, b"{\"email\":".to_vec()), 400),
        ("nothing", post(json, vec![]), 400),
        ("a byte order mark", post(json, b"\xef\xbb\xbf{}".to_vec()), 400),
        ("a lone surrogate", post(json, br#"{"email":"\ud800","password":"x"}"#.to_vec()), 400),
        ("a hundred thousand brackets", post(json, b"[".repeat(50_000)), 422),
        ("deep inside a field", post(json, [br#"{"email":"a","password":"b","x":"#.to_vec(), b"[".repeat(50_000)].concat()), 400),
        ("twice the same name", post(json, br#"{"email":"a","email":"b","password":"x"}"#.to_vec()), 422),
        ("a form", post("application/x-www-form-urlencoded", b"email=a&password[$ne]=1".to_vec()), 415),
        ("no type", post("", b"{}".to_vec()), 415),
        ("one byte too many", post(json, vec![b' '; 64 * 1024 + 1]), 413),
    ] {
        let (status, body) = request.await;
        assert_eq!(status.as_u16(), expected, "{name}: {body}");
        assert!(body["message"].is_string() && body["code"].is_string(), "{name}: {body}");
    }
    let zipped = guest.request(Method::POST, "/auth/login").header(header::CONTENT_TYPE, json).header(header::CONTENT_ENCODING, "gzip").body(vec![0x1f, 0x8b]);
    assert_eq!(read(zipped).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let chunked = guest.request(Method::POST, "/auth/login").header(header::CONTENT_TYPE, json);
    let pieces = futures::stream::iter((0..80).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1024])));
    assert_eq!(read(chunked.body(reqwest::Body::wrap_stream(pieces))).await.0, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_wrong_address_and_a_wrong_password_look_the_same() {
    let app = TestApp::start().await;
    let guest = app.guest();
    guest.post("/auth/register", registration("ada@example.com")).await;
    let mut answers = Vec::new();
    let mut times = [Duration::ZERO; 2];
    for round in 0..4 {
        for (kind, email) in ["ada@example.com", "nobody@example.com"].into_iter().enumerate() {
            let started = Instant::now();
            let answer = guest.post("/auth/login", json!({"email": email, "password": format!("wrong horse {round}")})).await;
            times[kind] += started.elapsed();
            assert_eq!(answer.0, StatusCode::UNAUTHORIZED);
            answers.push(answer.1);
        }
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    // A machine under load cannot be asked for five per cent; leaving the hash out would make a factor of ten or more.
    let (known, unknown) = (times[0].as_secs_f64(), times[1].as_secs_f64());
    assert!(known < unknown * 3.0 && unknown < known * 3.0, "{times:?}");
    assert_eq!(guest.post("/auth/login", json!({"email": "ada@example.com", "password": "x".repeat(129)})).await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_eleventh_attempt_in_a_minute_waits_whatever_it_claims_about_its_address() {
    let app = TestApp::start().await;
    let guest = app.guest();
    let attempt = |number: u32| {
        let forged = format!("198.51.100.{number}");
        let request = guest.request(Method::POST, "/auth/login").header("x-forwarded-for", forged).header("host", "evil.example");
        request.json(&json!({"email": "ada@example.com", "password": "wrong horse"})).send()
    };
    for number in 0..10 {
        assert_eq!(attempt(number).await.unwrap().status(), StatusCode::UNAUTHORIZED);
    }
    let refused = attempt(10).await.unwrap();
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = refused.headers()[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait));
    let other = guest.post("/auth/login", json!({"email": "bob@example.com", "password": "wrong horse"})).await;
    assert_eq!(other.0, StatusCode::UNAUTHORIZED, "another account is not locked");
}

#[tokio::test]
async fn behind_a_trusted_proxy_its_word_about_addresses_counts() {
    let app = TestApp::builder().settings(|settings| settings.trusted_proxies = Some("127.0.0.1".into())).start().await;
    let guest = app.guest();
    for number in 0..15 {
        let request = guest.request(Method::POST, "/auth/login").header("x-forwarded-for", format!("198.51.100.{number}"));
        let status = request.json(&json!({"email": "ada@example.com", "password": "wrong horse"})).send().await.unwrap().status();
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{number}");
    }
}

#[tokio::test]
async fn tokens_end_with_time_role_and_password() {
    let start = Timestamp::from_millis(1_800_000_000_000);
    let clock = Clock::manual(start);
    let app = TestApp::builder().clock(clock.clone()).start().await;
    let guest = app.guest();
    let (_, body) = guest.post("/auth/register", registration("ada@example.com")).await;
    let (id, token) = (id_of(&body), body["token"].as_str().unwrap().to_owned());
    let ada = Client::new(app.addr, Some(token));
    assert_eq!(ada.get("/auth/me").await.0, StatusCode::OK);
    clock.set(start.plus_millis(TOKEN_SECONDS * 1000));
    assert_eq!(ada.get("/auth/me").await.0, StatusCode::UNAUTHORIZED, "expired");
    clock.set(start);
    assert_eq!(ada.get("/auth/me").await.0, StatusCode::OK);
    accounts::set_role(&app.state, id, Role::Customer).await.unwrap();
    assert_eq!(ada.get("/auth/me").await.0, StatusCode::UNAUTHORIZED, "the role changed");
    let (_, body) = guest.post("/auth/login", json!({"email": "ada@example.com", "password": PASSWORD})).await;
    let ada = Client::new(app.addr, Some(body["token"].as_str().unwrap().to_owned()));
    assert_eq!(ada.get("/auth/me").await.1["user"]["role"], "customer");
    let hash = app.state.passwords.hash("another password".into()).await.unwrap();
    app.state.db.set_password(id, &hash).await.unwrap();
    assert_eq!(ada.get("/auth/me").await.0, StatusCode::UNAUTHORIZED, "the password changed");
}

#[tokio::test]
async fn a_token_that_does_not_hold_makes_a_guest_and_nothing_more() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let cut = &admin.token()[..admin.token().len() - 1];
    let long = "x".repeat(8192);
    let mut answers = Vec::new();
    for token in [cut, &long, "", "a.b.c", "null"] {
        let pretender = Client::new(app.addr, Some(token.to_owned()));
        assert_eq!(pretender.get("/products").await.0, StatusCode::OK, "reading is for everyone");
        let (status, body) = pretender.post("/products", json!({"name": "x", "price": 1})).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{token}");
        answers.push(body);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let other_scheme = app.guest().request(Method::GET, "/auth/me").header(header::AUTHORIZATION, "Basic YTpi");
    assert_eq!(read(other_scheme).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn both_unicode_forms_of_a_password_are_the_same() {
    let app = TestApp::start().await;
    let guest = app.guest();
    guest.post("/auth/register", json!({"email": "ada@example.com", "password": "cr\u{e8}me br\u{fb}l\u{e9}e", "name": "Ada"})).await;
    let (status, _) = guest.post("/auth/login", json!({"email": "ada@example.com", "password": "cre\u{300}me bru\u{302}le\u{301}e"})).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn plain_forms_sign_in_and_lead_only_within_the_shop() {
    let app = TestApp::start().await;
    app.guest().post("/auth/register", registration("ada@example.com")).await;
    let sign_in = |next: &str| {
        let form = format!("email=ada%40example.com&password={}&next={}", PASSWORD.replace(' ', "+"), next.replace('/', "%2F"));
        app.guest()
            .request(Method::POST, "/fn/login")
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form)
            .send()
    };
    for (next, lands) in
        [("/live", "/live"), ("//evil.example", "/admin"), ("/\\evil.example", "/admin"), ("https:%2F%2Fevil.example", "/admin"), ("javascript:1", "/admin")]
    {
        let response = sign_in(next).await.unwrap();
        assert_eq!(response.status(), StatusCode::FOUND, "{next}");
        assert_eq!(response.headers()[header::LOCATION], lands, "{next}");
        assert!(response.headers().get_all(header::SET_COOKIE).iter().any(|cookie| cookie.to_str().unwrap().starts_with("wrencos_token=")));
    }
}

#[tokio::test]
async fn server_functions_answer_with_the_status_they_mean() {
    let app = TestApp::start().await;
    let call = |path: &'static str, body: &'static str| {
        read(app.guest().request(Method::POST, path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body))
    };
    let (status, body) = call("/fn/login", "email=a%40b.c&password=wrong+horse").await;
    assert_eq!((status, body["code"].as_str()), (StatusCode::UNAUTHORIZED, Some("wrong_credentials")));
    assert_eq!(call("/fn/register", "email=a&password=b&name=").await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(call("/fn/delete_product", "id=65f0c1d2e3a4b5968778695a").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(call("/fn/login", "nonsense").await.0, StatusCode::BAD_REQUEST);
    for path in ["/fn/login", "/fn/register", "/fn/logout", "/fn/create_product", "/fn/delete_product", "/fn/upload_product_image"] {
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE] {
            let request = app.guest().request(method.clone(), path).header("x-http-method-override", "POST");
            assert_eq!(request.send().await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        }
    }
    let huge = app.guest().request(Method::POST, "/fn/login").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body("x".repeat(300 * 1024));
    assert_eq!(read(huge).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let boundless = app.guest().request(Method::POST, "/fn/upload_product_image").header(header::CONTENT_TYPE, "multipart/form-data").body("x");
    assert_eq!(read(boundless).await.0, StatusCode::BAD_REQUEST);
}
