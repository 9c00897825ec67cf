//! Every open socket of this server: how many each visitor and address has, which token opened it, and the closing of
//! all of them when the server stops. axum does not wait for upgraded connections; this does.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use super::outbox::Outbox;
use crate::{
    domain::id::{SessionId, UserId},
    error::AppError,
    protocol::close,
    server::auth::{address::network, token::Claims},
};

/// Milliseconds over which those who are sent away come back: ten thousand at once would fell the server that starts.
const SPREAD_MS: u64 = 5000;

/// How many sockets there may be. `None`: no limit.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Caps {
    pub per_visitor: Option<u32>,
    pub per_address: Option<u32>,
}

/// Why a socket may not be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The server is stopping.
    Draining,
    /// This address has as many as it may.
    TooMany,
}

impl From<Refusal> for AppError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Draining => Self::unavailable("The shop is restarting. Come back in a moment."),
            Refusal::TooMany => Self { message: "Too many connections from this address.".to_owned(), ..Self::rate_limited(10) },
        }
    }
}

#[derive(Debug)]
struct Open {
    outbox: Outbox,
    token: Option<(String, UserId)>,
}

#[derive(Debug, Default)]
struct Inner {
    next: u64,
    open: HashMap<u64, Open>,
    visitors: HashMap<SessionId, u32>,
    networks: HashMap<IpAddr, u32>,
    draining: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Sockets {
    caps: Caps,
    inner: Mutex<Inner>,
    emptied: Notify,
}

/// One open socket. Dropping it takes it out of all counts.
#[derive(Debug)]
pub struct Socket {
    id: u64,
    network: IpAddr,
    visitor: Option<SessionId>,
    outbox: Outbox,
    sockets: Arc<Sockets>,
}

impl Sockets {
    pub fn new(caps: Caps) -> Self {
        Self { caps, ..Self::default() }
    }

    /// Counts a socket from this address in.
    ///
    /// # Errors
    /// The reason why there may not be one.
    pub fn open(self: &Arc<Self>, address: IpAddr) -> Result<Socket, Refusal> {
        let network = network(address);
        let mut inner = self.inner();
        if inner.draining {
            return Err(Refusal::Draining);
        }
        if !add(&mut inner.networks, network, self.caps.per_address) {
            return Err(Refusal::TooMany);
        }
        inner.next += 1;
        let (id, outbox) = (inner.next, Outbox::default());
        inner.open.insert(id, Open { outbox: outbox.clone(), token: None });
        Ok(Socket { id, network, visitor: None, outbox, sockets: self.clone() })
    }

    /// Closes the sockets that were opened with this token.
    pub fn close_token(&self, token_id: &str) {
        self.sign_out(|id, _| id == token_id, "You signed out.");
    }

    /// Closes the sockets that were opened with any token of this account.
    pub fn close_account(&self, user: UserId) {
        self.sign_out(|_, owner| owner == user, "Your account changed. Sign in again.");
    }

    fn sign_out(&self, is_meant: impl Fn(&str, UserId) -> bool, reason: &str) {
        for open in self.inner().open.values().filter(|open| open.token.as_ref().is_some_and(|(id, user)| is_meant(id, *user))) {
            open.outbox.close(close::SIGNED_OUT, reason);
        }
    }

    /// Opens no more sockets, closes those there are, and returns when they are gone.
    pub async fn drain(&self) {
        {
            let mut inner = self.inner();
            inner.draining = true;
            let count = inner.open.len().max(1) as u64;
            for (at, open) in (0..).zip(inner.open.values()) {
                let reconnect_ms: u64 = at * SPREAD_MS / count;
                open.outbox.close(close::SERVICE_RESTART, format!(r#"{{"reconnectMs":{reconnect_ms}}}"#));
            }
        }
        loop {
            let emptied = self.emptied.notified();
            if self.inner().open.is_empty() {
                return;
            }
            emptied.await;
        }
    }

    /// Whether no more sockets are opened.
    pub fn is_draining(&self) -> bool {
        self.inner().draining
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Socket {
    /// Its number, which no other socket of this process ever has.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// What waits to be written to it.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Counts it as one of this visitor's. False where they have as many as they may.
    pub fn belongs_to(&mut self, visitor: &SessionId) -> bool {
        if self.visitor.as_ref() == Some(visitor) {
            return true;
        }
        let mut inner = self.sockets.inner();
        if !add(&mut inner.visitors, visitor.clone(), self.sockets.caps.per_visitor) {
            return false;
        }
        if let Some(before) = self.visitor.replace(visitor.clone()) {
            subtract(&mut inner.visitors, &before);
        }
        true
    }

    /// Closed with the other sockets of this account when its tokens hold no more.
    pub fn opened_for(&self, user: UserId) {
        if let Some(open) = self.sockets.inner().open.get_mut(&self.id) {
            open.token = Some((String::new(), user));
        }
    }

    /// Whoever signs out of this token closes this socket. What happened to the token before is not noticed here:
    /// whoever calls this asks once more whether it holds.
    pub fn opened_with(&self, claims: Option<&Claims>) {
        if let Some(open) = self.sockets.inner().open.get_mut(&self.id) {
            open.token = claims.map(|claims| (claims.token_id.clone(), claims.user));
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let mut inner = self.sockets.inner();
        inner.open.remove(&self.id);
        subtract(&mut inner.networks, &self.network);
        if let Some(visitor) = &self.visitor {
            subtract(&mut inner.visitors, visitor);
        }
        if inner.open.is_empty() {
            self.sockets.emptied.notify_waiters();
        }
    }
}

fn add<K: Eq + Hash>(counts: &mut HashMap<K, u32>, key: K, cap: Option<u32>) -> bool {
    let count = counts.entry(key).or_default();
    let fits = cap.is_none_or(|cap| *count < cap);
    if fits {
        *count += 1;
    }
    fits
}

fn subtract<K: Eq + Hash>(counts: &mut HashMap<K, u32>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}
