//! The one error that reaches a client: of a server function, a route or a socket frame.

use std::{fmt, str::FromStr};

use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

use crate::domain::validate::Fields;

/// What went wrong, as far as a client can act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The request itself cannot be read.
    Malformed,
    /// No token, or none that holds.
    Unauthenticated,
    /// Signed in, but not allowed.
    Forbidden,
    NotFound,
    /// Not now: something else stands in the way.
    Conflict,
    /// It was there, and is closed for good.
    Gone,
    /// Fields that cannot be accepted; `fields` says which.
    Invalid,
    TooLarge,
    Unsupported,
    MethodNotAllowed,
    RateLimited,
    /// Something the server needs is away; later may work.
    Unavailable,
    /// The disk is full.
    StorageFull,
    Internal,
}

impl ErrorKind {
    /// Its HTTP status.
    pub const fn status(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict => 409,
            Self::Gone => 410,
            Self::TooLarge => 413,
            Self::Unsupported => 415,
            Self::Invalid => 422,
            Self::RateLimited => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
            Self::StorageFull => 507,
        }
    }

    /// Its stable code on the wire, where the error names none of its own.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Unauthenticated => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Conflict => "conflict",
            Self::Gone => "gone",
            Self::TooLarge => "too_large",
            Self::Unsupported => "unsupported",
            Self::Invalid => "invalid",
            Self::RateLimited => "rate_limited",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
            Self::StorageFull => "storage_full",
        }
    }
}

/// A refusal: `code` is stable for programs, `message` is a sentence for people, `fields` names wrong inputs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppError {
    pub kind: ErrorKind,
    pub code: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub fields: Fields,
    /// Seconds after which it is worth trying again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u64>,
}

/// What is said to whoever is not signed in, or not any more. Where people read it, the way to sign in stands beside it.
pub const SIGN_IN_FIRST: &str = "Sign in first.";

impl AppError {
    /// An error of this kind with its usual code.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, code: kind.code().to_owned(), message: message.into(), fields: Fields::default(), retry_after_s: None }
    }

    /// The same with a code of its own.
    pub fn coded(mut self, code: &str) -> Self {
        code.clone_into(&mut self.code);
        self
    }

    /// Nobody is signed in.
    pub fn unauthenticated() -> Self {
        Self::new(ErrorKind::Unauthenticated, SIGN_IN_FIRST)
    }

    /// Signed in, but this needs an admin.
    pub fn forbidden() -> Self {
        Self::new(ErrorKind::Forbidden, "Only an admin can do this.")
    }

    /// There is no such thing: `what` as in "livestream".
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorKind::NotFound, format!("There is no such {what}."))
    }

    /// Something stands in the way.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, message)
    }

    /// Too many of these; `retry_after_s` seconds from now they are welcome again.
    pub fn rate_limited(retry_after_s: u64) -> Self {
        Self { retry_after_s: Some(retry_after_s.max(1)), ..Self::new(ErrorKind::RateLimited, "Too many requests. Wait a moment.") }
    }

    /// Something the server needs is away.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self { retry_after_s: Some(2), ..Self::new(ErrorKind::Unavailable, message) }
    }

    /// A fault of the server; `reference` finds it in the log.
    pub fn internal(reference: &str) -> Self {
        Self::new(ErrorKind::Internal, format!("Something went wrong here. Reference: {reference}"))
    }
}

impl From<Fields> for AppError {
    fn from(fields: Fields) -> Self {
        let message = fields.names().next().and_then(|first| fields.get(first)).unwrap_or("Some fields cannot be accepted.").to_owned();
        Self { fields, ..Self::new(ErrorKind::Invalid, message) }
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for AppError {}

impl FromStr for AppError {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        serde_json::from_str(text)
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) => {
                Self::new(ErrorKind::Malformed, "The request could not be read.")
            }
            ServerFnErrorErr::UnsupportedRequestMethod(_) => Self::new(ErrorKind::MethodNotAllowed, "This method is not allowed here."),
            ServerFnErrorErr::Request(_) => Self::new(ErrorKind::Unavailable, "The shop cannot be reached. Check the connection."),
            _ => Self::new(ErrorKind::Internal, "Something went wrong here. Try again."),
        }
    }
}
