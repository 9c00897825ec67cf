//! The wire as files: every frame and the objects that clients store, exactly as they are said. A change shows in a
//! review; `INSTA_UPDATE=always` writes the files anew.

use serde_json::{Value, json};
use wrencos::server::http::describe::{
    frames::{downward, upward},
    sample,
};

fn expect_same(name: &str, value: &Value) {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true, snapshot_path => "golden" }, {
        insta::assert_json_snapshot!(name, value);
    });
}

#[test]
fn frames_of_the_server_stay_as_they_are() {
    for frame in downward::samples() {
        let frame = json!(frame);
        expect_same(&format!("server.{}", frame["type"].as_str().unwrap()), &frame);
    }
}

#[test]
fn frames_of_clients_stay_as_they_are() {
    for frame in upward::samples() {
        expect_same(&format!("client.{}", frame.name()), &json!(frame));
    }
}

#[test]
fn objects_stay_as_they_are() {
    expect_same("livestream", &json!(sample::livestream()));
    expect_same("product", &json!(sample::product()));
    expect_same("cart", &json!(sample::cart()));
    expect_same("order", &json!(sample::order()));
    expect_same("user", &json!(sample::user()));
    expect_same("analytics", &json!(sample::analytics()));
    expect_same("recording", &json!(sample::recording()));
    expect_same("reel", &json!(sample::reel()));
    expect_same("sanction", &json!(sample::sanction()));
}
