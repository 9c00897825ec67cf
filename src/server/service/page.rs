//! Which part of a list somebody wants, within bounds that every list shares.

use crate::{domain::validate::Fields, error::AppError};

/// `limit` and `skip` of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    pub limit: u32,
    pub skip: u64,
}

impl Page {
    /// What was asked for, where it is within 1 to 200 items and the first ten million.
    ///
    /// # Errors
    /// Invalid, naming the field.
    pub fn checked(limit: Option<u32>, skip: Option<u64>, default_limit: u32) -> Result<Self, AppError> {
        let page = Self { limit: limit.unwrap_or(default_limit), skip: skip.unwrap_or(0) };
        if !(1..=200).contains(&page.limit) {
            return Err(Fields::one("limit", "Use a number from 1 to 200.").into());
        }
        if page.skip > 10_000_000 {
            return Err(Fields::one("skip", "Use a number up to 10,000,000.").into());
        }
        Ok(page)
    }
}
