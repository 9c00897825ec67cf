//! Who is asking: passwords, tokens, cookies, roles, throttles. Never decides what a use case does.

use self::token::Claims;
use crate::{domain::user::User, error::AppError, server::state::AppState};

pub mod address;
pub mod browser;
pub mod caller;
pub mod cookie;
pub mod ingest;
pub mod next;
pub mod password;
pub mod session;
pub mod shop_origin;
pub mod throttle;
pub mod token;

/// An account, proven by a token that holds.
#[derive(Debug, Clone)]
pub struct Proven {
    pub user: User,
    /// What the token said, to ask later whether it still holds.
    pub claims: Claims,
}

/// The account behind a token, from wherever the token came. `None` if the token does not hold, for whatever reason:
/// wrong, expired, signed out, or older than the account's last change of password or role.
///
/// # Errors
/// Unavailable when the database is away, so that nobody is taken for a guest because of it.
pub async fn prove(state: &AppState, token: &str) -> Result<Option<Proven>, AppError> {
    match state.tokens.verify(token, state.clock.now()) {
        Some(claims) => confirm(state, claims).await,
        None => Ok(None),
    }
}

/// The account behind a token that was read before. `None` if it does not hold any more.
///
/// # Errors
/// Unavailable when the database is away.
pub async fn confirm(state: &AppState, claims: Claims) -> Result<Option<Proven>, AppError> {
    if claims.expires_at <= state.clock.now() {
        return Ok(None);
    }
    if state.db.is_revoked(&claims.token_id).await? {
        return Ok(None);
    }
    let account = state.db.account(claims.user).await?.filter(|account| account.token_version == claims.version);
    Ok(account.map(|account| Proven { user: account.user, claims }))
}
