//! Transactions: when one is tried again, and how many run at once. What they write is the repositories' business.

use std::time::Duration;

use mongodb::{
    ClientSession,
    error::{Error, TRANSIENT_TRANSACTION_ERROR, UNKNOWN_TRANSACTION_COMMIT_RESULT},
};
use tokio::{sync::SemaphorePermit, time::Instant};

use super::{Db, DbError};

/// Transactions that this server runs at the same time. Those that want the same product only get in each other's way:
/// a queue is quicker than a crowd that starts again and again.
pub(super) const AT_ONCE: usize = 4;
/// How long a transaction may wait for its turn, and be tried, together.
const PATIENCE: Duration = Duration::from_secs(20);
/// The longest pause before the first repetition; each following one may be twice as long, up to [`LONGEST_PAUSE_MS`].
const FIRST_PAUSE_MS: u64 = 8;
const LONGEST_PAUSE_MS: u64 = 400;
/// How often the answer to a commit is asked for again where it was lost.
const COMMITS: u32 = 5;

/// The turn of one transaction, over all of its attempts.
pub(super) struct Turn<'a> {
    _permit: SemaphorePermit<'a>,
    until: Instant,
    pause_ms: u64,
}

impl Turn<'_> {
    /// Whether to try again after this error; waits before it says yes, a little longer each time and never as long as
    /// the others do.
    pub async fn again(&mut self, error: &Error) -> bool {
        let pause = Duration::from_millis(rand::random_range(1..=self.pause_ms));
        if !error.contains_label(TRANSIENT_TRANSACTION_ERROR) || Instant::now() + pause > self.until {
            return false;
        }
        self.pause_ms = (self.pause_ms * 2).min(LONGEST_PAUSE_MS);
        tokio::time::sleep(pause).await;
        true
    }
}

impl Db {
    /// Waits for a turn to run a transaction.
    ///
    /// # Errors
    /// Unavailable where too many wait.
    pub(super) async fn turn(&self) -> Result<Turn<'_>, DbError> {
        let until = Instant::now() + PATIENCE;
        match tokio::time::timeout_at(until, self.transactions.acquire()).await {
            Ok(Ok(permit)) => Ok(Turn { _permit: permit, until, pause_ms: FIRST_PAUSE_MS }),
            _ => Err(DbError::timed_out()),
        }
    }

    /// A session with a transaction under way.
    pub(super) async fn begin(&self) -> Result<ClientSession, Error> {
        let mut session = self.database().client().start_session().await?;
        session.start_transaction().await?;
        Ok(session)
    }
}

/// Commits, and asks again where the answer was lost: the server knows a commit that it has seen before.
pub(super) async fn commit(session: &mut ClientSession) -> Result<(), Error> {
    let mut left = COMMITS;
    loop {
        match session.commit_transaction().await {
            Err(error) if left > 0 && error.contains_label(UNKNOWN_TRANSACTION_COMMIT_RESULT) => left -= 1,
            done => return done,
        }
    }
}

/// Ends a transaction without a trace. One that the server has ended already is no error.
pub(super) async fn abort(session: &mut ClientSession) {
    let _ = session.abort_transaction().await;
}
