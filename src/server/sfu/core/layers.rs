//! The sizes in which a host sends one picture: which of them come now, and what each takes on the way.

use std::time::{Duration, Instant};

/// Sizes that a host may send.
pub const LAYERS: usize = 3;

/// A size that did not come for so long is not sent any more: the host's browser leaves out what its processor or its network
/// cannot carry. Longer than the second after which browsers repeat a still picture.
const SILENT: Duration = Duration::from_millis(1500);
/// Rates are measured over this time.
const MEASURE: Duration = Duration::from_secs(1);
/// The share that a peak loses in that time: after eleven seconds half of it is left.
const PEAK_FALLS: u64 = 16;

/// One of the sizes of a picture: the smallest is 0, and the only one of a host that sends one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Layer(u8);

impl Layer {
    pub const SMALLEST: Self = Self(0);
    pub const MIDDLE: Self = Self(1);
    pub const LARGEST: Self = Self(2);

    /// The one at this place in the host's list.
    pub fn at(index: usize) -> Option<Self> {
        u8::try_from(index).ok().filter(|_| index < LAYERS).map(Self)
    }

    /// Its place in the list.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a size takes on the way, in bits a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rate {
    /// Now.
    pub bps: u64,
    /// When much moves: the most of a while. A network that carries a scene in which nothing moves may not carry the next.
    pub peak: u64,
}

/// A size that comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rung {
    pub layer: Layer,
    /// Nothing before it was measured.
    pub rate: Option<Rate>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Meter {
    heard_at: Option<Instant>,
    since: Option<Instant>,
    bytes: u64,
    rate: Option<Rate>,
}

impl Meter {
    fn heard(&mut self, bytes: usize, now: Instant) {
        // The time in which nothing came says nothing of what comes again.
        if self.heard_at.is_some_and(|at| now.saturating_duration_since(at) >= SILENT) {
            (self.since, self.bytes) = (None, 0);
        }
        let since = *self.since.get_or_insert(now);
        self.heard_at = Some(now);
        self.bytes += bytes as u64;
        let passed = now.saturating_duration_since(since);
        if passed >= MEASURE {
            let bps = u64::try_from(u128::from(self.bytes) * 8 * 1_000_000 / passed.as_micros().max(1)).unwrap_or(u64::MAX);
            // A key frame alone is no rate.
            self.rate = Some(self.rate.map_or(Rate { bps, peak: bps }, |before| {
                let bps = before.bps.midpoint(bps);
                Rate { bps, peak: bps.max(before.peak - before.peak / PEAK_FALLS) }
            }));
            (self.since, self.bytes) = (Some(now), 0);
        }
    }
}

/// What is known of the sizes of one connection of the host.
#[derive(Debug, Default)]
pub(super) struct Layers([Meter; LAYERS]);

impl Layers {
    /// A packet of the picture came.
    pub fn heard(&mut self, layer: Layer, bytes: usize, now: Instant) {
        if let Some(meter) = self.0.get_mut(layer.index()) {
            meter.heard(bytes, now);
        }
    }

    /// Those that come now, the smallest first.
    pub fn coming(&self, now: Instant) -> Ladder {
        let comes = |meter: &Meter| meter.heard_at.is_some_and(|at| now.saturating_duration_since(at) < SILENT);
        let rungs = self.0.iter().enumerate().filter(|(_, meter)| comes(meter));
        Ladder { rungs: rungs.filter_map(|(index, meter)| Some(Rung { layer: Layer::at(index)?, rate: meter.rate })).collect() }
    }
}

/// The sizes that come at a moment, the smallest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ladder {
    pub rungs: Vec<Rung>,
}

impl Ladder {
    /// Where a viewer begins of whom nothing is known: in the middle, since the smallest is poor and the largest slow to come.
    pub fn middle(&self) -> Option<Layer> {
        self.rungs.get(self.rungs.len().saturating_sub(1) / 2).map(|rung| rung.layer)
    }

    pub fn has(&self, layer: Layer) -> bool {
        self.rungs.iter().any(|rung| rung.layer == layer)
    }
}
