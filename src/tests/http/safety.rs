//! What stands in front of every route: other sites, headers, policies, the log.

use reqwest::{Method, StatusCode, header};
use serde_json::json;

use crate::support::TestApp;

#[tokio::test]
async fn pages_of_other_sites_change_nothing() {
    let app = TestApp::builder().settings(|settings| settings.allowed_origins = Some("https://partner.example".into())).start().await;
    let admin = app.admin().await;
    let own = format!("http://{}", app.addr);
    for (headers, expected) in [
        (vec![("sec-fetch-site", "cross-site")], StatusCode::FORBIDDEN),
        (vec![("sec-fetch-site", "same-site")], StatusCode::FORBIDDEN),
        (vec![("origin", "https://evil.example")], StatusCode::FORBIDDEN),
        (vec![("origin", "null")], StatusCode::FORBIDDEN),
        (vec![("origin", "https://partner.example.evil.example")], StatusCode::FORBIDDEN),
        (vec![("origin", "https://partner.example"), ("sec-fetch-site", "cross-site")], StatusCode::CREATED),
        (vec![("origin", own.as_str()), ("sec-fetch-site", "same-origin")], StatusCode::CREATED),
        (vec![], StatusCode::CREATED),
    ] {
        let request = headers.iter().fold(admin.request(Method::POST, "/products"), |request, (name, value)| request.header(*name, *value));
        let response = request.json(&json!({"name": "x", "price": 1})).send().await.unwrap();
        assert_eq!(response.status(), expected, "{headers:?}");
        if expected == StatusCode::FORBIDDEN {
            assert!(response.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).is_none());
            let body: serde_json::Value = response.json().await.unwrap();
            assert_eq!(body["code"], "cross_origin");
        }
    }
    let preflight = |origin: &'static str| {
        app.guest().request(Method::OPTIONS, "/products").header("origin", origin).header("access-control-request-method", "POST").send()
    };
    let allowed = preflight("https://partner.example").await.unwrap();
    assert_eq!(
        (allowed.status(), &allowed.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN]),
        (StatusCode::NO_CONTENT, &"https://partner.example".parse().unwrap())
    );
    assert!(preflight("https://evil.example").await.unwrap().headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).is_none());
    let function = app.guest().request(Method::GET, "/fn/current_user").header("sec-fetch-site", "cross-site").send().await.unwrap();
    assert_eq!(function.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn pages_run_only_our_scripts() {
    let app = TestApp::start().await;
    let mut nonces = Vec::new();
    for path in ["/login", "/no/such/page"] {
        let response = app.guest().request(Method::GET, path).send().await.unwrap();
        let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        for part in ["'strict-dynamic'", "'wasm-unsafe-eval'", "style-src 'self';", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline"));
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(response.headers()["permissions-policy"].to_str().unwrap().contains("camera=(self)"));
        assert!(response.headers().contains_key("x-request-id"));
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        let html = response.text().await.unwrap();
        let scripts = html.matches("<script").count();
        assert!(scripts > 0 && html.matches(&format!("nonce=\"{nonce}\"")).count() >= scripts, "{path}: {html}");
        nonces.push(nonce);
    }
    assert_ne!(nonces[0], nonces[1]);
}

#[tokio::test]
async fn a_session_is_given_once_and_cannot_be_made_up() {
    let app = TestApp::start().await;
    let browser = app.guest();
    let session = |response: &reqwest::Response| {
        let cookies = response.headers().get_all(header::SET_COOKIE).iter();
        cookies.filter_map(|value| value.to_str().unwrap().strip_prefix("wrencos_session=").map(|rest| rest.split(';').next().unwrap().to_owned())).next()
    };
    let given = session(&browser.request(Method::GET, "/products").send().await.unwrap()).unwrap();
    assert!(app.state.sessions.verify(&given).is_some());
    assert_eq!(session(&browser.request(Method::GET, "/products").send().await.unwrap()), None, "kept");
    let forged = app.guest().request(Method::GET, "/products").header(header::COOKIE, format!("wrencos_session={}.{}", "0".repeat(32), "0".repeat(64)));
    let replaced = session(&forged.send().await.unwrap()).unwrap();
    assert!(!replaced.starts_with(&"0".repeat(32)));
    assert_eq!(session(&app.guest().request(Method::GET, "/healthz").send().await.unwrap()), None, "watchers are no visitors");
}

#[tokio::test]
async fn what_caches_may_keep_carries_no_session_and_what_is_ones_own_is_not_kept() {
    let app = TestApp::start().await;
    std::fs::write(app.data.path().join("site/pkg/wrencos.js"), "export {}").unwrap();
    std::fs::write(app.data.path().join("site/pkg/wrencos.K9rc3Pw0s1hJxV2bL5mQ8A.wasm"), "wasm").unwrap();
    for (path, caching, has_cookie) in [
        ("/pkg/wrencos.K9rc3Pw0s1hJxV2bL5mQ8A.wasm", "public, max-age=31536000, immutable", false),
        ("/pkg/wrencos.js", "no-cache", false),
        ("/livestreams", "private, no-store", true),
        ("/auth/me", "no-store", true),
        ("/login", "private, no-cache", true),
    ] {
        let response = app.guest().request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.headers()[header::CACHE_CONTROL], caching, "{path}");
        assert_eq!(response.headers().contains_key(header::SET_COOKIE), has_cookie, "{path}");
    }
    let admin = app.admin().await;
    let (_, body) = admin.post("/livestreams", json!({"title": "Spring"})).await;
    let path = format!("/livestreams/{}", body["livestream"]["_id"].as_str().unwrap());
    let guest = app.guest();
    let session = guest.request(Method::GET, &path).send().await.unwrap().headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    guest.post(&format!("{path}/like"), json!({})).await;
    let (_, body) = guest.get(&path).await;
    let liked_by = body["livestream"]["likedBy"][0].as_str().unwrap();
    assert!(liked_by.starts_with("guest-") && liked_by.len() == 14, "{liked_by}");
    assert!(session.contains(&liked_by[6..]) && body["livestream"]["liked"] == true);
}

#[tokio::test]
async fn site_files_are_fresh_or_for_ever() {
    let app = TestApp::start().await;
    let site = app.data.path().join("site");
    std::fs::write(site.join("pkg/wrencos.js"), "export {}").unwrap();
    std::fs::write(site.join("pkg/wrencos.js.br"), "br").unwrap();
    std::fs::write(site.join("pkg/wrencos.K9rc3Pw0s1hJxV2bL5mQ8A.wasm"), "wasm").unwrap();
    std::fs::write(site.join(".env"), "secret").unwrap();
    std::fs::write(app.data.path().join("secret.txt"), "secret").unwrap();
    let get = |path: &'static str, name: &'static str, value: String| app.guest().request(Method::GET, path).header(name, value).send();
    let script = get("/pkg/wrencos.js", "accept", "*/*".into()).await.unwrap();
    assert_eq!((script.status(), &script.headers()[header::CACHE_CONTROL]), (StatusCode::OK, &"no-cache".parse().unwrap()));
    let tag = script.headers()[header::ETAG].to_str().unwrap().to_owned();
    assert_eq!(get("/pkg/wrencos.js", "if-none-match", tag).await.unwrap().status(), StatusCode::NOT_MODIFIED);
    let packed = get("/pkg/wrencos.js", "accept-encoding", "br".into()).await.unwrap();
    assert_eq!(packed.headers()[header::CONTENT_ENCODING], "br");
    let hashed = get("/pkg/wrencos.K9rc3Pw0s1hJxV2bL5mQ8A.wasm", "accept", "*/*".into()).await.unwrap();
    assert!(hashed.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    assert_eq!(hashed.headers()[header::CONTENT_TYPE], "application/wasm");
    for path in ["/.env", "/pkg/", "/pkg", "/..%2fsecret.txt", "/%2e%2e/secret.txt"] {
        let response = get(path, "accept", "*/*".into()).await.unwrap();
        let status = response.status();
        assert!(status == StatusCode::NOT_FOUND && !response.text().await.unwrap().contains("secret"), "{path} {status}");
    }
}
