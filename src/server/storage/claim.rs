//! Rights to be the one who does something: whoever has claimed a key keeps others from it for as long as the claim lives.

use std::{
    collections::HashSet,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

type Held<K> = Arc<Mutex<HashSet<K>>>;

/// The keys that are claimed now. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Claims<K>(Held<K>);

/// See the module. Dropping it gives the key back.
#[derive(Debug)]
pub struct Claim<K: Eq + Hash> {
    key: K,
    held: Held<K>,
}

impl<K> Default for Claims<K> {
    fn default() -> Self {
        Self(Held::default())
    }
}

impl<K: Eq + Hash + Clone> Claims<K> {
    /// The right to a key; `None` while somebody has it.
    pub fn claim(&self, key: K) -> Option<Claim<K>> {
        let is_new = lock(&self.0).insert(key.clone());
        is_new.then(|| Claim { key, held: self.0.clone() })
    }

    /// Whether somebody has it.
    pub fn is_claimed(&self, key: &K) -> bool {
        lock(&self.0).contains(key)
    }
}

impl<K: Eq + Hash> Drop for Claim<K> {
    fn drop(&mut self) {
        lock(&self.held).remove(&self.key);
    }
}

// A set is whole whatever panicked while it was held.
fn lock<K>(held: &Mutex<HashSet<K>>) -> MutexGuard<'_, HashSet<K>> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}
