//! Encoders that are the camera of a show, over WHIP.

use reqwest::{Method, StatusCode, header};
use serde_json::json;
use tokio::task::block_in_place;
use wrencos::{domain::user::Role, server::service::accounts};

use super::media_server::{heard, on_stage, publish, watch};
use crate::support::{Client, SocketClient, TestApp, client, rtc::RtcClient};

const SDP: &str = "application/sdp";

/// Path and key of a show's encoder.
pub(super) async fn ingest(admin: &Client, show: &str) -> (String, String) {
    let (status, body) = admin.get(&format!("/livestreams/{show}/ingest")).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    let text = |name: &str| body["ingest"][name].as_str().unwrap().to_owned();
    (text("url"), text("bearerToken"))
}

fn offer(guest: &Client, path: &str, key: &str, offer: &str) -> reqwest::RequestBuilder {
    guest.request(Method::POST, path).bearer_auth(key).header(header::CONTENT_TYPE, SDP).body(offer.to_owned())
}

/// An encoder on air, and its own address.
pub(super) async fn go_on_air(guest: &Client, path: &str, key: &str) -> (RtcClient, String) {
    go_on_air_with(RtcClient::host(), guest, path, key).await
}

/// The same with this one, which brings its offer.
pub(super) async fn go_on_air_with((encoder, description): (RtcClient, String), guest: &Client, path: &str, key: &str) -> (RtcClient, String) {
    let response = offer(guest, path, key, &description).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(response.headers()[header::CONTENT_TYPE], SDP);
    let location = response.headers()[header::LOCATION].to_str().unwrap().to_owned();
    assert!(location.starts_with(path), "{location}");
    encoder.accept(&response.text().await.unwrap());
    block_in_place(|| encoder.until("the encoder is connected", |seen| seen.is_connected));
    (encoder, location)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_encoder_is_the_camera_of_a_show() {
    let (app, admin, show) = on_stage().await;
    let guest = app.guest();
    let (path, key) = ingest(&admin, &show).await;
    let (encoder, first) = go_on_air(&guest, &path, &key).await;
    let (mut ada_socket, ada) = watch(&app, "ada", &show).await;
    assert!(block_in_place(|| heard(&encoder, &ada, &mut 0)));

    // It comes again, as after a lost network: its viewers see that over the connections they have.
    drop(encoder);
    let (encoder, location) = go_on_air(&guest, &path, &key).await;
    assert_ne!(location, first);
    assert!(block_in_place(|| heard(&encoder, &ada, &mut 30_000)));
    assert!(ada_socket.all_until_now().await.iter().all(|frame| frame["type"] != "webrtc_offer"));

    let tell = |path: &str| {
        let fragment = "a=ice-ufrag:EsAw\r\na=end-of-candidates\r\n";
        guest.request(Method::PATCH, path).bearer_auth(&key).header(header::CONTENT_TYPE, "application/trickle-ice-sdpfrag").body(fragment)
    };
    assert_eq!(tell(&location).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(client::read(tell(&first)).await.0, StatusCode::NOT_FOUND, "its former self is gone");
    let stop = |path: &str| guest.request(Method::DELETE, path).bearer_auth(&key);
    assert_eq!(client::read(stop(&first)).await.0, StatusCode::NOT_FOUND);
    assert_eq!(stop(&location).send().await.unwrap().status(), StatusCode::OK);
    ada_socket.until_that("the host is away", |frame| frame["broadcasterOnline"] == json!(false)).await;
    assert_eq!(client::read(stop(&location)).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_key_of_a_show_opens_its_camera() {
    let (app, admin, show) = on_stage().await;
    let guest = app.guest();
    let (path, key) = ingest(&admin, &show).await;
    let (_, planned) = admin.post("/livestreams", json!({"title": "Tomorrow", "scheduledAt": "2030-01-01T10:00:00Z"})).await;
    let planned = planned["livestream"]["_id"].as_str().unwrap().to_owned();
    let (other_path, other_key) = ingest(&admin, &planned).await;
    let (_encoder, description) = RtcClient::host();

    let refused = async |request: reqwest::RequestBuilder, what: &str| {
        let (status, body) = client::read(request).await;
        (status.as_u16(), body["code"].as_str().unwrap_or(what).to_owned())
    };
    let wrong = (401, "unauthorized".to_owned());
    for key in ["", "x", &other_key, &key[..key.len() - 1], admin.token()] {
        assert_eq!(refused(offer(&guest, &path, key, &description), key).await, wrong, "{key}");
    }
    let without = guest.request(Method::POST, &path).header(header::CONTENT_TYPE, SDP).body(description.clone());
    assert_eq!(refused(without, "none").await, wrong);
    assert_eq!(refused(offer(&guest, &other_path, &other_key, &description), "").await, (409, "not_live".to_owned()));
    assert_eq!(refused(offer(&guest, &path, &key, "v=0"), "").await, (400, "unusable_offer".to_owned()));
    assert_eq!(refused(offer(&guest, &path, &key, &"x".repeat(65 * 1024)), "").await, (413, "too_large".to_owned()));
    let as_json = guest.request(Method::POST, &path).bearer_auth(&key).json(&json!({}));
    assert_eq!(refused(as_json, "").await, (415, "unsupported".to_owned()));

    // Who is on air stays there.
    let (mut studio, _host, _) = publish(&app, admin.token(), &show, "studio").await;
    assert_eq!(refused(offer(&guest, &path, &key, &description), "").await, (409, "broadcaster_conflict".to_owned()));
    assert!(studio.all_until_now().await.iter().all(|frame| frame["type"] != "error"));
}

#[tokio::test]
async fn a_shop_without_a_media_server_takes_no_encoder() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let show = super::live_show(&admin).await;
    let _studio = SocketClient::host(&app, admin.token(), &show, "studio").await;
    let (status, body) = admin.get(&format!("/livestreams/{show}/ingest")).await;
    assert_eq!((status.as_u16(), &body["code"]), (409, &json!("no_media_server")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_encoder_may_pause_and_one_that_never_comes_holds_no_show() {
    let (app, admin, show) = on_stage().await;
    let guest = app.guest();
    let (path, key) = ingest(&admin, &show).await;
    let (encoder, location) = go_on_air(&guest, &path, &key).await;
    let (mut ada_socket, ada) = watch(&app, "ada", &show).await;
    let mut seq = 0;
    assert!(block_in_place(|| heard(&encoder, &ada, &mut seq)));
    // Longer than it takes to be missed.
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;
    assert!(block_in_place(|| heard(&encoder, &ada, &mut seq)));
    assert!(ada_socket.all_until_now().await.iter().all(|frame| frame["broadcasterOnline"] != json!(false)), "it was there all the time");

    // Off the air its picture is seen no more, and it notices.
    assert_eq!(guest.request(Method::DELETE, &location).bearer_auth(&key).send().await.unwrap().status(), StatusCode::OK);
    block_in_place(|| encoder.until("its connection is ended", |seen| seen.is_over));

    // One that takes the answer and never comes.
    ada_socket.until_that("the host is away", |frame| frame["broadcasterOnline"] == json!(false)).await;
    let (_silent, description) = RtcClient::host();
    assert_eq!(offer(&guest, &path, &key, &description).send().await.unwrap().status(), StatusCode::CREATED);
    ada_socket.until_that("it is said to be there", |frame| frame["broadcasterOnline"] == json!(true)).await;
    // It has fifteen seconds to come.
    tokio::time::sleep(std::time::Duration::from_secs(8)).await;
    ada_socket.until_that("and given up", |frame| frame["broadcasterOnline"] == json!(false)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_ends_with_the_role_of_whose_it_is() {
    let (app, _, show) = on_stage().await;
    let (account, other) = app.admin_named("another").await;
    let guest = app.guest();
    let (path, key) = ingest(&other, &show).await;
    let (encoder, _) = go_on_air(&guest, &path, &key).await;
    accounts::set_role(&app.state, account.id, Role::Customer).await.unwrap();
    block_in_place(|| encoder.until("the camera is off", |seen| seen.is_over));
    let (_next, description) = RtcClient::host();
    assert_eq!(client::read(offer(&guest, &path, &key, &description)).await.0, StatusCode::UNAUTHORIZED);
}
