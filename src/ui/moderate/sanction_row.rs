//! One mute or ban, and the way to lift it.

use leptos::prelude::*;

use crate::{
    domain::{
        id::SanctionId,
        moderation::{Sanction, SanctionKind},
    },
    ui::components::when::{Precision, in_words},
};

/// Who, what, until when, by whom.
#[component]
pub fn SanctionRow(sanction: Sanction, lift: Callback<SanctionId>) -> impl IntoView {
    let id = sanction.id;
    let (class, what) = match sanction.kind {
        SanctionKind::Mute => ("badge badge-soon", "Muted"),
        SanctionKind::Ban => ("badge badge-bad", "Banned"),
    };
    let until = sanction.until.map_or_else(|| "for good".to_owned(), |until| format!("until {}", in_words(until, Precision::Minute)));
    let place = if sanction.stream_id.is_none() { ", in every show" } else { "" };
    let network = if sanction.network { ", with guests of the same network" } else { "" };
    view! {
        <li class="flex flex-wrap items-center gap-x-3 gap-y-1" data-testid="sanction">
            <span class="flex min-w-0 flex-1 basis-48 flex-col">
                <span class="flex flex-wrap items-center gap-2">
                    <bdi class="font-semibold">{sanction.name}</bdi>
                    <span class=class>{what}</span>
                </span>
                <span class="text-muted text-sm">{format!("{until}{place}{network}, by {}", sanction.created_by)}</span>
                {(!sanction.reason.is_empty()).then(|| view! { <bdi class="text-muted text-sm">{sanction.reason.clone()}</bdi> })}
            </span>
            <button type="button" class="btn btn-quiet btn-small" data-testid="lift-sanction" on:click=move |_| lift.run(id)>
                "Lift"
            </button>
        </li>
    }
}
