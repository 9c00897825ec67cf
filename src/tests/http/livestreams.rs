//! `/livestreams`.

use serde_json::{Value, json};

use crate::support::TestApp;

#[tokio::test]
async fn one_of_a_thousand_starts_wins() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let starts = (0..1000).map(|at| {
        let admin = admin.clone();
        async move { admin.post("/livestreams", json!({"title": format!("Show {at}")})).await }
    });
    let answers = futures::future::join_all(starts).await;
    assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1);
    let refused = answers.iter().find(|(status, _)| *status != 201).unwrap();
    assert_eq!((refused.0.as_u16(), &refused.1), (400, &json!({"message": "Another livestream is active", "code": "livestream_active"})));
    assert!(answers.iter().all(|(status, _)| *status == 201 || *status == 400));
    let (_, body) = admin.get("/livestreams").await;
    assert_eq!(body["total"], 1);
}

#[tokio::test]
async fn a_show_lives_from_its_schedule_to_its_replay() {
    let app = TestApp::start().await;
    let (admin, guest) = (app.admin().await, app.guest());
    let (status, body) = admin.post("/api/livestreams", json!({"title": " Later ", "quality": "1080p", "scheduledAt": "2030-01-01T18:00:00+07:00"})).await;
    let show = &body["livestream"];
    let id = show["_id"].as_str().unwrap();
    assert_eq!(status, 201);
    for (field, value) in [
        ("title", json!("Later")),
        ("quality", json!("1080p")),
        ("status", json!("scheduled")),
        ("isActive", json!(false)),
        ("scheduledAt", json!("2030-01-01T11:00:00.000Z")),
        ("startTime", Value::Null),
        ("viewCount", json!(0)),
        ("totalViewers", json!(0)),
        ("pinnedProductIds", json!([])),
    ] {
        assert_eq!(show[field], value, "{field}");
    }
    let (_, body) = admin.put(&format!("/livestreams/{id}"), json!({"description": "With Ada", "videoUrl": "uploads/livestreams/a.webm"})).await;
    assert_eq!((&body["livestream"]["description"], &body["livestream"]["videoUrl"]), (&json!("With Ada"), &json!("/uploads/livestreams/a.webm")));
    assert_eq!(guest.get("/livestreams/active").await.1["livestream"], Value::Null);
    for _ in 0..2 {
        let (status, body) = admin.post(&format!("/livestreams/{id}/start"), json!({})).await;
        assert_eq!((status.as_u16(), &body["livestream"]["status"]), (200, &json!("live")));
    }
    assert_eq!(guest.get("/livestreams/active").await.1["livestream"]["_id"], id);
    for _ in 0..2 {
        assert_eq!(guest.post(&format!("/livestreams/{id}/view"), json!({})).await.1, json!({"viewCount": 1}));
    }
    for _ in 0..2 {
        let (status, body) = admin.post(&format!("/livestreams/{id}/stop"), json!({"viewCount": 99, "likes": "many"})).await;
        assert_eq!((status.as_u16(), &body["livestream"]["status"], &body["livestream"]["viewCount"]), (200, &json!("ended"), &json!(1)));
    }
    assert_eq!(admin.post(&format!("/livestreams/{id}/start"), json!({})).await.0, 409);
    let (_, past) = guest.get("/livestreams/past?limit=1").await;
    assert_eq!((&past["total"], &past["livestreams"][0]["_id"]), (&json!(1), &json!(id)));
    assert_eq!(guest.get("/livestreams").await.1["total"], 0, "ended shows are listed to admins alone");
    assert_eq!(admin.get("/livestreams?status=ended").await.1["total"], 1);
    assert_eq!(admin.delete(&format!("/livestreams/{id}")).await.1, json!({"deleted": true}));
    assert_eq!(guest.get(&format!("/livestreams/{id}")).await.0, 404);
}

#[tokio::test]
async fn only_admins_change_shows_and_wrong_input_is_named() {
    let app = TestApp::start().await;
    let (admin, customer, guest) = (app.admin().await, app.customer().await, app.guest());
    let id = "65f0c1d2e3a4b5968778695a";
    for (method, path) in [
        ("POST", "/livestreams".to_owned()),
        ("PUT", format!("/livestreams/{id}")),
        ("DELETE", format!("/livestreams/{id}")),
        ("POST", format!("/livestreams/{id}/start")),
        ("POST", format!("/livestreams/{id}/stop")),
        ("POST", "/livestreams/cleanup".to_owned()),
        ("POST", format!("/livestreams/{id}/pin-product")),
        ("POST", format!("/livestreams/{id}/products")),
        ("POST", format!("/livestreams/{id}/unpin-product")),
        ("DELETE", format!("/livestreams/{id}/pin-product/{id}")),
        ("PUT", format!("/livestreams/{id}/pinned-products/order")),
    ] {
        let method: reqwest::Method = method.parse().unwrap();
        for (client, expected) in [(&guest, 401), (&customer, 403)] {
            let status = crate::support::client::read(client.request(method.clone(), &path).json(&json!({}))).await.0;
            assert_eq!(status.as_u16(), expected, "{method} {path}");
        }
    }
    for (path, status) in
        [("/livestreams/zz", 400), ("/livestreams/65f0c1d2e3a4b5968778695", 400), (&format!("/livestreams/{id}"), 404), ("/livestreams/past?limit=0", 422)]
    {
        assert_eq!(guest.get(path).await.0.as_u16(), status, "{path}");
    }
    let (status, body) = admin.post("/livestreams", json!({"title": " ", "description": "z\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}"})).await;
    assert_eq!((status.as_u16(), body["fields"].as_object().unwrap().len()), (422, 2));
    let (_, body) = admin.post("/livestreams", json!({"title": "Now"})).await;
    let live = body["livestream"]["_id"].as_str().unwrap();
    for body in [json!({"likes": 9999}), json!({"isActive": false}), json!({"videoUrl": "https://evil.example/a"})] {
        assert_eq!(admin.put(&format!("/livestreams/{live}"), body.clone()).await.0, 422, "{body}");
    }
    let (status, body) = admin.delete(&format!("/livestreams/{live}")).await;
    assert_eq!((status.as_u16(), &body["livestream"]["status"]), (200, &json!("ended")), "deleting a live show stops it");
}
