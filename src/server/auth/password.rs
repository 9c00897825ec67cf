//! Passwords: Argon2id on a bounded number of threads. A password or its hash is never logged.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

use crate::error::AppError;

/// Hashes and checks passwords, no more at once than there are cores. Cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    permits: Arc<Semaphore>,
    /// The hash of a password that nobody has: checking against it costs what checking a real one costs.
    dummy: Arc<str>,
}

impl Default for Passwords {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { permits: Arc::new(Semaphore::new(cores)), dummy: hash_now("nobody has this one").into() }
    }
}

impl Passwords {
    /// The hash to store, in PHC form.
    ///
    /// # Errors
    /// Internal if the server is stopping.
    pub async fn hash(&self, password: String) -> Result<String, AppError> {
        self.run(move || hash_now(&password)).await
    }

    /// Whether `password` fits `stored`. Takes as long without a stored hash as with one; the answer is then no.
    ///
    /// # Errors
    /// Internal if the server is stopping.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, AppError> {
        let dummy = self.dummy.clone();
        self.run(move || {
            let known = stored.is_some();
            let fits = verify_now(&password, stored.as_deref().unwrap_or(&dummy));
            known && fits
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
        let stopping = || AppError::unavailable("The shop is restarting. Try again in a moment.");
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| stopping())?;
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        task.await.map_err(|_| stopping())
    }
}

// 19 MiB, two passes, one lane: OWASP's first recommendation for Argon2id.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("within Argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

// The same letters typed on different systems may arrive composed or decomposed; both are the same password.
fn normal(password: &str) -> String {
    password.nfc().collect()
}

fn hash_now(password: &str) -> String {
    let salt = SaltString::encode_b64(&rand::random::<[u8; 16]>()).expect("16 bytes are a valid salt");
    argon2().hash_password(normal(password).as_bytes(), &salt).expect("a bounded password and a valid salt").to_string()
}

fn verify_now(password: &str, stored: &str) -> bool {
    PasswordHash::new(stored).is_ok_and(|hash| argon2().verify_password(normal(password).as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_fits_its_password_in_either_unicode_form() {
        let hash = hash_now("pass\u{e9}word");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify_now("pass\u{e9}word", &hash) && verify_now("passe\u{301}word", &hash));
        assert!(!verify_now("password", &hash) && !verify_now("password", "garbage"));
    }

    #[tokio::test]
    async fn an_unknown_account_never_fits() {
        let passwords = Passwords::default();
        assert!(!passwords.verify("nobody has this one".into(), None).await.unwrap());
    }
}
