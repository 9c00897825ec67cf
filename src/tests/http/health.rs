//! Signs of life, and answers to what does not exist.

use reqwest::{Method, StatusCode};

use crate::support::{TestApp, client::read};

#[tokio::test]
async fn a_healthy_server_says_so() {
    let app = TestApp::start().await;
    let guest = app.guest();
    assert_eq!(guest.get("/healthz").await.0, StatusCode::OK);
    assert_eq!(guest.get("/readyz").await.0, StatusCode::OK);
    let metrics = guest.request(Method::GET, "/metrics").send().await.unwrap();
    assert_eq!(metrics.status(), StatusCode::OK);
    let text = metrics.text().await.unwrap();
    assert!(text.contains("http_responses_total{status=\"200\"} 2"), "who asks first hears of what was before:\n{text}");
}

#[tokio::test]
async fn what_does_not_exist_is_said_in_the_form_of_its_place() {
    let app = TestApp::start().await;
    let guest = app.guest();
    for path in ["/api/nothing", "/products/65f0c1d2e3a4b5968778695a", "/api/products/65f0c1d2e3a4b5968778695a", "/auth/nothing", "/fn/nothing", "/payments/x"]
    {
        let (status, body) = guest.get(path).await;
        assert_eq!((status, body["code"].as_str()), (StatusCode::NOT_FOUND, Some("not_found")), "{path}");
    }
    let page = guest.request(Method::GET, "/no/such/page").send().await.unwrap();
    assert_eq!(page.status(), StatusCode::NOT_FOUND);
    assert!(page.text().await.unwrap().contains("<html"));
    for (method, path) in
        [(Method::PATCH, "/products"), (Method::GET, "/auth/login"), (Method::GET, "/api/auth/login"), (Method::PUT, "/"), (Method::GET, "/fn/login")]
    {
        let (status, body) = read(guest.request(method.clone(), path)).await;
        assert_eq!((status, body["code"].as_str()), (StatusCode::METHOD_NOT_ALLOWED, Some("method_not_allowed")), "{method} {path}");
    }
}
