//! Payment by card: the provider as a stub on this machine, its messages signed as the real one signs them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Form, Json, Router,
    extract::{Path, State},
    http::HeaderMap,
    routing::{get, post},
};
use hmac::{Hmac, Mac};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::Sha256;
use wrencos::{
    domain::time::Timestamp,
    server::{clock::Clock, service::payment},
};

use super::{carts::product, orders::of};
use crate::support::{Client, TestApp, client::read};

const SECRET: &str = "whsec_of_the_tests";

/// What the provider was asked, and what it knows.
#[derive(Default)]
struct Provider {
    sessions: Mutex<Vec<(HeaderMap, HashMap<String, String>)>>,
    closed: Mutex<Vec<String>>,
    paid: Mutex<Vec<String>>,
    down: Mutex<bool>,
}

type Shared = State<Arc<Provider>>;

async fn create(State(provider): Shared, headers: HeaderMap, Form(form): Form<HashMap<String, String>>) -> (StatusCode, Json<Value>) {
    if *provider.down.lock().unwrap() {
        return (StatusCode::BAD_GATEWAY, Json(json!({"error": {"message": "Down"}})));
    }
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    let mut sessions = provider.sessions.lock().unwrap();
    sessions.push((headers, form));
    // The same key is the same session.
    let id = format!("cs_test_{}", key.replace('-', "_"));
    (StatusCode::OK, Json(json!({"id": id, "url": format!("https://pay.example/c/{id}#x"), "payment_status": "unpaid"})))
}

async fn close(State(provider): Shared, Path(id): Path<String>) -> (StatusCode, Json<Value>) {
    provider.closed.lock().unwrap().push(id.clone());
    (StatusCode::OK, Json(json!({"id": id})))
}

async fn look(State(provider): Shared, Path(id): Path<String>) -> Json<Value> {
    let status = if provider.paid.lock().unwrap().contains(&id) { "paid" } else { "unpaid" };
    Json(json!({"id": id, "payment_status": status}))
}

struct Shop {
    app: TestApp,
    clock: Clock,
    provider: Arc<Provider>,
    admin: Client,
    ada: Client,
}

impl Shop {
    async fn open() -> Self {
        let provider = Arc::<Provider>::default();
        let router = Router::new()
            .route("/v1/checkout/sessions", post(create))
            .route("/v1/checkout/sessions/{id}", get(look))
            .route("/v1/checkout/sessions/{id}/expire", post(close))
            .with_state(provider.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let clock = Clock::manual("2026-03-01T18:00:00Z".parse().unwrap());
        let settings = |settings: &mut wrencos::server::config::Settings| {
            settings.public_url = Some("https://shop.example".into());
            settings.selling.stripe_secret_key = Some("sk_test_1".into());
            settings.selling.stripe_webhook_secret = Some(SECRET.into());
            settings.selling.stripe_api_base = Some(base);
        };
        let app = TestApp::builder().settings(settings).clock(clock.clone()).start().await;
        let (admin, ada) = (app.admin().await, app.customer().await);
        Self { app, clock, provider, admin, ada }
    }

    async fn order(&self, product: &str, quantity: u32) -> Value {
        let mut body = of(product, quantity);
        body["paymentMethod"] = json!("card");
        let (status, body) = self.ada.post("/orders", body).await;
        assert_eq!(status, StatusCode::CREATED, "{body}");
        body["order"].clone()
    }

    async fn read(&self, order: &Value) -> Value {
        self.ada.get(&format!("/orders/{}", order["_id"].as_str().unwrap())).await.1["order"].clone()
    }

    async fn stock(&self, product: &str) -> i64 {
        self.admin.get(&format!("/products/{product}")).await.1["product"]["stock"].as_i64().unwrap()
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn hear(&self, body: &str, signature: &str) -> (u16, Value) {
        let request = self.app.guest().request(Method::POST, "/payments/stripe/webhook").header("stripe-signature", signature);
        let (status, body) = read(request.body(body.to_owned())).await;
        (status.as_u16(), body)
    }

    // As the provider says it, now.
    async fn told(&self, kind: &str, session: Value) {
        let body = event(kind, session);
        assert_eq!(self.hear(&body, &signed(SECRET, &body, self.now())).await, (200, json!({"received": true})));
    }

    async fn later(&self, ms: i64) {
        self.clock.set(self.now().plus_millis(ms));
    }
}

fn event(kind: &str, session: Value) -> String {
    json!({"id": "evt_1", "object": "event", "type": kind, "data": {"object": session}}).to_string()
}

fn signed(secret: &str, body: &str, at: Timestamp) -> String {
    let seconds = at.millis() / 1000;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{seconds}.{body}").as_bytes());
    let hex: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={seconds},v1={hex}")
}

fn session_id(order: &Value) -> String {
    format!("cs_test_order_{}", order["_id"].as_str().unwrap())
}

fn session(order: &Value) -> Value {
    json!({"id": session_id(order), "client_reference_id": order["_id"], "payment_status": "paid", "amount_total": order["total"], "currency": "usd"})
}

#[tokio::test]
async fn an_order_by_card_is_paid_on_a_page_of_the_provider() {
    let shop = Shop::open().await;
    let soap = product(&shop.admin, 2400, 5).await;
    let order = shop.order(&soap, 2).await;
    assert_eq!((&order["status"], &order["paymentMethod"]), (&json!("pending_payment"), &json!("card")));
    assert_eq!(order["payment"]["url"], format!("https://pay.example/c/{}#x", session_id(&order)));
    assert_eq!(shop.stock(&soap).await, 3, "what is to be paid is nobody else's");
    let (headers, form) = shop.provider.sessions.lock().unwrap()[0].clone();
    assert_eq!([&headers["authorization"], &headers["content-type"]], ["Bearer sk_test_1", "application/x-www-form-urlencoded"]);
    let id = order["_id"].as_str().unwrap();
    let until = (shop.now().millis() / 1000 + 35 * 60).to_string();
    for (field, value) in [
        ("mode", "payment"),
        ("payment_method_types[0]", "card"),
        ("client_reference_id", id),
        ("success_url", &format!("https://shop.example/account/orders/{id}?paid=1")),
        ("cancel_url", &format!("https://shop.example/account/orders/{id}")),
        ("expires_at", &until),
        ("line_items[0][quantity]", "2"),
        ("line_items[0][price_data][currency]", "usd"),
        ("line_items[0][price_data][unit_amount]", "2400"),
        ("line_items[0][price_data][product_data][name]", "Velvet Lipstick"),
    ] {
        assert_eq!(form.get(field).map(String::as_str), Some(value), "{field}");
    }
    shop.told("checkout.session.completed", session(&order)).await;
    let paid = shop.read(&order).await;
    assert_eq!((&paid["status"], &paid["payment"]["url"]), (&json!("paid"), &Value::Null));
    assert_eq!(shop.stock(&soap).await, 3);
    let methods = read(shop.ada.request(Method::GET, "/fn/payment_methods")).await.1;
    assert_eq!(methods, json!(["card", "on_delivery"]));
}

#[tokio::test]
async fn only_the_provider_is_believed_and_only_about_its_own_session() {
    let shop = Shop::open().await;
    let soap = product(&shop.admin, 500, 5).await;
    let order = shop.order(&soap, 1).await;
    let paid = event("checkout.session.completed", session(&order));
    let now = shop.now();
    for (body, signature) in [
        (paid.clone(), String::new()),
        (paid.clone(), signed("whsec_other", &paid, now)),
        (paid.clone(), signed(SECRET, &paid, now.plus_millis(-301_000))),
        (paid.clone(), signed(SECRET, &paid, now.plus_millis(301_000))),
        (paid.replace("evt_1", "evt_2"), signed(SECRET, &paid, now)),
    ] {
        let (status, answer) = shop.hear(&body, &signature).await;
        assert_eq!((status, &answer["code"]), (400, &json!("bad_signature")), "{signature}");
    }
    let with = |field: &str, value: Value| {
        let mut session = session(&order);
        session[field] = value;
        session
    };
    for (kind, session) in [
        ("checkout.session.completed", with("id", json!("cs_test_other"))),
        ("checkout.session.completed", with("client_reference_id", json!("65f0c1d2e3a4b5968778695a"))),
        ("checkout.session.completed", with("client_reference_id", json!("nothing of ours"))),
        ("checkout.session.completed", with("client_reference_id", Value::Null)),
        ("checkout.session.completed", with("payment_status", json!("unpaid"))),
        ("checkout.session.completed", with("amount_total", json!(499))),
        ("checkout.session.completed", with("currency", json!("vnd"))),
        ("checkout.session.expired", with("id", json!("cs_test_other"))),
        ("payment_intent.succeeded", json!({"id": "pi_1"})),
        ("checkout.session.async_payment_succeeded", with("payment_status", json!("unpaid"))),
    ] {
        shop.told(kind, session).await;
        assert_eq!(shop.read(&order).await["status"], "pending_payment", "{kind}");
    }
    for body in ["", "{}", "null", r#"{"type":"checkout.session.completed","data":{"object":[]}}"#] {
        assert_eq!(shop.hear(body, &signed(SECRET, body, now)).await.0, 400, "{body}");
    }
    let large = "x".repeat(300 * 1024);
    assert_eq!(shop.hear(&large, &signed(SECRET, &large, now)).await.0, 413);
    let plain = TestApp::start().await;
    assert_eq!(plain.guest().post("/payments/stripe/webhook", json!({})).await.0, StatusCode::NOT_FOUND, "no provider is set up");
}

#[tokio::test]
async fn a_message_that_comes_again_changes_nothing_more() {
    let shop = Shop::open().await;
    let soap = product(&shop.admin, 500, 5).await;
    let (paid, lost) = (shop.order(&soap, 1).await, shop.order(&soap, 2).await);
    let body = event("checkout.session.completed", session(&paid));
    let signature = signed(SECRET, &body, shop.now());
    let again = futures::future::join_all((0..10).map(|_| shop.hear(&body, &signature))).await;
    assert!(again.iter().all(|(status, _)| *status == 200), "{again:?}");
    let first = shop.read(&paid).await;
    assert_eq!(first["status"], "paid");
    shop.admin.put(&format!("/orders/{}/status", paid["_id"].as_str().unwrap()), json!({"status": "shipped"})).await;
    shop.later(60_000).await;
    shop.hear(&body, &signature).await;
    shop.told("checkout.session.expired", session(&paid)).await;
    let last = shop.read(&paid).await;
    assert_eq!((&last["status"], &last["payment"]["paidAt"]), (&json!("shipped"), &first["payment"]["paidAt"]), "never backwards");
    for _ in 0..3 {
        shop.told("checkout.session.expired", session(&lost)).await;
    }
    assert_eq!((shop.read(&lost).await["status"].as_str(), shop.stock(&soap).await), (Some("cancelled"), 4), "given back once");
}

#[tokio::test]
async fn money_for_an_order_that_was_called_off_is_owed_back() {
    let shop = Shop::open().await;
    let soap = product(&shop.admin, 500, 5).await;
    let order = shop.order(&soap, 1).await;
    shop.ada.put(&format!("/orders/{}/status", order["_id"].as_str().unwrap()), json!({"status": "cancelled"})).await;
    shop.told("checkout.session.completed", session(&order)).await;
    let after = shop.read(&order).await;
    assert_eq!((&after["status"], after["payment"]["paidAt"].is_string()), (&json!("cancelled"), true));
    assert_eq!(shop.stock(&soap).await, 5);
}

#[tokio::test]
async fn what_is_never_paid_goes_back_to_the_shop() {
    let shop = Shop::open().await;
    let soap = product(&shop.admin, 500, 10).await;
    let (late, lost) = (shop.order(&soap, 1).await, shop.order(&soap, 2).await);
    let by_hand = of(&soap, 3);
    assert_eq!(shop.ada.post("/orders", by_hand).await.0, StatusCode::CREATED);
    shop.provider.paid.lock().unwrap().push(session_id(&late));
    shop.later(36 * 60_000).await;
    payment::give_up_unpaid(&shop.app.state).await.unwrap();
    assert_eq!(shop.read(&lost).await["status"], "pending_payment", "its page may still take money");
    shop.later(1).await;
    payment::give_up_unpaid(&shop.app.state).await.unwrap();
    assert_eq!((&shop.read(&late).await["status"], &shop.read(&lost).await["status"]), (&json!("paid"), &json!("cancelled")));
    assert!(shop.provider.closed.lock().unwrap().contains(&session_id(&lost)), "its page is closed first");
    assert_eq!(shop.stock(&soap).await, 6, "what is paid at the door waits on");
}

#[tokio::test]
async fn a_provider_that_is_away_costs_no_order() {
    let shop = Shop::open().await;
    let soap = product(&shop.admin, 500, 5).await;
    *shop.provider.down.lock().unwrap() = true;
    let order = shop.order(&soap, 1).await;
    assert_eq!((&order["status"], &order["payment"]), (&json!("pending_payment"), &Value::Null));
    let path = format!("/orders/{}/pay", order["_id"].as_str().unwrap());
    assert_eq!(shop.ada.post(&path, json!({})).await.0, StatusCode::SERVICE_UNAVAILABLE);
    *shop.provider.down.lock().unwrap() = false;
    let (status, body) = shop.ada.post(&path, json!({})).await;
    assert_eq!((status, body["order"]["payment"]["url"].is_string()), (StatusCode::OK, true), "{body}");
    assert_eq!(shop.ada.post(&path, json!({})).await.1["order"], body["order"], "asked again, it is the same page");
    assert_eq!(shop.provider.sessions.lock().unwrap().len(), 1);
    let other = shop.app.customer().await;
    assert_eq!(other.post(&path, json!({})).await.0, StatusCode::NOT_FOUND);
    shop.told("checkout.session.completed", session(&order)).await;
    assert_eq!(shop.ada.post(&path, json!({})).await.0, StatusCode::CONFLICT, "it is paid");

    *shop.provider.down.lock().unwrap() = true;
    let stuck = shop.order(&soap, 1).await;
    shop.later(37 * 60_000).await;
    payment::give_up_unpaid(&shop.app.state).await.unwrap();
    assert_eq!((shop.read(&stuck).await["status"].as_str(), shop.stock(&soap).await), (Some("cancelled"), 4));
}

#[tokio::test]
async fn an_amount_that_no_card_can_pay_takes_nothing() {
    let shop = Shop::open().await;
    let (_, body) = shop.admin.post("/products", json!({"name": "Oud", "price": 1234, "stock": 5, "currency": "KWD"})).await;
    let oud = body["product"]["_id"].as_str().unwrap();
    shop.ada.put("/cart", of(oud, 1)).await;
    let mut body = of(oud, 1);
    body["paymentMethod"] = json!("card");
    let (status, answer) = shop.ada.post("/orders", body).await;
    assert_eq!((status.as_u16(), answer["fields"]["paymentMethod"].is_string()), (422, true), "{answer}");
    assert_eq!((shop.stock(oud).await, &shop.ada.get("/cart").await.1["cart"]["count"]), (5, &json!(1)), "stock and cart are as before");
}
