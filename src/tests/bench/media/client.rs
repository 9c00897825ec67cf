//! The host and all viewers on one thread, each with a UDP port of its own: the media server knows connections by the
//! address they come from.
//!
//! Taking datagrams from the kernel goes before reading them, so that a delay is the server's and not the time that so many
//! viewers need on one core.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    net::{Ipv4Addr, SocketAddr},
    rc::Rc,
    time::{Duration, Instant},
};

use socket2::{Domain, Protocol as Transport, Socket as Raw, Type};
use str0m::{
    Event, IceConnectionState, Input, Output, Rtc,
    net::{Protocol, Receive},
};
use tokio::{
    net::UdpSocket,
    sync::mpsc,
    task::{AbortHandle, spawn_local, yield_now},
    time::interval,
};

use super::{end, tally::Tally};

/// What the kernel is asked to keep for each viewer while the thread is busy. It gives what its limits allow.
const KERNEL_BYTES: usize = 4 * 1024 * 1024;
const DATAGRAM_BYTES: usize = 2048;
/// Datagrams that are read before the sockets are looked at again.
const READ_AT_ONCE: usize = 8;
/// How often connections are driven that nothing came for.
const DRIVE_EVERY: Duration = Duration::from_millis(5);

/// One end of a connection: the host's, or a viewer's.
pub struct Party {
    socket: Rc<UdpSocket>,
    listening: AbortHandle,
    address: SocketAddr,
    pub rtc: Rtc,
    due: Instant,
    pub is_connected: bool,
    /// The connection is gone.
    pub is_over: bool,
    /// The host is asked for a key frame.
    pub is_key_asked: bool,
    /// Of a viewer.
    pub tally: Tally,
}

impl Drop for Party {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// What came, and when the kernel gave it.
struct Datagram {
    party: usize,
    source: SocketAddr,
    bytes: Box<[u8]>,
    at: Instant,
}

/// See the module.
pub struct Client {
    ip: Ipv4Addr,
    parties: RefCell<BTreeMap<usize, Party>>,
    /// The number of the next end. None is ever used again: what came for one that is gone is nobody's.
    next: Cell<usize>,
    arrived: mpsc::UnboundedSender<Datagram>,
    /// Bytes of all datagrams that came, of whatever kind.
    pub received_bytes: Cell<u64>,
    /// Datagrams that the kernel did not take.
    pub unsent: Cell<u64>,
    pub began: Instant,
}

impl Client {
    /// A client at this address without anybody, driven from now on. Within a `LocalSet`.
    pub fn open(ip: Ipv4Addr) -> Rc<Self> {
        let (arrived, arriving) = mpsc::unbounded_channel();
        let (parties, next, received_bytes, unsent) = (RefCell::default(), Cell::default(), Cell::default(), Cell::default());
        let client = Rc::new(Self { ip, parties, next, arrived, received_bytes, unsent, began: Instant::now() });
        spawn_local(client.clone().read(arriving));
        spawn_local(client.clone().keep_up());
        client
    }

    /// A new end; gives its number.
    pub async fn add(self: &Rc<Self>) -> usize {
        let socket = Rc::new(bind(self.ip).unwrap());
        // The runtime knows only after a moment that a socket can be written to.
        socket.writable().await.unwrap();
        let (address, due) = (socket.local_addr().unwrap(), Instant::now());
        let number = self.next.replace(self.next.get() + 1);
        let listening = spawn_local(listen(number, socket.clone(), self.arrived.clone())).abort_handle();
        let party = Party {
            socket,
            listening,
            address,
            rtc: end::at(address, Protocol::Udp),
            due,
            is_connected: false,
            is_over: false,
            is_key_asked: false,
            tally: Tally::default(),
        };
        self.parties.borrow_mut().insert(number, party);
        number
    }

    /// An end is gone, without a word to the other.
    pub fn remove(&self, party: usize) {
        self.parties.borrow_mut().remove(&party);
    }

    /// Works on an end, without sending anything.
    pub fn with<T>(&self, party: usize, work: impl FnOnce(&mut Party) -> T) -> T {
        work(self.parties.borrow_mut().get_mut(&party).expect("the end is there"))
    }

    /// Works on an end, and sends what comes of it.
    pub fn drive<T>(&self, party: usize, work: impl FnOnce(&mut Party) -> T) -> T {
        self.with(party, |party| {
            let result = work(party);
            let now = Instant::now();
            let _ = party.rtc.handle_input(Input::Timeout(now));
            self.drain(party, now);
            result
        })
    }

    /// All ports.
    pub fn ports(&self) -> BTreeSet<u16> {
        self.parties.borrow().values().map(|party| party.address.port()).collect()
    }

    async fn read(self: Rc<Self>, mut arriving: mpsc::UnboundedReceiver<Datagram>) {
        let mut datagrams = Vec::with_capacity(READ_AT_ONCE);
        while arriving.recv_many(&mut datagrams, READ_AT_ONCE).await > 0 {
            for datagram in datagrams.drain(..) {
                self.take(&datagram);
            }
            yield_now().await;
        }
    }

    fn take(&self, datagram: &Datagram) {
        self.received_bytes.set(self.received_bytes.get() + datagram.bytes.len() as u64);
        let mut parties = self.parties.borrow_mut();
        let Some(party) = parties.get_mut(&datagram.party) else { return };
        if let Ok(receive) = Receive::new(Protocol::Udp, datagram.source, party.address, &datagram.bytes) {
            let _ = party.rtc.handle_input(Input::Receive(Instant::now(), receive));
        }
        self.drain(party, datagram.at);
    }

    async fn keep_up(self: Rc<Self>) {
        let mut tick = interval(DRIVE_EVERY);
        loop {
            tick.tick().await;
            let now = Instant::now();
            for party in self.parties.borrow_mut().values_mut().filter(|party| party.due <= now) {
                let _ = party.rtc.handle_input(Input::Timeout(now));
                self.drain(party, now);
            }
        }
    }

    fn drain(&self, party: &mut Party, at: Instant) {
        loop {
            match party.rtc.poll_output() {
                Ok(Output::Timeout(due)) => {
                    party.due = due;
                    return;
                }
                Ok(Output::Transmit(transmit)) => {
                    if party.socket.try_send_to(&transmit.contents, transmit.destination).is_err() {
                        self.unsent.set(self.unsent.get() + 1);
                    }
                }
                Ok(Output::Event(event)) => self.happened(party, event, at),
                Err(_) => {
                    party.is_over = true;
                    party.due = Instant::now() + Duration::from_secs(1);
                    return;
                }
            }
        }
    }

    fn happened(&self, party: &mut Party, event: Event, at: Instant) {
        match event {
            Event::Connected => party.is_connected = true,
            Event::Closed | Event::IceConnectionStateChange(IceConnectionState::Disconnected) => party.is_over = true,
            Event::KeyframeRequest(_) => party.is_key_asked = true,
            Event::RtpPacket(packet) => party.tally.take(&packet.payload, self.began, at),
            _ => {}
        }
    }
}

fn bind(ip: Ipv4Addr) -> std::io::Result<UdpSocket> {
    let raw = Raw::new(Domain::IPV4, Type::DGRAM, Some(Transport::UDP))?;
    raw.set_recv_buffer_size(KERNEL_BYTES)?;
    raw.set_nonblocking(true)?;
    raw.bind(&SocketAddr::from((ip, 0)).into())?;
    UdpSocket::from_std(raw.into())
}

async fn listen(party: usize, socket: Rc<UdpSocket>, arrived: mpsc::UnboundedSender<Datagram>) {
    let mut buffer = vec![0; DATAGRAM_BYTES];
    loop {
        socket.readable().await.unwrap();
        while let Ok((length, source)) = socket.try_recv_from(&mut buffer) {
            let _ = arrived.send(Datagram { party, source, bytes: buffer[..length].into(), at: Instant::now() });
        }
    }
}
