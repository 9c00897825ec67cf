//! The program where the system gives it little or takes it away: few handles, a second signal, logs that others read.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    Server, program,
    recording::{ADMIN, admin, drop_database, live_show, name},
};
use crate::support::{SocketClient, mongo};

/// A server over the tests' database, started by a line of shell in which `exec "$0" serve` stands for it.
async fn start_by(script: &str, data: &Path, database: &str) -> Server {
    let uri = mongo::with_database(&mongo::uri().await, database);
    let mut settings = program(data);
    settings.env("MONGODB_URI", &uri).env("ADMIN_EMAIL", ADMIN.0).env("ADMIN_PASSWORD", ADMIN.1);
    let mut command = Command::new("sh");
    command.args(["-c", script]).arg(settings.get_program()).stdin(Stdio::null()).current_dir(data);
    for (name, value) in settings.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    Server::of(command, &[])
}

/// Time that a process spent computing, in hundredths of a second.
fn computed(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[tokio::test]
async fn a_server_without_handles_waits_quietly_and_serves_those_it_has() {
    let (data, database) = (tempfile::tempdir().unwrap(), name());
    let server = start_by("ulimit -n 128; exec \"$0\" serve 2>log", data.path(), &database).await;
    let client = admin(server.port).await;
    let show = live_show(&client).await;
    let mut viewer = SocketClient::open(&format!("ws://127.0.0.1:{}/ws", server.port), &[]).await.unwrap();
    viewer.send(json!({"type": "register", "sessionId": "ada", "streamId": show})).await;
    viewer.until("pinned_products_updated").await;

    // More than it has handles for. The rest wait in the kernel's queue.
    let open = || TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    let crowd: Vec<TcpStream> = (0..180).map(|_| open()).collect();
    let pid = server.child.id();
    let waited = Instant::now();
    while !fs::read_to_string(data.path().join("log")).unwrap().contains("no connection could be accepted") {
        assert!(waited.elapsed() < Duration::from_secs(20), "there are handles left");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let before = computed(pid);
    let watched = Instant::now();
    for at in 0..4 {
        viewer.send(json!({"type": "chat_message", "message": format!("{at}")})).await;
        viewer.until_that("its own", |frame| frame["message"] == format!("{at}")).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    let (spent, passed) = (computed(pid) - before, watched.elapsed().as_millis() as u64 / 10);
    assert!(spent < passed / 2, "{spent} of {passed} hundredths of a second were spent on waiting");
    // Who leaves makes room.
    drop(crowd);
    let left = Instant::now();
    while reqwest::get(format!("http://127.0.0.1:{}/healthz", server.port)).await.is_err() {
        assert!(left.elapsed() < Duration::from_secs(30), "it does not recover");
    }
    drop(viewer);
    server.stop();
    drop_database(&database).await;
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let (data, database) = (tempfile::tempdir().unwrap(), name());
    let mut server = start_by("exec \"$0\" serve", data.path(), &database).await;
    let client = admin(server.port).await;
    // A request that does not end keeps the first stop waiting.
    let mut slow = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    let head = format!(
        "POST /products HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nAuthorization: Bearer {}\r\nContent-Length: 50\r\nExpect: 100-continue\r\n\r\n",
        client.token()
    );
    slow.write_all(head.as_bytes()).unwrap();
    // Once it is asked for its body it is in progress.
    let mut answer = [0; 12];
    slow.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100");
    server.signal("TERM");
    // No new connections: it is stopping.
    let stopping = Instant::now();
    while TcpStream::connect(("127.0.0.1", server.port)).is_ok() {
        assert!(stopping.elapsed() < Duration::from_secs(5), "it does not stop");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(server.child.try_wait().unwrap().is_none(), "the request may go on");
    server.signal("TERM");
    let second = Instant::now();
    let status = loop {
        if let Some(status) = server.child.try_wait().unwrap() {
            break status;
        }
        assert!(second.elapsed() < Duration::from_secs(3), "the second signal is for now");
        std::thread::sleep(Duration::from_millis(10));
    };
    assert_eq!(status.code(), Some(1));
    drop_database(&database).await;
}

#[tokio::test]
async fn no_secret_reaches_the_log() {
    let (data, database) = (tempfile::tempdir().unwrap(), name());
    let server = start_by("RUST_LOG=wrencos=trace,tower_http=trace,axum=trace,info exec \"$0\" serve 2>log", data.path(), &database).await;
    let client = admin(server.port).await;
    let show = live_show(&client).await;
    let token = client.token().to_owned();
    let wrong = "a.token.that-was-made-up";
    for token in [token.as_str(), wrong] {
        let mut socket = SocketClient::open(&format!("ws://127.0.0.1:{}/ws?token={token}", server.port), &[]).await.unwrap();
        socket.send(json!({"type": "register", "streamId": show, "token": token})).await;
        socket.until("pinned_products_updated").await;
        socket.send(json!({"type": "webrtc_register", "peerId": "p", "userType": "customer"})).await;
        socket.send(json!({"type": "webrtc_answer", "answer": {"type": "answer", "sdp": "v=0 private"}})).await;
        socket.until("error").await;
    }
    let (status, _) = client.post("/auth/login", json!({"email": ADMIN.0, "password": "a wrong secret word"})).await;
    assert_eq!(status, 401);
    server.stop();
    let log = fs::read_to_string(data.path().join("log")).unwrap();
    assert!(log.contains("/ws"), "requests are logged: {} bytes", log.len());
    let signature = token.rsplit('.').next().unwrap();
    for secret in [signature, wrong, ADMIN.1, "a wrong secret word", "v=0 private"] {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{secret} stands in the log: {}", line.unwrap());
    }
    drop_database(&database).await;
}
