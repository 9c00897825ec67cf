//! What a page says of itself to those who only read its head.

use leptos::prelude::*;
use leptos_meta::Meta;

/// The description of a page, where there is something to say.
#[component]
pub fn Describe(text: String) -> impl IntoView {
    (!text.is_empty()).then(|| view! { <Meta name="description" content=text /> })
}
