//! Coming in: forms that work with and without script.

pub mod login_page;
pub mod next;
pub mod register_page;
pub mod sign_in_link;
