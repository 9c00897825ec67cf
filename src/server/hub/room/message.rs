//! What goes into a room and what comes out of it.

use std::{collections::HashSet, fmt};

use crate::{
    domain::{
        chat::ChatMessage,
        feed::FeedOrder,
        id::{LivestreamId, MessageId, PeerId, ProductId, SessionId, UserId},
        like::LikeState,
        moderation::{ChatRules, SanctionKind},
        pin::PinnedProduct,
        time::Timestamp,
    },
    error::AppError,
    protocol::{downward::Downward, upward::Upward},
    server::db::{
        events::{EventData, EventRecord, Outcome},
        livestreams::{Figures, LivestreamRecord},
        presence::Attendance,
    },
    server::sfu::message::{Command, Notice},
};

/// Likers that an admin is shown.
pub const LIKERS_SHOWN: usize = 1000;

/// A point in time: the wall clock's for what is written down, and one that only runs forward for everything that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub at: Timestamp,
    /// Milliseconds since the room was opened.
    pub elapsed_ms: u64,
}

/// How picture and sound of a show travel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carrier {
    /// From the host's browser to each viewer's.
    Direct,
    /// Through the media server, which is called by this name.
    Server(PeerId),
    /// From the host's browser to so many viewers; if there are more, or one cannot be reached, through the media server.
    Relieved { server: PeerId, direct_viewers: usize },
}

/// One socket in one room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatId(pub u64);

/// Someone outside who waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// As what somebody came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// By `register_admin`: is not offered the picture.
    Host,
    /// By `register`.
    Viewer,
    /// An encoder, which is a host and nothing else.
    Encoder,
    /// A player, which is a viewer without a page: it offers, and the media server answers.
    Player,
}

/// Who sits on a seat, as the server knows them.
#[derive(Clone, PartialEq, Eq)]
pub struct Occupant {
    pub session: SessionId,
    /// The one who likes and speaks: the account, else the session.
    pub person: String,
    pub user: Option<UserId>,
    /// The account's name.
    pub name: Option<String>,
    /// Whether the account runs the shop.
    pub admin: bool,
    /// Whether it keeps order in the chat.
    pub moderator: bool,
    /// By what sanctions know them: account, session, and the network of a guest.
    pub marks: Vec<String>,
    pub part: Part,
    /// What this client calls itself, for `likedBy`.
    pub alias: String,
}

impl Occupant {
    /// Whether the rules of the chat are not for them.
    pub fn is_exempt(&self) -> bool {
        self.admin || self.moderator
    }
}

impl fmt::Debug for Occupant {
    // Without sessions: whoever knows one is that visitor.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Occupant").field("user", &self.user).field("admin", &self.admin).field("part", &self.part).finish_non_exhaustive()
    }
}

/// What somebody hears before anything else.
#[derive(Debug, Clone, PartialEq)]
pub enum Intro {
    /// This frame.
    Say(Box<Downward>),
    /// That the show they waited for has begun.
    Started,
    /// Nothing: they are back after a fault of ours.
    Silent,
}

/// Somebody takes a seat, or comes in anew on the seat they have.
#[derive(Debug, Clone, PartialEq)]
pub struct Join {
    pub seat: SeatId,
    pub occupant: Occupant,
    pub intro: Intro,
    /// The last `seq` they have seen.
    pub since: Option<i64>,
}

/// A show as the database has it when its room opens.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub show: LivestreamRecord,
    /// The newest place in the log.
    pub seq: u64,
    /// The newest messages, oldest first.
    pub messages: Vec<ChatMessage>,
    /// Whether `messages` are all there are.
    pub complete: bool,
    pub shelf: Vec<PinnedProduct>,
    pub likers: HashSet<String>,
    pub speakers: HashSet<String>,
    /// Whether the log knows that the show began.
    pub start_logged: bool,
    /// Whether it knows that the show ended.
    pub stop_logged: bool,
    /// The newest deletions, oldest first: place in the log, and the message.
    pub removals: Vec<(u64, MessageId)>,
    pub house: House,
}

/// What keeps order in a show, as it is stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct House {
    pub rules: ChatRules,
    /// The shop's list.
    pub blocked_words: Vec<String>,
    pub holds: Vec<Hold>,
}

/// A mute or ban, with the marks of whoever is meant. Without an end where `until` is absent.
#[derive(Clone, PartialEq, Eq)]
pub struct Hold {
    pub marks: Vec<String>,
    pub kind: SanctionKind,
    pub until: Option<Timestamp>,
}

impl fmt::Debug for Hold {
    // Without marks, which are made of sessions.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hold").field("kind", &self.kind).field("until", &self.until).finish_non_exhaustive()
    }
}

/// What happens to a room.
#[derive(Debug)]
pub enum Event {
    Join(Box<Join>),
    Leave(SeatId),
    /// The page behind a seat is left for good: unlike after a lost network, nobody watches there any more.
    Farewell(SeatId),
    Frame(SeatId, Box<Upward>),
    Asked(Ticket, Ask),
    /// What became of each record of the last [`Effect::Persist`], in its order; `Err` if none of it can be known.
    Stored(Result<Vec<Outcome>, Unstored>),
    LikesStored(Result<(), Unstored>),
    AttendanceStored(Result<(), Unstored>),
    ShelfLoaded(Result<Vec<PinnedProduct>, Unstored>),
    HouseLoaded(Result<Box<House>, Unstored>),
    /// The media server said something.
    Media(Notice),
    /// What the show is after the last [`Effect::Start`] or [`Effect::Stop`], or why it stays what it was.
    Transitioned(Result<Box<LivestreamRecord>, AppError>),
    Tick,
}

/// The database did not answer, or not well. Worth trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unstored;

/// A request from outside the sockets.
#[derive(Debug)]
pub enum Ask {
    /// Only that the room is open.
    Open,
    Chat {
        occupant: Box<Occupant>,
        text: String,
        given_name: Option<String>,
        client_id: Option<String>,
    },
    /// `wish` as in [`LikeWish`].
    Like {
        person: String,
        /// As in [`Occupant`]; empty for those whom no sanction touches.
        marks: Vec<String>,
        wish: LikeWish,
    },
    /// A message that this show has is to be gone.
    Delete {
        message: MessageId,
        by: UserId,
    },
    /// What keeps order is stored anew. Answered once it is in force.
    HouseChanged,
    Start,
    Stop,
    /// The stored shelf is another.
    ShelfChanged(EventData),
    /// Somebody bought something in this show: logged, and told to its hosts.
    Ordered {
        data: EventData,
        told: Box<FeedOrder>,
    },
    /// An order of this show stands otherwise than it was told.
    OrderMoved(Box<FeedOrder>),
    /// A product is another: its price, its stock.
    ProductChanged(ProductId),
    /// The show's own fields are others.
    Updated(Box<LivestreamRecord>),
    /// So many have viewed it.
    Viewed(u64),
    Figures {
        person: String,
    },
    /// Whether somebody with these marks (none: whom no sanction touches) may watch now, and since when the show runs.
    Watch {
        marks: Vec<String>,
    },
    /// Answered when everything is stored.
    Flush,
}

/// What somebody wants of their heart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LikeWish {
    Toggle,
    Like,
    Unlike,
}

/// The answer to an [`Ask`].
#[derive(Debug, Clone)]
pub enum Answer {
    Done,
    Chat(ChatMessage),
    /// The place of the deletion in the log.
    Deleted(u64),
    Like(LikeState),
    Show(Box<LivestreamRecord>),
    Watching {
        since: Timestamp,
    },
    Figures {
        figures: Figures,
        liked: bool,
        likers: Vec<String>,
        on_air: bool,
    },
}

/// Hearts to write down. Nobody stands in both.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LikeChanges {
    pub added: Vec<String>,
    pub removed: Vec<String>,
}

/// What a room wants done. At most one [`Persist`](Self::Persist), [`StoreLikes`](Self::StoreLikes),
/// [`StoreAttendance`](Self::StoreAttendance), [`LoadShelf`](Self::LoadShelf), [`LoadHouse`](Self::LoadHouse) and one of [`Start`](Self::Start) or [`Stop`](Self::Stop) is under way at a time.
#[derive(Debug)]
pub enum Effect {
    /// To one seat.
    Send(SeatId, Box<Downward>),
    /// To every seat.
    Broadcast(Box<Downward>),
    /// To these seats.
    SendMany(Vec<SeatId>, Box<Downward>),
    /// All that somebody who joins must know, at once and in this order.
    Welcome(SeatId, Vec<Downward>),
    Answer(Ticket, Result<Answer, AppError>),
    /// Answered by [`Event::Stored`].
    Persist(Vec<EventRecord>),
    /// Answered by [`Event::LikesStored`].
    StoreLikes(LikeChanges),
    /// Answered by [`Event::AttendanceStored`].
    StoreAttendance(Attendance),
    /// Answered by [`Event::ShelfLoaded`].
    LoadShelf,
    /// Answered by [`Event::HouseLoaded`].
    LoadHouse,
    /// Closes the socket of somebody who may not be here, with this sentence. They have no seat any more.
    Dismiss(SeatId, String),
    /// Makes the show live in the database. Answered by [`Event::Transitioned`].
    Start,
    /// Ends the show in the database. Answered by [`Event::Transitioned`].
    Stop {
        reason: &'static str,
        figures: Figures,
    },
    /// To the media server, where there is one. It answers by [`Event::Media`].
    Media(Command),
    /// Writes the highest number of viewers down.
    SavePeak(u64),
    /// Writes down that somebody was on air, for the grace after a restart of the server.
    SaveOnAir,
    /// Everybody here knows that the show is live: those in the lobby may come.
    Live(LivestreamId),
    /// Everybody here knows that the show has ended.
    Ended(LivestreamId),
}
