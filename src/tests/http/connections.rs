//! Raw connections: what no HTTP client would send.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::TestApp;

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
