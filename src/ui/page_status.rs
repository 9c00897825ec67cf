//! The HTTP status of the page that is being rendered. In the browser nothing happens.

use leptos::prelude::*;

/// How the server lets a page say its status; it provides this as context.
#[derive(Clone, Copy)]
pub struct PageStatus(pub fn(u16));

/// Answers with this status instead of 200.
pub fn set_page_status(status: u16) {
    if let Some(PageStatus(set)) = use_context::<PageStatus>() {
        set(status);
    }
}
