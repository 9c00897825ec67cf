//! Taking over the database of the system that WrenCOS replaces: a small one with everything that can be odd in it, and,
//! when asked for, a large one.

mod large;
mod old_shop;

use std::process::{Command, Stdio};

use futures::TryStreamExt;
use mongodb::bson::{Bson, Document, doc};
use reqwest::StatusCode;
use serde_json::json;
use wrencos::server::{
    config::PriceUnit,
    service::import::{Kind, Mode, Report, import},
};

use self::old_shop::{OldShop, PASSWORD, oid};
use crate::support::{Client, TestApp};

async fn run(app: &TestApp, old: &OldShop, mode: Mode) -> Report {
    import(&app.state.db, &old.uri, mode, PriceUnit::Major, &mut |_| {}).await.unwrap()
}

fn counts(report: &Report, kind: Kind) -> [u64; 4] {
    let counts = report.counts(kind);
    [counts.read, counts.written, counts.known, counts.skipped]
}

/// Every document of the shop, to see that nothing changed.
async fn everything(app: &TestApp) -> Vec<(String, Document)> {
    let database = mongodb::Client::with_uri_str(&app.uri).await.unwrap().default_database().unwrap();
    let mut names = database.list_collection_names().await.unwrap();
    names.sort();
    let mut all = Vec::new();
    for name in names {
        let documents: Vec<Document> = database.collection::<Document>(&name).find(doc! {}).sort(doc! { "_id": 1 }).await.unwrap().try_collect().await.unwrap();
        all.extend(documents.into_iter().map(|document| (name.clone(), document)));
    }
    all
}

async fn login(app: &TestApp, email: &str, password: &str) -> (StatusCode, serde_json::Value) {
    app.guest().post("/auth/login", json!({"email": email, "password": password})).await
}

#[tokio::test]
async fn a_shop_is_taken_over_whole_and_only_once() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let old = OldShop::create().await;
    old.fill().await;
    let before = everything(&app).await;
    let dry = run(&app, &old, Mode::DryRun).await;
    assert_eq!(everything(&app).await, before, "a dry run writes nothing");

    let report = run(&app, &old, Mode::Write).await;
    for (kind, expected) in [
        (Kind::Accounts, [5, 4, 0, 1]),
        (Kind::Products, [4, 2, 0, 2]),
        (Kind::Shows, [3, 3, 0, 0]),
        (Kind::Messages, [8, 6, 0, 2]),
        (Kind::Hearts, [3, 3, 0, 0]),
        (Kind::Pins, [4, 3, 0, 1]),
        (Kind::Orders, [3, 2, 0, 1]),
    ] {
        assert_eq!(counts(&report, kind), expected, "{kind:?}\n{report}");
        if kind != Kind::Pins {
            assert_eq!(counts(&dry, kind), expected, "dry run, {kind:?}\n{dry}");
        }
    }

    // Messages in their order, under their names; the odd ones left out.
    let show = oid(1).to_hex();
    let (_, chat) = app.guest().get(&format!("/livestreams/{show}/chat")).await;
    let said: Vec<_> =
        chat["messages"].as_array().unwrap().iter().map(|message| (message["username"].as_str().unwrap(), message["message"].as_str().unwrap())).collect();
    assert_eq!(said, [("Ada", "first"), ("Host", "welcome"), ("Bea", "an object"), ("Guest", "<b>nameless</b>")]);
    let (_, body) = admin.get(&format!("/livestreams/{show}")).await;
    let taken = &body["livestream"];
    assert_eq!(
        (&taken["status"], &taken["duration"], &taken["viewCount"], &taken["peakViewers"], &taken["likes"]),
        (&json!("ended"), &json!(600), &json!(12), &json!(5), &json!(2))
    );
    assert_eq!(taken["videoUrl"], "/uploads/livestreams/one.webm");
    let pinned: Vec<_> = taken["pinnedProducts"].as_array().unwrap().iter().map(|pin| pin["productId"].as_str().unwrap().to_owned()).collect();
    assert_eq!(pinned, [oid(12).to_hex(), oid(11).to_hex()]);
    let (_, body) = admin.get(&format!("/livestreams/{}", oid(2))).await;
    assert_eq!((&body["livestream"]["status"], body["livestream"]["pinnedProducts"].as_array().unwrap().len()), (&json!("ended"), 1));
    assert_eq!(app.guest().get("/livestreams/active").await.1["livestream"], serde_json::Value::Null);

    // Its numbers are those of what is known of it.
    let (_, numbers) = admin.get(&format!("/livestreams/{show}/analytics")).await;
    assert_eq!(
        (&numbers["chatMessages"], &numbers["chatters"], &numbers["likes"], &numbers["viewers"]["unique"]),
        (&json!(4), &json!(4), &json!(2), &json!(12))
    );
    assert_eq!((&numbers["revenue"], &numbers["timeline"][10]["orders"]), (&json!(2597), &json!(1)));

    // Prices are minor units; what has no price is not for sale.
    let (_, soap) = app.guest().get(&format!("/products/{}", oid(11))).await;
    assert_eq!((&soap["product"]["price"], &soap["product"]["stock"]), (&json!(1299), &json!(3)));
    assert_eq!(app.guest().get(&format!("/products/{}", oid(13))).await.0, StatusCode::NOT_FOUND);

    let once = everything(&app).await;
    let again = run(&app, &old, Mode::Write).await;
    assert!(again.wrote_nothing(), "{again}");
    assert_eq!(everything(&app).await, once, "a second run changes nothing");
    assert_eq!((counts(&again, Kind::Messages)[2], counts(&again, Kind::Shows)[2], counts(&again, Kind::Orders)[2]), (8, 3, 2), "{again}");
}

#[tokio::test]
async fn an_old_password_opens_the_door_once_and_is_then_written_anew() {
    let app = TestApp::start().await;
    app.admin().await;
    let old = OldShop::create().await;
    old.fill().await;
    run(&app, &old, Mode::Write).await;
    let hash = async || app.state.db.account_by_email("ada@example.com").await.unwrap().unwrap().password_hash;
    assert!(hash().await.starts_with("$2b$"));
    assert_eq!(login(&app, "ada@example.com", "wrong").await.0, StatusCode::UNAUTHORIZED);
    assert!(hash().await.starts_with("$2b$"), "a wrong password changes nothing");
    let (status, body) = login(&app, " Ada@Example.com", PASSWORD).await;
    assert_eq!((status, &body["user"]["_id"]), (StatusCode::OK, &json!(oid(21).to_hex())));
    assert!(hash().await.starts_with("$argon2id$"), "{}", hash().await);
    let first = Client::new(app.addr, Some(body["token"].as_str().unwrap().to_owned()));
    assert_eq!(login(&app, "ada@example.com", PASSWORD).await.0, StatusCode::OK);
    assert_eq!(login(&app, "ada@example.com", "wrong").await.0, StatusCode::UNAUTHORIZED);
    // Whoever signed in with the old one stays so.
    let (_, orders) = first.get("/orders").await;
    assert_eq!((&orders["total"], &orders["orders"][0]["total"]), (&json!(1), &json!(2597)));
    let number = orders["orders"][0]["number"].as_str().unwrap();
    assert!(number.starts_with("W-"), "{number}");
    // An admin there is an admin here; nobody else becomes one. What is no hash opens to no password.
    let (_, boss) = login(&app, "boss@example.com", PASSWORD).await;
    assert_eq!(boss["user"]["role"], "admin");
    for password in ["plain text", "!", ""] {
        assert_eq!(login(&app, "odd@example.com", password).await.0, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn a_shop_that_has_no_account_gets_no_admin_by_accident() {
    let app = TestApp::start().await;
    let old = OldShop::create().await;
    old.users(vec![doc! { "_id": oid(21), "email": "ada@example.com", "password": old_shop::hash() }]).await;
    run(&app, &old, Mode::Write).await;
    let (_, body) = login(&app, "ada@example.com", PASSWORD).await;
    assert_eq!(body["user"]["role"], "customer");
}

#[tokio::test]
async fn orders_find_those_who_had_an_account_here_already() {
    let app = TestApp::start().await;
    app.admin().await;
    let (status, here) = app.guest().post("/auth/register", json!({"email": "ada@example.com", "password": "another password", "name": "Ada"})).await;
    assert!(status.is_success(), "{here}");
    let old = OldShop::create().await;
    old.fill().await;
    let report = run(&app, &old, Mode::Write).await;
    assert_eq!(counts(&report, Kind::Accounts), [5, 3, 0, 2], "{report}");
    assert_eq!(login(&app, "ada@example.com", PASSWORD).await.0, StatusCode::UNAUTHORIZED);
    let ada = Client::new(app.addr, Some(here["token"].as_str().unwrap().to_owned()));
    assert_eq!(ada.get("/orders").await.1["total"], 1);
}

#[tokio::test]
async fn an_import_that_was_cut_off_goes_on_and_later_messages_follow() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let old = OldShop::create().await;
    old.talk(oid(1), 2500).await;
    run(&app, &old, Mode::Write).await;
    let whole = everything(&app).await;
    // As if it had been killed in the second batch: neither the end nor the show's own record is there.
    let database = mongodb::Client::with_uri_str(&app.uri).await.unwrap().default_database().unwrap();
    database.collection::<Document>("events").delete_many(doc! { "seq": { "$gt": 1234_i64 } }).await.unwrap();
    database.collection::<Document>("livestreams").delete_one(doc! { "_id": oid(1) }).await.unwrap();
    let report = run(&app, &old, Mode::Write).await;
    assert_eq!(counts(&report, Kind::Messages), [2500, 1267, 1233, 0], "{report}");
    assert_eq!(everything(&app).await, whole);

    let more: Vec<Bson> = (0..3).map(|at| Bson::Document(doc! { "username": "Late", "message": format!("late {at}") })).collect();
    old.shows().update_one(doc! { "_id": oid(1) }, doc! { "$push": { "chatMessages": { "$each": more } } }).await.unwrap();
    let report = run(&app, &old, Mode::Write).await;
    assert_eq!(counts(&report, Kind::Messages), [2503, 3, 2500, 0], "{report}");
    let (_, chat) = admin.get(&format!("/livestreams/{}/chat?limit=4", oid(1))).await;
    let said: Vec<_> = chat["messages"].as_array().unwrap().iter().map(|message| message["message"].as_str().unwrap().to_owned()).collect();
    assert_eq!(said[1..], ["late 0", "late 1", "late 2"]);
    assert!(run(&app, &old, Mode::Write).await.wrote_nothing());
}

#[tokio::test]
async fn the_command_reports_and_names_what_is_wrong_in_one_line() {
    let old = OldShop::create().await;
    old.fill().await;
    let data = tempfile::tempdir().unwrap();
    let shop = OldShop::create().await;
    let command = |from: &str, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wrencos"));
        command
            .args(["import", "--from", from])
            .args(more)
            .env("MONGODB_URI", &shop.uri)
            .env("DATA_DIR", data.path())
            .current_dir(data.path())
            .stdin(Stdio::null());
        command.output().unwrap()
    };
    let output = command(&old.uri, &["--dry-run"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.contains("Nothing was written."), "{said}");
    let output = command(&old.uri, &["--prices", "minor"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.contains("messages           8         6         0         2") && said.contains("Done in "), "{said}");
    let price = shop.database().collection::<Document>("products").find_one(doc! { "_id": oid(11) }).await.unwrap().unwrap().get_i64("price").ok();
    assert_eq!(price, Some(13), "a price of 12.99 in minor units is 13");
    for (from, expected) in [
        (shop.uri.as_str(), "the database of this shop itself"),
        ("mongodb://127.0.0.1:1/shop?serverSelectionTimeoutMS=200", "nobody answers"),
        ("mongodb://127.0.0.1:1/", "names no database"),
        ("http://old", ""),
    ] {
        let output = command(from, &[]);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(1) && error.lines().count() == 1 && error.contains("--from: ") && error.contains(expected), "{from}: {error}");
    }
}
