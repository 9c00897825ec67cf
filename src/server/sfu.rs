//! The media server: one picture comes in from the host, and goes out to every viewer as it is, never decoded.
//!
//! Owns one thread and one UDP port (in IPv4, and in IPv6 where the machine has it), and shares nothing with anybody: rooms speak to it through a channel and hear from
//! it through another. It knows no show, no seat and no person, only the lines that a room names.
//!
//! `core` decides who gets what (pure), `payload` and `demux` read the little that must be read, `peer` is one connection
//! (str0m), `engine` has all of them, without a socket or a clock; `ports`, `socket` and this file are the only IO.

mod core;
mod demux;
mod engine;
mod figures;
pub mod message;
mod outgoing;
mod payload;
mod peer;
mod ports;
mod socket;
mod tap;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use tokio::{
    sync::{mpsc, watch},
    time::sleep_until,
};

use self::{
    engine::{Engine, Order, StageId},
    ports::{Families, Ports},
    socket::Sockets,
};
pub use self::{
    figures::{Figures, Share, Traffic},
    message::{Command, Line, Notice},
    tap::{Codec, Copied, Tap},
};
use super::config::{
    ConfigError,
    media::{Media, SfuConfig},
};

/// Commands that may wait for the thread. It takes them before packets, so this is a full house that comes at once.
const ORDERS: usize = 8192;
/// Notices that may wait for a room.
const NOTICES: usize = 1024;
/// How often figures are told.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// Commands and batches of datagrams that are taken before what they brought is passed on.
const TAKEN_AT_ONCE: usize = 64;
const BATCHES_AT_ONCE: usize = 4;

/// The way to the media server. It runs while anybody holds one.
#[derive(Clone)]
pub struct Sfu(Arc<Inner>);

struct Inner {
    orders: mpsc::Sender<Order>,
    figures: watch::Receiver<Figures>,
    addresses: Vec<SocketAddr>,
    stages: AtomicU64,
}

impl Sfu {
    /// The media server that settings ask for, if they do.
    ///
    /// # Errors
    /// A port that cannot be had.
    pub fn open(media: &Media) -> Result<Option<Self>, ConfigError> {
        media.server().map(Self::start).transpose()
    }

    fn start(config: &SfuConfig) -> Result<Self, ConfigError> {
        let taken = |error: std::io::Error| {
            let remedy = "Choose another, and let it through the firewall.";
            ConfigError::new("SFU_UDP_PORT", format!("UDP port {} cannot be had ({error})", config.udp_port), remedy)
        };
        let ips = if config.public_ips.is_empty() { ports::own_addresses() } else { config.public_ips.clone() };
        let ports = Ports::bind(config.udp_port, Families::of(&ips)).map_err(taken)?;
        let (port, has_ipv6) = (ports.number, ports.udp_v6.is_some());
        let addresses: Vec<SocketAddr> = ips.into_iter().map(|ip| SocketAddr::new(ip, port)).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(taken)?;
        let (orders, taken_orders) = mpsc::channel(ORDERS);
        let (told, figures) = watch::channel(Figures::default());
        let (engine, told_addresses) = (Engine::new(addresses.clone(), config.max_viewers, Instant::now()), addresses.clone());
        let body = move || match runtime.block_on(serve((ports, &told_addresses), engine, taken_orders, told)) {
            Ok(()) => tracing::debug!("the media server has stopped"),
            Err(error) => tracing::error!(%error, "the media server cannot go on"),
        };
        thread::Builder::new().name("sfu".to_owned()).spawn(body).map_err(taken)?;
        tracing::info!(port, has_ipv6, "the media server is there");
        Ok(Self(Arc::new(Inner { orders, figures, addresses, stages: AtomicU64::new(0) })))
    }

    /// A place for one room, and what it hears.
    pub fn stage(&self) -> (Stage, mpsc::Receiver<Notice>) {
        let id = StageId(self.0.stages.fetch_add(1, Ordering::Relaxed));
        let (tell, notices) = mpsc::channel(NOTICES);
        let stage = Stage { id, sfu: self.clone() };
        self.order(Order::Open(id, tell));
        (stage, notices)
    }

    /// What was counted, as of the last second.
    pub fn figures(&self) -> Figures {
        *self.0.figures.borrow()
    }

    // What finds no room is lost, and asked for again by whoever waits for it. The end must arrive, or its connections
    // would go on; they end by themselves with the browsers behind them.
    fn order(&self, order: Order) {
        if self.0.orders.try_send(order).is_err() {
            tracing::warn!("the media server is behind: something was not said to it");
        }
    }

    /// Where browsers reach it.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.0.addresses
    }
}

/// One room's place in the media server. Dropped, its show has no picture any more.
pub struct Stage {
    id: StageId,
    sfu: Sfu,
}

impl Stage {
    /// Says what the room wants.
    pub fn tell(&self, command: Command) {
        self.sfu.order(Order::Tell(self.id, command));
    }

    /// The way to what the room's host sends.
    pub fn tap(&self) -> Tap {
        Tap::new(self.id, self.sfu.clone())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.sfu.order(Order::Gone(self.id));
    }
}

async fn serve(
    (ports, addresses): (Ports, &[SocketAddr]),
    mut engine: Engine,
    mut orders: mpsc::Receiver<Order>,
    told: watch::Sender<Figures>,
) -> std::io::Result<()> {
    let mut sockets = Sockets::new(ports, addresses)?;
    let mut tell_at = Instant::now() + TELL_EVERY;
    loop {
        let is_blocked = !engine.out.is_empty();
        tokio::select! {
            biased;
            order = orders.recv() => {
                let Some(order) = order else { return Ok(()) };
                let now = Instant::now();
                engine.order(order, now);
                for _ in 0..TAKEN_AT_ONCE {
                    let Ok(order) = orders.try_recv() else { break };
                    engine.order(order, now);
                }
            }
            writable = sockets.writable(&engine.out), if is_blocked => writable?,
            readable = sockets.readable() => {
                readable?;
                let now = Instant::now();
                for _ in 0..BATCHES_AT_ONCE {
                    if !sockets.receive(|datagram, source, here| engine.datagram(datagram, source, here, now)) {
                        break;
                    }
                }
            }
            () = sleep_until(engine.wake().min(tell_at).into()) => {}
        }
        let now = Instant::now();
        engine.settle(now);
        engine.tick(now);
        let (datagrams, bytes) = sockets.send(&mut engine.out);
        engine.figures.sent.datagrams += datagrams;
        engine.figures.sent.bytes += bytes;
        if now >= tell_at {
            tell_at = now + TELL_EVERY;
            engine.count();
            engine.figures.cpu = thread_time();
            engine.figures.publish();
            let _ = told.send(engine.figures);
            engine.figures.lost = Share::default();
        }
    }
}

/// Processor time of this thread so far.
fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}
