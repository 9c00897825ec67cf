//! A media server in a process of its own, and what it is told and says: ours, or a Janus. Ended with the bench.

use std::{net::Ipv4Addr, process::Stdio};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    sync::mpsc,
    task::spawn_local,
};
use wrencos::server::{engine::Stage, sfu::Notice};

use super::{
    janus,
    support::{cpu_seconds, rss_kib},
    wire::{Asked, Count, Told},
};

/// See the module.
pub struct Server {
    /// What it is called in reports.
    pub name: String,
    /// The one UDP port that everything goes through; `None` where each connection has one of its own.
    pub port: Option<u16>,
    child: Child,
    way: Way,
}

enum Way {
    Own { say: mpsc::UnboundedSender<String>, hear: Lines<BufReader<ChildStdout>> },
    Janus { stage: Stage, notices: mpsc::Receiver<Notice>, _folder: TempDir },
}

impl Server {
    /// Ours: this program once more.
    pub async fn own(ip: Ipv4Addr, max_viewers: usize) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--serve", &ip.to_string(), "--viewers", &max_viewers.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (mut stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (say, mut said) = mpsc::unbounded_channel::<String>();
        // Whoever waited for room to write would not read meanwhile, and both would wait for each other.
        spawn_local(async move {
            while let Some(line) = said.recv().await {
                if stdin.write_all(line.as_bytes()).await.is_err() {
                    return;
                }
            }
        });
        let way = Way::Own { say, hear: BufReader::new(stdout).lines() };
        let mut server = Self { name: "WrenCOS".to_owned(), port: None, child, way };
        match server.hear().await {
            Told::At(port) => server.port = Some(port),
            other => panic!("the media server is not there: {other:?}"),
        }
        server
    }

    /// A Janus of our own, whose media come and go at this address.
    pub async fn janus(ip: Ipv4Addr, event_loops: u64) -> Self {
        let janus::Started { child, folder, name, engine } = janus::start(ip, event_loops).await;
        let (stage, notices) = engine.stage();
        Self { name, port: None, child, way: Way::Janus { stage, notices, _folder: folder } }
    }

    /// Says something to it.
    pub fn tell(&self, asked: Asked) {
        match &self.way {
            // One that is gone is noticed where it is listened to.
            Way::Own { say, .. } => drop(say.send(serde_json::to_string(&asked).unwrap() + "\n")),
            Way::Janus { stage, .. } => asked.command().into_iter().for_each(|command| stage.tell(command)),
        }
    }

    /// What it says next. Nothing is lost where this is not waited for to the end.
    pub async fn hear(&mut self) -> Told {
        match &mut self.way {
            Way::Own { hear, .. } => {
                let line = hear.next_line().await.unwrap().expect("the media server has ended");
                serde_json::from_str(&line).unwrap_or_else(|error| panic!("the media server says {line:?} ({error})"))
            }
            Way::Janus { notices, .. } => notices.recv().await.expect("the way to Janus has ended").into(),
        }
    }

    /// What it counted, as of now; another's counts are not asked for. Whatever else it says meanwhile is lost.
    pub async fn count(&mut self) -> Option<Count> {
        if matches!(self.way, Way::Janus { .. }) {
            return None;
        }
        self.tell(Asked::Count);
        loop {
            if let Told::Counted(count) = self.hear().await {
                return Some(count);
            }
        }
    }

    /// Processor time of its process so far, of all its threads, in seconds.
    pub fn cpu_seconds(&self) -> f64 {
        cpu_seconds(self.pid())
    }

    /// Memory that its process holds, in KiB.
    pub fn rss_kib(&self) -> u64 {
        rss_kib(self.pid())
    }

    /// Ends it, and waits until it has ended.
    pub async fn end(mut self) {
        self.child.kill().await.unwrap();
    }

    fn pid(&self) -> u32 {
        self.child.id().expect("the media server has not been waited for")
    }
}
