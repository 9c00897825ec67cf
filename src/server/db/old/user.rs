//! Accounts of the old system.

use mongodb::bson::Document;

use super::{Read, Unreadable, read};
use crate::domain::{
    id::UserId,
    time::Timestamp,
    user::{Role, is_email, normal_email},
};

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldUser {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub role: Role,
    /// As bcrypt wrote it; `None` where there is none that can be checked.
    pub password_hash: Option<String>,
    pub created_at: Timestamp,
}

pub(super) fn read(document: &Document) -> Read<OldUser> {
    let id = read::own_id(document)?;
    let user = UserId::from_bytes(id);
    let email = normal_email(&read::text(document, &["email"]).unwrap_or_default());
    if !is_email(&email) {
        return Err(Unreadable { id: user.to_string(), why: "it has no e-mail address" });
    }
    let whole = || {
        let parts = [read::text(document, &["firstName"]), read::text(document, &["lastName"])];
        Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" ")).filter(|name| !name.is_empty())
    };
    let name = read::text(document, &["name", "fullName", "displayName", "username"]).or_else(whole);
    let name = name.unwrap_or_else(|| email.split('@').next().unwrap_or_default().to_owned());
    let admin = read::text(document, &["role"]).is_some_and(|role| role.eq_ignore_ascii_case("admin")) || read::flag(document, &["isAdmin"]) == Some(true);
    Ok(OldUser {
        id: user,
        email,
        name: name.chars().filter(|c| !c.is_control()).take(60).collect(),
        role: if admin { Role::Admin } else { Role::Customer },
        password_hash: read::text(document, &["passwordHash", "password", "hash"]),
        created_at: read::time(document, &["createdAt"]).unwrap_or_else(|| read::made_at(id)),
    })
}
