//! People: accounts, who keeps order, who may not come, which words are not said, and what was done.

pub mod accounts;
pub mod audit_page;
pub mod moderators;
pub mod people_page;
pub mod sanctions;
pub mod words;
