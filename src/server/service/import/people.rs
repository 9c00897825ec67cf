//! Accounts of the old system.

use futures::TryStreamExt;

use super::{Import, Kind, Mode};
use crate::{
    domain::user::User,
    server::{
        auth::password,
        db::{
            DbError,
            old::{OldCollection, OldUser},
            users::Account,
        },
    },
};

/// Stands where a password hash would: no password fits it.
const NO_PASSWORD: &str = "!";

impl Import<'_> {
    pub(super) async fn users(&mut self) -> Result<(), DbError> {
        let of = self.expected(OldCollection::Users).await?;
        let mut users = std::pin::pin!(self.old.users().await?);
        while let Some(read) = users.try_next().await? {
            self.report.count(Kind::Accounts).read += 1;
            match read {
                Ok(user) => self.user(user).await?,
                Err(unreadable) => self.report.skip(Kind::Accounts, unreadable.id, unreadable.why),
            }
            self.tell(Kind::Accounts, self.report.counts(Kind::Accounts).read, of);
        }
        Ok(())
    }

    async fn user(&mut self, old: OldUser) -> Result<(), DbError> {
        if self.db.account(old.id).await?.is_some() {
            self.report.count(Kind::Accounts).known += 1;
            return Ok(());
        }
        if let Some(here) = self.db.account_by_email(&old.email).await? {
            // Their orders find them under the id that they have here.
            self.same_person.insert(old.id, here.user.id);
            self.report.skip(Kind::Accounts, old.id, "its e-mail address has an account here, which keeps its password and gets its orders");
            return Ok(());
        }
        let usable = old.password_hash.filter(|hash| password::is_readable(hash));
        if usable.is_none() {
            self.report.change(Kind::Accounts, old.id, "its password cannot be checked: nobody can sign in until it has a new one");
        }
        let user = User { id: old.id, email: old.email, name: old.name, role: old.role, created_at: old.created_at };
        let account = Account { user, password_hash: usable.unwrap_or_else(|| NO_PASSWORD.to_owned()), token_version: 0 };
        if self.mode == Mode::Write {
            match self.db.import_account(&account).await {
                // Opened while we looked.
                Err(DbError::Duplicate) => {
                    self.report.skip(Kind::Accounts, account.user.id, "its e-mail address has an account here, which keeps its password and gets its orders");
                    return Ok(());
                }
                done => done?,
            }
        }
        self.report.count(Kind::Accounts).written += 1;
        Ok(())
    }
}
