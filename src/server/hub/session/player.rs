//! Viewers without a page: players, which get the picture by WHEP. For each a seat is taken as a viewer's socket would take
//! it, with the same bounds and the same ends; the room counts it, and shuts it out, as it does everybody.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::oneshot,
    time::{Instant, sleep_until},
};

use crate::{
    domain::id::LivestreamId,
    error::{AppError, ErrorKind},
    protocol::{
        close,
        signal::SessionDescription,
        upward::{NewCustomer, Offer, Upward},
    },
    server::{
        auth::{self, caller::Caller, token::Claims},
        hub::{
            Hub, IsAdmin, Socket,
            actor::Message,
            heard::{Heard, heard, in_time},
            outbox::Closing,
            room::{Intro, Join, Occupant, Part, SeatId},
            seat::Seat,
        },
        state::AppState,
    },
};

/// How often the media server is asked whether a player's connection is still there. A player has no other sign of life.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How long a player may go on with a token that ended elsewhere.
const PROOF_EVERY: Duration = Duration::from_secs(30);

/// A player that was answered: what it is called, and the answer to its offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    pub viewer: String,
    pub answer: String,
}

/// The players that are there, and what each of them lives by: dropped, it ends.
#[derive(Debug, Default)]
pub struct Players(Mutex<HashMap<String, (LivestreamId, oneshot::Sender<Infallible>)>>);

impl Players {
    fn all(&self) -> MutexGuard<'_, HashMap<String, (LivestreamId, oneshot::Sender<Infallible>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn has(&self, show: LivestreamId, viewer: &str) -> bool {
        self.all().get(viewer).is_some_and(|(of, _)| *of == show)
    }
}

/// A player's place among them. Dropping it ends the player.
struct Listed {
    players: Arc<Players>,
    viewer: String,
    is_kept: bool,
}

impl Drop for Listed {
    fn drop(&mut self) {
        if !self.is_kept {
            self.players.all().remove(&self.viewer);
        }
    }
}

impl Hub {
    /// Seats a player with its offer to take picture and sound. It stays until it is stopped, its connection ends, or the
    /// show does; where nobody is on air it waits for the picture.
    ///
    /// # Errors
    /// NotFound where there is no such show for this caller, RateLimited where the visitor has as many connections as they
    /// may, Forbidden `banned`, Conflict where the show is not live, Malformed for an offer that cannot be used, Unavailable
    /// where the media server is full or does not answer in time.
    pub async fn play(state: &AppState, mut socket: Socket, caller: Caller, show: LivestreamId, offer: String) -> Result<Played, AppError> {
        let is_admin = if caller.is_admin() { IsAdmin::Yes } else { IsAdmin::No };
        let room = state.hub.room_for(show, is_admin).await?;
        socket.opened_with(caller.claims.as_ref());
        if !socket.belongs_to(&caller.session) {
            return Err(AppError { message: "Too many connections of one visitor.".to_owned(), ..AppError::rate_limited(10) });
        }
        let viewer = format!("{:032x}", rand::random::<u128>());
        let occupant = Occupant {
            person: caller.person(),
            alias: viewer.clone(),
            user: caller.user.as_ref().map(|user| user.id),
            name: caller.user.as_ref().map(|user| user.name.clone()),
            admin: caller.is_admin(),
            moderator: caller.moderates(),
            marks: caller.marks(&state.sessions),
            session: caller.session,
            part: Part::Player,
        };
        let seat = SeatId(socket.id());
        room.send(Message::Join(Box::new(Join { seat, occupant, intro: Intro::Silent, since: None }), socket.outbox().clone())).await;
        let players = state.hub.0.players.clone();
        let (life, ended) = oneshot::channel();
        players.all().insert(viewer.clone(), (show, life));
        let list = |is_kept| Listed { players: players.clone(), viewer: viewer.clone(), is_kept };
        let (told, answer) = oneshot::channel();
        let player = Player { seat: Seat::new(seat, room), socket, state: state.clone(), claims: caller.claims, _listed: list(false) };
        tokio::spawn(async move {
            tokio::select! {
                _ = ended => {}
                () = player.converse(offer, told) => {}
            }
        });
        // Whoever stops waiting for the answer ends it, too.
        let mut unanswered = list(false);
        let answer = in_time(answer).await?;
        unanswered.is_kept = true;
        Ok(Played { viewer, answer })
    }

    /// Ends a player. False if there is no such player in this show.
    pub fn stop_playing(&self, show: LivestreamId, viewer: &str) -> bool {
        self.is_playing(show, viewer) && self.0.players.all().remove(viewer).is_some()
    }

    /// Whether this player is there.
    pub fn is_playing(&self, show: LivestreamId, viewer: &str) -> bool {
        self.0.players.has(show, viewer)
    }
}

/// Speaks for a player until it is of no use any more. As long as it sits, its socket counts as open.
struct Player {
    seat: Seat,
    socket: Socket,
    state: AppState,
    claims: Option<Claims>,
    _listed: Listed,
}

impl Player {
    async fn converse(self, offer: String, told: oneshot::Sender<Result<String, AppError>>) {
        let offer = SessionDescription { kind: "offer".into(), sdp: offer };
        self.seat.say(Upward::WebrtcOffer(Offer { to: None, offer })).await;
        let (mut told, mut look_due, mut proof_due) = (Some(told), Instant::now() + LOOK_EVERY, Instant::now());
        loop {
            let due = if self.claims.is_some() { look_due.min(proof_due) } else { look_due };
            tokio::select! {
                batch = self.socket.outbox().take() => {
                    for event in batch.frames.iter().filter_map(|text| heard(text)) {
                        let (word, is_over) = match event {
                            Heard::Answer(sdp) => (Ok(sdp), false),
                            Heard::Refused(error) => (Err(error), true),
                            Heard::Over => return,
                            Heard::Wanted(_) => continue,
                        };
                        if let Some(told) = told.take() {
                            let _ = told.send(word);
                        }
                        if is_over {
                            return;
                        }
                    }
                    if let Some(closing) = batch.closing {
                        if let Some(told) = told.take() {
                            let _ = told.send(Err(shut_out(closing)));
                        }
                        return;
                    }
                }
                () = sleep_until(due) => {
                    let now = Instant::now();
                    if proof_due <= now && self.is_signed_out().await {
                        return;
                    }
                    if proof_due <= now {
                        proof_due = now + PROOF_EVERY;
                    }
                    if look_due <= now {
                        look_due = now + LOOK_EVERY;
                        // What was not answered yet is not there yet.
                        if told.is_none() {
                            self.seat.say(Upward::WebrtcNewCustomer(NewCustomer { customer_id: None })).await;
                        }
                    }
                }
            }
        }
    }

    // A database that is away changes nothing but the time of the next look.
    async fn is_signed_out(&self) -> bool {
        let Some(claims) = self.claims.clone() else { return false };
        match auth::confirm(&self.state, claims).await {
            Ok(proven) => proven.is_none(),
            Err(error) => {
                tracing::warn!(%error, "the token of a player could not be proven again yet");
                false
            }
        }
    }
}

fn shut_out(Closing { code, reason }: Closing) -> AppError {
    if code == close::BANNED { AppError::new(ErrorKind::Forbidden, reason).coded("banned") } else { AppError::unavailable("Come back in a moment.") }
}
