//! Collection `events`: the log of each show, one record per durable event, numbered by `seq`. Chat lives here.

mod marks;

use std::collections::HashSet;

use futures::{Stream, TryStreamExt};
use mongodb::{
    IndexModel,
    bson::{Bson, DateTime, Document, doc, oid::ObjectId},
    error::ErrorKind as MongoErrorKind,
    options::IndexOptions,
};
use serde::{Deserialize, Serialize};

pub use self::marks::{Mark, What};
use super::{Db, DbError, date, indexes::Wanted, livestreams::oid, unique};
use crate::domain::{
    chat::ChatMessage,
    id::{LivestreamId, MessageId, OrderId, ProductId, UserId},
    money::Currency,
    time::Timestamp,
};

const COLLECTION: &str = "events";
/// The kind of a message, and of one that was deleted: only the first is shown to anybody.
const CHAT: &str = "chat";
const DELETED_CHAT: &str = "deleted_chat";

/// The indexes of the log. A message that its author marked is stored once, however often it is sent.
pub fn indexes() -> Vec<Wanted> {
    let marked = IndexOptions::builder().unique(true).partial_filter_expression(doc! { "clientId": { "$exists": true } }).build();
    vec![
        (COLLECTION, unique(doc! { "streamId": 1, "seq": 1 })),
        (COLLECTION, IndexModel::builder().keys(doc! { "streamId": 1, "author": 1, "clientId": 1 }).options(marked).build()),
        (COLLECTION, super::index(doc! { "streamId": 1, "kind": 1, "seq": 1 })),
    ]
}

/// One durable event of a show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRecord {
    pub id: MessageId,
    pub stream_id: LivestreamId,
    pub seq: u64,
    pub at: Timestamp,
    pub data: EventData,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventData {
    Chat(ChatData),
    Pin {
        product_id: ProductId,
    },
    Unpin {
        product_id: ProductId,
    },
    Reorder {
        product_ids: Vec<ProductId>,
    },
    Start,
    Stop {
        reason: String,
    },
    /// A message is gone. Its own record stays, as that of a deleted one.
    Delete {
        message_id: MessageId,
        by: UserId,
    },
    /// Somebody bought something. Who it was stands in the order alone.
    Order {
        order_id: OrderId,
        units: u32,
        total: i64,
        currency: Currency,
    },
}

/// A message with the one who said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatData {
    /// The account or session, for idempotence and statistics; never told to anyone.
    pub author: String,
    pub user: Option<UserId>,
    /// By what sanctions know the author; never told to anyone.
    pub marks: Vec<String>,
    pub message: ChatMessage,
}

/// What became of a record that was to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Stored,
    /// Its author had said this before, under the same mark.
    Duplicate(ChatMessage),
    /// The same, and it was deleted.
    Removed,
}

/// A message with what is known of its author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authored {
    pub message: ChatMessage,
    pub user: Option<UserId>,
    pub marks: Vec<String>,
    pub is_deleted: bool,
}

/// The newest messages of a show, oldest first, and whether they are all there are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChatPage {
    pub messages: Vec<ChatMessage>,
    pub has_more: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredChat {
    #[serde(rename = "_id")]
    id: ObjectId,
    seq: i64,
    at: DateTime,
    kind: String,
    #[serde(default)]
    author: String,
    #[serde(default)]
    client_id: Option<String>,
    data: StoredChatData,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredChatData {
    username: String,
    message: String,
    #[serde(default)]
    is_admin: bool,
    #[serde(default)]
    is_moderator: bool,
    #[serde(default)]
    user: Option<ObjectId>,
    #[serde(default)]
    marks: Vec<String>,
}

impl From<StoredChat> for ChatMessage {
    fn from(stored: StoredChat) -> Self {
        Self {
            id: MessageId::from_bytes(stored.id.bytes()),
            seq: u64::try_from(stored.seq).unwrap_or(0),
            username: stored.data.username,
            message: stored.data.message,
            timestamp: Timestamp::from_millis(stored.at.timestamp_millis()),
            is_admin: stored.data.is_admin,
            is_moderator: stored.data.is_moderator,
            client_id: stored.client_id,
        }
    }
}

fn document(record: &EventRecord) -> Document {
    let product = |id: &ProductId| ObjectId::from_bytes(id.bytes());
    let (kind, data) = match &record.data {
        EventData::Chat(chat) => {
            let user = chat.user.map_or(Bson::Null, |user| Bson::ObjectId(ObjectId::from_bytes(user.bytes())));
            let message = &chat.message;
            let mut data = doc! { "username": &message.username, "message": &message.message, "isAdmin": message.is_admin, "user": user };
            if message.is_moderator {
                data.insert("isModerator", true);
            }
            data.insert("marks", &chat.marks);
            (CHAT, data)
        }
        EventData::Pin { product_id } => ("pin", doc! { "productId": product(product_id) }),
        EventData::Unpin { product_id } => ("unpin", doc! { "productId": product(product_id) }),
        EventData::Reorder { product_ids } => ("reorder", doc! { "productIds": product_ids.iter().map(product).collect::<Vec<_>>() }),
        EventData::Start => ("start", doc! {}),
        EventData::Stop { reason } => ("stop", doc! { "reason": reason }),
        EventData::Delete { message_id, by } => {
            ("delete", doc! { "messageId": ObjectId::from_bytes(message_id.bytes()), "by": ObjectId::from_bytes(by.bytes()) })
        }
        EventData::Order { order_id, units, total, currency } => {
            let order = ObjectId::from_bytes(order_id.bytes());
            ("order", doc! { "orderId": order, "units": i64::from(*units), "total": *total, "currency": currency.code() })
        }
    };
    let mut document = doc! {
        "_id": ObjectId::from_bytes(record.id.bytes()),
        "streamId": oid(record.stream_id),
        "seq": i64::try_from(record.seq).unwrap_or(i64::MAX),
        "at": date(record.at),
        "kind": kind,
        "data": data,
    };
    if let EventData::Chat(chat) = &record.data {
        document.insert("author", &chat.author);
        if let Some(client_id) = &chat.message.client_id {
            document.insert("clientId", client_id);
        }
    }
    document
}

impl Db {
    /// Stores records in one write, and says what became of each. Storing the same records again is no error: an
    /// answer that was lost on the way is asked for again like that.
    ///
    /// # Errors
    /// `Duplicate` where another record has the place of one of these: somebody else writes this log.
    pub async fn store_events(&self, records: &[EventRecord]) -> Result<Vec<Outcome>, DbError> {
        let collection = self.collection::<Document>(COLLECTION);
        // Before the record of it: a deletion that was told is never undone by a fault between the two.
        for record in records {
            if let EventData::Delete { message_id, .. } = &record.data {
                let filter = doc! { "_id": ObjectId::from_bytes(message_id.bytes()), "streamId": oid(record.stream_id), "kind": CHAT };
                collection.update_one(filter, doc! { "$set": { "kind": DELETED_CHAT } }).await?;
            }
        }
        let mut outcomes = vec![Outcome::Stored; records.len()];
        let Err(error) = collection.insert_many(records.iter().map(document)).ordered(false).await else { return Ok(outcomes) };
        let refused: Vec<usize> = match error.kind.as_ref() {
            MongoErrorKind::InsertMany(many) if many.write_concern_error.is_none() => {
                let errors = many.write_errors.as_deref().unwrap_or_default();
                if errors.is_empty() || errors.iter().any(|error| error.code != super::DUPLICATE_KEY) {
                    return Err(error.into());
                }
                errors.iter().map(|error| error.index).collect()
            }
            _ => return Err(error.into()),
        };
        for at in refused {
            let Some(record) = records.get(at) else { continue };
            if collection.find_one(doc! { "_id": ObjectId::from_bytes(record.id.bytes()) }).await?.is_some() {
                continue;
            }
            let EventData::Chat(chat) = &record.data else { return Err(DbError::Duplicate) };
            let filter = doc! { "streamId": oid(record.stream_id), "author": &chat.author, "clientId": chat.message.client_id.as_deref() };
            let known = match &chat.message.client_id {
                Some(_) => self.collection::<StoredChat>(COLLECTION).find_one(filter).await?,
                None => None,
            };
            outcomes[at] = match known.ok_or(DbError::Duplicate)? {
                known if known.kind == DELETED_CHAT => Outcome::Removed,
                known => Outcome::Duplicate(known.into()),
            };
        }
        Ok(outcomes)
    }

    /// Messages of a show before a place in its log (or the newest), oldest first.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn chat_messages(&self, id: LivestreamId, before: Option<u64>, limit: u32) -> Result<ChatPage, DbError> {
        let mut filter = doc! { "streamId": oid(id), "kind": CHAT };
        if let Some(before) = before {
            filter.insert("seq", doc! { "$lt": i64::try_from(before).unwrap_or(i64::MAX) });
        }
        let found = self.collection::<StoredChat>(COLLECTION).find(filter).sort(doc! { "seq": -1 }).limit(i64::from(limit) + 1).await?;
        let mut found: Vec<StoredChat> = found.try_collect().await?;
        let has_more = found.len() > limit as usize;
        found.truncate(limit as usize);
        Ok(ChatPage { messages: found.into_iter().rev().map(ChatMessage::from).collect(), has_more })
    }

    /// All that was said in a show and not deleted, oldest first.
    ///
    /// # Errors
    /// When the database is away, now or on the way.
    pub async fn talk(&self, id: LivestreamId) -> Result<impl Stream<Item = Result<ChatMessage, DbError>> + use<>, DbError> {
        let found = self.collection::<StoredChat>(COLLECTION).find(doc! { "streamId": oid(id), "kind": CHAT }).sort(doc! { "seq": 1 }).await?;
        Ok(found.map_ok(ChatMessage::from).map_err(DbError::from))
    }

    /// A message of a show, deleted or not, with what is known of its author.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn authored(&self, show: LivestreamId, message: MessageId) -> Result<Option<Authored>, DbError> {
        let filter = doc! { "_id": ObjectId::from_bytes(message.bytes()), "streamId": oid(show), "kind": { "$in": [CHAT, DELETED_CHAT] } };
        let Some(mut stored) = self.collection::<StoredChat>(COLLECTION).find_one(filter).await? else { return Ok(None) };
        let user = stored.data.user.map(|user| UserId::from_bytes(user.bytes()));
        let mut marks = std::mem::take(&mut stored.data.marks);
        if marks.is_empty() && !stored.author.is_empty() {
            marks.push(stored.author.clone());
        }
        Ok(Some(Authored { user, marks, is_deleted: stored.kind == DELETED_CHAT, message: stored.into() }))
    }

    /// The newest deletions of a show, oldest first: place in the log, and the message.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn removals(&self, show: LivestreamId, limit: u32) -> Result<Vec<(u64, MessageId)>, DbError> {
        let log = self.collection::<Document>(COLLECTION);
        let found = log.find(doc! { "streamId": oid(show), "kind": "delete" }).sort(doc! { "seq": -1 });
        let found: Vec<Document> = found.limit(i64::from(limit)).await?.try_collect().await?;
        let removal = |document: &Document| {
            let message = document.get_document("data").ok()?.get_object_id("messageId").ok()?;
            Some((u64::try_from(document.get_i64("seq").ok()?).ok()?, MessageId::from_bytes(message.bytes())))
        };
        Ok(found.iter().rev().filter_map(removal).collect())
    }

    /// The newest place in a show's log; zero where it is empty.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn newest_seq(&self, id: LivestreamId) -> Result<u64, DbError> {
        let log = self.collection::<Document>(COLLECTION);
        let newest = log.find_one(doc! { "streamId": oid(id) }).sort(doc! { "seq": -1 }).projection(doc! { "seq": 1 }).await?;
        Ok(newest.and_then(|document| document.get_i64("seq").ok()).and_then(|seq| u64::try_from(seq).ok()).unwrap_or(0))
    }

    /// Whether a show's log says that it began.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn start_is_logged(&self, id: LivestreamId) -> Result<bool, DbError> {
        self.is_logged(id, "start").await
    }

    /// Whether a show's log says that it ended.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn stop_is_logged(&self, id: LivestreamId) -> Result<bool, DbError> {
        self.is_logged(id, "stop").await
    }

    /// Takes the end of a show out of its log, where more of it is to be written.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn reopen_log(&self, id: LivestreamId) -> Result<(), DbError> {
        self.collection::<Document>(COLLECTION).delete_many(doc! { "streamId": oid(id), "kind": "stop" }).await?;
        Ok(())
    }

    async fn is_logged(&self, id: LivestreamId, kind: &str) -> Result<bool, DbError> {
        Ok(self.collection::<Document>(COLLECTION).find_one(doc! { "streamId": oid(id), "kind": kind }).await?.is_some())
    }

    /// The people who spoke in a show.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn speakers(&self, id: LivestreamId) -> Result<HashSet<String>, DbError> {
        let stages = [doc! { "$match": { "streamId": oid(id), "kind": { "$in": [CHAT, DELETED_CHAT] } } }, doc! { "$group": { "_id": "$author" } }];
        let found: Vec<Document> = self.collection::<Document>(COLLECTION).aggregate(stages).await?.try_collect().await?;
        Ok(found.iter().filter_map(|document| document.get_str("_id").ok()).map(str::to_owned).collect())
    }

    /// Removes the log of a show.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn delete_events(&self, id: LivestreamId) -> Result<(), DbError> {
        self.collection::<Document>(COLLECTION).delete_many(doc! { "streamId": oid(id) }).await?;
        Ok(())
    }
}
