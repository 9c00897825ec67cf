//! Keys of encoders: who has one may be the camera of one show, for the admin whose key it is, and nothing else.

use super::session::{hex, mac, same};
use crate::{
    domain::id::{LivestreamId, SessionId, UserId},
    error::{AppError, ErrorKind},
    server::db::users::Account,
};

/// Proof that an encoder asks. Only [`IngestKeys::prove`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Camera {
    show: LivestreamId,
    host: UserId,
}

impl Camera {
    /// Of this show.
    pub fn show(self) -> LivestreamId {
        self.show
    }

    /// For this admin.
    pub fn host(self) -> UserId {
        self.host
    }
}

/// Makes and checks the keys. Cheap to clone.
#[derive(Clone)]
pub struct IngestKeys {
    proving: [u8; 32],
    naming: [u8; 32],
}

impl IngestKeys {
    /// Keys derived from the server's secret.
    pub fn new(secret: &[u8]) -> Self {
        Self { proving: mac(secret, &[b"wrencos ingest key"]), naming: mac(secret, &[b"wrencos ingest session"]) }
    }

    /// The key of an admin for a show: `<account>.<64 hex>`. It holds as long as the tokens of that account do, until its
    /// password or its role changes.
    pub fn key(&self, show: LivestreamId, account: &Account) -> String {
        let (user, version) = (account.user.id, account.token_version);
        format!("{user}.{}", hex(&mac(&self.proving, &[format!("{show} {user} {version}").as_bytes()])))
    }

    /// Whose key this says it is.
    pub fn owner(key: &str) -> Option<UserId> {
        key.split_once('.')?.0.parse().ok()
    }

    /// The show's camera, if this is a key for it; `account` is what its [`owner`](Self::owner) is by now.
    ///
    /// # Errors
    /// Unauthenticated if it is none, or of somebody who is no admin any more.
    pub fn prove(&self, show: LivestreamId, account: Option<&Account>, key: &str) -> Result<Camera, AppError> {
        let holds = |account: &&Account| account.user.is_admin() && same(self.key(show, account).as_bytes(), key.as_bytes());
        let wrong = || AppError::new(ErrorKind::Unauthenticated, "This is no key of this show.");
        account.filter(holds).map(|account| Camera { show, host: account.user.id }).ok_or_else(wrong)
    }

    /// As whom an encoder sits in its room: the same one whenever it comes back.
    pub fn session(&self, camera: Camera) -> SessionId {
        SessionId(hex(&mac(&self.naming, &[format!("{} {}", camera.show, camera.host).as_bytes()])[..16]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::user::{Role, User};

    fn account(id: u8, role: Role, token_version: i64) -> Account {
        let user = User { id: UserId::from_bytes([id; 12]), email: "host@example.com".into(), name: "Host".into(), role, created_at: Default::default() };
        Account { user, password_hash: String::new(), token_version }
    }

    #[test]
    fn a_key_is_good_for_one_show_of_one_admin_who_is_one_still() {
        let keys = IngestKeys::new(b"a secret");
        let [show, other] = [LivestreamId::from_bytes([1; 12]), LivestreamId::from_bytes([2; 12])];
        let admin = account(7, Role::Admin, 3);
        let key = keys.key(show, &admin);
        assert_eq!(IngestKeys::owner(&key), Some(admin.user.id));
        let camera = keys.prove(show, Some(&admin), &key).unwrap();
        assert_eq!((camera.show(), camera.host()), (show, admin.user.id));
        for (show, account) in [
            (other, Some(admin.clone())),
            (show, Some(account(8, Role::Admin, 3))),
            (show, Some(account(7, Role::Admin, 4))),
            (show, Some(account(7, Role::Customer, 3))),
            (show, None),
        ] {
            assert!(keys.prove(show, account.as_ref(), &key).is_err());
        }
        assert!(IngestKeys::new(b"another").prove(show, Some(&admin), &key).is_err());
        for forged in ["", ".", &key[1..], &key[..key.len() - 1], &format!("{key} "), "070707070707070707070707."] {
            assert!(keys.prove(show, Some(&admin), forged).is_err(), "{forged}");
        }
        assert_eq!(IngestKeys::owner("nobody.0"), None);
        assert_eq!(IngestKeys::owner("nothing"), None);
    }
}
