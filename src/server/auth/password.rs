//! Passwords: Argon2id on threads of their own, as many as there are cores. A password or its hash is never logged.
//!
//! Accounts that came from another system bring bcrypt's hashes. Those are checked once, when their owner signs in, and
//! are then Argon2id's. Until then an answer about them takes bcrypt's time.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString},
};
use tokio::sync::oneshot;
use unicode_normalization::UnicodeNormalization;

use crate::error::AppError;

/// The dearest bcrypt hash that is looked at: each step doubles the time, and this one is about two seconds.
const MAX_BCRYPT_COST: u32 = 15;

type Work = Box<dyn FnOnce() + Send>;

/// Hashes and checks passwords, no more at once than there are cores. Cheap to clone.
#[derive(Clone)]
pub struct Passwords {
    work: mpsc::Sender<Work>,
    /// The hash of a password that nobody has: checking against it costs what checking a real one costs.
    dummy: Arc<str>,
}

impl Default for Passwords {
    // Threads of their own, not the runtime's: each hash takes 19 MiB, and the system's allocator keeps what a thread gave
    // back with that thread. On the runtime's threads, of which there are hundreds, that came to several hundred MiB.
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let (work, waiting) = mpsc::channel::<Work>();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..cores {
            let waiting = waiting.clone();
            let next = move || waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
            // They end with the last sender.
            let hashing = move || {
                while let Ok(work) = next() {
                    // Whoever waits for what panicked learns of it by the answer that does not come.
                    let _ = catch_unwind(AssertUnwindSafe(work));
                }
            };
            thread::Builder::new().name("passwords".to_owned()).spawn(hashing).expect("a thread at the start");
        }
        Self { work, dummy: hash_now("nobody has this one").into() }
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
            let known = stored.filter(|stored| is_readable(stored));
            let fits = verify_now(&password, known.as_deref().unwrap_or(&dummy));
            known.is_some() && fits
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
        let stopping = || AppError::unavailable("The shop is restarting. Try again in a moment.");
        let (answer, answered) = oneshot::channel();
        let work = move || {
            // Not for somebody who left while they waited.
            if !answer.is_closed() {
                let _ = answer.send(work());
            }
        };
        self.work.send(Box::new(work)).map_err(|_| stopping())?;
        answered.await.map_err(|_| stopping())
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

/// Whether a hash is of an older kind than new ones, and is to be replaced when its password is known.
pub fn is_dated(stored: &str) -> bool {
    bcrypt_cost(stored).is_some()
}

/// Whether a password could fit this hash at all.
pub fn is_readable(stored: &str) -> bool {
    match bcrypt_cost(stored) {
        Some(cost) => cost <= MAX_BCRYPT_COST,
        None => PasswordHash::new(stored).is_ok(),
    }
}

// `$2b$10$` and 53 letters: version, cost, salt and hash.
fn bcrypt_cost(stored: &str) -> Option<u32> {
    let rest = ["$2a$", "$2b$", "$2y$"].iter().find_map(|version| stored.strip_prefix(version))?;
    let (cost, digest) = rest.split_once('$')?;
    let well_formed = digest.len() == 53 && digest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"./".contains(&byte));
    if well_formed && cost.len() == 2 { cost.parse().ok() } else { None }
}

fn verify_now(password: &str, stored: &str) -> bool {
    if is_dated(stored) {
        // As it was typed: the other system knew no composed and decomposed letters.
        return bcrypt::verify(password, stored).unwrap_or(false);
    }
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

    #[test]
    fn hashes_of_another_system_are_checked_as_it_made_them() {
        let old = bcrypt::hash("pass\u{e9}word", 4).unwrap();
        assert!(is_dated(&old) && is_readable(&old) && !is_dated(&hash_now("x")));
        assert!(verify_now("pass\u{e9}word", &old) && !verify_now("password", &old));
        // As other libraries mark the same.
        assert!(verify_now("pass\u{e9}word", &old.replacen("$2b$", "$2a$", 1)) && verify_now("pass\u{e9}word", &old.replacen("$2b$", "$2y$", 1)));
        // bcrypt looks at 72 bytes, and whoever had a longer password there signs in with it here.
        let long = "x".repeat(72);
        assert!(verify_now(&format!("{long}-and-more"), &bcrypt::hash(&long, 4).unwrap()));
        let endless = old.replacen("$04$", "$31$", 1);
        assert!(!is_readable(&endless) && !is_readable("plain text") && !is_readable("") && !is_dated("$2b$10$short"));
    }

    #[tokio::test]
    async fn an_unknown_account_never_fits() {
        let passwords = Passwords::default();
        assert!(!passwords.verify("nobody has this one".into(), None).await.unwrap());
    }
}
