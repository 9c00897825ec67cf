//! Orders that another system took.

use super::{COLLECTION, Stored, stored};
use crate::{
    domain::order::Order,
    server::db::{Db, DbError},
};

impl Db {
    /// Stores an order as it is: no stock is taken, no cart is looked at.
    ///
    /// # Errors
    /// Duplicate where its id or its number is taken; when the database is away.
    pub async fn import_order(&self, order: &Order) -> Result<(), DbError> {
        self.collection::<Stored>(COLLECTION).insert_one(stored(order, None)).await?;
        Ok(())
    }
}
