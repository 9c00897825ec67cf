//! Players that watch a show without a page, over WHEP.

use std::time::Duration;

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use tokio::task::block_in_place;

use super::media_server::{heard, on_stage, publish, watch};
use crate::support::{Client, SocketClient, TestApp, client, rtc::RtcClient};

const SDP: &str = "application/sdp";

fn offer(client: &Client, show: &str, offer: &str) -> reqwest::RequestBuilder {
    client.request(Method::POST, &format!("/whep/{show}")).header(header::CONTENT_TYPE, SDP).body(offer.to_owned())
}

/// A player that is connected, and its own address.
async fn play(client: &Client, show: &str) -> (RtcClient, String) {
    let (player, description) = RtcClient::player();
    let response = offer(client, show, &description).send().await.unwrap();
    assert_eq!((response.status(), &response.headers()[header::CONTENT_TYPE]), (StatusCode::CREATED, &header::HeaderValue::from_static(SDP)));
    let location = response.headers()[header::LOCATION].to_str().unwrap().to_owned();
    assert!(location.starts_with(&format!("/whep/{show}/")), "{location}");
    let answer = response.text().await.unwrap();
    assert_eq!(answer.matches("a=sendonly").count(), 2, "{answer}");
    player.accept(&answer);
    block_in_place(|| player.until("the player is connected", |seen| seen.is_connected));
    (player, location)
}

async fn refused(request: reqwest::RequestBuilder) -> (u16, String) {
    let (status, body) = client::read(request).await;
    (status.as_u16(), body["code"].as_str().unwrap_or_default().to_owned())
}

fn counts(frame: &Value, viewers: u64) -> bool {
    frame["viewerCount"] == json!(viewers)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_player_watches_a_show_and_is_one_of_its_viewers() {
    let (app, admin, show) = on_stage().await;
    let (mut studio, host, _) = publish(&app, admin.token(), &show, "studio").await;
    let (_ada_socket, ada) = watch(&app, "ada", &show).await;
    studio.until_that("one watches", |frame| counts(frame, 1)).await;
    let guest = app.guest();
    let (player, location) = play(&guest, &show).await;
    studio.until_that("two watch", |frame| counts(frame, 2)).await;
    let mut seq = 0;
    assert!(block_in_place(|| heard(&host, &player, &mut seq) && heard(&host, &ada, &mut seq)));

    // A host who comes back is seen over the connection that there is.
    drop((studio, host));
    let (mut studio, host, _) = publish(&app, admin.token(), &show, "studio-2").await;
    assert!(block_in_place(|| heard(&host, &player, &mut 30_000)));
    // A fault in the room costs it nothing either.
    app.state.hub.crash_room(show.parse().unwrap()).await;
    studio.until("chat_history").await;
    assert!(block_in_place(|| heard(&host, &player, &mut 31_000)));

    let tell = |path: &str, kind: &'static str| app.guest().request(Method::PATCH, path).header(header::CONTENT_TYPE, kind).body("a=end-of-candidates\r\n");
    let fragment = "application/trickle-ice-sdpfrag";
    assert_eq!(tell(&location, fragment).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(refused(tell(&location, SDP)).await, (415, "unsupported".to_owned()));
    let elsewhere = location.replace(&show, "0123456789abcdef01234567");
    assert_eq!(refused(tell(&elsewhere, fragment)).await.0, 404);
    let stop = |path: &str| app.guest().request(Method::DELETE, path);
    assert_eq!(refused(stop(&elsewhere)).await.0, 404);
    assert_eq!(stop(&location).send().await.unwrap().status(), StatusCode::OK);
    block_in_place(|| player.until("its connection is ended", |seen| seen.is_over));
    studio.until_that("one is left", |frame| counts(frame, 1)).await;
    assert_eq!(refused(stop(&location)).await, (404, "not_found".to_owned()));
    assert_eq!(refused(tell(&location, fragment)).await.0, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_player_waits_for_its_host_and_ends_with_the_show_or_its_own_network() {
    let (app, admin, show) = on_stage().await;
    let (early, _) = play(&app.guest(), &show).await;
    let (mut studio, host, _) = publish(&app, admin.token(), &show, "studio").await;
    assert!(block_in_place(|| heard(&host, &early, &mut 0)));

    // One that is gone without a word is noticed, and counted no more.
    let (lost, location) = play(&app.guest(), &show).await;
    studio.until_that("two watch", |frame| counts(frame, 2)).await;
    drop(lost);
    let gone = async {
        while app.state.hub.is_playing(show.parse().unwrap(), location.rsplit('/').next().unwrap()) {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(40), gone).await.expect("it is noticed");
    studio.until_that("one is left", |frame| counts(frame, 1)).await;

    assert_eq!(admin.post(&format!("/livestreams/{show}/stop"), json!({})).await.0, StatusCode::OK);
    block_in_place(|| early.until("the show is over", |seen| seen.is_over));
    let (_player, description) = RtcClient::player();
    assert_eq!(refused(offer(&app.guest(), &show, &description)).await, (409, "not_live".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_watch_gets_no_player() {
    let (app, admin, show) = on_stage().await;
    let guest = app.guest();
    let (_player, description) = RtcClient::player();
    let (_host, sending) = RtcClient::host();
    let (_, planned) = admin.post("/livestreams", json!({"title": "Tomorrow", "scheduledAt": "2030-01-01T10:00:00Z"})).await;
    let planned = planned["livestream"]["_id"].as_str().unwrap();
    assert_eq!(refused(offer(&guest, planned, &description)).await, (409, "not_live".to_owned()));
    assert_eq!(refused(offer(&guest, "0123456789abcdef01234567", &description)).await.0, 404);
    assert_eq!(refused(offer(&guest, "x", &description)).await.0, 400);
    for unusable in ["", "v=0", &sending] {
        assert_eq!(refused(offer(&guest, &show, unusable)).await, (400, "unusable_offer".to_owned()), "{unusable}");
    }
    assert_eq!(refused(offer(&guest, &show, &"x".repeat(65 * 1024))).await, (413, "too_large".to_owned()));
    let as_json = guest.request(Method::POST, &format!("/whep/{show}")).json(&json!({}));
    assert_eq!(refused(as_json).await, (415, "unsupported".to_owned()));

    // Who is sent out while watching, and who comes back then.
    let (_, customer) = app.customer_named("Mo").await;
    let (_, said) = customer.post(&format!("/livestreams/{show}/chat"), json!({"message": "hello"})).await;
    let (player, location) = play(&customer, &show).await;
    let ban = json!({"messageId": said["chatMessage"]["id"], "minutes": 5});
    let (status, body) = admin.post(&format!("/livestreams/{show}/moderation/bans"), ban).await;
    assert!(status.is_success(), "{said} {body}");
    block_in_place(|| player.until("who is banned sees nothing more", |seen| seen.is_over));
    assert_eq!(refused(customer.request(Method::DELETE, &location)).await.0, 404);
    assert_eq!(refused(offer(&customer, &show, &description)).await, (403, "banned".to_owned()));

    // A player ends with the token that brought it.
    let customer = app.customer().await;
    let (player, _) = play(&customer, &show).await;
    assert_eq!(customer.post("/auth/logout", json!({})).await.0, StatusCode::OK);
    block_in_place(|| player.until("signed out", |seen| seen.is_over));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_player_brings_the_media_server_and_one_too_many_is_refused() {
    let app = TestApp::builder()
        .settings(|settings| {
            (settings.media.media, settings.media.sfu_udp_port) = (Some("auto".into()), Some("0".into()));
            (settings.media.public_ip, settings.media.sfu_max_viewers) = (Some("127.0.0.1".into()), Some("1".into()));
        })
        .start()
        .await;
    let admin = app.admin().await;
    let show = super::live_show(&admin).await;
    let mut studio = SocketClient::host(&app, admin.token(), &show, "studio").await;
    let guest = app.guest();
    let (player, _) = play(&guest, &show).await;
    let server = studio.until("webrtc_new_customer").await["peerId"].clone();
    let (host, description) = RtcClient::host();
    studio.send(json!({"type": "webrtc_offer", "to": server, "offer": {"type": "offer", "sdp": description}})).await;
    host.accept(studio.until("webrtc_answer").await["answer"]["sdp"].as_str().unwrap());
    block_in_place(|| host.until("the host is connected", |seen| seen.is_connected));
    assert!(block_in_place(|| heard(&host, &player, &mut 0)));
    let (_late, description) = RtcClient::player();
    assert_eq!(refused(offer(&guest, &show, &description)).await, (503, "media_full".to_owned()));
}

#[tokio::test]
async fn a_shop_without_a_media_server_has_no_players() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let show = super::live_show(&admin).await;
    let (_player, description) = RtcClient::player();
    assert_eq!(refused(offer(&app.guest(), &show, &description)).await, (409, "no_media_server".to_owned()));
}
