//! What the server puts into a page for the browser to go on from.

use std::collections::BTreeSet;

use reqwest::{Method, header};
use serde_json::json;

use crate::support::{Client, TestApp};

/// How often each page is asked for, one after the other: often enough that some know their visitor before they begin.
const TIMES: usize = 24;

/// The numbers under which a page hands its data over. The browser counts them again.
async fn handed_over(client: &Client, path: &str) -> String {
    let response = client.request(Method::GET, path).header(header::ACCEPT, "text/html").send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    let html = response.text().await.unwrap();
    assert!(!html.contains("Reference: no request"), "{path} was built for nobody");
    let list = html.split("__PENDING_RESOURCES=[").nth(1).unwrap_or_else(|| panic!("no data in {path}:\n{html}"));
    list.split(']').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_built_once_however_early_its_visitor_is_known() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (_, body) = admin.post("/livestreams", json!({"title": "Over"})).await;
    let over = body["livestream"]["_id"].as_str().unwrap().to_owned();
    assert_eq!(admin.post(&format!("/livestreams/{over}/start"), json!({})).await.0, 200);
    assert_eq!(admin.post(&format!("/livestreams/{over}/stop"), json!({})).await.0, 200);
    let (_, body) = admin.post("/livestreams", json!({"title": "To come", "scheduledAt": "2030-01-01T18:00:00Z"})).await;
    let coming = body["livestream"]["_id"].as_str().unwrap().to_owned();

    let pages = ["/", "/live", "/replays", "/shop", "/cart", "/checkout", "/account/orders", "/moderate"]
        .into_iter()
        .map(str::to_owned)
        .chain([format!("/live/{coming}"), format!("/moderate/{coming}"), format!("/replays/{over}"), format!("/admin/studio/{coming}")])
        .chain(["shows", "plan", "products", "orders", "people", "settings", "audit"].into_iter().map(|name| format!("/admin/{name}")))
        .chain([format!("/admin/replays/{over}"), format!("/admin/analytics/{over}")]);
    let mut twice = vec![];
    for path in pages {
        let mut lists = BTreeSet::new();
        for _ in 0..TIMES {
            lists.insert(handed_over(&admin, &path).await);
        }
        if lists.len() > 1 {
            twice.push((path, lists));
        }
    }
    assert!(twice.is_empty(), "{twice:#?}");
}
