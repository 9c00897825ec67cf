//! The media server without its socket: connections, shows and who gets what. Datagrams, commands and the time go in;
//! datagrams and notices come out.
//!
//! Everything is driven in rounds: whatever came is taken in, then [`Engine::settle`] passes on what it brought.

mod lines;
mod shows;
mod upkeep;

use std::{
    collections::{HashMap, VecDeque},
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use str0m::{media::MediaTime, net::Protocol, rtp::RtpPacket};
use tokio::sync::mpsc;

use self::shows::Show;
use super::{
    core::{Capture, Kind, Packet, Report, Said, Source, Viewer},
    demux::{Demux, PeerKey, is_stun},
    figures::Figures,
    message::{Command, Line, Notice},
    outgoing::Outgoing,
    payload::{Look, Media},
    peer::{Counted, Ends, Happened, Peer, received},
    tap::Copied,
    transport::Transport,
};

/// A connection that is not there by then will not come: its browser has given up too.
const CONNECT: Duration = Duration::from_secs(15);

/// Looking at every connection is not worth doing more often than this.
const LOOK_AFTER: Duration = Duration::from_millis(5);

/// Datagrams that are worth being sent before there are more.
const SEND_AT_ONCE: usize = 64;

/// One room of the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StageId(pub u64);

/// What is said to the media server.
#[derive(Debug)]
pub enum Order {
    /// A room is there, and hears here.
    Open(StageId, mpsc::Sender<Notice>),
    Tell(StageId, Command),
    /// Somebody keeps what comes over the host's newest connection.
    Listen(StageId, mpsc::Sender<Copied>),
    /// And cannot go on without a key frame.
    AskForKey(StageId),
    /// A room is gone.
    Gone(StageId),
}

/// What a connection is for.
#[derive(Debug, Clone, Copy)]
enum Role {
    Publisher(Source),
    Viewer(Line),
}

struct Connection {
    peer: Peer,
    show: StageId,
    role: Role,
    /// Of a host.
    capture: Capture,
}

impl Connection {
    fn new(peer: Peer, show: StageId, role: Role) -> Self {
        Self { peer, show, role, capture: Capture::default() }
    }

    /// What a packet that came from a host is. `None` where it belongs to nothing.
    fn taken(&mut self, packet: Box<RtpPacket>) -> Option<(Packet, Media)> {
        let (kind, layer, params) = self.peer.recognise(&packet)?;
        let look = if kind == Kind::Video { Look::at(params.spec().codec, &packet.payload) } else { Look::none() };
        let (time, clock_hz) = (packet.header.timestamp, params.spec().clock_rate.get());
        let said = packet.last_sender_info.map(|info| Said { at: info.ntp_time, time: wire_time(info.rtp_time) });
        let facts = Packet {
            kind,
            layer,
            bytes: packet.payload.len(),
            seq: *packet.seq_no,
            time,
            clock_hz,
            at: self.capture.at(time, clock_hz, said, packet.timestamp),
            starts_key: look.starts_key,
            picture: look.picture,
        };
        Some((facts, Media { params, look, packet }))
    }
}

/// A packet of a host that is to be passed on.
struct Waiting {
    show: StageId,
    source: Source,
    facts: Packet,
    media: Media,
}

/// See the module.
pub struct Engine {
    ends: Ends,
    max_viewers: usize,
    connections: HashMap<PeerKey, Connection>,
    shows: HashMap<StageId, Show>,
    demux: Demux,
    next_key: u64,
    waiting: VecDeque<Waiting>,
    /// Connections that have something to say.
    touched: Vec<PeerKey>,
    /// No connection and no show wants to be driven before this.
    wake: Instant,
    looked_at: Instant,
    pub out: Outgoing,
    pub figures: Figures,
}

impl Engine {
    /// An engine that carries nothing yet. Browsers reach it at these addresses.
    pub fn new(addresses: Vec<Transport>, max_viewers: u32, now: Instant) -> Self {
        Self {
            ends: Ends::new(addresses),
            max_viewers: max_viewers as usize,
            connections: HashMap::new(),
            shows: HashMap::new(),
            demux: Demux::default(),
            next_key: 0,
            waiting: VecDeque::new(),
            touched: Vec::new(),
            wake: now,
            looked_at: now,
            out: Outgoing::default(),
            figures: Figures::default(),
        }
    }

    /// Viewers that it carries.
    pub fn max_viewers(&self) -> usize {
        self.max_viewers
    }

    /// When [`tick`](Self::tick) is due.
    pub fn wake(&self) -> Instant {
        self.wake
    }

    /// Takes a datagram that came from an address to one of ours. False where it belongs to no connection.
    pub fn datagram(&mut self, datagram: &[u8], source: Transport, here: Option<IpAddr>, now: Instant) -> bool {
        self.figures.received.datagrams += 1;
        self.figures.received.bytes += datagram.len() as u64;
        let is_for_somebody = self.deliver(datagram, source, here, now).is_some();
        self.figures.strange += u64::from(!is_for_somebody);
        is_for_somebody
    }

    /// A TCP connection has ended. Whoever used it may have another, or come again.
    pub fn hung_up(&mut self, address: SocketAddr) {
        self.demux.forget(Transport::tcp(address));
    }

    /// The TCP connection that follows one that has ended, where there is one by now.
    pub fn instead_of(&self, address: SocketAddr) -> Option<SocketAddr> {
        self.demux.instead_of(Transport::tcp(address)).map(|transport| transport.address)
    }

    fn deliver(&mut self, datagram: &[u8], source: Transport, here: Option<IpAddr>, now: Instant) -> Option<()> {
        let is_check = is_stun(datagram);
        let key = if is_check { self.demux.named(datagram)? } else { self.demux.at(source)? };
        let connection = self.connections.get_mut(&key)?;
        let input = received(datagram, source, self.ends.reached(here, source)?, now)?;
        if is_check && !(connection.peer.proves(&input) && self.demux.proven(source, key, now)) {
            return None;
        }
        connection.peer.feed(input);
        // At once: the library holds one received packet, and the next would take its place.
        self.drain(key, now);
        Some(())
    }

    /// Does what a room wants.
    pub fn order(&mut self, order: Order, now: Instant) {
        match order {
            Order::Open(id, notices) => {
                self.shows.insert(id, Show::new(notices, now));
            }
            Order::Gone(id) => {
                self.end(id);
                self.shows.remove(&id);
            }
            Order::Tell(id, command) => self.command(id, command, now),
            Order::Listen(id, copies) => self.listen(id, copies),
            Order::AskForKey(id) => {
                if let Some(show) = self.shows.get_mut(&id) {
                    show.stage.key_needed(now);
                    self.ask_for_key(id, now);
                }
            }
        }
    }

    fn command(&mut self, id: StageId, command: Command, now: Instant) {
        match command {
            Command::Publish { number, offer } => self.publish(id, number, &offer, now),
            Command::Unpublish => self.unpublish(id),
            Command::Subscribe(line) => self.subscribe(id, line, now),
            Command::Check(line) if self.has_way(id, line) => {}
            Command::Check(line) => self.subscribe(id, line, now),
            Command::Play { line, offer } => self.play(id, line, &offer, now),
            Command::Answer { line, answer } => self.answered(id, line, &answer),
            Command::Choose { line, wish } => self.choose(id, line, wish, now),
            Command::Close(line) => self.close_line(id, line),
            Command::Move { from, to } => self.move_line(id, from, to),
            Command::End => self.end(id),
        }
    }

    /// Passes on what came in, until nothing is left to do at this moment. `send` is called whenever there is something worth
    /// it: the first of many viewers need not wait until there is something for the last.
    pub fn settle(&mut self, now: Instant, send: &mut impl FnMut(&mut Outgoing)) {
        loop {
            while let Some(key) = self.touched.pop() {
                self.drain(key, now);
                if self.out.waiting() >= SEND_AT_ONCE {
                    send(&mut self.out);
                }
            }
            if self.waiting.is_empty() {
                return;
            }
            self.forward(now);
        }
    }

    // A browser's whole burst first, then each viewer once: their state is touched as seldom as can be.
    fn forward(&mut self, now: Instant) {
        let waiting = std::mem::take(&mut self.waiting);
        let mut written = Vec::new();
        let mut shows: Vec<StageId> = waiting.iter().map(|waiting| waiting.show).collect();
        shows.dedup();
        for Waiting { show: id, source, facts, media } in waiting {
            let Some(show) = self.shows.get_mut(&id) else { continue };
            show.heard(source, now);
            if !show.stage.takes(source, &facts, now) {
                continue;
            }
            if show.stage.keeps(&facts) && !show.listeners.copy(source, &media) {
                self.figures.not_kept += 1;
            }
            for key in &show.watching {
                let Some(connection) = self.connections.get_mut(key) else { continue };
                let Some(rewritten) = show.stage.pass(Viewer(key.0), source, &facts, now) else { continue };
                if connection.peer.send(&facts, &media, rewritten) {
                    self.figures.forwarded += 1;
                    written.push(*key);
                } else {
                    self.figures.undecodable += 1;
                }
            }
            show.recent.keep(source, facts, media, now);
        }
        for id in shows {
            self.ask_for_key(id, now);
        }
        // Of a picture in several sizes most packets are not for everybody.
        written.sort_unstable();
        written.dedup();
        for key in written {
            if let Some(connection) = self.connections.get_mut(&key) {
                connection.peer.tick(now);
                self.touched.push(key);
            }
        }
    }

    fn drain(&mut self, key: PeerKey, now: Instant) {
        let Some(connection) = self.connections.get_mut(&key) else { return };
        let (show, role) = (connection.show, connection.role);
        let mut happened = Vec::new();
        let mut packets = Vec::new();
        connection.peer.drain(&mut self.out, |event| match event {
            Happened::Packet(packet) => packets.push(packet),
            other => happened.push(other),
        });
        if let Role::Publisher(source) = role {
            for packet in packets {
                self.waiting.extend(connection.taken(packet).map(|(facts, media)| Waiting { show, source, facts, media }));
            }
        }
        self.wake = self.wake.min(connection.peer.due.max(self.looked_at + LOOK_AFTER));
        for event in happened {
            self.happened(key, show, role, event, now);
        }
    }

    fn happened(&mut self, key: PeerKey, id: StageId, role: Role, event: Happened, now: Instant) {
        match (event, role) {
            (Happened::Connected, Role::Publisher(source)) => self.publisher_connected(key, id, source, now),
            (Happened::Connected, Role::Viewer(line)) => self.viewer_connected(key, id, line, now),
            (Happened::Gone, _) => self.gone(key),
            (Happened::KeyWished, Role::Viewer(_)) => {
                if let Some(show) = self.shows.get_mut(&id) {
                    show.stage.key_wished(Viewer(key.0), now);
                    self.ask_for_key(id, now);
                }
            }
            (Happened::Counted(Counted { repeated, lost, jitter }), Role::Viewer(_)) => {
                self.figures.repeated += repeated;
                self.figures.lost.add(lost);
                for report in [lost.map(Report::Lost), jitter.map(Report::Jitter)].into_iter().flatten() {
                    self.reported(key, id, report, now);
                }
            }
            (Happened::Estimated(bps), Role::Viewer(_)) => self.reported(key, id, Report::Estimate(bps), now),
            _ => {}
        }
    }

    fn reported(&mut self, key: PeerKey, id: StageId, report: Report, now: Instant) {
        if let Some(show) = self.shows.get_mut(&id) {
            show.stage.reported(Viewer(key.0), report, now);
            self.ask_for_key(id, now);
        }
    }

    fn ask_for_key(&mut self, id: StageId, now: Instant) {
        let Some(show) = self.shows.get_mut(&id) else { return };
        // Without a host the wish waits for one.
        let Some(key) = show.newest_connected() else { return };
        if let Some(connection) = self.connections.get_mut(&key) {
            let mut is_asked = false;
            while let Some(layer) = show.stage.key_due(now) {
                self.figures.key_requests += 1;
                connection.peer.request_key(layer);
                is_asked = true;
            }
            if is_asked {
                connection.peer.tick(now);
                self.touched.push(key);
            }
        }
        if let Some(due) = show.stage.due() {
            self.wake = self.wake.min(due);
        }
    }

    fn connect(&mut self, connection: Connection, name: &str) -> PeerKey {
        let key = connection.peer.key;
        self.demux.name(name, key);
        self.wake = self.wake.min(connection.peer.made_at);
        self.connections.insert(key, connection);
        self.touched.push(key);
        key
    }

    fn key(&mut self) -> PeerKey {
        self.next_key += 1;
        PeerKey(self.next_key)
    }

    // Its end is told, so that a browser need not wait to notice.
    fn disconnect(&mut self, key: PeerKey) {
        let Some(mut connection) = self.connections.remove(&key) else { return };
        let addresses = self.demux.remove(key);
        connection.peer.close();
        connection.peer.drain(&mut self.out, |_| {});
        for address in addresses.iter().filter(|address| address.protocol != Protocol::Udp) {
            self.out.end(address.address);
        }
        if let (Role::Viewer(_), Some(show)) = (connection.role, self.shows.get_mut(&connection.show)) {
            show.unwatch(key);
        }
    }
}

// The library counts on over the wire's 32 bits.
fn wire_time(time: MediaTime) -> u32 {
    (time.numer() & u64::from(u32::MAX)) as u32
}
