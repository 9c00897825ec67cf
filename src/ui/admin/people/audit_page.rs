//! What was done to keep order, newest first.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::people::audit_log,
    domain::{moderation::AuditEntry, user::Role},
    ui::components::{
        empty::Empty,
        icon::Glyph,
        notice::{Notice, Tone},
        pager::{Pager, use_page},
        skeleton::PageSkeleton,
        when::{Precision, When},
    },
};

const PER_PAGE: u32 = 50;

/// The record of who did what.
#[component]
pub fn AuditPage() -> impl IntoView {
    let page = use_page();
    let found = Resource::new(move || page.get(), |page| audit_log(PER_PAGE, (page - 1) * u64::from(PER_PAGE)));
    view! {
        <Title text="What was done" />
        <div class="page wide">
            <h1>"What was done"</h1>
            <Transition fallback=PageSkeleton>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) if found.entries.is_empty() => {
                            view! {
                                <Empty
                                    glyph=Glyph::Receipt
                                    title="Nothing yet"
                                    text="Every message that is deleted, every mute, ban and change of the rules is written down here."
                                />
                            }
                                .into_any()
                        }
                        Ok(found) => {
                            let link = Callback::new(|page: u64| format!("/admin/audit?page={page}"));
                            view! {
                                <ol class="card divide-line flex flex-col divide-y">
                                    {found.entries.into_iter().map(|entry| view! { <Row entry /> }).collect_view()}
                                </ol>
                                <Pager page=page.get_untracked() pages=found.total.div_ceil(PER_PAGE.into()) link />
                            }
                                .into_any()
                        }
                        Err(error) => view! { <Notice tone=Tone::Bad text=error.message /> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
}

#[component]
fn Row(entry: AuditEntry) -> impl IntoView {
    let role = match entry.role {
        Role::Admin => "host",
        Role::Moderator => "moderator",
        Role::Customer => "customer",
    };
    let subject = Some(entry.subject).filter(|subject| !subject.is_empty() && *subject != entry.actor);
    view! {
        <li class="flex flex-col gap-1 px-4 py-3" data-testid="audit-entry" data-action=entry.action.name()>
            <p>
                <bdi class="font-semibold">{entry.actor}</bdi>
                <span class="text-muted">{format!(" ({role}) ")}</span>
                {entry.action.label()}
                {subject.map(|subject| view! { ": " <bdi class="font-semibold">{subject}</bdi> })}
            </p>
            {(!entry.detail.is_empty()).then(|| view! { <bdi class="text-muted text-sm">{entry.detail.clone()}</bdi> })}
            <p class="text-muted flex flex-wrap gap-x-3 text-sm">
                <When at=entry.at precision=Precision::Minute />
                {entry.stream_id.map(|show| view! { <a class="link" href=format!("/live/{show}")>"The show"</a> })}
            </p>
        </li>
    }
}
