//! Taking a shop over from the system that WrenCOS replaces ([`OldDb`]), kind by kind: accounts, products, shows with all
//! that was said, liked and held up in them, orders.
//!
//! Everything keeps its id. What is here already stays as it is, so that importing twice is importing once, and an import
//! that was cut off goes on where it ended: a show's own record is written last, and its messages in order.

mod people;
mod report;
mod shows;
mod trade;

use std::collections::HashMap;

pub use self::report::{Counts, Kind, Report};
use crate::{
    domain::{id::UserId, money::Currency},
    server::{
        config::PriceUnit,
        db::{
            Db, DbError,
            old::{OldCollection, OldDb},
        },
    },
};

/// Whether anything is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Write,
    /// Everything is read, and counted as if it were written.
    DryRun,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub kind: Kind,
    pub done: u64,
    /// How many there are, about.
    pub of: u64,
}

/// Why an import ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("--from: {0}")]
    From(String),
    #[error("--from: that is the database of this shop itself. Name the old one")]
    Itself,
    #[error("the import was cut off: {0}. Run it again, and it goes on from here")]
    Cut(#[from] DbError),
}

/// An import under way.
struct Import<'a> {
    db: &'a Db,
    old: &'a OldDb,
    mode: Mode,
    prices: PriceUnit,
    report: Report,
    /// Accounts whose address has an account here already, under another id.
    same_person: HashMap<UserId, UserId>,
    progress: &'a mut (dyn FnMut(Progress) + Send),
}

/// Takes over what is in the database at `from`.
///
/// # Errors
/// The address cannot be used, or a database went away on the way.
pub async fn import(db: &Db, from: &str, mode: Mode, prices: PriceUnit, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<Report, ImportError> {
    let old = OldDb::connect(from).await.map_err(ImportError::From)?;
    let done = take_over(db, &old, mode, prices, progress).await;
    old.close().await;
    done
}

async fn take_over(db: &Db, old: &OldDb, mode: Mode, prices: PriceUnit, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<Report, ImportError> {
    if old.is(db).await? {
        return Err(ImportError::Itself);
    }
    let mut import = Import { db, old, mode, prices, report: Report::default(), same_person: HashMap::new(), progress };
    import.users().await?;
    import.products().await?;
    import.shows().await?;
    import.orders().await?;
    Ok(import.report)
}

impl Import<'_> {
    async fn expected(&self, collection: OldCollection) -> Result<u64, DbError> {
        self.old.count(collection).await
    }

    fn tell(&mut self, kind: Kind, done: u64, of: u64) {
        (self.progress)(Progress { kind, done, of: of.max(done) });
    }

    /// Who an account of the old system is here.
    fn person(&self, id: UserId) -> UserId {
        self.same_person.get(&id).copied().unwrap_or(id)
    }

    /// A number of the old shop as minor units; `None` if it is no amount.
    fn minor(&self, amount: f64, currency: Currency) -> Option<i64> {
        let unit = match self.prices {
            PriceUnit::Major => f64::from(10_u32.pow(currency.exponent())),
            PriceUnit::Minor => 1.0,
        };
        let minor = (amount * unit).round();
        (0.0..=crate::domain::product::MAX_PRICE_MINOR as f64).contains(&minor).then_some(minor as i64)
    }
}
