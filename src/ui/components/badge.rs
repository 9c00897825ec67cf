//! Where a show stands, in one word.

use leptos::prelude::*;

use crate::domain::livestream::LivestreamStatus;

/// A show's status.
#[component]
pub fn StatusBadge(status: LivestreamStatus) -> impl IntoView {
    let (class, text) = match status {
        LivestreamStatus::Live => ("badge badge-live", "Live"),
        LivestreamStatus::Scheduled => ("badge badge-soon", "Coming up"),
        LivestreamStatus::Ended => ("badge badge-done", "Ended"),
    };
    view! {
        <span class=class>
            {(status == LivestreamStatus::Live).then(|| view! { <span class="dot dot-beat"></span> })} {text}
        </span>
    }
}
