//! What every request shares.

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;
use leptos::config::LeptosOptions;

use super::{
    auth::{cookie::Transport, ingest::IngestKeys, password::Passwords, session::Sessions, throttle::Throttles, token::Tokens},
    clock::Clock,
    config::Config,
    db::Db,
    engine::Engine,
    hub::Hub,
    service::recordings::{reel::Reels, tape::Tapes},
    sfu::Sfu,
    storage::Storage,
};

/// The server's parts, shared by all requests. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

/// See [`AppState`].
pub struct Parts {
    pub config: Config,
    pub clock: Clock,
    pub db: Db,
    pub hub: Hub,
    pub sfu: Option<Sfu>,
    /// What pictures go through in place of it.
    pub engine: Option<Engine>,
    pub storage: Storage,
    pub reels: Reels,
    pub tapes: Tapes,
    pub tokens: Tokens,
    pub sessions: Sessions,
    pub ingest_keys: IngestKeys,
    pub passwords: Passwords,
    pub throttles: Throttles,
    /// Where the site's files are.
    pub leptos: LeptosOptions,
}

impl AppState {
    /// Shares these parts.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// The parts that follow from settings, `secret` (for tokens and sessions), database, clock, and media server or engine,
    /// if there is one. Touches nothing outside.
    pub fn build(config: Config, secret: &[u8], leptos: LeptosOptions, db: Db, clock: Clock, sfu: Option<Sfu>, engine: Option<Engine>) -> Self {
        Self::new(Parts {
            storage: Storage::new(&config.data_dir),
            reels: Reels::default(),
            tapes: Tapes::default(),
            hub: Hub::new(db.clone(), clock.clone(), &config, sfu.clone(), engine.clone()),
            sfu,
            engine,
            clock,
            db,
            tokens: Tokens::new(secret),
            sessions: Sessions::new(secret),
            ingest_keys: IngestKeys::new(secret),
            passwords: Passwords::default(),
            throttles: Throttles::default(),
            leptos,
            config,
        })
    }
}

impl Parts {
    /// How cookies may travel.
    pub fn transport(&self) -> Transport {
        if self.config.is_https() { Transport::TlsOnly } else { Transport::Any }
    }
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
