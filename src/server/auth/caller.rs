//! The one who makes a request, as the server knows them, and the proof that they may do what they ask.

use std::net::IpAddr;

use super::{session::Sessions, token::Claims};
use crate::{
    domain::{id::SessionId, user::User},
    error::AppError,
};

/// What the mark of a network begins with.
pub const NETWORK_MARK: &str = "n:";

/// Whether a visitor was here before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visit {
    /// They brought a session that we signed.
    Returning,
    /// Their session was made for this request.
    New,
}

/// Someone who makes a request or holds a socket. Built from cookies and tokens alone, never from what a body says.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The visitor: the same across tabs and reconnections, signed in or not.
    pub session: SessionId,
    /// Whether that session came along with the request, or was made for it.
    pub visit: Visit,
    /// Where the request comes from.
    pub address: IpAddr,
    /// The account, if a token that holds came along.
    pub user: Option<User>,
    /// What that token said: logout revokes it, and a socket asks from time to time whether it still holds.
    pub claims: Option<Claims>,
}

/// Proof that an admin asks. Only [`Caller::admin`] makes one, so a service that takes it cannot be called without.
#[derive(Debug, Clone)]
pub struct Admin(User);

/// Proof that somebody asks who keeps order in the chat: a moderator or an admin.
#[derive(Debug, Clone)]
pub struct Moderator(User);

/// Proof that someone signed in asks.
#[derive(Debug, Clone)]
pub struct SignedIn(User);

impl Caller {
    /// The account.
    ///
    /// # Errors
    /// Unauthenticated if nobody is signed in.
    pub fn signed_in(&self) -> Result<SignedIn, AppError> {
        self.user.clone().map(SignedIn).ok_or_else(AppError::unauthenticated)
    }

    /// The account, if it runs the shop.
    ///
    /// # Errors
    /// Unauthenticated if nobody is signed in, Forbidden if a customer is.
    pub fn admin(&self) -> Result<Admin, AppError> {
        match &self.user {
            None => Err(AppError::unauthenticated()),
            Some(user) if user.is_admin() => Ok(Admin(user.clone())),
            Some(_) => Err(AppError::forbidden()),
        }
    }

    /// The account, if it keeps order in the chat.
    ///
    /// # Errors
    /// Unauthenticated if nobody is signed in, Forbidden if a customer is.
    pub fn moderator(&self) -> Result<Moderator, AppError> {
        match &self.user {
            None => Err(AppError::unauthenticated()),
            Some(user) if user.moderates() => Ok(Moderator(user.clone())),
            Some(_) => Err(AppError { message: "Only hosts and moderators can do this.".to_owned(), ..AppError::forbidden() }),
        }
    }

    /// Whether somebody asks who keeps order in the chat.
    pub fn moderates(&self) -> bool {
        self.user.as_ref().is_some_and(User::moderates)
    }

    /// By what mutes and bans know this caller: account and session, and of a guest the network. Never told to anyone.
    pub fn marks(&self, sessions: &Sessions) -> Vec<String> {
        let account = self.user.as_ref().map(|user| format!("u:{}", user.id));
        let network = if self.user.is_none() { sessions.network_mark(self.address).map(|network| format!("{NETWORK_MARK}{network}")) } else { None };
        account.into_iter().chain([format!("s:{}", self.session)]).chain(network).collect()
    }

    /// Whether an admin asks.
    pub fn is_admin(&self) -> bool {
        self.user.as_ref().is_some_and(User::is_admin)
    }

    /// The one who likes, views or has a cart: the account, else the visitor.
    pub fn person(&self) -> String {
        self.user.as_ref().map_or_else(|| format!("s:{}", self.session), |user| format!("u:{}", user.id))
    }
}

impl Admin {
    /// The admin's account.
    pub fn user(&self) -> &User {
        &self.0
    }
}

impl Moderator {
    /// The account.
    pub fn user(&self) -> &User {
        &self.0
    }
}

impl SignedIn {
    /// The account.
    pub fn user(&self) -> &User {
        &self.0
    }
}

impl From<&Admin> for Moderator {
    fn from(admin: &Admin) -> Self {
        Self(admin.0.clone())
    }
}
