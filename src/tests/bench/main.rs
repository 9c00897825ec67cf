//! A full room, measured: a server in a process of its own, many sockets in one show, a steady stream of messages.
//! Fails if a message is lost or if anybody saw another order. Prints what a delivery costs.
//!
//! `WRENCOS_BIN=target/release/wrencos cargo bench --features ssr --bench room -- --sockets 1000 --seconds 30 --rate 50`
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a command for people, which may fail loudly")]

mod server;
mod support;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{sync::watch, time::sleep};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use self::{
    server::{EMAIL, PASSWORD, start},
    support::{cpu_seconds, number, percentile, rss_kib},
};

/// Messages that one socket may send in a second and stay well below its limit.
const RATE_PER_SENDER: u64 = 10;

struct Plan {
    sockets: usize,
    seconds: u64,
    rate: u64,
}

/// What one viewer heard.
struct Heard {
    seqs: Vec<u64>,
    delays_ms: Vec<u64>,
}

fn main() {
    let plan = plan();
    tokio::runtime::Runtime::new().unwrap().block_on(run(plan));
}

fn plan() -> Plan {
    Plan { sockets: number("--sockets", 1000) as usize, seconds: number("--seconds", 30), rate: number("--rate", 50) }
}

async fn run(plan: Plan) {
    let server = start().await;
    let http = reqwest::Client::new();
    let login = http.post(format!("{}/auth/login", server.base)).json(&json!({"email": EMAIL, "password": PASSWORD}));
    let token = answer(login).await["token"].as_str().unwrap().to_owned();
    let create = http.post(format!("{}/livestreams", server.base)).bearer_auth(&token).json(&json!({"title": "A full room"}));
    let show = answer(create).await["livestream"]["_id"].as_str().unwrap().to_owned();
    let ws = server.base.replace("http://", "ws://") + "/ws";
    let pid = server.child.id();

    let rss_empty = rss_kib(pid);
    let (done, ending) = watch::channel(false);
    let mut viewers = Vec::with_capacity(plan.sockets);
    for at in 0..plan.sockets {
        viewers
            .push(tokio::spawn(view(connect(&ws, json!({"type": "register", "sessionId": format!("viewer-{at}"), "streamId": show})).await, ending.clone())));
    }
    sleep(Duration::from_secs(2)).await;
    let rss_full = rss_kib(pid);

    let senders = plan.rate.div_ceil(RATE_PER_SENDER).max(1);
    let (cpu_before, started) = (cpu_seconds(pid), Instant::now());
    let speaking: Vec<_> = (0..senders)
        .map(|sender| {
            let (ws, token, show) = (ws.clone(), token.clone(), show.clone());
            let messages = plan.rate * plan.seconds / senders;
            let every = Duration::from_micros(1_000_000 * senders / plan.rate);
            tokio::spawn(async move { speak(&ws, &token, &show, sender, messages, every).await })
        })
        .collect();
    let mut sent = 0;
    for speaker in speaking {
        sent += speaker.await.unwrap();
    }
    sleep(Duration::from_secs(2)).await;
    let (cpu, elapsed) = (cpu_seconds(pid) - cpu_before, started.elapsed());
    done.send(true).unwrap();

    let mut all = Vec::with_capacity(viewers.len());
    for viewer in viewers {
        all.push(viewer.await.unwrap());
    }
    let first = &all[0].seqs;
    let lost: usize = all.iter().map(|heard| (sent as usize).saturating_sub(heard.seqs.len())).sum();
    let disordered = all.iter().filter(|heard| heard.seqs != *first || heard.seqs.windows(2).any(|pair| pair[0] >= pair[1])).count();
    let mut delays: Vec<u64> = all.iter().flat_map(|heard| heard.delays_ms.iter().copied()).collect();
    delays.sort_unstable();
    println!("sockets                    {}", plan.sockets);
    println!("messages                   {sent} in {:.1} s from {senders} senders", elapsed.as_secs_f64());
    println!("deliveries                 {}", delays.len());
    println!("lost                       {lost}");
    println!("viewers with another order {disordered}");
    println!("server CPU                 {cpu:.2} s");
    println!("deliveries per CPU-second  {:.0}", delays.len() as f64 / cpu.max(0.01));
    println!("delay p50 / p99            {} / {} ms", percentile(&delays, 50), percentile(&delays, 99));
    println!("memory per socket          {:.1} KiB", rss_full.saturating_sub(rss_empty) as f64 / plan.sockets.max(1) as f64);
    assert!(lost == 0 && disordered == 0, "a message was lost or the order differed");
}

async fn answer(request: reqwest::RequestBuilder) -> Value {
    request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
}

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn connect(ws: &str, register: Value) -> Socket {
    let (mut socket, _) = connect_async(ws).await.unwrap();
    socket.send(Message::Text(register.to_string().into())).await.unwrap();
    while let Some(Ok(message)) = socket.next().await {
        if message.to_text().is_ok_and(|text| text.contains("\"pinned_products_updated\"")) {
            return socket;
        }
    }
    panic!("a socket was closed before it was greeted");
}

async fn view(mut socket: Socket, mut ending: watch::Receiver<bool>) -> Heard {
    let mut heard = Heard { seqs: Vec::new(), delays_ms: Vec::new() };
    loop {
        let message = tokio::select! {
            message = socket.next() => message,
            _ = ending.changed() => return heard,
        };
        let Some(Ok(message)) = message else { return heard };
        let Some(frame) = message.to_text().ok().and_then(|text| serde_json::from_str::<Value>(text).ok()) else { continue };
        if frame["type"] == "chat_message" {
            let sent_ms = frame["message"].as_str().and_then(|text| text.split(' ').next()).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
            heard.seqs.push(frame["seq"].as_u64().unwrap());
            heard.delays_ms.push(now_ms().saturating_sub(sent_ms));
        }
    }
}

async fn speak(ws: &str, token: &str, show: &str, sender: u64, messages: u64, every: Duration) -> u64 {
    let socket = connect(ws, json!({"type": "register_admin", "token": token, "streamId": show})).await;
    let (mut write, mut read) = socket.split();
    // What is not read would close the sender as too slow.
    let reading = tokio::spawn(async move { while read.next().await.is_some_and(|message| message.is_ok()) {} });
    let mut tick = tokio::time::interval(every);
    for at in 0..messages {
        tick.tick().await;
        let text = format!("{} message {at} of sender {sender}", now_ms());
        write.send(Message::Text(json!({"type": "chat_message", "message": text}).to_string().into())).await.unwrap();
    }
    sleep(Duration::from_secs(1)).await;
    reading.abort();
    messages
}

fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64
}
