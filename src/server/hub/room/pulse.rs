//! Numbers that change often, told seldom: at most four times a second.

use super::{Effect, Moment, Room};
use crate::{
    protocol::downward::{Downward, StreamUpdate},
    server::db::livestreams::LivestreamRecord,
};

/// Milliseconds between two updates to everybody.
const BEAT_MS: u64 = 250;
/// Milliseconds between two writings of the peak.
const PEAK_MS: u64 = 1000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Numbers {
    viewers: u64,
    views: u64,
    likes: u64,
    peak: u64,
}

#[derive(Debug)]
pub(super) struct Pulse {
    now: Numbers,
    told: Numbers,
    /// Somebody alone was given a number that everybody was not, so the next beat says all numbers: they may be back at
    /// what everybody heard last.
    astray: bool,
    saved_peak: u64,
    next_beat_ms: u64,
    next_peak_ms: u64,
    /// What must be told at once, whatever the beat.
    urgent: Option<StreamUpdate>,
}

impl Pulse {
    pub fn new(show: &LivestreamRecord, likes: u64) -> Self {
        let numbers = Numbers { viewers: 0, views: show.view_count, likes, peak: show.peak_viewers };
        Self { now: numbers, told: numbers, astray: false, saved_peak: show.peak_viewers, next_beat_ms: 0, next_peak_ms: 0, urgent: None }
    }

    pub fn viewers(&mut self, viewers: u64) {
        self.now.viewers = viewers;
    }

    pub fn views(&mut self, views: u64) {
        self.now.views = self.now.views.max(views);
    }

    pub fn likes(&mut self, likes: u64) {
        self.now.likes = likes;
    }

    /// One seat was given the numbers of this moment.
    pub fn told_one(&mut self) {
        self.astray |= self.now != self.told;
    }

    pub fn view_count(&self) -> u64 {
        self.now.views
    }

    pub fn peak(&self) -> u64 {
        self.now.peak
    }

    pub fn urgent(&mut self, fill: impl FnOnce(&mut StreamUpdate)) {
        fill(self.urgent.get_or_insert_default());
    }

    fn is_owing(&self) -> bool {
        self.astray || self.now != self.told
    }

    pub fn due_ms(&self) -> Option<u64> {
        let beat = self.is_owing().then_some(self.next_beat_ms);
        let peak = (self.now.peak > self.saved_peak).then_some(self.next_peak_ms);
        beat.into_iter().chain(peak).min()
    }
}

impl Room {
    /// Tells the numbers if they changed and it is time, and what is urgent in any case.
    pub(super) fn beat(&mut self, now: Moment, out: &mut Vec<Effect>) {
        let live = self.is_live();
        let pulse = &mut self.pulse;
        // Who waits before the show or stays after it is no audience of the show.
        if live {
            pulse.now.peak = pulse.now.peak.max(pulse.now.viewers);
        }
        let due = pulse.is_owing() && now.elapsed_ms >= pulse.next_beat_ms;
        if due || pulse.urgent.is_some() {
            let mut update = pulse.urgent.take().unwrap_or_default();
            update.stream_id = Some(self.show.id);
            let astray = std::mem::take(&mut pulse.astray);
            let changed = |new: u64, old: u64| (astray || new != old).then_some(new);
            update.viewer_count = changed(pulse.now.viewers, pulse.told.viewers);
            update.view_count = changed(pulse.now.views, pulse.told.views);
            update.likes = changed(pulse.now.likes, pulse.told.likes);
            update.max_viewers = changed(pulse.now.peak, pulse.told.peak);
            update.peak_viewers = update.max_viewers;
            pulse.told = pulse.now;
            pulse.next_beat_ms = now.elapsed_ms + BEAT_MS;
            if !self.seats.is_empty() {
                out.push(Effect::Broadcast(Box::new(Downward::StreamUpdate(Box::new(update)))));
            }
        }
        let pulse = &mut self.pulse;
        if pulse.now.peak > pulse.saved_peak && now.elapsed_ms >= pulse.next_peak_ms {
            pulse.saved_peak = pulse.now.peak;
            pulse.next_peak_ms = now.elapsed_ms + PEAK_MS;
            out.push(Effect::SavePeak(pulse.now.peak));
        }
    }
}
