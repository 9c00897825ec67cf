//! A show through an engine that is not ours, over real sockets: here one that fails in every way, and is read from a script.
//! What a real one does with picture and sound is shown in browsers (`end2end/specs/external.spec.ts`).

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::scripted::{self, Loopback, OFFER, OTHER_OFFER, Toll, chats, hears_why, publish, register};
use crate::support::{Client, SocketClient, TestApp};

const SECRET: &str = "the secret of the engine";

/// How an engine behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Works,
    NeverAnswers,
    Rubbish,
    Endless,
}

struct Script {
    manner: Manner,
    made: AtomicU64,
    toll: Arc<Toll>,
    news: (mpsc::UnboundedSender<Value>, tokio::sync::Mutex<mpsc::UnboundedReceiver<Value>>),
    publisher: Mutex<u64>,
    /// Rooms and sessions that were to be closed, by what they are.
    closed: mpsc::UnboundedSender<&'static str>,
}

impl Script {
    async fn answer(self: Arc<Self>, request: axum::extract::Request) -> Response {
        self.toll.ask();
        match self.manner {
            Manner::Works => {}
            Manner::NeverAnswers => return std::future::pending().await,
            Manner::Rubbish => return "<html>502 Bad Gateway</html>".into_response(),
            Manner::Endless => return self.toll.endless().into_response(),
        }
        if request.method() == "GET" {
            assert!(request.uri().query().unwrap().contains("apisecret=the+secret"));
            return axum::Json(self.news.1.lock().await.recv().await.unwrap()).into_response();
        }
        let handle = request.uri().path().rsplit('/').next().unwrap().parse::<u64>().ok();
        let body: Value = serde_json::from_slice(&axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap()).unwrap();
        assert_eq!(body["apisecret"], SECRET);
        axum::Json(self.reply(handle, &body)).into_response()
    }

    fn reply(&self, handle: Option<u64>, body: &Value) -> Value {
        let transaction = &body["transaction"];
        let made = self.made.fetch_add(1, Ordering::SeqCst);
        let plugin = |data: Value| json!({"janus": "success", "transaction": transaction, "plugindata": {"data": data}});
        let follows = |data: Value, kind: &str| {
            let jsep = json!({"type": kind, "sdp": format!("v=0\r\no=- {made} 1 IN IP4 127.0.0.1\r\n")});
            let _ = self.news.0.send(json!({"janus": "event", "sender": handle, "transaction": transaction, "plugindata": {"data": data}, "jsep": jsep}));
            json!({"janus": "ack", "transaction": transaction})
        };
        match (body["janus"].as_str().unwrap(), body["body"]["request"].as_str()) {
            ("create" | "attach", _) => json!({"janus": "success", "transaction": transaction, "data": {"id": made}}),
            (_, Some("create")) => plugin(json!({"videoroom": "created"})),
            (_, Some("joinandconfigure")) => {
                *self.publisher.lock().unwrap() = handle.unwrap();
                follows(json!({"videoroom": "joined", "id": made}), "answer")
            }
            (kind, request) if kind == "destroy" || request == Some("destroy") => {
                let _ = self.closed.send(if request.is_some() { "room" } else { "session" });
                plugin(json!({"videoroom": "destroyed"}))
            }
            (_, Some("join")) => follows(json!({"videoroom": "attached", "streams": [{"type": "video", "mid": "1"}]}), "offer"),
            _ => json!({"janus": "success", "transaction": transaction}),
        }
    }
}

/// An engine of this manner, and what was closed there.
struct ScriptedEngine {
    script: Arc<Script>,
    server: Loopback,
    closed: mpsc::UnboundedReceiver<&'static str>,
}

impl ScriptedEngine {
    fn start(manner: Manner, at: Option<SocketAddr>) -> Self {
        let (told, news) = mpsc::unbounded_channel();
        let news = (told, tokio::sync::Mutex::new(news));
        let (close, closed) = mpsc::unbounded_channel();
        let script = Arc::new(Script { manner, made: AtomicU64::new(100), toll: Arc::default(), news, publisher: Mutex::new(0), closed: close });
        let router = Router::new().fallback(|State(script): State<Arc<Script>>, request| script.answer(request)).with_state(script.clone());
        Self { script, server: Loopback::serve(router, at), closed }
    }

    /// Waits until this is closed.
    async fn closes(&mut self, wanted: &str) {
        let closes = async { while self.closed.recv().await.expect("it runs") != wanted {} };
        tokio::time::timeout(Duration::from_secs(10), closes).await.unwrap_or_else(|_| panic!("never closed: the {wanted}"));
    }

    /// The host's connection works.
    fn host_is_up(&self) {
        let handle = *self.script.publisher.lock().unwrap();
        self.script.news.0.send(json!({"janus": "webrtcup", "sender": handle})).unwrap();
    }
}

async fn on_stage(engine: SocketAddr) -> (TestApp, Client, String) {
    scripted::on_stage(|settings| {
        settings.media.media_engine_url = Some(format!("janus+http://{engine}/janus"));
        settings.media.media_engine_secret = Some(SECRET.into());
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_that_is_of_no_use_costs_the_video_alone() {
    for manner in [Manner::Rubbish, Manner::Endless, Manner::NeverAnswers] {
        let engine = ScriptedEngine::start(manner, None);
        let (app, admin, show) = on_stage(engine.server.address).await;
        let mut host = SocketClient::host(&app, admin.token(), &show, "host").await;
        let mut viewer = SocketClient::viewer(&app, "ada", &show).await;
        register(&mut viewer).await;
        publish(&mut host, OFFER).await;
        if manner == Manner::NeverAnswers {
            chats(&mut viewer, &show).await;
        }
        hears_why(&mut host, "media_away").await;
        hears_why(&mut viewer, "media_away").await;
        chats(&mut viewer, &show).await;
        let reason = app.state.engine.as_ref().unwrap().probe().await.unwrap_err();
        assert!(!reason.contains(SECRET) && reason.contains("MEDIA_ENGINE_URL"), "{reason}");
        engine.script.toll.expect_little();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_show_goes_on_when_its_engine_dies_and_comes_back() {
    let engine = ScriptedEngine::start(Manner::Works, None);
    let address = engine.server.address;
    let (app, admin, show) = on_stage(address).await;
    assert_eq!(app.state.engine.as_ref().unwrap().probe().await, Ok(()));
    let mut host = SocketClient::host(&app, admin.token(), &show, "host").await;
    publish(&mut host, OFFER).await;
    assert!(host.until("webrtc_answer").await["answer"]["sdp"].as_str().unwrap().starts_with("v=0"));
    engine.host_is_up();
    let mut viewer = SocketClient::viewer(&app, "ada", &show).await;
    register(&mut viewer).await;
    let first = viewer.until("webrtc_offer").await["offer"]["sdp"].clone();

    drop(engine);
    // The host's page notices that its connection is gone, and looks for another path.
    host.send(json!({"type": "webrtc_offer", "to": first_server(&mut viewer).await, "offer": {"type": "offer", "sdp": OFFER}})).await;
    hears_why(&mut host, "media_away").await;
    hears_why(&mut viewer, "media_away").await;
    chats(&mut viewer, &show).await;
    assert!(app.state.engine.as_ref().unwrap().probe().await.is_err());

    let mut engine = ScriptedEngine::start(Manner::Works, Some(address));
    // Nobody clicks: the host is asked, and the viewer is offered what it sends.
    publish(&mut host, OTHER_OFFER).await;
    host.until("webrtc_answer").await;
    engine.host_is_up();
    assert_ne!(viewer.until("webrtc_offer").await["offer"]["sdp"], first);
    tokio::time::timeout(Duration::from_secs(5), async { host.send(json!({"type": "stop_stream", "streamId": show})).await }).await.unwrap();
    viewer.until("stream_stopped").await;
    engine.closes("room").await;
    engine.closes("session").await;
}

/// What the media server is called in this show.
async fn first_server(viewer: &mut SocketClient) -> Value {
    register(viewer).await;
    viewer.until("webrtc_broadcaster_available").await["peerId"].clone()
}

#[tokio::test]
async fn encoders_and_players_need_the_shops_own_media_server() {
    let engine = ScriptedEngine::start(Manner::Works, None);
    let (_app, admin, show) = on_stage(engine.server.address).await;
    let (status, body) = admin.get(&format!("/livestreams/{show}/ingest")).await;
    assert_eq!((status.as_u16(), &body["code"]), (409, &json!("no_media_server")), "{body}");
}
