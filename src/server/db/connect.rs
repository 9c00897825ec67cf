//! Connecting: time limits and write guarantees that hold for every repository.

use std::time::Duration;

use mongodb::{
    Client, Database,
    options::{Acknowledgment, ClientOptions, WriteConcern},
};

use super::Db;

/// The name of the database where the address names none.
pub const DEFAULT_DATABASE: &str = "wrencos";
/// How long a query waits for a reachable primary.
pub const SELECTION_TIMEOUT: Duration = Duration::from_secs(5);

/// How long connections may take to end in good order.
const GOODBYE: Duration = Duration::from_secs(2);

/// Ends the connections of a database's client. A driver that is dropped with its runtime instead panics now and then.
pub(super) async fn close(database: &Database) {
    let _ = tokio::time::timeout(GOODBYE, database.client().clone().shutdown().immediate(true).into_future()).await;
}

impl Db {
    /// Lets go of the connections. Nothing is read or written afterwards.
    pub async fn close(&self) {
        close(&self.database).await;
    }

    /// The database at `uri`. Nothing is asked of it yet: whether it is there shows at the first query.
    ///
    /// # Errors
    /// The address cannot be understood.
    pub async fn connect(uri: &str) -> Result<Self, mongodb::error::Error> {
        let mut options = ClientOptions::parse(uri).await?;
        options.app_name.get_or_insert_with(|| "wrencos".to_owned());
        options.server_selection_timeout.get_or_insert(SELECTION_TIMEOUT);
        options.connect_timeout.get_or_insert(SELECTION_TIMEOUT);
        // What a client was told is stored survives the loss of a node.
        options.write_concern.get_or_insert_with(|| WriteConcern::builder().w(Acknowledgment::Majority).journal(true).build());
        let name = options.default_database.clone().unwrap_or_else(|| DEFAULT_DATABASE.to_owned());
        Ok(Self::new(Client::with_options(options)?.database(&name)))
    }
}
