//! Accounts and what they may do.

use serde::{Deserialize, Serialize};

use super::{id::UserId, time::Timestamp, validate, validate::Fields};

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Watches, chats, buys.
    #[default]
    Customer,
    /// Keeps order in the chat: sees no money, starts and stops nothing.
    Moderator,
    /// Runs the shop.
    Admin,
}

impl Role {
    /// Its name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Moderator => "moderator",
            Self::Admin => "admin",
        }
    }
}

/// An account as its owner and admins see it. Never carries the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    #[serde(rename = "_id")]
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub created_at: Timestamp,
}

impl User {
    /// Whether this account runs the shop.
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }

    /// Whether this account keeps order in the chat: moderators do, and those who run the shop.
    pub fn moderates(&self) -> bool {
        matches!(self.role, Role::Moderator | Role::Admin)
    }
}

/// What someone enters to open an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    pub email: String,
    pub password: String,
    pub name: String,
}

impl Registration {
    /// The same with the e-mail address and name trimmed and the address in lower case, or what is wrong, per field.
    pub fn checked(self) -> Result<Self, Fields> {
        let mut fields = Fields::default();
        let email = normal_email(&self.email);
        if !is_email(&email) {
            fields.add("email", "Enter an e-mail address like name@example.com.");
        }
        let name = fields.take("name", validate::line(&self.name, 1, 60));
        let length = self.password.chars().count();
        if !(8..=128).contains(&length) || self.password.contains('\0') {
            fields.add("password", "Use 8 to 128 characters.");
        }
        fields.finish(Self { email, password: self.password, name })
    }
}

/// What someone enters to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    pub email: String,
    pub password: String,
}

/// The form in which addresses are stored and compared.
pub fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Whether this is an address that the shop takes, in its normal form: as browsers read `<input type="email">` (HTML,
/// 4.10.5.1.5), with the lengths of RFC 5321, 4.5.3.1.
pub fn is_email(email: &str) -> bool {
    let Some((local, domain)) = email.rsplit_once('@') else { return false };
    let is_label =
        |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-') && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    email.len() <= 254
        && (1..=64).contains(&local.len())
        && local.chars().all(|c| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c))
        && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registration(email: &str, password: &str, name: &str) -> Result<Registration, Fields> {
        Registration { email: email.into(), password: password.into(), name: name.into() }.checked()
    }

    #[test]
    fn a_registration_is_normalised() {
        let checked = registration(" Ada@Example.COM ", "correct horse", "  Ada ").unwrap();
        assert_eq!((checked.email.as_str(), checked.name.as_str()), ("ada@example.com", "Ada"));
    }

    #[test]
    fn every_wrong_field_is_named() {
        let fields = registration("nobody", "short", " ").unwrap_err();
        assert_eq!(fields.names().collect::<Vec<_>>(), ["email", "name", "password"]);
        assert!(registration("a@b.c", &"x".repeat(129), "Ada").is_err());
        assert!(registration("a@b.c", "nul\0inside", "Ada").is_err());
    }

    #[test]
    fn addresses_are_checked() {
        for wrong in ["", "@b.c", "a@", "a b@c.d", "a@b..c", "a@-b.c", "<a@b.c>", "a\n@b.c", "a@b.c*", "a@b@c.d", "\"a\"@b.c", "\u{e4}@b.c"] {
            assert!(!is_email(wrong), "{wrong}");
        }
        assert!(is_email("host@localhost") && is_email("a.b+c@d-e.example"));
    }
}
