//! How an encoder becomes the camera of a show.

use serde::{Deserialize, Serialize};

/// What is entered into an encoder that speaks WHIP, such as OBS.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ingest {
    /// The path of the server, to be put behind the shop's address.
    pub url: String,
    /// Whoever has it can be the camera of this show, and do nothing else.
    pub bearer_token: String,
}

impl std::fmt::Debug for Ingest {
    // Without the secret, which must reach no log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ingest").field("url", &self.url).finish_non_exhaustive()
    }
}
