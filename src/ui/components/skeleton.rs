//! The shape of what is coming.

use leptos::prelude::*;

/// A page on its way.
#[component]
pub fn PageSkeleton() -> impl IntoView {
    view! {
        <div class="page" aria-busy="true" aria-label="Loading">
            <div class="skeleton h-10 w-2/3 max-w-md"></div>
            <div class="skeleton aspect-video w-full max-w-4xl"></div>
            <div class="grid-cards">
                <div class="skeleton aspect-square"></div>
                <div class="skeleton aspect-square"></div>
            </div>
        </div>
    }
}
