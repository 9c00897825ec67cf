//! A client of the hub: a real socket that speaks JSON and is impatient.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest, protocol::CloseFrame},
};

use super::{TestApp, described};

/// No answer takes this long on a healthy server.
const PATIENCE: Duration = Duration::from_secs(10);

/// A socket to the hub.
pub struct SocketClient {
    pub stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl SocketClient {
    /// Opens a socket as nobody.
    pub async fn connect(app: &TestApp) -> Self {
        Self::open(&app.ws_url(), &[]).await.unwrap()
    }

    /// Opens a socket with a token in a header, as a native client does.
    pub async fn connect_as(app: &TestApp, token: &str) -> Self {
        Self::open(&app.ws_url(), &[("authorization", &format!("Bearer {token}"))]).await.unwrap()
    }

    /// Opens a socket with these headers.
    pub async fn open(url: &str, headers: &[(&'static str, &str)]) -> Result<Self, Error> {
        let mut request = url.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let (stream, _) = connect_async(request).await?;
        Ok(Self { stream })
    }

    /// A guest called `session` in a show, with all that they are greeted with read.
    pub async fn viewer(app: &TestApp, session: &str, show: &str) -> Self {
        let mut client = Self::connect(app).await;
        client.send(json!({"type": "register", "sessionId": session, "streamId": show})).await;
        client.until("pinned_products_updated").await;
        client
    }

    /// The host of a show with this token, greeted and on air as `peer`.
    pub async fn host(app: &TestApp, token: &str, show: &str, peer: &str) -> Self {
        let mut client = Self::connect(app).await;
        client.send(json!({"type": "register_admin", "token": token, "streamId": show})).await;
        client.until("pinned_products_updated").await;
        client.send(json!({"type": "webrtc_broadcast_start", "peerId": peer})).await;
        client.until_that("on air", |frame| frame["broadcasterOnline"] == true).await;
        client
    }

    /// Says something.
    pub async fn send(&mut self, frame: Value) {
        self.send_text(&frame.to_string()).await;
    }

    /// Says something that may be no JSON.
    pub async fn send_text(&mut self, text: &str) {
        self.stream.send(Message::Text(text.into())).await.unwrap();
    }

    /// The next frame.
    pub async fn next(&mut self) -> Value {
        self.try_next().await.unwrap_or_else(|close| panic!("the socket was closed: {close:?}"))
    }

    /// The next frame, or how the socket was closed.
    pub async fn try_next(&mut self) -> Result<Value, Option<CloseFrame>> {
        loop {
            match timeout(PATIENCE, self.stream.next()).await.expect("a frame within ten seconds") {
                Some(Ok(Message::Text(text))) => {
                    let frame = serde_json::from_str(&text).unwrap();
                    described::expect_frame(&frame);
                    return Ok(frame);
                }
                Some(Ok(Message::Close(frame))) => return Err(frame),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// Skips frames until one of this type.
    pub async fn until(&mut self, kind: &str) -> Value {
        self.until_that(kind, |frame| frame["type"] == kind).await
    }

    /// Skips frames until one that is `wanted`.
    pub async fn until_that(&mut self, name: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let searching = async {
            loop {
                let frame = self.next().await;
                if wanted(&frame) {
                    return frame;
                }
            }
        };
        timeout(PATIENCE, searching).await.unwrap_or_else(|_| panic!("no {name} within ten seconds"))
    }

    /// Everything that the room said before it refused an offer without an address, which it refuses of everybody.
    pub async fn all_until_now(&mut self) -> Vec<Value> {
        self.send(json!({"type": "webrtc_offer", "offer": {"type": "offer", "sdp": ""}})).await;
        let mut frames = Vec::new();
        loop {
            let frame = self.next().await;
            if frame["re"] == "webrtc_offer" {
                return frames;
            }
            frames.push(frame);
        }
    }

    /// The code with which the socket was closed; frames before it are skipped.
    pub async fn close_code(&mut self) -> Option<u16> {
        loop {
            if let Err(close) = self.try_next().await {
                return close.map(|close| close.code.into());
            }
        }
    }
}
