//! A show through an engine of WHIP and WHEP, over real sockets: here one that fails in every way, and is read from a script.
//! What a real one does with picture and sound is shown in browsers (`end2end/specs/external_whip.spec.ts`).

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::scripted::{self, Loopback, OFFER, OTHER_OFFER, Toll, chats, publish, register};
use crate::support::{Client, SocketClient, TestApp};

const SECRET: &str = "the-secret-of-the-engine";
const PLAY_SECRET: &str = "the-secret-of-players";

/// How an engine behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Works,
    NeverAnswers,
    /// No description.
    Rubbish,
    Endless,
    /// Names this server for what it made.
    PointsTo(SocketAddr),
    /// Sends to this server instead.
    SendsTo(SocketAddr),
    Refuses(StatusCode),
}

struct Script {
    manner: Manner,
    made: AtomicU64,
    toll: Arc<Toll>,
    sessions: Mutex<BTreeSet<String>>,
    changed: Notify,
}

impl Script {
    async fn answer(self: Arc<Self>, request: axum::extract::Request) -> Response {
        self.toll.ask();
        let path = request.uri().path().to_owned();
        let secret = if path.contains("/whip") { SECRET } else { PLAY_SECRET };
        assert_eq!(request.headers().get("authorization").unwrap(), &format!("Bearer {secret}"), "each end hears its own secret");
        let is_offer = request.method() == Method::POST;
        match self.manner {
            Manner::NeverAnswers => return std::future::pending().await,
            Manner::Refuses(status) if is_offer => return (status, [(header::RETRY_AFTER, "1")]).into_response(),
            Manner::SendsTo(other) if is_offer => {
                return (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, format!("http://{other}{path}"))]).into_response();
            }
            _ => {}
        }
        if !is_offer {
            let is_there = self.sessions.lock().unwrap().contains(&path);
            if request.method() == Method::DELETE {
                self.sessions.lock().unwrap().remove(&path);
                self.changed.notify_waiters();
            }
            let is_known = is_there || request.method() == Method::OPTIONS;
            return if is_known { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }.into_response();
        }
        let made = self.made.fetch_add(1, Ordering::SeqCst);
        let end = path.rsplit('/').next().unwrap();
        // Beside what it was asked for, as a relative reference says it.
        self.sessions.lock().unwrap().insert(format!("{}/{end}-{made}", path.rsplit_once('/').unwrap().0));
        let location = match self.manner {
            Manner::PointsTo(other) => format!("http://{other}/{end}-{made}"),
            _ => format!("./{end}-{made}"),
        };
        let body = match self.manner {
            Manner::Rubbish => Body::from("<html>502 Bad Gateway</html>"),
            Manner::Endless => self.toll.endless(),
            _ => Body::from(format!("v=0\r\no=- {made} 1 IN IP4 127.0.0.1\r\n")),
        };
        (StatusCode::CREATED, [(header::CONTENT_TYPE, "application/sdp".to_owned()), (header::LOCATION, location)], body).into_response()
    }
}

/// An engine of this manner.
struct ScriptedEngine {
    script: Arc<Script>,
    server: Loopback,
}

impl ScriptedEngine {
    fn start(manner: Manner, at: Option<SocketAddr>) -> Self {
        // One that is started anew gives no number again.
        let made = AtomicU64::new(if at.is_some() { 500 } else { 100 });
        let script = Arc::new(Script { manner, made, toll: Arc::default(), sessions: Mutex::default(), changed: Notify::new() });
        let router = Router::new().fallback(|State(script): State<Arc<Script>>, request| script.answer(request)).with_state(script.clone());
        Self { script, server: Loopback::serve(router, at) }
    }

    fn sessions(&self) -> BTreeSet<String> {
        self.script.sessions.lock().unwrap().clone()
    }

    /// Waits until nothing is left of what was made there.
    async fn is_tidy(&self) {
        let tidy = async {
            loop {
                let changed = self.script.changed.notified();
                if self.sessions().is_empty() {
                    return;
                }
                changed.await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), tidy).await.unwrap_or_else(|_| panic!("left behind: {:?}", self.sessions()));
    }
}

async fn on_stage(engine: SocketAddr, show: &str) -> (TestApp, Client, String) {
    scripted::on_stage(|settings| {
        settings.media.media_engine_url = Some(format!("whip+http://{engine}/{show}/whip"));
        settings.media.media_engine_secret = Some(SECRET.into());
        settings.media.media_engine_play_url = Some(format!("whep+http://{engine}/{show}/whep"));
        settings.media.media_engine_play_secret = Some(PLAY_SECRET.into());
        settings.max_active_shows = Some("2".into());
    })
    .await
}

/// A viewer that offers when it is asked to.
async fn play(viewer: &mut SocketClient) {
    let asked = viewer.until("webrtc_broadcaster_available").await;
    assert_eq!(asked["offers"], "viewer");
    viewer.send(json!({"type": "webrtc_offer", "to": asked["peerId"], "offer": {"type": "offer", "sdp": OTHER_OFFER}})).await;
}

/// The same as of any engine, and no word of where it is or what it asks for.
async fn hears_why(socket: &mut SocketClient, code: &str) {
    let away = scripted::hears_why(socket, code).await;
    for secret in [SECRET, PLAY_SECRET, "127.0.0.1", "whip"] {
        assert!(!away.to_string().contains(secret), "{away}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_of_whip_that_is_of_no_use_costs_the_video_alone() {
    let elsewhere = ScriptedEngine::start(Manner::Works, None);
    for manner in [
        Manner::Rubbish,
        Manner::Endless,
        Manner::NeverAnswers,
        Manner::PointsTo(elsewhere.server.address),
        Manner::SendsTo(elsewhere.server.address),
        Manner::Refuses(StatusCode::NOT_FOUND),
        Manner::Refuses(StatusCode::CONFLICT),
        Manner::Refuses(StatusCode::SERVICE_UNAVAILABLE),
        Manner::Refuses(StatusCode::UNAUTHORIZED),
    ] {
        let engine = ScriptedEngine::start(manner, None);
        let (app, admin, show) = on_stage(engine.server.address, "{show}").await;
        let mut host = SocketClient::host(&app, admin.token(), &show, "host").await;
        let mut viewer = SocketClient::viewer(&app, "ada", &show).await;
        publish(&mut host, OFFER).await;
        if manner == Manner::NeverAnswers {
            chats(&mut viewer, &show).await;
        }
        hears_why(&mut host, "media_away").await;
        register(&mut viewer).await;
        hears_why(&mut viewer, "media_away").await;
        chats(&mut viewer, &show).await;
        if manner == Manner::NeverAnswers {
            let reason = app.state.engine.as_ref().unwrap().probe().await.unwrap_err();
            assert!(!reason.contains(SECRET) && reason.contains("MEDIA_ENGINE_URL"), "{reason}");
        }
        if matches!(manner, Manner::Rubbish | Manner::Endless) {
            engine.is_tidy().await;
        }
        engine.script.toll.expect_little();
    }
    assert_eq!(elsewhere.script.toll.asked(), 0, "nothing of ours goes to another server");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_show_goes_through_an_engine_and_on_when_that_dies_and_comes_back() {
    let engine = ScriptedEngine::start(Manner::Works, None);
    let address = engine.server.address;
    let (app, admin, show) = on_stage(address, "{show}").await;
    assert_eq!(app.state.engine.as_ref().unwrap().probe().await, Ok(()));
    let mut host = SocketClient::host(&app, admin.token(), &show, "host").await;
    publish(&mut host, OFFER).await;
    assert!(host.until("webrtc_answer").await["answer"]["sdp"].as_str().unwrap().starts_with("v=0"));
    let mut viewer = SocketClient::viewer(&app, "ada", &show).await;
    register(&mut viewer).await;
    play(&mut viewer).await;
    let first = viewer.until("webrtc_answer").await["answer"]["sdp"].clone();
    let sessions: Vec<String> = engine.sessions().into_iter().collect();
    assert_eq!(sessions.len(), 2, "{sessions:?}");
    let key = sessions[0].split('/').nth(1).unwrap();
    assert!(key.len() == 32 && key != show && sessions[1].contains(key), "nobody guesses where a show is: {sessions:?}");

    drop(engine);
    // It is asked after what is there every few seconds.
    hears_why(&mut host, "media_away").await;
    // The viewer's page notices that its picture stands, and asks for another.
    viewer.send(json!({"type": "webrtc_new_customer", "customerId": "ada-1"})).await;
    hears_why(&mut viewer, "media_away").await;
    chats(&mut viewer, &show).await;
    assert!(app.state.engine.as_ref().unwrap().probe().await.is_err());

    let engine = ScriptedEngine::start(Manner::Works, Some(address));
    // Nobody clicks: the host is asked, and the viewer may offer again.
    publish(&mut host, OTHER_OFFER).await;
    host.until("webrtc_answer").await;
    play(&mut viewer).await;
    assert_ne!(viewer.until("webrtc_answer").await["answer"]["sdp"], Value::Null);
    assert!(first.is_string());
    assert_eq!(engine.sessions().len(), 2);
    host.send(json!({"type": "stop_stream", "streamId": show})).await;
    viewer.until("stream_stopped").await;
    engine.is_tidy().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_with_one_input_has_one_show_at_a_time() {
    let engine = ScriptedEngine::start(Manner::Works, None);
    let (app, admin, show) = on_stage(engine.server.address, "studio").await;
    let other = super::live_show(&admin).await;
    let mut host = SocketClient::host(&app, admin.token(), &show, "host").await;
    publish(&mut host, OFFER).await;
    host.until("webrtc_answer").await;
    let mut second = SocketClient::host(&app, admin.token(), &other, "host-2").await;
    publish(&mut second, OTHER_OFFER).await;
    hears_why(&mut second, "media_taken").await;
    let mut viewer = SocketClient::viewer(&app, "ada", &other).await;
    register(&mut viewer).await;
    play(&mut viewer).await;
    hears_why(&mut viewer, "media_away").await;
    assert_eq!(engine.sessions(), BTreeSet::from(["/studio/whip-100".to_owned()]), "who watches the one does not see the other");
    host.send(json!({"type": "stop_stream", "streamId": show})).await;
    // It goes on by itself.
    publish(&mut second, OTHER_OFFER).await;
    second.until("webrtc_answer").await;
    play(&mut viewer).await;
    viewer.until("webrtc_answer").await;
}
