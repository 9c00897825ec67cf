//! Frames that break the protocol of WebSockets itself (RFC 6455), written byte by byte.

use std::time::Duration;

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::{SocketClient, TestApp, machine};

const FIN: u8 = 0x80;
const MASKED: u8 = 0x80;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;
const PING: u8 = 9;

/// A socket without a library.
struct Raw(TcpStream);

impl Raw {
    async fn open(app: &TestApp) -> Self {
        let mut stream = TcpStream::connect(app.addr).await.unwrap();
        let head = "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.unwrap());
        }
        assert!(answer.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&answer));
        Self(stream)
    }

    /// The code with which the server closed; frames before it are skipped.
    async fn close_code(&mut self) -> Option<u16> {
        let reading = async {
            loop {
                let first = self.0.read_u8().await.ok()?;
                let length = match self.0.read_u8().await.ok()? {
                    126 => usize::from(self.0.read_u16().await.ok()?),
                    127 => self.0.read_u64().await.ok()? as usize,
                    short => usize::from(short),
                };
                let mut payload = vec![0; length];
                self.0.read_exact(&mut payload).await.ok()?;
                if first == FIN | CLOSE {
                    return Some(u16::from_be_bytes([payload[0], payload[1]]));
                }
            }
        };
        timeout(Duration::from_secs(10), reading).await.expect("a close within ten seconds")
    }
}

/// A frame of a client. Masked with zeros, which leaves the bytes as they are.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = payload.len();
    let mut bytes = vec![first];
    match length {
        0..126 => bytes.push(MASKED | length as u8),
        126..0x10000 => {
            bytes.push(MASKED | 126);
            bytes.extend((length as u16).to_be_bytes());
        }
        _ => {
            bytes.push(MASKED | 127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(payload);
    bytes
}

#[tokio::test]
async fn what_breaks_the_protocol_closes_with_its_code() {
    let app = TestApp::start().await;
    let half = vec![b' '; 40 * 1024];
    for (name, bytes, code) in [
        ("not masked", vec![FIN | TEXT, 2, b'{', b'}'], 1002),
        ("a reserved bit", frame(FIN | 0x40 | TEXT, b"{}"), 1002),
        ("a reserved kind", frame(FIN | 3, b"{}"), 1002),
        ("a reserved control", frame(FIN | 11, b""), 1002),
        ("a large ping", frame(FIN | PING, &[0; 126]), 1002),
        ("a ping in parts", frame(PING, b""), 1002),
        ("more of nothing", frame(FIN, b"{}"), 1002),
        ("another message inside of one", [frame(TEXT, b"{"), frame(FIN | TEXT, b"}")].concat(), 1002),
        ("half a letter", frame(FIN | TEXT, b"\"\xc3\""), 1007),
        ("half a letter at the end of the parts", [frame(TEXT, b"\""), frame(FIN, b"\xc3")].concat(), 1007),
        ("too large in parts", [frame(TEXT, &half), frame(FIN, &half)].concat(), 1009),
        ("a length that nobody has", [vec![FIN | TEXT, MASKED | 127], (1_u64 << 62).to_be_bytes().to_vec(), vec![0; 4]].concat(), 1009),
    ] {
        let mut raw = Raw::open(&app).await;
        raw.0.write_all(&bytes).await.unwrap();
        assert_eq!(raw.close_code().await, Some(code), "{name}");
    }
}

#[tokio::test]
async fn another_version_is_no_socket() {
    let app = TestApp::start().await;
    for version in ["8", "0", "x"] {
        let mut stream = TcpStream::connect(app.addr).await.unwrap();
        let head = format!(
            "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: {version}\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = vec![0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer, b"HTTP/1.1 400", "{version}");
    }
}

#[tokio::test]
async fn a_million_empty_parts_hold_nothing_and_the_others_go_on() {
    let (app, _, show) = super::on_stage().await;
    let mut other = SocketClient::viewer(&app, "other", &show).await;
    let mut raw = Raw::open(&app).await;
    let before = machine::resident_kib();
    raw.0.write_all(&frame(TEXT, b"")).await.unwrap();
    let parts = frame(0, b"").repeat(1000);
    for round in 0..1000 {
        raw.0.write_all(&parts).await.unwrap();
        if round % 250 == 0 {
            other.send(json!({"type": "chat_message", "message": format!("{round}")})).await;
            other.until("chat_message").await;
        }
    }
    let grown = machine::resident_kib().saturating_sub(before);
    assert!(grown < 16 * 1024, "{grown} KiB more");
}

#[tokio::test]
async fn who_pings_without_end_is_sent_away() {
    let app = TestApp::start().await;
    let mut raw = Raw::open(&app).await;
    let pings = frame(FIN | PING, b"x").repeat(100);
    raw.0.write_all(&pings).await.unwrap();
    assert_eq!(raw.close_code().await, Some(1008));
}
