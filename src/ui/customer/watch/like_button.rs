//! The heart of a show.

use leptos::prelude::*;

use crate::{
    live::{state::Phase, watch::Watch},
    ui::{
        components::{
            count::short_count,
            icon::{Glyph, Icon},
        },
        ready::use_ready,
    },
};

/// Gives a heart or takes it back.
#[component]
pub fn LikeButton(watch: Watch) -> impl IntoView {
    let state = watch.state;
    let ready = use_ready();
    view! {
        <button
            type="button"
            class="btn btn-quiet shrink-0"
            class:heart-on=state.liked
            aria-pressed=move || if state.liked.get() { "true" } else { "false" }
            aria-label=move || format!("Heart, {} so far", state.likes.get())
            disabled=move || !ready.get() || state.phase.get() == Phase::Ended
            data-testid="like-button"
            on:click=move |_| watch.toggle_like()
        >
            {move || {
                let class = if state.liked.get() { "icon icon-solid" } else { "icon" };
                view! { <Icon glyph=Glyph::Heart class /> }
            }}
            <span class="tabular-nums" data-testid="like-count" data-count=move || state.likes.get().to_string()>
                {move || short_count(state.likes.get())}
            </span>
        </button>
    }
}
