//! MongoDB: one repository per collection, each a file of `impl Db`. BSON never leaves this module.

use std::{future::IntoFuture, sync::Arc};

use futures::TryStreamExt;
use mongodb::{
    Collection, Cursor, Database, IndexModel,
    bson::{Bson, Document, RawDocumentBuf, deserialize_from_slice, doc, oid::ObjectId},
    error::{ErrorKind as MongoErrorKind, WriteFailure},
};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;

use crate::error::AppError;

pub mod audit;
pub mod cancellations;
pub mod carts;
pub mod chat_rules;
pub mod connect;
pub mod events;
pub mod holds;
pub mod indexes;
pub mod interest;
pub mod invitations;
pub mod likes;
pub mod livestreams;
pub mod local;
pub mod moments;
pub mod old;
pub mod orders;
pub mod payments;
pub mod pins;
pub mod presence;
pub mod products;
pub mod recordings;
pub mod replays;
pub mod sanctions;
mod search;
pub mod sessions;
mod transaction;
pub mod users;
pub mod views;

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    database: Database,
    /// Turns for transactions.
    transactions: Arc<Semaphore>,
}

/// Why the database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// A unique index stands in the way.
    #[error("there is one already")]
    Duplicate,
    /// The database is away, hangs or is between primaries.
    #[error("the database is away: {0}")]
    Unavailable(#[source] mongodb::error::Error),
    /// The disk of the database is full.
    #[error("the disk of the database is full")]
    Full,
    /// Anything else: a fault in a query or in stored data.
    #[error("the database refused: {0}")]
    Other(#[source] mongodb::error::Error),
}

impl DbError {
    /// The database did not answer in the time that its caller gives it. The driver itself waits without end.
    pub fn timed_out() -> Self {
        Self::Unavailable(std::io::Error::from(std::io::ErrorKind::TimedOut).into())
    }
}

impl From<mongodb::error::Error> for DbError {
    fn from(error: mongodb::error::Error) -> Self {
        if is_duplicate(&error) {
            return Self::Duplicate;
        }
        match error.kind.as_ref() {
            MongoErrorKind::ServerSelection { .. }
            | MongoErrorKind::Io(_)
            | MongoErrorKind::ConnectionPoolCleared { .. }
            | MongoErrorKind::DnsResolve { .. } => Self::Unavailable(error),
            MongoErrorKind::Command(command) if command.code == 14_031 => Self::Full,
            _ if error.contains_label("RetryableWriteError") || error.contains_label("RetryableError") => Self::Unavailable(error),
            _ => Self::Other(error),
        }
    }
}

impl From<DbError> for AppError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Duplicate => Self::conflict("There is one already."),
            DbError::Unavailable(source) => {
                tracing::warn!(error = %source.kind, "the database is away");
                Self::unavailable("The shop's database cannot be reached. Try again in a moment.")
            }
            DbError::Full => Self::new(crate::error::ErrorKind::StorageFull, "The disk is full."),
            DbError::Other(source) => {
                let reference = super::telemetry::reference();
                tracing::error!(%reference, error = %source, "the database refused a query");
                Self::internal(&reference)
            }
        }
    }
}

/// The code of a write that a unique index refused.
const DUPLICATE_KEY: i32 = 11_000;

fn is_duplicate(error: &mongodb::error::Error) -> bool {
    match error.kind.as_ref() {
        MongoErrorKind::Write(WriteFailure::WriteError(write)) => write.code == DUPLICATE_KEY,
        MongoErrorKind::Command(command) => command.code == DUPLICATE_KEY,
        MongoErrorKind::InsertMany(many) => many.write_errors.iter().flatten().any(|write| write.code == DUPLICATE_KEY),
        _ => false,
    }
}

impl Db {
    /// The repositories over this database.
    pub fn new(database: Database) -> Self {
        Self { database, transactions: Arc::new(Semaphore::new(transaction::AT_ONCE)) }
    }

    /// The database itself, for repositories.
    fn database(&self) -> &Database {
        &self.database
    }

    /// A collection, for repositories.
    fn collection<T: Send + Sync>(&self, name: &str) -> Collection<T> {
        self.database.collection(name)
    }

    /// Asks the database whether it works, for at most two seconds. One that is starting answers before it takes anything.
    ///
    /// # Errors
    /// A sentence that says why it does not.
    pub async fn ping(&self) -> Result<(), String> {
        let asked = self.database.run_command(doc! { "hello": 1 });
        match tokio::time::timeout(std::time::Duration::from_secs(2), asked.into_future()).await {
            Ok(Ok(answer)) if answer.get_bool("isWritablePrimary").unwrap_or(false) => Ok(()),
            Ok(Ok(_)) => Err("it takes no writes yet".to_owned()),
            Ok(Err(error)) => Err(error.kind.to_string()),
            Err(_) => Err("it did not answer within two seconds".to_owned()),
        }
    }

    /// Removes everything. For tests.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn drop_everything(&self) -> Result<(), DbError> {
        Ok(self.database.drop().await?)
    }
}

/// What can be read of these documents. One that is damaged is left out and named in the log: it must not take the
/// others with it.
async fn readable<T: DeserializeOwned>(mut documents: Cursor<RawDocumentBuf>) -> Result<Vec<T>, DbError> {
    let mut found = Vec::new();
    while let Some(document) = documents.try_next().await? {
        match deserialize_from_slice(document.as_bytes()) {
            Ok(value) => found.push(value),
            Err(error) => tracing::error!(id = ?document.get("_id"), %error, "a document cannot be read and is left out"),
        }
    }
    Ok(found)
}

/// A new id: time, process and counter, so that newer ids sort after older ones.
pub fn new_id() -> [u8; 12] {
    ObjectId::new().bytes()
}

/// An index over these keys.
fn index(keys: Document) -> IndexModel {
    IndexModel::builder().keys(keys).build()
}

/// A unique index over these keys.
fn unique(keys: Document) -> IndexModel {
    let options = mongodb::options::IndexOptions::builder().unique(true).build();
    IndexModel::builder().keys(keys).options(options).build()
}

/// An index by which documents vanish once the time in `field` has passed.
fn expires(field: &str) -> IndexModel {
    let options = mongodb::options::IndexOptions::builder().expire_after(std::time::Duration::ZERO).build();
    IndexModel::builder().keys(doc! { field: 1 }).options(options).build()
}

/// A point in time as the database keeps it.
fn date(at: crate::domain::time::Timestamp) -> Bson {
    Bson::DateTime(mongodb::bson::DateTime::from_millis(at.millis()))
}
