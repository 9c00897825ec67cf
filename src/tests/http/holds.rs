//! Stock that the checkout holds back: for how long, for whom, and that nobody is sold what another holds.

use futures::future::join_all;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use wrencos::{
    domain::time::Timestamp,
    server::{clock::Clock, service::holds},
};

use super::{
    carts::product,
    orders::{customers, of},
};
use crate::support::{Client, SocketClient, TestApp, client::read};

async fn cart_of(client: &Client, product: &str, quantity: u32) {
    let (status, body) = client.put("/cart", of(product, quantity)).await;
    assert_eq!(status, StatusCode::OK, "{body}");
}

async fn hold(client: &Client) -> (u16, Value) {
    let (status, body) = client.post("/cart/hold", json!({})).await;
    (status.as_u16(), body)
}

// Units in stock, and those of them that are held.
async fn stock(client: &Client, product: &str) -> (i64, i64) {
    let body = client.get(&format!("/products/{product}")).await.1;
    (body["product"]["stock"].as_i64().unwrap(), body["product"]["held"].as_i64().unwrap())
}

fn start() -> Timestamp {
    "2026-03-01T18:00:00Z".parse().unwrap()
}

#[tokio::test]
async fn the_last_piece_is_held_for_one_and_everybody_is_told() {
    let app = TestApp::start().await;
    let (admin, ada, bea) = (app.admin().await, app.customer().await, app.customer().await);
    let soap = product(&admin, 100, 1).await;
    let (_, show) = admin.post("/livestreams", json!({"title": "Soap hour"})).await;
    let id = show["livestream"]["_id"].as_str().unwrap();
    admin.post(&format!("/livestreams/{id}/pin-product"), json!({"productId": soap})).await;
    let mut viewer = SocketClient::viewer(&app, "a-viewer", id).await;
    cart_of(&ada, &soap, 1).await;
    cart_of(&bea, &soap, 1).await;

    let (status, body) = hold(&ada).await;
    assert_eq!((status, &body["hold"]["secondsLeft"]), (200, &json!(600)), "{body}");
    assert_eq!(stock(&admin, &soap).await, (1, 1));
    viewer.until_that("a shelf with one held", |frame| frame["pinnedProducts"][0]["product"]["held"] == 1).await;
    let sentence = "All that is left of Velvet Lipstick is in somebody\u{2019}s checkout. Try again in some minutes.";
    for (status, body) in [bea.post("/cart/hold", json!({})).await, bea.post("/orders", of(&soap, 1)).await] {
        assert_eq!((status.as_u16(), &body["code"], &body["fields"][format!("products[{soap}]")]), (409, &json!("out_of_stock"), &json!(sentence)));
    }
    let seen = async |client: &Client| {
        let item = client.get("/cart").await.1["cart"]["items"][0].clone();
        (item["left"].as_i64().unwrap(), item["available"].as_bool().unwrap())
    };
    assert_eq!((seen(&ada).await, seen(&bea).await), ((1, true), (0, false)));

    assert_eq!(ada.post("/orders", of(&soap, 1)).await.0, StatusCode::CREATED);
    assert_eq!(stock(&admin, &soap).await, (0, 0), "the order took what was held");
    viewer.until_that("a sold out shelf", |frame| frame["pinnedProducts"][0]["product"]["stock"] == 0).await;
    assert_eq!(app.guest().post("/cart/hold", json!({})).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(hold(&ada).await.0, 422, "an empty cart");
}

#[tokio::test]
async fn a_hold_ends_with_its_time_and_survives_a_server_that_dies() {
    let clock = Clock::manual(start());
    let app = TestApp::builder().clock(clock.clone()).start().await;
    let (admin, ada, bea) = (app.admin().await, app.customer().await, app.customer().await);
    let soap = product(&admin, 100, 2).await;
    cart_of(&ada, &soap, 2).await;
    cart_of(&bea, &soap, 1).await;
    assert_eq!(hold(&ada).await.0, 200);
    clock.set(start().plus_millis(60_000));
    let (_, again) = hold(&ada).await;
    assert_eq!(again["hold"]["secondsLeft"], 540, "asked again, it does not become longer");
    clock.set(start().plus_millis(599_999));
    assert_eq!(hold(&bea).await.0, 409);

    clock.set(start().plus_millis(600_000));
    assert_eq!(hold(&bea).await.0, 200, "nobody is refused for the sake of a hold that ran out");
    assert_eq!(stock(&admin, &soap).await, (2, 1));
    let (status, body) = ada.post("/orders", of(&soap, 2)).await;
    assert_eq!((status.as_u16(), &body["message"]), (409, &json!("Only 1 left of Velvet Lipstick.")));

    // A second server over the same database finds what the first one held.
    let other = TestApp::builder().database(app.uri.clone()).clock(clock.clone()).start().await;
    let now = start().plus_millis(1_200_000);
    assert_eq!(holds::let_go_of_expired(&other.state, start().plus_millis(1_199_999)).await.unwrap(), 0);
    assert_eq!(holds::let_go_of_expired(&other.state, now).await.unwrap(), 1);
    assert_eq!(holds::let_go_of_expired(&app.state, now).await.unwrap(), 0);
    assert_eq!(stock(&admin, &soap).await, (2, 0));
    assert_eq!(ada.post("/orders", of(&soap, 2)).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn a_hold_that_ran_out_stands_in_nobodys_way() {
    let clock = Clock::manual(start());
    let app = TestApp::builder().clock(clock.clone()).start().await;
    let (admin, ada, bea) = (app.admin().await, app.customer().await, app.customer().await);
    let soap = product(&admin, 100, 1).await;
    cart_of(&ada, &soap, 1).await;
    assert_eq!(hold(&ada).await.0, 200);
    clock.set(start().plus_millis(700_000));
    // An order without a hold of its own: the hold that ran out does not stand in its way.
    assert_eq!(bea.post("/orders", of(&soap, 1)).await.0, StatusCode::CREATED);
    assert_eq!(ada.post("/orders", of(&soap, 1)).await.0, StatusCode::CONFLICT);
    assert_eq!(stock(&admin, &soap).await, (0, 0));
}

#[tokio::test]
async fn a_changed_cart_and_a_left_checkout_let_go() {
    let app = TestApp::start().await;
    let (admin, ada) = (app.admin().await, app.customer().await);
    let (soap, brush) = (product(&admin, 100, 5).await, product(&admin, 100, 5).await);
    cart_of(&ada, &soap, 2).await;
    let first = hold(&ada).await.1["hold"]["id"].as_str().unwrap().to_owned();
    let second = hold(&ada).await.1["hold"]["id"].as_str().unwrap().to_owned();
    let release = async |id: &str| read(ada.request(Method::POST, "/fn/release_hold").form(&[("id", id)])).await.0;
    assert_eq!(release(&first).await, StatusCode::OK);
    assert_eq!(stock(&admin, &soap).await, (5, 2), "a page that is left late lets go of its own hold, not of a newer one");
    assert_eq!(release(&second).await, StatusCode::OK);
    assert_eq!(stock(&admin, &soap).await, (5, 0));

    hold(&ada).await;
    ada.post("/cart/items", json!({"productId": brush, "quantity": 1})).await;
    assert_eq!(stock(&admin, &soap).await, (5, 0), "a cart that changed is not what was held");
    hold(&ada).await;
    assert_eq!((stock(&admin, &soap).await, stock(&admin, &brush).await), ((5, 2), (5, 1)));
    // Less is ordered than was held: the rest is free again.
    assert_eq!(ada.post("/orders", of(&soap, 1)).await.0, StatusCode::CREATED);
    assert_eq!((stock(&admin, &soap).await, stock(&admin, &brush).await), ((4, 0), (5, 0)));
    hold(&ada).await;
    assert_eq!(ada.delete("/cart/hold").await.0, StatusCode::NO_CONTENT);
    assert_eq!(ada.delete("/cart/hold").await.0, StatusCode::NO_CONTENT);
    assert_eq!(stock(&admin, &brush).await, (5, 0));
}

#[tokio::test]
async fn what_is_held_is_sold_to_who_holds_it_though_the_stock_was_lowered() {
    let app = TestApp::start().await;
    let (admin, ada, bea) = (app.admin().await, app.customer().await, app.customer().await);
    let soap = product(&admin, 100, 5).await;
    for client in [&ada, &bea] {
        cart_of(client, &soap, 2).await;
        assert_eq!(hold(client).await.0, 200);
    }
    admin.put(&format!("/products/{soap}"), json!({"stock": 3})).await;
    assert_eq!(ada.post("/orders", of(&soap, 2)).await.0, StatusCode::CREATED);
    let (status, body) = bea.post("/orders", of(&soap, 2)).await;
    assert_eq!((status.as_u16(), &body["message"]), (409, &json!("Only 1 left of Velvet Lipstick.")));
    assert_eq!(bea.post("/orders", of(&soap, 1)).await.0, StatusCode::CREATED);
    assert_eq!(stock(&admin, &soap).await, (0, 0));
}

#[tokio::test]
async fn two_hundred_go_to_the_checkout_for_the_last_ten() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let lipstick = product(&admin, 2400, 10).await;
    let customers = customers(&app, 200).await;
    let buy = async |client: &Client| {
        cart_of(client, &lipstick, 1).await;
        let (held, body) = hold(client).await;
        if held != 200 {
            assert_eq!((held, &body["code"]), (409, &json!("out_of_stock")), "{body}");
            return false;
        }
        let (status, body) = client.post("/orders", of(&lipstick, 1)).await;
        assert_eq!(status, StatusCode::CREATED, "who holds a piece gets it: {body}");
        true
    };
    let bought = join_all(customers.iter().map(buy)).await;
    assert_eq!(bought.iter().filter(|bought| **bought).count(), 10);
    assert_eq!(stock(&admin, &lipstick).await, (0, 0));
    assert_eq!(admin.get("/orders?limit=1").await.1["total"], 10);
}

#[tokio::test]
async fn one_customer_buys_no_more_than_they_may() {
    let app = TestApp::start().await;
    let (admin, ada, bea) = (app.admin().await, app.customer().await, app.customer().await);
    let soap = product(&admin, 100, 50).await;
    let (_, body) = admin.put(&format!("/products/{soap}"), json!({"maxPerCustomer": 3})).await;
    assert_eq!(body["product"]["maxPerCustomer"], 3);
    let answers = join_all((0..8).map(|_| ada.post("/orders", of(&soap, 1)))).await;
    let bought: Vec<_> = answers.iter().filter(|(status, _)| *status == StatusCode::CREATED).collect();
    assert_eq!(bought.len(), 3, "{answers:?}");
    let sentence = "One customer can buy 3 of Velvet Lipstick at most; you bought 3 before.";
    cart_of(&ada, &soap, 1).await;
    for (status, body) in [ada.post("/orders", of(&soap, 1)).await, ada.post("/cart/hold", json!({})).await] {
        assert_eq!((status.as_u16(), &body["code"], &body["fields"][format!("products[{soap}]")]), (409, &json!("customer_limit"), &json!(sentence)));
    }
    assert_eq!(stock(&admin, &soap).await, (47, 0));
    let path = format!("/orders/{}/status", bought[0].1["order"]["_id"].as_str().unwrap());
    ada.put(&path, json!({"status": "cancelled"})).await;
    assert_eq!(hold(&ada).await.0, 200, "what was called off does not count");
    assert_eq!(bea.post("/orders", of(&soap, 4)).await.0, StatusCode::CONFLICT);
    assert_eq!(bea.post("/orders", of(&soap, 3)).await.0, StatusCode::CREATED, "a limit is each customer's own");
    admin.put(&format!("/products/{soap}"), json!({"maxPerCustomer": 0})).await;
    assert_eq!(bea.post("/orders", of(&soap, 4)).await.0, StatusCode::CREATED, "zero is no limit");
}

#[tokio::test]
async fn who_changes_carts_without_end_has_to_wait() {
    let app = TestApp::start().await;
    let (admin, ada, bea) = (app.admin().await, app.customer().await, app.customer().await);
    let soap = product(&admin, 100, 50).await;
    let mut refused = None;
    for _ in 0..1000 {
        let response = ada.request(Method::POST, "/cart/items").json(&json!({"productId": soap, "quantity": 1})).send().await.unwrap();
        if response.status() != StatusCode::OK {
            refused = Some(response);
            break;
        }
    }
    let refused = refused.expect("a limit");
    let seconds: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(refused.status() == StatusCode::TOO_MANY_REQUESTS && (1..=5).contains(&seconds), "{refused:?}");
    assert_eq!(ada.get("/cart").await.0, StatusCode::OK, "looking is free");
    assert_eq!(bea.post("/cart/items", json!({"productId": soap, "quantity": 1})).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_refused_form_comes_back_as_it_was_typed() {
    let app = TestApp::start().await;
    let (admin, (user, ada)) = (app.admin().await, app.customer_named("Ada").await);
    let soap = product(&admin, 100, 5).await;
    cart_of(&ada, &soap, 1).await;
    let begin = async || read(ada.request(Method::POST, "/fn/begin_checkout")).await.1;
    let first = begin().await;
    assert_eq!((&first["form"]["contact"]["name"], &first["form"]["contact"]["email"]), (&json!("Ada"), &json!(user.email)));
    assert_eq!(first["cart"]["items"][0]["available"], true, "{first}");
    let order = async |city: &str| {
        let key = first["key"].as_str().unwrap();
        let fields = [
            ("contact[name]", "Ada L."),
            ("contact[email]", "ada@example.com"),
            ("address[line1]", "Wren Lane 7"),
            ("address[city]", city),
            ("address[country]", "UK"),
            ("note", "Ring twice"),
            ("idempotency_key", key),
            ("payment_method", "on_delivery"),
        ];
        ada.request(Method::POST, "/fn/place_order").header("accept", "text/html").header("referer", "http://shop/checkout").form(&fields).send().await.unwrap()
    };
    let refused = order("").await;
    assert_eq!(refused.status(), StatusCode::FOUND);
    assert!(refused.headers()["location"].to_str().unwrap().starts_with("http://shop/checkout?"), "back to the form");
    let form = begin().await["form"].clone();
    assert_eq!((&form["contact"]["name"], &form["address"]["line1"], &form["note"]), (&json!("Ada L."), &json!("Wren Lane 7"), &json!("Ring twice")));
    let placed = order("Hull").await;
    assert!(placed.headers()["location"].to_str().unwrap().contains("?placed=1"));
    cart_of(&ada, &soap, 1).await;
    let form = begin().await["form"].clone();
    assert_eq!((&form["address"]["city"], &form["note"]), (&json!("Hull"), &json!("")), "the last order's address, without its note");
}
