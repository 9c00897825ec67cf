//! Files, measured: one large film taken in, and many who read parts of it at once, from a server in a process of its own.
//! Fails where taking the film in costs the server more memory than a fixed amount. With `PEER_URL` the same is asked of
//! another server that speaks the same REST, whose process `PEER_PID` names; it is measured, not judged.
//!
//! `WRENCOS_BIN=target/release/wrencos cargo bench --features ssr --bench files -- --mib 2048 --readers 500 --reads 4`
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a command for people, which may fail loudly")]

#[path = "../server.rs"]
mod server;
#[path = "../support.rs"]
mod support;

use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::stream;
use reqwest::{
    Body, Client, StatusCode, header,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use tokio::{sync::Barrier, sync::oneshot, time::sleep};

use self::{
    server::{EMAIL, PASSWORD, start},
    support::{cpu_seconds, number, percentile, rss_kib},
};

const MIB: u64 = 1024 * 1024;
/// What one reader asks for at once: about what a player that has just been moved asks for.
const RANGE_BYTES: u64 = MIB;
/// The most memory that a film of any length may cost while it comes in.
const MOST_GROWTH_KIB: u64 = 16 * 1024;
/// How often the memory of the server is looked at meanwhile.
const EVERY: Duration = Duration::from_millis(50);

#[derive(Clone, Copy)]
struct Plan {
    film_bytes: u64,
    readers: usize,
    reads: u64,
}

/// What was measured of one server. What needs its process is absent where that is not known.
struct Figures {
    name: &'static str,
    film_bytes: u64,
    took: Duration,
    growth_kib: Option<u64>,
    first_bytes_us: Vec<u64>,
    read_bytes: u64,
    reading_took: Duration,
    reading_cpu_s: Option<f64>,
}

fn main() {
    let plan = Plan { film_bytes: number("--mib", 2048) * MIB, readers: number("--readers", 500) as usize, reads: number("--reads", 4) };
    assert!(plan.film_bytes >= 2 * RANGE_BYTES && plan.readers > 0 && plan.reads > 0, "it takes a film of two MiB, a reader and a read at least");
    tokio::runtime::Runtime::new().unwrap().block_on(run(plan));
}

async fn run(plan: Plan) {
    if let Ok(peer) = std::env::var("PEER_URL") {
        let pid = std::env::var("PEER_PID").ok().map(|pid| pid.parse().expect("PEER_PID is the number of a process"));
        println!("{}", measure("peer", peer.trim_end_matches('/'), pid, plan).await);
    }
    let server = start().await;
    let figures = measure("wrencos", &server.base, Some(server.child.id()), plan).await;
    println!("{figures}");
    let growth_kib = figures.growth_kib.unwrap();
    assert!(growth_kib <= MOST_GROWTH_KIB, "taking a film in cost {growth_kib} KiB of memory; it may cost {MOST_GROWTH_KIB}");
}

async fn measure(name: &'static str, base: &str, pid: Option<u32>, plan: Plan) -> Figures {
    // Each reader has a connection of its own.
    let http = Client::builder().pool_max_idle_per_host(plan.readers).build().unwrap();
    let token = sign_in(&http, base).await;
    // What is only needed once is there when it is counted.
    upload(&http, base, &token, 2 * MIB).await;
    let (stop, stopped) = oneshot::channel();
    let watching = pid.map(|pid| tokio::spawn(growth_kib(pid, stopped)));
    let began = Instant::now();
    let url = upload(&http, base, &token, plan.film_bytes).await;
    let took = began.elapsed();
    let _ = stop.send(());
    let growth_kib = match watching {
        Some(watching) => Some(watching.await.unwrap()),
        None => None,
    };

    let url: Arc<str> = format!("{base}{url}").into();
    let ready = Arc::new(Barrier::new(plan.readers + 1));
    let readers: Vec<_> = (0..plan.readers).map(|reader| tokio::spawn(read(http.clone(), url.clone(), reader as u64, plan, ready.clone()))).collect();
    ready.wait().await;
    let (cpu_before, began) = (pid.map(cpu_seconds), Instant::now());
    let mut first_bytes_us = Vec::new();
    for reader in readers {
        first_bytes_us.extend(reader.await.unwrap());
    }
    first_bytes_us.sort_unstable();
    let reading_cpu_s = pid.zip(cpu_before).map(|(pid, before)| cpu_seconds(pid) - before);
    let read_bytes = first_bytes_us.len() as u64 * RANGE_BYTES;
    Figures { name, film_bytes: plan.film_bytes, took, growth_kib, first_bytes_us, read_bytes, reading_took: began.elapsed(), reading_cpu_s }
}

// The first account of a shop is its admin; one that is there already signs in.
async fn sign_in(http: &Client, base: &str) -> String {
    let account = json!({ "email": EMAIL, "password": PASSWORD, "name": "Bench" });
    for path in ["/auth/login", "/auth/register"] {
        let answer = http.post(format!("{base}{path}")).json(&account).send().await.unwrap();
        if let Some(token) = answer.json::<Value>().await.ok().as_ref().and_then(|body| body["token"].as_str()) {
            return token.to_owned();
        }
    }
    panic!("{base} lets nobody in");
}

async fn upload(http: &Client, base: &str, token: &str, bytes: u64) -> String {
    let (body, length) = film(bytes);
    let film = Part::stream_with_length(body, length).file_name("film.webm").mime_str("video/webm").unwrap();
    let answer = http.post(format!("{base}/uploads/livestream-video")).bearer_auth(token).multipart(Form::new().part("video", film)).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED, "{base} does not take the film");
    answer.json::<Value>().await.unwrap()["url"].as_str().unwrap().to_owned()
}

// The smallest WebM with a picture's track, and one block of this many bytes, made as it is sent.
fn film(block_bytes: u64) -> (Body, u64) {
    let sized = |id: &[u8], bytes: u64| [id, &(bytes | 1 << 56).to_be_bytes()].concat();
    let element = |id: &[u8], body: &[u8]| [sized(id, body.len() as u64), body.to_vec()].concat();
    let head = element(&[0x1a, 0x45, 0xdf, 0xa3], &element(&[0x42, 0x82], b"webm"));
    let tracks = element(&[0x16, 0x54, 0xae, 0x6b], &element(&[0xae], &element(&[0x83], &[1])));
    let block = sized(&[0xa3], block_bytes);
    let cluster = sized(&[0x1f, 0x43, 0xb6, 0x75], block.len() as u64 + block_bytes);
    let segment = sized(&[0x18, 0x53, 0x80, 0x67], (tracks.len() + cluster.len() + block.len()) as u64 + block_bytes);
    let front = [head, segment, tracks, cluster, block].concat();
    let length = front.len() as u64 + block_bytes;
    let piece: &'static [u8] = &[7; 64 * 1024];
    let pieces = stream::unfold((Some(front), block_bytes), move |(front, left)| async move {
        match front {
            Some(front) => Some((bytes::Bytes::from(front), (None, left))),
            None if left == 0 => None,
            None => {
                let size = left.min(piece.len() as u64);
                Some((bytes::Bytes::from_static(&piece[..size as usize]), (None, left - size)))
            }
        }
    });
    (Body::wrap_stream(futures::StreamExt::map(pieces, Ok::<_, std::io::Error>)), length)
}

// How much more memory a process held at any time than at the beginning.
async fn growth_kib(pid: u32, mut stopped: oneshot::Receiver<()>) -> u64 {
    let before = rss_kib(pid);
    let mut most = before;
    while stopped.try_recv().is_err() {
        most = most.max(rss_kib(pid));
        sleep(EVERY).await;
    }
    most - before
}

// Reads ranges here and there, and gives how long the first byte of each took, in microseconds.
async fn read(http: Client, url: Arc<str>, reader: u64, plan: Plan, ready: Arc<Barrier>) -> Vec<u64> {
    let mut delays_us = Vec::with_capacity(plan.reads as usize);
    ready.wait().await;
    for number in 0..plan.reads {
        // Spread by a step that has nothing in common with the length: no two readers follow each other.
        let from = (reader * plan.reads + number).wrapping_mul(0x9e37_79b9_7f4a_7c15) % (plan.film_bytes - RANGE_BYTES);
        let range = format!("bytes={from}-{}", from + RANGE_BYTES - 1);
        let began = Instant::now();
        let mut answer = http.get(&*url).header(header::RANGE, range).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::PARTIAL_CONTENT);
        let mut bytes = 0;
        while let Some(piece) = answer.chunk().await.unwrap() {
            if bytes == 0 {
                delays_us.push(began.elapsed().as_micros() as u64);
            }
            bytes += piece.len() as u64;
        }
        assert_eq!(bytes, RANGE_BYTES, "a range came whole");
    }
    delays_us
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = |bytes: u64| bytes as f64 / MIB as f64;
        let ms = |percent| percentile(&self.first_bytes_us, percent) as f64 / 1000.0;
        let known = |figure: Option<String>| figure.unwrap_or_else(|| "not known without PEER_PID".to_owned());
        let growth = self.growth_kib.map(|kib| format!("{:.1} MiB", kib as f64 / 1024.0));
        let cpu = self.reading_cpu_s.map(|seconds| format!("{:.2} s", seconds / (mib(self.read_bytes) / 1024.0)));
        writeln!(f, "{}", self.name)?;
        writeln!(f, "  film taken in            {:.0} MiB at {:.0} MiB/s", mib(self.film_bytes), mib(self.film_bytes) / self.took.as_secs_f64())?;
        writeln!(f, "  memory while it came     {} more", known(growth))?;
        writeln!(
            f,
            "  ranges read              {} of 1 MiB at {:.0} MiB/s",
            self.first_bytes_us.len(),
            mib(self.read_bytes) / self.reading_took.as_secs_f64()
        )?;
        writeln!(f, "  first byte p50 / p99     {:.1} / {:.1} ms", ms(50), ms(99))?;
        write!(f, "  server CPU per GiB       {}", known(cpu))
    }
}
