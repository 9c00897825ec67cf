//! Everybody with an account: found by name or address, banned from the shop's shows or let in again.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    api::{
        moderation::{ban_account, lift_any_sanction},
        people::list_people,
    },
    domain::{moderation::Person, user::Role},
    error::AppError,
    ui::{
        auth::next::escape,
        components::{
            confirm_button::ConfirmButton,
            empty::Empty,
            icon::Glyph,
            notice::{Notice, Tone},
            pager::{Pager, use_page},
            when::When,
        },
    },
};

const PER_PAGE: u32 = 50;

/// The list with its search, which is a plain form: its state is in the address.
#[component]
pub fn Accounts(notice: RwSignal<Option<String>>, changes: RwSignal<u32>) -> impl IntoView {
    let query = use_query_map();
    let search = Memo::new(move |_| query.with(|query| query.get("search")).unwrap_or_default());
    let page = use_page();
    let found = Resource::new(
        move || (search.get(), page.get(), changes.get()),
        |(search, page, _)| list_people(None, Some(search), PER_PAGE, (page - 1) * u64::from(PER_PAGE)),
    );
    let settle = Callback::new(move |done: Result<(), AppError>| {
        notice.try_set(done.err().map(|error| error.message));
        changes.try_update(|count| *count += 1);
    });
    view! {
        <section class="flex flex-col gap-4" aria-labelledby="accounts">
            <div class="flex flex-wrap items-center justify-between gap-4">
                <h2 id="accounts">"Accounts"</h2>
                <form class="flex min-w-0 flex-1 basis-64 gap-2 sm:max-w-md" method="get" action="/admin/people" role="search">
                    <label class="min-w-0 flex-1">
                        <span class="sr-only">"Name or e-mail address"</span>
                        <input class="input" type="search" name="search" maxlength="100" placeholder="Name or e-mail" data-testid="people-search" value=search.get_untracked() />
                    </label>
                    <button type="submit" class="btn btn-quiet">
                        "Find"
                    </button>
                </form>
            </div>
            <Transition>
                {move || Suspend::new(async move {
                    match found.await {
                        Ok(found) if found.people.is_empty() => {
                            view! { <Empty glyph=Glyph::Search title="Nobody found" text="Try a part of the name or of the address." /> }.into_any()
                        }
                        Ok(found) => {
                            view! {
                                <ul class="card divide-line flex flex-col divide-y">
                                    {found.people.into_iter().map(|person| view! { <Row person settle /> }).collect_view()}
                                </ul>
                                <Pager page=page.get_untracked() pages=found.total.div_ceil(PER_PAGE.into()) link=address(search.get_untracked()) />
                            }
                                .into_any()
                        }
                        Err(error) => view! { <Notice tone=Tone::Bad text=error.message /> }.into_any(),
                    }
                })}
            </Transition>
        </section>
    }
}

fn address(search: String) -> Callback<u64, String> {
    Callback::new(move |page: u64| match search.as_str() {
        "" => format!("/admin/people?page={page}"),
        search => format!("/admin/people?search={}&page={page}", escape(search)),
    })
}

#[component]
fn Row(person: Person, settle: Callback<Result<(), AppError>>) -> impl IntoView {
    let Person { user, ban } = person;
    let id = user.id;
    let badge = match user.role {
        Role::Admin => Some(("badge badge-live", "Host")),
        Role::Moderator => Some(("badge badge-good", "Moderator")),
        Role::Customer => ban.as_ref().map(|_| ("badge badge-bad", "Banned")),
    };
    let button = match (user.role, ban) {
        (Role::Customer, Some(ban)) => {
            let lift = move |_| leptos::task::spawn_local(async move { settle.run(lift_any_sanction(ban.id).await) });
            view! {
                <button type="button" class="btn btn-quiet btn-small" data-testid="unban-account" on:click=lift>
                    "Let in again"
                </button>
            }
            .into_any()
        }
        (Role::Customer, None) => {
            let ban = Callback::new(move |()| leptos::task::spawn_local(async move { settle.run(ban_account(id).await.map(drop)) }));
            view! { <ConfirmButton label="Ban" question="Ban from every show?" yes="Ban" glyph=Glyph::Stop on_yes=ban /> }.into_any()
        }
        _ => ().into_any(),
    };
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3" data-testid="person" data-user-id=id.to_string()>
            <span class="flex min-w-0 flex-1 basis-56 flex-col">
                <span class="flex flex-wrap items-center gap-2">
                    <bdi class="font-semibold">{user.name}</bdi>
                    {badge.map(|(class, text)| view! { <span class=class>{text}</span> })}
                </span>
                <span class="text-muted text-sm">{user.email} ", since " <When at=user.created_at /></span>
            </span>
            {button}
        </li>
    }
}
