//! One socket from its upgrade to its end: reads frames that cannot be trusted, seats whoever sent them, and hands to
//! the room what the room is to decide. It knows who sends; it never decides what a show does.

mod identity;
mod player;
mod wire;

use axum::extract::ws::WebSocket;
use tokio::{sync::watch, time::Instant};

use self::identity::Profile;
pub use self::player::Played;
pub(super) use self::player::Players;
use super::{
    Hub, IsAdmin, Socket,
    actor::Message,
    limits::{Class, Limits, Sender},
    outbox::{Outbox, Shared},
    room::{Intro, Join, Part, SeatId, refusal},
    seat::Seat,
};
use crate::{
    domain::id::LivestreamId,
    error::{AppError, ErrorKind},
    protocol::{
        close,
        downward::{Downward, StreamUpdate},
        upward::{FrameError, PeerRegister, Register, Upward, UserType},
    },
    server::{auth::caller::Caller, state::AppState},
};

/// Serves a socket until it ends.
pub async fn run(socket: WebSocket, open: Socket, caller: Caller, state: AppState) {
    let session = Session::new(open, caller, state);
    wire::run(socket, session).await;
}

/// What is known of one socket.
struct Session {
    state: AppState,
    hub: Hub,
    socket: Socket,
    /// As the upgrade showed them; a token in a frame may replace the account.
    caller: Caller,
    profile: Option<Profile>,
    /// It said itself who it is; from then on it is nobody else.
    named: bool,
    seat: Option<Seat>,
    /// Follows the newest live show, because it named none.
    follows: bool,
    lobby: watch::Receiver<Option<LivestreamId>>,
    /// A peer that was registered while there was no show.
    early_peer: Option<PeerRegister>,
    limits: Limits,
    opened: Instant,
    /// When its token is to be proven again.
    proof_due: Instant,
}

impl Session {
    fn new(socket: Socket, caller: Caller, state: AppState) -> Self {
        let hub = state.hub.clone();
        socket.opened_with(caller.claims.as_ref());
        Self {
            lobby: hub.0.lobby.watch(),
            hub,
            state,
            socket,
            caller,
            profile: None,
            named: false,
            seat: None,
            follows: false,
            early_peer: None,
            limits: Limits::default(),
            opened: Instant::now(),
            // At once: the token may have ended between the upgrade and the line above.
            proof_due: Instant::now(),
        }
    }

    fn outbox(&self) -> &Outbox {
        self.socket.outbox()
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// A text frame arrived.
    async fn hear(&mut self, text: &str) {
        if self.outbox().is_closed() {
            return;
        }
        // What the room refused since the last frame is charged here too.
        for _ in 0..self.outbox().take_refusals() {
            self.charge();
        }
        match Upward::read(text) {
            Ok(frame) => {
                let (re, client_id) = (frame.name(), mark(&frame));
                let sender = if self.caller.is_admin() { Sender::Host } else { Sender::Viewer };
                let result = if self.limits.admit(Class::of(&frame), sender, self.now_ms()) { self.take(frame).await } else { Err(AppError::rate_limited(1)) };
                if let Err(error) = result {
                    self.refuse(&error, Some(re), client_id);
                }
            }
            Err(FrameError { code, message, re }) => {
                self.refuse(&AppError::new(ErrorKind::Malformed, message).coded(code), re.as_deref(), None);
            }
        }
    }

    /// A ping or pong arrived; pings are answered below us.
    fn pinged(&mut self) {
        let now_ms = self.now_ms();
        if !self.limits.admit_ping(now_ms) {
            self.charge();
        }
    }

    /// The page is left, as its browser says.
    fn farewell(&self) {
        if let Some(seat) = &self.seat {
            seat.farewell();
        }
    }

    fn refuse(&mut self, error: &AppError, re: Option<&str>, client_id: Option<String>) {
        self.outbox().push(&Shared::new(*refusal(error, re, client_id)));
        self.charge();
    }

    fn charge(&mut self) {
        let now_ms = self.now_ms();
        if !self.limits.forgive(now_ms) {
            self.outbox().close(close::POLICY, "Too many frames that could not be accepted.");
        }
    }

    async fn take(&mut self, frame: Upward) -> Result<(), AppError> {
        match frame {
            Upward::Register(register) => self.register_asked(register, Part::Viewer).await,
            Upward::RegisterAdmin(register) => self.register_asked(register, Part::Host).await,
            frame => {
                if matches!(frame, Upward::ChatMessage(_) | Upward::ToggleLike(_)) {
                    self.state.throttles.guest(&self.caller)?;
                }
                if self.profile.is_none() {
                    self.register_unasked(&frame).await?;
                }
                self.pass_on(frame).await
            }
        }
    }

    async fn register_asked(&mut self, register: Register, part: Part) -> Result<(), AppError> {
        let result = self.register(register, part).await;
        self.named |= self.profile.is_some();
        result
    }

    // Clients of the replaced system speak before they register, and were heard.
    async fn register_unasked(&mut self, frame: &Upward) -> Result<(), AppError> {
        let part = if is_for_hosts(frame) && self.caller.is_admin() { Part::Host } else { Part::Viewer };
        self.register(Register { stream_id: target(frame), ..Register::default() }, part).await
    }

    async fn register(&mut self, register: Register, part: Part) -> Result<(), AppError> {
        let profile = self.identify(&register, part).await?;
        if !self.socket.belongs_to(&profile.occupant.session) {
            self.outbox().close(close::TOO_MANY_SOCKETS, "Too many connections of one visitor.");
            return Ok(());
        }
        self.follows = register.stream_id.is_none();
        let newest = *self.lobby.borrow_and_update();
        let stays = self.seat.as_ref().filter(|seat| register.stream_id.is_none() && !seat.room().facts().has_ended()).map(Seat::show);
        let show = register.stream_id.or(newest).or(stays);
        let intro = profile.intro(self.state.clock.now(), show);
        self.profile = Some(profile);
        match show {
            Some(show) => self.join(show, Intro::Say(Box::new(intro)), register.since).await,
            None => {
                self.seat = None;
                self.outbox().welcome(&[intro, no_show()]);
                Ok(())
            }
        }
    }

    async fn join(&mut self, show: LivestreamId, intro: Intro, since: Option<i64>) -> Result<(), AppError> {
        let Some(profile) = &self.profile else { return Ok(()) };
        let id = SeatId(self.socket.id());
        let join = Box::new(Join { seat: id, occupant: profile.occupant.clone(), intro, since });
        let outbox = self.outbox().clone();
        let is_admin = if profile.occupant.admin { IsAdmin::Yes } else { IsAdmin::No };
        // Asked each time: what was for everybody when they came may not be any more.
        let room = self.hub.room_for(show, is_admin).await?;
        match &self.seat {
            // Coming in anew where one sits already must not leave first: others would see them go.
            Some(seat) if seat.show() == show => seat.room().send(Message::Join(join, outbox)).await,
            _ => {
                self.seat = None;
                room.send(Message::Join(join, outbox)).await;
                self.seat = Some(Seat::new(id, room));
            }
        }
        if let (Some(peer), Some(seat)) = (self.early_peer.take(), &self.seat) {
            seat.say(Upward::WebrtcRegister(peer)).await;
        }
        Ok(())
    }

    /// The newest live show is another: those who named none and sit in no live one go there.
    async fn lobby_changed(&mut self) {
        let newest = *self.lobby.borrow_and_update();
        let free = self.seat.as_ref().is_none_or(|seat| seat.room().facts().has_ended());
        if let Some(show) = newest.filter(|_| self.follows && free && self.profile.is_some())
            && let Err(error) = self.join(show, Intro::Started, None).await
        {
            tracing::warn!(stream.id = %show, %error, "somebody in the lobby could not be seated");
        }
    }

    async fn pass_on(&mut self, frame: Upward) -> Result<(), AppError> {
        let wanted = target(&frame);
        let here = self.seat.as_ref().map(Seat::show);
        if let Some(wanted) = wanted.filter(|wanted| Some(*wanted) != here) {
            if !is_for_hosts(&frame) {
                return Err(AppError::new(ErrorKind::Conflict, "You are not in this show.").coded("wrong_show"));
            }
            if !self.caller.is_admin() {
                return Err(unauthorized());
            }
            let Some(profile) = &self.profile else { return Ok(()) };
            let intro = profile.intro(self.state.clock.now(), Some(wanted));
            self.join(wanted, Intro::Say(Box::new(intro)), None).await?;
        }
        match (&self.seat, frame) {
            (Some(seat), frame) => {
                seat.say(frame).await;
                Ok(())
            }
            (None, Upward::WebrtcRegister(peer)) => {
                if peer.user_type == UserType::Admin && !self.caller.is_admin() {
                    return Err(unauthorized());
                }
                self.early_peer = Some(peer);
                Ok(())
            }
            (None, frame) if is_for_hosts(&frame) && !self.caller.is_admin() => Err(unauthorized()),
            (None, _) => Err(AppError::new(ErrorKind::Conflict, "There is no live show now.").coded("not_live")),
        }
    }
}

fn unauthorized() -> AppError {
    AppError::forbidden().coded("unauthorized")
}

/// The show that a frame is about, where it names one.
fn target(frame: &Upward) -> Option<LivestreamId> {
    match frame {
        Upward::ChatMessage(chat) => chat.stream_id,
        Upward::StartStream(start) | Upward::StreamStarted(start) | Upward::WebrtcBroadcastStart(start) => start.target(),
        Upward::ToggleLike(target) | Upward::StopStream(target) | Upward::StreamStopped(target) | Upward::PinnedProductsUpdated(target) => target.stream_id,
        _ => None,
    }
}

fn is_for_hosts(frame: &Upward) -> bool {
    match frame {
        Upward::StartStream(_)
        | Upward::StreamStarted(_)
        | Upward::WebrtcBroadcastStart(_)
        | Upward::StopStream(_)
        | Upward::StreamStopped(_)
        | Upward::PinnedProductsUpdated(_) => true,
        Upward::WebrtcRegister(register) => register.user_type == UserType::Admin,
        _ => false,
    }
}

fn mark(frame: &Upward) -> Option<String> {
    if let Upward::ChatMessage(chat) = frame { chat.client_id.clone() } else { None }
}

fn no_show() -> Downward {
    Downward::StreamUpdate(Box::new(StreamUpdate {
        stream_id: None,
        is_active: Some(false),
        viewer_count: Some(0),
        view_count: Some(0),
        max_viewers: Some(0),
        peak_viewers: Some(0),
        likes: Some(0),
        liked: Some(false),
        liked_by: Some(Vec::new()),
        broadcaster_online: Some(false),
        ..StreamUpdate::default()
    }))
}
