//! Raw connections: what no HTTP client would send.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{TestApp, machine};

async fn answer_to(app: &TestApp, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(app.addr).await.unwrap();
    // The server may close before it has read everything.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(std::time::Duration::from_secs(20), stream.read_to_end(&mut answer)).await.expect("the server closes the connection");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn requests_that_two_servers_could_read_differently_get_one_refusal() {
    let app = TestApp::start().await;
    let many_headers = (0..200).map(|number| format!("x-{number}: 1\r\n")).collect::<String>();
    for (name, request) in [
        (
            "two lengths",
            "POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
        ),
        ("NUL in a header", "GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n".to_owned()),
        ("200 headers", format!("GET /healthz HTTP/1.1\r\nHost: a\r\n{many_headers}\r\n")),
        ("a header of 64 KiB", format!("GET /healthz HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "x".repeat(64 * 1024))),
        ("chunks that are no chunks", "POST /auth/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n".to_owned()),
        ("no HTTP", "\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n".to_owned()),
    ] {
        let answer = answer_to(&app, request.as_bytes()).await;
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{name}: {answer}");
        assert!(answer.starts_with("HTTP/1.1 400") || answer.starts_with("HTTP/1.1 431"), "{name}: {answer}");
    }
}

#[tokio::test]
async fn a_client_that_dawdles_over_its_headers_is_cut_off() {
    let app = TestApp::start().await;
    let started = std::time::Instant::now();
    let answer = answer_to(&app, b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow").await;
    assert!(!answer.contains("200 OK"), "{answer}");
    assert!((8..=13).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let app = TestApp::start().await;
    let started = std::time::Instant::now();
    let head = b"POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    let answer = answer_to(&app, head).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("request_timeout"), "{answer}");
    assert!((14..=19).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
}

#[tokio::test]
async fn nothing_that_follows_a_request_in_chunks_is_read_as_another() {
    let app = TestApp::start().await;
    let second = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    for head in ["Transfer-Encoding: chunked\r\nContent-Length: 5", "Transfer-Encoding: chunked", "Content-Length: 0\r\nTransfer-Encoding: chunked"] {
        let request = format!("POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{head}\r\n\r\n0\r\n\r\n{second}");
        let answer = answer_to(&app, request.as_bytes()).await;
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{head}: {answer}");
        assert!(answer.starts_with("HTTP/1.1 400"), "{head}: {answer}");
    }
}

#[tokio::test]
async fn a_body_far_above_the_limit_is_neither_read_nor_kept() {
    let app = TestApp::start().await;
    // Once before, so that what is measured below is the body alone.
    answer_to(&app, b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    let before = machine::resident_kib();
    let head = |how: &str| format!("POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{how}\r\n\r\n");
    let declared = answer_to(&app, head("Content-Length: 4294967296").as_bytes()).await;
    assert!(declared.starts_with("HTTP/1.1 413") && declared.contains("connection: close"), "{declared}");
    let stream = TcpStream::connect(app.addr).await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let sending = tokio::spawn(async move {
        writing.write_all(head("Transfer-Encoding: chunked").as_bytes()).await.unwrap();
        let chunk = [b"10000\r\n", vec![b' '; 0x10000].as_slice(), b"\r\n"].concat();
        let mut sent = 0;
        while sent < 1 << 30 && writing.write_all(&chunk).await.is_ok() {
            sent += chunk.len();
        }
        sent
    });
    let mut answer = Vec::new();
    // What the server did not read may turn its goodbye into a reset.
    let _ = reading.read_to_end(&mut answer).await;
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 413"), "{}", String::from_utf8_lossy(&answer));
    let sent = sending.await.unwrap();
    assert!(sent < 64 << 20, "{sent} bytes were taken");
    let grown = machine::resident_kib().saturating_sub(before);
    assert!(grown < 32 * 1024, "{grown} KiB more");
}

#[tokio::test]
async fn thousands_who_dawdle_are_cut_off_and_the_others_are_served() {
    let app = TestApp::start().await;
    // Both ends of every connection are this process's.
    let many = (machine::most_files().saturating_sub(500) / 2).min(5000);
    let mut dawdling = tokio::task::JoinSet::new();
    for _ in 0..many {
        let mut stream = TcpStream::connect(app.addr).await.unwrap();
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ").await.unwrap();
        dawdling.spawn(async move {
            let started = Instant::now();
            let (mut reading, mut writing) = stream.into_split();
            let dripping = async {
                while writing.write_all(b"x").await.is_ok() {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            };
            let mut answer = Vec::new();
            let ended = async { reading.read_to_end(&mut answer).await };
            tokio::select! { _ = ended => {}, () = dripping => {} }
            started.elapsed()
        });
    }
    let guest = app.guest();
    let mut served = 0;
    let mut ended = Vec::new();
    while ended.len() < many {
        tokio::select! {
            one = dawdling.join_next() => ended.push(one.unwrap().unwrap()),
            // An answer within the client's patience, as long as there are any of them.
            (status, _) = async { tokio::time::sleep(Duration::from_millis(100)).await; guest.get("/healthz").await } => {
                assert_eq!(status, 200);
                served += 1;
            }
        }
    }
    let longest = ended.iter().max().unwrap();
    assert!(*longest < Duration::from_secs(20), "{longest:?}: a byte now and then buys no time");
    assert!(served >= 5, "{served} were served meanwhile");
}
