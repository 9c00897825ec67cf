//! Collection `users`, and the document in `system` that says the shop has its first admin.

use futures::TryStreamExt;
use mongodb::{
    ClientSession,
    bson::{Bson, Document, doc, oid::ObjectId},
    error::{TRANSIENT_TRANSACTION_ERROR, UNKNOWN_TRANSACTION_COMMIT_RESULT},
};
use serde::{Deserialize, Serialize};

use super::{Db, DbError, indexes::Wanted, search::contains, unique};
use crate::domain::{
    id::UserId,
    time::Timestamp,
    user::{Role, User},
};

const COLLECTION: &str = "users";
const SYSTEM: &str = "system";
const FIRST_ADMIN: &str = "first_admin";
/// How often a registration that met another one starts again.
const ATTEMPTS: u32 = 20;

/// The indexes of accounts.
pub fn indexes() -> Vec<Wanted> {
    vec![(COLLECTION, unique(doc! { "email": 1 }))]
}

/// An account with what proves its owner.
#[derive(Debug, Clone)]
pub struct Account {
    pub user: User,
    /// Argon2id in PHC form; bcrypt where the account came from another system and nobody has signed in since.
    pub password_hash: String,
    /// Tokens of an older version no longer hold.
    pub token_version: i64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    #[serde(rename = "_id")]
    id: ObjectId,
    email: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    role: Role,
    password_hash: String,
    #[serde(default)]
    token_version: i64,
    created_at: mongodb::bson::DateTime,
}

impl From<Stored> for Account {
    fn from(stored: Stored) -> Self {
        let user = User {
            id: UserId::from_bytes(stored.id.bytes()),
            email: stored.email,
            name: stored.name,
            role: stored.role,
            created_at: Timestamp::from_millis(stored.created_at.timestamp_millis()),
        };
        Self { user, password_hash: stored.password_hash, token_version: stored.token_version }
    }
}

impl From<&Account> for Stored {
    fn from(account: &Account) -> Self {
        Self {
            id: ObjectId::from_bytes(account.user.id.bytes()),
            email: account.user.email.clone(),
            name: account.user.name.clone(),
            role: account.user.role,
            password_hash: account.password_hash.clone(),
            token_version: account.token_version,
            created_at: mongodb::bson::DateTime::from_millis(account.user.created_at.millis()),
        }
    }
}

impl Db {
    /// The account with this address, in its normal form.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn account_by_email(&self, email: &str) -> Result<Option<Account>, DbError> {
        Ok(self.collection::<Stored>(COLLECTION).find_one(doc! { "email": email }).await?.map(Account::from))
    }

    /// The account with this id.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn account(&self, id: UserId) -> Result<Option<Account>, DbError> {
        Ok(self.collection::<Stored>(COLLECTION).find_one(doc! { "_id": oid(id) }).await?.map(Account::from))
    }

    /// Stores a new account, and gives it back. The very first one of the shop becomes an admin, whatever role was asked for:
    /// exactly one, however many register at the same moment.
    ///
    /// # Errors
    /// Duplicate if the address is taken; when the database is away.
    pub async fn insert_account(&self, mut account: Account) -> Result<Account, DbError> {
        for _ in 0..ATTEMPTS {
            if self.collection::<Document>(SYSTEM).find_one(doc! { "_id": FIRST_ADMIN }).await?.is_some() {
                self.collection::<Stored>(COLLECTION).insert_one(Stored::from(&account)).await?;
                return Ok(account);
            }
            // Accounts without the mark come from before it existed, or from another system: then an admin is made by command.
            let empty = self.collection::<Document>(COLLECTION).find_one(doc! {}).await?.is_none();
            let first = Account { user: User { role: if empty { Role::Admin } else { account.user.role }, ..account.user.clone() }, ..account.clone() };
            match self.insert_first(&first).await {
                Ok(true) => {
                    account = first;
                    return Ok(account);
                }
                // Someone else was first: look again.
                Ok(false) => {}
                Err(error) => return Err(error),
            }
        }
        Err(DbError::Unavailable(mongodb::error::Error::custom("too many registrations at once")))
    }

    /// Stores an account of another system as it is. It never becomes the admin by being the first.
    ///
    /// # Errors
    /// Duplicate if its id or its address is taken; when the database is away.
    pub async fn import_account(&self, account: &Account) -> Result<(), DbError> {
        self.collection::<Stored>(COLLECTION).insert_one(Stored::from(account)).await?;
        Ok(())
    }

    // Mark and account appear together or not at all. False: another registration came first.
    async fn insert_first(&self, account: &Account) -> Result<bool, DbError> {
        let mut session = self.database().client().start_session().await?;
        session.start_transaction().await?;
        match self.write_first(&mut session, account).await {
            Ok(()) => Ok(true),
            Err(error) => {
                // The transaction is over in any case; an abort that fails changes nothing.
                let _ = session.abort_transaction().await;
                let again = error.contains_label(TRANSIENT_TRANSACTION_ERROR) || error.contains_label(UNKNOWN_TRANSACTION_COMMIT_RESULT);
                if again || super::is_duplicate(&error) { Ok(false) } else { Err(error.into()) }
            }
        }
    }

    async fn write_first(&self, session: &mut ClientSession, account: &Account) -> Result<(), mongodb::error::Error> {
        let mark = doc! { "_id": FIRST_ADMIN, "user": oid(account.user.id) };
        self.collection::<Document>(SYSTEM).insert_one(mark).session(&mut *session).await?;
        self.collection::<Stored>(COLLECTION).insert_one(Stored::from(account)).session(&mut *session).await?;
        session.commit_transaction().await
    }

    /// Gives an account another role if it has this one now; its tokens no longer hold. False where it has not.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn change_role(&self, id: UserId, from: Role, to: Role) -> Result<bool, DbError> {
        // A role that is not written down is a customer's.
        let from = if from == Role::Customer {
            doc! { "$in": [from.name(), Bson::Null] }
        } else {
            doc! { "$eq": from.name() }
        };
        let change = doc! { "$set": { "role": to.name() }, "$inc": { "tokenVersion": 1_i64 } };
        Ok(self.collection::<Stored>(COLLECTION).update_one(doc! { "_id": oid(id), "role": from }, change).await?.matched_count > 0)
    }

    /// Some accounts of a role (or all) whose name or address has this text, newest first, and how many there are.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn list_users(&self, role: Option<Role>, search: Option<&str>, limit: u32, skip: u64) -> Result<(Vec<User>, u64), DbError> {
        let mut filter = Document::new();
        if let Some(role) = role {
            filter.insert("role", role.name());
        }
        if let Some(text) = search {
            filter.insert("$or", [doc! { "name": contains(text) }, doc! { "email": contains(text) }]);
        }
        let users = self.collection::<Stored>(COLLECTION);
        let total = users.count_documents(filter.clone()).await?;
        let found: Vec<Stored> = users.find(filter).sort(doc! { "_id": -1 }).skip(skip).limit(i64::from(limit)).await?.try_collect().await?;
        Ok((found.into_iter().map(|stored| Account::from(stored).user).collect(), total))
    }

    /// Gives an account another role; its tokens no longer hold.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn set_role(&self, id: UserId, role: Role) -> Result<(), DbError> {
        self.change_account(id, doc! { "role": role.name() }).await
    }

    /// Gives an account another password; its tokens no longer hold.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn set_password(&self, id: UserId, password_hash: &str) -> Result<(), DbError> {
        self.change_account(id, doc! { "passwordHash": password_hash }).await
    }

    /// Writes the same password down in a newer form, unless somebody has changed it meanwhile. Tokens go on holding.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn renew_password_hash(&self, id: UserId, old_hash: &str, new_hash: &str) -> Result<(), DbError> {
        let filter = doc! { "_id": oid(id), "passwordHash": old_hash };
        self.collection::<Stored>(COLLECTION).update_one(filter, doc! { "$set": { "passwordHash": new_hash } }).await?;
        Ok(())
    }

    async fn change_account(&self, id: UserId, set: Document) -> Result<(), DbError> {
        let change = doc! { "$set": set, "$inc": { "tokenVersion": 1_i64 } };
        self.collection::<Stored>(COLLECTION).update_one(doc! { "_id": oid(id) }, change).await?;
        Ok(())
    }

    /// Whether the shop has no account yet.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn has_no_accounts(&self) -> Result<bool, DbError> {
        Ok(self.collection::<Document>(COLLECTION).find_one(doc! {}).await?.is_none())
    }
}

fn oid(id: UserId) -> ObjectId {
    ObjectId::from_bytes(id.bytes())
}
