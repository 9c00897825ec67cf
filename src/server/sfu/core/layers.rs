//! The sizes in which a host sends one picture: which of them come now, and what each takes on the way.

use std::time::{Duration, Instant};

/// Sizes that a host may send.
pub const LAYERS: usize = 3;

/// A size that did not come for so long is not sent any more: the host's browser leaves out what its processor or its network
/// cannot carry. Longer than the second after which browsers repeat a still picture.
const SILENT: Duration = Duration::from_millis(1500);
/// Rates are measured over this time.
const MEASURE: Duration = Duration::from_secs(1);

/// One of the sizes of a picture: the smallest is 0, and the only one of a host that sends one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Layer(u8);

impl Layer {
    pub const SMALLEST: Self = Self(0);

    /// The one at this place in the host's list.
    pub fn at(index: usize) -> Option<Self> {
        u8::try_from(index).ok().filter(|_| index < LAYERS).map(Self)
    }

    /// Its place in the list.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A size that comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rung {
    pub layer: Layer,
    /// Bits a second; nothing before it was measured.
    pub bps: Option<u64>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Meter {
    heard_at: Option<Instant>,
    since: Option<Instant>,
    bytes: u64,
    bps: Option<u64>,
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
            self.bps = Some(self.bps.map_or(bps, |before| before.midpoint(bps)));
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
        Ladder { rungs: rungs.filter_map(|(index, meter)| Some(Rung { layer: Layer::at(index)?, bps: meter.bps })).collect() }
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
