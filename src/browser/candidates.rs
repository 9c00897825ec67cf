//! Remote candidates that arrive before the description they belong to.

use crate::protocol::signal::IceCandidate;

/// The most candidates that wait; a peer that sends more is broken or hostile, and the rest is dropped.
const MAX_WAITING: usize = 256;

/// Holds candidates back until the remote description is set: before it, a browser refuses them.
#[derive(Debug, Default)]
pub struct CandidateQueue {
    is_open: bool,
    waiting: Vec<IceCandidate>,
}

impl CandidateQueue {
    /// The candidate again if it can be added now; otherwise it is kept.
    pub fn push(&mut self, candidate: IceCandidate) -> Option<IceCandidate> {
        if self.is_open {
            return Some(candidate);
        }
        if self.waiting.len() < MAX_WAITING {
            self.waiting.push(candidate);
        }
        None
    }

    /// The remote description is set: what waited, in the order in which it came.
    pub fn open(&mut self) -> Vec<IceCandidate> {
        self.is_open = true;
        std::mem::take(&mut self.waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(text: &str) -> IceCandidate {
        IceCandidate { candidate: text.into(), sdp_mid: None, sdp_m_line_index: None, username_fragment: None }
    }

    #[test]
    fn early_candidates_wait_in_order_and_late_ones_pass() {
        let mut queue = CandidateQueue::default();
        assert_eq!(queue.push(candidate("a")), None);
        assert_eq!(queue.push(candidate("b")), None);
        assert_eq!(queue.open(), [candidate("a"), candidate("b")]);
        assert_eq!(queue.push(candidate("c")), Some(candidate("c")));
        assert!(queue.open().is_empty());
    }

    #[test]
    fn a_flood_is_bounded() {
        let mut queue = CandidateQueue::default();
        for number in 0..5_000 {
            queue.push(candidate(&number.to_string()));
        }
        assert_eq!(queue.open().len(), MAX_WAITING);
    }
}
