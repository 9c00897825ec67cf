//! Collection `chat_rules`: what each show asks of those who chat, by the show's id; and the shop's blocked words.

use futures::TryStreamExt;
use mongodb::{
    bson::{Document, doc},
    options::ReturnDocument,
};
use serde::{Deserialize, Serialize};

use super::{Db, DbError, livestreams::oid};
use crate::domain::{
    id::LivestreamId,
    moderation::{ChatRules, ChatRulesUpdate},
};

const COLLECTION: &str = "chat_rules";
/// The id of the one document that is the shop's.
const SHOP: &str = "shop";

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Stored {
    slow_mode_seconds: i64,
    links_allowed: Option<bool>,
    registered_only: bool,
    announcement: Option<String>,
}

impl From<Stored> for ChatRules {
    fn from(stored: Stored) -> Self {
        Self {
            slow_mode_seconds: u32::try_from(stored.slow_mode_seconds).unwrap_or(0),
            links_allowed: stored.links_allowed.unwrap_or(true),
            registered_only: stored.registered_only,
            announcement: stored.announcement.filter(|text| !text.is_empty()),
        }
    }
}

impl Db {
    /// The rules of a show's chat.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn chat_rules(&self, show: LivestreamId) -> Result<ChatRules, DbError> {
        Ok(self.collection::<Stored>(COLLECTION).find_one(doc! { "_id": oid(show) }).await?.map(ChatRules::from).unwrap_or_default())
    }

    /// Changes what is given of a show's rules, in one step, and gives all of them.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn change_chat_rules(&self, show: LivestreamId, update: &ChatRulesUpdate) -> Result<ChatRules, DbError> {
        let mut set = Document::new();
        if let Some(seconds) = update.slow_mode_seconds {
            set.insert("slowModeSeconds", i64::from(seconds));
        }
        if let Some(allowed) = update.links_allowed {
            set.insert("linksAllowed", allowed);
        }
        if let Some(only) = update.registered_only {
            set.insert("registeredOnly", only);
        }
        if let Some(text) = &update.announcement {
            set.insert("announcement", text);
        }
        if set.is_empty() {
            return self.chat_rules(show).await;
        }
        let changed = self
            .collection::<Stored>(COLLECTION)
            .find_one_and_update(doc! { "_id": oid(show) }, doc! { "$set": set })
            .upsert(true)
            .return_document(ReturnDocument::After)
            .await?;
        Ok(changed.map(ChatRules::from).unwrap_or_default())
    }

    /// Removes the rules of a show.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn delete_chat_rules(&self, show: LivestreamId) -> Result<(), DbError> {
        self.collection::<Document>(COLLECTION).delete_one(doc! { "_id": oid(show) }).await?;
        Ok(())
    }

    /// The words that nobody may use in the shop's chats.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn blocked_words(&self) -> Result<Vec<String>, DbError> {
        let found: Vec<Document> = self.collection::<Document>(COLLECTION).find(doc! { "_id": SHOP }).await?.try_collect().await?;
        let words = found.first().and_then(|shop| shop.get_array("blockedWords").ok());
        Ok(words.into_iter().flatten().filter_map(|word| word.as_str().map(str::to_owned)).collect())
    }

    /// Keeps this list from now on.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn set_blocked_words(&self, words: &[String]) -> Result<(), DbError> {
        let change = doc! { "$set": { "blockedWords": words } };
        self.collection::<Document>(COLLECTION).update_one(doc! { "_id": SHOP }, change).upsert(true).await?;
        Ok(())
    }
}
