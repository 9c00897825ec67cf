//! What a studio's tab remembers over a reload: that it is on air, from which source, and the name of its peer.

use super::Source;
use crate::{
    browser::page::{self, Memory},
    domain::id::{LivestreamId, PeerId},
};

const ON_AIR: &str = "wrencos.on-air";
const SOURCE: &str = "wrencos.source";
const PEER: &str = "wrencos.peer";

/// Whether this tab was on air with this show.
pub(super) fn is_on_air(show: LivestreamId) -> bool {
    page::recall(Memory::Tab, ON_AIR).is_some_and(|id| id == show.to_string())
}

/// On air with this show.
pub(super) fn set_on_air(show: LivestreamId) {
    page::remember(Memory::Tab, ON_AIR, &show.to_string());
}

/// Off the air.
pub(super) fn clear_on_air() {
    page::forget(Memory::Tab, ON_AIR);
}

/// The source that was used last.
pub(super) fn source() -> Option<Source> {
    read(&page::recall(Memory::Tab, SOURCE)?)
}

/// Remembers a source.
pub(super) fn set_source(source: &Source) {
    page::remember(Memory::Tab, SOURCE, &written(source));
}

/// The name of this tab's end of all connections: the same after a reload, so that the hub knows who is back.
pub(super) fn peer_id() -> PeerId {
    let known = page::recall(Memory::Tab, PEER).filter(|id| !id.is_empty());
    known.map_or_else(fresh_peer_id, PeerId)
}

/// Another name, where somebody else goes by the one we had.
pub(super) fn fresh_peer_id() -> PeerId {
    let id = page::random_id();
    page::remember(Memory::Tab, PEER, &id);
    PeerId(id)
}

fn written(source: &Source) -> String {
    match source {
        Source::Demo => "demo".to_owned(),
        Source::Camera { camera, microphone } => {
            let text = |id: &Option<String>| id.clone().unwrap_or_default();
            format!("camera\n{}\n{}", text(camera), text(microphone))
        }
    }
}

fn read(text: &str) -> Option<Source> {
    let mut lines = text.split('\n');
    let kind = lines.next()?;
    let mut id = || lines.next().filter(|id| !id.is_empty()).map(str::to_owned);
    match kind {
        "demo" => Some(Source::Demo),
        "camera" => Some(Source::Camera { camera: id(), microphone: id() }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_read_as_it_was_written() {
        for source in [
            Source::Demo,
            Source::Camera { camera: None, microphone: None },
            Source::Camera { camera: Some("a".into()), microphone: None },
            Source::Camera { camera: None, microphone: Some("b".into()) },
        ] {
            assert_eq!(read(&written(&source)), Some(source));
        }
        assert_eq!(read("something else"), None);
    }
}
