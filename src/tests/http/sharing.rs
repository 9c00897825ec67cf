//! What pages say of themselves to those who do not run them, and what an installed shop keeps.

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::support::TestApp;

async fn page(app: &TestApp, path: &str, host: Option<&str>) -> String {
    let request = app.guest().request(Method::GET, path);
    let request = host.into_iter().fold(request, |request, host| request.header(header::HOST, host));
    request.send().await.unwrap().text().await.unwrap()
}

/// The structured data of a page, read as programs read it: up to the end of the element.
fn data(html: &str) -> Value {
    let after = html.split("type=\"application/ld+json\"").nth(1).expect("a block of data");
    let text = after.split_once('>').unwrap().1.split("</script").next().unwrap();
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn tag<'a>(html: &'a str, name: &str) -> &'a str {
    let at = html.find(&format!("\"{name}\"")).unwrap_or_else(|| panic!("{name} is not in\n{html}"));
    let element = &html[html[..at].rfind('<').unwrap()..];
    let element = &element[..element.find('>').unwrap()];
    let value = if element.starts_with("<link") { "href=\"" } else { "content=\"" };
    element.split(value).nth(1).unwrap().split('"').next().unwrap()
}

#[tokio::test]
async fn a_shared_page_has_a_card_with_whole_addresses_and_no_title_breaks_out() {
    let app = TestApp::builder().settings(|settings| settings.public_url = Some("https://shop.example".into())).start().await;
    let admin = app.admin().await;
    let hostile = "</title></script><script>alert(1)</script>\"><img src=x onerror=alert(1)>";
    let (_, body) = admin.post("/livestreams", json!({"title": hostile, "description": hostile, "scheduledAt": "2030-01-01T18:00:00Z"})).await;
    let show = body["livestream"]["_id"].as_str().unwrap();
    let (_, body) = admin.post("/products", json!({"name": hostile, "price": 1250, "currency": "EUR", "stock": 3})).await;
    let product = body["product"]["_id"].as_str().unwrap();

    let html = page(&app, &format!("/live/{show}"), Some("evil.example")).await;
    let told = data(&html);
    assert_eq!((&told["@type"], &told["name"]), (&json!("BroadcastEvent"), &json!(hostile)));
    assert_eq!(told["url"], format!("https://shop.example/live/{show}"));
    assert_eq!(tag(&html, "canonical"), format!("https://shop.example/live/{show}"));
    assert_eq!(tag(&html, "og:url"), format!("https://shop.example/live/{show}"));
    assert_eq!(tag(&html, "og:image"), "https://shop.example/icons/share.png");
    assert_eq!(tag(&html, "twitter:card"), "summary");
    assert!(!html.contains("<script>alert") && !html.contains("<img src=x") && !html.contains("evil.example"), "{html}");

    let html = page(&app, &format!("/shop/{product}"), None).await;
    let told = data(&html);
    assert_eq!((&told["@type"], &told["name"], &told["offers"]["price"]), (&json!("Product"), &json!(hostile), &json!("12.50")));
    assert_eq!((&told["offers"]["priceCurrency"], tag(&html, "og:type")), (&json!("EUR"), "product"));
    assert!(!html.contains("<script>alert") && !html.contains("<img src=x"), "{html}");

    let html = page(&app, "/", None).await;
    assert_eq!((&data(&html)["@type"], tag(&html, "canonical")), (&json!("WebSite"), "https://shop.example/"));

    assert_eq!(admin.post(&format!("/livestreams/{show}/start"), json!({})).await.0, 200);
    let told = data(&page(&app, &format!("/live/{show}"), None).await);
    assert_eq!((&told["@type"], &told["publication"]["isLiveBroadcast"]), (&json!("VideoObject"), &json!(true)));
    admin.post(&format!("/livestreams/{show}/stop"), json!({})).await;
    let html = page(&app, &format!("/replays/{show}"), None).await;
    assert_eq!((tag(&html, "canonical"), data(&html)["endDate"].is_string()), (format!("https://shop.example/replays/{show}").as_str(), true));
}

#[tokio::test]
async fn without_an_address_of_its_own_the_shop_repeats_no_name_that_it_was_called() {
    let app = TestApp::start().await;
    assert_eq!(tag(&page(&app, "/", Some("evil.example")).await, "canonical"), "/");
    assert_eq!(tag(&page(&app, "/", None).await, "canonical"), format!("http://{}/", app.addr));
}

#[tokio::test]
async fn a_page_of_a_show_to_come_counts_from_the_servers_time_and_leads_to_its_calendar() {
    let now = "2029-12-30T12:00:00Z".parse().unwrap();
    let app = TestApp::builder().clock(wrencos::server::clock::Clock::manual(now)).start().await;
    let admin = app.admin().await;
    let (_, body) = admin.post("/livestreams", json!({"title": "Soon", "scheduledAt": "2030-01-01T18:00:00Z"})).await;
    let id = body["livestream"]["_id"].as_str().unwrap();
    let html = page(&app, &format!("/live/{id}"), None).await;
    assert!(html.contains("2 days"), "{html}");
    assert!(html.contains("1 January 2030, 18:00 UTC") && html.contains(&format!("/livestreams/{id}/calendar.ics")), "{html}");
}

#[tokio::test]
async fn the_worker_may_fetch_and_nothing_else_and_keeps_no_page_but_its_own() {
    let app = TestApp::start().await;
    let response = app.guest().request(Method::GET, "/sw.js").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let headers = response.headers().clone();
    assert_eq!(headers[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
    assert_eq!(headers[header::CONTENT_SECURITY_POLICY], "default-src 'none'; connect-src 'self'");
    assert!(headers[header::CACHE_CONTROL].to_str().unwrap().contains("no-cache") && headers.get(header::SET_COOKIE).is_none());
    let text = response.text().await.unwrap();
    assert!(text.starts_with("const BUILD = '") && text.contains("const SHELL = ['/offline', '/offline.js', '/pkg/wrencos.css', '/favicon.svg'];"), "{text}");
    let shell = app.guest().request(Method::GET, "/offline").send().await.unwrap();
    assert!(shell.headers().get(header::SET_COOKIE).is_none(), "what is kept is nobody's own");
    assert!(shell.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().starts_with("default-src 'none'; script-src 'self'; connect-src 'self'"));
    assert!(shell.text().await.unwrap().contains("No connection"));
}
