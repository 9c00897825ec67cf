//! The servers that help two browsers to find a path.

use super::retry::wait_ms;
use crate::{
    api::media::ice_servers,
    browser::{page, timer},
    protocol::signal::IceServer,
};

/// How often it is asked: nobody waits long for help that most do not need.
const TRIES: u32 = 3;
const LEAST_WAIT_MS: u32 = 500;

/// What the shop has configured; none where it cannot be asked: most paths are found without help.
pub(super) async fn servers() -> Vec<IceServer> {
    for attempt in 0..TRIES {
        if let Ok(servers) = ice_servers().await {
            return servers;
        }
        timer::pause(LEAST_WAIT_MS + wait_ms(attempt, page::random())).await;
    }
    Vec::new()
}
