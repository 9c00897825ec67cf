//! The program itself: what it says about settings that cannot be used, and how it lives with its database.

use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::Value;

mod archive;
mod hostile;
mod recording;

fn program(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wrencos"));
    command.env_remove("MONGODB_URI").env("DATA_DIR", data).env("PORT", "0").stdin(Stdio::null()).current_dir(data);
    command
}

/// A running server, and the port it chose.
struct Server {
    child: Child,
    port: u16,
    said: String,
}

impl Server {
    fn start(data: &Path, arguments: &[&str]) -> Self {
        let mut command = program(data);
        command.args(arguments);
        Self::of(command, arguments)
    }

    fn of(mut command: Command, arguments: &[&str]) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        // The second line is the last that is said on every start.
        while !said.contains("Sign in at") {
            assert_ne!(lines.read_line(&mut said).unwrap(), 0, "the server ended: {said}");
        }
        let port = said.split("localhost:").nth(1).unwrap().split_whitespace().next().unwrap().parse().unwrap();
        if arguments.contains(&"--demo") {
            while !said.contains("only this once") {
                lines.read_line(&mut said).unwrap();
            }
        }
        std::thread::spawn(move || lines.read_to_string(&mut String::new()));
        Self { child, port, said }
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let response = reqwest::get(format!("http://127.0.0.1:{}{path}", self.port)).await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap_or(Value::Null))
    }

    fn signal(&self, name: &str) {
        signal(self.child.id(), name);
    }

    fn stop(mut self) {
        self.signal("TERM");
        let started = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(started.elapsed() < Duration::from_secs(20), "the server does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
    }
}

fn signal(pid: u32, name: &str) {
    assert!(Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status().unwrap().success());
}

fn database_pid(data: &Path) -> Option<u32> {
    std::fs::read_to_string(data.join("mongo/mongod.lock")).ok()?.trim().parse().ok()
}

#[test]
fn a_setting_that_cannot_be_used_is_named_in_one_line() {
    let data = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    for (setting, name, value) in [
        ("JWT_SECRET", "JWT_SECRET", "8 bytes!"),
        ("PORT", "PORT", "seventy"),
        ("PUBLIC_URL", "PUBLIC_URL", "shop"),
        ("ICE_SERVERS", "ICE_SERVERS", "{"),
        ("DATA_DIR", "DATA_DIR", "/proc/nowhere"),
        ("MONGODB_URI", "MONGODB_URI", "mongodb://"),
        ("MONGODB_URI", "MONGODB_URI", "mongodb://127.0.0.1:1/"),
        ("RUST_LOG", "RUST_LOG", "a=b=c"),
        ("MONGOD", "MONGOD", "/no/such/mongod"),
        ("MEDIA", "MEDIA", "carrier pigeon"),
        ("MEDIA_ENGINE_URL", "MEDIA", "external"),
        ("MEDIA_ENGINE_URL", "MEDIA_ENGINE_URL", "http://janus:8088/janus"),
    ] {
        let output = program(data.path()).env(name, value).output().unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}={value}: {error}");
        assert_eq!(error.lines().count(), 1, "{name}={value}: {error}");
        assert!(error.contains(&format!("{setting}: ")) && !error.contains("8 bytes!"), "{name}={value}: {error}");
    }
    let output = program(data.path()).args(["--addr", &addr]).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && error.lines().count() == 1 && error.contains("PORT: "), "{error}");
    assert_eq!(database_pid(data.path()), None, "no database is left running after a start that failed");
}

#[tokio::test]
async fn a_shop_outlives_its_server_and_its_database() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &["serve", "--demo"]);
    assert!(server.said.contains("admin@wrencos.local"));
    assert_eq!(server.get("/products").await.1["total"], 8);
    let (status, _) = server.get("/readyz").await;
    assert_eq!(status, 200);
    let database = database_pid(data.path()).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(data.path().join("jwt_secret")).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);

    // Killed, the server cannot stop its database; the next one takes it over, and seeds nothing twice.
    server.signal("KILL");
    let mut killed = server;
    killed.child.wait().unwrap();
    let server = Server::start(data.path(), &[]);
    assert_eq!(database_pid(data.path()), Some(database));
    assert_eq!(server.get("/products").await.1["total"], 8);

    // A database that hangs is noticed; one that dies is started again.
    signal(database, "STOP");
    let asked = Instant::now();
    assert_eq!(server.get("/readyz").await.0, 503);
    assert!(asked.elapsed() < Duration::from_secs(5));
    assert_eq!(server.get("/healthz").await.0, 200);
    signal(database, "KILL");
    let killed_at = Instant::now();
    while server.get("/readyz").await.0 != 200 {
        assert!(killed_at.elapsed() < Duration::from_secs(40), "the database did not come back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(server.get("/products").await.1["total"], 8);
    let again = database_pid(data.path()).unwrap();
    server.stop();
    assert_eq!(database_pid(data.path()), None);
    assert!(!Path::new(&format!("/proc/{again}")).exists());
}
