//! What scripted engines have in common, and what hosts and viewers of their shows do and hear.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, Bytes},
};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use wrencos::server::config::Settings;

use crate::support::{Client, SocketClient, TestApp};

pub const OFFER: &str = "v=0\r\no=- 11 2 IN IP4 127.0.0.1\r\na=fingerprint:sha-256 AA\r\n";
pub const OTHER_OFFER: &str = "v=0\r\no=- 12 2 IN IP4 127.0.0.1\r\na=fingerprint:sha-256 BB\r\n";
/// What an endless answer is made of.
const CHUNK: usize = 64 * 1024;

/// A server on loopback, in a runtime of its own: dropped, every connection of it is cut.
pub struct Loopback {
    pub address: SocketAddr,
    runtime: Option<Runtime>,
}

impl Loopback {
    /// At this address, or at any.
    pub fn serve(router: Router, at: Option<SocketAddr>) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let socket = std::net::TcpListener::bind(at.unwrap_or_else(|| "127.0.0.1:0".parse().unwrap())).unwrap();
        socket.set_nonblocking(true).unwrap();
        let address = socket.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(tokio::net::TcpListener::from_std(socket).unwrap(), router).await });
        Self { address, runtime: Some(runtime) }
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// How often an engine was asked, and what went out of it without an end.
#[derive(Default)]
pub struct Toll {
    asked: AtomicUsize,
    chunks: AtomicUsize,
}

impl Toll {
    /// Somebody asks.
    pub fn ask(&self) {
        self.asked.fetch_add(1, Ordering::SeqCst);
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// An answer that never ends.
    pub fn endless(self: &Arc<Self>) -> Body {
        Body::from_stream(futures::stream::unfold(self.clone(), |toll| async move {
            toll.chunks.fetch_add(1, Ordering::SeqCst);
            Some((Ok::<_, std::io::Error>(Bytes::from(vec![b' '; CHUNK])), toll))
        }))
    }

    /// Not much of what it says is read, and it is not asked without a break.
    #[track_caller]
    pub fn expect_little(&self) {
        let (tries, chunks) = (self.asked(), self.chunks.load(Ordering::SeqCst));
        // What lies in the buffers of the kernel comes on top of what is read.
        assert!(chunks * CHUNK <= tries * 16 * 1024 * 1024, "{chunks} chunks in {tries} tries");
        assert!(tries < 40, "it is not asked without a break");
    }
}

/// A shop whose pictures go through an engine, an admin of it, and a live show.
pub async fn on_stage(settings: impl FnOnce(&mut Settings)) -> (TestApp, Client, String) {
    let app = TestApp::builder()
        .settings(|changed| {
            changed.media.media = Some("external".into());
            settings(changed);
        })
        .start()
        .await;
    let admin = app.admin().await;
    let show = super::live_show(&admin).await;
    (app, admin, show)
}

/// A host that offers when it is asked.
pub async fn publish(host: &mut SocketClient, sdp: &str) {
    let server = host.until("webrtc_new_customer").await["peerId"].clone();
    host.send(json!({"type": "webrtc_offer", "to": server, "offer": {"type": "offer", "sdp": sdp}})).await;
}

/// A viewer says its name.
pub async fn register(viewer: &mut SocketClient) {
    viewer.send(json!({"type": "webrtc_register", "peerId": "ada-1", "userType": "customer"})).await;
}

/// Somebody is told why there is no picture; gives the frame.
pub async fn hears_why(socket: &mut SocketClient, code: &str) -> Value {
    let away = socket.until_that(code, |frame| frame["code"] == code).await;
    // Pages keep what is about signalling to themselves.
    assert!(away.get("re").is_none_or(Value::is_null), "{away}");
    away
}

/// Chat goes on, whatever the engine does.
pub async fn chats(viewer: &mut SocketClient, show: &str) {
    viewer.send(json!({"type": "chat_message", "message": "still here", "streamId": show})).await;
    viewer.until_that("the message", |frame| frame["message"]["message"] == "still here" || frame["message"] == "still here").await;
}
