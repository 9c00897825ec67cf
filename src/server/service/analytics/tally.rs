//! The counting itself: pure, one pass, memory by the length of the show and the number of people, not of messages.
//!
//! A place in a show is its distance from the start. The log is read in its order, and a place is never before the one of
//! the record before it: a clock that is set back cannot bring an event to where it did not happen. What lies before the
//! start or after the end counts at the start or the end, so that the parts of the timeline always add up to the totals.

use std::collections::{HashMap, HashSet};

use crate::{
    domain::{
        analytics::{Analytics, PinSpan, ProductFigures, Revenue, TimelinePoint, Viewers, WatchSeconds},
        id::{ProductId, SessionId},
        livestream::engagement_rate,
        money::Currency,
        order::{Order, OrderStatus},
        time::Timestamp,
    },
    server::db::{
        events::{Mark, What},
        interest::Interested,
        presence::Watched,
    },
};

/// The finest part of a show, in milliseconds. Every longer part is a whole number of these.
const GRAIN_MS: u64 = 10_000;
/// Parts of a timeline, at most.
const MAX_PARTS: u64 = 120;
/// How many grains a part may have: parts that people think in, from ten seconds to a day.
const PART_GRAINS: [u64; 11] = [1, 3, 6, 12, 30, 60, 180, 360, 1080, 2160, 8640];
/// No show is longer; a clock that was years ahead for a moment must not make it so.
const MAX_LENGTH_MS: u64 = MAX_PARTS * 8640 * GRAIN_MS;

/// What is known without counting.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known {
    pub now: u64,
    pub peak: u64,
    pub views: u64,
}

/// What was counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    pub length_seconds: u64,
    pub part_seconds: u64,
    pub pins: Vec<PinSpan>,
    pub analytics: Analytics,
}

#[derive(Debug, Default, Clone)]
struct Product {
    /// The name under which it was ordered, for one that is gone.
    ordered_as: Option<String>,
    pinned_since: Option<u64>,
    spans: Vec<(u64, u64)>,
    clicks: u64,
    carts: u64,
    orders: u64,
    units: u64,
    revenue: HashMap<Currency, i64>,
}

/// Counts of each grain.
#[derive(Debug, Default)]
struct Grains(Vec<u64>);

impl Grains {
    fn add(&mut self, place_ms: u64) {
        let grain = (place_ms / GRAIN_MS) as usize;
        if self.0.len() <= grain {
            self.0.resize(grain + 1, 0);
        }
        self.0[grain] += 1;
    }

    /// Their sums over parts of so many grains; what lies behind the last part belongs to it.
    fn parts(&self, grains_per_part: u64, parts: usize) -> Vec<u64> {
        let mut sums = vec![0; parts];
        for (grain, count) in self.0.iter().enumerate() {
            sums[(grain / grains_per_part as usize).min(parts - 1)] += count;
        }
        sums
    }
}

/// A count under way.
#[derive(Debug)]
pub struct Tally {
    start: Timestamp,
    length_ms: u64,
    /// The place of the newest record of the log.
    newest_ms: u64,
    stopped: bool,
    chats: Grains,
    chat_count: u64,
    speakers: HashSet<String>,
    audience: HashSet<String>,
    hearts: Grains,
    likes: u64,
    orders: Grains,
    revenue: HashMap<Currency, (u64, i64)>,
    products: HashMap<ProductId, Product>,
    /// Places where somebody came (+1) and went (-1).
    steps: Vec<(u64, i64)>,
    watched_ms: u64,
    sessions: HashSet<SessionId>,
}

impl Tally {
    /// A count of a show that lasted from `start` to `end`, or has lasted until now.
    pub fn new(start: Timestamp, end: Timestamp) -> Self {
        Self {
            start,
            length_ms: end.millis_since(start).min(MAX_LENGTH_MS),
            newest_ms: 0,
            stopped: false,
            chats: Grains::default(),
            chat_count: 0,
            speakers: HashSet::new(),
            audience: HashSet::new(),
            hearts: Grains::default(),
            likes: 0,
            orders: Grains::default(),
            revenue: HashMap::new(),
            products: HashMap::new(),
            steps: Vec::new(),
            watched_ms: 0,
            sessions: HashSet::new(),
        }
    }

    fn place_ms(&self, at: Timestamp) -> u64 {
        at.millis_since(self.start).min(MAX_LENGTH_MS)
    }

    /// Counts the next record of the log.
    pub fn mark(&mut self, mark: Mark) {
        // What an admin does with the shelf of a show that is over is no part of it.
        if !self.stopped {
            self.newest_ms = self.newest_ms.max(self.place_ms(mark.at));
        }
        let place_ms = self.newest_ms;
        match mark.what {
            What::Chat { author, by_host } => {
                self.chats.add(place_ms);
                self.chat_count += 1;
                if !by_host && !self.audience.contains(&author) {
                    self.audience.insert(author.clone());
                }
                self.speakers.insert(author);
            }
            What::Pin(product) if !self.stopped => {
                self.products.entry(product).or_default().pinned_since.get_or_insert(place_ms);
            }
            What::Unpin(product) => self.products.entry(product).or_default().unpin(place_ms),
            What::Stop => {
                self.stopped = true;
                self.products.values_mut().for_each(|product| product.unpin(place_ms));
            }
            What::Pin(_) | What::Other => {}
        }
    }

    /// Counts who watched.
    pub fn stays(&mut self, stays: Vec<Watched>) {
        for Watched { session, from, until } in stays {
            let (from_ms, until_ms) = (self.place_ms(from), self.place_ms(until));
            self.watched_ms += until_ms - from_ms.min(until_ms);
            // Who came and went within a millisecond was there.
            self.steps.extend([(from_ms, 1), (until_ms.max(from_ms + 1), -1)]);
            self.newest_ms = self.newest_ms.max(until_ms);
            self.sessions.insert(session);
        }
    }

    /// Counts a heart that the show has.
    pub fn heart(&mut self, person: String, at: Timestamp) {
        self.likes += 1;
        self.hearts.add(self.place_ms(at));
        self.audience.insert(person);
    }

    /// Counts an order of the show, unless it was cancelled.
    pub fn order(&mut self, order: &Order) {
        if order.status == OrderStatus::Cancelled {
            return;
        }
        self.orders.add(u64::from(order.stream_second.unwrap_or(0)).saturating_mul(1000).min(MAX_LENGTH_MS));
        self.audience.insert(format!("u:{}", order.user_id));
        let revenue = self.revenue.entry(order.currency).or_default();
        revenue.0 += 1;
        revenue.1 = revenue.1.saturating_add(order.total);
        let mut seen = HashSet::new();
        for item in &order.items {
            let product = self.products.entry(item.product_id).or_default();
            product.orders += u64::from(seen.insert(item.product_id));
            product.units += u64::from(item.quantity);
            let sum = product.revenue.entry(order.currency).or_default();
            *sum = sum.saturating_add(item.price.saturating_mul(i64::from(item.quantity)));
            product.ordered_as.get_or_insert_with(|| item.name.clone());
        }
    }

    /// Counts who opened a product or put it into their cart.
    pub fn interest(&mut self, interested: Interested) {
        let product = self.products.entry(interested.product_id).or_default();
        product.clicks += interested.clicks;
        product.carts += interested.carts;
    }

    /// A product that is on the stored shelf. Only one that the log does not know counts from here: its show was written
    /// down by another system.
    pub fn shelved(&mut self, product: ProductId, pinned_at: Timestamp) {
        let place_ms = self.place_ms(pinned_at);
        let product = self.products.entry(product).or_default();
        if product.pinned_since.is_none() && product.spans.is_empty() {
            product.pinned_since = Some(place_ms);
        }
    }

    /// The products that were counted.
    pub fn products(&self) -> impl Iterator<Item = ProductId> {
        self.products.keys().copied()
    }

    /// The sum of it all. `names` are the products' names of today.
    pub fn finish(mut self, known: &Known, names: &HashMap<ProductId, String>) -> Counted {
        self.length_ms = self.length_ms.max(self.newest_ms);
        let grains = self.length_ms.div_ceil(GRAIN_MS).max(1);
        let per_part = PART_GRAINS.into_iter().find(|per_part| grains.div_ceil(*per_part) <= MAX_PARTS).unwrap_or(PART_GRAINS[PART_GRAINS.len() - 1]);
        let parts = grains.div_ceil(per_part) as usize;
        let part_ms = per_part * GRAIN_MS;
        let viewers = self.crowd(part_ms, parts);
        let [chats, likes, orders] = [&self.chats, &self.hearts, &self.orders].map(|grains| grains.parts(per_part, parts));
        let timeline = (0..parts)
            .map(|part| TimelinePoint {
                t: self.start.plus_millis((part as u64 * part_ms) as i64),
                viewers: viewers[part],
                likes: likes[part],
                chats: chats[part],
                orders: orders[part],
            })
            .collect();
        // A show that was written down by another system has no stays.
        let unique = if self.sessions.is_empty() { known.views } else { self.sessions.len() as u64 };
        let watched_seconds = self.watched_ms / 1000;
        let (currency, revenue, other_revenue) = self.money();
        let (products, pins) = self.shelf(names, currency);
        let analytics = Analytics {
            viewers: Viewers { now: known.now, peak: known.peak.max(viewers.iter().copied().max().unwrap_or(0)), unique, total: known.views },
            watch_seconds: WatchSeconds { average: watched_seconds.checked_div(unique).unwrap_or(0), total: watched_seconds },
            likes: self.likes,
            chat_messages: self.chat_count,
            chatters: self.speakers.len() as u64,
            engagement_rate: engagement_rate(self.audience.len() as u64, unique),
            timeline,
            products,
            revenue,
            currency,
            other_revenue,
        };
        Counted { length_seconds: self.length_ms / 1000, part_seconds: part_ms / 1000, pins, analytics }
    }

    /// The most who were there at once, in each part. Who leaves at a moment is not there at it, who comes is.
    fn crowd(&mut self, part_ms: u64, parts: usize) -> Vec<u64> {
        self.steps.sort_unstable();
        let mut most = vec![0; parts];
        let (mut here, mut part) = (0_i64, 0);
        for moment in self.steps.chunk_by(|a, b| a.0 == b.0) {
            let place_ms = moment[0].0;
            let to = ((place_ms / part_ms) as usize).min(parts - 1);
            while part < to {
                part += 1;
                // Whoever is there as a part begins counts in it; a step at its very beginning comes first. The end of the last
                // part is no beginning.
                if part < to || place_ms > part as u64 * part_ms {
                    most[part] = most[part].max(count(here));
                }
            }
            here += moment.iter().map(|(_, step)| step).sum::<i64>();
            most[to] = most[to].max(count(here));
        }
        most
    }

    /// The currency of most orders, what came in by it, and the rest.
    fn money(&self) -> (Currency, i64, Vec<Revenue>) {
        let mut revenue: Vec<(u64, Currency, i64)> = self.revenue.iter().map(|(currency, (orders, amount))| (*orders, *currency, *amount)).collect();
        revenue.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.code().cmp(b.1.code())));
        let mut revenue = revenue.into_iter();
        let (currency, amount) = revenue.next().map_or((Currency::default(), 0), |(_, currency, amount)| (currency, amount));
        (currency, amount, revenue.map(|(_, currency, amount)| Revenue { amount, currency }).collect())
    }

    fn shelf(&mut self, names: &HashMap<ProductId, String>, currency: Currency) -> (Vec<ProductFigures>, Vec<PinSpan>) {
        let (mut figures, mut pins) = (Vec::with_capacity(self.products.len()), Vec::new());
        for (id, mut product) in std::mem::take(&mut self.products) {
            product.unpin(self.length_ms);
            let name = names.get(&id).cloned().or(product.ordered_as).unwrap_or_else(|| "A product that is gone".to_owned());
            let pinned_ms: u64 = product.spans.iter().map(|(from_ms, to_ms)| to_ms - from_ms).sum();
            pins.extend(product.spans.iter().map(|(from_ms, to_ms)| PinSpan {
                product_id: id,
                name: name.clone(),
                from_second: from_ms / 1000,
                to_second: to_ms / 1000,
            }));
            figures.push(ProductFigures {
                product_id: id,
                name,
                pinned_seconds: pinned_ms / 1000,
                clicks: product.clicks,
                added_to_cart: product.carts,
                orders: product.orders,
                units: product.units,
                revenue: product.revenue.get(&currency).copied().unwrap_or(0),
            });
        }
        figures.sort_by(|a, b| {
            (b.revenue, b.units, b.pinned_seconds)
                .cmp(&(a.revenue, a.units, a.pinned_seconds))
                .then_with(|| a.name.cmp(&b.name))
                .then_with(|| a.product_id.cmp(&b.product_id))
        });
        pins.sort_by_key(|pin| (pin.from_second, pin.product_id));
        (figures, pins)
    }
}

fn count(here: i64) -> u64 {
    u64::try_from(here).unwrap_or(0)
}

impl Product {
    fn unpin(&mut self, place_ms: u64) {
        if let Some(since_ms) = self.pinned_since.take() {
            self.spans.push((since_ms, place_ms.max(since_ms)));
        }
    }
}

#[cfg(test)]
mod tests;
