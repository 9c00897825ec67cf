//! A Janus as it comes, with the VideoRoom plugin and nothing else, to be measured beside ours: a process of its own over a
//! folder of its own, spoken to as shops speak to it (`MEDIA=external`).

use std::{
    net::{IpAddr, Ipv4Addr, UdpSocket},
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    process::{Child, Command},
    time::sleep,
};
use wrencos::server::{
    config::{
        engine::{Access, EngineConfig},
        media::Media,
    },
    engine::Engine,
};

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(20);
/// Plugins and transports that Debian brings and nobody needs here.
const OTHER_PLUGINS: &[&str] = &["audiobridge", "duktape", "echotest", "lua", "nosip", "recordplay", "sip", "streaming", "textroom", "videocall", "voicemail"];
const OTHER_TRANSPORTS: &[&str] = &["websockets", "pfunix", "rabbitmq", "mqtt", "nanomsg"];

/// One that runs.
pub struct Started {
    pub child: Child,
    pub folder: TempDir,
    /// With its version.
    pub name: String,
    pub engine: Engine,
}

/// Why there can be no Janus here, if so.
pub fn lacking() -> Option<&'static str> {
    // Whatever it says to that word, it is there.
    if std::process::Command::new(program()).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        return Some("there is no janus on PATH");
    }
    own_address().is_none().then_some("this machine has no network but loopback, which Janus does not use")
}

/// The address by which packets leave this machine.
pub fn own_address() -> Option<Ipv4Addr> {
    let probe = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    // An address that nobody has (RFC 5737, 3). Connecting sends nothing; it only asks the kernel for the way there.
    probe.connect((Ipv4Addr::new(203, 0, 113, 1), 9)).ok()?;
    match probe.local_addr().ok()?.ip() {
        IpAddr::V4(ip) if !ip.is_loopback() && !ip.is_unspecified() => Some(ip),
        _ => None,
    }
}

fn program() -> String {
    std::env::var("JANUS").unwrap_or_else(|_| "janus".to_owned())
}

/// Starts one whose media come and go at this address. `event_loops`: threads that share all connections; 0, which is what it
/// comes with, gives each connection a thread.
pub async fn start(ip: Ipv4Addr, event_loops: u64) -> Started {
    let port = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    configure(folder.path(), ip, port, event_loops);
    let mut child = Command::new(program())
        .arg("-F")
        .arg(folder.path())
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("{} cannot be started ({error})", program()));
    let url = format!("http://127.0.0.1:{port}/janus");
    let deadline = Instant::now() + PATIENCE;
    let info = loop {
        if let Some(info) = info(&url).await {
            break info;
        }
        assert!(child.try_wait().unwrap().is_none(), "janus has ended; start it by hand to see why: {}", program());
        assert!(Instant::now() < deadline, "janus does not answer");
        sleep(Duration::from_millis(50)).await;
    };
    let engine = Engine::open(&Media::External(EngineConfig::Janus(Access { url, secret: None }))).unwrap().unwrap();
    let name = format!("Janus {}", info["version_string"].as_str().unwrap_or_default());
    Started { child, folder, name, engine }
}

async fn info(url: &str) -> Option<Value> {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    client.get(format!("{url}/info")).send().await.ok()?.json().await.ok()
}

fn configure(folder: &Path, ip: Ipv4Addr, port: u16, event_loops: u64) {
    let libraries = |names: &[&str]| names.iter().map(|name| format!("libjanus_{name}.so")).collect::<Vec<_>>().join(",");
    let (plugins, transports) = (libraries(OTHER_PLUGINS), libraries(OTHER_TRANSPORTS));
    let loops = if event_loops > 0 { format!("event_loops = {event_loops}") } else { String::new() };
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
    write(
        "janus.jcfg",
        format!(
            "general: {{ debug_level = 2 {loops} }}\nnat: {{ ice_enforce_list = \"{ip}\" }}\n\
             plugins: {{ disable = \"{plugins}\" }}\ntransports: {{ disable = \"{transports}\" }}\n"
        ),
    );
    let http = format!("general: {{ base_path = \"/janus\" http = true port = {port} ip = \"127.0.0.1\" https = false }}\nadmin: {{ admin_http = false }}\n");
    write("janus.transport.http.jcfg", http);
    write("janus.plugin.videoroom.jcfg", "general: { }\n".to_owned());
}
