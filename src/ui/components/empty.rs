//! What stands where nothing is yet.

use leptos::prelude::*;

use super::icon::{Glyph, Icon};

/// An empty place: what is missing, and what to do about it in the children.
#[component]
pub fn Empty(glyph: Glyph, #[prop(into)] title: String, #[prop(into)] text: String, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    view! {
        <div class="empty">
            <span class="text-accent">
                <Icon glyph class="icon icon-big" />
            </span>
            <p class="font-display text-xl font-semibold">{title}</p>
            <p class="text-muted max-w-md">{text}</p>
            {children.map(|children| children())}
        </div>
    }
}
