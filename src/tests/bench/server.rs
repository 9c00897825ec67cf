//! A server in a process of its own, for benches.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use tokio::time::sleep;

/// The admin that a server here begins with.
pub const EMAIL: &str = "bench@example.com";
pub const PASSWORD: &str = "a password for the bench";

/// The server, ended with the bench.
pub struct Server {
    pub child: Child,
    pub base: String,
    _data: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        // As a signal, so that its database stops too.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// Starts the program that `WRENCOS_BIN` names, over a database of its own.
pub async fn start() -> Server {
    let binary = std::env::var("WRENCOS_BIN").unwrap_or_else(|_| "target/release/wrencos".to_owned());
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let data = tempfile::tempdir().unwrap();
    let child = Command::new(&binary)
        .args(["--addr", &format!("127.0.0.1:{port}")])
        .env("DATA_DIR", data.path())
        .env("ADMIN_EMAIL", EMAIL)
        .env("ADMIN_PASSWORD", PASSWORD)
        .env("MAX_SOCKETS_PER_ADDRESS", "0")
        .env("RUST_LOG", "warn")
        .env_remove("MONGODB_URI")
        .stdout(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("{binary} cannot be started ({error}). Build it, or name another by WRENCOS_BIN."));
    let server = Server { child, base: format!("http://127.0.0.1:{port}"), _data: data };
    for _ in 0..300 {
        if reqwest::get(format!("{}/readyz", server.base)).await.is_ok_and(|response| response.status().is_success()) {
            return server;
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("the server was not ready within thirty seconds");
}
