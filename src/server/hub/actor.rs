//! The task that owns one room: feeds it events, carries out its effects, and opens it anew from the database if it
//! panics. It decides nothing about the show.

mod facts;
mod perform;
mod relay;

use std::{
    collections::{BTreeMap, HashMap},
    panic::AssertUnwindSafe,
    sync::{Arc, Weak},
    time::Duration,
};

use futures::FutureExt;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
    time::{Instant, sleep, sleep_until, timeout},
};

pub use self::facts::Facts;
use self::relay::Relay;
use super::{
    lobby::Lobby,
    outbox::Outbox,
    registry::Registry,
    room::{Answer, Ask, Carrier, Effect, Event, Intro, Join, Loaded, Moment, Part, Patience, Room, SeatId, Ticket},
};
use crate::{
    domain::{
        id::{LivestreamId, PeerId},
        livestream::LivestreamStatus,
    },
    error::AppError,
    protocol::{
        close,
        upward::{PeerRegister, Start, Upward, UserType},
    },
    server::{
        clock::Clock,
        db::Db,
        engine::Engine,
        sfu::{self, Notice, Sfu},
    },
};

/// Messages that may wait for a room; beyond that its sockets are not read.
const MAILBOX: usize = 1024;
/// The longest that one word with the database may take: the driver itself waits for a hanging one without end.
const DB_PATIENCE: Duration = Duration::from_secs(10);
/// How long an empty room is kept.
const IDLE: Duration = Duration::from_secs(30);

/// What every room needs of the world.
#[derive(Clone)]
pub(super) struct Hands {
    pub db: Db,
    pub clock: Clock,
    pub patience: Patience,
    pub max_active_shows: u32,
    pub lobby: Arc<Lobby>,
    /// The media server, if pictures may go through it, and how many viewers a host carries before they do.
    pub sfu: Option<Sfu>,
    /// The engine that they go through in place of it.
    pub engine: Option<Engine>,
    pub direct_viewers: usize,
    /// Browsers of hosts send the media server three sizes of the picture.
    pub simulcast: bool,
}

/// What is said to a room.
#[derive(Debug)]
pub(super) enum Message {
    Join(Box<Join>, Outbox),
    Event(Event),
    Ask(Ask, oneshot::Sender<Result<Answer, AppError>>),
    /// The show was deleted.
    Forget,
    /// Panics, to prove that a room comes back from that.
    Crash,
}

/// The way to a room. A room is kept while anybody outside the registry holds one.
#[derive(Debug, Clone)]
pub struct RoomHandle {
    show: LivestreamId,
    mailbox: mpsc::Sender<Message>,
    facts: Arc<Facts>,
    tap: Option<sfu::Tap>,
    /// Counts the handles.
    token: Arc<()>,
}

impl RoomHandle {
    /// The show of the room.
    pub fn show(&self) -> LivestreamId {
        self.show
    }

    /// What is known without asking.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The way to what its host sends to the media server, if there is one.
    pub fn tap(&self) -> Option<&sfu::Tap> {
        self.tap.as_ref()
    }

    /// Asks the room.
    ///
    /// # Errors
    /// What the room refuses; Unavailable where it fell over the question.
    pub async fn ask(&self, ask: Ask) -> Result<Answer, AppError> {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Ask(ask, reply)).await;
        answer.await.unwrap_or_else(|_| Err(AppError::unavailable("This show is being opened again. Try again in a moment.")))
    }

    pub(super) async fn send(&self, message: Message) {
        // A room that is gone has no seats either, and a question to it is answered by the dropped reply.
        let _ = self.mailbox.send(message).await;
    }

    /// A hint, which a full room may miss: the broadcaster finds out by itself, only later.
    pub(super) fn farewell(&self, seat: SeatId) {
        let _ = self.mailbox.try_send(Message::Event(Event::Farewell(seat)));
    }

    pub(super) fn leave(&self, seat: SeatId) {
        let message = Message::Event(Event::Leave(seat));
        if let Err(mpsc::error::TrySendError::Full(message)) = self.mailbox.try_send(message) {
            let mailbox = self.mailbox.clone();
            tokio::spawn(async move { mailbox.send(message).await });
        }
    }

    /// Whether only the registry knows this room and nothing waits for it.
    pub(super) fn is_forgotten(&self) -> bool {
        Arc::strong_count(&self.token) == 1 && self.mailbox.capacity() == self.mailbox.max_capacity()
    }
}

/// Opens a room and lets it live.
pub(super) fn spawn(show: LivestreamId, hands: Hands, registry: Weak<Registry>) -> RoomHandle {
    let (mailbox, messages) = mpsc::channel(MAILBOX);
    let facts = Arc::<Facts>::default();
    let (relay, notices) = Relay::open(&hands);
    let tap = relay.as_ref().and_then(Relay::tap);
    let actor = Actor {
        show,
        hands,
        registry,
        facts: facts.clone(),
        messages,
        seats: BTreeMap::new(),
        on_air: None,
        tickets: HashMap::new(),
        next_ticket: 0,
        tasks: JoinSet::new(),
        opened: Instant::now(),
        relay,
        notices,
    };
    tokio::spawn(actor.run());
    RoomHandle { show, mailbox, facts, tap, token: Arc::default() }
}

/// A seat as the actor knows it: where its frames go, and what to tell a room that was opened anew. That is what the
/// room came to, never what somebody asked of it: what it refused once would be asked again.
struct Placed {
    outbox: Outbox,
    join: Join,
    peer: Option<PeerId>,
}

enum Done {
    Event(Event),
    /// Somebody else wrote this log, or the room lost count.
    Reload,
}

/// How serving a room came to its end.
enum End {
    Closed,
    Reload,
}

struct Actor {
    show: LivestreamId,
    hands: Hands,
    registry: Weak<Registry>,
    facts: Arc<Facts>,
    messages: mpsc::Receiver<Message>,
    seats: BTreeMap<SeatId, Placed>,
    /// Who sent the picture when the room last said.
    on_air: Option<(SeatId, Option<PeerId>)>,
    tickets: HashMap<Ticket, oneshot::Sender<Result<Answer, AppError>>>,
    next_ticket: u64,
    tasks: JoinSet<Done>,
    opened: Instant,
    relay: Option<Relay>,
    /// Without a media server nothing comes here.
    notices: mpsc::Receiver<Notice>,
}

impl Actor {
    async fn run(mut self) {
        loop {
            let Some(loaded) = self.load().await else {
                self.registry.upgrade().iter().for_each(|registry| registry.remove(self.show));
                return;
            };
            match AssertUnwindSafe(self.serve(loaded)).catch_unwind().await {
                Ok(End::Closed) => return,
                Ok(End::Reload) => tracing::warn!(stream.id = %self.show, "a room is read again from the database"),
                Err(_) => tracing::error!(stream.id = %self.show, "a room panicked and is opened again"),
            }
            // Whoever waits for an answer learns that there is none. What is on its way to the database must arrive
            // before it is read, or the log would be counted wrongly.
            self.tickets.clear();
            let _ = timeout(DB_PATIENCE, async { while self.tasks.join_next().await.is_some() {} }).await;
            self.tasks.abort_all();
            while self.tasks.join_next().await.is_some() {}
            sleep(Duration::from_millis(100)).await;
        }
    }

    // Tries until the database answers. `None` where the show does not exist.
    async fn load(&mut self) -> Option<Loaded> {
        let mut wait = Duration::from_millis(100);
        loop {
            match timeout(DB_PATIENCE, perform::load(&self.hands.db, self.show, self.hands.clock.now())).await {
                Ok(Ok(loaded)) => return loaded,
                Ok(Err(error)) => tracing::warn!(stream.id = %self.show, %error, "a room cannot be opened yet"),
                Err(_) => tracing::warn!(stream.id = %self.show, "a room cannot be opened yet: the database hangs"),
            }
            sleep(wait).await;
            wait = (wait * 2).min(Duration::from_secs(2));
        }
    }

    async fn serve(&mut self, loaded: Loaded) -> End {
        self.opened = Instant::now();
        let mut effects = Vec::new();
        let carrier = match &self.relay {
            None => Carrier::Direct,
            Some(relay) if relay.is_in_use => Carrier::Server(relay.name.clone()),
            Some(relay) => Carrier::Relieved { server: relay.name.clone(), direct_viewers: self.hands.direct_viewers },
        };
        let mut room = Room::new(loaded, self.hands.patience, carrier, self.moment());
        if self.hands.simulcast {
            room.take_sizes();
        }
        if self.relay.as_ref().is_some_and(|relay| relay.viewers_offer) {
            room.let_viewers_offer();
        }
        // The room that ended it may not have come to say so.
        if room.show().status == LivestreamStatus::Ended {
            self.hands.lobby.ended(self.show);
        }
        self.tell(&mut room, Event::Tick, &mut effects);
        self.seat_again(&mut room, &mut effects);
        loop {
            self.on_air = room.on_air().map(|(seat, peer)| (seat, peer.cloned()));
            let deadline = room.deadline_ms().map(|ms| self.opened + Duration::from_millis(ms));
            let idle = room.is_idle();
            tokio::select! {
                message = self.messages.recv() => match message {
                    Some(Message::Forget) => {
                        self.hands.lobby.ended(self.show);
                        for placed in self.seats.values() {
                            placed.outbox.close(close::SHOW_DELETED, "This show was deleted.");
                        }
                        if let Some(registry) = self.registry.upgrade() {
                            registry.remove(self.show);
                        }
                        return End::Closed;
                    }
                    Some(message) => self.hear(&mut room, message, &mut effects),
                    None => return End::Closed,
                },
                Some(done) = self.tasks.join_next(), if !self.tasks.is_empty() => match done {
                    Ok(Done::Event(event)) => self.tell(&mut room, event, &mut effects),
                    Ok(Done::Reload) | Err(_) => return End::Reload,
                },
                Some(notice) = self.notices.recv() => self.tell(&mut room, Event::Media(notice), &mut effects),
                () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => self.tell(&mut room, Event::Tick, &mut effects),
                () = sleep(IDLE), if idle => {
                    if self.registry.upgrade().is_none_or(|registry| registry.retire(self.show)) {
                        return End::Closed;
                    }
                }
            }
        }
    }

    // A room that was opened anew knows nobody: everyone is seated again and gets a fresh picture.
    fn seat_again(&mut self, room: &mut Room, effects: &mut Vec<Effect>) {
        let mut again = Vec::new();
        let on_air = self.on_air.clone().filter(|(seat, _)| self.seats.contains_key(seat));
        for (seat, placed) in &self.seats {
            again.push(Event::Join(Box::new(Join { intro: Intro::Silent, since: None, ..placed.join.clone() })));
            let watches = placed.join.occupant.part == Part::Viewer && on_air.as_ref().is_none_or(|(host, _)| host != seat);
            if let Some(peer_id) = placed.peer.clone().filter(|_| watches) {
                let frame = Upward::WebrtcRegister(PeerRegister { peer_id, user_type: UserType::Customer });
                again.push(Event::Frame(*seat, Box::new(frame)));
            }
        }
        // Last, so that whoever is announced to the host is seated already.
        if let Some((seat, peer_id)) = on_air {
            again.push(Event::Frame(seat, Box::new(Upward::WebrtcBroadcastStart(Start { peer_id, ..Start::default() }))));
        }
        for event in again {
            self.tell(room, event, effects);
        }
    }

    fn moment(&self) -> Moment {
        Moment { at: self.hands.clock.now(), elapsed_ms: u64::try_from(self.opened.elapsed().as_millis()).unwrap_or(u64::MAX) }
    }

    fn hear(&mut self, room: &mut Room, message: Message, effects: &mut Vec<Effect>) {
        match message {
            Message::Join(join, outbox) => {
                let peer = self.seats.remove(&join.seat).and_then(|placed| placed.peer);
                self.seats.insert(join.seat, Placed { outbox, join: (*join).clone(), peer });
                self.tell(room, Event::Join(join), effects);
            }
            Message::Event(event) => {
                let sender = match &event {
                    Event::Leave(seat) => {
                        self.seats.remove(seat);
                        None
                    }
                    Event::Frame(seat, _) => Some(*seat),
                    _ => None,
                };
                self.tell(room, event, effects);
                if let Some(seat) = sender
                    && let Some(placed) = self.seats.get_mut(&seat)
                    && placed.peer.as_ref() != room.peer(seat)
                {
                    placed.peer = room.peer(seat).cloned();
                }
            }
            Message::Ask(ask, reply) => {
                self.next_ticket += 1;
                let ticket = Ticket(self.next_ticket);
                self.tickets.insert(ticket, reply);
                self.tell(room, Event::Asked(ticket, ask), effects);
            }
            Message::Forget => {}
            Message::Crash => panic!("asked to"),
        }
    }

    fn tell(&mut self, room: &mut Room, event: Event, effects: &mut Vec<Effect>) {
        room.handle(event, self.moment(), effects);
        self.facts.learn(room);
        if let Some(relay) = &mut self.relay {
            relay.is_in_use |= room.is_served();
        }
        // Before the effects: going on air is answered by a full house.
        if let Some((seat, _)) = room.on_air()
            && let Some(placed) = self.seats.get(&seat)
        {
            placed.outbox.widen();
        }
        for effect in effects.drain(..) {
            self.perform(effect);
        }
    }
}
