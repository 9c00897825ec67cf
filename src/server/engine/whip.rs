//! An engine that is published to by WHIP (RFC 9725) and played from by WHEP, such as MediaMTX, or another shop of this kind.
//! It tells nothing by itself: that somebody is gone is found by asking after what was made there, and by what browsers do.
//!
//! `words` are what is said and answered, `show` decides what is said when (both pure), `http` is the way there; here is the
//! task of each show, which brings them together.

mod http;
mod show;
mod words;

use std::{collections::HashMap, collections::VecDeque};

use tokio::{
    sync::mpsc,
    task::{Id, JoinSet},
    time::{Instant, sleep_until, timeout},
};

use self::{
    http::Http,
    show::{Out, Show},
    words::{Reply, Request, ShowKey, Side, Slot},
};
use super::{FAREWELL, Failure, IDLE, REQUESTS};
use crate::server::{
    config::engine::Access,
    sfu::{Command, Notice},
};

/// The way to such an engine. Cheap to clone.
#[derive(Clone)]
pub struct Way {
    http: Http,
    slot: Slot,
}

impl Way {
    /// For an engine at these addresses; opens nothing.
    ///
    /// # Errors
    /// TLS that cannot be set up on this machine.
    pub fn new(publish: &Access, play: &Access) -> reqwest::Result<Self> {
        let slot = if Http::has_place_for_each(publish) { Slot::for_everybody() } else { Slot::for_one() };
        Ok(Self { http: Http::new(publish, play)?, slot })
    }

    /// Whether the engine can be used: in words if it cannot, with what to do about it.
    ///
    /// # Errors
    /// What is wrong.
    pub async fn probe(&self) -> Result<(), String> {
        for (side, address, secret) in
            [(Side::Publish, "MEDIA_ENGINE_URL", "MEDIA_ENGINE_SECRET"), (Side::Play, "MEDIA_ENGINE_PLAY_URL", "MEDIA_ENGINE_PLAY_SECRET")]
        {
            match self.http.ask(&Request::Knock { side, key: ShowKey::make() }).await {
                Reply::Failed(failure) => return Err(format!("{failure}. Start it, or correct {address}")),
                Reply::Refused { status: 401 | 403, .. } => return Err(format!("it wants another secret. Set {secret} to its Bearer token")),
                Reply::Refused { status: status @ 500.., .. } => return Err(format!("it refuses ({status}). Look into its log, or correct {address}")),
                // It may be one that has an address only while somebody publishes there, or that does not answer to this question.
                _ => {}
            }
        }
        Ok(())
    }

    /// Does what a room wants, until nobody is left who could want anything.
    pub async fn run(self, commands: mpsc::Receiver<Command>, tell: mpsc::Sender<Notice>) {
        let show = Show::new(self.slot);
        Task { http: self.http, show, tell, waiting: VecDeque::new(), under_way: JoinSet::new(), numbers: HashMap::new() }.run(commands).await;
    }
}

struct Task {
    http: Http,
    show: Show,
    tell: mpsc::Sender<Notice>,
    waiting: VecDeque<(u64, Request)>,
    under_way: JoinSet<Reply>,
    /// Which request each of them is.
    numbers: HashMap<Id, u64>,
}

impl Task {
    async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        loop {
            self.carry_out();
            let due = self.show.due().map_or(Instant::now() + IDLE, Instant::from_std);
            tokio::select! {
                command = commands.recv() => match command {
                    Some(command) => self.show.command(command, Instant::now().into_std()),
                    None => break,
                },
                true = self.hear() => {}
                () = sleep_until(due) => self.show.tick(Instant::now().into_std()),
            }
        }
        // What is under way may yet make something there, which is to be taken away, too.
        self.show.end();
        let all = async {
            self.carry_out();
            while self.hear().await {
                self.carry_out();
            }
        };
        let _ = timeout(FAREWELL, all).await;
    }

    fn carry_out(&mut self) {
        for out in self.show.take() {
            match out {
                // A room that is behind misses it: whoever waits for it asks again.
                Out::Tell(notice) => drop(self.tell.try_send(notice)),
                Out::Ask { number, request } => self.waiting.push_back((number, request)),
                Out::Log(state) => state.log(),
            }
        }
        while self.under_way.len() < REQUESTS
            && let Some((number, request)) = self.waiting.pop_front()
        {
            if self.show.awaits(number) {
                let http = self.http.clone();
                let task = self.under_way.spawn(async move { http.ask(&request).await });
                self.numbers.insert(task.id(), number);
            }
        }
    }

    /// Hears one answer. False where none is awaited.
    async fn hear(&mut self) -> bool {
        let (task, reply) = match self.under_way.join_next_with_id().await {
            Some(Ok(heard)) => heard,
            Some(Err(error)) => {
                // Nothing there panics.
                tracing::error!(%error, "a word with the media engine was cut off");
                (error.id(), Reply::Failed(Failure::Rubbish))
            }
            None => return false,
        };
        if let Some(number) = self.numbers.remove(&task) {
            self.show.replied(number, reply, Instant::now().into_std());
        }
        true
    }
}
