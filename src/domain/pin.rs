//! Products held up to the camera: the shelf of a show, in order.

use serde::{Deserialize, Serialize};

use super::{id::ProductId, product::Product, time::Timestamp};

/// The most products on one shelf.
pub const MAX_PINS: usize = 50;

/// A product on the shelf of a show. The shelf is sorted by `display_order`, which counts from zero without gaps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PinnedProduct {
    pub product_id: ProductId,
    pub product: Product,
    pub pinned_at: Timestamp,
    pub display_order: u32,
    pub is_active: bool,
}

/// Moves one entry of a list by one place; `None` where it is at that end already or not in the list.
pub fn moved<T: PartialEq + Clone>(list: &[T], item: &T, direction: Direction) -> Option<Vec<T>> {
    let from = list.iter().position(|other| other == item)?;
    let to = match direction {
        Direction::Up => from.checked_sub(1)?,
        Direction::Down => from + 1,
    };
    let mut list = list.to_vec();
    (to < list.len()).then(|| {
        list.swap(from, to);
        list
    })
}

/// Takes an entry out of a list and puts it back before the entry that stood at `to`.
pub fn dropped_at<T: PartialEq + Clone>(list: &[T], item: &T, to: usize) -> Option<Vec<T>> {
    let from = list.iter().position(|other| other == item)?;
    let mut list = list.to_vec();
    let taken = list.remove(from);
    list.insert(to.min(list.len()), taken);
    Some(list)
}

/// Towards the start or the end of the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Up,
    Down,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_moves_by_one_and_stops_at_the_ends() {
        let shelf = ['a', 'b', 'c'];
        assert_eq!(moved(&shelf, &'b', Direction::Up), Some(vec!['b', 'a', 'c']));
        assert_eq!(moved(&shelf, &'b', Direction::Down), Some(vec!['a', 'c', 'b']));
        assert_eq!(moved(&shelf, &'a', Direction::Up), None);
        assert_eq!(moved(&shelf, &'c', Direction::Down), None);
        assert_eq!(moved(&shelf, &'x', Direction::Down), None);
    }

    #[test]
    fn an_entry_is_dropped_where_the_pointer_is() {
        let shelf = ['a', 'b', 'c'];
        assert_eq!(dropped_at(&shelf, &'a', 2), Some(vec!['b', 'c', 'a']));
        assert_eq!(dropped_at(&shelf, &'c', 0), Some(vec!['c', 'a', 'b']));
        assert_eq!(dropped_at(&shelf, &'b', 99), Some(vec!['a', 'c', 'b']));
    }
}
