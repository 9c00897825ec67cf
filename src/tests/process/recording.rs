//! Recordings on a server that is killed, and on a disk that is full.

use std::{
    io::Write,
    net::TcpStream,
    path::Path,
    process::{Command, Stdio},
};

use reqwest::Method;
use serde_json::{Value, json};
use wrencos::domain::recording::MAX_CHUNK_BYTES;

use super::{Server, program};
use crate::support::{Client, client::read, mongo};

const RECORDED: &[u8] = include_bytes!("../fixtures/chromium.webm");
pub(super) const ADMIN: (&str, &str) = ("host@example.com", "a wren sings at dawn");

pub(super) async fn admin(port: u16) -> Client {
    let addr = ([127, 0, 0, 1], port).into();
    let (status, body) = Client::new(addr, None).post("/auth/login", json!({"email": ADMIN.0, "password": ADMIN.1})).await;
    assert_eq!(status, 200, "{body}");
    Client::new(addr, Some(body["token"].as_str().unwrap().to_owned()))
}

async fn put(client: &Client, show: &str, number: usize, bytes: &[u8]) -> (u16, Value) {
    let path = format!("/livestreams/{show}/recording/chunks/{number}?recorder=r");
    let (status, body) = read(client.request(Method::PUT, &path).body(bytes.to_vec())).await;
    (status.as_u16(), body)
}

pub(super) async fn live_show(client: &Client) -> String {
    let (status, body) = client.post("/livestreams", json!({"title": "Nothing is lost"})).await;
    assert_eq!(status, 201, "{body}");
    body["livestream"]["_id"].as_str().unwrap().to_owned()
}

/// A server over the tests' database, so that a kill hits it alone.
async fn start(data: &Path, database: &str) -> Server {
    let uri = mongo::with_database(&mongo::uri().await, database);
    Server::start(data, &["serve", "--mongodb-uri", &uri, "--admin-email", ADMIN.0, "--admin-password", ADMIN.1])
}

pub(super) async fn drop_database(database: &str) {
    let uri = mongo::with_database(&mongo::uri().await, database);
    wrencos::server::db::Db::connect(&uri).await.unwrap().drop_everything().await.unwrap();
}

pub(super) fn name() -> String {
    format!("test_{:032x}", rand::random::<u128>())
}

#[tokio::test]
async fn a_server_that_is_killed_in_the_middle_of_a_chunk_has_what_it_acknowledged() {
    let (data, database) = (tempfile::tempdir().unwrap(), name());
    let pieces: Vec<&[u8]> = RECORDED.chunks(RECORDED.len() / 6 + 1).collect();
    let mut server = start(data.path(), &database).await;
    let show = live_show(&admin(server.port).await).await;
    for (number, piece) in pieces.iter().enumerate() {
        let client = admin(server.port).await;
        // Half a chunk is on the wire, another is being sent, when the server dies.
        let mut half = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        let head = format!(
            "PUT /livestreams/{show}/recording/chunks/{number}?recorder=r HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n",
            client.token(),
            piece.len(),
        );
        half.write_all(head.as_bytes()).unwrap();
        half.write_all(&piece[..piece.len() / 2]).unwrap();
        let large = tokio::spawn({
            let (client, show) = (client.clone(), show.clone());
            async move {
                client
                    .request(Method::PUT, &format!("/livestreams/{show}/recording/chunks/0?recorder=big-{number}"))
                    .body(vec![7; MAX_CHUNK_BYTES])
                    .send()
                    .await
            }
        });
        assert_eq!(put(&client, &show, number, piece).await, (200, json!({"next": number + 1})));
        server.signal("KILL");
        server.child.wait().unwrap();
        let acknowledged = large.await.unwrap().is_ok_and(|response| response.status() == 200);
        server = start(data.path(), &database).await;
        let client = admin(server.port).await;
        let next =
            async |recorder: &str| client.get(&format!("/livestreams/{show}/recording?recorder={recorder}")).await.1["recording"]["next"].as_u64().unwrap();
        assert_eq!(next("r").await, number as u64 + 1, "what was acknowledged is there, and half a chunk is not");
        assert!(!acknowledged || next(&format!("big-{number}")).await == 1);
        assert_eq!(put(&client, &show, number, piece).await.0, 200, "an answer that was lost is given again");
    }
    // Killed once more between asking for the film and having it: it is made at the next start.
    let client = admin(server.port).await;
    client.post(&format!("/livestreams/{show}/stop"), json!({})).await;
    let asked = tokio::spawn({
        let (client, show) = (client.clone(), show.clone());
        async move { client.request(Method::POST, &format!("/livestreams/{show}/recording/finish")).send().await.map(drop) }
    });
    let wanted = data.path().join(format!("recordings/{show}"));
    while wanted.exists() && !wanted.join("finish").exists() {
        tokio::task::yield_now().await;
    }
    server.signal("KILL");
    server.child.wait().unwrap();
    let _ = asked.await;
    let server = start(data.path(), &database).await;
    let client = admin(server.port).await;
    let mut recording = Value::Null;
    for _ in 0..600 {
        recording = client.get(&format!("/livestreams/{show}/recording")).await.1["recording"].clone();
        if recording["state"] == "ready" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!((&recording["state"], recording["parts"].as_array().unwrap().len()), (&json!("ready"), 1), "{recording}");
    let (status, _) = client.get(recording["videoUrl"].as_str().unwrap()).await;
    assert_eq!(status, 200);
    let left = |folder: &str| std::fs::read_dir(data.path().join(folder)).map_or(0, Iterator::count);
    assert_eq!((left("recordings"), left("uploads/livestreams")), (0, 1), "one film, and nothing beside it");
    server.stop();
    drop_database(&database).await;
}

#[tokio::test]
async fn what_a_killed_server_had_of_an_upload_is_removed_by_a_later_one() {
    let (data, database) = (tempfile::tempdir().unwrap(), name());
    let mut server = start(data.path(), &database).await;
    let client = admin(server.port).await;
    let mut half = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    let part = "--x\r\nContent-Disposition: form-data; name=\"video\"; filename=\"a.webm\"\r\nContent-Type: video/webm\r\n\r\n";
    let head = format!(
        "POST /uploads/livestream-video HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 9000000\r\n\r\n{part}",
        client.token(),
    );
    half.write_all(head.as_bytes()).unwrap();
    half.write_all(RECORDED).unwrap();
    let left = || std::fs::read_dir(data.path().join("incoming")).map_or_else(|_| Vec::new(), |entries| entries.map(|entry| entry.unwrap().path()).collect());
    let until = async |count: usize| {
        let come = async {
            while left().len() != count {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), come).await.unwrap_or_else(|_| panic!("there are {:?}", left()));
    };
    until(1).await;
    server.signal("KILL");
    server.child.wait().unwrap();
    let file = std::fs::File::options().append(true).open(&left()[0]).unwrap();
    file.set_modified(std::time::SystemTime::now() - wrencos::server::storage::incoming::FORGOTTEN).unwrap();
    server = start(data.path(), &database).await;
    until(0).await;
    server.stop();
    drop_database(&database).await;
}

#[tokio::test]
async fn a_full_disk_is_said_and_the_show_goes_on() {
    // A disk of 16 MiB of the server's own, in a namespace of its own: where the kernel gives none, the quota's test must do.
    let (data, database) = (tempfile::tempdir().unwrap(), name());
    let may = Command::new("unshare").args(["-rm", "true"]).stderr(Stdio::null()).status();
    if !may.is_ok_and(|status| status.success()) {
        eprintln!("no namespaces here: not tried");
        return;
    }
    let uri = mongo::with_database(&mongo::uri().await, &database);
    let script = "mount -t tmpfs -o size=16m tmpfs \"$DATA_DIR\" && cd \"$DATA_DIR\" && exec \"$0\" serve";
    let mut command = program(data.path());
    let wrencos = command.get_program().to_owned();
    command = in_namespace(&command, &wrencos, script);
    command.env("MONGODB_URI", &uri).env("ADMIN_EMAIL", ADMIN.0).env("ADMIN_PASSWORD", ADMIN.1);
    let server = Server::of(command, &[]);
    let client = admin(server.port).await;
    let show = live_show(&client).await;
    let chunk = vec![7; 1024 * 1024];
    let mut taken = 0;
    let refused = loop {
        match put(&client, &show, taken, &chunk).await {
            (200, _) => taken += 1,
            refused => break refused,
        }
        assert!(taken < 16, "more than the disk holds");
    };
    assert_eq!((refused.0, &refused.1["code"]), (507, &json!("storage_full")));
    assert!(taken >= 12, "{taken} MiB of 16");
    let (status, body) = server.get("/readyz").await;
    assert_eq!((status, &body["status"], &body["storage"]), (200, &json!("degraded"), &json!("full")));
    assert_eq!(client.post(&format!("/livestreams/{show}/chat"), json!({"message": "We go on"})).await.0, 201);
    let (_, body) = client.get(&format!("/livestreams/{show}/recording?recorder=r")).await;
    assert_eq!(body["recording"]["next"], taken, "what was refused left nothing");
    // Room comes back: here by a show that is deleted with its chunks.
    client.post(&format!("/livestreams/{show}/stop"), json!({})).await;
    assert_eq!(client.delete(&format!("/livestreams/{show}")).await.0, 200);
    let next = live_show(&client).await;
    let mut again = (0, Value::Null);
    for _ in 0..600 {
        again = put(&client, &next, 0, &chunk).await;
        if again.0 == 200 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(again.0, 200, "{}", again.1);
    assert_eq!(server.get("/readyz").await.1["status"], "ready");
    server.stop();
    drop_database(&database).await;
}

fn in_namespace(of: &Command, wrencos: &std::ffi::OsStr, script: &str) -> Command {
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", script]).arg(wrencos).stdin(Stdio::null());
    for (name, value) in of.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}
