//! Hearts: one per person and show.

use serde::{Deserialize, Serialize};

/// Where a show's hearts stand, for one person. `likes` is the size of the set of those who gave one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LikeState {
    pub likes: u64,
    pub liked: bool,
}
