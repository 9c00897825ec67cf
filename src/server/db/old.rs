//! Another system's database, read and never written: the collections that Mongoose made for the Node server which WrenCOS
//! replaces. Documents are streamed one by one, and messages one by one out of their shows, so that memory does not follow
//! the size of anything. Reading is tolerant; what cannot be read is told with its reason ([`Unreadable`]).

mod order;
mod product;
mod read;
mod show;
mod user;

use std::time::Duration;

use futures::{Stream, TryStreamExt};
use mongodb::{
    Client, Database,
    bson::{Document, doc},
    options::ClientOptions,
};

use super::{Db, DbError, connect::close, livestreams::oid};
use crate::domain::id::LivestreamId;

pub use self::{
    order::{OldItem, OldOrder},
    product::OldProduct,
    show::{OldMessage, OldShow},
    user::OldUser,
};

/// How long the first contact may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A document that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Its `_id` as text; empty where it has none.
    pub id: String,
    pub why: &'static str,
}

/// What was read: the thing, or why it could not be.
pub type Read<T> = Result<T, Unreadable>;

/// A collection of the old system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldCollection {
    Users,
    Products,
    Shows,
    Orders,
}

impl OldCollection {
    // Mongoose names collections like this; ours have the same names.
    const fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Products => "products",
            Self::Shows => "livestreams",
            Self::Orders => "orders",
        }
    }
}

/// The old system's database.
#[derive(Clone)]
pub struct OldDb(Database);

impl OldDb {
    /// Connects to the database that `uri` names.
    ///
    /// # Errors
    /// A sentence: the address is none, names no database, or nobody answers there.
    pub async fn connect(uri: &str) -> Result<Self, String> {
        let mut options = ClientOptions::parse(uri).await.map_err(|error| error.kind.to_string().replace('\n', " "))?;
        options.server_selection_timeout.get_or_insert(PATIENCE);
        let client = Client::with_options(options).map_err(|error| error.kind.to_string())?;
        let database = client.default_database().ok_or("it names no database; write it like mongodb://host:27017/shop")?;
        database.run_command(doc! { "ping": 1 }).await.map_err(|_| "nobody answers there".to_owned())?;
        Ok(Self(database))
    }

    /// Lets go of the connections.
    pub async fn close(&self) {
        close(&self.0).await;
    }

    /// How many documents a collection has, about.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn count(&self, collection: OldCollection) -> Result<u64, DbError> {
        Ok(self.0.collection::<Document>(collection.name()).estimated_document_count().await?)
    }

    /// The accounts.
    ///
    /// # Errors
    /// When the database is away, now or on the way.
    pub async fn users(&self) -> Result<impl Stream<Item = Result<Read<OldUser>, DbError>> + use<>, DbError> {
        self.all(OldCollection::Users, Vec::new(), user::read).await
    }

    /// The products.
    ///
    /// # Errors
    /// When the database is away, now or on the way.
    pub async fn products(&self) -> Result<impl Stream<Item = Result<Read<OldProduct>, DbError>> + use<>, DbError> {
        self.all(OldCollection::Products, Vec::new(), product::read).await
    }

    /// The shows, without what was said in them.
    ///
    /// # Errors
    /// When the database is away, now or on the way.
    pub async fn shows(&self) -> Result<impl Stream<Item = Result<Read<OldShow>, DbError>> + use<>, DbError> {
        let size = doc! { "$cond": [{ "$isArray": "$chatMessages" }, { "$size": "$chatMessages" }, 0] };
        let stages = vec![doc! { "$addFields": { (show::MESSAGE_COUNT): size } }, doc! { "$unset": "chatMessages" }];
        self.all(OldCollection::Shows, stages, show::read).await
    }

    /// What was said in a show from a place on, in order, each with its place.
    ///
    /// # Errors
    /// When the database is away, now or on the way.
    pub async fn messages(&self, id: LivestreamId, from: u64) -> Result<impl Stream<Item = Result<(u64, Read<OldMessage>), DbError>> + use<>, DbError> {
        let from = i64::try_from(from).unwrap_or(i64::MAX);
        let stages = [
            doc! { "$match": { "_id": oid(id) } },
            doc! { "$project": { "_id": 0, "chatMessages": 1 } },
            doc! { "$unwind": { "path": "$chatMessages", "includeArrayIndex": "place" } },
            doc! { "$match": { "place": { "$gte": from } } },
        ];
        let found = self.0.collection::<Document>(OldCollection::Shows.name()).aggregate(stages).batch_size(1000).await?;
        Ok(found.map_ok(|document| show::message(&document)).map_err(DbError::from))
    }

    /// The orders.
    ///
    /// # Errors
    /// When the database is away, now or on the way.
    pub async fn orders(&self) -> Result<impl Stream<Item = Result<Read<OldOrder>, DbError>> + use<>, DbError> {
        self.all(OldCollection::Orders, Vec::new(), order::read).await
    }

    async fn all<T>(
        &self,
        collection: OldCollection,
        more: Vec<Document>,
        read: fn(&Document) -> Read<T>,
    ) -> Result<impl Stream<Item = Result<Read<T>, DbError>> + use<T>, DbError> {
        let stages = std::iter::once(doc! { "$sort": { "_id": 1 } }).chain(more);
        let found = self.0.collection::<Document>(collection.name()).aggregate(stages).batch_size(100).await?;
        Ok(found.map_ok(move |document| read(&document)).map_err(DbError::from))
    }

    /// Whether this is the very database of the shop, by whatever address it is reached.
    ///
    /// # Errors
    /// When one of them is away.
    pub async fn is(&self, db: &Db) -> Result<bool, DbError> {
        // Each mongod draws an id of its own when it starts.
        let process = async |database: &Database| {
            let hello = database.run_command(doc! { "hello": 1 }).await?;
            Ok::<_, DbError>(hello.get_document("topologyVersion").and_then(|version| version.get_object_id("processId")).ok())
        };
        let (here, there) = (process(db.database()).await?, process(&self.0).await?);
        Ok(self.0.name() == db.database().name() && here.is_some() && here == there)
    }
}
