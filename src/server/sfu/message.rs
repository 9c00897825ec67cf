//! What a room and the media server say to each other. Session descriptions are carried as text; addresses of the other
//! end are not carried at all, since the server finds them by the checks that come from there.

pub use super::core::{Layer, Wish};

/// The viewer's connection of one seat. One seat has at most one, but for the moment in which a new one takes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(pub u64);

/// What a room wants of the media server, about its own show. Each can be lost without harm: viewers and room ask again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The host offers picture and sound: answered by [`Notice::Answer`] with the same number.
    Publish { number: u64, offer: String },
    /// The host's picture is not wanted any more.
    Unpublish,
    /// A viewer asks for the picture: answered by [`Notice::Offer`], unless it has one that works.
    Subscribe(Line),
    /// The same, but nobody asked: a viewer that has a connection, or an offer, gets nothing.
    Check(Line),
    /// A viewer offers to take the picture, as players do, and pages where viewers are not offered it: answered by [`Notice::Playing`].
    Play { line: Line, offer: String },
    /// A viewer's answer to the newest offer.
    Answer { line: Line, answer: String },
    /// What a viewer wishes to see. It holds for later connections of the line, too.
    Choose { line: Line, wish: Wish },
    /// A viewer is gone.
    Close(Line),
    /// A viewer has come back on another socket while its connection went on.
    Move { from: Line, to: Line },
    /// Nobody is to send or see anything any more.
    End,
}

/// What a room hears from the media server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// To the host's offer of this number.
    Answer { number: u64, answer: String },
    /// The host's offer of this number cannot be used.
    Unusable { number: u64 },
    /// For a viewer. `layers`: the host sends the picture in several sizes.
    Offer { line: Line, offer: String, layers: bool },
    /// This viewer may offer to take the picture: it is not offered it.
    Invite(Line),
    /// To the offer of a viewer.
    Playing { line: Line, answer: String },
    /// The offer of this viewer cannot be used.
    Unplayable(Line),
    /// This viewer cannot be served.
    Full(Line),
    /// The picture cannot be brought just now: to this viewer, or, without one, of this host. It comes back by itself.
    Away(Option<Line>),
    /// Another show has the one place that there is. The host is asked for an offer once it is free.
    Taken,
    /// The host's picture comes now.
    Picture,
    /// This viewer has a connection.
    Joined(Line),
    /// The host's picture does not come any more, over a connection that is still there.
    Silent,
    /// The host has no connection any more, nor one on the way.
    Gone,
}
