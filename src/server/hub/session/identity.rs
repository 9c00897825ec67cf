//! Who sits behind a socket: cookie before signed id before the name a client gave itself. A name counts only within
//! its own network, so that nobody takes another's place by knowing it. Whoever has registered stays who they are: a socket
//! that could take name after name would be as many people, with a heart and a pace for each.

use std::time::Duration;

use tokio::time::Instant;

use super::{Session, unauthorized};
use crate::{
    domain::{
        id::{LivestreamId, SessionId},
        time::Timestamp,
    },
    error::AppError,
    protocol::{
        self, close,
        downward::{AdminRegistered, Downward, Registered},
        upward::Register,
    },
    server::{
        auth::{self, caller::Visit},
        hub::room::{Occupant, Part},
    },
};

/// How long a socket may go on with a token that ended elsewhere.
const PROOF_EVERY: Duration = Duration::from_secs(30);

/// Somebody who registered.
pub(super) struct Profile {
    pub occupant: Occupant,
    /// What this client is told that its session is.
    told: String,
}

impl Profile {
    /// The first frame that they hear.
    pub fn intro(&self, now: Timestamp, show: Option<LivestreamId>) -> Downward {
        let (server_time, protocol) = (now, protocol::VERSION);
        match (self.occupant.part, self.occupant.user) {
            (Part::Host, Some(user_id)) => Downward::AdminRegistered(AdminRegistered { user_id, server_time, protocol, stream_id: show }),
            _ => Downward::Registered(Registered { session_id: self.told.clone(), server_time, protocol, stream_id: show }),
        }
    }
}

impl Session {
    /// Who this is, from the upgrade and from what the frame can prove.
    ///
    /// # Errors
    /// `unauthorized` where a host is no admin; Unavailable when the database is away.
    pub(super) async fn identify(&mut self, register: &Register, part: Part) -> Result<Profile, AppError> {
        if let Some(token) = &register.token
            && let Some(proven) = auth::prove(&self.state, token).await?
        {
            self.socket.opened_with(Some(&proven.claims));
            (self.caller.user, self.caller.claims) = (Some(proven.user), Some(proven.claims));
            self.proof_due = Instant::now();
        }
        if part == Part::Host && !self.caller.is_admin() {
            tracing::warn!(socket.id = self.socket.id(), "somebody who is no admin asked to host");
            return Err(unauthorized());
        }
        let (session, told) = self.session(register.session_id.as_deref());
        self.caller.session = session.clone();
        let user = self.caller.user.as_ref();
        let occupant = Occupant {
            session,
            person: self.caller.person(),
            user: user.map(|user| user.id),
            name: user.map(|user| user.name.clone()),
            admin: self.caller.is_admin(),
            moderator: self.caller.moderates(),
            marks: self.caller.marks(&self.state.sessions),
            part,
            alias: register.user_id.clone().or_else(|| register.session_id.clone()).unwrap_or_else(|| told.clone()),
        };
        Ok(Profile { occupant, told })
    }

    /// When the token of this socket is to be proven again; never without one.
    pub(super) fn proof_due(&self) -> Option<Instant> {
        self.caller.claims.as_ref().map(|_| self.proof_due)
    }

    /// Closes the socket if its token holds no more: expired, signed out, or of an account that changed, on whichever
    /// server that happened. A database that is away changes nothing but the time of the next look.
    pub(super) async fn prove_again(&mut self) {
        let Some(claims) = self.caller.claims.clone() else { return };
        let left = Duration::from_millis(claims.expires_at.millis_since(self.state.clock.now()));
        match auth::confirm(&self.state, claims).await {
            Ok(None) => self.outbox().close(close::SIGNED_OUT, "You are signed out. Sign in again."),
            Ok(Some(proven)) => self.caller.user = Some(proven.user),
            Err(error) => tracing::warn!(%error, "the token of a socket could not be proven again yet"),
        }
        self.proof_due = Instant::now() + left.clamp(Duration::from_secs(1), PROOF_EVERY);
    }

    // The session, and what to call it to its owner.
    fn session(&mut self, given: Option<&str>) -> (SessionId, String) {
        let sessions = &self.state.sessions;
        if self.named {
            let session = self.caller.session.clone();
            let told = given.filter(|given| sessions.verify(given).is_none()).map_or_else(|| sessions.sign(&session), str::to_owned);
            return (session, told);
        }
        let proven = given.and_then(|given| sessions.verify(given));
        let by_cookie = (self.caller.visit == Visit::Returning).then(|| self.caller.session.clone());
        match (given, proven, by_cookie) {
            // An unsigned name is echoed: the client that gave it compares.
            (Some(given), None, Some(session)) => (session, given.to_owned()),
            (Some(given), None, None) => (sessions.scoped(self.caller.address, given), given.to_owned()),
            (_, _, Some(session)) | (_, Some(session), None) => {
                let told = sessions.sign(&session);
                (session, told)
            }
            (None, None, None) => (self.caller.session.clone(), sessions.sign(&self.caller.session)),
        }
    }
}
