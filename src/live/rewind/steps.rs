//! What follows from a look: which picture is to be seen, what is asked, fetched and dropped, and how fast it goes.

use super::*;

/// At a gap, so long before it is jumped over.
const STUCK_MS: f64 = 600.0;

impl Rewinding {
    /// A regular look, a few times a second and after everything that happened.
    pub fn tick(&mut self, look: &Look, line: Line, now_ms: f64) -> Vec<Order> {
        let mut orders = Vec::new();
        self.choose(line, now_ms, &mut orders);
        self.ask(line, now_ms, &mut orders);
        if !self.is_on() {
            return orders;
        }
        self.has_frame = look.is_open && look.has_frame && self.run.is_some();
        self.is_covering |= self.has_frame;
        if self.run.is_some() && look.is_open && look.at_ms != self.at_ms && self.target.is_none() {
            self.at_ms = look.at_ms;
            self.moved_at_ms = now_ms;
        }
        self.go_there(look, now_ms, &mut orders);
        if let Some(run) = self.run.filter(|_| look.is_open) {
            // What is held while a part begins is not what will be.
            if self.target.is_none() && self.busy != Some(Busy::Begin) {
                self.steer(look, now_ms, &mut orders);
            }
            if self.busy.is_none() && now_ms >= self.again_at_ms {
                self.feed(run, look, now_ms, &mut orders);
            }
        }
        orders
    }

    // Which picture is to be seen.
    fn choose(&mut self, line: Line, now_ms: f64, orders: &mut Vec<Order>) {
        let is_fresh = self.can_play && self.clock_ms.is_some() && self.end_ms() + FRESH_MS >= self.clock(now_ms);
        match self.want {
            Want::Live if !line.is_playing && line.missing_ms >= PATIENCE_MS && is_fresh => self.follow(now_ms),
            Want::Live if self.run.is_some() || self.target.is_some() => self.close(orders),
            Want::Edge if line.is_playing => self.close(orders),
            _ => {}
        }
    }

    fn close(&mut self, orders: &mut Vec<Order>) {
        orders.push(Order::Close);
        (self.want, self.target, self.run, self.busy) = (Want::Live, None, None, None);
        (self.has_frame, self.is_covering, self.rate) = (false, false, 1.0);
        // What the next one needs to know is asked anew.
        self.known = 0;
        self.places.clear();
    }

    fn ask(&mut self, line: Line, now_ms: f64, orders: &mut Vec<Order>) {
        let is_far = self.end_ms().saturating_sub(self.at_ms) > 2 * AHEAD_MS;
        let every_ms = match self.want {
            // A show without a host on air is not asked about every second for hours.
            Want::Live if line.missing_ms >= DOUBT_LONG_MS => ASK_LATER_MS,
            Want::Live if line.missing_ms >= DOUBT_MS => ASK_SOON_MS,
            // Once it is known that one can go back, that does not change.
            Want::Live if self.can_play => return,
            Want::Live => ASK_IDLE_MS,
            Want::Play | Want::Pause if self.run.is_some() && (is_far || self.want == Want::Pause) => ASK_LATER_MS,
            _ => ASK_SOON_MS,
        };
        if self.asked.is_none() && now_ms - self.asked_at_ms >= every_ms {
            // Who only wants to know whether one can go back needs no places.
            let since = if self.is_on() { self.known } else { u32::MAX };
            (self.asked, self.asked_at_ms) = (Some(since), now_ms);
            orders.push(Order::Ask { since });
        }
    }

    fn go_there(&mut self, look: &Look, now_ms: f64, orders: &mut Vec<Order>) {
        let Some((wanted_ms, since_ms)) = self.target else { return };
        if self.places.is_empty() || now_ms < self.again_at_ms {
            return;
        }
        // A moment that is being recorded is there in a second or two.
        if wanted_ms > self.end_ms() && now_ms - since_ms < SOON_MS {
            return;
        }
        let target_ms = wanted_ms.clamp(self.begins_ms(), self.end_ms().saturating_sub(NEAR_MS).max(self.begins_ms()));
        // A part that begins may throw out what is held.
        let is_held = self.run.is_some() && self.busy != Some(Busy::Begin) && look.held.iter().any(|(from, to)| *from <= target_ms && target_ms < *to);
        if !is_held {
            if self.busy.is_some() {
                orders.push(Order::Cancel);
                return;
            }
            let Some((run, begin)) = self.begin_at(target_ms) else { return };
            let Order::Begin { mime, .. } = &begin else { return };
            orders.push(Order::Open { mime: mime.clone() });
            if !look.is_open {
                return;
            }
            (self.run, self.busy) = (Some(run), Some(Busy::Begin));
            orders.push(begin);
        }
        orders.push(Order::Seek { to_ms: target_ms });
        (self.target, self.at_ms, self.moved_at_ms) = (None, target_ms, now_ms);
    }

    fn begin_at(&self, target_ms: u64) -> Option<(Run, Order)> {
        let is_playable = |place: &&ReelPlace| self.parts.iter().any(|part| part.part == place.part);
        let before = self
            .places
            .iter()
            .rev()
            .filter(is_playable)
            .find(|place| place.show_ms <= target_ms && target_ms < self.part(place.part).map_or(0, |part| part.end_ms));
        let after = || self.places.iter().filter(is_playable).find(|place| place.show_ms > target_ms);
        let place = before.or_else(after).or_else(|| self.places.iter().rev().find(is_playable))?;
        Some((Run { part: place.part, next: place.at }, self.begin(place.part, true)?))
    }

    fn begin(&self, part: u32, afresh: bool) -> Option<Order> {
        let part = self.part(part)?;
        let offset_ms = part.show_ms as f64 - part.media_ms as f64;
        Some(Order::Begin { part: part.part, mime: part.mime.clone(), offset_ms, head_bytes: part.head_bytes, afresh })
    }

    // Where it stands, and how fast it goes.
    fn steer(&mut self, look: &Look, now_ms: f64, orders: &mut Vec<Order>) {
        let here = look.held.iter().find(|(from, to)| *from <= look.at_ms && look.at_ms < *to);
        let is_stuck = here.is_none_or(|(_, to)| *to - look.at_ms <= NEAR_MS);
        // A player passes over a short gap by itself; a jump would only hold it up.
        let is_stuck = is_stuck && now_ms - self.moved_at_ms >= STUCK_MS;
        if let Some((next, _)) = look.held.iter().find(|(from, _)| is_stuck && *from > look.at_ms) {
            // Over what nobody recorded.
            orders.push(Order::Seek { to_ms: next + 20 });
            (self.at_ms, self.moved_at_ms) = (next + 20, now_ms);
        }
        let ahead_ms = here.map_or(0, |(_, to)| to - look.at_ms);
        let rate = match self.want {
            Want::Edge if ahead_ms > EDGE_JUMP_MS => {
                let to_ms = here.map_or(look.at_ms, |(_, to)| to - EDGE_MS);
                orders.push(Order::Seek { to_ms });
                self.at_ms = to_ms;
                1.0
            }
            Want::Edge if ahead_ms > EDGE_HURRY_MS => HURRY,
            Want::Edge if ahead_ms > EDGE_MS => self.rate,
            _ => 1.0,
        };
        if (rate - self.rate).abs() > f64::EPSILON {
            self.rate = rate;
            orders.push(Order::Rate(rate));
        }
        match (self.want, look.is_paused) {
            (Want::Pause, false) => orders.push(Order::Pause),
            (Want::Play | Want::Edge, true) if here.is_some() => orders.push(Order::Play),
            _ => {}
        }
    }

    // One thing that takes time: make room, or fetch what comes next.
    fn feed(&mut self, run: Run, look: &Look, now_ms: f64, orders: &mut Vec<Order>) {
        let at_ms = self.at_ms;
        let first_ms = look.held.first().map_or(at_ms, |(from, _)| *from);
        let behind_ms = at_ms.saturating_sub(first_ms);
        let is_full = std::mem::take(&mut self.is_full);
        if behind_ms > self.behind_ms + EVICT_MS.min(self.behind_ms) || (is_full && behind_ms > LEAST_MS) {
            let keep_ms = if is_full { LEAST_MS } else { self.behind_ms };
            self.busy = Some(Busy::Remove);
            return orders.push(Order::Remove { until_ms: at_ms - keep_ms });
        }
        if is_full {
            // Nothing can go: it plays on until something can.
            self.again_at_ms = now_ms + AGAIN_MS;
            return;
        }
        let held_until_ms = look.held.iter().filter(|(_, to)| *to > at_ms).map(|(_, to)| *to).next_back().unwrap_or(at_ms);
        if held_until_ms - at_ms >= self.ahead_ms {
            return;
        }
        let Some(part) = self.part(run.part) else { return };
        let (bytes, end_ms, began_ms) = (part.bytes, part.end_ms, part.show_ms);
        if run.next < bytes {
            let to = bytes.min(run.next + LOAD_BYTES);
            self.busy = Some(Busy::Load(run.next));
            self.run = Some(Run { next: to, ..run });
            return orders.push(Order::Load { part: run.part, from: run.next, to });
        }
        // This recorder has no more: another goes on, unless there is none yet.
        let later = self.parts.iter().filter(|part| (part.show_ms, part.part) > (began_ms, run.part) && part.end_ms > end_ms).min_by_key(|part| part.show_ms);
        let Some(next) = later.map(|part| part.part) else { return };
        let first = self.places.iter().find(|place| place.part == next);
        if let (Some(first), Some(begin)) = (first, self.begin(next, false)) {
            self.run = Some(Run { part: next, next: first.at });
            self.busy = Some(Busy::Begin);
            orders.push(begin);
        }
    }
}
