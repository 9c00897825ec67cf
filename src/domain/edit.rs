//! What a host makes of a show that is over: whether its replay is public, which stretch of the film is shown, and when
//! products come up in it. Nothing here changes what happened: the log and the whole film stay as they are.

use serde::{Deserialize, Serialize};

use super::{
    captions::Captions,
    id::{LivestreamId, ProductId},
    replay::ShelfChange,
    time::clock,
    validate::Fields,
};

/// The shortest film that is left after cutting, in milliseconds.
pub const SHORTEST_MS: u64 = 1000;
/// Moments of one show that can be changed.
pub const MOST_EDITS: usize = 1000;

/// The stretch of the whole film that is shown, in milliseconds. `end_ms` absent is the film's own end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cut {
    #[serde(default)]
    pub start_ms: u64,
    pub end_ms: Option<u64>,
}

impl Cut {
    /// Whether nothing is cut off.
    pub fn is_whole(self) -> bool {
        self == Self::default()
    }

    /// The same, or what is wrong with it.
    ///
    /// # Errors
    /// A sentence about the field `cut`.
    pub fn checked(self) -> Result<Self, Fields> {
        match self.end_ms {
            Some(end_ms) if end_ms.saturating_sub(self.start_ms) < SHORTEST_MS => {
                Err(Fields::one("cut", "Leave at least a second between the start and the end."))
            }
            _ => Ok(self),
        }
    }
}

/// A product's moment that is moved or left out. `at_ms` is its place in the whole film, in milliseconds; absent, the product
/// does not come up there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MomentEdit {
    /// The moment's place in the log of the show.
    pub seq: u64,
    pub at_ms: Option<u64>,
}

/// What is to change of a replay; what is absent stays. `moments` is the whole list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReplayUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moments: Option<Vec<MomentEdit>>,
}

/// A replay as its host sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReplayDesk {
    pub stream_id: LivestreamId,
    /// Whether customers find it.
    pub published: bool,
    /// The film that customers see; empty where there is none.
    pub video_url: String,
    /// The film as it was recorded. Only admins can fetch it while another is shown in its place.
    pub whole_url: String,
    /// Of the whole film, in milliseconds; zero where only the browser can tell.
    pub whole_ms: u64,
    /// Whether a stretch can be cut out of it: WebM can, and MP4 in fragments, as browsers record it.
    pub can_cut: bool,
    /// What was asked for.
    pub cut: Cut,
    /// Where in the whole film the one that is shown really begins, and how long it is. A cut begins with a picture that
    /// stands for itself, a little before the place that was asked for.
    pub shown_from_ms: u64,
    pub shown_ms: u64,
    /// Whether a cut is being made right now.
    pub cutting: bool,
    /// Every time a product came up, in the order of the show.
    pub moments: Vec<DeskMoment>,
    pub captions: Vec<Captions>,
}

/// A product coming up, as its host sees it. Places are milliseconds into the whole film.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeskMoment {
    pub seq: u64,
    pub product_id: ProductId,
    pub name: String,
    /// Where it happened.
    pub was_ms: u64,
    /// Where it is shown.
    pub at_ms: u64,
    pub removed: bool,
}

/// A change of the shelf with its place in the log, and when it happened in milliseconds of the show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedChange {
    pub seq: u64,
    pub show_ms: u64,
    pub change: ShelfChange,
}

/// A decision about a moment as it is kept: in milliseconds of the show, so that it holds for every cut of the film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptEdit {
    pub seq: u64,
    pub show_ms: Option<u64>,
}

/// The changes of a shelf as their host wants them shown, in the order of their new times.
pub fn edited(mut changes: Vec<LoggedChange>, edits: &[KeptEdit]) -> Vec<LoggedChange> {
    for edit in edits {
        match edit.show_ms {
            Some(show_ms) => changes.iter_mut().filter(|change| change.seq == edit.seq).for_each(|change| change.show_ms = show_ms),
            None => changes.retain(|change| change.seq != edit.seq),
        }
    }
    changes.sort_by_key(|change| (change.show_ms, change.seq));
    changes
}

/// Whether these decisions fit the log: each is about a product coming up, which stays between the times at which it was
/// taken away before and after.
///
/// # Errors
/// A sentence about the field `moments`.
pub fn check_edits(changes: &[LoggedChange], edits: &[KeptEdit]) -> Result<(), Fields> {
    let wrong = |sentence: String| Err(Fields::one("moments", sentence));
    if edits.len() > MOST_EDITS {
        return wrong(format!("Change at most {MOST_EDITS} moments."));
    }
    for (number, edit) in edits.iter().enumerate() {
        let pinned = changes.iter().position(|change| change.seq == edit.seq && matches!(change.change, ShelfChange::Pin(_)));
        let Some(index) = pinned.filter(|_| edits[..number].iter().all(|other| other.seq != edit.seq)) else {
            return wrong(format!("There is no moment {} to change, or it is named twice.", edit.seq));
        };
        let ShelfChange::Pin(product) = changes[index].change else { continue };
        let takes_away = |change: &&LoggedChange| change.change == ShelfChange::Unpin(product);
        let before = changes[..index].iter().rev().find(takes_away);
        let after = changes[index..].iter().find(takes_away);
        let Some(show_ms) = edit.show_ms else { continue };
        if let Some(before) = before.filter(|before| show_ms < before.show_ms) {
            return wrong(format!("This product was still there from before until {} of the show. Choose a later place.", clock(before.show_ms / 1000)));
        }
        if let Some(after) = after.filter(|after| show_ms >= after.show_ms) {
            return wrong(format!("This product was taken away at {} of the show. Choose an earlier place.", clock(after.show_ms / 1000)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(byte: u8) -> ProductId {
        ProductId::from_bytes([byte; 12])
    }

    fn log() -> Vec<LoggedChange> {
        use ShelfChange::{Pin, Unpin};
        let log = [(1, 10, Pin(id(1))), (2, 20, Pin(id(2))), (3, 30, Unpin(id(1))), (5, 50, Pin(id(1)))];
        log.map(|(seq, show_s, change)| LoggedChange { seq, show_ms: show_s * 1000, change }).into()
    }

    fn edit(seq: u64, show_s: Option<u64>) -> KeptEdit {
        KeptEdit { seq, show_ms: show_s.map(|seconds| seconds * 1000) }
    }

    #[test]
    fn moments_are_shown_where_their_host_wants_them() {
        let order = |edits: &[KeptEdit]| edited(log(), edits).iter().map(|change| (change.seq, change.show_ms / 1000)).collect::<Vec<_>>();
        assert_eq!(order(&[]), [(1, 10), (2, 20), (3, 30), (5, 50)]);
        assert_eq!(order(&[edit(1, Some(25)), edit(5, None)]), [(2, 20), (1, 25), (3, 30)]);
        assert_eq!(order(&[edit(9, Some(1))]).len(), 4, "what is not in the log changes nothing");
    }

    #[test]
    fn a_moment_stays_between_the_times_its_product_was_away() {
        let fits = |edits: &[KeptEdit]| check_edits(&log(), edits).is_ok();
        assert!(fits(&[]) && fits(&[edit(1, Some(0)), edit(5, Some(30)), edit(2, Some(900))]) && fits(&[edit(1, None)]));
        for (name, edits) in [
            ("after it was taken away", vec![edit(1, Some(30))]),
            ("before it was taken away the first time", vec![edit(5, Some(29))]),
            ("no product comes up there", vec![edit(3, Some(40))]),
            ("not in the log", vec![edit(4, None)]),
            ("twice", vec![edit(2, None), edit(2, Some(1))]),
        ] {
            assert!(!fits(&edits), "{name}");
        }
    }

    #[test]
    fn a_cut_leaves_something() {
        let cut = |start_ms, end_ms| Cut { start_ms, end_ms }.checked().is_ok();
        assert!(cut(0, None) && cut(5_000, None) && cut(0, Some(1_000)) && cut(u64::MAX, None));
        assert!(!cut(0, Some(999)) && !cut(5_000, Some(5_500)) && !cut(u64::MAX, Some(u64::MAX)) && !cut(9, Some(3)));
    }
}
