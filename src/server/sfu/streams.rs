//! The one TCP port: for browsers whose network lets no UDP through (RFC 6544). Each connection carries datagrams one after
//! the other, with their lengths in front (RFC 4571, 2).
//!
//! Whoever connects is a stranger until a connectivity check proves whom it is for; `roster` says how many may be, and for
//! how long. What waits for a connection is bounded: a network that is too slow for the picture loses some of it, as it
//! would over UDP, and nobody waits for it.

mod roster;

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use bytes::BytesMut;
use futures::StreamExt;
use socket2::SockRef;
use tokio::{
    io::AsyncWriteExt,
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::mpsc,
    task::AbortHandle,
    time::{sleep, timeout},
};
use tokio_util::codec::{FramedRead, LengthDelimitedCodec};

use self::roster::{Admission, Roster};
use super::{engine::Engine, outgoing::Piece, transport::Transport};

/// The largest datagram that WebRTC sends, with room to spare. Whoever announces a longer one is no browser.
const DATAGRAM_BYTES: usize = 2048;
/// What is taken from the kernel at once.
const READ_BYTES: usize = 4096;
/// Datagrams that wait for one connection. With what the kernel keeps that is some key frames, or a second or two of a
/// picture that its network is too slow for: what came later than that would not be live any more.
const OUTBOX: usize = 128;
const KERNEL_BYTES: usize = 64 * 1024;
/// Datagrams that are written with one call.
const WRITTEN_AT_ONCE: usize = 32;
/// A network that takes nothing for so long has gone.
const STALLED: Duration = Duration::from_secs(10);
/// What connections brought and the thread has not taken yet; beyond it they wait, and so do their senders.
const WAITING: usize = 256;
/// And what of it is taken before what it brought is passed on.
const TAKEN_AT_ONCE: usize = 64;
/// Without a free handle the next one is not asked for at once: some that are in use will be given back.
const ACCEPT_AGAIN: Duration = Duration::from_millis(100);

/// What a task has to say.
pub enum Heard {
    Accepted(TcpStream, SocketAddr),
    Datagram(SocketAddr, StreamId, BytesMut),
    Ended(SocketAddr, StreamId),
}

/// One connection among those that follow each other from the same address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamId(u64);

struct Stream {
    id: StreamId,
    here: Option<IpAddr>,
    outbox: mpsc::Sender<Vec<u8>>,
    reading: AbortHandle,
}

/// See the module.
pub struct Streams {
    roster: Roster,
    streams: HashMap<SocketAddr, Stream>,
    next_id: u64,
    tell: mpsc::Sender<Heard>,
    heard: mpsc::Receiver<Heard>,
}

impl Streams {
    /// Listens on bound ports, on the present runtime.
    pub fn new(listeners: Vec<std::net::TcpListener>, max_viewers: usize) -> io::Result<Self> {
        let (tell, heard) = mpsc::channel(WAITING);
        for listener in listeners {
            tokio::spawn(accept(TcpListener::from_std(listener)?, tell.clone()));
        }
        Ok(Self { roster: Roster::new(max_viewers), streams: HashMap::new(), next_id: 0, tell, heard })
    }

    /// Until a connection has something to say.
    pub async fn heard(&mut self) -> Option<Heard> {
        self.heard.recv().await
    }

    /// Hands the engine what came, and more of what waits.
    pub fn take(&mut self, first: Option<Heard>, engine: &mut Engine, now: Instant) {
        let mut next = first;
        for _ in 0..TAKEN_AT_ONCE {
            let Some(heard) = next.or_else(|| self.heard.try_recv().ok()) else { break };
            next = None;
            match heard {
                Heard::Accepted(stream, from) => self.accepted(stream, from, engine, now),
                Heard::Datagram(from, id, datagram) => {
                    // An empty one says only that the connection is there.
                    if let Some(stream) = self.streams.get(&from).filter(|stream| stream.id == id && !datagram.is_empty()) {
                        let is_for_somebody = engine.datagram(&datagram, Transport::tcp(from), stream.here, now);
                        if !self.roster.heard(from, is_for_somebody, now) {
                            self.end(from, engine);
                        }
                    }
                }
                Heard::Ended(from, id) => {
                    if self.streams.get(&from).is_some_and(|stream| stream.id == id) {
                        self.end(from, engine);
                    }
                }
            }
        }
    }

    fn accepted(&mut self, stream: TcpStream, from: SocketAddr, engine: &mut Engine, now: Instant) {
        match self.roster.admit(from, now) {
            // Dropping it closes it: an answer would be work.
            Admission::Refused => return,
            Admission::InPlaceOf(former) => self.end(former, engine),
            Admission::Admitted => {}
        }
        self.next_id += 1;
        let id = StreamId(self.next_id);
        let here = stream.local_addr().ok().map(|address| address.ip());
        // Whatever the kernel refuses costs time at most.
        let _ = stream.set_nodelay(true);
        let _ = SockRef::from(&stream).set_send_buffer_size(KERNEL_BYTES);
        let (reading, writing) = stream.into_split();
        let (outbox, waiting) = mpsc::channel(OUTBOX);
        let reading = tokio::spawn(read(reading, from, id, self.tell.clone())).abort_handle();
        tokio::spawn(write(writing, waiting, from, id, self.tell.clone()));
        self.streams.insert(from, Stream { id, here, outbox, reading });
    }

    // What waits for it is still sent: the last of it says that the connection is over.
    fn end(&mut self, address: SocketAddr, engine: &mut Engine) {
        self.roster.remove(address);
        if let Some(stream) = self.streams.remove(&address) {
            stream.reading.abort();
            engine.hung_up(address);
        }
    }

    /// Puts what is to be sent where it waits for its connection. Gives the datagrams and bytes that found room; the others are
    /// lost.
    pub fn send(&mut self, engine: &mut Engine) -> (u64, u64) {
        let (mut datagrams, mut bytes) = (0, 0);
        for piece in engine.out.take_pieces() {
            match piece {
                Piece::Datagram(to, framed) => {
                    let length = framed.len() as u64;
                    let stream = self.streams.get(&to).or_else(|| self.streams.get(&engine.instead_of(to)?));
                    if stream.is_some_and(|stream| stream.outbox.try_send(framed).is_ok()) {
                        (datagrams, bytes) = (datagrams + 1, bytes + length);
                    } else {
                        engine.out.dropped += 1;
                    }
                }
                Piece::End(address) => self.end(address, engine),
            }
        }
        (datagrams, bytes)
    }

    /// Closes those whose time is over, and counts the others.
    pub fn tend(&mut self, engine: &mut Engine, now: Instant) {
        for address in self.roster.overdue(now) {
            self.end(address, engine);
        }
        engine.figures.streams = self.roster.len() as u64;
    }
}

async fn accept(listener: TcpListener, tell: mpsc::Sender<Heard>) {
    loop {
        match listener.accept().await {
            Ok((stream, from)) => {
                if tell.send(Heard::Accepted(stream, from)).await.is_err() {
                    return;
                }
            }
            // Whoever left before it was their turn costs the next one nothing.
            Err(error) if matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset | io::ErrorKind::Interrupted) => {}
            Err(_) => sleep(ACCEPT_AGAIN).await,
        }
    }
}

async fn read(reading: OwnedReadHalf, from: SocketAddr, id: StreamId, tell: mpsc::Sender<Heard>) {
    let codec = LengthDelimitedCodec::builder().length_field_type::<u16>().max_frame_length(DATAGRAM_BYTES).new_codec();
    let mut datagrams = FramedRead::with_capacity(reading, codec, READ_BYTES);
    while let Some(Ok(datagram)) = datagrams.next().await {
        if tell.send(Heard::Datagram(from, id, datagram)).await.is_err() {
            return;
        }
    }
    let _ = tell.send(Heard::Ended(from, id)).await;
}

async fn write(mut writing: OwnedWriteHalf, mut waiting: mpsc::Receiver<Vec<u8>>, from: SocketAddr, id: StreamId, tell: mpsc::Sender<Heard>) {
    let (mut datagrams, mut bytes) = (Vec::with_capacity(WRITTEN_AT_ONCE), Vec::new());
    while waiting.recv_many(&mut datagrams, WRITTEN_AT_ONCE).await > 0 {
        bytes.clear();
        datagrams.drain(..).for_each(|datagram| bytes.extend(datagram));
        if !matches!(timeout(STALLED, writing.write_all(&bytes)).await, Ok(Ok(()))) {
            break;
        }
    }
    let _ = tell.send(Heard::Ended(from, id)).await;
}
