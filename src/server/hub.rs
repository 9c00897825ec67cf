//! The rooms of shows and the sockets in them.
//!
//! Owns what is live: who is connected, what they hear, in which order. Stores through `db`; knows no use case, no
//! route and no page.

mod actor;
mod encoder;
mod heard;
mod limits;
mod lobby;
mod outbox;
mod registry;
pub mod room;
mod seat;
pub mod session;
mod sockets;

use std::{net::IpAddr, sync::Arc, time::Duration};

pub use self::actor::{Facts, RoomHandle};
pub use self::encoder::Published;
pub use self::session::Played;
pub use self::sockets::{Refusal, Socket};
use self::{
    actor::{Hands, Message},
    encoder::Encoders,
    lobby::Lobby,
    registry::Registry,
    room::{Answer, Ask, Patience},
    session::Players,
    sockets::{Caps, Sockets},
};
use super::{
    clock::Clock,
    config::Config,
    db::{Db, DbError},
    engine::Engine,
    sfu::Sfu,
};
use crate::{
    domain::id::{LivestreamId, ProductId, UserId},
    error::AppError,
};

/// How long a live show waits for its first broadcaster.
const FIRST_BROADCAST: Duration = Duration::from_secs(15 * 60);
/// How long stopping waits for sockets, and for what is not stored yet.
const DRAIN: Duration = Duration::from_secs(10);

/// Whether somebody who wants a seat runs the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IsAdmin {
    Yes,
    No,
}

/// All rooms and sockets of this server. Cheap to clone.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    db: Db,
    lobby: Arc<Lobby>,
    registry: Arc<Registry>,
    sockets: Arc<Sockets>,
    encoders: Arc<Encoders>,
    players: Arc<Players>,
}

impl Hub {
    /// A hub without rooms, over this database. Pictures go through the media server or the engine, if there is one.
    pub fn new(db: Db, clock: Clock, config: &Config, sfu: Option<Sfu>, engine: Option<Engine>) -> Self {
        let lobby = Arc::<Lobby>::default();
        let first_broadcast_ms = u64::try_from(FIRST_BROADCAST.as_millis()).unwrap_or(u64::MAX);
        let hands = Hands {
            db: db.clone(),
            clock,
            patience: Patience { host_grace_ms: config.host_grace_ms, first_broadcast_ms },
            max_active_shows: config.max_active_shows,
            lobby: lobby.clone(),
            sfu,
            engine,
            direct_viewers: config.media.direct_viewers(),
            simulcast: config.media.simulcast(),
        };
        let caps = Caps { per_visitor: config.max_sockets_per_visitor, per_address: config.max_sockets_per_address };
        let (registry, sockets) = (Arc::new(Registry::new(hands)), Arc::new(Sockets::new(caps)));
        Self(Arc::new(Inner { db, lobby, registry, sockets, encoders: Arc::default(), players: Arc::default() }))
    }

    /// Opens the room of every show that is live in the database, so that each waits for its host from now on.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn resume(&self) -> Result<(), DbError> {
        let live = self.0.db.live_livestreams().await?;
        for show in live.iter().rev() {
            self.0.lobby.went_live(show.id);
            self.0.registry.open(show.id).await?;
        }
        Ok(())
    }

    /// The room of a show, opened if it is not.
    ///
    /// # Errors
    /// NotFound if there is no such show, Unavailable when the database is away.
    pub async fn room(&self, show: LivestreamId) -> Result<RoomHandle, AppError> {
        self.0.registry.open(show).await?.ok_or_else(|| AppError::not_found("livestream"))
    }

    /// The room of a show for somebody who wants a seat in it.
    ///
    /// # Errors
    /// As [`room`](Self::room); NotFound for all but admins where customers are to find no trace of the show.
    pub async fn room_for(&self, show: LivestreamId, is_admin: IsAdmin) -> Result<RoomHandle, AppError> {
        if is_admin == IsAdmin::No && self.0.registry.is_hidden(show).await? {
            return Err(AppError::not_found("livestream"));
        }
        self.room(show).await
    }

    /// Asks the room of a show.
    ///
    /// # Errors
    /// As [`room`](Self::room), and what the room refuses.
    pub async fn ask(&self, show: LivestreamId, ask: Ask) -> Result<Answer, AppError> {
        self.room(show).await?.ask(ask).await
    }

    /// The room of a show if it is open: for figures that only an open room has.
    pub fn open_room(&self, show: LivestreamId) -> Option<RoomHandle> {
        self.0.registry.get(show)
    }

    /// Forgets a show that was deleted.
    pub async fn forget(&self, show: LivestreamId) {
        if let Some(room) = self.0.registry.get(show) {
            room.send(Message::Forget).await;
        }
    }

    /// Counts a socket from this address in.
    ///
    /// # Errors
    /// The reason why there may not be one.
    pub fn open_socket(&self, address: IpAddr) -> Result<Socket, Refusal> {
        self.0.sockets.open(address)
    }

    /// Closes the sockets that were opened with this token.
    pub fn close_token(&self, token_id: &str) {
        self.0.sockets.close_token(token_id);
    }

    /// Closes the sockets of this account: its tokens hold no more.
    pub fn close_account(&self, id: UserId) {
        self.0.sockets.close_account(id);
    }

    /// What keeps order is stored anew: in force in these open rooms when this returns. A room that is opened later
    /// reads it by itself.
    ///
    /// # Errors
    /// What a room refuses.
    pub async fn house_changed(&self, show: Option<LivestreamId>) -> Result<(), AppError> {
        let rooms = self.0.registry.all().into_iter().filter(|room| show.is_none_or(|show| room.show() == show));
        for answer in futures::future::join_all(rooms.map(|room| async move { room.ask(Ask::HouseChanged).await })).await {
            answer?;
        }
        Ok(())
    }

    /// Shows with this product on their shelf look at it again.
    pub fn product_changed(&self, id: ProductId) {
        for room in self.0.registry.all() {
            tokio::spawn(async move { room.ask(Ask::ProductChanged(id)).await });
        }
    }

    /// Opens no more sockets, closes every one with a hint to come back, and waits until they are closed and what was
    /// said is stored.
    pub async fn shutdown(&self) {
        if tokio::time::timeout(DRAIN, self.0.sockets.drain()).await.is_err() {
            tracing::warn!("some sockets did not close in time");
        }
        let flushed = futures::future::join_all(self.0.registry.all().into_iter().map(|room| async move { room.ask(Ask::Flush).await }));
        if tokio::time::timeout(DRAIN / 2, flushed).await.is_err() {
            tracing::warn!("something of a show could not be stored before the stop");
        }
    }

    /// Whether no more sockets are opened.
    pub fn is_draining(&self) -> bool {
        self.0.sockets.is_draining()
    }

    /// Makes the room of a show panic. It proves in tests that a fault in a room costs nobody their seat.
    #[doc(hidden)]
    pub async fn crash_room(&self, show: LivestreamId) {
        if let Some(room) = self.0.registry.get(show) {
            room.send(Message::Crash).await;
        }
    }
}
