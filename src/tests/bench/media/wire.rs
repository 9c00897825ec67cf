//! What this bench and a media server say to each other, whoever's server it is. With ours it is a line of JSON each, since
//! ours runs in a process of its own, as others do.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use wrencos::server::sfu::{Command, Figures, Line, Notice};

/// What is asked of a media server.
#[derive(Debug, Serialize, Deserialize)]
pub enum Asked {
    /// To take the host's offer.
    Publish(String),
    /// To offer the picture to this viewer.
    Subscribe(u64),
    /// To take this viewer's answer.
    Answer(u64, String),
    /// To let this viewer go.
    Close(u64),
    /// To say what it counted, the next time that it looks. Of ours alone.
    Count,
}

impl Asked {
    /// As rooms say it. A count is nothing that rooms ask for.
    pub fn command(self) -> Option<Command> {
        match self {
            Self::Publish(offer) => Some(Command::Publish { number: 1, offer }),
            Self::Subscribe(line) => Some(Command::Subscribe(Line(line))),
            Self::Answer(line, answer) => Some(Command::Answer { line: Line(line), answer }),
            Self::Close(line) => Some(Command::Close(Line(line))),
            Self::Count => None,
        }
    }
}

/// What a media server says.
#[derive(Debug, Serialize, Deserialize)]
pub enum Told {
    /// It is there, at this UDP port.
    At(u16),
    /// It takes what the host sends.
    Answered(String),
    /// For this viewer.
    Offer(u64, String),
    Counted(Count),
    /// What nobody here waits for.
    Noted,
    /// That something cannot be done.
    Refused(String),
}

impl From<Notice> for Told {
    fn from(notice: Notice) -> Self {
        match notice {
            Notice::Answer { answer, .. } => Self::Answered(answer),
            Notice::Offer { line, offer, .. } => Self::Offer(line.0, offer),
            Notice::Picture | Notice::Joined(_) => Self::Noted,
            other => Self::Refused(format!("{other:?}")),
        }
    }
}

/// What ours counted since it began.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Count {
    /// Processor time of the thread that has all connections.
    pub cpu: Duration,
    /// Datagrams that found no room on their way out.
    pub dropped: u64,
    /// Packets that viewers asked for again.
    pub repeated: u64,
    /// Connections, now.
    pub connections: u64,
}

impl From<Figures> for Count {
    fn from(Figures { cpu, dropped, repeated, connections, .. }: Figures) -> Self {
        Self { cpu, dropped, repeated, connections }
    }
}
