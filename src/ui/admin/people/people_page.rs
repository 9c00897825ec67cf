//! One page for everybody: from moderators to those who may not come.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::A;

use super::{accounts::Accounts, moderators::Moderators, sanctions::Sanctions, words::Words};
use crate::ui::components::notice::PassingNotice;

/// Moderators and invitations, mutes and bans, blocked words, accounts.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let notice = RwSignal::new(None::<String>);
    // Counts what was changed on this page, so that every part of it shows what is.
    let changes = RwSignal::new(0_u32);
    view! {
        <Title text="People" />
        <div class="page wide">
            <div class="flex flex-wrap items-center justify-between gap-4">
                <h1>"People"</h1>
                <A href="/admin/audit" attr:class="btn btn-quiet">
                    "What was done"
                </A>
            </div>
            <PassingNotice notice />
            <div class="grid items-start gap-6 lg:grid-cols-2">
                <Moderators notice changes />
                <Sanctions notice changes />
            </div>
            <Words />
            <Accounts notice changes />
        </div>
    }
}
