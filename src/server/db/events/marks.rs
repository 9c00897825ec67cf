//! A show's log as its numbers need it: one small mark per record, streamed, whatever the length of the log.

use futures::{Stream, TryStreamExt};
use mongodb::bson::{Document, doc};

use super::COLLECTION;
use crate::{
    domain::{
        id::{LivestreamId, ProductId},
        time::Timestamp,
    },
    server::db::{Db, DbError, livestreams::oid},
};

/// One record of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub at: Timestamp,
    pub what: What,
}

/// What happened, as far as it is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Chat {
        /// The account or session.
        author: String,
        by_host: bool,
    },
    Pin(ProductId),
    Unpin(ProductId),
    Stop,
    /// Anything else.
    Other,
}

impl Db {
    /// The log of a show from its beginning.
    ///
    /// # Errors
    /// When the database is away, now or on the way.
    pub async fn log_marks(&self, id: LivestreamId) -> Result<impl Stream<Item = Result<Mark, DbError>> + use<>, DbError> {
        let fields = doc! { "_id": 0, "at": 1, "kind": 1, "author": 1, "data.isAdmin": 1, "data.productId": 1 };
        let found = self.collection::<Document>(COLLECTION).find(doc! { "streamId": oid(id) }).sort(doc! { "seq": 1 }).projection(fields).await?;
        Ok(found.map_ok(|document| mark(&document)).map_err(DbError::from))
    }
}

fn mark(document: &Document) -> Mark {
    let at = document.get_datetime("at").map_or(0, |at| at.timestamp_millis());
    let data = document.get_document("data").ok();
    let product = || Some(ProductId::from_bytes(data?.get_object_id("productId").ok()?.bytes()));
    let what = match (document.get_str("kind").unwrap_or_default(), product()) {
        ("chat", _) => What::Chat {
            author: document.get_str("author").unwrap_or_default().to_owned(),
            by_host: data.is_some_and(|data| data.get_bool("isAdmin").unwrap_or(false)),
        },
        ("pin", Some(product)) => What::Pin(product),
        ("unpin", Some(product)) => What::Unpin(product),
        ("stop", _) => What::Stop,
        _ => What::Other,
    };
    Mark { at: Timestamp::from_millis(at), what }
}
