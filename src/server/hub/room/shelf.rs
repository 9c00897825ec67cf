//! The products held up to the camera: read from the database, told as a whole.

use super::{
    Effect, Moment, Room,
    log::{Retry, Then},
    message::Unstored,
};
use crate::{
    domain::{id::ProductId, pin::PinnedProduct, time::Timestamp},
    protocol::downward::{Downward, PinsEvent},
    server::db::events::EventData,
};

#[derive(Debug)]
pub(super) struct Shelf {
    list: Vec<PinnedProduct>,
    /// Changes that the next reading will show.
    waiting: Vec<EventData>,
    /// Changes that the reading under way shows.
    reading: Option<Vec<EventData>>,
    reread: bool,
    pub retry: Retry,
}

impl Shelf {
    pub fn new(list: Vec<PinnedProduct>) -> Self {
        Self { list, waiting: Vec::new(), reading: None, reread: false, retry: Retry::default() }
    }

    pub fn list(&self) -> &[PinnedProduct] {
        &self.list
    }

    /// Somebody changed the stored shelf.
    pub fn changed(&mut self, change: EventData) {
        self.waiting.push(change);
    }

    /// Somebody thinks that the shelf is another.
    pub fn reread(&mut self) {
        self.reread = true;
    }

    pub fn product_changed(&mut self, product: ProductId) {
        if self.list.iter().any(|pin| pin.product_id == product) {
            self.reread = true;
        }
    }

    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.reading.is_none() && !self.reread
    }

    pub fn advance(&mut self, out: &mut Vec<Effect>) {
        if self.reading.is_some() {
            if self.retry.take_due() {
                out.push(Effect::LoadShelf);
            }
        } else if self.reread || !self.waiting.is_empty() {
            self.reread = false;
            self.reading = Some(std::mem::take(&mut self.waiting));
            self.retry = Retry::default();
            out.push(Effect::LoadShelf);
        }
    }
}

impl Room {
    pub(super) fn shelf_loaded(&mut self, result: Result<Vec<PinnedProduct>, Unstored>, now: Moment, out: &mut Vec<Effect>) {
        let Ok(list) = result else {
            self.shelf.retry.fail(now);
            return;
        };
        let changes = self.shelf.reading.take().unwrap_or_default();
        let last = changes.len().checked_sub(1);
        let mut list = Some(list);
        for (at, change) in changes.into_iter().enumerate() {
            let list = if Some(at) == last { list.take() } else { None };
            self.record(change, Then::Shelf(list), now);
        }
        // No event, only a price or a hint: told without a place in the log.
        if let Some(list) = list
            && list != self.shelf.list
        {
            self.shelf.list = list;
            self.tell_shelf(None, None, out);
        }
    }

    pub(super) fn show_shelf(&mut self, list: Vec<PinnedProduct>, seq: u64, at: Timestamp, out: &mut Vec<Effect>) {
        self.shelf.list = list;
        self.tell_shelf(Some(seq), Some(at), out);
    }

    /// Takes everything off the shelf in the eyes of everybody; the stored entries stay for the replay.
    pub(super) fn clear_shelf(&mut self, seq: u64, at: Timestamp, out: &mut Vec<Effect>) {
        for pin in &mut self.shelf.list {
            pin.is_active = false;
        }
        self.tell_shelf(Some(seq), Some(at), out);
    }

    fn tell_shelf(&self, seq: Option<u64>, at: Option<Timestamp>, out: &mut Vec<Effect>) {
        let pinned_products = if self.is_ended() { Vec::new() } else { self.shelf.list.clone() };
        out.push(Effect::Broadcast(Box::new(Downward::PinnedProductsUpdated(PinsEvent { stream_id: self.show.id, seq, at, pinned_products }))));
    }
}
