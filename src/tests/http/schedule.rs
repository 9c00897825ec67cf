//! Shows to come: their plans, and what calendars hear of them.

use reqwest::{Method, StatusCode, header};
use serde_json::json;

use crate::support::{Client, TestApp};

/// Body of a calendar, unfolded, with its headers looked at.
async fn calendar(client: &Client, path: &str) -> String {
    let response = client.request(Method::GET, path).send().await.unwrap();
    assert_eq!((response.status(), &response.headers()[header::CONTENT_TYPE]), (StatusCode::OK, &"text/calendar; charset=utf-8".parse().unwrap()), "{path}");
    assert!(response.headers().get(header::SET_COOKIE).is_none(), "calendars are nobody's own");
    response.text().await.unwrap().replace("\r\n ", "")
}

#[tokio::test]
async fn a_calendar_hears_of_every_change_and_of_the_end_of_a_plan() {
    let app = TestApp::builder().settings(|settings| settings.public_url = Some("https://shop.example".into())).start().await;
    let (admin, guest) = (app.admin().await, app.guest());
    let (_, body) = admin.post("/livestreams", json!({"title": "Tea, live", "description": "One\nTwo", "scheduledAt": "2030-06-01T18:00:00+02:00"})).await;
    let id = body["livestream"]["_id"].as_str().unwrap().to_owned();
    let path = format!("/livestreams/{id}/calendar.ics");
    let says = |text: &str, lines: &[&str]| {
        for line in lines {
            assert!(text.contains(&format!("\r\n{line}\r\n")), "{line} is not in\n{text}");
        }
    };
    let uid = format!("UID:{id}@wrencos");
    let url = format!("URL:https://shop.example/live/{id}");
    let first = calendar(&guest, &path).await;
    says(&first, &[&uid, "SEQUENCE:0", "STATUS:CONFIRMED", "DTSTART:20300601T160000Z", "SUMMARY:Tea\\, live", "DESCRIPTION:One\\nTwo", &url]);
    says(&calendar(&guest, &format!("/api{path}")).await, &[&uid]);

    admin.put(&format!("/livestreams/{id}"), json!({"scheduledAt": "2030-06-02T16:00:00Z"})).await;
    says(&calendar(&guest, &path).await, &[&uid, "SEQUENCE:1", "DTSTART:20300602T160000Z"]);
    admin.put(&format!("/livestreams/{id}"), json!({"quality": "1080p"})).await;
    says(&calendar(&guest, &path).await, &["SEQUENCE:1"]);
    says(&calendar(&guest, "/livestreams/calendar.ics").await, &[&uid, "SEQUENCE:1", "STATUS:CONFIRMED"]);

    assert_eq!(admin.delete(&format!("/livestreams/{id}")).await.0, 200);
    assert_eq!(guest.get(&format!("/livestreams/{id}")).await.0, 404);
    says(&calendar(&guest, &path).await, &[&uid, "SEQUENCE:2", "STATUS:CANCELLED", "DTSTART:20300602T160000Z"]);
    says(&calendar(&guest, "/livestreams/calendar.ics").await, &[&uid, "SEQUENCE:2", "STATUS:CANCELLED"]);
    assert_eq!(guest.get("/livestreams/65f0c1d2e3a4b5968778695a/calendar.ics").await.0, 404);
    assert_eq!(guest.get("/livestreams/zz/calendar.ics").await.0, 400);
}

#[tokio::test]
async fn a_calendar_that_did_not_change_is_not_sent_again() {
    let app = TestApp::start().await;
    let guest = app.guest();
    let ask = |tag: Option<header::HeaderValue>| {
        let request = guest.request(Method::GET, "/livestreams/calendar.ics");
        tag.into_iter().fold(request, |request, tag| request.header(header::IF_NONE_MATCH, tag)).send()
    };
    let first = ask(None).await.unwrap();
    let tag = first.headers()[header::ETAG].clone();
    assert_eq!(ask(Some(tag.clone())).await.unwrap().status(), StatusCode::NOT_MODIFIED);
    app.admin().await.post("/livestreams", json!({"title": "New", "scheduledAt": "2030-06-01T18:00:00Z"})).await;
    assert_eq!(ask(Some(tag)).await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_plan_is_a_plain_form_in_the_hosts_own_time() {
    let app = TestApp::start().await;
    let (admin, customer) = (app.admin().await, app.customer().await);
    let send =
        |client: &Client, fields: &[(&str, &str)]| client.request(Method::POST, "/fn/plan_livestream").header(header::ACCEPT, "text/html").form(fields).send();
    let plan = [("plan[title]", " Winter "), ("plan[description]", "Warm"), ("plan[at]", "2030-01-01T18:30"), ("plan[offset_minutes]", "60")];
    for (client, status) in [(&app.guest(), 401), (&customer, 403)] {
        let programs = client.request(Method::POST, "/fn/plan_livestream").form(&plan).send().await.unwrap();
        assert_eq!(programs.status(), status);
    }
    let response = send(&admin, &plan).await.unwrap();
    assert_eq!((response.status(), &response.headers()[header::LOCATION]), (StatusCode::FOUND, &"/admin/shows".parse().unwrap()));
    let (_, body) = app.guest().get("/livestreams").await;
    let show = &body["livestreams"][0];
    assert_eq!((&show["title"], &show["status"], &show["scheduledAt"]), (&json!("Winter"), &json!("scheduled"), &json!("2030-01-01T17:30:00.000Z")));
    let id = show["_id"].as_str().unwrap();

    let changed = [("id", id), ("plan[title]", "Winter"), ("plan[description]", "Cold"), ("plan[at]", "2030-01-01T17:30"), ("plan[offset_minutes]", "0")];
    assert_eq!(send(&admin, &changed).await.unwrap().status(), StatusCode::FOUND);
    let (_, body) = app.guest().get(&format!("/livestreams/{id}")).await;
    assert_eq!((&body["livestream"]["description"], &body["livestream"]["scheduledAt"]), (&json!("Cold"), &json!("2030-01-01T17:30:00.000Z")));

    let wrong = [("plan[title]", " "), ("plan[at]", "soon")];
    let response = admin.request(Method::POST, "/fn/plan_livestream").form(&wrong).send().await.unwrap();
    assert_eq!(response.status(), 422);
    let text = response.text().await.unwrap();
    assert!(text.contains("scheduledAt") && text.contains("title"), "{text}");

    assert_eq!(admin.post(&format!("/livestreams/{id}/start"), json!({})).await.0, 200);
    let late = admin.request(Method::POST, "/fn/plan_livestream").form(&changed).send().await.unwrap();
    assert_eq!(late.status(), 409);
}

#[tokio::test]
async fn a_show_is_planned_for_a_time_to_come() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for at in ["2020-01-01T00:00:00Z", "9999-01-01T00:00:00Z"] {
        let (status, body) = admin.post("/livestreams", json!({"title": "When?", "scheduledAt": at})).await;
        assert_eq!((status.as_u16(), body["fields"]["scheduledAt"].is_string()), (422, true), "{at}: {body}");
    }
    let (_, body) = admin.post("/livestreams", json!({"title": "Then", "scheduledAt": "2030-01-01T00:00:00Z"})).await;
    let id = body["livestream"]["_id"].as_str().unwrap();
    assert_eq!(admin.put(&format!("/livestreams/{id}"), json!({"scheduledAt": "2020-01-01T00:00:00Z"})).await.0, 422);
}
