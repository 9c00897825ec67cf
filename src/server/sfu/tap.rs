//! A copy of what comes from a host, for whoever keeps it. The media server never waits for it: what finds no room is
//! missing there.

use std::{fmt, sync::Arc, time::Instant};

pub use str0m::format::Codec;
use tokio::sync::mpsc;

use super::{
    Sfu,
    core::Source,
    engine::{Order, StageId},
    payload::Media,
};

/// Packets that may wait for whoever keeps them: some seconds of a full stream.
const COPIES: usize = 2048;

/// A packet of a host's picture or sound.
#[derive(Debug, Clone)]
pub struct Copied {
    pub codec: Codec,
    /// The SSRC: the sizes of a picture are streams of their own.
    pub stream: u32,
    /// Counted on over the 16 bits of the wire.
    pub seq: u64,
    /// In units of the codec's clock; wraps.
    pub time: u32,
    /// The marker.
    pub is_last: bool,
    pub at: Instant,
    pub payload: Arc<[u8]>,
}

/// The way to what the host of one room's show sends.
#[derive(Clone)]
pub struct Tap {
    id: StageId,
    sfu: Sfu,
}

impl Tap {
    pub(super) fn new(id: StageId, sfu: Sfu) -> Self {
        Self { id, sfu }
    }

    /// What comes over the host's newest connection from now on, until that ends.
    pub fn listen(&self) -> mpsc::Receiver<Copied> {
        let (copies, copied) = mpsc::channel(COPIES);
        self.sfu.order(Order::Listen(self.id, copies));
        copied
    }

    /// Asks the host for a picture that stands for itself.
    pub fn ask_for_key(&self) {
        self.sfu.order(Order::AskForKey(self.id));
    }
}

impl fmt::Debug for Tap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tap").field(&self.id).finish()
    }
}

/// Who listens to which connection of a host. One of each.
#[derive(Debug, Default)]
pub struct Listeners(Vec<(Source, mpsc::Sender<Copied>)>);

impl Listeners {
    pub fn add(&mut self, source: Source, copies: mpsc::Sender<Copied>) {
        self.remove(source);
        self.0.push((source, copies));
    }

    /// A connection is over: whoever listens learns it.
    pub fn remove(&mut self, source: Source) {
        self.0.retain(|(other, _)| *other != source);
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Copies a packet. False where it found no room.
    pub fn copy(&mut self, source: Source, Media { params, packet, .. }: &Media) -> bool {
        let Some((_, copies)) = self.0.iter().find(|(other, _)| *other == source) else { return true };
        let copied = Copied {
            codec: params.spec().codec,
            stream: *packet.header.ssrc,
            seq: *packet.seq_no,
            time: packet.header.timestamp,
            is_last: packet.header.marker,
            at: packet.timestamp,
            payload: packet.payload.clone(),
        };
        match copies.try_send(copied) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Full(_)) => false,
            Err(mpsc::error::TrySendError::Closed(_)) => {
                self.remove(source);
                true
            }
        }
    }
}
