//! A search whose words stand in the address, so that what was found can be linked to and comes without script.

use leptos::prelude::*;
use leptos_router::{components::Form, hooks::use_query_map};

use super::icon::{Glyph, Icon};
use crate::ui::auth::next::escape;

/// What is searched for (`q` of the address); `None` for everything.
pub fn use_search() -> Memo<Option<String>> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get("q")).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()))
}

/// The address of a page of the list at `path`, or of what was searched for in it.
pub fn page_address(path: &'static str, search: Option<String>) -> Callback<u64, String> {
    Callback::new(move |page: u64| match &search {
        Some(search) => format!("{path}?q={}&page={page}", escape(search)),
        None => format!("{path}?page={page}"),
    })
}

/// The field and its button; `label` says what is searched.
#[component]
pub fn SearchForm(path: &'static str, label: &'static str, search: Memo<Option<String>>) -> impl IntoView {
    view! {
        <Form method="GET" action=path>
            <div class="flex items-center gap-2" role="search">
                <label class="min-w-0">
                    <span class="sr-only">{label}</span>
                    <input class="input" type="search" name="q" maxlength="100" placeholder=label value=move || search.get() />
                </label>
                <button class="btn btn-quiet btn-icon" type="submit" aria-label="Search">
                    <Icon glyph=Glyph::Search />
                </button>
            </div>
        </Form>
    }
}
