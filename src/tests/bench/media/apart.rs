//! Our media server in a process of its own, which has nothing else in it: what the kernel says of the process is then the
//! server's alone. It is spoken to through its standard input and ends with it.

use std::{net::IpAddr, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    time::sleep,
};
use wrencos::server::{
    config::media::{Media, SfuConfig, TcpPort},
    sfu::Sfu,
};

use super::wire::{Asked, Told};

/// How often its figures are looked at, while somebody waits for them.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Runs it, at any port of this address.
pub fn serve(ip: IpAddr, max_viewers: u32) {
    let config = SfuConfig { udp_port: 0, tcp_port: TcpPort::Off, public_ips: vec![ip], max_viewers, simulcast: false };
    let sfu = Sfu::open(&Media::Server(config)).unwrap().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (stage, mut notices) = sfu.stage();
        say(&Told::At(sfu.addresses()[0].port()));
        let mut lines = BufReader::new(tokio::io::stdin()).lines();
        loop {
            tokio::select! {
                line = lines.next_line() => {
                    let Ok(Some(line)) = line else { return };
                    match serde_json::from_str::<Asked>(&line).unwrap().command() {
                        Some(command) => stage.tell(command),
                        None => count(&sfu).await,
                    }
                }
                Some(notice) = notices.recv() => say(&notice.into()),
            }
        }
    });
}

// It looks at itself once a second: its figures and the clock of whoever asked then speak of the same time.
async fn count(sfu: &Sfu) {
    let last = sfu.figures();
    while sfu.figures().cpu == last.cpu {
        sleep(LOOK_EVERY).await;
    }
    say(&Told::Counted(sfu.figures().into()));
}

fn say(told: &Told) {
    println!("{}", serde_json::to_string(told).unwrap());
}
