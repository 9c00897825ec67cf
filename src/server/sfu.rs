//! The media server: one picture comes in from the host, and goes out to every viewer as it is, never decoded.
//!
//! Owns one thread and two ports, UDP and TCP (in IPv4, and in IPv6 where the machine has it), and shares nothing with
//! anybody: rooms speak to it through a channel and hear from
//! it through another. It knows no show, no seat and no person, only the lines that a room names.
//!
//! `core` decides who gets what (pure), `payload` and `demux` read the little that must be read, `peer` is one connection
//! (str0m), `engine` has all of them, without a socket or a clock; `ports`, `socket` (UDP), `streams` (TCP) and this
//! file are the only IO.

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
mod streams;
mod tap;
mod transport;

use std::{
    net::{IpAddr, SocketAddr},
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
    outgoing::Outgoing,
    ports::{Families, Ports},
    socket::Sockets,
    streams::Streams,
    transport::Transport,
};
pub use self::{
    figures::{Figures, Share, Traffic},
    message::{Command, Line, Notice, Wish},
    peer::{bounded, identity},
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
    tcp_addresses: Vec<SocketAddr>,
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
        let impossible = |error| ConfigError::new("MEDIA", format!("the media server cannot be started ({error})"), "Use p2p, or give the server more room.");
        let ips = if config.public_ips.is_empty() { ports::own_addresses() } else { config.public_ips.clone() };
        let ports = Ports::bind(config.udp_port, config.tcp_port, Families::of(&ips))?;
        let (udp_port, tcp_port, has_ipv6) = (ports.udp, ports.tcp, ports.udp_v6.is_some());
        let at = |port: Option<u16>| port.iter().flat_map(|port| ips.iter().map(|ip| SocketAddr::new(*ip, *port))).collect::<Vec<_>>();
        let (addresses, tcp_addresses) = (at(Some(udp_port)), at(tcp_port));
        let candidates = addresses.iter().copied().map(Transport::udp).chain(tcp_addresses.iter().copied().map(Transport::tcp)).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(impossible)?;
        let (orders, taken_orders) = mpsc::channel(ORDERS);
        let (told, figures) = watch::channel(Figures::default());
        let engine = Engine::new(candidates, config.max_viewers, Instant::now());
        let body = move || match runtime.block_on(serve((ports, &ips), engine, taken_orders, told)) {
            Ok(()) => tracing::debug!("the media server has stopped"),
            Err(error) => tracing::error!(%error, "the media server cannot go on"),
        };
        thread::Builder::new().name("sfu".to_owned()).spawn(body).map_err(impossible)?;
        tracing::info!(udp_port, tcp_port, has_ipv6, "the media server is there");
        Ok(Self(Arc::new(Inner { orders, figures, addresses, tcp_addresses, stages: AtomicU64::new(0) })))
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

    /// Where browsers reach it over UDP.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.0.addresses
    }

    /// Where browsers reach it over TCP; empty where that is off.
    pub fn tcp_addresses(&self) -> &[SocketAddr] {
        &self.0.tcp_addresses
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
    (ports, told_ips): (Ports, &[IpAddr]),
    mut engine: Engine,
    mut orders: mpsc::Receiver<Order>,
    told: watch::Sender<Figures>,
) -> std::io::Result<()> {
    let mut sockets = Sockets::new(ports.udp_v4, ports.udp_v6, told_ips)?;
    let mut streams = Streams::new(ports.listeners, engine.max_viewers())?;
    let mut tell_at = Instant::now() + TELL_EVERY;
    loop {
        let is_blocked = !engine.out.is_empty();
        let mut heard = None;
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
                    let take = |datagram: &[u8], source, here| {
                        engine.datagram(datagram, Transport::udp(source), here, now);
                    };
                    if !sockets.receive(take) {
                        break;
                    }
                }
            }
            some = streams.heard() => heard = some,
            () = sleep_until(engine.wake().min(tell_at).into()) => {}
        }
        let now = Instant::now();
        // Whatever woke us: a port that is always busy must not keep the other waiting.
        streams.take(heard, &mut engine, now);
        let mut sent = engine.figures.sent;
        let mut send = |out: &mut Outgoing| sent.add(sockets.send(out));
        engine.settle(now, &mut send);
        engine.tick(now, &mut send);
        send(&mut engine.out);
        sent.add(streams.send(&mut engine));
        engine.figures.sent = sent;
        if now >= tell_at {
            tell_at = now + TELL_EVERY;
            engine.count();
            streams.tend(&mut engine, now);
            engine.figures.cpu = thread_time();
            engine.figures.publish();
            let _ = told.send(engine.figures);
            engine.figures.lost = Share::default();
        }
        // A UDP port that always has something would else keep the tasks of the TCP connections from ever running.
        tokio::task::yield_now().await;
    }
}

/// Processor time of this thread so far.
fn thread_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}
