//! Orders over REST: stock, keys, statuses, and who sees what.

use std::collections::HashSet;

use futures::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use wrencos::{
    domain::{
        id::UserId,
        time::Timestamp,
        user::{Role, User},
    },
    server::{
        clock::Clock,
        db::{new_id, users::Account},
    },
};

use super::carts::product;
use crate::support::{Client, SocketClient, TestApp, client::read};

pub fn of(product: &str, quantity: u32) -> Value {
    json!({"items": [{"productId": product, "quantity": quantity}]})
}

fn whole(product: &str, quantity: u32) -> Value {
    json!({
        "items": [{"productId": product, "quantity": quantity}],
        "contact": {"name": " Ada  Lovelace ", "email": "Ada@Example.com", "phone": "+84 1"},
        "address": {"line1": "1 Analytical Way", "line2": "", "city": "London", "postalCode": "W1", "country": "United Kingdom"},
        "note": "Ring twice",
    })
}

async fn stock(client: &Client, product: &str) -> i64 {
    client.get(&format!("/products/{product}")).await.1["product"]["stock"].as_i64().unwrap()
}

async fn keyed(client: &Client, key: &str, body: Value) -> (StatusCode, Value) {
    read(client.request(Method::POST, "/orders").header("idempotency-key", key).json(&body)).await
}

// Many customers without the cost of many passwords.
pub async fn customers(app: &TestApp, count: usize) -> Vec<Client> {
    app.admin().await;
    let mut clients = Vec::new();
    for at in 0..count {
        let created_at = app.state.clock.now();
        let user = User { id: UserId::from_bytes(new_id()), email: format!("many-{at}@example.com"), name: "Many".into(), role: Role::Customer, created_at };
        let account = app.state.db.insert_account(Account { user, password_hash: "none".into(), token_version: 0 }).await.unwrap();
        let issued = app.state.tokens.issue(account.user.id, 0, created_at);
        clients.push(Client::new(app.addr, Some(issued.token)));
    }
    clients
}

#[tokio::test]
async fn an_order_keeps_what_was_bought_at_the_price_of_the_moment() {
    let app = TestApp::start().await;
    let (admin, (user, customer)) = (app.admin().await, app.customer_named("Ada").await);
    let (soap, rest) = (product(&admin, 2400, 5).await, product(&admin, 100, 5).await);
    customer.put("/cart", json!({"items": [{"productId": soap, "quantity": 2}, {"productId": rest, "quantity": 1}]})).await;
    let (status, body) = customer.post("/api/orders", whole(&soap, 2)).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    let order = &body["order"];
    for (field, value) in [
        ("userId", json!(user.id)),
        ("items", json!([{"productId": soap, "name": "Velvet Lipstick", "price": 2400, "quantity": 2, "image": ""}])),
        ("total", json!(4800)),
        ("currency", json!("USD")),
        ("status", json!("pending_payment")),
        ("paymentMethod", json!("on_delivery")),
        ("streamId", Value::Null),
        ("streamSecond", Value::Null),
        ("contact", json!({"name": "Ada Lovelace", "email": "ada@example.com", "phone": "+84 1"})),
        ("note", json!("Ring twice")),
    ] {
        assert_eq!(order[field], value, "{field}");
    }
    assert_eq!(stock(&admin, &soap).await, 3);
    let cart = customer.get("/cart").await.1;
    assert_eq!((&cart["cart"]["count"], &cart["cart"]["items"][0]["productId"]), (&json!(1), &json!(rest)), "what was bought has left the cart");
    admin.put(&format!("/products/{soap}"), json!({"price": 1, "name": "Other"})).await;
    let path = format!("/orders/{}", order["_id"].as_str().unwrap());
    assert_eq!(customer.get(&path).await.1["order"], *order);
    let (status, body) = customer.post("/orders", of(&soap, 1)).await;
    assert_eq!((status, &body["order"]["contact"]["name"]), (StatusCode::CREATED, &json!("")), "items alone are enough for older clients");
    let (_, page) = customer.get("/orders?limit=1").await;
    assert_eq!((&page["total"], &page["orders"][0]["total"]), (&json!(2), &json!(1)));
}

#[tokio::test]
async fn two_hundred_want_the_last_ten() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let lipstick = product(&admin, 2400, 10).await;
    let customers = customers(&app, 200).await;
    let answers = join_all(customers.iter().map(|customer| customer.post("/orders", of(&lipstick, 1)))).await;
    let sold = answers.iter().filter(|(status, _)| *status == StatusCode::CREATED).count();
    let refused: Vec<_> = answers.iter().filter(|(status, _)| *status != StatusCode::CREATED).collect();
    let field = format!("products[{lipstick}]");
    for (status, body) in &refused {
        assert_eq!((status.as_u16(), &body["code"]), (409, &json!("out_of_stock")), "{body}");
        assert_eq!(body["fields"][&field], "Velvet Lipstick is sold out.");
    }
    assert_eq!((sold, refused.len(), stock(&admin, &lipstick).await), (10, 190, 0));
    let (_, page) = admin.get("/orders?limit=200").await;
    let numbers: HashSet<_> = page["orders"].as_array().unwrap().iter().map(|order| order["number"].as_str().unwrap()).collect();
    assert_eq!((page["total"].as_i64(), numbers.len()), (Some(10), 10));
}

#[tokio::test]
async fn all_lines_or_none() {
    let app = TestApp::start().await;
    let (admin, customer) = (app.admin().await, app.customer().await);
    let (many, few) = (product(&admin, 100, 10).await, product(&admin, 100, 2).await);
    let both = |units: u32| json!({"items": [{"productId": many, "quantity": 5}, {"productId": few, "quantity": units}]});
    let (status, body) = customer.post("/orders", both(3)).await;
    assert_eq!((status.as_u16(), &body["code"]), (409, &json!("out_of_stock")));
    assert_eq!(body["fields"], json!({format!("products[{few}]"): "Only 2 left of Velvet Lipstick."}));
    let (_, krona) = admin.post("/products", json!({"name": "Tvål", "price": 1, "stock": 5, "currency": "SEK"})).await;
    let krona = krona["product"]["_id"].as_str().unwrap();
    let mixed = json!({"items": [{"productId": many, "quantity": 1}, {"productId": krona, "quantity": 1}]});
    let (status, body) = customer.post("/orders", mixed).await;
    assert_eq!((status.as_u16(), &body["code"]), (422, &json!("mixed_currencies")));
    admin.put(&format!("/products/{krona}"), json!({"active": false})).await;
    let (status, inactive) = customer.post("/orders", json!({"items": [{"productId": many, "quantity": 1}, {"productId": krona, "quantity": 1}]})).await;
    assert_eq!((status.as_u16(), &inactive["code"]), (422, &json!("not_for_sale")));
    assert_eq!((stock(&admin, &many).await, stock(&admin, &few).await), (10, 2), "a refusal takes nothing");
    assert_eq!(customer.post("/orders", both(2)).await.0, StatusCode::CREATED);
    assert_eq!((stock(&admin, &many).await, stock(&admin, &few).await), (5, 0));
    assert_eq!(customer.get("/orders").await.1["total"], 1);
}

#[tokio::test]
async fn the_same_key_is_the_same_order() {
    let app = TestApp::start().await;
    let (admin, customer, other) = (app.admin().await, app.customer().await, app.customer().await);
    let soap = product(&admin, 100, 50).await;
    let answers = join_all((0..20).map(|_| keyed(&customer, "a-key", of(&soap, 1)))).await;
    let created = answers.iter().filter(|(status, _)| *status == StatusCode::CREATED).count();
    let known = answers.iter().filter(|(status, _)| *status == StatusCode::OK).count();
    assert_eq!((created, known), (1, 19), "{answers:?}");
    let numbers: HashSet<_> = answers.iter().map(|(_, body)| body["order"]["number"].as_str().unwrap()).collect();
    assert_eq!((numbers.len(), stock(&admin, &soap).await), (1, 49));
    assert_eq!(keyed(&other, "a-key", of(&soap, 1)).await.0, StatusCode::CREATED, "a key is its customer's own");
    assert_eq!(keyed(&customer, "another", of(&soap, 1)).await.0, StatusCode::CREATED);
    for wrong in ["", "a b", &"k".repeat(129), "\u{e9}"] {
        assert_eq!(keyed(&customer, wrong, of(&soap, 1)).await.0, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
    }
    assert_eq!(stock(&admin, &soap).await, 47);
}

#[tokio::test]
async fn a_cancelled_order_gives_back_once() {
    let app = TestApp::start().await;
    let (admin, customer, other) = (app.admin().await, app.customer().await, app.customer().await);
    let soap = product(&admin, 100, 10).await;
    let (_, body) = customer.post("/orders", of(&soap, 4)).await;
    let path = format!("/orders/{}/status", body["order"]["_id"].as_str().unwrap());
    let to = |status: &str| json!({"status": status});
    assert_eq!(other.put(&path, to("cancelled")).await.0, StatusCode::NOT_FOUND);
    for status in ["paid", "shipped", "delivered", "pending_payment"] {
        assert_eq!(customer.put(&path, to(status)).await.0, StatusCode::FORBIDDEN, "{status}");
    }
    let answers = join_all((0..10).map(|at| if at % 2 == 0 { customer.put(&path, to("cancelled")) } else { admin.put(&path, to("cancelled")) })).await;
    assert!(answers.iter().all(|(status, body)| *status == StatusCode::OK && body["order"]["status"] == "cancelled"), "{answers:?}");
    assert_eq!(stock(&admin, &soap).await, 10);
    let (status, body) = admin.put(&path, to("paid")).await;
    assert_eq!((status.as_u16(), &body["code"]), (409, &json!("order_status")));
    let (_, body) = customer.post("/orders", of(&soap, 1)).await;
    let path = format!("/orders/{}/status", body["order"]["_id"].as_str().unwrap());
    for status in ["paid", "paid", "shipped"] {
        assert_eq!(admin.put(&path, to(status)).await.1["order"]["status"], status);
    }
    assert_eq!(customer.put(&path, to("cancelled")).await.0, StatusCode::CONFLICT, "the parcel is on its way");
    assert_eq!(admin.put(&path, to("paid")).await.0, StatusCode::CONFLICT, "never backwards");
    assert_eq!(admin.put(&path, to("delivered")).await.0, StatusCode::OK);
    assert_eq!(admin.put(&path, to("cancelled")).await.0, StatusCode::CONFLICT);
    assert_eq!(stock(&admin, &soap).await, 9);
}

#[tokio::test]
async fn orders_are_seen_by_their_owner_and_the_shop() {
    let app = TestApp::start().await;
    let (admin, customer, other, guest) = (app.admin().await, app.customer().await, app.customer().await, app.guest());
    let soap = product(&admin, 100, 10).await;
    let (_, body) = customer.post("/orders", of(&soap, 1)).await;
    let path = format!("/orders/{}", body["order"]["_id"].as_str().unwrap());
    assert_eq!(admin.get(&path).await.0, StatusCode::OK);
    let foreign = other.get(&path).await;
    assert_eq!(foreign, other.get("/orders/65f0c1d2e3a4b5968778695a").await, "no different from an order that does not exist");
    assert_eq!(foreign.0, StatusCode::NOT_FOUND);
    assert_eq!((&other.get("/orders").await.1["total"], &admin.get("/orders").await.1["total"]), (&json!(0), &json!(1)));
    assert_eq!((&admin.get("/orders?status=paid").await.1["total"], &admin.get("/orders?status=pending_payment").await.1["total"]), (&json!(0), &json!(1)));
    for (path, expected) in [("/orders/x", 400), ("/orders/zzzzzzzzzzzzzzzzzzzzzzzz", 400), ("/orders/000000000000000000000000", 404)] {
        assert_eq!(customer.get(path).await.0.as_u16(), expected, "{path}");
    }
    for query in ["status=lost", "limit=0", "limit=201", "skip=-1"] {
        assert_eq!(customer.get(&format!("/orders?{query}")).await.0, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
    }
    for (method, path) in [(Method::GET, "/orders"), (Method::GET, path.as_str()), (Method::GET, "/orders/x"), (Method::PUT, "/orders/x/status")] {
        assert_eq!(read(guest.request(method, path)).await.0, StatusCode::UNAUTHORIZED, "{path}");
    }
    let (status, body) = guest.post("/orders", json!({"items": "none"})).await;
    assert_eq!((status, &body["message"]), (StatusCode::UNAUTHORIZED, &json!("Sign in to order. Your cart stays as it is.")));
}

#[tokio::test]
async fn what_no_order_can_hold_is_refused() {
    let app = TestApp::start().await;
    let (admin, customer) = (app.admin().await, app.customer().await);
    let soap = product(&admin, 100, 100).await;
    let with = |field: &str, value: Value| {
        let mut body = whole(&soap, 1);
        body[field] = value;
        body
    };
    for (body, expected) in [
        (json!({}), 422),
        (of(&soap, 0), 422),
        (of(&soap, 21), 422),
        (with("items", json!([])), 422),
        (with("items", json!([{"productId": soap, "quantity": 20}, {"productId": soap, "quantity": 1}])), 422),
        (with("items", json!([{"productId": soap, "quantity": 1, "price": 1}])), 422),
        (with("items", json!([{"productId": {"$gt": ""}, "quantity": 1}])), 422),
        (with("items", json!([{"productId": "65f0c1d2e3a4b5968778695a", "quantity": 1}])), 422),
        (with("total", json!(1)), 422),
        (with("status", json!("paid")), 422),
        (with("userId", json!("65f0c1d2e3a4b5968778695a")), 422),
        (with("paymentMethod", json!("test")), 422),
        (with("paymentMethod", json!("free")), 422),
        (with("contact", json!({"name": "", "email": "x"})), 422),
        (with("contact", json!({"name": "A", "email": "a@example.com", "role": "admin"})), 422),
        (with("address", json!({"line1": "z\u{301}".repeat(4000), "city": "x", "country": "y"})), 422),
        (with("note", json!({"$where": "1"})), 422),
        (with("streamId", json!("nowhere")), 422),
    ] {
        let (status, answer) = customer.post("/orders", body.clone()).await;
        assert_eq!(status.as_u16(), expected, "{body}: {answer}");
    }
    assert_eq!((stock(&admin, &soap).await, &customer.get("/orders").await.1["total"]), (100, &json!(0)));
    let (_, body) = customer.post("/orders", with("streamId", json!("65f0c1d2e3a4b5968778695a"))).await;
    assert_eq!(body["order"]["streamId"], Value::Null, "a show that does not exist is not remembered");
}

#[tokio::test]
async fn the_test_method_pays_where_the_settings_allow_it() {
    let app = TestApp::builder().settings(|settings| settings.payment_test = true).start().await;
    let (admin, customer) = (app.admin().await, app.customer().await);
    let soap = product(&admin, 100, 5).await;
    let mut body = of(&soap, 1);
    body["paymentMethod"] = json!("test");
    let (status, body) = customer.post("/orders", body).await;
    assert_eq!((status, &body["order"]["status"]), (StatusCode::CREATED, &json!("paid")), "{body}");
}

#[tokio::test]
async fn an_order_remembers_its_show_and_its_shelf_moves_for_all() {
    let start: Timestamp = "2026-03-01T18:00:00Z".parse().unwrap();
    let clock = Clock::manual(start);
    let app = TestApp::builder().clock(clock.clone()).start().await;
    let (admin, customer) = (app.admin().await, app.customer().await);
    let soap = product(&admin, 100, 3).await;
    let (_, show) = admin.post("/livestreams", json!({"title": "Soap hour"})).await;
    let id = show["livestream"]["_id"].as_str().unwrap();
    admin.post(&format!("/livestreams/{id}/pin-product"), json!({"productId": soap})).await;
    let mut viewer = SocketClient::connect(&app).await;
    viewer.send(json!({"type": "register", "streamId": id})).await;
    viewer.until("pinned_products_updated").await;
    clock.set(start.plus_millis(754_900));
    let mut body = of(&soap, 2);
    body["streamId"] = json!(id);
    let (status, body) = customer.post("/orders", body).await;
    assert_eq!((status, &body["order"]["streamId"], &body["order"]["streamSecond"]), (StatusCode::CREATED, &json!(id), &json!(754)));
    viewer.until_that("a shelf with one left", |frame| frame["pinnedProducts"][0]["product"]["stock"] == 1).await;
    admin.post(&format!("/livestreams/{id}/stop"), json!({})).await;
    let mut body = of(&soap, 1);
    body["streamId"] = json!(id);
    let (_, body) = customer.post("/orders", body).await;
    assert_eq!((&body["order"]["streamId"], &body["order"]["streamSecond"]), (&json!(id), &Value::Null), "a replay has no second that we know");
}
