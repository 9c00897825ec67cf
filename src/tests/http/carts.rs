//! Carts over REST: what is in them, whose they are, and what is refused.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Client, TestApp, app::PASSWORD, client::read};

/// A new product with this price and stock; its id.
pub async fn product(admin: &Client, price: i64, stock: i64) -> String {
    let (status, body) = admin.post("/products", json!({"name": "Velvet Lipstick", "price": price, "stock": stock})).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    body["product"]["_id"].as_str().unwrap().to_owned()
}

fn quantities(cart: &Value) -> Vec<(&str, i64)> {
    let line = |item: &'_ Value| item["quantity"].as_i64().unwrap();
    cart["cart"]["items"].as_array().unwrap().iter().map(|item| (item["productId"].as_str().unwrap(), line(item))).collect()
}

#[tokio::test]
async fn a_guest_fills_a_cart_and_nobody_else_sees_it() {
    let app = TestApp::start().await;
    let (admin, guest) = (app.admin().await, app.guest());
    let (one, two) = (product(&admin, 2400, 3).await, product(&admin, 1000, 50).await);
    let (status, empty) = guest.get("/cart").await;
    assert_eq!((status, &empty["cart"]), (StatusCode::OK, &json!({"items": [], "total": 0, "currency": "USD", "count": 0})));
    guest.post("/cart/items", json!({"productId": one, "quantity": 2})).await;
    guest.post("/api/cart/items", json!({"productId": two, "quantity": 19})).await;
    let (status, cart) = guest.post("/cart/items", json!({"productId": one, "quantity": 2})).await;
    assert_eq!(status, StatusCode::OK, "{cart}");
    assert_eq!(quantities(&cart), [(one.as_str(), 4), (two.as_str(), 19)]);
    assert_eq!(cart["cart"]["items"][0]["available"], false, "three are left");
    assert_eq!(cart["cart"]["items"][0]["product"]["price"], 2400);
    assert_eq!((&cart["cart"]["total"], &cart["cart"]["count"]), (&json!(19_000), &json!(23)));
    let (_, cart) = guest.post("/cart/items", json!({"productId": two, "quantity": 20})).await;
    assert_eq!(quantities(&cart)[1].1, 20, "an addition ends at the limit");
    assert_eq!(quantities(&guest.get("/cart").await.1).len(), 2);
    assert!(quantities(&app.guest().get("/cart").await.1).is_empty());
    let (_, cart) = guest.put("/cart", json!({"items": [{"productId": two, "quantity": 1}, {"productId": one, "quantity": 0}]})).await;
    assert_eq!(quantities(&cart), [(two.as_str(), 1)]);
    admin.put(&format!("/products/{two}"), json!({"price": 900})).await;
    assert_eq!(guest.get("/cart").await.1["cart"]["total"], 900, "prices are those of now");
    admin.delete(&format!("/products/{two}")).await;
    assert_eq!(guest.get("/cart").await.1["cart"]["total"], 0);
    assert!(quantities(&guest.delete("/cart").await.1).is_empty());
    assert!(quantities(&guest.get("/cart").await.1).is_empty());
}

#[tokio::test]
async fn what_a_guest_gathered_is_theirs_once_they_sign_in() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (one, two) = (product(&admin, 100, 50).await, product(&admin, 200, 50).await);
    let (user, _) = app.customer_named("Ada").await;
    let (phone, laptop) = (app.guest(), app.guest());
    let credentials = json!({"email": user.email, "password": PASSWORD});
    phone.post("/cart/items", json!({"productId": one, "quantity": 15})).await;
    assert_eq!(phone.post("/auth/login", credentials.clone()).await.0, StatusCode::OK);
    assert_eq!(quantities(&phone.get("/cart").await.1), [(one.as_str(), 15)]);
    laptop.post("/cart/items", json!({"productId": two, "quantity": 1})).await;
    laptop.post("/cart/items", json!({"productId": one, "quantity": 15})).await;
    laptop.post("/auth/login", credentials).await;
    // Both look at the same moment: the guest's cart is added once.
    let looks = futures::future::join_all((0..8).map(|_| laptop.get("/cart"))).await;
    assert!(looks.iter().all(|(status, _)| *status == StatusCode::OK));
    for client in [&laptop, &phone] {
        assert_eq!(quantities(&client.get("/cart").await.1), [(one.as_str(), 20), (two.as_str(), 1)]);
    }
    laptop.post("/auth/logout", json!({})).await;
    assert!(quantities(&laptop.get("/cart").await.1).is_empty(), "an account's cart stays with the account");
}

#[tokio::test]
async fn many_tabs_change_one_cart_and_nothing_is_lost() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let mut products = Vec::new();
    for _ in 0..8 {
        products.push(product(&admin, 100, 50).await);
    }
    let customer = app.customer().await;
    let adds = (0..40).map(|at| customer.post("/cart/items", json!({"productId": products[at % 8], "quantity": 1})));
    let adds: Vec<_> = adds.collect();
    for (status, body) in futures::future::join_all(adds).await {
        assert_eq!(status, StatusCode::OK, "{body}");
    }
    let cart = customer.get("/cart").await.1;
    assert_eq!((quantities(&cart).len(), &cart["cart"]["count"]), (8, &json!(40)));
    assert!(quantities(&cart).iter().all(|(_, quantity)| *quantity == 5));
}

#[tokio::test]
async fn what_cannot_be_in_a_cart_is_refused() {
    let app = TestApp::start().await;
    let (admin, guest) = (app.admin().await, app.guest());
    let (soap, gone) = (product(&admin, 100, 5).await, product(&admin, 100, 0).await);
    let (_, hidden) = admin.post("/products", json!({"name": "Secret", "price": 1, "stock": 9, "active": false})).await;
    let hidden = hidden["product"]["_id"].as_str().unwrap();
    let unknown = "65f0c1d2e3a4b5968778695a";
    for (body, expected) in [
        (json!({"productId": soap, "quantity": 0}), 422),
        (json!({"productId": soap, "quantity": 21}), 422),
        (json!({"productId": soap, "quantity": -1}), 422),
        (json!({"productId": soap, "quantity": 1.5}), 422),
        (json!({"productId": soap, "quantity": {"$gt": 0}}), 422),
        (json!({"productId": {"$ne": null}, "quantity": 1}), 422),
        (json!({"productId": soap, "quantity": 1, "price": 1}), 422),
        (json!({"productId": "x", "quantity": 1}), 422),
        (json!({"productId": soap}), 422),
        (json!({"productId": unknown, "quantity": 1}), 404),
        (json!({"productId": gone, "quantity": 1}), 409),
    ] {
        let (status, answer) = guest.post("/cart/items", body.clone()).await;
        assert_eq!(status.as_u16(), expected, "{body}: {answer}");
    }
    let ask = |id: &str| json!({"productId": id, "quantity": 1});
    assert_eq!(guest.post("/cart/items", ask(hidden)).await, guest.post("/cart/items", ask(unknown)).await, "hidden and unknown are the same");
    assert_eq!(guest.put("/cart", json!({"items": [ask(&soap), ask(hidden)]})).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let many: Vec<_> = (0..51).map(|_| ask(&soap)).collect();
    assert_eq!(guest.put("/cart", json!({"items": many})).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(quantities(&guest.get("/cart").await.1).is_empty(), "a refusal changes nothing");
    let cross = guest.request(Method::POST, "/cart/items").header("sec-fetch-site", "cross-site").json(&ask(&soap));
    assert_eq!(read(cross).await.0, StatusCode::FORBIDDEN);
}
