//! What every route with a body does with one that is not what it takes: tried on every route that describes a body.

use reqwest::{RequestBuilder, header};
use serde_json::{Value, json};

use super::described;
use crate::support::{TestApp, client};

async fn with_agora() -> TestApp {
    let change = |settings: &mut wrencos::server::config::Settings| {
        settings.agora_app_id = Some("0123456789abcdef0123456789abcdef".into());
        settings.agora_app_certificate = Some("fedcba9876543210fedcba9876543210".into());
    };
    TestApp::builder().settings(change).start().await
}

fn raw(request: RequestBuilder, body: impl Into<reqwest::Body>) -> RequestBuilder {
    request.header(header::CONTENT_TYPE, "application/json").body(body)
}

#[tokio::test]
async fn every_body_is_refused_as_it_is_described() {
    let app = with_agora().await;
    let admin = app.admin().await;
    for route in described() {
        let Some((schema, example)) = route.body() else { continue };
        let request = || route.request(&admin);
        assert_eq!(client::read(raw(request(), "{")).await.0, 400, "{route} with half a body");
        let as_text = request().header(header::CONTENT_TYPE, "text/plain").body("{}");
        assert_eq!(client::read(as_text).await.0, 415, "{route} with a text");
        let large = format!(r#"{{"filler":"{}"}}"#, "x".repeat(64 * 1024));
        assert_eq!(client::read(raw(request(), large)).await.0, 413, "{route} with a body that is too large");
        assert_eq!(client::read(raw(request(), "[]")).await.0, 422, "{route} with a list");
        for part in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            let mut without = example.clone();
            without.as_object_mut().unwrap().remove(part);
            let (status, body) = client::read(request().json(&without)).await;
            assert_eq!((status.as_u16(), &body["code"]), (422, &json!("invalid")), "{route} without {part}: {body}");
            assert!(body["fields"].get(part).is_some(), "{route} without {part} does not name it: {body}");
        }
        if schema["additionalProperties"] == false {
            let mut more = example.clone();
            more["noSuchPart"] = json!(1);
            let (status, body) = client::read(request().json(&more)).await;
            assert_eq!(status, 422, "{route} with a part that is not described: {body}");
            assert!(body["fields"].get("noSuchPart").is_some(), "{route}: {body}");
        }
    }
}
