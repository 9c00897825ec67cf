//! Packets of one stream in the order in which they were sent. One that is missing is waited for, but not for long.

use std::collections::BTreeMap;

use super::Packet;

/// A packet that was lost has been sent again by then, or never will be.
const WAIT_MS: u64 = 600;
/// Packets that wait for another: more than half a second of a full stream.
const MOST: usize = 1024;
/// Numbers that are further apart than this are those of another stream.
const FAR: u64 = 8192;

/// What comes next.
#[derive(Debug)]
pub enum Step {
    Packet(Packet),
    /// Something is missing here.
    Gap,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Order {
    next: Option<u64>,
    waiting: BTreeMap<u64, Packet>,
    is_torn: bool,
}

impl Order {
    pub fn put(&mut self, packet: Packet) {
        if let Some(next) = self.next {
            if packet.seq.abs_diff(next) > FAR {
                self.waiting.clear();
                (self.next, self.is_torn) = (None, true);
            } else if packet.seq < next {
                // It came too late, or again.
                return;
            }
        }
        self.next.get_or_insert(packet.seq);
        self.waiting.entry(packet.seq).or_insert(packet);
    }

    pub fn take(&mut self, now_ms: u64) -> Option<Step> {
        if std::mem::take(&mut self.is_torn) {
            return Some(Step::Gap);
        }
        let next = self.next.as_mut()?;
        let first = self.waiting.first_entry()?;
        if *first.key() == *next {
            *next += 1;
            return Some(Step::Packet(first.remove()));
        }
        let is_given_up = now_ms.saturating_sub(first.get().at_ms) >= WAIT_MS;
        let first = *first.key();
        if is_given_up || self.waiting.len() > MOST {
            *next = first;
            return Some(Step::Gap);
        }
        None
    }
}
