//! Products over REST: who may do what, and what is refused.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::support::{TestApp, client::read};

#[tokio::test]
async fn an_admin_keeps_the_shelf_and_everyone_reads_it() {
    let app = TestApp::start().await;
    let (admin, guest) = (app.admin().await, app.guest());
    let (status, body) = admin.post("/products", json!({"name": "  Velvet   Lipstick ", "price": 2400, "stock": 3, "currency": "eur"})).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    let product = &body["product"];
    assert_eq!((product["name"].as_str(), product["currency"].as_str(), product["active"].as_bool()), (Some("Velvet Lipstick"), Some("EUR"), Some(true)));
    let path = format!("/products/{}", product["_id"].as_str().unwrap());
    assert_eq!(guest.get(&path).await.1["product"], *product);
    assert_eq!(guest.get(&format!("/api{path}")).await.1["product"], *product);
    let (status, body) = admin.put(&path, json!({"price": 1900, "stock": 2})).await;
    assert_eq!((status, body["product"]["price"].as_i64(), body["product"]["name"].as_str()), (StatusCode::OK, Some(1900), Some("Velvet Lipstick")));
    let (_, list) = guest.get("/products?search=LIPST").await;
    assert_eq!((list["total"].as_i64(), list["products"][0]["price"].as_i64()), (Some(1), Some(1900)));
    assert_eq!(guest.get("/products?search=.*").await.1["total"], 0, "a search is text, not a pattern");
    let (status, body) = admin.delete(&path).await;
    assert_eq!((status, body), (StatusCode::OK, json!({"deleted": true})));
    assert_eq!(guest.get(&path).await.0, StatusCode::NOT_FOUND);
    assert_eq!(admin.delete(&path).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn inactive_products_exist_for_admins_alone() {
    let app = TestApp::start().await;
    let (admin, customer) = (app.admin().await, app.customer().await);
    let (_, body) = admin.post("/products", json!({"name": "Secret", "price": 1, "active": false})).await;
    let path = format!("/products/{}", body["product"]["_id"].as_str().unwrap());
    assert_eq!(admin.get(&path).await.0, StatusCode::OK);
    let unknown = customer.get("/products/65f0c1d2e3a4b5968778695a").await;
    assert_eq!(customer.get(&path).await, unknown, "no different from a product that does not exist");
    assert_eq!(customer.get("/products").await.1["total"], 0);
    assert_eq!(admin.get("/products").await.1["total"], 1);
}

#[tokio::test]
async fn lists_come_in_pages_newest_first() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for number in 0..5 {
        admin.post("/products", json!({"name": format!("Product {number}"), "price": number})).await;
    }
    let (_, page) = app.guest().get("/products?limit=2&skip=1").await;
    let names: Vec<_> = page["products"].as_array().unwrap().iter().map(|product| product["name"].as_str().unwrap()).collect();
    assert_eq!((names, page["total"].as_i64()), (vec!["Product 3", "Product 2"], Some(5)));
    for query in ["limit=0", "limit=201", "limit=-1", "limit=x", "skip=-1", "skip=99999999999", "limit[$ne]=1"] {
        let status = app.guest().get(&format!("/products?{query}")).await.0;
        let expected = if query.contains('[') { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        assert_eq!(status, expected, "{query}");
    }
}

#[tokio::test]
async fn only_admins_write() {
    let app = TestApp::start().await;
    let (admin, customer, guest) = (app.admin().await, app.customer().await, app.guest());
    let (_, body) = admin.post("/products", json!({"name": "Soap", "price": 100})).await;
    let path = format!("/products/{}", body["product"]["_id"].as_str().unwrap());
    for (who, expected) in [(&customer, StatusCode::FORBIDDEN), (&guest, StatusCode::UNAUTHORIZED)] {
        assert_eq!(who.post("/products", json!({"name": "x", "price": 1})).await.0, expected);
        assert_eq!(who.put(&path, json!({"price": 0})).await.0, expected);
        assert_eq!(who.put(&path, json!({"role": "admin"})).await.0, expected, "told nothing about fields before being told no");
        assert_eq!(who.delete(&path).await.0, expected);
    }
    assert_eq!(guest.get(&path).await.1["product"]["price"], 100);
}

#[tokio::test]
async fn wrong_input_is_named_and_changes_nothing() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (_, body) = admin.post("/products", json!({"name": "Soap", "price": 100})).await;
    let path = format!("/products/{}", body["product"]["_id"].as_str().unwrap());
    for (change, field) in [
        (json!({"price": -1}), "price"),
        (json!({"price": 1.5}), "price"),
        (json!({"price": "1"}), "price"),
        (json!({"price": 9_007_199_254_740_993_i64}), "price"),
        (json!({"stock": 1_000_001}), "stock"),
        (json!({"name": ""}), "name"),
        (json!({"name": {"$gt": ""}}), "name"),
        (json!({"currency": "DOLLAR"}), "currency"),
        (json!({"images": ["https://evil.example/x.png"]}), "images"),
        (json!({"images": ["/uploads/../jwt_secret"]}), "images"),
        (json!({"likes": 9999}), "likes"),
        (json!({"_id": "65f0c1d2e3a4b5968778695a"}), "_id"),
        (json!({"deleted": false}), "deleted"),
        (json!({"$where": "1"}), "$where"),
        (json!({"stock.$": 1}), "stock.$"),
    ] {
        let (status, answer) = admin.put(&path, change.clone()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{change}: {answer}");
        assert!(answer["fields"].get(field).is_some(), "{change}: {answer}");
    }
    assert_eq!(admin.get(&path).await.1["product"], body["product"]);
    for (id, expected) in [("1", 400), ("65f0c1d2e3a4b5968778695g", 400), ("..%2f..%2fetc", 400), ("000000000000000000000000", 404)] {
        for method in [Method::GET, Method::DELETE] {
            let (status, answer) = read(admin.request(method.clone(), &format!("/products/{id}"))).await;
            assert_eq!(status.as_u16(), expected, "{method} {id}: {answer}");
        }
    }
}
