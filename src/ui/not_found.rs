//! There is no such page.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    components::{empty::Empty, icon::Glyph},
    page_status::set_page_status,
};

/// The page for an address that leads nowhere.
#[component]
pub fn NotFound() -> impl IntoView {
    set_page_status(404);
    view! {
        <Title text="Not found" />
        <div class="page">
            <h1>"This page has flown"</h1>
            <Empty glyph=Glyph::Bird title="There is nothing at this address" text="It may have moved, or the link is missing a piece.">
                <a class="btn btn-primary" href="/">
                    "To the start"
                </a>
            </Empty>
        </div>
    }
}
