//! Hosts without a page: encoders, whose picture comes by WHIP (RFC 9725). For each a seat is taken as a host's socket
//! would take it, and the frames are those of a host, so that a room knows no difference.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::{sync::oneshot, task::AbortHandle};

use super::{
    Hub, IsAdmin, Socket,
    actor::Message,
    heard::{Heard, heard, in_time},
    outbox::Outbox,
    room::{Intro, Join, Occupant, Part, SeatId},
    seat::Seat,
};
use crate::{
    domain::id::{LivestreamId, PeerId, SessionId},
    error::AppError,
    protocol::{
        signal::SessionDescription,
        upward::{Offer, PeerRegister, Upward, UserType},
    },
    server::auth::ingest::Camera,
};

/// An encoder that is on air: what it is called, and the answer to its offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub encoder: String,
    pub answer: String,
}

/// The newest encoder of each show.
#[derive(Debug, Default)]
pub(super) struct Encoders(Mutex<HashMap<LivestreamId, (String, AbortHandle)>>);

impl Encoders {
    fn all(&self) -> MutexGuard<'_, HashMap<LivestreamId, (String, AbortHandle)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, show: LivestreamId, encoder: &str) -> Option<AbortHandle> {
        let mut all = self.all();
        if all.get(&show).is_none_or(|(newest, _)| newest != encoder) {
            return None;
        }
        all.remove(&show).map(|(_, task)| task)
    }
}

/// Takes an encoder off the air that was never answered, and lets the one that was there before be known again.
struct Unanswered<'a> {
    encoders: &'a Encoders,
    show: LivestreamId,
    encoder: &'a str,
    former: Option<(String, AbortHandle)>,
    is_answered: bool,
}

impl Drop for Unanswered<'_> {
    fn drop(&mut self) {
        if self.is_answered {
            return;
        }
        if let Some(task) = self.encoders.take(self.show, self.encoder) {
            task.abort();
        }
        if let Some(former) = self.former.take().filter(|(_, task)| !task.is_finished()) {
            self.encoders.all().entry(self.show).or_insert(former);
        }
    }
}

impl Hub {
    /// Puts an encoder on air with its offer of picture and sound, in place of an earlier one of the same show. It stays
    /// until it is stopped, its connection ends, or the show does.
    ///
    /// # Errors
    /// Unavailable where no picture goes through the media server, or it does not answer in time; Conflict where somebody
    /// else is on air or the show is not live; Malformed for an offer that cannot be used.
    pub async fn publish(&self, socket: Socket, camera: Camera, session: SessionId, offer: String) -> Result<Published, AppError> {
        let show = camera.show();
        let room = self.room_for(show, IsAdmin::Yes).await?;
        // Ended with the account's other sockets where it is no admin any more.
        socket.opened_for(camera.host());
        let (seat, outbox) = (SeatId(socket.id()), socket.outbox().clone());
        let encoder = format!("{:032x}", rand::random::<u128>());
        let peer = PeerId(format!("encoder-{encoder}"));
        let occupant = Occupant {
            person: session.to_string(),
            alias: peer.to_string(),
            session,
            user: Some(camera.host()),
            name: None,
            admin: true,
            moderator: false,
            marks: Vec::new(),
            part: Part::Encoder,
        };
        room.send(Message::Join(Box::new(Join { seat, occupant, intro: Intro::Silent, since: None }), outbox.clone())).await;
        let (told, answer) = oneshot::channel();
        let (encoders, name) = (self.0.encoders.clone(), encoder.clone());
        let seat = Seat::new(seat, room);
        let task = tokio::spawn(async move {
            seat.say(Upward::WebrtcRegister(PeerRegister { peer_id: peer, user_type: UserType::Admin })).await;
            converse(&seat, &outbox, offer, told).await;
            encoders.take(show, &name);
            // As long as it sits, it counts as open.
            drop((seat, socket));
        });
        let former = self.0.encoders.all().insert(show, (encoder.clone(), task.abort_handle()));
        // From here on it is ended by whoever stops waiting for its answer, too.
        let mut unanswered = Unanswered { encoders: &self.0.encoders, show, encoder: &encoder, former, is_answered: false };
        let answer = in_time(answer).await?;
        unanswered.is_answered = true;
        drop(unanswered);
        Ok(Published { encoder, answer })
    }

    /// Takes an encoder off the air: the show waits for its host from now on. False if there is no such encoder.
    pub fn unpublish(&self, show: LivestreamId, encoder: &str) -> bool {
        self.0.encoders.take(show, encoder).map(|task| task.abort()).is_some()
    }

    /// Whether this encoder is on air.
    pub fn is_published(&self, show: LivestreamId, encoder: &str) -> bool {
        self.0.encoders.all().get(&show).is_some_and(|(newest, _)| newest == encoder)
    }
}

// Speaks for the encoder until it is of no use any more.
async fn converse(seat: &Seat, outbox: &Outbox, offer: String, told: oneshot::Sender<Result<String, AppError>>) {
    let (mut offer, mut told) = (Some(offer), Some(told));
    loop {
        let batch = outbox.take().await;
        for event in batch.frames.iter().filter_map(|text| heard(text)) {
            match event {
                Heard::Wanted(server) => {
                    // Asked once more, it means that the connection is gone: an encoder that is still there offers anew.
                    let Some(sdp) = offer.take() else { return };
                    let offer = SessionDescription { kind: "offer".into(), sdp };
                    seat.say(Upward::WebrtcOffer(Offer { to: Some(server), offer })).await;
                }
                Heard::Answer(sdp) => {
                    if let Some(told) = told.take() {
                        let _ = told.send(Ok(sdp));
                    }
                }
                Heard::Refused(error) => {
                    if let Some(told) = told.take() {
                        let _ = told.send(Err(error));
                    }
                    return;
                }
                Heard::Over => return,
            }
        }
        if batch.closing.is_some() {
            return;
        }
    }
}
