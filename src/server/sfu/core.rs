//! What the media server decides about one show: from which connection of the host picture and sound are taken, in which size
//! each viewer sees the picture, which packet goes to whom under which number, and when the host is asked for a key frame.
//!
//! **It has no socket, no clock and no WebRTC**: packets are described to it, and time is a parameter.

mod capture;
mod choice;
mod feed;
mod keys;
mod layers;
mod playout;
mod recent;
mod sent;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

pub use self::{
    capture::{Capture, Said},
    choice::{Report, Wish},
    feed::Rewritten,
    layers::{LAYERS, Layer},
    playout::Playout,
    recent::Recent,
};
use self::{
    choice::Choice,
    feed::{Feed, Origin},
    keys::{ASK_EVERY, Keys},
    layers::{Ladder, Layers},
    playout::Evenness,
    sent::Sent,
};

/// One viewer's requests for key frames count at most this often, and so do its changes of what it wishes to see: each one
/// costs every viewer bandwidth.
const WISH_EVERY: Duration = Duration::from_secs(1);
/// How often sizes are looked at without a report.
const TEND_EVERY: Duration = Duration::from_millis(250);

/// One connection of the host. A later one has a greater number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source(pub u64);

/// One connection of a viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Viewer(pub u64);

/// Sound or picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Audio,
    Video,
}

/// What the payload of a picture says of its place among others (VP8's payload descriptor, RFC 7741).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// 15 bits.
    pub id: u16,
    pub layer_zero: Option<u8>,
}

/// An RTP packet as far as decisions need it.
#[derive(Debug, Clone, Copy)]
pub struct Packet {
    pub kind: Kind,
    /// Of a picture.
    pub layer: Layer,
    pub bytes: usize,
    /// Counted on over the 16 bits of the wire.
    pub seq: u64,
    /// In units of the clock.
    pub time: u32,
    pub clock_hz: u32,
    /// When it was taken.
    pub at: Instant,
    /// Whether a picture that needs no other begins here.
    pub starts_key: bool,
    pub picture: Option<Picture>,
}

/// Which connection of the host a kind is taken from.
#[derive(Debug, Default)]
struct Track {
    source: Option<Source>,
}

/// What a viewer is sent, and what it may ask for.
#[derive(Debug)]
struct Seat {
    audio: Feed,
    video: Feed,
    choice: Choice,
    evenness: Evenness,
    sent: Sent,
    /// When a key frame was wished.
    wished_at: Option<Instant>,
    /// What is wished and not granted yet, and when the last wish was.
    wish: Option<Wish>,
    granted_at: Option<Instant>,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Stage {
    audio: Track,
    video: Track,
    /// Of the connection that the picture is taken from.
    layers: Layers,
    viewers: BTreeMap<Viewer, Seat>,
    keys: [Keys; LAYERS],
    /// When the host was last asked for a key frame, of whatever size: an encoder makes one of each.
    asked_at: Option<Instant>,
    /// What is kept of the picture: the largest size that comes.
    kept: Layer,
    tended_at: Option<Instant>,
    switches: u64,
}

impl Stage {
    /// A viewer is connected, and wishes this. `start` is the number of its first packets, below 2^15, so that both ends agree
    /// that the number has not wrapped yet. What a former connection of the same viewer found out holds for this one.
    pub fn join(&mut self, viewer: Viewer, former: Option<Viewer>, wish: Wish, start: u16, now: Instant) {
        let feed = || Feed::new(u64::from(start & 0x7fff));
        let former = former.and_then(|former| self.viewers.get(&former)).map(|seat| seat.choice.succeed(now));
        let ladder = self.layers.coming(now);
        let mut choice = former.unwrap_or_else(|| Choice::new(ladder.middle().unwrap_or(Layer::SMALLEST), now));
        choice.wish(wish, &ladder, now);
        let (evenness, sent) = (Evenness::default(), Sent::default());
        let seat = Seat { audio: feed(), video: feed(), choice, evenness, sent, wished_at: None, wish: None, granted_at: None };
        self.viewers.insert(viewer, seat);
    }

    /// Where the picture of a viewer who has none yet is to come from, if there is one.
    pub fn missing(&self, viewer: Viewer) -> Option<(Source, Layer)> {
        let seat = self.viewers.get(&viewer).filter(|seat| seat.lacks_picture())?;
        Some((self.video.source?, seat.choice.target()))
    }

    /// Sees to it that a viewer who has no picture yet gets one.
    pub fn begin(&mut self, viewer: Viewer, now: Instant) {
        if let Some(seat) = self.viewers.get(&viewer).filter(|seat| seat.lacks_picture()) {
            want(&mut self.keys, seat.choice.target(), now);
        }
    }

    /// A viewer says what it wishes to see.
    pub fn wish(&mut self, viewer: Viewer, wish: Wish, now: Instant) {
        let Some(seat) = self.viewers.get_mut(&viewer) else { return };
        seat.wish = Some(wish);
        let ladder = self.layers.coming(now);
        seat.grant(&ladder, now);
        seat.seek(self.video.source, &ladder, &mut self.keys, now);
    }

    /// A viewer is gone.
    pub fn leave(&mut self, viewer: Viewer) {
        self.viewers.remove(&viewer);
        if self.viewers.is_empty() {
            self.keys.iter_mut().for_each(Keys::rest);
        }
    }

    /// A new connection of the host is there: its picture is asked for at once, in the size that is there soonest.
    pub fn source_came(&mut self, now: Instant) {
        if !self.viewers.is_empty() {
            want(&mut self.keys, Layer::SMALLEST, now);
        }
    }

    /// A viewer cannot go on without a key frame.
    pub fn key_wished(&mut self, viewer: Viewer, now: Instant) {
        // Who wishes to see nothing has a decoder all the same, which asks for something.
        let Some(seat) = self.viewers.get_mut(&viewer).filter(|seat| seat.choice.is_seen()) else { return };
        let layer = seat.video.origin().map_or(seat.choice.target(), |origin| origin.layer);
        if seat.wished_at.is_none_or(|at| now.saturating_duration_since(at) >= WISH_EVERY) {
            seat.wished_at = Some(now);
            want(&mut self.keys, layer, now);
        }
    }

    /// Somebody who is no viewer cannot go on without a key frame.
    pub fn key_needed(&mut self, now: Instant) {
        want(&mut self.keys, self.kept, now);
    }

    /// Of which size the host is to be asked for a key frame now, until it is none. All that are wanted at once, and then none
    /// for half a second: some hosts answer each with one of every size.
    pub fn key_due(&mut self, now: Instant) -> Option<Layer> {
        if self.asked_at.is_some_and(|at| at != now && now < at + ASK_EVERY) {
            return None;
        }
        let due = self.keys.iter_mut().position(|keys| keys.due(now)).and_then(Layer::at);
        self.asked_at = due.map(|_| now).or(self.asked_at);
        due
    }

    /// When [`key_due`](Self::key_due) is worth asking again.
    pub fn due(&self) -> Option<Instant> {
        let next = self.keys.iter().filter_map(Keys::next).min()?;
        Some(self.asked_at.map_or(next, |at| next.max(at + ASK_EVERY)))
    }

    /// A viewer's browser says how its network does.
    pub fn reported(&mut self, viewer: Viewer, report: Report, now: Instant) {
        let Some(seat) = self.viewers.get_mut(&viewer) else { return };
        let ladder = self.layers.coming(now);
        seat.evenness.report(report, now);
        seat.choice.report(report, &mut seat.sent, &ladder, now);
        seat.seek(self.video.source, &ladder, &mut self.keys, now);
    }

    /// Lets time pass: viewers get a larger size, or another where theirs does not come any more.
    pub fn tend(&mut self, now: Instant) {
        if self.tended_at.is_some_and(|at| now.saturating_duration_since(at) < TEND_EVERY) {
            return;
        }
        self.tended_at = Some(now);
        let ladder = self.layers.coming(now);
        self.kept = ladder.rungs.last().map_or(self.kept, |rung| rung.layer);
        for seat in self.viewers.values_mut() {
            seat.grant(&ladder, now);
            seat.choice.decide(&ladder, now);
            seat.seek(self.video.source, &ladder, &mut self.keys, now);
        }
        // What does not come is not asked for either while something else does.
        if !ladder.rungs.is_empty() {
            let silent = self.keys.iter_mut().enumerate().filter(|(index, _)| Layer::at(*index).is_some_and(|layer| !ladder.has(layer)));
            silent.for_each(|(_, keys)| keys.rest());
        }
    }

    /// Viewers who see each size now, the smallest first; at the end those who see none.
    pub fn watching(&self) -> [u64; LAYERS + 1] {
        let mut watching = [0; LAYERS + 1];
        for seat in self.viewers.values() {
            let place = seat.video.origin().map_or(LAYERS, |origin| origin.layer.index());
            if let Some(count) = watching.get_mut(place) {
                *count += 1;
            }
        }
        watching
    }

    /// How often viewers got another size since this was last asked.
    pub fn take_switches(&mut self) -> u64 {
        std::mem::take(&mut self.switches)
    }

    /// Whether a packet goes to anybody. The newest connection takes over with its first sound, and with its first key
    /// frame: until then the picture of the former goes on.
    pub fn takes(&mut self, source: Source, packet: &Packet, now: Instant) -> bool {
        let track = match packet.kind {
            Kind::Audio => &mut self.audio,
            Kind::Video => &mut self.video,
        };
        let begins = packet.kind == Kind::Audio || packet.starts_key;
        if begins && track.source.is_none_or(|current| current < source) {
            track.source = Some(source);
            if packet.kind == Kind::Video {
                self.layers = Layers::default();
            }
        }
        let is_taken = track.source == Some(source);
        if is_taken && packet.kind == Kind::Video {
            self.layers.heard(packet.layer, packet.bytes, now);
            if packet.starts_key
                && let Some(keys) = self.keys.get_mut(packet.layer.index())
            {
                keys.came();
            }
        }
        is_taken
    }

    /// Whether a packet that [`takes`](Self::takes) let through belongs to what is kept of the show.
    pub fn keeps(&self, packet: &Packet) -> bool {
        packet.kind == Kind::Audio || packet.layer == self.kept
    }

    /// Under which numbers a packet that [`takes`](Self::takes) let through goes to a viewer; `None` where it does not.
    pub fn pass(&mut self, viewer: Viewer, source: Source, packet: &Packet, now: Instant) -> Option<Rewritten> {
        let seat = self.viewers.get_mut(&viewer)?;
        if packet.kind == Kind::Audio {
            return seat.audio.pass(Origin { source, layer: Layer::SMALLEST }, packet);
        }
        if !seat.choice.is_seen() {
            return None;
        }
        let (origin, present) = (Origin { source, layer: packet.layer }, seat.video.origin());
        if present != Some(origin) {
            // A picture that needs others before it would only be shown broken.
            if !packet.starts_key || !seat.accepts(origin) {
                return None;
            }
            self.switches += u64::from(present.is_some_and(|present| present.source == source));
        }
        let rewritten = seat.video.pass(origin, packet)?;
        seat.sent.add(packet.bytes, now);
        Some(Rewritten { playout: Some(seat.evenness.playout()), ..rewritten })
    }
}

impl Seat {
    fn lacks_picture(&self) -> bool {
        self.choice.is_seen() && self.video.origin().is_none()
    }

    // What is wished again at once has to wait.
    fn grant(&mut self, ladder: &Ladder, now: Instant) {
        if self.granted_at.is_none_or(|at| now.saturating_duration_since(at) >= WISH_EVERY)
            && let Some(wish) = self.wish.take()
        {
            self.granted_at = Some(now);
            self.choice.wish(wish, ladder, now);
            if !self.choice.is_seen() {
                self.video.pause();
            }
        }
    }

    // Who has no picture to go on with takes the first that comes; the right size follows.
    fn accepts(&self, origin: Origin) -> bool {
        let is_without = self.video.origin().is_none_or(|present| present.source != origin.source);
        is_without || self.choice.target() == origin.layer
    }

    // Sees to it that what was chosen comes: it begins with a key frame, until which the present size goes on.
    fn seek(&mut self, source: Option<Source>, ladder: &Ladder, keys: &mut [Keys; LAYERS], now: Instant) {
        let layer = self.choice.target();
        let wanted = source.map(|source| Origin { source, layer });
        if self.choice.is_seen() && wanted.is_some() && self.video.origin() != wanted && ladder.has(layer) {
            want(keys, layer, now);
        }
    }
}

fn want(keys: &mut [Keys; LAYERS], layer: Layer, now: Instant) {
    if let Some(keys) = keys.get_mut(layer.index()) {
        keys.want(now);
    }
}
