//! Served is described, and described is served.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use reqwest::{Method, header};
use wrencos::{
    protocol::{downward::Downward, upward::Upward},
    server::http::{self, carts, describe::frames, health},
};

use super::described;
use crate::support::{Client, TestApp, client, described::ASYNCAPI};

/// The methods that a path has, as the server itself lists them to somebody who uses another one.
async fn methods(client: &Client, path: &str) -> BTreeSet<String> {
    let concrete =
        path.replace("{*path}", "products/a.webp").split('/').map(|part| if part.starts_with('{') { ID } else { part }).collect::<Vec<_>>().join("/");
    let answer = client.request(Method::from_bytes(b"PROBE").unwrap(), &concrete).send().await.unwrap();
    assert_eq!(answer.status(), 405, "{path}");
    let allowed = answer.headers().get(header::ALLOW).unwrap_or_else(|| panic!("{path} does not say what it allows")).to_str().unwrap().to_owned();
    // Every GET is a HEAD too.
    allowed.split(',').map(|method| method.trim().to_owned()).filter(|method| method != "HEAD").collect()
}

const ID: &str = "69a48768105b1ce9027d4401";

#[tokio::test]
async fn every_route_is_described_and_every_description_is_served() {
    let app = TestApp::start().await;
    let guest = app.guest();
    let mut served = BTreeMap::new();
    for path in http::rest().merge(carts::reading()).paths() {
        served.insert(path.replace("{*", "{"), methods(&guest, &format!("/api{path}")).await);
        // The same at the bare path, where reading a cart shares its path with a page.
        assert_eq!(methods(&guest, path).await, served[&path.replace("{*", "{")], "{path} differs from its twin under /api");
    }
    for path in http::at_root().merge(health::routes()).paths() {
        served.insert(path.to_string(), methods(&guest, path).await);
    }
    let mut said: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for route in described() {
        said.entry(route.path.to_owned()).or_default().insert(route.method.to_string());
    }
    assert_eq!(served, said, "left: what is mounted; right: what http/describe/paths says");
}

#[test]
fn routes_are_mounted_through_the_table() {
    let mut findings = Vec::new();
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server");
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&src).unwrap().display().to_string();
            let text = fs::read_to_string(&path).unwrap();
            for line in text.lines() {
                // The router puts tables together; only the table itself knows axum's routers beside it.
                let wrong = match name.as_str() {
                    "http/routes.rs" => false,
                    "router.rs" => {
                        line.contains(".route(")
                            || line.contains("_service(")
                            || (line.contains("http::") && line.contains("merge(") && !line.contains("into_router()"))
                    }
                    _ => line.contains(concat!("Router", "::new()")) || (line.contains(concat!("Router", "<AppState>")) && !line.contains("MethodRouter")),
                };
                if wrong {
                    findings.push(format!("{name}: {}", line.trim()));
                }
            }
        }
    }
    assert!(findings.is_empty(), "use http::routes::Routes, so that the description can be compared:\n  {}", findings.join("\n  "));
}

#[test]
fn every_frame_of_the_server_is_described() {
    // The type names its variants itself when it is asked for one that it has not.
    let error = serde_json::from_str::<Downward>(r#"{"type":"?"}"#).unwrap_err().to_string();
    let of_type: BTreeSet<&str> = error.split('`').skip(3).step_by(2).collect();
    let frames = frames::downward::samples();
    let examples: Vec<serde_json::Value> = frames.iter().map(|frame| serde_json::json!(frame)).collect();
    let said: BTreeSet<&str> = examples.iter().map(|frame| frame["type"].as_str().unwrap()).collect();
    assert!(of_type.len() > 10, "{error}");
    assert_eq!(of_type, said, "left: variants of Downward; right: frames that are described");
    assert_eq!(frames.len(), said.len(), "a frame is described twice");
    in_document("server", &said);
}

#[test]
fn every_frame_of_a_client_is_described() {
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/protocol/upward.rs")).unwrap();
    // The compiler keeps the match of `name` complete.
    let names = source.split("pub fn name(&self)").nth(1).unwrap().split("\n    }").next().unwrap();
    let of_type: BTreeSet<&str> = names.split('"').skip(1).step_by(2).collect();
    let frames = frames::upward::samples();
    let said: BTreeSet<&str> = frames.iter().map(Upward::name).collect();
    assert!(of_type.len() > 10, "{names}");
    assert_eq!(of_type, said, "left: variants of Upward; right: frames that are described");
    assert_eq!(frames.len(), said.len(), "a frame is described twice");
    in_document("client", &said);
}

#[track_caller]
fn in_document(prefix: &str, names: &BTreeSet<&str>) {
    let messages = ASYNCAPI["components"]["messages"].as_object().unwrap();
    let listed: BTreeSet<&str> = messages.keys().filter_map(|key| key.strip_prefix(prefix)?.strip_prefix('.')).collect();
    assert_eq!(&listed, names);
}

#[tokio::test]
async fn the_documents_are_served_and_name_what_they_speak_of() {
    let app = TestApp::start().await;
    let guest = app.guest();
    for (path, version) in [("/openapi.json", "openapi"), ("/asyncapi.json", "asyncapi")] {
        let (status, document) = client::read(guest.request(Method::GET, path)).await;
        assert_eq!(status, 200);
        assert!(document[version].as_str().unwrap().starts_with('3'), "{path}");
        let mut missing = Vec::new();
        references(&document, &document, &mut missing);
        assert_eq!(missing, Vec::<String>::new(), "{path} points to what it does not have");
    }
    let ids: Vec<&str> = described().iter().map(|route| route.operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "two operations have one name");
    assert_eq!(guest.get("/api/openapi.json").await.0, 404, "the documents are at the root alone");
}

fn references(document: &serde_json::Value, value: &serde_json::Value, missing: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(object) => {
            if let Some(pointer) = object.get("$ref").and_then(serde_json::Value::as_str)
                && document.pointer(pointer.trim_start_matches('#')).is_none()
            {
                missing.push(pointer.to_owned());
            }
            object.values().for_each(|value| references(document, value, missing));
        }
        serde_json::Value::Array(list) => list.iter().for_each(|value| references(document, value, missing)),
        _ => {}
    }
}

#[tokio::test]
async fn the_page_shows_every_route_and_frame_and_runs_nothing() {
    let app = TestApp::start().await;
    let answer = app.guest().request(Method::GET, "/docs").send().await.unwrap();
    let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src") && !policy.contains("unsafe"), "{policy}");
    let html = answer.text().await.unwrap();
    // An address in an example is a text; nothing is fetched from one.
    for forbidden in ["<script", " style=", "onclick", "=\"http", "=\"//", "url("] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
    for route in described() {
        assert!(html.contains(&format!(r#"id="op-{}""#, route.operation["operationId"].as_str().unwrap())), "{route}");
    }
    for name in ASYNCAPI["components"]["messages"].as_object().unwrap().keys() {
        assert!(html.contains(&format!(r#"id="frame-{name}""#)), "{name}");
    }
    // Every link of the page leads somewhere on it.
    for target in html.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(html.contains(&format!("id=\"{target}\"")), "#{target} is nowhere");
    }
}
