//! The numbers of a show over REST: that they are what happened, whose they are, and what is refused.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use wrencos::{domain::time::Timestamp, server::clock::Clock};

use super::carts::product;
use crate::support::{Client, SocketClient, TestApp};

async fn live_show(admin: &Client) -> String {
    let (status, body) = admin.post("/livestreams", json!({"title": "Spring colours"})).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    body["livestream"]["_id"].as_str().unwrap().to_owned()
}

async fn numbers(admin: &Client, show: &str) -> Value {
    let (status, body) = admin.get(&format!("/livestreams/{show}/analytics")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body
}

async fn pin(admin: &Client, show: &str, product: &str) {
    let (status, body) = admin.post(&format!("/livestreams/{show}/pin-product"), json!({"productId": product})).await;
    assert!(status.is_success(), "{body}");
}

/// A guest who came back once, and so is told from others by their cookie.
async fn guest(app: &TestApp) -> Client {
    let guest = app.guest();
    guest.get("/cart").await;
    guest
}

async fn click(client: &Client, show: &str, product: &str) -> u16 {
    client.post(&format!("/livestreams/{show}/clicks"), json!({"productId": product})).await.0.as_u16()
}

fn of<'a>(numbers: &'a Value, product: &str) -> &'a Value {
    numbers["products"].as_array().unwrap().iter().find(|figures| figures["productId"] == product).unwrap_or(&Value::Null)
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn a_show_is_counted_as_it_happened() {
    let app = TestApp::start().await;
    let (admin, customer) = (app.admin().await, app.customer().await);
    let (soap, brush, apart) = (product(&admin, 500, 10).await, product(&admin, 1500, 10).await, product(&admin, 100, 10).await);
    let show = live_show(&admin).await;
    pin(&admin, &show, &soap).await;
    pin(&admin, &show, &brush).await;

    let mut viewers = Vec::new();
    for name in ["ada", "bea", "cleo", "dora"] {
        viewers.push(SocketClient::viewer(&app, name, &show).await);
    }
    for text in ["one", "two"] {
        viewers[0].send(json!({"type": "chat_message", "message": text})).await;
        viewers[0].until_that("the message", |frame| frame["message"] == text).await;
    }
    admin.post(&format!("/livestreams/{show}/chat"), json!({"message": "welcome"})).await;
    viewers[1].send(json!({"type": "toggle_like"})).await;
    viewers[1].until_that("a heart", |frame| frame["liked"] == true).await;
    // One leaves, and is on the count all the same.
    viewers.pop().unwrap().stream.close(None).await.unwrap();
    while numbers(&admin, &show).await["viewers"]["now"] != 3 {
        viewers[0].until("stream_update").await;
    }

    let guests = [guest(&app).await, guest(&app).await];
    for client in [&guests[0], &guests[0], &guests[1], &admin] {
        assert_eq!(click(client, &show, &soap).await, 204);
    }
    assert_eq!(click(&guests[0], &show, &apart).await, 204, "not on the shelf: taken, and not counted");
    for client in [&guests[0], &guests[0], &customer] {
        let (status, body) = client.post("/cart/items", json!({"productId": soap, "quantity": 1, "streamId": show})).await;
        assert_eq!(status, StatusCode::OK, "{body}");
    }
    let order = json!({"items": [{"productId": soap, "quantity": 2}, {"productId": brush, "quantity": 1}], "streamId": show});
    let (_, placed) = customer.post("/orders", order.clone()).await;
    let (_, cancelled) = customer.post("/orders", order).await;
    let path = format!("/orders/{}/status", cancelled["order"]["_id"].as_str().unwrap());
    assert_eq!(customer.put(&path, json!({"status": "cancelled"})).await.0, StatusCode::OK);
    assert_eq!(placed["order"]["total"], 2500);

    let live = numbers(&admin, &show).await;
    let sets = |names: &[&'static str]| names.iter().copied().collect::<BTreeSet<_>>();
    assert_eq!(
        keys(&live),
        sets(&["viewers", "watchSeconds", "likes", "chatMessages", "chatters", "engagementRate", "timeline", "products", "revenue", "currency"])
    );
    assert_eq!(keys(&live["viewers"]), sets(&["now", "peak", "unique", "total"]));
    assert_eq!(keys(&live["watchSeconds"]), sets(&["average", "total"]));
    assert_eq!(keys(&live["timeline"][0]), sets(&["t", "viewers", "likes", "chats", "orders"]));
    assert_eq!(keys(&live["products"][0]), sets(&["productId", "name", "pinnedSeconds", "clicks", "addedToCart", "orders", "units", "revenue"]));
    assert_eq!(live["viewers"], json!({"now": 3, "peak": 4, "unique": 4, "total": 0}));
    assert_eq!((&live["likes"], &live["chatMessages"], &live["chatters"]), (&json!(1), &json!(3), &json!(2)));
    // Ada spoke, Bea liked, the customer ordered; the host is no audience.
    assert_eq!(live["engagementRate"], 0.75);
    assert_eq!((&live["revenue"], &live["currency"]), (&json!(2500), &json!("USD")));
    let [soaps, brushes] = [of(&live, &soap), of(&live, &brush)];
    let figures = |product: &Value| ["clicks", "addedToCart", "orders", "units", "revenue"].map(|field| product[field].as_i64().unwrap());
    assert_eq!((figures(soaps), figures(brushes)), ([2, 2, 1, 2, 1000], [0, 0, 1, 1, 1500]));
    assert_eq!((&soaps["name"], of(&live, &apart)), (&json!("Velvet Lipstick"), &Value::Null));
    let sum = |field: &str| live["timeline"].as_array().unwrap().iter().map(|point| point[field].as_u64().unwrap()).sum::<u64>();
    assert_eq!([sum("likes"), sum("chats"), sum("orders")], [1, 3, 1]);
    assert_eq!(live["timeline"].as_array().unwrap().iter().map(|point| point["viewers"].as_u64().unwrap()).max(), Some(4));

    admin.post(&format!("/livestreams/{show}/stop"), json!({})).await;
    assert_eq!(click(&guest(&app).await, &show, &soap).await, 204, "the show is over: taken, and not counted");
    let ended = numbers(&admin, &show).await;
    assert_eq!(ended["viewers"], json!({"now": 0, "peak": 4, "unique": 4, "total": 0}));
    assert_eq!(figures(of(&ended, &soap)), [2, 2, 1, 2, 1000]);
    // Nothing that was asked about changes by asking.
    assert_eq!(numbers(&admin, &show).await, ended);
    assert_eq!(admin.get(&format!("/api/livestreams/{show}/analytics")).await.1, ended);
}

#[tokio::test]
async fn numbers_are_for_admins_alone() {
    let app = TestApp::start().await;
    let (admin, customer, guest) = (app.admin().await, app.customer().await, app.guest());
    let show = live_show(&admin).await;
    for path in [format!("/livestreams/{show}/analytics"), format!("/livestreams/{show}/analytics.csv")] {
        assert_eq!(guest.get(&path).await.0, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(customer.get(&path).await.0, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(admin.request(Method::GET, &path).send().await.unwrap().status(), StatusCode::OK, "{path}");
    }
    for (id, expected) in [("65f0c1d2e3a4b5968778695a", 404), ("nonsense", 400), ("65f0c1d2e3a4b59687786", 400)] {
        assert_eq!(admin.get(&format!("/livestreams/{id}/analytics")).await.0.as_u16(), expected, "{id}");
        assert_eq!(click(&guest, id, "65f0c1d2e3a4b5968778695a").await, expected, "{id}");
    }
    let path = format!("/livestreams/{show}/clicks");
    for (body, expected) in [(json!({}), 422), (json!({"productId": "x"}), 422), (json!({"productId": {"$gt": ""}}), 422), (json!([]), 422)] {
        assert_eq!(guest.post(&path, body.clone()).await.0.as_u16(), expected, "{body}");
    }
    assert_eq!(admin.get(&format!("/livestreams/{show}/analytics.csv?table=users")).await.0, 422);
}

#[tokio::test]
async fn a_show_that_has_not_begun_has_no_numbers_yet() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (_, body) = admin.post("/livestreams", json!({"title": "Soon", "scheduledAt": "2030-02-28T12:00:00Z"})).await;
    let numbers = numbers(&admin, body["livestream"]["_id"].as_str().unwrap()).await;
    assert_eq!((&numbers["timeline"], &numbers["products"], &numbers["engagementRate"]), (&json!([]), &json!([]), &json!(0.0)));
}

#[tokio::test]
async fn nobody_clicks_faster_than_people_do() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (soap, show) = (product(&admin, 500, 10).await, live_show(&admin).await);
    pin(&admin, &show, &soap).await;
    let [quick, other] = [guest(&app).await, guest(&app).await];
    let mut refused = 0;
    for _ in 0..200 {
        refused += u32::from(click(&quick, &show, &soap).await == 429);
        if refused > 0 {
            break;
        }
    }
    assert!(refused > 0);
    assert_eq!(click(&other, &show, &soap).await, 204);
    assert_eq!(of(&numbers(&admin, &show).await, &soap)["clicks"], 2);
}

#[tokio::test]
async fn a_table_for_spreadsheets_holds_no_formula() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (_, body) = admin.post("/products", json!({"name": "=HYPERLINK(\"http://evil.example\", \"Soap\")", "price": 1290, "stock": 5})).await;
    let (soap, show) = (body["product"]["_id"].as_str().unwrap().to_owned(), live_show(&admin).await);
    pin(&admin, &show, &soap).await;
    let customer = app.customer().await;
    customer.post("/orders", json!({"items": [{"productId": soap, "quantity": 2}], "streamId": show})).await;
    let read = async |query: &str| {
        let response = admin.request(Method::GET, &format!("/livestreams/{show}/analytics.csv{query}")).send().await.unwrap();
        let headers = response.headers().clone();
        (headers, response.text().await.unwrap())
    };
    let (headers, text) = read("").await;
    assert_eq!(headers["content-type"], "text/csv; charset=utf-8");
    assert!(headers["content-disposition"].to_str().unwrap().starts_with("attachment; filename=\"show-"));
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines[0], "\u{feff}product,name,pinnedSeconds,clicks,addedToCart,orders,units,revenue,currency");
    assert!(lines[1].starts_with(&format!("{soap},\"'=HYPERLINK(\"\"http://evil.example\"\", \"\"Soap\"\")\",")), "{text}");
    assert!(lines[1].ends_with(",0,0,1,2,25.80,USD"), "{text}");
    let (_, text) = read("?table=timeline").await;
    assert!(text.starts_with("\u{feff}from,viewers,likes,chats,orders\r\n20"), "{text}");
    let orders: u32 = text.lines().skip(1).map(|line| line.rsplit(',').next().unwrap().parse::<u32>().unwrap()).sum();
    assert_eq!(orders, 1);
}

#[tokio::test]
async fn a_clock_that_is_set_changes_no_watch_time() {
    let start: Timestamp = "2028-02-29T23:59:00Z".parse().unwrap();
    let clock = Clock::manual(start);
    let app = TestApp::builder().clock(clock.clone()).start().await;
    let admin = app.admin().await;
    let show = live_show(&admin).await;
    let viewer = SocketClient::viewer(&app, "ada", &show).await;
    clock.set(start.plus_millis(3_600_000));
    let ahead = numbers(&admin, &show).await;
    assert!(ahead["watchSeconds"]["total"].as_u64().unwrap() < 1800, "{}", ahead["watchSeconds"]);
    assert_eq!((&ahead["viewers"]["unique"], &ahead["timeline"][0]["viewers"]), (&json!(1), &json!(1)));
    drop(viewer);
}

#[tokio::test]
async fn what_was_watched_outlives_the_server_that_saw_it() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let show = live_show(&admin).await;
    let mut viewers = [SocketClient::viewer(&app, "ada", &show).await, SocketClient::viewer(&app, "bea", &show).await];
    assert_eq!(numbers(&admin, &show).await["viewers"]["unique"], 2);
    // A room that panics is opened anew, with everyone in it, and counts nobody twice.
    app.state.hub.crash_room(show.parse().unwrap()).await;
    for viewer in &mut viewers {
        viewer.until("chat_history").await;
    }
    let again = numbers(&admin, &show).await;
    assert_eq!((&again["viewers"]["unique"], &again["viewers"]["now"]), (&json!(2), &json!(2)));
    // The first server says no more, as if it had been killed: another one knows what it wrote down.
    let next = TestApp::builder().database(app.uri.clone()).start().await;
    let admin = Client::new(next.addr, Some(admin.token().to_owned()));
    let known = numbers(&admin, &show).await;
    assert_eq!(known["viewers"], json!({"now": 0, "peak": 2, "unique": 2, "total": 0}));
    assert_eq!(known["timeline"].as_array().unwrap().iter().map(|point| point["viewers"].as_u64().unwrap()).max(), Some(2));
}

#[tokio::test]
async fn a_deleted_show_leaves_nothing_behind() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (soap, show) = (product(&admin, 500, 10).await, live_show(&admin).await);
    pin(&admin, &show, &soap).await;
    let viewer = SocketClient::viewer(&app, "ada", &show).await;
    click(&guest(&app).await, &show, &soap).await;
    drop(viewer);
    admin.post(&format!("/livestreams/{show}/stop"), json!({})).await;
    let id = show.parse().unwrap();
    assert!(!app.state.db.watched(id).await.unwrap().is_empty() && !app.state.db.interest(id).await.unwrap().is_empty());
    assert_eq!(admin.delete(&format!("/livestreams/{show}")).await.0.as_u16() / 100, 2);
    assert!(app.state.db.watched(id).await.unwrap().is_empty() && app.state.db.interest(id).await.unwrap().is_empty());
    assert_eq!(admin.get(&format!("/livestreams/{show}/analytics")).await.0, StatusCode::NOT_FOUND);
}
