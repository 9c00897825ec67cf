//! The way to the engine: JSON over HTTP, with an end to every wait and to every answer.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, Response, redirect::Policy};
use serde_json::Value;

use super::janus::Target;
use crate::server::config::engine::Access;

/// The longest that an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The engine keeps a question for news open for half a minute.
const NEWS_PATIENCE: Duration = Duration::from_secs(45);
/// A connection that is not there by then will not come.
const CONNECT_PATIENCE: Duration = Duration::from_secs(3);
/// No answer is longer: ten pieces of news with a description each.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;
/// Pieces of news that are taken at once.
const NEWS_AT_ONCE: &str = "10";

/// Why there is no answer. Never with an address or a secret in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("it cannot be reached")]
    Unreachable,
    #[error("it does not answer in time")]
    Silent,
    #[error("its answer is too long")]
    TooLong,
    #[error("its answer is not that of an engine")]
    Rubbish,
    #[error("it sends to another server, where nothing of this shop goes")]
    Elsewhere,
}

/// Speaks to one engine. Cheap to clone.
#[derive(Clone)]
pub struct Http {
    client: Client,
    url: String,
    secret: Option<String>,
}

impl Http {
    /// For the engine of these settings; opens nothing.
    ///
    /// # Errors
    /// TLS that cannot be set up on this machine.
    pub fn new(access: &Access) -> reqwest::Result<Self> {
        Ok(Self { client: client()?, url: access.url.clone(), secret: access.secret.clone() })
    }

    /// Says something, and hears the answer.
    ///
    /// # Errors
    /// No answer, or none that is JSON.
    pub async fn say(&self, target: Target, transaction: u64, mut body: Value) -> Result<Value, Failure> {
        if let Value::Object(fields) = &mut body {
            fields.insert("transaction".to_owned(), transaction.to_string().into());
            if let Some(secret) = &self.secret {
                fields.insert("apisecret".to_owned(), secret.clone().into());
            }
        }
        answer(self.client.post(format!("{}{}", self.url, target.path())).timeout(PATIENCE).json(&body)).await
    }

    /// Waits for news of a session, which keeps it alive.
    ///
    /// # Errors
    /// No answer, or none that is JSON.
    pub async fn news(&self, session: u64) -> Result<Value, Failure> {
        let mut query = vec![("maxev", NEWS_AT_ONCE)];
        query.extend(self.secret.as_deref().map(|secret| ("apisecret", secret)));
        answer(self.client.get(format!("{}{}", self.url, Target::Session(session).path())).query(&query).timeout(NEWS_PATIENCE)).await
    }
}

async fn answer(request: RequestBuilder) -> Result<Value, Failure> {
    let response = request.send().await.map_err(failure)?;
    // Refusals are JSON, too, whatever their status.
    serde_json::from_slice(&read(response, MAX_ANSWER_BYTES).await?).map_err(|_| Failure::Rubbish)
}

/// What speaks to an engine. It lets nobody send it elsewhere: what is said is meant for this engine alone.
pub(super) fn client() -> reqwest::Result<Client> {
    Client::builder().redirect(Policy::none()).no_proxy().connect_timeout(CONNECT_PATIENCE).build()
}

/// The body of an answer, if it is not too long.
pub(super) async fn read(mut response: Response, max_bytes: usize) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(failure)? {
        if text.len() + chunk.len() > max_bytes {
            return Err(Failure::TooLong);
        }
        text.extend_from_slice(&chunk);
    }
    Ok(text)
}

/// Why nothing came. What the error says itself has the address in it.
pub(super) fn failure(error: reqwest::Error) -> Failure {
    if error.is_timeout() && !error.is_connect() { Failure::Silent } else { Failure::Unreachable }
}
