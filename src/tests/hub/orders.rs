//! Orders of a show: its hosts see them come, and nobody else.

use serde_json::{Value, json};

use super::{on_stage, product};
use crate::support::SocketClient;

#[tokio::test]
async fn hosts_see_orders_come_and_viewers_do_not() {
    let (app, admin, show) = on_stage().await;
    let soap = product(&admin, "Soap").await;
    let ada = app.customer().await;
    let mut host = SocketClient::host(&app, admin.token(), &show, "the-host").await;
    let mut viewer = SocketClient::viewer(&app, "a-viewer", &show).await;
    // A customer who comes in by the door of the hosts is refused there, and hears nothing either.
    let mut buyer = SocketClient::connect_as(&app, ada.token()).await;
    buyer.send(json!({"type": "register_admin", "streamId": show})).await;
    buyer.until("error").await;
    buyer.send(json!({"type": "register", "streamId": show})).await;
    buyer.until("pinned_products_updated").await;

    let order = json!({
        "items": [{"productId": soap, "quantity": 2}],
        "streamId": show,
        "contact": {"name": "Ada King Lovelace", "email": "ada@example.com"},
    });
    let (status, body) = ada.post("/orders", order).await;
    assert_eq!(status, 201, "{body}");
    let told = host.until("show_order").await;
    assert_eq!(told["streamId"], show);
    for (field, value) in [
        ("_id", &body["order"]["_id"]),
        ("number", &body["order"]["number"]),
        ("buyer", &json!("Ada L.")),
        ("items", &json!([{"name": "Soap", "quantity": 2}])),
        ("total", &json!(3800)),
        ("currency", &json!("USD")),
        ("status", &json!("pending_payment")),
    ] {
        assert_eq!(&told["order"][field], value, "{field}");
    }
    assert!(!told.to_string().contains("ada@example.com"), "{told}");

    let path = format!("/livestreams/{show}/orders");
    let (_, history) = admin.get(&path).await;
    assert_eq!((&history["orders"][0], &history["revenue"]), (&told["order"], &json!([{"currency": "USD", "total": 3800, "orders": 1}])));
    assert_eq!((ada.get(&path).await.0.as_u16(), app.guest().get(&path).await.0.as_u16()), (403, 401));
    assert_eq!(admin.get("/livestreams/65f0c1d2e3a4b5968778695a/orders").await.0, 404);

    admin.put(&format!("/orders/{}/status", body["order"]["_id"].as_str().unwrap()), json!({"status": "cancelled"})).await;
    let moved = host.until("show_order").await;
    assert_eq!((&moved["order"]["_id"], &moved["order"]["status"]), (&body["order"]["_id"], &json!("cancelled")));
    assert_eq!(admin.get(&path).await.1["revenue"], json!([]), "what was called off earned nothing");
    for socket in [&mut viewer, &mut buyer] {
        let frames = socket.all_until_now().await;
        assert!(frames.iter().all(|frame: &Value| frame["type"] != "show_order"), "{frames:?}");
    }
}
