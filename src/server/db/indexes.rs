//! Makes every index that the repositories ask for. Only here; a repository never creates one while serving.

use mongodb::{Collection, IndexModel, bson::Document};

use super::{
    Db, DbError, audit, cancellations, carts, events, holds, interest, invitations, likes, livestreams, orders, pins, presence, products, sanctions, sessions,
    users, views,
};

/// What a repository asks for: the collection and one index on it.
pub type Wanted = (&'static str, IndexModel);

impl Db {
    /// Creates the indexes that are missing.
    ///
    /// # Errors
    /// When the database is away, or when stored data contradicts a unique index.
    pub async fn create_indexes(&self) -> Result<(), DbError> {
        let wanted = [
            users::indexes(),
            sessions::indexes(),
            products::indexes(),
            livestreams::indexes(),
            cancellations::indexes(),
            events::indexes(),
            sanctions::indexes(),
            invitations::indexes(),
            audit::indexes(),
            likes::indexes(),
            interest::indexes(),
            presence::indexes(),
            pins::indexes(),
            views::indexes(),
            carts::indexes(),
            holds::indexes(),
            orders::indexes(),
        ];
        for (collection, model) in wanted.into_iter().flatten() {
            let collection: Collection<Document> = self.collection(collection);
            collection.create_index(model).await?;
        }
        Ok(())
    }
}
