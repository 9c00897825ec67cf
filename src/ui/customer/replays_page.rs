//! All shows that are over, with a search and pages.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{components::Form, hooks::use_query_map};

use crate::{
    api::livestreams::past_livestreams,
    ui::{
        auth::next::escape,
        components::{
            empty::Empty,
            icon::{Glyph, Icon},
            notice::{Notice, Tone},
            pager::Pager,
            show_card::ShowCard,
            skeleton::PageSkeleton,
        },
    },
};

const PER_PAGE: u32 = 18;

/// The gallery.
#[component]
pub fn ReplaysPage() -> impl IntoView {
    let query = use_query_map();
    let search = Memo::new(move |_| query.with(|query| query.get("q")).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()));
    let page = Memo::new(move |_| query.with(|query| query.get("page")).and_then(|page| page.parse().ok()).unwrap_or(1_u64).clamp(1, 10_000));
    let shows =
        Resource::new_blocking(move || (search.get(), page.get()), |(search, page)| past_livestreams(search, PER_PAGE, (page - 1) * u64::from(PER_PAGE)));
    view! {
        <Title text="Past shows" />
        <div class="page">
            <div class="flex flex-wrap items-end justify-between gap-4">
                <h1>"Past shows"</h1>
                <Form method="GET" action="/replays">
                    <div class="flex items-center gap-2" role="search">
                        <label class="min-w-0">
                            <span class="sr-only">"Search past shows"</span>
                            <input class="input" type="search" name="q" maxlength="100" placeholder="Search past shows" value=move || search.get() data-testid="search-shows" />
                        </label>
                        <button class="btn btn-quiet btn-icon" type="submit" aria-label="Search">
                            <Icon glyph=Glyph::Search />
                        </button>
                    </div>
                </Form>
            </div>
            <Transition fallback=PageSkeleton>
                {move || Suspend::new(async move {
                    match shows.await {
                        Ok(found) if found.livestreams.is_empty() && search.get_untracked().is_none() => {
                            view! { <Empty glyph=Glyph::Clock title="No show is over yet" text="Shows can be watched here again once they have ended." /> }.into_any()
                        }
                        Ok(found) if found.livestreams.is_empty() => {
                            view! {
                                <Empty glyph=Glyph::Search title="Nothing found" text="Try another word, or look at all shows.">
                                    <a class="btn btn-primary" href="/replays">
                                        "Show all"
                                    </a>
                                </Empty>
                            }
                                .into_any()
                        }
                        Ok(found) => {
                            view! {
                                <div class="grid-shows">{found.livestreams.into_iter().map(|show| view! { <ShowCard show /> }).collect_view()}</div>
                                <Pager page=page.get_untracked() pages=found.total.div_ceil(PER_PAGE.into()) link=address(search.get_untracked()) />
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

/// The address of a page of the gallery, or of what was searched for.
fn address(search: Option<String>) -> Callback<u64, String> {
    Callback::new(move |page: u64| match &search {
        Some(search) => format!("/replays?q={}&page={page}", escape(search)),
        None => format!("/replays?page={page}"),
    })
}
