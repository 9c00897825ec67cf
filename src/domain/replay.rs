//! A show that is over, as its film shows it: what lay on the shelf at which second, and what was said. Pure: one reading of
//! the log, on both sides.

use serde::{Deserialize, Serialize};

use super::{captions::Captions, chat::ChatMessage, frames::Frames, id::ProductId, product::Product};

/// What a replay is made of, beside the film.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Replay {
    /// Of the film, in milliseconds; zero where only the browser can tell.
    pub duration_ms: u64,
    /// Changes of the shelf, in the order of the show.
    pub moments: Vec<Moment>,
    /// What was shown, as it is today.
    pub products: Vec<Product>,
    #[serde(default)]
    pub captions: Vec<Captions>,
    /// Small pictures of the film; `None` where there are none, or not yet.
    #[serde(default)]
    pub frames: Option<Frames>,
}

/// A change of the shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Moment {
    /// Milliseconds into the film.
    pub at_ms: u64,
    pub change: ShelfChange,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ShelfChange {
    Pin(ProductId),
    Unpin(ProductId),
    /// The whole shelf, in its new order.
    Order(Vec<ProductId>),
}

/// A message with its place in the film.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplayLine {
    pub at_ms: u64,
    pub message: ChatMessage,
}

/// The messages around a place in the film: all there are between `from_ms` and `until_ms`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplayChat {
    pub from_ms: u64,
    /// `None`: to the end.
    pub until_ms: Option<u64>,
    /// Oldest first.
    pub lines: Vec<ReplayLine>,
}

impl ReplayChat {
    /// Whether everything that is to be seen at this place is here.
    pub fn covers(&self, at_ms: u64) -> bool {
        self.from_ms <= at_ms && self.until_ms.is_none_or(|until| at_ms < until)
    }
}

/// A product coming up, as a place to jump to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chapter {
    pub at_ms: u64,
    pub product: ProductId,
}

/// What lies on the shelf at a place in the film, in order.
pub fn shelf_at(moments: &[Moment], at_ms: u64) -> Vec<ProductId> {
    let mut shelf: Vec<ProductId> = Vec::new();
    for moment in moments.iter().filter(|moment| moment.at_ms <= at_ms) {
        match &moment.change {
            ShelfChange::Pin(product) if !shelf.contains(product) => shelf.push(*product),
            ShelfChange::Pin(_) => {}
            ShelfChange::Unpin(product) => shelf.retain(|other| other != product),
            // What the order does not name keeps its place behind it.
            ShelfChange::Order(order) => shelf.sort_by_key(|product| order.iter().position(|other| other == product).unwrap_or(usize::MAX)),
        }
    }
    shelf
}

/// The same for a film that begins in the middle of the show: what lay on the shelf by then comes up at its start, and what
/// came and went before never does.
pub fn begun(moments: Vec<Moment>) -> Vec<Moment> {
    let shelf = shelf_at(&moments, 0).into_iter().map(|product| Moment { at_ms: 0, change: ShelfChange::Pin(product) });
    let later = moments.iter().filter(|moment| moment.at_ms > 0).cloned();
    shelf.chain(later).collect()
}

/// The chapters of a film: each product where it comes up. One that is put back soon after is no new chapter.
pub fn chapters(moments: &[Moment]) -> Vec<Chapter> {
    const SOON_MS: u64 = 15_000;
    let mut chapters: Vec<Chapter> = Vec::new();
    for moment in moments {
        let ShelfChange::Pin(product) = moment.change else { continue };
        let is_again = chapters.iter().any(|chapter| chapter.product == product && moment.at_ms < chapter.at_ms + SOON_MS);
        if !is_again {
            chapters.push(Chapter { at_ms: moment.at_ms, product });
        }
    }
    chapters
}

/// The seconds in `?t=`: `90`, `90s`, `1m30s` or `1h1m`. What is none of these is the start.
pub fn seconds_of(text: &str) -> u64 {
    let (mut seconds, mut number) = (0_u64, None::<u64>);
    for letter in text.chars() {
        match (letter.to_digit(10), letter) {
            (Some(digit), _) => number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add(u64::from(digit))),
            (None, 'h' | 'm' | 's') => {
                let unit = match letter {
                    'h' => 3600,
                    'm' => 60,
                    _ => 1,
                };
                let Some(number) = number.take() else { return 0 };
                seconds = seconds.saturating_add(number.saturating_mul(unit));
            }
            _ => return 0,
        }
    }
    let seconds = seconds.saturating_add(number.unwrap_or(0));
    // A film of a week does not exist.
    if seconds < 7 * 86_400 { seconds } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(byte: u8) -> ProductId {
        ProductId::from_bytes([byte; 12])
    }

    fn moments(of: &[(u64, ShelfChange)]) -> Vec<Moment> {
        of.iter().cloned().map(|(at_ms, change)| Moment { at_ms, change }).collect()
    }

    #[test]
    fn the_shelf_is_what_it_was_at_that_second() {
        use ShelfChange::{Order, Pin, Unpin};
        let log = moments(&[
            (0, Pin(id(1))),
            (5_000, Pin(id(2))),
            (5_000, Pin(id(2))),
            (8_000, Order(vec![id(2), id(1)])),
            (9_000, Pin(id(3))),
            (12_000, Unpin(id(2))),
            (13_000, Unpin(id(7))),
            (20_000, Order(vec![id(3)])),
        ]);
        for (at_ms, expected) in [
            (0, vec![1]),
            (4_999, vec![1]),
            (5_000, vec![1, 2]),
            (8_000, vec![2, 1]),
            (11_999, vec![2, 1, 3]),
            (12_000, vec![1, 3]),
            (20_000, vec![3, 1]),
            (u64::MAX, vec![3, 1]),
        ] {
            assert_eq!(shelf_at(&log, at_ms), expected.into_iter().map(id).collect::<Vec<_>>(), "{at_ms}");
        }
        assert!(shelf_at(&[], 1).is_empty());
    }

    #[test]
    fn a_film_that_begins_in_the_middle_begins_with_the_shelf_of_that_moment() {
        use ShelfChange::{Order, Pin, Unpin};
        let log = moments(&[(0, Pin(id(1))), (0, Pin(id(2))), (0, Unpin(id(1))), (0, Pin(id(3))), (0, Order(vec![id(3), id(2)])), (7, Unpin(id(2)))]);
        assert_eq!(begun(log), moments(&[(0, Pin(id(3))), (0, Pin(id(2))), (7, Unpin(id(2)))]));
        assert!(begun(Vec::new()).is_empty());
    }

    #[test]
    fn a_product_is_a_chapter_each_time_it_comes_up() {
        use ShelfChange::{Pin, Unpin};
        let log = moments(&[(1_000, Pin(id(1))), (2_000, Unpin(id(1))), (3_000, Pin(id(1))), (9_000, Pin(id(2))), (60_000, Pin(id(1)))]);
        let found: Vec<_> = chapters(&log).iter().map(|chapter| (chapter.at_ms, chapter.product)).collect();
        assert_eq!(found, [(1_000, id(1)), (9_000, id(2)), (60_000, id(1))]);
    }

    #[test]
    fn a_place_in_an_address_is_read_as_people_write_it() {
        for (text, seconds) in [("90", 90), ("90s", 90), ("1m30s", 90), ("1h1m", 3660), ("", 0), ("x", 0), ("-5", 0), ("m", 0), ("99999999999999999999", 0)] {
            assert_eq!(seconds_of(text), seconds, "{text}");
        }
    }

    #[test]
    fn a_window_knows_what_it_covers() {
        let window = |from_ms, until_ms| ReplayChat { from_ms, until_ms, lines: Vec::new() };
        assert!(window(0, None).covers(u64::MAX) && window(5, Some(9)).covers(5) && window(5, Some(9)).covers(8));
        assert!(!window(5, Some(9)).covers(4) && !window(5, Some(9)).covers(9));
    }
}
