//! What a room's picture goes through, where it does not go from browser to browser: the media server of this process, or an
//! engine that is not ours. To the room they are the same.

use tokio::sync::mpsc;

use super::Hands;
use crate::{
    domain::id::PeerId,
    server::{
        engine,
        sfu::{self, Command, Notice},
    },
};

/// This room's place there, and what the server is called here: never what a client could guess.
pub(super) struct Relay {
    stage: Stage,
    pub name: PeerId,
    /// Whether the picture goes through it, as of what the room last said.
    pub is_in_use: bool,
    /// Whether viewers offer to take the picture from there.
    pub viewers_offer: bool,
}

enum Stage {
    Own(sfu::Stage),
    External(engine::Stage),
}

impl Relay {
    /// A place for a new room, if there is anything to go through, and what the room hears from there.
    pub fn open(hands: &Hands) -> (Option<Self>, mpsc::Receiver<Notice>) {
        let (stage, notices, viewers_offer) = match (&hands.sfu, &hands.engine) {
            (Some(sfu), _) => {
                let (stage, notices) = sfu.stage();
                (Stage::Own(stage), notices, false)
            }
            (None, Some(engine)) => {
                let (stage, notices) = engine.stage();
                (Stage::External(stage), notices, engine.viewers_offer())
            }
            // Nothing ever comes here.
            (None, None) => return (None, mpsc::channel(1).1),
        };
        let name = PeerId(format!("media-{:032x}", rand::random::<u128>()));
        (Some(Self { stage, name, is_in_use: hands.direct_viewers == 0, viewers_offer }), notices)
    }

    /// Says what the room wants.
    pub fn tell(&self, command: Command) {
        match &self.stage {
            Stage::Own(stage) => stage.tell(command),
            Stage::External(stage) => stage.tell(command),
        }
    }

    /// The way to what the host sends, where it comes by here.
    pub fn tap(&self) -> Option<sfu::Tap> {
        if let Stage::Own(stage) = &self.stage { Some(stage.tap()) } else { None }
    }
}
