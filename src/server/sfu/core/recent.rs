//! The newest key frame of each size, and what followed it, for who joins just then: the host is not to be asked for another so
//! soon, and nobody is to wait for that.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use super::{
    Kind, Packet, Source,
    keys::ASK_EVERY,
    layers::{LAYERS, Layer},
};

/// After this time a key frame is asked for instead.
const FRESH: Duration = ASK_EVERY;
/// What one viewer is sent at once at most: as much as a key frame of a large picture with a few others.
const MAX_BYTES: usize = 128 * 1024;
/// What is shown at once is spread over moments of this length (the wire knows no two pictures of one time), so that all of
/// it is over when the newest is due.
const MOMENTS_PER_SECOND: u32 = 1000;

/// See the module. Of each packet `T` is kept.
#[derive(Debug)]
pub struct Recent<T> {
    lanes: [Lane<T>; LAYERS],
}

#[derive(Debug)]
struct Lane<T> {
    source: Source,
    /// When the key frame began; without one nothing is kept.
    began: Option<Instant>,
    bytes: usize,
    packets: Vec<(Packet, T)>,
}

impl<T> Default for Lane<T> {
    fn default() -> Self {
        Self { source: Source(0), began: None, bytes: 0, packets: Vec::new() }
    }
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self { lanes: std::array::from_fn(|_| Lane::default()) }
    }
}

impl<T> Recent<T> {
    /// Keeps a packet of the picture that was passed on, if it may be of use.
    pub fn keep(&mut self, source: Source, packet: Packet, content: T, now: Instant) {
        let Some(lane) = self.lanes.get_mut(packet.layer.index()).filter(|_| packet.kind == Kind::Video) else { return };
        // Some codecs begin a key frame with several packets that each look like its beginning.
        let is_other = lane.packets.first().is_none_or(|(first, _)| first.time != packet.time) || lane.source != source;
        if packet.starts_key && is_other {
            *lane = Lane { source, began: Some(now), bytes: 0, packets: Vec::new() };
        }
        let is_before = lane.packets.first().is_some_and(|(first, _)| packet.seq < first.seq);
        if lane.began.is_none() || lane.source != source || is_before {
            return;
        }
        lane.bytes += packet.bytes;
        if lane.bytes > MAX_BYTES || !lane.is_fresh(now) {
            *lane = Lane::default();
            return;
        }
        lane.packets.push((packet, content));
    }

    /// What a viewer begins with, in the order of its numbers, with times of its own; nothing where a key frame has to be asked for.
    pub fn since_key(&self, source: Source, layer: Layer, now: Instant) -> Vec<(Packet, &T)> {
        let lane = self.lanes.get(layer.index()).filter(|lane| lane.source == source && lane.is_fresh(now));
        lane.map(Lane::at_once).unwrap_or_default()
    }
}

impl<T> Lane<T> {
    fn is_fresh(&self, now: Instant) -> bool {
        self.began.is_some_and(|began| now.saturating_duration_since(began) < FRESH)
    }

    fn at_once(&self) -> Vec<(Packet, &T)> {
        let mut packets: Vec<(Packet, &T)> = self.packets.iter().map(|(packet, content)| (*packet, content)).collect();
        packets.sort_by_key(|(packet, _)| packet.seq);
        packets.dedup_by_key(|(packet, _)| packet.seq);
        let Some((newest, _)) = packets.last().copied() else { return Vec::new() };
        // What is missing will come, under the time that it really has: half of a picture at another.
        let is_whole = packets.windows(2).all(|pair| pair[1].0.seq == pair[0].0.seq + 1) && packets.first().is_some_and(|(first, _)| first.starts_key);
        if !is_whole {
            return Vec::new();
        }
        let ages: BTreeSet<u32> = packets.iter().map(|(packet, _)| newest.time.wrapping_sub(packet.time)).collect();
        let moment = newest.clock_hz / MOMENTS_PER_SECOND;
        for (packet, _) in &mut packets {
            let later = ages.range(..newest.time.wrapping_sub(packet.time)).count();
            let later = u32::try_from(later).unwrap_or(u32::MAX);
            (packet.time, packet.at) = (newest.time.wrapping_sub(later.wrapping_mul(moment)), newest.at);
        }
        packets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Source = Source(1);
    const MS: Duration = Duration::from_millis(1);

    struct Stand {
        recent: Recent<u64>,
        zero: Instant,
    }

    impl Stand {
        fn new() -> Self {
            Self { recent: Recent::default(), zero: Instant::now() }
        }

        /// Two packets of a picture, 33 ms after the one before it.
        fn picture(&mut self, number: u32, starts_key: bool) {
            for part in 0..2 {
                self.packet(ONE, number, part, starts_key && part == 0, 1000);
            }
        }

        fn packet(&mut self, source: Source, number: u32, part: u64, starts_key: bool, bytes: usize) {
            let (seq, time) = (u64::from(number) * 2 + part, number.wrapping_mul(2970).wrapping_sub(6000));
            let at = self.zero + number * 33 * MS;
            let packet = Packet { kind: Kind::Video, layer: Layer::SMALLEST, bytes, seq, time, clock_hz: 90_000, at, starts_key, picture: None };
            self.recent.keep(source, packet, seq, at);
        }

        fn at(&self, number: u32) -> Vec<(u64, u32)> {
            let now = self.zero + number * 33 * MS;
            let kept = self.recent.since_key(ONE, Layer::SMALLEST, now);
            assert!(kept.iter().all(|(packet, content)| packet.seq == **content && packet.at <= now));
            kept.iter().map(|(packet, _)| (packet.seq, packet.time)).collect()
        }
    }

    #[test]
    fn who_joins_soon_after_a_key_frame_gets_it_with_what_followed_as_of_now() {
        let mut stand = Stand::new();
        stand.picture(0, false);
        assert_eq!(stand.at(0), [], "nothing begins there");
        for number in 1..4 {
            stand.picture(number, number == 1);
        }
        let newest = 3 * 2970 - 6000;
        assert_eq!(stand.at(3), [(2, newest - 180), (3, newest - 180), (4, newest - 90), (5, newest - 90), (6, newest), (7, newest)]);
        stand.picture(4, true);
        assert_eq!(stand.at(4).iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [8, 9], "the newer one is shorter");
    }

    #[test]
    fn what_is_old_or_long_or_not_whole_or_of_another_is_of_no_use() {
        let mut stand = Stand::new();
        stand.picture(1, true);
        assert_eq!((stand.at(15).len(), stand.at(17).len()), (2, 0), "half a second later another may be asked for");
        assert!(stand.recent.since_key(Source(2), Layer::SMALLEST, stand.zero).is_empty());
        assert!(stand.recent.since_key(ONE, Layer::LARGEST, stand.zero).is_empty());
        stand.packet(ONE, 2, 1, false, 1000);
        assert_eq!(stand.at(2), [], "one is missing");
        stand.packet(ONE, 2, 0, false, 1000);
        stand.packet(ONE, 2, 0, false, 1000);
        assert_eq!(stand.at(2).iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [2, 3, 4, 5], "it came late, and twice");
        stand.packet(ONE, 0, 1, false, 1000);
        stand.packet(Source(2), 3, 0, false, 1000);
        assert_eq!(stand.at(3).len(), 4, "from before the key frame, and of a connection whose key frame did not come yet");
        stand.packet(ONE, 3, 0, false, MAX_BYTES);
        assert_eq!(stand.at(3), []);
        stand.packet(ONE, 3, 1, false, 10);
        assert_eq!(stand.at(3), [], "until the next key frame");
    }

    #[test]
    fn a_key_frame_that_begins_twice_is_one() {
        let mut stand = Stand::new();
        stand.packet(ONE, 1, 0, true, 20);
        stand.packet(ONE, 1, 1, true, 1000);
        assert_eq!(stand.at(1).len(), 2);
    }
}
