//! The media server, measured: one host of about 1 Mbit/s, many viewers, all on this machine. Fails if a viewer misses a
//! packet. Prints what passing on a packet costs the media server, and how long it takes; where there is a Janus, the same of
//! its VideoRoom by the same client, one after the other.
//!
//! `cargo bench --features ssr --bench media -- --viewers 100 --seconds 10`
//!
//! - `--beside janus`: fails without a Janus; `--beside nobody`: ours alone, over loopback
//! - `--event-loops 2`: threads of that Janus for all connections, instead of one thread for each
//! - `--soak 1800`: for so many seconds instead, with viewers who come and go; see `soak`
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a command for people, which may fail loudly")]

mod apart;
mod camera;
mod client;
mod crowd;
#[path = "../../support/rtc/end.rs"]
mod end;
mod janus;
mod kernel;
mod measure;
mod report;
mod server;
mod soak;
#[path = "../support.rs"]
mod support;
mod tally;
mod wire;

use std::{net::Ipv4Addr, time::Duration};

use tokio::task::LocalSet;

use self::{measure::measure, server::Server, soak::Soak, support::number};

fn main() {
    let soak = number("--soak", 0);
    let (viewers, seconds) = (number("--viewers", if soak > 0 { 20 } else { 100 }), number("--seconds", 10));
    assert!(viewers > 0 && seconds > 0, "it takes at least one viewer and one second");
    if let Some(ip) = word("--serve") {
        return apart::serve(ip.parse().unwrap(), u32::try_from(viewers).unwrap());
    }
    let (viewers, length) = (usize::try_from(viewers).unwrap(), Duration::from_secs(seconds));
    if soak > 0 {
        return alone(Soak::run(viewers, Duration::from_secs(soak)));
    }

    let janus_at = beside();
    // Where they are compared, both are at the same address.
    let ip = janus_at.unwrap_or(Ipv4Addr::LOCALHOST);
    let ours = alone(async move { measure(viewers, length, ip, Server::own(ip, viewers).await).await });
    println!("{ours}");
    if let Some(ip) = janus_at {
        let loops = number("--event-loops", 0);
        let theirs = alone(async move { measure(viewers, length, ip, Server::janus(ip, loops).await).await });
        println!("\n{theirs}\n\n{}", ours.beside(&theirs));
    }
    ours.judge();
}

/// The address of a Janus beside ours, if there is to be one. Says so where there is none.
fn beside() -> Option<Ipv4Addr> {
    match (word("--beside").as_deref(), janus::lacking()) {
        (Some("nobody"), _) => return None,
        (Some("janus"), Some(lack)) => panic!("{lack}"),
        (None, Some(lack)) => {
            println!("Janus is left out: {lack}.");
            return None;
        }
        (None | Some("janus"), None) => {}
        (Some(other), _) => panic!("--beside takes janus or nobody, not {other:?}"),
    }
    janus::own_address()
}

// With tasks that end with it: what ran before is not to be measured with what follows.
fn alone<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(LocalSet::new().run_until(work))
}

/// The word that follows a name on the command line.
fn word(name: &str) -> Option<String> {
    std::env::args().skip_while(|argument| argument != name).nth(1)
}
