//! Signed in, but this is not theirs to see.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    components::{empty::Empty, icon::Glyph},
    page_status::set_page_status,
};

/// The page for customers at a host's door.
#[component]
pub fn Forbidden() -> impl IntoView {
    set_page_status(403);
    view! {
        <Title text="Hosts only" />
        <div class="page">
            <h1>"Hosts only"</h1>
            <Empty glyph=Glyph::Bird title="This room belongs to the shop" text="Your account watches and shops; what is here it cannot do.">
                <a class="btn btn-primary" href="/">
                    "To the start"
                </a>
            </Empty>
        </div>
    }
}
