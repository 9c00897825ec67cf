//! A show through the media server, from the sockets of host and viewer to the packets that arrive.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::block_in_place;

use crate::support::{
    Client, SocketClient, TestApp,
    rtc::{RtcClient, Sent},
};

pub(super) async fn on_stage() -> (TestApp, Client, String) {
    let app = TestApp::builder()
        .settings(|settings| {
            (settings.media.media, settings.media.sfu_udp_port) = (Some("sfu".into()), Some("0".into()));
            settings.media.public_ip = Some("127.0.0.1".into());
            // Hosts here send one.
            settings.media.sfu_simulcast = Some("off".into());
        })
        .start()
        .await;
    let admin = app.admin().await;
    let show = super::live_show(&admin).await;
    (app, admin, show)
}

/// A host on air whose picture reaches the server.
pub(super) async fn publish(app: &TestApp, token: &str, show: &str, peer: &str) -> (SocketClient, RtcClient, Value) {
    let mut socket = SocketClient::host(app, token, show, peer).await;
    let server = socket.until("webrtc_new_customer").await["peerId"].clone();
    let (host, offer) = RtcClient::host();
    socket.send(json!({"type": "webrtc_offer", "to": server, "offer": {"type": "offer", "sdp": offer}})).await;
    let answer = socket.until("webrtc_answer").await;
    assert_eq!((&answer["from"], &answer["to"]), (&server, &json!(peer)));
    host.accept(answer["answer"]["sdp"].as_str().unwrap());
    block_in_place(|| host.until("the host is connected", |seen| seen.is_connected));
    (socket, host, server)
}

/// A viewer who is connected to the server.
pub(super) async fn watch(app: &TestApp, session: &str, show: &str) -> (SocketClient, RtcClient) {
    let mut socket = SocketClient::viewer(app, session, show).await;
    let peer = format!("{session}-1");
    socket.send(json!({"type": "webrtc_register", "peerId": peer, "userType": "customer"})).await;
    let offer = socket.until("webrtc_offer").await;
    assert_eq!(offer["to"], json!(peer));
    let (viewer, answer) = RtcClient::viewer(offer["offer"]["sdp"].as_str().unwrap(), 0);
    socket.send(json!({"type": "webrtc_answer", "to": offer["from"], "answer": {"type": "answer", "sdp": answer}})).await;
    block_in_place(|| viewer.until("the viewer is connected", |seen| seen.is_connected));
    (socket, viewer)
}

/// Sounds that a host makes until a viewer has heard something new.
pub(super) fn heard(host: &RtcClient, viewer: &RtcClient, seq: &mut u64) -> bool {
    let before = viewer.seen().packets.len();
    (0..500).any(|_| {
        *seq += 1;
        host.send(Sent { is_video: false, seq: *seq, time: u32::try_from(*seq).unwrap() * 960, payload: vec![0x78, 1, 2] });
        std::thread::sleep(Duration::from_millis(10));
        viewer.seen().packets.len() > before
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_show_goes_through_the_server_and_outlives_sockets_hosts_and_faults() {
    let (app, admin, show) = on_stage().await;
    let (mut host_socket, host, server) = publish(&app, admin.token(), &show, "host").await;
    let (ada_socket, ada) = watch(&app, "ada", &show).await;
    let (mut bob_socket, bob) = watch(&app, "bob", &show).await;
    let mut seq = 0;
    assert!(block_in_place(|| heard(&host, &ada, &mut seq) && heard(&host, &bob, &mut seq)));

    // Whatever they try, viewers reach nobody but the server, and nobody is the server.
    bob_socket.send(json!({"type": "webrtc_register", "peerId": server, "userType": "customer"})).await;
    assert_eq!(bob_socket.until("error").await["code"], "peer_id_taken");
    bob_socket.send(json!({"type": "webrtc_answer", "to": "host", "answer": {"type": "answer", "sdp": "v=0"}})).await;
    assert_eq!(bob_socket.until("error").await["code"], "forbidden");
    let customers = host_socket.all_until_now().await;
    assert!(customers.iter().all(|frame| frame["type"] != "webrtc_new_customer"), "two viewers are one to the host");

    // Another socket of the same page: the connection goes on, and no other is offered.
    drop(ada_socket);
    let mut ada_socket = SocketClient::viewer(&app, "ada", &show).await;
    ada_socket.send(json!({"type": "webrtc_register", "peerId": "ada-1", "userType": "customer"})).await;
    assert!(block_in_place(|| heard(&host, &ada, &mut seq)));

    // A fault in the room: everybody is seated again, and nobody's picture stops.
    app.state.hub.crash_room(show.parse().unwrap()).await;
    ada_socket.until("chat_history").await;
    assert!(block_in_place(|| heard(&host, &ada, &mut seq) && heard(&host, &bob, &mut seq)));

    // The host comes back in another page.
    drop((host_socket, host));
    let (mut host_socket, host, _) = publish(&app, admin.token(), &show, "host-2").await;
    seq = 30_000;
    assert!(block_in_place(|| heard(&host, &ada, &mut seq) && heard(&host, &bob, &mut seq)));
    for socket in [&mut ada_socket, &mut bob_socket] {
        assert!(socket.all_until_now().await.iter().all(|frame| frame["type"] != "webrtc_offer"), "over the connections that are there");
    }

    host_socket.send(json!({"type": "stop_stream", "streamId": show})).await;
    block_in_place(|| {
        ada.until("the show is over", |seen| seen.is_over);
        host.until("for the host too", |seen| seen.is_over);
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_media_server_does_stands_in_the_figures() {
    let (app, admin, show) = on_stage().await;
    let (_socket, host, _) = publish(&app, admin.token(), &show, "host").await;
    let (_ada_socket, ada) = watch(&app, "ada", &show).await;
    assert!(block_in_place(|| heard(&host, &ada, &mut 0)));
    let guest = app.guest();
    for _ in 0..100 {
        let text = guest.request(reqwest::Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
        let is_told = |line: &str| text.lines().any(|told| told == line);
        if is_told("wrencos_sfu_viewers 1") && is_told("wrencos_sfu_hosts 1") && text.contains("wrencos_sfu_forwarded_packets_total") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the figures never say that somebody watches");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_viewer_wishes_for_its_own_picture_and_is_told_what_it_may_wish() {
    let (app, admin, show) = on_stage().await;
    let (mut host_socket, host, _) = publish(&app, admin.token(), &show, "host").await;
    let mut socket = SocketClient::viewer(&app, "ada", &show).await;
    socket.send(json!({"type": "webrtc_quality", "quality": "sound"})).await;
    assert_eq!(socket.until("error").await["code"], "not_registered");
    socket.send(json!({"type": "webrtc_register", "peerId": "ada-1", "userType": "customer"})).await;
    let offer = socket.until("webrtc_offer").await;
    assert_eq!(offer["qualities"], json!(["auto", "sound"]), "the host sends one size");
    let (ada, answer) = RtcClient::viewer(offer["offer"]["sdp"].as_str().unwrap(), 0);
    socket.send(json!({"type": "webrtc_answer", "to": offer["from"], "answer": {"type": "answer", "sdp": answer}})).await;
    block_in_place(|| ada.until("the viewer is connected", |seen| seen.is_connected));
    for (frame, code) in [
        (json!({"type": "webrtc_quality", "quality": "4k"}), "invalid_frame"),
        (json!({"type": "webrtc_quality"}), "invalid_frame"),
        (json!({"type": "webrtc_quality", "quality": ["low"]}), "invalid_frame"),
    ] {
        socket.send(frame.clone()).await;
        assert_eq!(socket.until("error").await["code"], code, "{frame}");
    }
    host_socket.send(json!({"type": "webrtc_quality", "quality": "sound"})).await;
    assert_eq!(host_socket.until("error").await["code"], "forbidden", "who is on air watches nothing");
    socket.send(json!({"type": "webrtc_quality", "quality": "sound"})).await;
    let quiet = socket.all_until_now().await;
    assert!(quiet.iter().all(|frame| frame["type"] != "error"), "{quiet:?}");
    assert!(block_in_place(|| heard(&host, &ada, &mut 0)), "who wishes no picture hears the show all the same");
}
