//! Our own mongod, for a shop that has no database: started on loopback, kept alive, stopped with us.
//!
//! Never used when an address of a database is set. The process outlives a server that was killed; the next one takes it over.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use mongodb::{
    Client,
    bson::{Document, doc},
    options::ClientOptions,
};
use tokio::{
    process::{Child, Command},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use crate::server::config::ConfigError;

const REPLICA_SET: &str = "rs0";
/// How long a start may take: recovery after a crash replays the journal first.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a stop may take before the process is killed.
const STOP_TIMEOUT: Duration = Duration::from_secs(8);
/// Names the port of the process that runs on a folder.
const PORT_FILE: &str = "wrencos.port";

/// A mongod of ours, watched over until [`stop`](Self::stop).
pub struct LocalMongo {
    place: Place,
    stopping: CancellationToken,
    watch: JoinHandle<()>,
}

#[derive(Clone)]
struct Place {
    binary: PathBuf,
    folder: PathBuf,
    port: u16,
}

impl LocalMongo {
    /// Starts mongod on `folder`, or takes over the one that runs there, and waits until it accepts writes.
    ///
    /// # Errors
    /// No mongod on this machine, a folder that cannot be written, a process that does not come up.
    pub async fn start(folder: &Path) -> Result<Self, ConfigError> {
        let unusable = |error: std::io::Error| {
            ConfigError::new("DATA_DIR", format!("{} cannot be used ({error})", folder.display()), "Name a folder that can be written to.")
        };
        fs::create_dir_all(folder).map_err(unusable)?;
        let folder = folder.canonicalize().map_err(unusable)?;
        let (place, child) = match running_on(&folder).await {
            Some(port) => {
                tracing::info!(port, "taking over the database that is still running");
                (Place { binary: binary().unwrap_or_default(), folder, port }, None)
            }
            None => {
                let place = Place { binary: binary()?, port: free_port().map_err(unusable)?, folder };
                let child = place.spawn().map_err(|error| failed(&format!("mongod could not be started ({error})")))?;
                fs::write(place.folder.join(PORT_FILE), place.port.to_string()).map_err(unusable)?;
                (place, Some(child))
            }
        };
        let mut child = child;
        place.become_primary(&mut child).await?;
        let stopping = CancellationToken::new();
        let watch = tokio::spawn(keep_alive(place.clone(), child, stopping.clone()));
        Ok(Self { place, stopping, watch })
    }

    /// The address for [`Db::connect`](super::Db::connect).
    pub fn uri(&self) -> String {
        self.place.uri()
    }

    /// Stops the process in good order, and waits for it.
    pub async fn stop(self) {
        self.stopping.cancel();
        if self.watch.await.is_err() {
            tracing::error!("the watch over the database had panicked");
        }
    }
}

impl Place {
    fn uri(&self) -> String {
        format!("mongodb://127.0.0.1:{}/wrencos?directConnection=true", self.port)
    }

    fn spawn(&self) -> std::io::Result<Child> {
        let mut command = Command::new(&self.binary);
        command
            .arg("--dbpath")
            .arg(&self.folder)
            .args(["--port", &self.port.to_string(), "--bind_ip", "127.0.0.1", "--nounixsocket", "--replSet", REPLICA_SET])
            .args(["--oplogSize", "256", "--wiredTigerCacheSizeGB", "0.5", "--setParameter", "diagnosticDataCollectionEnabled=false"])
            .arg("--logpath")
            .arg(self.folder.join("mongod.log"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        // A group of its own: Ctrl-C in a terminal is for us, and we stop it after the last write.
        #[cfg(unix)]
        command.process_group(0);
        command.spawn()
    }

    async fn client(&self) -> Result<Client, mongodb::error::Error> {
        let mut options = ClientOptions::parse(self.uri()).await?;
        options.server_selection_timeout = Some(Duration::from_secs(1));
        options.connect_timeout = Some(Duration::from_secs(1));
        Client::with_options(options)
    }

    // A set of one node, at this port, that has elected itself.
    async fn become_primary(&self, child: &mut Option<Child>) -> Result<(), ConfigError> {
        let client = self.client().await.map_err(|error| failed(&error.to_string()))?;
        let admin = client.database("admin");
        let started = Instant::now();
        let mut last = String::new();
        while started.elapsed() < START_TIMEOUT {
            if let Some(Ok(Some(status))) = child.as_mut().map(Child::try_wait) {
                let log = self.folder.join("mongod.log");
                return Err(failed(&format!("mongod ended at once ({status}); {} says why", log.display())));
            }
            match self.step(&client, &admin).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(error) => last = error.kind.to_string(),
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(failed(&format!("mongod did not become ready ({last})")))
    }

    // One look, and what it asks for. True once writes are accepted.
    async fn step(&self, client: &Client, admin: &mongodb::Database) -> Result<bool, mongodb::error::Error> {
        let hello = admin.run_command(doc! { "hello": 1 }).await?;
        let me = format!("127.0.0.1:{}", self.port);
        if hello.get_bool("isWritablePrimary").unwrap_or(false) && hello.get_str("me").is_ok_and(|at| at == me) {
            return Ok(true);
        }
        let stored: Option<Document> = client.database("local").collection("system.replset").find_one(doc! {}).await?;
        match stored {
            None => {
                let config = doc! { "_id": REPLICA_SET, "members": [{ "_id": 0, "host": &me }] };
                admin.run_command(doc! { "replSetInitiate": config }).await?;
            }
            Some(mut config) => {
                let member = config.get_array("members").ok().and_then(|members| members.first()?.as_document()?.get_str("host").ok());
                if member.is_some_and(|host| host != me) {
                    // The port of the last run was another one.
                    let version = config.get_i32("version").unwrap_or(1);
                    config.insert("version", version + 1);
                    config.insert("members", vec![doc! { "_id": 0, "host": &me }]);
                    admin.run_command(doc! { "replSetReconfig": config, "force": true }).await?;
                }
            }
        }
        Ok(false)
    }

    async fn answers(&self) -> bool {
        match self.client().await {
            Ok(client) => client.database("admin").run_command(doc! { "ping": 1 }).await.is_ok(),
            Err(_) => false,
        }
    }

    async fn shut_down(&self, child: Option<Child>) {
        if let Ok(client) = self.client().await {
            // The answer is a closed connection. A hanging process gives none at all.
            let admin = client.database("admin");
            let asked = async { admin.run_command(doc! { "shutdown": 1, "force": true, "timeoutSecs": 5 }).await };
            let _ = tokio::time::timeout(STOP_TIMEOUT, asked).await;
        }
        match child {
            Some(mut child) => {
                if tokio::time::timeout(STOP_TIMEOUT, child.wait()).await.is_err() {
                    tracing::warn!("the database did not stop in time and is killed; its journal keeps what was written");
                    let _ = child.kill().await;
                }
            }
            None => {
                let started = Instant::now();
                while is_locked(&self.folder) && started.elapsed() < STOP_TIMEOUT {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
        let _ = fs::remove_file(self.folder.join(PORT_FILE));
    }
}

// Restarts the process whenever it ends by itself, a little later each time it ends soon.
async fn keep_alive(place: Place, mut child: Option<Child>, stopping: CancellationToken) {
    let mut pause = Duration::from_millis(200);
    loop {
        let started = Instant::now();
        let ended = async {
            match &mut child {
                Some(child) => drop(child.wait().await),
                // Not our child: look after it from time to time.
                None => {
                    while place.answers().await || is_locked(&place.folder) {
                        tokio::time::sleep(Duration::from_secs(1)).await
                    }
                }
            }
        };
        tokio::select! {
            () = stopping.cancelled() => return place.shut_down(child).await,
            () = ended => {}
        }
        if started.elapsed() > Duration::from_secs(60) {
            pause = Duration::from_millis(200);
        }
        tracing::error!(again_in_ms = pause.as_millis() as u64, "the database ended by itself and is started again");
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
        pause = (pause * 2).min(Duration::from_secs(10));
        match place.spawn() {
            Ok(again) => {
                child = Some(again);
                if let Err(error) = place.become_primary(&mut child).await {
                    tracing::error!(%error, "the database did not come back");
                }
            }
            Err(error) => tracing::error!(%error, "the database could not be started"),
        }
    }
}

// The port of a mongod that runs on this folder and answers.
async fn running_on(folder: &Path) -> Option<u16> {
    if !is_locked(folder) {
        return None;
    }
    let port = fs::read_to_string(folder.join(PORT_FILE)).ok()?.trim().parse().ok()?;
    let place = Place { binary: PathBuf::new(), folder: folder.to_owned(), port };
    for _ in 0..10 {
        if place.answers().await {
            return Some(port);
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    None
}

// mongod writes its process id into `mongod.lock` and empties it when it stops. After a crash the id names nobody, or somebody else.
fn is_locked(folder: &Path) -> bool {
    let Some(pid) = fs::read_to_string(folder.join("mongod.lock")).ok().and_then(|text| text.trim().parse::<u32>().ok()) else { return false };
    match fs::read(format!("/proc/{pid}/cmdline")) {
        Ok(line) => String::from_utf8_lossy(&line).split('\0').any(|argument| Path::new(argument) == folder),
        // Without /proc there is no telling; the port decides.
        Err(_) => !Path::new("/proc/self").exists(),
    }
}

fn failed(problem: &str) -> ConfigError {
    ConfigError::new("MONGODB_URI", problem, "Set it to a MongoDB replica set, or look into DATA_DIR/mongo/mongod.log.")
}

// The mongod to use: named, on PATH, or where set-up puts it.
fn binary() -> Result<PathBuf, ConfigError> {
    if let Some(named) = std::env::var_os("MONGOD").filter(|named| !named.is_empty()) {
        let named = PathBuf::from(named);
        let missing = || ConfigError::new("MONGOD", format!("{} is not there", named.display()), "Name the mongod program, or unset it.");
        return if named.is_file() { Ok(named) } else { Err(missing()) };
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")));
    let on_path = std::env::split_paths(&path).map(|folder| folder.join("mongod"));
    let fetched = cache.map(|cache| cache.join("wrencos/tools/bin/mongod"));
    let missing = || ConfigError::new("MONGODB_URI", "no database is set and there is no mongod here", "Run `make setup`, install mongod, or set MONGODB_URI.");
    on_path.chain(fetched).find(|candidate| candidate.is_file()).ok_or_else(missing)
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
