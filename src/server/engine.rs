//! An engine that is not ours: picture and sound of shows go through a Janus, or through what speaks WHIP and WHEP, beside
//! the shop or elsewhere, and never come here. To rooms it is what the media server of this process is: they say the same
//! and hear the same.
//!
//! Of a Janus, `janus` are the words of its API, `show` decides what is said when (both pure), `http` is the way there; here
//! is the task of each show, which brings them together. `whip` is the other kind, made alike; `outage` is what both share.

mod http;
mod janus;
mod outage;
mod show;
mod whip;

use std::{collections::VecDeque, time::Duration};

use serde_json::Value;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, sleep_until, timeout},
};

pub use self::http::Failure;
use self::{
    http::Http,
    janus::{Target, What},
    show::{Out, Show},
    whip::Way,
};
use super::{
    config::{ConfigError, engine::EngineConfig, media::Media},
    sfu::{Command, Notice},
};

/// Commands that may wait for a show, and notices that may wait for its room.
const WAITING: usize = 4096;
/// Requests of one show that are under way at the same time; a full house waits its turn.
const REQUESTS: usize = 16;
/// How long tidying up may take.
const FAREWELL: Duration = Duration::from_secs(5);
/// The longest sleep.
const IDLE: Duration = Duration::from_secs(3600);

/// The way to the engine. Cheap to clone.
#[derive(Clone)]
pub struct Engine(Kind);

#[derive(Clone)]
enum Kind {
    Janus(Http),
    Whip(Way),
}

impl Engine {
    /// The engine that settings name, if they do. Nothing is said to it yet.
    ///
    /// # Errors
    /// TLS that cannot be set up on this machine.
    pub fn open(media: &Media) -> Result<Option<Self>, ConfigError> {
        media.engine().map(Self::new).transpose()
    }

    fn new(config: &EngineConfig) -> Result<Self, ConfigError> {
        let impossible = |error| ConfigError::new("MEDIA_ENGINE_URL", format!("nothing can be said to it ({error})"), "Use MEDIA=p2p or MEDIA=sfu.");
        let kind = match config {
            EngineConfig::Janus(access) => Http::new(access).map(Kind::Janus),
            EngineConfig::Whip { publish, play } => Way::new(publish, play).map(Kind::Whip),
        };
        kind.map(Self).map_err(impossible)
    }

    /// Whether viewers offer to take the picture; else they are offered it.
    pub fn viewers_offer(&self) -> bool {
        matches!(self.0, Kind::Whip(_))
    }

    /// A place for one room, and what it hears.
    pub fn stage(&self) -> (Stage, mpsc::Receiver<Notice>) {
        let (commands, taken) = mpsc::channel(WAITING);
        let (tell, notices) = mpsc::channel(WAITING);
        match &self.0 {
            Kind::Janus(http) => {
                drop(tokio::spawn(Task { http: http.clone(), show: Show::new(Instant::now().into_std()), tell, waiting: VecDeque::new() }.run(taken)))
            }
            Kind::Whip(way) => drop(tokio::spawn(way.clone().run(taken, tell))),
        }
        (Stage(commands), notices)
    }

    /// Whether the engine can be used: in words if it cannot, with what to do about it.
    ///
    /// # Errors
    /// What is wrong.
    pub async fn probe(&self) -> Result<(), String> {
        match &self.0 {
            Kind::Janus(http) => probe_janus(http).await,
            Kind::Whip(way) => way.probe().await,
        }
    }
}

/// One room's place at the engine. Dropped, its show has no picture any more.
pub struct Stage(mpsc::Sender<Command>);

impl Stage {
    /// Says what the room wants. What finds no room is lost, and asked for again by whoever waits for it.
    pub fn tell(&self, command: Command) {
        if self.0.try_send(command).is_err() {
            tracing::warn!("the media engine is behind: something was not said to it");
        }
    }
}

async fn probe_janus(http: &Http) -> Result<(), String> {
    let remedy = "Start it, or correct MEDIA_ENGINE_URL";
    let unusable = |failure: Failure| format!("{failure}. {remedy}");
    let said = |answer: Result<Value, Failure>| answer.map_err(unusable).map(|answer| janus::read(&answer).into_iter().next().map(|word| word.what));
    let session = match said(http.say(Target::Server, 1, janus::create()).await)? {
        Some(What::Made(session)) => session,
        Some(What::Refused(janus::UNAUTHORIZED)) => return Err("it wants another secret. Set MEDIA_ENGINE_SECRET to its api_secret".to_owned()),
        Some(What::Refused(code)) => return Err(format!("it refuses a session (code {code}). Look into its log")),
        _ => return Err(unusable(Failure::Rubbish)),
    };
    let plugin = said(http.say(Target::Session(session), 2, janus::attach()).await);
    // It would end by itself, too.
    let _ = http.say(Target::Session(session), 3, janus::destroy()).await;
    match plugin? {
        Some(What::Made(_)) => Ok(()),
        _ => Err("it has no VideoRoom plugin. Enable janus.plugin.videoroom there".to_owned()),
    }
}

/// What came in answer.
enum Came {
    Reply(u64, Result<Value, Failure>),
    News(u64, Result<Value, Failure>),
}

struct Task {
    http: Http,
    show: Show,
    tell: mpsc::Sender<Notice>,
    waiting: VecDeque<(Target, u64, Value)>,
}

impl Task {
    async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut under_way = JoinSet::new();
        let (mut requests, mut listening) = (0, None);
        loop {
            self.carry_out();
            while requests < REQUESTS
                && let Some((target, transaction, body)) = self.waiting.pop_front()
            {
                let http = self.http.clone();
                requests += 1;
                under_way.spawn(async move { Came::Reply(transaction, http.say(target, transaction, body).await) });
            }
            let now = Instant::now();
            let listens = self.show.listens().filter(|(session, _)| listening != Some(*session));
            if let Some((session, _)) = listens.filter(|(_, at)| *at <= now.into_std()) {
                let http = self.http.clone();
                listening = Some(session);
                under_way.spawn(async move { Came::News(session, http.news(session).await) });
                continue;
            }
            let due = self.show.due().into_iter().chain(listens.map(|(_, at)| at)).min().map_or(now + IDLE, Instant::from_std);
            tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => self.show.command(command, Instant::now().into_std()),
                    None => break,
                },
                Some(came) = under_way.join_next() => {
                    let now = Instant::now().into_std();
                    match came {
                        Ok(Came::Reply(transaction, reply)) => {
                            requests -= 1;
                            self.show.replied(transaction, reply, now);
                        }
                        Ok(Came::News(session, reply)) => {
                            listening = listening.filter(|other| *other != session);
                            self.show.news(session, reply, now);
                        }
                        Err(error) => {
                            // Nothing here panics; what it was for is missed in time.
                            tracing::error!(%error, "a word with the media engine was cut off");
                            (requests, listening) = (0, None);
                            under_way.abort_all();
                        }
                    }
                }
                () = sleep_until(due) => self.show.tick(Instant::now().into_std()),
            }
        }
        self.tidy_up().await;
    }

    fn carry_out(&mut self) {
        for out in self.show.take() {
            match out {
                // A room that is behind misses it: whoever waits for it asks again.
                Out::Tell(notice) => drop(self.tell.try_send(notice)),
                Out::Say { target, transaction, body } => self.waiting.push_back((target, transaction, body)),
                Out::Log(state) => state.log(),
            }
        }
    }

    async fn tidy_up(mut self) {
        self.waiting.clear();
        self.show.end(Instant::now().into_std());
        self.carry_out();
        let all = async {
            while let Some((target, transaction, body)) = self.waiting.pop_front() {
                let reply = self.http.say(target, transaction, body).await;
                self.show.replied(transaction, reply, Instant::now().into_std());
                self.carry_out();
            }
        };
        let _ = timeout(FAREWELL, all).await;
    }
}
