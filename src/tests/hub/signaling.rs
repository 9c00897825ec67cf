//! Peers of one show find each other, and nobody else.

use serde_json::json;

use super::on_stage;
use crate::support::SocketClient;

#[tokio::test]
async fn offer_answer_and_candidates_cross_with_a_stamped_sender() {
    let (app, admin, show) = on_stage().await;
    let mut host = SocketClient::host(&app, admin.token(), &show, "host").await;
    let mut viewer = SocketClient::viewer(&app, "ada", &show).await;
    viewer.send(json!({"type": "webrtc_register", "peerId": "ada-1", "userType": "customer"})).await;
    assert_eq!(viewer.until("webrtc_broadcaster_available").await["peerId"], "host");
    viewer.send(json!({"type": "webrtc_new_customer", "customerId": "ada-1"})).await;
    let waiting = host.until("webrtc_new_customer").await;
    assert_eq!((&waiting["customerId"], &waiting["peerId"]), (&json!("ada-1"), &json!("ada-1")));
    host.send(json!({"type": "webrtc_offer", "to": "ada-1", "from": "evil", "offer": {"type": "offer", "sdp": "v=0"}})).await;
    let offer = viewer.until("webrtc_offer").await;
    assert_eq!((&offer["from"], &offer["to"], &offer["offer"]["sdp"]), (&json!("host"), &json!("ada-1"), &json!("v=0")));
    viewer.send(json!({"type": "webrtc_answer", "from": "host", "to": "host", "answer": {"type": "answer", "sdp": "v=0 a"}})).await;
    viewer.send(json!({"type": "webrtc_ice_candidate", "candidate": {"candidate": "candidate:1", "sdpMid": "0", "sdpMLineIndex": 0}})).await;
    let answer = host.until("webrtc_answer").await;
    assert_eq!((&answer["from"], &answer["to"]), (&json!("ada-1"), &json!("host")));
    let candidate = host.until("webrtc_ice_candidate").await;
    assert_eq!((&candidate["from"], &candidate["candidate"]["sdpMLineIndex"]), (&json!("ada-1"), &json!(0)));
    let more = host.all_until_now().await;
    assert!(more.iter().all(|frame| frame["type"] != "webrtc_new_customer"), "registering and asking is one request");
}

#[tokio::test]
async fn a_viewer_addresses_the_broadcaster_alone() {
    let (app, admin, show) = on_stage().await;
    let mut host = SocketClient::host(&app, admin.token(), &show, "host").await;
    let mut ada = SocketClient::viewer(&app, "ada", &show).await;
    let mut bob = SocketClient::viewer(&app, "bob", &show).await;
    ada.send(json!({"type": "webrtc_register", "peerId": "ada-1", "userType": "customer"})).await;
    ada.until("webrtc_broadcaster_available").await;
    bob.send(json!({"type": "webrtc_register", "peerId": "bob-1", "userType": "customer"})).await;
    bob.until("webrtc_broadcaster_available").await;
    let sdp = json!({"type": "offer", "sdp": "v=0"});
    for (frame, code) in [
        (json!({"type": "webrtc_offer", "to": "host", "offer": sdp}), "forbidden"),
        (json!({"type": "webrtc_offer", "to": "bob-1", "offer": sdp}), "forbidden"),
        (json!({"type": "webrtc_answer", "to": "bob-1", "answer": sdp}), "forbidden"),
        (json!({"type": "webrtc_ice_candidate", "to": "bob-1", "candidate": null}), "forbidden"),
        (json!({"type": "webrtc_ice_candidate", "to": "nobody", "candidate": null}), "peer_gone"),
        (json!({"type": "webrtc_register", "peerId": "bob-1", "userType": "customer"}), "peer_id_taken"),
        (json!({"type": "webrtc_register", "peerId": "ada-2", "userType": "admin"}), "unauthorized"),
        (json!({"type": "webrtc_broadcast_start", "peerId": "ada-1"}), "unauthorized"),
        (json!({"type": "start_stream"}), "unauthorized"),
        (json!({"type": "stop_stream", "streamId": show}), "unauthorized"),
        (json!({"type": "pinned_products_updated"}), "unauthorized"),
        (json!({"type": "register_admin", "userId": "1"}), "unauthorized"),
    ] {
        ada.send(frame.clone()).await;
        let error = ada.until("error").await;
        assert_eq!((&error["code"], &error["re"]), (&json!(code), &frame["type"]), "{frame}");
    }
    let heard = bob.all_until_now().await;
    assert!(heard.iter().all(|frame| frame["from"].is_null()), "{heard:?}");
    let heard = host.all_until_now().await;
    assert!(heard.iter().all(|frame| frame["type"] == "webrtc_new_customer" || frame["type"] == "stream_update"), "{heard:?}");
}

#[tokio::test]
async fn one_broadcaster_and_a_takeover_is_said_aloud() {
    let (app, admin, show) = on_stage().await;
    let other = app.admin().await;
    let mut host = SocketClient::host(&app, admin.token(), &show, "host").await;
    let mut viewer = SocketClient::viewer(&app, "ada", &show).await;
    let mut rival = SocketClient::connect_as(&app, other.token()).await;
    rival.send(json!({"type": "register_admin", "streamId": show})).await;
    rival.until("pinned_products_updated").await;
    rival.send(json!({"type": "webrtc_broadcast_start", "peerId": "rival", "takeover": true})).await;
    assert_eq!(rival.until("error").await["code"], "broadcaster_conflict");
    let mut laptop = SocketClient::connect_as(&app, admin.token()).await;
    laptop.send(json!({"type": "register_admin", "sessionId": "laptop", "streamId": show})).await;
    laptop.until("pinned_products_updated").await;
    laptop.send(json!({"type": "webrtc_broadcast_start", "peerId": "laptop"})).await;
    assert_eq!(laptop.until("error").await["code"], "broadcaster_conflict");
    laptop.send(json!({"type": "webrtc_broadcast_start", "peerId": "laptop", "takeover": true})).await;
    assert_eq!(host.until("error").await["code"], "broadcast_taken_over");
    viewer.until_that("the new peer", |frame| frame["type"] == "webrtc_broadcaster_available" && frame["peerId"] == "laptop").await;
}

#[tokio::test]
async fn a_host_who_is_gone_is_waited_for_and_then_the_show_ends() {
    let app = crate::support::TestApp::builder().settings(|settings| settings.host_grace_secs = Some("1".into())).start().await;
    let admin = app.admin().await;
    let show = super::live_show(&admin).await;
    let host = SocketClient::host(&app, admin.token(), &show, "host").await;
    let mut viewer = SocketClient::viewer(&app, "ada", &show).await;
    drop(host);
    viewer.until_that("the host is away", |frame| frame["broadcasterOnline"] == false).await;
    let host = SocketClient::host(&app, admin.token(), &show, "host-2").await;
    viewer.until_that("the host is back", |frame| frame["broadcasterOnline"] == true).await;
    assert_eq!(viewer.until("webrtc_broadcaster_available").await["peerId"], "host-2");
    drop(host);
    assert_eq!(viewer.until("stream_stopped").await["reason"], "broadcaster_gone");
    let (_, body) = app.guest().get("/livestreams/active").await;
    assert_eq!(body["livestream"], json!(null));
}
