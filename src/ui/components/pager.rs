//! The way through a list that is longer than a page.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::icon::{Glyph, Icon};

/// No list is longer than this.
const MOST_PAGES: u64 = 10_000;

/// The page that is looked at (`page` of the address), counted from one.
pub fn use_page() -> Memo<u64> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get("page")).and_then(|page| page.parse().ok()).unwrap_or(1_u64).clamp(1, MOST_PAGES))
}

/// Links to the page before and the page after, where there are any. `page` counts from one; `link` makes the address of a page.
#[component]
pub fn Pager(page: u64, pages: u64, link: Callback<u64, String>) -> impl IntoView {
    (pages > 1).then(|| {
        view! {
            <nav class="flex items-center justify-center gap-4" aria-label="Pages">
                {(page > 1)
                    .then(|| {
                        view! {
                            <a class="btn btn-quiet" rel="prev" href=link.run(page - 1)>
                                <Icon glyph=Glyph::Back />
                                "Before"
                            </a>
                        }
                    })}
                <span class="text-muted">{format!("{page} of {pages}")}</span>
                {(page < pages)
                    .then(|| {
                        view! {
                            <a class="btn btn-quiet" rel="next" href=link.run(page + 1)>
                                "Next"
                                <Icon glyph=Glyph::Next />
                            </a>
                        }
                    })}
            </nav>
        }
    })
}
